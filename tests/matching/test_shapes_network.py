"""Networks: the mix around each person, levels, places of helpers, and enough of them for everybody who has one."""

from collections import Counter

import pytest

from matching import services
from matching.models import Match, Proposal, Seat
from programs.models import Enrolment, LineManager, Role
from programs.services.enrolling_wishing import keep_apart
from tests.factories.crowds import make_crowd
from tests.factories.programs import NOW, EnrolmentFactory
from tests.matching.shape_truths import holds, members_of, together

pytestmark = pytest.mark.django_db
LEVELS = ("Entry", "Junior", "Experienced", "Senior", "Lead", "Director")


def level(seat: Seat) -> int:
    return LEVELS.index(seat.enrolment.answers["level"])


def parts_hold(proposal: Proposal) -> None:
    """A mentor, a near-peer one or two levels ahead, peers on the level or one below: never more than the mix."""
    for seats in members_of(proposal):
        (centre,) = [seat for seat in seats if seat.role == Role.MENTEE]
        helpers = [seat for seat in seats if seat is not centre]
        kinds = Counter(seat.part for seat in helpers)
        assert len(helpers) >= 3
        assert (kinds["mentor"], kinds["near_peer"] <= 1, kinds["peer"] <= 2) == (1, True, True)
        for seat in helpers:
            ahead = level(seat) - level(centre)
            assert (seat.part == "mentor") is (seat.role == Role.MENTOR)
            assert seat.part != "near_peer" or 1 <= ahead <= 2
            assert seat.part != "peer" or -1 <= ahead <= 0


@pytest.mark.parametrize("seed", [1, 2])
def test_everybody_with_a_network_has_enough_of_the_right_helpers(seed):
    crowd = make_crowd("distributed", {"mentor": 6, "peer": 14, "mentee": 15}, seed=seed)
    proposal = crowd.propose()
    holds(crowd, proposal)
    parts_hold(proposal)
    taken = Counter(seat.enrolment_id for seats in members_of(proposal) for seat in seats if seat.role != Role.MENTEE)
    assert max(taken.values()) <= 4


def test_where_helpers_are_few_some_have_a_whole_network_and_others_read_why_not():
    crowd = make_crowd("distributed", {"mentor": 1, "peer": 8, "mentee": 9}, lines=False)
    proposal = crowd.propose()
    holds(crowd, proposal)
    parts_hold(proposal)
    assert (proposal.placed, proposal.possible, proposal.optimal) == (4, 4, False)
    assert len(proposal.left_over) == 5
    assert "too few have a free place for another network." in proposal.left_over[0]["reason"]


def test_the_database_keeps_a_helpers_places():
    crowd = make_crowd("distributed", {"mentor": 2, "peer": 8, "mentee": 6}, lines=False)
    Enrolment.objects.filter(pk=crowd.people["mentor"][0].pk).update(capacity=1)
    proposal = crowd.propose()
    services.publish(proposal=proposal, by=None, now=NOW)
    live = Seat.objects.filter(live=True).exclude(role=Role.MENTEE).values_list("enrolment_id", "place", "places")
    assert len({(enrolment, place) for enrolment, place, _ in live}) == len(live)
    places = {enrolment: places for enrolment, _, places in live}
    assert places[crowd.people["mentor"][0].pk] == 1
    assert {places[each.pk] for each in crowd.people["mentor"][1:]} == {4}


def test_managers_and_excluded_people_are_in_nobodys_network():
    crowd = make_crowd("distributed", {"mentor": 2, "peer": 4, "mentee": 1}, lines=False, same={"level": "Junior"})
    (asker,), mentor, peer = crowd.people["mentee"], crowd.people["mentor"][0], crowd.people["peer"][0]
    LineManager.objects.create(user=asker.user, email=mentor.user.email)
    keep_apart(
        program=crowd.track.program, one=asker.user.email, other=peer.user.email, note="", by=asker.user, now=NOW
    )
    proposal = crowd.propose()
    assert proposal.placed == 1
    assert not together(proposal, asker, mentor)
    assert not together(proposal, asker, peer)


def test_without_a_mentor_who_may_there_is_no_network():
    crowd = make_crowd("distributed", {"mentor": 1, "peer": 4, "mentee": 1}, lines=False, same={"level": "Junior"})
    LineManager.objects.create(user=crowd.people["mentee"][0].user, email=crowd.people["mentor"][0].user.email)
    proposal = crowd.propose()
    assert proposal.placed == 0
    assert proposal.left_over[0]["reason"] == "No mentor fits, and a network needs at least 1."
    assert "1 helper is in the same reporting line." in proposal.left_over[0]["details"]


def test_who_helps_under_two_roles_is_in_a_network_once():
    crowd = make_crowd("distributed", {"mentor": 1, "peer": 3, "mentee": 1}, lines=False, same={"level": "Junior"})
    mentor = crowd.people["mentor"][0]
    answers = crowd.people["peer"][0].answers
    twin = EnrolmentFactory.create(track=crowd.track, user=mentor.user, role=Role.PEER, answers=answers)
    proposal = crowd.propose()
    (seats,) = members_of(proposal)
    assert (len(seats), twin.pk in {seat.enrolment_id for seat in seats}) == (4, False)


def test_who_asks_is_never_their_own_helper():
    crowd = make_crowd("distributed", {"mentor": 1, "peer": 3, "mentee": 1}, lines=False, same={"level": "Junior"})
    asker = crowd.people["mentee"][0]
    own = EnrolmentFactory.create(
        track=crowd.track, user=asker.user, role=Role.PEER, answers=crowd.people["peer"][0].answers
    )
    assert not together(crowd.propose(), asker, own)


def test_a_helper_who_has_been_in_a_network_is_not_in_it_again():
    crowd = make_crowd("distributed", {"mentor": 2, "peer": 6, "mentee": 1}, lines=False, same={"level": "Junior"})
    first = crowd.propose()
    services.publish(proposal=first, by=None, now=NOW)
    for seat in members_of(first)[0]:
        services.answer_seat(seat=seat, accept=True, now=NOW)
    Match.objects.update(state="ended", ended_at=NOW, end_reason="")
    Seat.objects.update(live=False)
    helpers = {seat.enrolment_id for seat in members_of(first)[0] if seat.role != Role.MENTEE}
    again = crowd.propose()
    assert not helpers & {seat.enrolment_id for seats in members_of(again) for seat in seats}


def test_the_price_of_each_aim_is_stated():
    proposal = make_crowd("distributed", {"mentor": 3, "peer": 8, "mentee": 6}).propose()
    assert [(aim["objective"], aim["chosen"]) for aim in proposal.aims] == [
        ("floor", True),
        ("cover", False),
        ("score", False),
    ]
    floor, cover, _ = proposal.aims
    assert (floor["total"], floor["placed"], floor["lowest_of"]) == (proposal.total, proposal.placed, "helper")
    assert floor["lowest"] >= cover["lowest"] or floor["placed"] != cover["placed"]
