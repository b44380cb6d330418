"""A match from the side of one of its people, and their home."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import SimpleLazyObject

from mail.prepared import prepared
from matching.models import Seat
from matching.queries import MyMatch, matches_of, my_match, seen_from
from participants.models import User
from programs.models import Enrolment
from sessions.models import AskRoute, Note, Session
from sessions.permissions import may_open
from sessions.queries.asks import Asks, asks_of
from sessions.queries.signing import unsigned_by

State = Session.State


@dataclass(frozen=True)
class Course:
    """One match with its sessions in order of time, seen from one seat."""

    mine: MyMatch
    sessions: list[Session] = field(default_factory=list)
    # Those with a note that the reader may read; only where it was asked for.
    noted: frozenset[int] = frozenset()

    @property
    def pk(self) -> int:
        return self.mine.match.pk

    @property
    def others(self) -> str:
        return self.mine.others_named

    @property
    def held(self) -> list[Session]:
        return [each for each in self.sessions if each.state == State.HELD]

    @property
    def total(self) -> int:
        """How many sessions the agreed rhythm gives from the day the match began to its last day."""
        began = (self.mine.match.activated_at or self.mine.match.created_at).date()
        days = (self.mine.last_day - max(began, self.mine.program.starts_on)).days
        return max(1, days // self.mine.track.cadence_days)

    def next_after(self, now: datetime) -> Session | None:
        return next((each for each in self.sessions if each.state == State.PLANNED and each.ends_at > now), None)

    def later_in_series(self, session: Session) -> list[Session]:
        """The planned sessions of the same series after this one."""
        planned = [each for each in self.sessions if each.state == State.PLANNED and each.series is not None]
        return [each for each in planned if each.series == session.series and each.starts_at > session.starts_at]

    def to_log(self, now: datetime) -> Session | None:
        """The earliest planned session that is over and has not been logged."""
        return next((each for each in self.sessions if each.state == State.PLANNED and each.ends_at <= now), None)

    def number_of(self, session: Session) -> int:
        """Which of the held sessions this one is, counted from 1; of one that was not held, which it would be."""
        return 1 + sum(each.starts_at < session.starts_at for each in self.held if each.pk != session.pk)


@dataclass(frozen=True)
class Next:
    """The one thing that comes next for a person: answer, reply, log, plan, sign, meet, or nothing ("")."""

    what: str
    course: Course | None = None
    session: Session | None = None
    # An ask that waits for this person's reply.
    route: AskRoute | None = None


@dataclass(frozen=True)
class Row:
    """One match on the home page."""

    course: Course
    upcoming: Session | None
    unlogged: Session | None


@dataclass(frozen=True)
class Home:
    offers: list[Course]
    answered: list[Course]
    rows: list[Row]
    next: Next
    asks: Asks


def home_of(user: User, parts: Iterable[Enrolment], now: datetime) -> Home:
    """All that a person is in: what was offered, what is going on, and the one thing to do first; `parts` is where they
    take part."""
    live = matches_of(user, live_only=True)
    courses = _courses(live)
    offered = [course for course in courses if not may_open(course.mine)]
    rows = [Row(course, course.next_after(now), course.to_log(now)) for course in courses if may_open(course.mine)]
    offers = [course for course in offered if course.mine.is_open(now)]
    answered = [course for course in offered if not course.mine.is_open(now)]
    asks = asks_of(user, parts)
    return Home(offers, answered, rows, _next(user, offers, rows, asks), asks)


def _next(user: User, offers: Sequence[Course], rows: Sequence[Row], asks: Asks) -> Next:
    if offers:
        return Next("answer", offers[0])
    if asks.waiting:
        return Next("reply", route=asks.waiting[0])
    late = [(row.unlogged.starts_at, row.course.pk, row) for row in rows if row.unlogged]
    if late:
        row = min(late)[2]
        return Next("log", row.course, row.unlogged)
    unplanned = next((row for row in rows if row.upcoming is None), None)
    if unplanned:
        return Next("plan", unplanned.course)
    unsigned = unsigned_by(user, (row.course.pk for row in rows))
    to_sign = next((row for row in rows if row.course.pk in unsigned), None)
    if to_sign:
        return Next("sign", to_sign.course, to_sign.upcoming)
    soon = [(row.upcoming.starts_at, row.course.pk, row) for row in rows if row.upcoming]
    if soon:
        row = min(soon)[2]
        return Next("meet", row.course, row.upcoming)
    return Next("")


def course_of(user: User, match_id: int) -> Course | None:
    """An active match of this person with its sessions, or None: for strangers as for matches that are over."""
    mine = my_match(user=user, match_id=match_id)
    return _courses([mine])[0] if mine and may_open(mine) else None


def course_with_notes(user: User, match_id: int) -> Course | None:
    """As course_of(), and which of its sessions have a note that this person may read."""
    mine = my_match(user=user, match_id=match_id)
    if mine is None or not may_open(mine):
        return None
    readable = Q(visibility=Note.Visibility.SHARED) | Q(author=user)
    notes = Note.objects.filter(readable, session=OuterRef("pk"))
    rows = list(_in_order().filter(match=match_id).annotate(has_note=Exists(notes)))
    return Course(mine, list(rows), frozenset(row.pk for row in rows if row.has_note))


def session_of(user: User, session_id: int, *, alone: bool = False) -> tuple[Course, Session] | None:
    """A session of one of this person's active matches. `alone`, as for a form that was sent and seldom needs them, the
    others of the match are asked for when somebody looks at them.
    """
    around = _just(session_id) if alone else _around(session_id)
    here = next((each for each in around if each.pk == session_id), None)
    mine = my_match(user=user, match_id=here.match_id, facts=False) if here else None
    if here is None or mine is None or not may_open(mine):
        return None
    return Course(mine, _later(mine) if alone else around), here


def course_around(seat: Seat, seats: list[Seat]) -> Course:
    """A match whose people have been read, as matching.queries.seen_from() has it. Its sessions are asked for when
    somebody looks at them.
    """
    mine = seen_from(seat, seats)
    return Course(mine, _later(mine))


def _later(mine: MyMatch) -> list[Session]:
    return cast("list[Session]", SimpleLazyObject(partial(_of_matches, [mine.match.pk])))


@prepared
def _just(session: int) -> QuerySet[Session]:
    return _in_order().filter(pk=session)


@prepared
def _around(session: int) -> QuerySet[Session]:
    """The sessions of the match of one of them."""
    return _in_order().filter(match__in=Session.objects.filter(pk=session).values("match"))


def _in_order() -> QuerySet[Session]:
    return Session.objects.order_by("starts_at", "pk")


@prepared
def _of_matches(matches: list[int]) -> QuerySet[Session]:
    return _in_order().filter(match__in=matches)


def _courses(mine: Iterable[MyMatch]) -> list[Course]:
    found = list(mine)
    sessions = defaultdict(list)
    for session in _of_matches([each.match.pk for each in found]):
        sessions[session.match_id].append(session)
    return [Course(each, sessions[each.match.pk]) for each in found]
