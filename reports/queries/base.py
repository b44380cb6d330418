"""Everything that programs' figures are made of, in four queries whatever their size and however many they are."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import BigIntegerField, DateTimeField, FilteredRelation, Q, QuerySet, Value

from mail.prepared import prepared
from matching.models import Match, Seat
from participants.models import full_name
from programs.models import Enrolment, Program, Role, Track
from sessions.models import Goal, NextStep, Session

# The slug of the question that says where in the organisation somebody works.
DEPARTMENT = "department"
TRACK_COLUMNS = [field.attname for field in Track._meta.concrete_fields]
HELD, PLANNED = Session.State.HELD, Session.State.PLANNED
# As they stand in a row: the members of an enumeration are found anew each time they are named.
ACTIVE, ACCEPTED, MENTOR = Enrolment.State.ACTIVE.value, Seat.Answer.ACCEPTED.value, Role.MENTOR.value
Row = TypeVar("Row")
# Who was missing from most sessions.
NOBODY: frozenset[int] = frozenset()


# What comes by the hundred is a NamedTuple, which is made three times as fast as a frozen dataclass.
class Person(NamedTuple):
    """An enrolment, as far as figures need it."""

    pk: int
    user: int
    track: int
    role: str
    active: bool
    # How many matches this person gives at once; None: as many as the track says.
    capacity: int | None
    # As they wrote it; empty where they were not asked, or did not say.
    department: str = ""


class Meeting(NamedTuple):
    match: int
    state: str
    starts_at: dt.datetime
    minutes: int
    # Users who were missing from a group's session.
    absent: frozenset[int] = NOBODY
    # The user who led it, as far as its log says.
    led_by: int | None = None
    expert_wanted: bool = False


# From when to when somebody paused.
Span = tuple[dt.datetime, dt.datetime]


class Member(NamedTuple):
    user: int
    role: str
    first_name: str
    name: str
    live: bool
    accepted: bool = True
    has_left: bool = False
    pauses: tuple[Span, ...] = ()


@dataclass
class MatchRow:
    """A match that was offered at some time, with its people and meetings in order of time.

    `members` are in it, mentors first; `seated` are all who were offered it, also those who have left, as they sit.
    """

    pk: int
    track: int
    state: str
    offered_at: dt.datetime | None
    activated_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str
    members: list[Member] = field(default_factory=list)
    seated: list[Member] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def began(self) -> bool:
        """Whether everybody in it had accepted at some time."""
        return self.activated_at is not None

    @property
    def live(self) -> bool:
        return self.state == Match.State.ACTIVE

    @cached_property
    def held(self) -> list[Meeting]:
        return [meeting for meeting in self.meetings if meeting.state == HELD]

    @cached_property
    def _missed(self) -> Counter[int]:
        """How many of the sessions held each missed who missed any."""
        return Counter(user for meeting in self.held for user in meeting.absent)

    def met_by(self, user: int) -> int:
        """At how many sessions somebody was: those held that they were not missing from."""
        return len(self.held) - self._missed[user]

    @property
    def names(self) -> str:
        """First names, as one would say them: "Amara and Jonas"."""
        first = [member.first_name for member in self.members]
        return " and ".join(first) if len(first) < 3 else f"{', '.join(first[:-1])} and {first[-1]}"


class GoalRow(NamedTuple):
    program: int
    match: int
    owner: int
    created_at: dt.datetime
    reached_at: dt.datetime | None
    dropped_at: dt.datetime | None

    @property
    def reached(self) -> bool:
        return self.reached_at is not None

    @property
    def dropped(self) -> bool:
        return self.dropped_at is not None


class StepRow(NamedTuple):
    """A next step: when it was written down, and when it was done."""

    program: int
    match: int
    created_at: dt.datetime
    done_at: dt.datetime | None


@dataclass(frozen=True)
class ProgramData:
    program: Program
    tracks: list[Track]
    people: list[Person]
    matches: list[MatchRow]
    goals: list[GoalRow]
    steps: list[StepRow] = field(default_factory=list)


def load(program: Program) -> ProgramData:
    """The rows behind all figures of one program."""
    return load_all([program])[program.pk]


def load_all(programs: Sequence[Program]) -> dict[int, ProgramData]:
    """The same of several programs, by their number."""
    (matches, users), (tracks, people) = _matches(programs), tracks_and_people(*programs)
    by_pk = {match.pk: match for match in matches}
    for meeting in _meetings(programs, users):
        if meeting.match in by_pk:
            by_pk[meeting.match].meetings.append(meeting)
    goals, steps = _goals_and_steps(programs)
    of_track = {track.pk: track.program_id for track in tracks}
    tracks_of, people_of = (
        _grouped(tracks, lambda track: track.program_id),
        _grouped(people, lambda p: of_track[p.track]),
    )
    matches_of = _grouped(matches, lambda match: of_track[match.track])
    goals_of, steps_of = _grouped(goals, lambda goal: goal.program), _grouped(steps, lambda step: step.program)
    return {
        pk: ProgramData(program, tracks_of[pk], people_of[pk], matches_of[pk], goals_of[pk], steps_of[pk])
        for pk, program in ((each.pk, each) for each in programs)
    }


def _grouped(rows: Iterable[Row], program_of: Callable[[Row], int]) -> Mapping[int, list[Row]]:
    """Rows by their program, in the order in which they come."""
    found: Mapping[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[program_of(row)].append(row)
    return found


def tracks_and_people(*programs: Program) -> tuple[list[Track], list[Person]]:
    """Every track in its order, also one of nobody, and who is enrolled in it, in one query."""
    tracks: dict[int, Track] = {}
    people: list[Person] = []
    for row in _enrolled(_numbers(programs)):
        track, (pk, user, role, state, capacity, department) = row[: len(TRACK_COLUMNS)], row[len(TRACK_COLUMNS) :]
        if track[0] not in tracks:
            tracks[track[0]] = Track(**dict(zip(TRACK_COLUMNS, track, strict=True)))
        if pk is not None:
            people.append(Person(pk, user, track[0], role, state == ACTIVE, capacity, department_of(department)))
    return list(tracks.values()), sorted(people, key=lambda person: person.pk)


def _numbers(programs: Iterable[Program]) -> list[int]:
    return [program.pk for program in programs]


@prepared
def _enrolled(programs: list[int]) -> QuerySet[Track, tuple[Any, ...]]:
    rows = Track.objects.filter(program__in=programs).order_by("position", "pk", "enrolments__pk")
    columns = ("pk", "user", "role", "state", "capacity", f"answers__{DEPARTMENT}")
    return rows.values_list(*TRACK_COLUMNS, *(f"enrolments__{column}" for column in columns))


def department_of(answer: object) -> str:
    """A department as it is counted: the words alone, however they were spaced."""
    return " ".join(answer.split()) if isinstance(answer, str) else ""


_MATCH = ("pk", "track_id", "state", "offered_at", "activated_at", "ended_at", "end_reason")
_SEAT = ("pk", "role", "live", "answer", "left_at")
_USER = ("pk", "first_name", "last_name", "email", "pauses__begins_at", "pauses__ends_at")


def _matches(programs: Iterable[Program]) -> tuple[list[MatchRow], dict[int, int]]:
    """Every match that was offered, with its people and when they paused, in one query: a row for each pause. And who
    (the user) sits on each of their seats.
    """
    found: dict[int, MatchRow] = {}
    seats: dict[int, tuple[int, tuple[Any, ...]]] = {}
    pauses: dict[int, list[Span]] = defaultdict(list)
    for row in _seated(_numbers(programs)):
        pk, seat = row[0], row[len(_MATCH)]
        if pk not in found:
            found[pk] = MatchRow(*row[: len(_MATCH)])
        if seat is not None:
            seats[seat] = pk, row[len(_MATCH) + 1 :]
        if row[-1] is not None:
            pauses[seat].append(row[-2:])
    for seat, (pk, facts) in seats.items():
        found[pk].seated.append(_member(facts, tuple(pauses.get(seat, ()))))
    for match in found.values():
        here = (member for member in match.seated if not member.has_left)
        match.members = sorted(here, key=lambda member: member.role != MENTOR)
    return list(found.values()), {seat: facts[len(_SEAT) - 1] for seat, (_, facts) in seats.items()}


@prepared
def _seated(programs: list[int]) -> QuerySet[Match, tuple[Any, ...]]:
    rows = Match.objects.filter(track__program__in=programs, offered_at__isnull=False).order_by("pk", "seats__pk")
    seats, users = (f"seats__{each}" for each in _SEAT), (f"seats__enrolment__user__{each}" for each in _USER)
    return rows.values_list(*_MATCH, *seats, *users)


def _member(facts: tuple[Any, ...], pauses: tuple[Span, ...]) -> Member:
    role, live, answer, left_at, user, first, last, email, *_ = facts
    name = full_name(first, last, email)
    return Member(user, role, first or name, name, live, answer == ACCEPTED, left_at is not None, pauses)


def _meetings(programs: Iterable[Program], users: Mapping[int, int]) -> list[Meeting]:
    """Each with who was missing, in one query: a row comes again for each of those. Who they are is known by their
    seats: to ask for that too, PostgreSQL would go through the seats of all programs.
    """
    absent: dict[int, set[int]] = defaultdict(set)
    found: dict[int, tuple[Any, ...]] = {}
    for pk, seat, *facts in _sessions(_numbers(programs)):
        found[pk] = tuple(facts)
        if seat in users and facts[1] == HELD:
            absent[pk].add(users[seat])
    return [
        Meeting(match, state, starts_at, minutes, _frozen(absent.get(pk)), users.get(led_by), wanted is not None)
        for pk, (match, state, starts_at, minutes, led_by, wanted) in found.items()
    ]


def _frozen(people: set[int] | None) -> frozenset[int]:
    return frozenset(people) if people else NOBODY


@prepared
def _sessions(programs: list[int]) -> QuerySet[Session, tuple[Any, ...]]:
    missing = FilteredRelation("attendance", condition=Q(attendance__present=False))
    rows = Session.objects.filter(match__track__program__in=programs).annotate(gap=missing)
    columns = ("match_id", "state", "starts_at", "minutes", "facilitated_by", "expert_wanted")
    return rows.order_by("starts_at", "pk").values_list("pk", "gap__seat", *columns)


def _goals_and_steps(programs: Iterable[Program]) -> tuple[list[GoalRow], list[StepRow]]:
    """In the order in which they were written down, in one query: a step has no owner here, and is never dropped."""
    rows: list[tuple[Any, ...]] = sorted(_written_down(_numbers(programs)), key=lambda row: row[0])
    return (
        [GoalRow(*row) for _, *row in rows if row[2] is not None],
        [
            StepRow(program, match, created, done)
            for _, program, match, owner, created, done, _ in rows
            if owner is None
        ],
    )


@prepared
def _written_down(programs: list[int]) -> QuerySet[Goal, tuple[Any, ...]]:
    goals = Goal.objects.filter(match__track__program__in=programs).order_by()
    steps = NextStep.objects.filter(match__track__program__in=programs).order_by()
    where = "match__track__program"
    nobody = Value(None, output_field=BigIntegerField())
    return goals.values_list("pk", where, "match_id", "owner_id", "created_at", "reached_at", "dropped_at").union(
        steps.annotate(nobody=nobody, never=Value(None, output_field=DateTimeField())).values_list(
            "pk", where, "match_id", "nobody", "created_at", "done_at", "never"
        ),
        all=True,
    )
