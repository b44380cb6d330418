"""An early end that waits: nobody can know of it until it takes effect, and of undo and effect one happens, once."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from matching import hooks, services
from matching.errors import MatchOver
from matching.models import Ending, EndingToCome, Match, Seat
from matching.queries.endings import match_page
from matching.tasks import tick
from participants.models import User
from tests.factories.matching import make_pair, make_town
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory
from tests.racing import together

LATER = NOW + dt.timedelta(days=20)
SOON = dt.timedelta(minutes=15)


@pytest.fixture
def pair(town) -> Match:
    return make_pair(town.people["Mona"], town.people["Tom"])


def seat_of(match: Match, name: str) -> Seat:
    return match.seats.get(enrolment__user__first_name=name)


def user(name: str) -> User:
    return User.objects.get(first_name=name)


def ask(match: Match, name: str, **facts) -> Any:
    facts = {"now": LATER, **facts}
    return services.end_soon(match=match, seat=seat_of(match, name), by=user(name), **facts)


def untouched(match: Match) -> bool:
    match.refresh_from_db()
    on = match.state == "active" and match.ended_at is None and match.ended_by is None
    quiet = not Message.objects.exclude(kind="match-on").exists() and not Ending.objects.exists()
    return on and quiet and match.seats.filter(live=True, left_at=None, rests=False).count() == match.seats.count()


def test_nothing_happens_before_its_time_and_all_of_it_then_once(pair):
    outside = CoordinatorFactory.create(program=pair.track.program).user
    ask(pair, "Tom", reason="fit", words="canary", another=True)
    tick(LATER + SOON - dt.timedelta(seconds=1))
    assert untouched(pair)
    for minutes in range(2):
        tick(LATER + SOON + dt.timedelta(minutes=minutes))
    pair.refresh_from_db()
    assert (pair.state, pair.end_reason, pair.ended_at, pair.ended_by) == ("ended", "ended", LATER + SOON, user("Tom"))
    told = Message.objects.order_by("kind", "recipient__first_name").values_list("kind", "recipient")
    assert list(told) == [
        ("match-ended", user("Mona").pk),
        ("match-ended", user("Tom").pk),
        ("match-ended-why", outside.pk),
    ]
    ending = Ending.objects.get()
    assert (ending.by, ending.reason, ending.words) == (user("Tom"), "fit", "canary")
    assert not seat_of(pair, "Tom").rests
    assert not EndingToCome.objects.exists()


def test_taken_back_it_leaves_no_trace_of_itself(pair):
    waiting = ask(pair, "Tom", reason="fit", words="canary")
    services.undo_ending(ending=waiting, by=user("Tom"), now=LATER + SOON - dt.timedelta(seconds=1))
    tick(LATER + SOON)
    assert untouched(pair)
    assert not EndingToCome.objects.exists()
    with pytest.raises(MatchOver):
        services.undo_ending(ending=waiting, by=user("Tom"), now=LATER)


def test_once_its_time_has_come_it_is_not_taken_back_even_before_the_tick(pair):
    waiting = ask(pair, "Tom")
    with pytest.raises(MatchOver):
        services.undo_ending(ending=waiting, by=user("Tom"), now=LATER + SOON)
    assert services.end_due(now=LATER + SOON) == 1


def test_who_does_not_feel_safe_does_not_wait(pair):
    assert ask(pair, "Tom", reason="unsafe") is None
    pair.refresh_from_db()
    assert (pair.state, pair.ended_at) == ("ended", LATER)
    assert Message.objects.filter(kind="match-ended").count() == 2


def test_who_says_so_while_it_waits_or_asks_for_it_does_not_wait_either(pair):
    ask(pair, "Tom", words="first")
    assert ask(pair, "Tom", reason="unsafe", now=LATER + dt.timedelta(minutes=1)) is None
    assert (Ending.objects.get().reason, Ending.objects.get().words) == ("unsafe", "first")
    assert not EndingToCome.objects.exists()


def test_not_waiting_is_asked_for_once(pair):
    waiting = ask(pair, "Tom")
    assert services.hasten_ending(ending=waiting, now=LATER)
    assert not services.hasten_ending(ending=waiting, now=LATER)
    pair.refresh_from_db()
    assert pair.ended_at == LATER


def test_asking_again_does_not_move_it(pair):
    first = ask(pair, "Tom", reason="fit")
    again = ask(pair, "Tom", reason="schedule", now=LATER + dt.timedelta(minutes=9))
    assert (again, again.due_at, again.reason) == (first, LATER + SOON, "fit")


def test_each_of_two_takes_back_their_own_alone(pair):
    tom = ask(pair, "Tom", reason="fit")
    ask(pair, "Mona", reason="schedule", now=LATER + dt.timedelta(minutes=5))
    services.undo_ending(ending=tom, by=user("Tom"), now=LATER + dt.timedelta(minutes=6))
    tick(LATER + SOON)
    assert untouched(pair)
    tick(LATER + SOON + dt.timedelta(minutes=5))
    pair.refresh_from_db()
    assert pair.ended_by == user("Mona")
    assert [each.reason for each in Ending.objects.all()] == ["schedule"]


def test_of_two_who_end_it_both_reasons_are_kept_and_each_mail_is_one(pair):
    ask(pair, "Tom", reason="fit")
    ask(pair, "Mona", reason="schedule", now=LATER + dt.timedelta(minutes=5))
    for minutes in (0, 5, 6):
        tick(LATER + SOON + dt.timedelta(minutes=minutes))
    assert set(Ending.objects.values_list("reason", flat=True)) == {"fit", "schedule"}
    assert Message.objects.filter(kind="match-ended").count() == 2


def test_a_coordinator_ends_it_for_all_and_can_take_that_back(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    waiting: Any = services.end_soon(match=pair, by=dana, now=LATER, reason="schedule")
    services.undo_ending(ending=waiting, by=dana, now=LATER)
    services.end_soon(match=pair, by=dana, now=LATER)
    tick(LATER + SOON)
    pair.refresh_from_db()
    assert (pair.state, pair.ended_by) == ("ended", dana)


def test_what_a_person_in_it_does_shows_to_no_coordinator_and_what_one_does_to_none_who_is_in_it(pair):
    program = pair.track.program
    dana, mona = CoordinatorFactory.create(program=program).user, user("Mona")
    CoordinatorFactory.create(program=program, user=mona)
    ask(pair, "Tom", words="canary")
    assert [match_page(program, pair.pk, each, LATER).waiting for each in (dana, mona)] == [[], []]
    own = services.end_soon(match=pair, by=dana, now=LATER)
    assert match_page(program, pair.pk, dana, LATER).waiting == [own]
    assert match_page(program, pair.pk, mona, LATER).waiting == []


def test_a_match_at_its_last_day_waits_for_the_end_that_somebody_has_asked_for(pair):
    services.set_last_day(match=pair, ends_on=LATER.date(), by=user("Tom"), now=LATER)
    midnight = dt.datetime.combine(LATER.date() + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    ask(pair, "Tom", now=midnight - dt.timedelta(minutes=5))
    tick(midnight)
    assert untouched(pair)
    tick(midnight + dt.timedelta(minutes=10))
    pair.refresh_from_db()
    assert pair.end_reason == "ended"


def test_what_was_said_is_kept_where_it_ends_otherwise_meanwhile(pair):
    ask(pair, "Tom", reason="fit", another=True)
    services.end_matches_of(pair.seats.get(enrolment__user=user("Mona")).enrolment, LATER)
    tick(LATER + SOON)
    pair.refresh_from_db()
    assert (pair.end_reason, Ending.objects.get().reason) == ("left", "fit")
    assert not seat_of(pair, "Tom").rests


def test_a_worker_that_dies_in_it_has_done_nothing(pair, monkeypatch):
    ask(pair, "Tom")

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(hooks, "ended", [*hooks.ended, killed])
        with pytest.raises(SystemExit):
            tick(LATER + SOON)
    assert untouched(pair)
    tick(LATER + SOON + dt.timedelta(minutes=1))
    pair.refresh_from_db()
    assert (pair.state, Message.objects.filter(kind="match-ended").count()) == ("ended", 2)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"due_at": LATER}, "ending_to_come_waits"),
        ({"twice": True}, "one_ending_to_come_of_a_seat_each"),
        ({"twice": True, "seat": None}, "one_ending_to_come_of_a_match_each"),
    ],
)
def test_the_database_refuses_what_cannot_be(pair, facts, name):
    seat = facts.get("seat", seat_of(pair, "Tom"))
    for _ in range(1 if facts.get("twice") else 0):
        EndingToCome.objects.create(match=pair, seat=seat, by=user("Tom"), at=LATER, due_at=LATER + SOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        EndingToCome.objects.create(
            match=pair, seat=seat, by=user("Tom"), at=LATER, due_at=facts.get("due_at", LATER + SOON)
        )
    assert name in str(refused.value) or "UNIQUE" in str(refused.value)


# --- at the same moment ---------------------------------------------------------------------------------------------
@pytest.fixture
def raced(transactional_db) -> Match:
    town = make_town()
    return make_pair(town.people["Mona"], town.people["Tom"])


def test_of_taking_back_and_taking_effect_at_once_exactly_one_happens(raced):
    for turn in range(4):
        start = LATER + dt.timedelta(hours=turn)
        waiting = ask(raced, "Tom", now=start)
        undone, done = together(
            partial(services.undo_ending, ending=waiting, by=user("Tom"), now=start),
            partial(services.end_due, now=start + SOON),
            refused=MatchOver,
        )
        raced.refresh_from_db()
        assert not EndingToCome.objects.exists()
        if raced.state == "ended":
            assert (isinstance(undone, MatchOver), done) == (True, 1)
            assert Message.objects.filter(kind="match-ended").count() == 2
            return
        assert (undone, done) == (raced, 0)
        assert untouched(raced)


def test_two_workers_and_two_people_end_it_once(raced):
    ask(raced, "Tom", reason="fit")
    ask(raced, "Mona", reason="schedule")
    dana = UserFactory.create()
    done = together(
        *[lambda: services.end_due(now=LATER + SOON)] * 2,
        lambda: services.end_soon(match=raced, by=dana, now=LATER + SOON, reason="unsafe"),
        refused=MatchOver,
    )
    assert done[0] + done[1] == 2
    raced.refresh_from_db()
    assert (raced.state, raced.end_reason, raced.ended_at) == ("ended", "ended", LATER + SOON)
    assert Message.objects.filter(kind="match-ended").count() == 2
    assert sorted(Ending.objects.values_list("reason", flat=True)) == ["fit", "schedule", "unsafe"]
