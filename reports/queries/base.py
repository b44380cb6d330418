"""Everything that programs' figures are made of, in four queries whatever their size and however many they are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, FilteredRelation, Q, Value

from matching.models import Match, Seat
from participants.models import User
from programs.models import Enrolment, Program, Role, Track
from sessions.models import Goal, NextStep, Session

# The slug of the question that says where in the organisation somebody works.
DEPARTMENT = "department"
TRACK_COLUMNS = [field.attname for field in Track._meta.concrete_fields]
HELD, PLANNED = Session.State.HELD, Session.State.PLANNED


@dataclass(frozen=True)
class Person:
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


@dataclass(frozen=True)
class Meeting:
    match: int
    state: str
    starts_at: dt.datetime
    minutes: int
    # Users who were missing from a group's session.
    absent: frozenset[int] = frozenset()
    # The user who led it, as far as its log says.
    led_by: int | None = None
    expert_wanted: bool = False


# From when to when somebody paused.
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Member:
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

    def met_by(self, user: int) -> int:
        """At how many sessions somebody was: those held that they were not missing from."""
        return sum(user not in meeting.absent for meeting in self.held)

    @property
    def names(self) -> str:
        """First names, as one would say them: "Amara and Jonas"."""
        first = [member.first_name for member in self.members]
        return " and ".join(first) if len(first) < 3 else f"{', '.join(first[:-1])} and {first[-1]}"


@dataclass(frozen=True)
class GoalRow:
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


@dataclass(frozen=True)
class StepRow:
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
    matches, tracks_people = _matches(programs), tracks_and_people(*programs)
    by_pk = {match.pk: match for match in matches}
    for meeting in _meetings(programs):
        if meeting.match in by_pk:
            by_pk[meeting.match].meetings.append(meeting)
    goals, steps = _goals_and_steps(programs)
    tracks, people = tracks_people
    where = {track.pk: track.program_id for track in tracks}
    return {
        program.pk: ProgramData(
            program,
            [track for track in tracks if track.program_id == program.pk],
            [person for person in people if where[person.track] == program.pk],
            [match for match in matches if where[match.track] == program.pk],
            [goal for goal in goals if goal.program == program.pk],
            [step for step in steps if step.program == program.pk],
        )
        for program in programs
    }


def tracks_and_people(*programs: Program) -> tuple[list[Track], list[Person]]:
    """Every track in its order, also one of nobody, and who is enrolled in it, in one query."""
    rows = Track.objects.filter(program__in=programs).order_by("position", "pk", "enrolments__pk")
    columns = ("pk", "user", "role", "state", "capacity", f"answers__{DEPARTMENT}")
    tracks: dict[int, Track] = {}
    people: list[Person] = []
    enrolled = [f"enrolments__{column}" for column in columns]
    for *track, pk, user, role, state, capacity, department in rows.values_list(*TRACK_COLUMNS, *enrolled):
        each = tracks.setdefault(track[0], Track(**dict(zip(TRACK_COLUMNS, track, strict=True))))
        if pk is not None:
            active = state == Enrolment.State.ACTIVE
            people.append(Person(pk, user, each.pk, role, active, capacity, department_of(department)))
    return list(tracks.values()), sorted(people, key=lambda person: person.pk)


def department_of(answer: object) -> str:
    """A department as it is counted: the words alone, however they were spaced."""
    return " ".join(answer.split()) if isinstance(answer, str) else ""


_MATCH = ("pk", "track_id", "state", "offered_at", "activated_at", "ended_at", "end_reason")
_SEAT = ("pk", "role", "live", "answer", "left_at")
_USER = ("pk", "first_name", "last_name", "email", "pauses__begins_at", "pauses__ends_at")


def _matches(programs: Iterable[Program]) -> list[MatchRow]:
    """Every match that was offered, with its people and when they paused, in one query: a row for each pause."""
    rows = Match.objects.filter(track__program__in=programs, offered_at__isnull=False).order_by("pk", "seats__pk")
    columns = [*_MATCH, *(f"seats__{each}" for each in _SEAT), *(f"seats__enrolment__user__{each}" for each in _USER)]
    found: dict[int, MatchRow] = {}
    seats: dict[int, tuple[int, tuple[Any, ...]]] = {}
    pauses: dict[int, list[Span]] = defaultdict(list)
    for row in rows.values_list(*columns):
        pk, seat = row[0], row[len(_MATCH)]
        found.setdefault(pk, MatchRow(*row[: len(_MATCH)]))
        if seat is not None:
            seats[seat] = pk, row[len(_MATCH) + 1 :]
        if row[-1] is not None:
            pauses[seat].append(row[-2:])
    for seat, (pk, facts) in seats.items():
        found[pk].seated.append(_member(facts, tuple(pauses[seat])))
    for match in found.values():
        here = (member for member in match.seated if not member.has_left)
        match.members = sorted(here, key=lambda member: member.role != Role.MENTOR)
    return list(found.values())


def _member(facts: tuple[Any, ...], pauses: tuple[Span, ...]) -> Member:
    role, live, answer, left_at, pk, first, last, email, *_ = facts
    named = User(first_name=first, last_name=last, email=email)
    accepted = answer == Seat.Answer.ACCEPTED
    return Member(pk, role, named.short_name, named.name, live, accepted, left_at is not None, pauses)


def _meetings(programs: Iterable[Program]) -> list[Meeting]:
    """Each with who was missing, in one query: a row comes again for each of those."""
    rows = Session.objects.filter(match__track__program__in=programs).annotate(
        gap=FilteredRelation("attendance", condition=Q(attendance__present=False))
    )
    columns = ("match_id", "state", "starts_at", "minutes", "facilitated_by__enrolment__user", "expert_wanted")
    absent: dict[int, set[int]] = defaultdict(set)
    found: dict[int, tuple[Any, ...]] = {}
    missing = rows.order_by("starts_at", "pk").values_list("pk", "gap__seat__enrolment__user", *columns)
    for pk, user, match, state, *facts in missing:
        found[pk] = (match, state, *facts)
        if user is not None and state == HELD:
            absent[pk].add(user)
    return [
        Meeting(match, state, starts_at, minutes, frozenset(absent[pk]), led_by, wanted is not None)
        for pk, (match, state, starts_at, minutes, led_by, wanted) in found.items()
    ]


def _goals_and_steps(programs: Iterable[Program]) -> tuple[list[GoalRow], list[StepRow]]:
    """In the order in which they were written down, in one query: a step has no owner here, and is never dropped."""
    goals = Goal.objects.filter(match__track__program__in=programs).order_by()
    steps = NextStep.objects.filter(match__track__program__in=programs).order_by()
    where = "match__track__program"
    nobody = Value(None, output_field=BigIntegerField())
    both = goals.values_list("pk", where, "match_id", "owner_id", "created_at", "reached_at", "dropped_at").union(
        steps.annotate(nobody=nobody, never=Value(None, output_field=DateTimeField())).values_list(
            "pk", where, "match_id", "nobody", "created_at", "done_at", "never"
        ),
        all=True,
    )
    rows: list[tuple[Any, ...]] = sorted(both, key=lambda row: row[0])
    return (
        [GoalRow(*row) for _, *row in rows if row[2] is not None],
        [
            StepRow(program, match, created, done)
            for _, program, match, owner, created, done, _ in rows
            if owner is None
        ],
    )
