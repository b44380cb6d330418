"""Group peer, pods and circles: sizes, seats, and what holds in every group."""

from collections import Counter

import pytest

from matching import services
from matching.errors import CannotMatch
from matching.models import Match, Proposal
from matching.queries.sizes import Sizes
from programs.catalogue import registry
from programs.models import Enrolment, LineManager, Role
from programs.services.enrolling_wishing import keep_apart, save_wishes
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory
from tests.matching.shape_truths import emails_of, holds, members_of, together

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PEERS = [("pod", 17), ("group_peer", 25)]


def sizes(proposal: Proposal) -> list[int]:
    return sorted(len(seats) for seats in members_of(proposal))


@pytest.mark.parametrize(("model", "people"), PEERS)
def test_groups_of_peers_keep_sizes_and_rules(model, people):
    crowd = make_crowd(model, {"peer": people})
    proposal = crowd.propose()
    holds(crowd, proposal)
    size = registry.get(model).size
    assert sizes(proposal)
    assert all(size.least <= each <= size.most for each in sizes(proposal))
    assert max(sizes(proposal)) - min(sizes(proposal)) <= 1 or proposal.left_over


def test_circles_keep_sizes_seats_and_rules():
    crowd = make_crowd("circle", {"mentor": 4, "mentee": 20})
    proposal = crowd.propose()
    holds(crowd, proposal)
    for seats in members_of(proposal):
        roles = Counter(seat.role for seat in seats)
        assert 4 <= roles["mentee"] <= 8
        assert 1 <= roles["mentor"] <= 2
    mentors = [seat.enrolment_id for seats in members_of(proposal) for seat in seats if seat.role == Role.MENTOR]
    assert len(set(mentors)) == len(mentors)


def test_two_mentors_take_two_circles_and_the_rest_reads_why():
    crowd = make_crowd("circle", {"mentor": 2, "mentee": 20}, lines=False, same={"goal": ["Lead others"]})
    proposal = crowd.propose()
    assert (proposal.placed, proposal.possible, sizes(proposal)) == (16, 16, [9, 9])
    assert {entry["reason"] for entry in proposal.left_over} == {
        "Those who fit make circles without them: no circle has room in which everybody fits."
    }


def test_a_track_that_gives_a_mentor_five_places_makes_circles_of_five():
    same = {"goal": ["Lead others"]}
    crowd = make_crowd("circle", {"mentor": 3, "mentee": 15}, lines=False, same=same, capacity=5)
    assert sizes(crowd.propose()) == [6, 6, 6]


def test_a_mentor_who_has_no_place_leads_no_circle():
    crowd = make_crowd("circle", {"mentor": 2, "mentee": 8}, lines=False, same={"goal": ["Lead others"]})
    away = crowd.people["mentor"][0]
    Enrolment.objects.filter(pk=away.pk).update(capacity=0)
    assert [away.user.email in emails for emails in emails_of(crowd.propose())] == [False]


@pytest.mark.parametrize(
    ("model", "counts", "words"),
    [
        ("circle", {"mentor": 1, "mentee": 3}, "A circle needs at least 4 mentees; 3 take part."),
        ("pod", {"peer": 2}, "A pod needs at least 3 people; 2 take part."),
        ("group_peer", {"peer": 1}, "A group needs at least 6 people; 1 takes part."),
        ("circle", {"mentee": 5}, "“Mentoring circles” has no mentors yet."),
    ],
)
def test_too_few_people_is_said_in_words(model, counts, words):
    crowd = make_crowd(model, counts, lines=False)
    with pytest.raises(CannotMatch) as caught:
        crowd.propose()
    assert str(caught.value) == words
    assert Proposal.objects.count() == 0


def test_too_small_circles_by_the_tracks_places_are_refused():
    crowd = make_crowd("circle", {"mentor": 2, "mentee": 8}, lines=False, capacity=3)
    failed = crowd.propose()
    assert (failed.state, failed.error) == (
        "failed",
        "A circle needs at least 4 mentees, but the track gives it 3 places.",
    )


def pods() -> Crowd:
    """Eight people who all fit each other."""
    same = {"skills-wanted": {"Strategy": 2}, "language": ["English"]}
    return make_crowd("pod", {"peer": 8}, lines=False, same=same)


def test_nobody_sits_with_their_manager_or_their_managers_manager():
    crowd = pods()
    first, second, third, *_ = crowd.people["peer"]
    LineManager.objects.create(user=first.user, email=second.user.email)
    LineManager.objects.create(user=second.user, email=third.user.email)
    proposal = crowd.propose()
    assert proposal.state == "draft"
    assert not any(together(proposal, *pair) for pair in ((first, second), (second, third), (first, third)))


