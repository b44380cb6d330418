"""Two people at once. Each race has a barrier, so that both have read before either writes."""

from functools import partial

import pytest

from mail.models import Message
from matching import services
from matching.errors import AlreadyPublished, MatchingError, OfferOver
from matching.models import Match, Proposal, Seat
from tests.factories.matching import Town, make_town
from tests.factories.programs import NOW
from tests.racing import together as at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def town(transactional_db) -> Town:
    return make_town()


# What is no refusal of matching is an error of the test.
together = partial(at_once, refused=MatchingError)


def test_of_two_who_publish_the_same_draft_one_does(town):
    draft = town.propose(capacity=2)
    results = together(*[lambda: services.publish(proposal=draft, by=None, now=NOW)] * 4)
    assert [type(result) for result in results].count(AlreadyPublished) == 3
    assert Message.objects.filter(kind="match-offer").count() == 6
    assert Seat.objects.filter(live=True).count() == 6


def test_of_two_drafts_of_one_track_published_at_once_one_is(town):
    one, two = town.propose(), town.propose()
    later = NOW.replace(hour=10)
    results = together(
        lambda: services.publish(proposal=one, by=None, now=later),
        lambda: services.publish(proposal=two, by=None, now=later),
    )
    assert [isinstance(result, AlreadyPublished) for result in results].count(True) == 1
    assert Proposal.objects.filter(state="published").count() == 1
    assert Seat.objects.filter(live=True).count() == 4


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_accept_and_decline_at_once_the_first_counts(town, _round):
    draft = town.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    match = town.match(draft, "Mona", "Tom")
    seat = town.seat(draft, "Tom")
    results = together(
        lambda: services.answer_seat(seat=seat, accept=True, now=NOW),
        lambda: services.answer_seat(seat=seat, accept=False, now=NOW),
    )
    assert [isinstance(result, OfferOver) for result in results].count(True) == 1
    match.refresh_from_db()
    seat.refresh_from_db()
    assert (seat.answer, match.state) in {("accepted", "offered"), ("declined", "declined")}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_one_who_accepts_and_one_who_declines_the_match_ends_or_never_begins(town, _round):
    draft = town.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    services.answer_seat(seat=town.seat(draft, "Mona"), accept=True, now=NOW)
    match, seat = town.match(draft, "Mona", "Tom"), town.seat(draft, "Tom")
    together(
        lambda: services.answer_seat(seat=seat, accept=True, now=NOW),
        lambda: services.withdraw(match=match, by=None, now=NOW),
    )
    match.refresh_from_db()
    live = match.seats.filter(live=True).count()
    assert (match.state, live) in {("active", 2), ("ended", 0)}
    assert Message.objects.filter(kind="match-on").count() == (2 if match.state == "active" else 0)


def test_both_saying_yes_at_once_make_one_match(town):
    draft = town.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    seats = [town.seat(draft, name) for name in ("Mona", "Tom")]
    together(*[lambda seat=seat: services.answer_seat(seat=seat, accept=True, now=NOW) for seat in seats])
    assert Match.objects.get(seats=seats[0]).state == "active"
    assert Message.objects.filter(kind="match-on").count() == 2


def test_a_run_is_taken_up_by_one_worker(town):
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    results = together(*[lambda: services.run_proposal(queued.pk, clock=lambda: NOW)] * 3)
    assert [result is None for result in results].count(True) == 2
    assert Match.objects.count() == 2


def test_without_the_lock_the_last_door_still_holds(town):
    """The negative control: two live seats on one place are refused by the database itself, at the same moment too."""
    from django.db import IntegrityError

    draft = town.propose(capacity=2)
    seats = list(Seat.objects.filter(match__proposal=draft, enrolment=town.people["Mona"]))

    def take(seat: Seat) -> object:
        try:
            return Seat.objects.filter(pk=seat.pk).update(live=True, place=1, places=1)
        except IntegrityError as error:
            return error

    results = together(*[lambda seat=seat: take(seat) for seat in seats])
    assert [isinstance(result, IntegrityError) for result in results].count(True) == 1
    assert Seat.objects.filter(live=True).count() == 1
