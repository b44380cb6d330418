"""Groups, networks and one-off sessions from the offer to the end: who has to say yes, and what a no does."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from mail.models import Message
from mail.services.composing import compose
from matching import services
from matching.errors import DataChanged, OfferOver
from matching.models import Match, Proposal, Seat
from matching.queries import by_seat, my_match
from programs.models import Enrolment
from programs.services import leave
from sessions.errors import NotInMatch
from sessions.models import Session
from sessions.planning import members_of
from sessions.queries import course_of, home_of
from sessions.services import log_unplanned_session, plan_session
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.programs import NOW

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def published(crowd: Crowd) -> Proposal:
    proposal = crowd.propose()
    assert proposal.state == "draft", proposal.error
    services.publish(proposal=proposal, by=None, now=NOW)
    return proposal


def only_match(crowd: Crowd) -> Match:
    return published(crowd).matches.get()


@pytest.fixture
def circle() -> Match:
    """One mentor and six mentees, of whom four are enough."""
    return only_match(make_crowd("circle", {"mentor": 1, "mentee": 6}, lines=False, same={"goal": ["Lead others"]}))


def seats(match: Match, role: str) -> list[Seat]:
    return list(match.seats.filter(role=role).order_by("pk"))


def say(match: Match, accept: bool, *which: Seat, now: dt.datetime = NOW) -> Match:
    for seat in which:
        services.answer_seat(seat=seat, accept=accept, now=now)
    match.refresh_from_db()
    return match


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def test_everybody_in_a_group_is_asked_once(circle):
    assert told("match-offer") == circle.seats.count() == 7
    assert set(circle.seats.values_list("live", "place", "places")) == {(True, 1, 1)}


def test_a_circle_begins_with_four_mentees_and_a_mentor(circle):
    say(circle, True, *seats(circle, "mentee")[:4])
    assert (circle.state, told("match-on")) == ("offered", 0)
    say(circle, True, *seats(circle, "mentor"))
    assert (circle.state, told("match-on")) == ("active", 5)


def test_who_says_yes_later_joins_and_the_others_are_told(circle):
    fifth = seats(circle, "mentee")[4]
    say(circle, True, *seats(circle, "mentor"), *seats(circle, "mentee")[:4])
    mine = by_seat(fifth.pk)
    assert mine is not None
    assert mine.is_open(NOW)
    assert course_of(fifth.enrolment.user, circle.pk) is None
    assert [course.pk for course in home_of(fifth.enrolment.user, [], NOW).offers] == [circle.pk]
    say(circle, True, fifth)
    assert (told("match-on"), told("match-joined")) == (6, 5)
    assert course_of(fifth.enrolment.user, circle.pk) is not None


def test_who_declines_leaves_the_group_and_the_rest_is_told(circle):
    no = seats(circle, "mentee")[0]
    say(circle, False, no)
    no.refresh_from_db()
    assert (circle.state, no.live, no.left_at, told("match-left"), told("match-over")) == ("offered", False, NOW, 6, 0)
    mine = my_match(user=seats(circle, "mentor")[0].enrolment.user, match_id=circle.pk)
    assert mine is not None
    assert no.enrolment.user.short_name not in [other.short_name for other in mine.others]
    with pytest.raises(OfferOver):
        services.answer_seat(seat=no, accept=True, now=NOW)


def test_a_group_that_gets_too_small_ends_for_all_and_frees_their_places(circle):
    say(circle, False, *seats(circle, "mentee")[:3])
    assert (circle.state, circle.end_reason, told("match-over")) == ("ended", "too_few", 4)
    assert circle.seats.filter(live=True).count() == 0


def test_a_circle_without_its_mentor_ends(circle):
    say(circle, False, *seats(circle, "mentor"))
    assert (circle.state, circle.end_reason) == ("ended", "too_few")


def test_who_never_answers_loses_the_place_while_the_group_goes_on(circle):
    say(circle, True, *seats(circle, "mentor"), *seats(circle, "mentee")[:4])
    assert circle.answer_until == NOW + 14 * DAY
    assert services.expire_unanswered(now=NOW + 14 * DAY) == 0
    assert circle.seats.filter(live=True).count() == 5
    assert (circle.seats.exclude(left_at=None).count(), told("match-over")) == (2, 2)


def test_an_active_circle_goes_on_without_one_who_leaves_the_program_and_keeps_its_sessions(circle):
    say(circle, True, *seats(circle, "mentor"), *seats(circle, "mentee")[:4])
    mentor, gone = seats(circle, "mentor")[0].enrolment, seats(circle, "mentee")[0].enrolment
    plan_session(
        match=circle, starts=dt.datetime(2027, 3, 9, 10), zone="Europe/Berlin", minutes=90, channel="video",
        by=mentor.user, now=NOW,
    )  # fmt: skip
    assert told("session-planned") == 5
    leave(enrolment=gone, by=gone.user, now=NOW + DAY)
    circle.refresh_from_db()
    assert (circle.state, Session.objects.get().state, told("match-left"), told("match-over")) == (
        "active", "planned", 6, 0,
    )  # fmt: skip
    assert course_of(gone.user, circle.pk) is None


def test_sessions_and_check_ins_are_for_those_who_are_in_the_group(circle):
    agreed = [*seats(circle, "mentor"), *seats(circle, "mentee")[:4]]
    say(circle, True, *agreed)
    waiting = seats(circle, "mentee")[5]
    with pytest.raises(NotInMatch):
        log_unplanned_session(
            match=circle, starts=dt.datetime(2027, 3, 1, 9), zone="UTC", minutes=60, channel="video",
            by=waiting.enrolment.user, now=NOW + DAY,
        )  # fmt: skip
    held = log_unplanned_session(
        match=circle, starts=dt.datetime(2027, 3, 1, 9), zone="UTC", minutes=60, channel="video",
        by=agreed[0].enrolment.user, now=NOW + DAY,
    )  # fmt: skip
    assert {user.pk for user in members_of(held.match_id)} == {seat.enrolment.user_id for seat in agreed}


def test_an_active_circle_ends_with_its_mentor_and_so_do_its_sessions(circle):
    say(circle, True, *seats(circle, "mentor"), *seats(circle, "mentee")[:4])
    mentor = seats(circle, "mentor")[0].enrolment
    plan_session(
        match=circle, starts=dt.datetime(2027, 3, 9, 10), zone="Europe/Berlin", minutes=90, channel="video",
        by=mentor.user, now=NOW,
    )  # fmt: skip
    leave(enrolment=mentor, by=mentor.user, now=NOW + DAY)
    circle.refresh_from_db()
    assert (circle.state, circle.end_reason, Session.objects.get().state) == ("ended", "too_few", "cancelled")


def test_the_database_keeps_a_person_from_sitting_in_two_groups_at_once(circle):
    taken = seats(circle, "mentee")[0]
    other = Match.objects.create(track=circle.track, proposal=circle.proposal, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(match=other, enrolment=taken.enrolment, role="mentee", live=True, place=1, places=1)


# --- networks ---------------------------------------------------------------------------


@pytest.fixture
def network() -> Match:
    crowd = make_crowd("distributed", {"mentor": 2, "peer": 8, "mentee": 1}, lines=False, seed=2)
    for number, peer in enumerate(crowd.people["peer"]):
        level = "Experienced" if number < 3 else "Entry"
        Enrolment.objects.filter(pk=peer.pk).update(answers={**peer.answers, "level": level})
    (mentee,) = crowd.people["mentee"]
    Enrolment.objects.filter(pk=mentee.pk).update(answers={**mentee.answers, "level": "Entry"})
    return only_match(crowd)


def test_a_network_says_who_is_what(network):
    parts = sorted((seat.role, seat.part) for seat in network.seats.all())
    assert parts == [("mentee", ""), ("mentor", "mentor"), ("peer", "near_peer"), ("peer", "peer"), ("peer", "peer")]
    mine = my_match(user=seats(network, "mentee")[0].enrolment.user, match_id=network.pk)
    assert mine is not None
    assert [other.role_word for other in mine.others] == ["mentor", "near-peer", "peer", "peer"]


def test_a_network_begins_with_three_helpers_and_stands_or_falls_with_whom_it_is_for(network):
    helpers = [*seats(network, "mentor"), *seats(network, "peer")[:2]]
    say(network, True, *helpers)
    assert network.state == "offered"
    say(network, True, *seats(network, "mentee"))
    assert (network.state, told("match-on")) == ("active", 4)


def test_a_network_ends_when_the_person_it_is_for_says_no(network):
    say(network, False, *seats(network, "mentee"))
    assert (network.state, network.end_reason, told("match-over")) == ("declined", "declined", 4)


# --- one-off sessions -------------------------------------------------------------------


@pytest.fixture
def flash() -> Match:
    return only_match(make_crowd("flash", {"mentor": 25, "mentee": 1}, lines=False))


def test_a_request_is_open_for_five_days_and_never_into_the_day_before(flash):
    assert flash.answer_until == min(NOW + 5 * DAY, flash.starts_at - dt.timedelta(hours=12))


def test_a_session_that_both_agreed_on_is_planned(flash):
    say(flash, True, *flash.seats.all())
    session = Session.objects.get()
    assert (session.match_id, session.starts_at, session.minutes, session.state) == (
        flash.pk, flash.starts_at, 30, "planned",
    )  # fmt: skip
    assert (flash.state, told("session-planned")) == ("active", 2)


def test_where_somebody_has_another_session_by_then_nothing_is_planned(flash, circle):
    say(circle, True, *seats(circle, "mentor"), *seats(circle, "mentee")[:4])
    asker = seats(flash, "mentee")[0]
    clash = seats(circle, "mentee")[0]
    Enrolment.objects.filter(pk=clash.enrolment_id).update(user=asker.enrolment.user)
    plan_session(
        match=circle, starts=flash.starts_at.replace(tzinfo=None), zone="UTC", minutes=30, channel="video",
        by=asker.enrolment.user, now=NOW,
    )  # fmt: skip
    say(flash, True, *flash.seats.all())
    assert (flash.state, Session.objects.filter(match=flash).count()) == ("active", 0)


def test_two_weeks_after_a_session_its_match_is_over_and_nobody_is_bothered(flash):
    say(flash, True, *flash.seats.all())
    assert services.finish_sessions(now=flash.starts_at + 14 * DAY - dt.timedelta(seconds=1)) == 0
    assert services.finish_sessions(now=flash.starts_at + 14 * DAY) == 1
    flash.refresh_from_db()
    assert (flash.state, flash.end_reason, told("match-over")) == ("ended", "done", 0)
    assert flash.seats.filter(live=True).count() == 0


def test_sessions_that_would_begin_too_soon_are_not_offered():
    proposal = make_crowd("flash", {"mentor": 25, "mentee": 3}, lines=False).propose()
    first = proposal.matches.order_by("starts_at").first()
    assert first is not None
    assert first.starts_at is not None
    assert first.starts_at >= NOW + 2 * DAY + dt.timedelta(hours=24)
    with pytest.raises(DataChanged) as caught:
        services.publish(proposal=proposal, by=None, now=first.starts_at - dt.timedelta(hours=23))
    assert "in less than 24 hours. Run the matching again" in str(caught.value)
    assert told("match-offer") == 0


def test_the_database_keeps_the_monthly_cap(flash):
    expert = seats(flash, "mentor")[0]
    assert (expert.place, expert.places) == (1, 50)
    other = Match.objects.create(track=flash.track, proposal=flash.proposal, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(match=other, enrolment=expert.enrolment, role="mentor", live=True, place=1, places=50)


# --- mails ------------------------------------------------------------------------------


def text_to(kind: str, seat: Seat) -> str:
    message = Message.objects.get(kind=kind, recipient=seat.enrolment.user)
    made = compose(message, now=NOW)
    assert made is not None
    return f"{made.subject}\n{made.body}"


def test_the_mail_of_a_circle_names_everybody_with_their_role(circle):
    text = text_to("match-offer", seats(circle, "mentee")[0])
    others = [seat for seat in circle.seats.select_related("enrolment__user") if seat != seats(circle, "mentee")[0]]
    for seat in others:
        assert f"{seat.enrolment.user.name}, {seat.role}" in text
    assert "The circle begins as soon as 4 mentees and a mentor have said yes." in text
    assert "Why this circle:" in text
    assert "you two" not in text


def test_helpers_read_whose_network_it_is_and_what_they_are_asked_to_be(network):
    asker, near = seats(network, "mentee")[0], network.seats.get(part="near_peer")
    name = asker.enrolment.user.short_name
    text = text_to("match-offer", near)
    assert text.startswith(f"A place in {name}’s network\n")
    assert f"You are asked to be {name}’s near-peer." in text
    assert f"as soon as {name}, a mentor and 2 more have said yes" in text
    assert text_to("match-offer", asker).startswith("Your network: ")
    assert "as soon as you, a mentor and 2 more have said yes" in text_to("match-offer", asker)


def test_the_mail_of_a_session_says_when_and_about_what(flash):
    text = text_to("match-offer", seats(flash, "mentee")[0])
    assert text.startswith(f"A session with {seats(flash, 'mentor')[0].enrolment.user.short_name}: {flash.topic}\n")
    assert f", 30 minutes, about {flash.topic}." in text
    assert "The session takes place when you have both said yes." in text


def test_the_mail_of_a_group_that_begins_names_those_who_are_in(circle):
    agreed = [*seats(circle, "mentor"), *seats(circle, "mentee")[:4]]
    say(circle, True, *agreed)
    text = text_to("match-on", agreed[0])
    for seat in agreed[1:]:
        assert f"{seat.enrolment.user.name}, mentee: {seat.enrolment.user.email}" in text
    assert seats(circle, "mentee")[5].enrolment.user.email not in text
    assert mail.outbox == []
