"""Mentors with mentees, and peers in pairs: gaps, both-way skills, places, hard facts, triads for an odd one."""

from collections import Counter

import pytest

from matching.models import Seat
from programs.models import LineManager, Role
from programs.services.enrolling_wishing import keep_apart, save_wishes
from tests.factories.crowds import make_crowd
from tests.factories.programs import NOW, EnrolmentFactory
from tests.matching.shape_truths import holds, members_of, together

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LEVELS = ("Entry", "Junior", "Experienced", "Senior", "Lead", "Director")
TWO_SIDED = ["traditional", "near_peer", "reverse"]
PEERS = ["peer", "lateral", "cross_functional", "co_mentoring"]


def rank(seat: Seat) -> int:
    return LEVELS.index(seat.enrolment.answers["level"])


def skills(seat: Seat, which: str) -> dict[str, int]:
    found: dict[str, int] = seat.enrolment.answers[f"skills-{which}"]
    return found


def teaches(one: Seat, other: Seat) -> bool:
    """The one offers something the other wants, at the level wanted."""
    offered = skills(one, "offered")
    return any(offered.get(skill, 0) >= least for skill, least in skills(other, "wanted").items())


@pytest.mark.parametrize("model", TWO_SIDED)
def test_mentors_and_mentees_keep_their_gap_and_their_places(model):
    crowd = make_crowd(model, {"mentor": 8, "mentee": 12})
    if model == "reverse":  # there the juniors teach
        for each in (*crowd.people["mentor"], *crowd.people["mentee"]):
            each.answers["level"] = "Entry" if each.role == Role.MENTOR else "Lead"
            each.save()
    proposal = crowd.propose()
    holds(crowd, proposal)
    for taker, giver in members_of(proposal):
        ahead = rank(giver) - rank(taker)
        assert {"traditional": ahead >= 2, "near_peer": 1 <= ahead <= 2, "reverse": ahead <= -2}[model]
    held = Counter(giver.enrolment_id for _, giver in members_of(proposal))
    assert max(held.values(), default=0) <= crowd.track.capacity


@pytest.mark.parametrize("model", PEERS)
def test_peers_keep_what_their_model_asks(model):
    crowd = make_crowd(model, {"peer": 15})
    proposal = crowd.propose()
    holds(crowd, proposal)
    assert proposal.matches.exists()
    for seats in members_of(proposal):
        assert 2 <= len(seats) <= (2 if model == "co_mentoring" else 3)
        for one, other in [(a, b) for a in seats for b in seats if a.pk < b.pk]:
            if model == "co_mentoring":
                assert teaches(one, other)
                assert teaches(other, one)
            else:
                assert abs(rank(one) - rank(other)) <= (0 if model == "lateral" else 1)
            if model == "cross_functional":
                assert one.enrolment.answers["department"] != other.enrolment.answers["department"]
            if model == "lateral":
                assert one.enrolment.answers["team"] != other.enrolment.answers["team"]


def test_an_odd_one_joins_a_pair_where_the_model_has_triads():
    same = {"level": "Junior", "language": ["English"], "time": {"zone": "UTC", "times": ["Tue 09:00-12:00"]}}
    proposal = make_crowd("peer", {"peer": 5}, lines=False, same=same).propose()
    assert sorted(len(seats) for seats in members_of(proposal)) == [2, 3]
    assert proposal.left_over == []


def test_hard_facts_hold_for_pairs():
    crowd = make_crowd("traditional", {"mentor": 3, "mentee": 3}, lines=False)
    first = crowd.propose()
    (asker, mentor), (other, second), *_ = members_of(first)
    LineManager.objects.create(user=asker.enrolment.user, email=mentor.enrolment.user.email)
    keep_apart(
        program=crowd.track.program,
        one=other.enrolment.user.email,
        other=second.enrolment.user.email,
        note="",
        by=other.enrolment.user,
        now=NOW,
    )
    again = crowd.propose()
    assert not together(again, asker.enrolment, mentor.enrolment)
    assert not together(again, other.enrolment, second.enrolment)


def test_one_human_under_two_roles_is_not_their_own_mentor():
    crowd = make_crowd("traditional", {"mentor": 2, "mentee": 2}, lines=False)
    mentor = crowd.people["mentor"][0]
    own = EnrolmentFactory.create(
        track=crowd.track, user=mentor.user, role=Role.MENTEE, answers=crowd.people["mentee"][0].answers
    )
    assert not together(crowd.propose(), mentor, own)


def test_a_wish_earns_points_that_only_the_coordinator_reads_about():
    crowd = make_crowd("traditional", {"mentor": 3, "mentee": 1}, lines=False)
    asker = crowd.people["mentee"][0]
    before = crowd.propose()
    fitting = [seat.enrolment for seats in members_of(before) for seat in seats if seat.role == Role.MENTOR]
    save_wishes(enrolment=asker, liked=[fitting[0].pk], only=False, by=asker.user, now=NOW)
    after = crowd.propose()
    (match,) = after.matches.all()
    wished = [share for share in match.shares if share["kind"] == "wished" and share["points"]]
    assert [(share["label"], share["points"], share["told"]) for share in wished] == [("Named by the mentee", 10, {})]
    assert match.score == before.matches.get().score + 10


def test_who_accepts_only_named_people_gets_nobody_else():
    crowd = make_crowd("traditional", {"mentor": 2, "mentee": 2}, lines=False)
    asker, mentor = crowd.people["mentee"][0], crowd.people["mentor"][0]
    save_wishes(enrolment=asker, liked=[mentor.pk], only=True, by=asker.user, now=NOW)
    proposal = crowd.propose()
    seats = [seats for seats in members_of(proposal) if asker.pk in {seat.enrolment_id for seat in seats}]
    assert all(mentor.pk in {seat.enrolment_id for seat in each} for each in seats)


def test_the_price_of_the_chosen_aim_is_stored_with_the_proposal():
    proposal = make_crowd("traditional", {"mentor": 8, "mentee": 12}).propose()
    by_aim = {aim["objective"]: aim for aim in proposal.aims}
    assert list(by_aim) == ["floor", "cover", "score", "stable"]
    assert (by_aim["floor"]["chosen"], by_aim["floor"]["total"]) == (True, proposal.total)
    assert by_aim["cover"]["total"] >= by_aim["floor"]["total"]
    assert by_aim["floor"]["lowest"] >= by_aim["cover"]["lowest"]
    assert by_aim["cover"]["placed"] >= by_aim["score"]["placed"]
