"""Who is reminded of a silent match, when, how often; and who then has to do something."""

import datetime as dt
from collections import Counter

import pytest

from mail.models import Message
from mail.services import drain, save_wishes
from mail.services.preferences import Choice
from matching.models import Match, Proposal
from participants.models import User
from participants.services.pausing import pause, resume
from programs.models import Enrolment, Program
from reports import planning, signalling, tasks
from reports.planning import unanswered
from reports.queries.around import limits_of
from reports.queries.base import load
from reports.queries.overview import overview, raised_in
from reports.queries.resting import rests_of
from reports.queries.signals import told_of
from reports.queries.todos import todos_of
from sessions.models import SlotReview
from tests.factories.matching import SeatFactory
from tests.factories.programs import NOW, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WATCH = NOW + 10 * DAY  # ten days after the match, the default


@pytest.fixture
def cast() -> Cast:
    """bob and mia, and paul with somebody: two matches since NOW; one more in another program."""
    cast = make_cast()
    Program.objects.update(state="running")
    Match.objects.exclude(pk=cast.match.pk).update(state="ended", ended_at=NOW)
    return cast


def told() -> list[tuple[str, str, int, str]]:
    rows = Message.objects.filter(kind__in=planning.NUDGES).order_by("not_before", "pk").select_related("recipient")
    return [(row.kind, row.recipient.first_name, row.sequence, row.state) for row in rows]


def tick(now: dt.datetime) -> None:
    planning.plan_all(now)
    drain(clock=lambda: now)


def test_first_a_reminder_then_a_second_then_a_person_and_no_more_mail(cast: Cast) -> None:
    tick(WATCH - dt.timedelta(minutes=1))
    assert told() == []
    first = [(planning.NOT_MET, name, 0, "sent") for name in ("Bob", "Mia")]
    for later in (dt.timedelta(0), dt.timedelta(minutes=1), 6 * DAY):
        tick(WATCH + later)
        assert told() == first
    second = [(planning.NOT_MET, name, 1, "sent") for name in ("Bob", "Mia")]
    tick(WATCH + 7 * DAY)
    assert told() == first + second
    assert unanswered(cast.program, WATCH + 13 * DAY) == []
    tick(WATCH + 14 * DAY)
    assert unanswered(cast.program, WATCH + 14 * DAY) == [cast.match.pk]
    tick(WATCH + 40 * DAY)
    assert told() == first + second


def test_after_a_session_it_counts_from_there_and_asks_with_other_words(cast: Cast) -> None:
    SessionFactory.create(match=cast.match, held=True, starts_at=NOW + 3 * DAY)
    tick(NOW + 23 * DAY)
    assert told() == []
    tick(NOW + 24 * DAY)
    assert told() == [(planning.QUIET, name, 2, "sent") for name in ("Bob", "Mia")]


@pytest.mark.parametrize("what", ["planned", "held", "ended", "left", "paused", "switched off", "closed"])
def test_nothing_is_sent_once_the_thing_is_done_or_over(cast: Cast, what: str) -> None:
    """It was queued while it was true; when it leaves it is true no more."""
    planning.plan_all(WATCH)
    assert [state for *_, state in told()] == ["pending", "pending"]
    if what == "planned":
        SessionFactory.create(match=cast.match, starts_at=WATCH + 3 * DAY)
    elif what == "held":
        SessionFactory.create(match=cast.match, held=True, starts_at=WATCH - DAY)
    elif what == "ended":
        Match.objects.update(state="ended", ended_at=WATCH)
    elif what == "left":
        cast.match.seats.update(live=False, left_at=WATCH)
    elif what == "paused":
        User.objects.update(paused_until=WATCH + DAY)
    elif what == "closed":
        Program.objects.update(state="closed")
    else:
        for user in (cast.bob, cast.mia):
            save_wishes(user_id=user.pk, program_id=cast.program.pk, choice=Choice.FEWER, off=["sessions"], now=WATCH)
    drain(clock=lambda: WATCH)
    assert [state for *_, state in told()] == ["cancelled", "cancelled"]


def test_who_pauses_is_no_silence_and_who_is_back_is_reminded_from_then_on(cast: Cast) -> None:
    begins, ends = NOW + 2 * DAY, NOW + 30 * DAY
    pause(by=cast.mia, until=ends.date(), now=begins)
    tick(NOW + 20 * DAY)
    assert told() == []
    assert raised_in(load(cast.program), limits_of(cast.program), NOW + 20 * DAY)[cast.match.pk] == []
    resume(by=cast.mia, now=NOW + 21 * DAY)
    tick(NOW + 30 * DAY)
    assert told() == []
    tick(NOW + 31 * DAY)
    assert [name for _, name, *_ in told()] == ["Bob", "Mia"]
    (signal,) = [
        each
        for each in raised_in(load(cast.program), limits_of(cast.program), NOW + 31 * DAY)[cast.match.pk]
        if each.rule == "first_session"
    ]
    assert (signal.level, signal.reason) == (
        "warn",
        "Matched 31 days ago, nothing held or planned. They are back from a pause for 10 days.",
    )