def test_people_kept_apart_are_never_in_one_group_and_nobody_reads_of_it():
    crowd = pods()
    first, second = (crowd.people["peer"][at] for at in (0, 1))
    before = crowd.propose()
    for other in crowd.people["peer"][1:4]:
        keep_apart(
            program=crowd.track.program, one=first.user.email, other=other.user.email, note="", by=second.user, now=NOW
        )
    after = crowd.propose()
    assert before.input_hash != after.input_hash
    assert after.placed == 8
    assert not any(together(after, first, other) for other in crowd.people["peer"][1:4])
    assert "never" not in str([match.shares for match in after.matches.all()])


def test_people_who_have_been_in_a_group_together_are_not_put_together_again():
    crowd = make_crowd("pod", {"peer": 9}, lines=False, same={"skills-wanted": {"Strategy": 2}})
    first = crowd.propose()
    services.publish(proposal=first, by=None, now=NOW)
    for seats in members_of(first):
        for seat in seats:
            services.answer_seat(seat=seat, accept=True, now=NOW)
    Match.objects.update(state="ended", ended_at=NOW, end_reason="done")
    for seats in members_of(first):
        type(seats[0]).objects.filter(match=seats[0].match).update(live=False)
    again = crowd.propose()
    pairs = {frozenset(pair) for emails in emails_of(first) for pair in _pairs(emails)}
    assert not any(frozenset(pair) in pairs for emails in emails_of(again) for pair in _pairs(emails))


def _pairs(emails: set[str]) -> list[tuple[str, str]]:
    return [(one, other) for one in emails for other in emails if one < other]


def test_one_human_is_never_mentor_and_mentee_of_the_same_circle():
    crowd = make_crowd("circle", {"mentor": 1, "mentee": 4}, lines=False, same={"goal": ["Lead others"]})
    mentor = crowd.people["mentor"][0]
    EnrolmentFactory.create(
        track=crowd.track, user=mentor.user, role=Role.MENTEE, answers=crowd.people["mentee"][0].answers
    )
    proposal = crowd.propose()
    (seats,) = members_of(proposal)
    assert sorted(seat.role for seat in seats) == ["mentee"] * 4 + ["mentor"]
    (left,) = proposal.left_over
    assert left["enrolment"] not in {seat.enrolment_id for seat in seats}


def test_who_accepts_only_people_they_named_is_left_over_rather_than_given_others():
    crowd = pods()
    picky, named = crowd.people["peer"][:2]
    save_wishes(enrolment=picky, liked=[named.pk], only=True, by=picky.user, now=NOW)
    proposal = crowd.propose()
    assert [entry["enrolment"] for entry in proposal.left_over] == [picky.pk]
    assert proposal.left_over[0]["reason"] == "Only 1 of 7 people fits, and a pod needs at least 3 together."
    assert proposal.placed == 7


def test_people_whom_rules_part_are_divided_among_themselves():
    """Seven who speak English and five who speak German: no group mixes them, and all are placed."""
    crowd = pods()
    for number in range(4):
        crowd.join(Role.PEER, {**crowd.people["peer"][0].answers, "language": ["German"]}, name=f"G{number}")
    german = {each.user.email for each in crowd.people["peer"][8:]}
    proposal = crowd.propose()
    holds(crowd, proposal)
    assert proposal.placed == 12
    assert all(not emails & german or emails <= german for emails in emails_of(proposal))


def test_where_not_everybody_can_be_placed_the_groups_are_mended_and_the_bound_says_so():
    """Eight people of whom one fits with two others only: with them there would be too few for the rest."""
    crowd = pods()
    loner = crowd.people["peer"][0]
    for other in crowd.people["peer"][2:]:
        keep_apart(
            program=crowd.track.program, one=loner.user.email, other=other.user.email, note="", by=loner.user, now=NOW
        )
    proposal = crowd.propose()
    assert proposal.state == "draft"
    assert [entry["enrolment"] for entry in proposal.left_over] == [loner.pk]
    assert (proposal.placed, proposal.optimal) == (7, False)
    assert proposal.total <= proposal.bound


def test_the_same_people_give_the_same_groups_whatever_the_order_they_came_in():
    crowd = make_crowd("pod", {"peer": 14})
    first = crowd.propose()
    groups = sorted(map(sorted, emails_of(first)))
    rows = [(each.user, each.answers) for each in crowd.people["peer"]]
    Enrolment.objects.all().delete()
    for user, answers in reversed(rows):
        EnrolmentFactory.create(track=crowd.track, user=user, role=Role.PEER, answers=answers)
    again = crowd.propose()
    assert groups == sorted(map(sorted, emails_of(again)))
    assert again.total == first.total


def test_a_locked_group_stays_together_in_the_next_run():
    crowd = pods()
    first = crowd.propose()
    kept = first.matches.order_by("number")[0]
    Match.objects.filter(pk=kept.pk).update(locked=True)
    crowd.join(Role.PEER, crowd.people["peer"][0].answers, name="Late")
    again = crowd.propose(based_on=first)
    people = {seat.enrolment_id for seat in kept.seats.all()}
    stayed = [match for match in again.matches.all() if people <= {seat.enrolment_id for seat in match.seats.all()}]
    assert [match.locked for match in stayed] == [True]


