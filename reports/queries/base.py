"""Everything a program's figures are made of, in four queries whatever its size."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, FilteredRelation, Q, Value

from matching.models import Match
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


@dataclass(frozen=True)
class Member:
    user: int
    role: str
    first_name: str
    name: str
    live: bool


@dataclass
class MatchRow:
    """A match that was offered at some time, with its people and meetings in order of time."""

    pk: int
    track: int
    state: str
    offered_at: dt.datetime | None
    activated_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str
    members: list[Member] = field(default_factory=list)
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
    matches = _matches(program)
    by_pk = {match.pk: match for match in matches}
    for meeting in _meetings(program):
        if meeting.match in by_pk:
            by_pk[meeting.match].meetings.append(meeting)
    tracks, people = tracks_and_people(program)
    return ProgramData(program, tracks, people, matches, *_goals_and_steps(program))


def tracks_and_people(program: Program) -> tuple[list[Track], list[Person]]:
    """Every track in its order, also one of nobody, and who is enrolled in it, in one query."""
    rows = Track.objects.filter(program=program).order_by("position", "pk", "enrolments__pk")
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


def _matches(program: Program) -> list[MatchRow]:
    """Every match that was offered, with the people in it, in one query."""
    rows = Match.objects.filter(track__program=program, offered_at__isnull=False).annotate(
        seat=FilteredRelation("seats", condition=Q(seats__left_at=None))
    )
    columns = ("pk", "track_id", "state", "offered_at", "activated_at", "ended_at", "end_reason")
    user = [f"seat__enrolment__user__{each}" for each in ("pk", "first_name", "last_name", "email")]
    found: dict[int, MatchRow] = {}
    seated = rows.order_by("pk", "seat__pk").values_list(*columns, "seat__role", "seat__live", *user)
    for *match, role, live, pk, first, last, email in seated:
        each = found.setdefault(match[0], MatchRow(*match))
        if pk is not None:
            named = User(first_name=first, last_name=last, email=email)
            each.members.append(Member(pk, role, named.short_name, named.name, live))
    for each in found.values():
        each.members.sort(key=lambda member: member.role != Role.MENTOR)
    return list(found.values())


def _meetings(program: Program) -> list[Meeting]:
    """Each with who was missing, in one query: a row comes again for each of those."""
    rows = Session.objects.filter(match__track__program=program).annotate(
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


def _goals_and_steps(program: Program) -> tuple[list[GoalRow], list[StepRow]]:
    """In the order in which they were written down, in one query: a step has no owner here, and is never dropped."""
    goals = Goal.objects.filter(match__track__program=program).order_by()
    steps = NextStep.objects.filter(match__track__program=program).order_by()
    nobody = Value(None, output_field=BigIntegerField())
    both = goals.values_list("pk", "match_id", "owner_id", "created_at", "reached_at", "dropped_at").union(
        steps.annotate(nobody=nobody, never=Value(None, output_field=DateTimeField())).values_list(
            "pk", "match_id", "nobody", "created_at", "done_at", "never"
        ),
        all=True,
    )
    rows: list[tuple[Any, ...]] = sorted(both, key=lambda row: row[0])
    return (
        [GoalRow(*row) for _, *row in rows if row[1] is not None],
        [StepRow(match, created, done) for _, match, owner, created, done, _ in rows if owner is None],
    )