def test_a_group_is_silent_without_one_who_pauses(cast: Cast) -> None:
    paul = Enrolment.objects.get(user=cast.paul)
    SeatFactory.create(match=cast.match, enrolment=paul, answer="accepted", answered_at=NOW)
    pause(by=cast.mia, until=(NOW + 60 * DAY).date(), now=NOW)
    tick(WATCH)
    assert [name for _, name, *_ in told()] == ["Bob", "Paul"]
    pause(by=cast.bob, until=(NOW + 60 * DAY).date(), now=WATCH)
    assert rests_of([cast.match.pk], WATCH)[cast.match.pk].resting


def test_the_reminder_waits_for_the_morning_of_its_reader(cast: Cast) -> None:
    night = dt.datetime.combine((WATCH + DAY).date(), dt.time(1), dt.UTC)
    User.objects.filter(pk=cast.bob.pk).update(timezone="America/New_York")  # evening there
    User.objects.filter(pk=cast.mia.pk).update(timezone="Europe/Berlin")
    planning.plan_all(night)
    due = {row.recipient_id: row.not_before for row in Message.objects.all()}
    assert due[cast.mia.pk] == night.replace(hour=7)  # eight o'clock in Berlin
    assert due[cast.bob.pk] == night  # eight in the evening


def capped(cast: Cast, at: dt.datetime, count: int) -> None:
    for number in range(count):
        Message.objects.create(
            kind="survey-midpoint", subject_type="x", subject_id=number, recipient=cast.mia, program_id=cast.program.pk,
            state="sent", sent_at=at, handed_over_at=at, not_before=at, expires_at=at + DAY, created_at=at,
            message_id=f"<{number}@x>",
        )  # fmt: skip


def test_two_a_week_are_the_most_and_the_held_one_goes_when_there_is_room(cast: Cast) -> None:
    capped(cast, WATCH - DAY, 2)
    tick(WATCH)
    assert told() == [(planning.NOT_MET, "Bob", 0, "sent")]
    tick(WATCH + 6 * DAY - dt.timedelta(minutes=1))
    assert len(told()) == 1
    tick(WATCH + 6 * DAY)
    assert told() == [(planning.NOT_MET, name, 0, "sent") for name in ("Bob", "Mia")]
    sent = Message.objects.filter(recipient=cast.mia, handed_over_at__gt=WATCH - DAY)
    assert sent.count() == 1


def test_one_place_is_left_for_one_message_however_many_are_due(cast: Cast) -> None:
    """mia is in two silent matches, and one message has left this week."""
    second = Match.objects.exclude(pk=cast.match.pk).filter(track=cast.track).get()
    Match.objects.filter(pk=second.pk).update(state="active", ended_at=None)
    second.seats.filter(role="mentee").update(
        enrolment=cast.match.seats.get(role="mentee").enrolment, place=2, places=2
    )
    capped(cast, WATCH - DAY, 1)
    for minute in range(3):
        tick(WATCH + dt.timedelta(minutes=minute))
    assert Counter(name for _, name, *_ in told())["Mia"] == 1


def test_a_changed_threshold_moves_the_reminder(cast: Cast) -> None:
    values = {"first_watch": 20.0, "first_risk": 30.0}
    signalling.set_thresholds(program=cast.program, values=values, by=cast.alice, now=NOW)
    tick(NOW + 19 * DAY)
    assert told() == []
    tick(NOW + 20 * DAY)
    assert len(told()) == 2


def digests() -> list[tuple[str, int, dt.datetime, str]]:
    rows = Message.objects.filter(kind=planning.DIGEST).order_by("pk").select_related("recipient")
    return [(row.recipient.first_name, row.sequence, row.not_before, row.state) for row in rows]


MONDAY = dt.datetime(2027, 3, 15, tzinfo=dt.UTC)