@pytest.mark.parametrize(
    ("sizes", "members", "leaders", "room"),
    [
        (Sizes(3, 5), 11, 0, 11),
        (Sizes(4, 5), 11, 0, 10),
        (Sizes(3, 5), 2, 0, 0),
        (Sizes(4, 8, 1, 2), 20, 2, 16),
        (Sizes(4, 8, 1, 2), 20, 0, 0),
        (Sizes(6, 10), 11, 0, 10),
    ],
)
def test_how_many_there_is_room_for(sizes, members, leaders, room):
    assert sizes.room(members, leaders) == room


@pytest.mark.parametrize(
    ("model", "counts"), [("pod", {"peer": 17}), ("group_peer", {"peer": 26}), ("circle", {"mentor": 4, "mentee": 22})]
)
def test_each_aim_is_followed_and_its_price_is_stated(model, counts):
    """Whichever is chosen: it is told first, as the proposal has it, and all runs tell the same of each."""
    crowd = make_crowd(model, counts, lines=False)
    told = {}
    for chosen in ("floor", "cover", "score"):
        proposal = crowd.propose(objective=chosen)
        holds(crowd, proposal)
        first, *others = proposal.aims
        assert (first["objective"], first["chosen"], first["total"]) == (chosen, True, proposal.total)
        assert (first["placed"], first["optimal"]) == (proposal.placed, proposal.optimal)
        assert {aim["objective"] for aim in others} == {"floor", "cover", "score"} - {chosen}
        assert not any(aim["chosen"] for aim in others)
        told[chosen] = {aim["objective"]: aim for aim in proposal.aims}
    floor, cover, score = (told[chosen][chosen] for chosen in ("floor", "cover", "score"))
    assert floor["lowest"] >= cover["lowest"]
    assert floor["total"] <= cover["total"] <= score["total"]
    assert floor["placed"] == cover["placed"] >= score["placed"]
    for name in ("total", "placed", "lowest"):
        assert told["cover"]["floor"][name] == floor[name]
        assert told["floor"]["cover"][name] == cover[name]
    assert cover["total"] <= told["cover"]["score"]["total"] <= proposal.bound


def two_kinds() -> Crowd:
    """Twelve who want to learn the same, which six of them can teach one another."""
    same = {"skills-wanted": {"Strategy": 2}, "language": ["English"]}
    crowd = make_crowd("pod", {"peer": 12}, lines=False, same=same)
    for number, each in enumerate(crowd.people["peer"]):
        offers = {"Strategy": 4} if number < 6 else {"Budgets": 1}
        Enrolment.objects.filter(pk=each.pk).update(answers={**each.answers, "skills-offered": offers, "times": {}})
    return crowd


def test_the_floor_mixes_those_whom_the_best_total_leaves_among_themselves():
    crowd = two_kinds()
    cover, floor = crowd.propose(objective="cover"), crowd.propose(objective="floor")
    holds(crowd, floor)
    lows = [min(match.score for match in proposal.matches.all()) for proposal in (cover, floor)]
    assert lows[0] < lows[1]
    assert (floor.total, cover.total, floor.bound, floor.optimal) == (390, 420, 420, False)
    assert floor.placed == cover.placed == 12
    best = crowd.propose(objective="score")
    assert (best.total, best.placed, best.optimal) == (470, 10, True)
    assert {entry["reason"] for entry in best.left_over} == {
        "No pod has a place for them: this run aims at the best total, even if fewer are placed."
    }


def test_the_page_states_the_aim_of_groups_and_what_the_others_would_give(client):
    crowd = two_kinds()
    proposal = crowd.propose(objective="floor")
    CoordinatorFactory.create(program=proposal.program, user=(coordinator := UserFactory.create()))
    client.force_login(coordinator)
    url = f"/programs/{proposal.program.slug}/matching/{proposal.number}/"
    page = " ".join(client.get(url).content.decode().split())
    assert "<dt>Aim</dt><dd>Everybody placed, then the lowest score as high as it can be</dd>" in page
    cover = next(aim for aim in proposal.aims if aim["objective"] == "cover")
    assert cover["total"] - proposal.total == 30
    assert (
        "“Everybody placed, then the best total” would give 30 more points in all and 20.0 instead of 21.7 points "
        "for each pair of people in the lowest group."
    ) in page


def test_of_parts_that_rules_divide_only_the_lowest_is_raised_at_a_cost():
    """The German speakers have nothing in common, so nothing that the others give up would lift the lowest."""
    crowd = two_kinds()
    for number in range(3):
        answers = {**crowd.people["peer"][0].answers, "language": ["German"], "skills-offered": {"Budgets": 1}}
        crowd.join(Role.PEER, answers, name=f"G{number}")
    cover, floor = crowd.propose(objective="cover"), crowd.propose(objective="floor")
    assert (floor.total, floor.placed) == (cover.total, 15)
    assert sorted(map(sorted, emails_of(floor))) == sorted(map(sorted, emails_of(cover)))
