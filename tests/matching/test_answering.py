"""Yes and no to an offer, and all the ways in which an offer comes to nothing."""

import datetime as dt

import pytest

from mail.models import Message
from matching import services
from matching.errors import OfferOver
from matching.models import Match, Seat
from matching.queries import matches_of, my_match
from participants.models import AuditEntry
from programs.services import leave
from tests.factories.matching import Town
from tests.factories.programs import NOW

DAY = dt.timedelta(days=1)


@pytest.fixture
def offered(town: Town) -> Match:
    proposal = town.propose()
    services.publish(proposal=proposal, by=None, now=NOW)
    return town.match(proposal, "Mona", "Tom")


def seat(match: Match, name: str) -> Seat:
    return match.seats.get(enrolment__user__first_name=name)


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind, state="pending").values_list("recipient__first_name", flat=True))


def test_two_yeses_make_a_match_and_both_are_told(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=NOW)
    offered.refresh_from_db()
    assert (offered.state, told("match-on")) == ("offered", [])
    services.answer_seat(seat=seat(offered, "Mona"), accept=True, now=NOW + DAY)
    offered.refresh_from_db()
    assert (offered.state, offered.activated_at, told("match-on")) == ("active", NOW + DAY, ["Mona", "Tom"])


def test_one_no_ends_it_frees_the_places_and_only_the_other_is_told(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=False, reason="I know her", now=NOW)
    offered.refresh_from_db()
    assert (offered.state, offered.end_reason, offered.ended_at) == ("declined", "declined", NOW)
    assert Seat.objects.filter(match=offered, live=True).count() == 0
    assert seat(offered, "Tom").decline_reason == "I know her"
    assert told("match-over") == ["Mona"]


def test_the_reason_stands_nowhere_but_in_the_seat(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=False, reason="canary reason", now=NOW)
    assert "canary" not in str(list(AuditEntry.objects.values_list("verb", "detail")))
    mona = matches_of(seat(offered, "Mona").enrolment.user)[0]
    assert "canary" not in str((mona.reasons, mona.others, mona.match.shares))


def test_the_same_answer_twice_changes_nothing_and_the_other_one_is_refused(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=NOW)
    services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=NOW + DAY)
    assert seat(offered, "Tom").answered_at == NOW
    with pytest.raises(OfferOver) as caught:
        services.answer_seat(seat=seat(offered, "Tom"), accept=False, now=NOW)
    assert str(caught.value) == "This offer was answered already."
    assert AuditEntry.objects.filter(verb="offer accepted").count() == 1


def test_who_accepts_after_the_other_declined_hears_that_it_is_over(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=False, now=NOW)
    with pytest.raises(OfferOver) as caught:
        services.answer_seat(seat=seat(offered, "Mona"), accept=True, now=NOW)
    assert str(caught.value) == "This offer was taken back."
    offered.refresh_from_db()
    assert (offered.state, seat(offered, "Mona").answer) == ("declined", "waiting")


def test_an_answer_counts_until_the_very_moment_it_is_due(offered):
    until = NOW + 14 * DAY
    with pytest.raises(OfferOver) as caught:
        services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=until)
    assert str(caught.value) == "The time to answer this offer is over."
    services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=until - dt.timedelta(seconds=1))
    assert seat(offered, "Tom").answer == "accepted"


def test_unanswered_offers_end_when_their_time_is_over(offered):
    services.answer_seat(seat=seat(offered, "Tom"), accept=True, now=NOW)
    assert services.expire_unanswered(now=NOW + 14 * DAY - dt.timedelta(seconds=1)) == 0
    assert services.expire_unanswered(now=NOW + 14 * DAY) == 2
    offered.refresh_from_db()
    assert (offered.state, offered.end_reason) == ("ended", "expired")
    assert Seat.objects.filter(live=True).count() == 0
    assert told("match-over") == ["Mona", "Nils", "Tom", "Una"]
    assert services.expire_unanswered(now=NOW + 15 * DAY) == 0


def test_a_match_that_is_on_does_not_run_out(offered):
    for name in ("Tom", "Mona"):
        services.answer_seat(seat=seat(offered, name), accept=True, now=NOW)
    assert services.expire_unanswered(now=NOW + 100 * DAY) == 1
    offered.refresh_from_db()
    assert offered.state == "active"


def test_an_offer_can_be_taken_back_until_it_is_on(offered):
    services.withdraw(match=offered, by=None, now=NOW)
    offered.refresh_from_db()
    assert (offered.state, offered.end_reason, told("match-over")) == ("ended", "withdrawn", ["Mona", "Tom"])
    with pytest.raises(OfferOver):
        services.withdraw(match=offered, by=None, now=NOW)


def test_an_offer_that_is_on_cannot_be_taken_back(offered):
    for name in ("Tom", "Mona"):
        services.answer_seat(seat=seat(offered, name), accept=True, now=NOW)
    with pytest.raises(OfferOver):
        services.withdraw(match=offered, by=None, now=NOW)


@pytest.mark.parametrize("accepted", [False, True])
def test_who_leaves_ends_their_offers_and_matches_and_the_others_are_told(offered, accepted):
    tom = seat(offered, "Tom").enrolment
    if accepted:
        for name in ("Tom", "Mona"):
            services.answer_seat(seat=seat(offered, name), accept=True, now=NOW)
    leave(enrolment=tom, by=tom.user, now=NOW + DAY)
    offered.refresh_from_db()
    assert (offered.state, offered.end_reason, told("match-over")) == ("ended", "left", ["Mona"])
    assert Seat.objects.filter(match=offered, live=True).count() == 0
    assert Match.objects.filter(state="offered").count() == 1


def test_people_see_their_own_matches_and_no_drafts(town, offered):
    draft = town.propose()
    mona, tom, vera = (town.people[name].user for name in ("Mona", "Tom", "Vera"))
    assert [mine.match.pk for mine in matches_of(mona)] == [offered.pk]
    assert matches_of(vera) == []
    assert my_match(user=vera, match_id=offered.pk) is None
    assert my_match(user=mona, match_id=town.match(draft, "Mona", "Tom").pk) is None
    mine = my_match(user=tom, match_id=offered.pk)
    assert mine is not None
    assert (mine.other.name, mine.other.role_word, mine.reasons) == (
        "Mona Town",
        "mentor",
        ["Two levels ahead of you", "Different department: Art"],
    )
    assert mine.other.facts == [("Level", "Lead"), ("Department", "Art")]


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**30])
def test_a_match_of_a_number_that_none_can_have_is_nobodys(town, number):
    assert my_match(user=town.people["Tom"].user, match_id=number) is None


def test_what_is_not_shared_is_not_shown_to_the_other(town, offered):
    town.track.program.fields.filter(slug="department").update(shared=False)
    mine = my_match(user=town.people["Tom"].user, match_id=offered.pk)
    assert mine is not None
    assert mine.other.facts == [("Level", "Lead")]


def test_my_matches_take_the_same_queries_for_one_and_for_three(town, django_assert_num_queries):
    services.publish(proposal=town.propose(capacity=2), by=None, now=NOW)
    for name, count in (("Nils", 1), ("Mona", 2)):
        with django_assert_num_queries(2):
            assert len(matches_of(town.people[name].user)) == count