def test_the_digest_is_due_on_monday_at_eight_by_the_coordinators_clock(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(timezone="Pacific/Auckland")  # 13 hours ahead
    User.objects.filter(pk=cast.dora.pk).update(timezone="Europe/Berlin")
    for hour in range(-8, 40):
        planning.plan_all(MONDAY + dt.timedelta(hours=hour))
    assert [each[:3] for each in digests()] == [
        ("Alice", 202711, MONDAY - dt.timedelta(hours=5)),
        ("Dora", 202711, MONDAY + dt.timedelta(hours=7)),
    ]


def test_the_digest_leaves_only_if_something_needs_doing_and_can_be_switched_off(cast: Cast) -> None:
    User.objects.update(timezone="UTC")
    Proposal.objects.update(state="replaced")
    now = MONDAY + dt.timedelta(days=7, hours=8)
    tick(now)
    # Nobody has met for two weeks in alice's program; in dora's people wait since their match has ended.
    assert {name: state for name, *_, state in digests()} == {"Alice": "sent", "Dora": "sent"}
    Message.objects.all().delete()
    save_wishes(user_id=cast.alice.pk, program_id=cast.program.pk, choice=Choice.FEWER, off=["coordination"], now=now)
    Program.objects.get(pk=cast.other_program.pk).tracks.get().enrolments.update(state="left", left_at=now)
    tick(now)
    assert {name: state for name, *_, state in digests()} == {"Alice": "cancelled", "Dora": "cancelled"}


def test_the_digest_ends_some_weeks_after_the_program_or_when_it_is_closed(cast: Cast, mailoutbox: list) -> None:
    User.objects.update(timezone="UTC")
    Program.objects.update(ends_on=MONDAY.date())
    Match.objects.update(state="ended", ended_at=MONDAY)
    monday = MONDAY + dt.timedelta(hours=8)
    for weeks in range(1, 8):
        tick(monday + 7 * weeks * DAY)
    sent = [week for name, week, _, state in digests() if name == "Alice" and state == "sent"]
    assert sent == [202712, 202713, 202714, 202715]
    bodies = [each.body for each in mailoutbox if each.to == [cast.alice.email] and "this week" in each.body]
    # People who wait for a match are no duty any more once the program is over.
    assert all("The program is over and not closed" in body and "for a match" not in body for body in bodies)
    Message.objects.all().delete()
    Program.objects.filter(pk=cast.program.pk).update(state="closed")
    tick(monday + 7 * DAY)
    assert {name for name, *_ in digests()} == {"Dora"}


def test_as_long_as_a_match_is_on_the_digest_asks_to_close_it(cast: Cast) -> None:
    User.objects.update(timezone="UTC")
    Program.objects.update(ends_on=MONDAY.date())
    now = MONDAY + 70 * DAY + dt.timedelta(hours=8)
    tick(now)
    assert {name for name, *_ in digests()} == {"Alice"}
    program = Program.objects.get(pk=cast.program.pk)
    todos = {each.title: each for each in todos_of(overview(program, now), program, now)}
    assert todos["The program is over and not closed"].text == "1 match is still on."
    assert not any("for a match" in title for title in todos)


def test_two_who_want_to_go_on_are_a_thing_to_do(cast: Cast) -> None:
    program = Program.objects.get(pk=cast.program.pk)
    TrackFactory.create(program=program, model="flash", slug="flash")

    def titles() -> list[str]:
        return [each.title for each in todos_of(overview(program, NOW), program, NOW)]

    for user in (cast.bob, cast.mia):
        assert not any("go on after" in title for title in titles())
        SlotReview.objects.create(
            match=cast.match,
            user=user,
            goes_on=True,
            helped=None if user == cast.bob else True,
            created_at=NOW,
            answered_at=NOW,
        )
    assert "1 pair wants to go on after a single session" in titles()


def test_the_digest_counts_and_names_nobody(cast: Cast, mailoutbox: list) -> None:
    User.objects.update(timezone="UTC")
    tick(MONDAY + dt.timedelta(days=7, hours=8))
    (mail,) = [each for each in mailoutbox if each.to == [cast.alice.email] and "this week" in each.body]
    assert "1 match is at risk: http" in mail.body
    assert [name for name in ("Bob", "Mia", "Paul") if name in mail.body] == []


def test_the_tick_counts_what_was_raised_once_and_a_mute_lowers_the_precision(cast: Cast) -> None:
    for minutes in (0, 1, 61):
        tasks.tick(NOW + 14 * DAY + dt.timedelta(minutes=minutes))
    first = {each.rule.slug: each for each in told_of(cast.program)}["first_session"]
    assert (first.raised, first.useless, first.precision) == (1, 0, 100)
    signalling.mute(match=cast.match, rule="first_session", by=cast.alice, now=NOW)
    first = {each.rule.slug: each for each in told_of(cast.program)}["first_session"]
    assert (first.raised, first.useless, first.precision) == (1, 1, 0)
