"""Everything a program's figures are made of, in six queries whatever its size."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from matching.models import Match, Seat
from programs.models import Enrolment, Program, Track
from sessions.models import Goal, Session
from sessions.queries.attendance import absences_of

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
class ProgramData:
    program: Program
    tracks: list[Track]
    people: list[Person]
    matches: list[MatchRow]
    goals: list[GoalRow]


def load(program: Program) -> ProgramData:
    """The rows behind all figures of one program."""
    matches = _matches(program)
    by_pk = {match.pk: match for match in matches}
    for meeting in _meetings(program):
        if meeting.match in by_pk:
            by_pk[meeting.match].meetings.append(meeting)
    return ProgramData(program, list(program.tracks.all()), _people(program), matches, _goals(program))


def _people(program: Program) -> list[Person]:
    rows = Enrolment.objects.filter(track__program=program).order_by("pk")
    columns = ("pk", "user_id", "track_id", "role", "state", "capacity")
    return [
        Person(pk, user, track, role, state == Enrolment.State.ACTIVE, capacity)
        for pk, user, track, role, state, capacity in rows.values_list(*columns)
    ]


def _matches(program: Program) -> list[MatchRow]:
    rows = Match.objects.filter(track__program=program, offered_at__isnull=False).order_by("pk")
    columns = ("pk", "track_id", "state", "offered_at", "activated_at", "ended_at", "end_reason")
    matches = [MatchRow(*row) for row in rows.values_list(*columns)]
    members: dict[int, list[Member]] = defaultdict(list)
    seats = Seat.objects.filter(match__track__program=program, match__offered_at__isnull=False, left_at=None)
    for seat in seats.select_related("enrolment__user").order_by("pk"):
        user = seat.enrolment.user
        members[seat.match_id].append(Member(user.pk, seat.role, user.short_name, user.name, seat.live))
    for match in matches:
        match.members = sorted(members[match.pk], key=lambda member: member.role != "mentor")
    return matches


def _meetings(program: Program) -> list[Meeting]:
    rows = Session.objects.filter(match__track__program=program).order_by("starts_at", "pk")
    absent = absences_of(program)
    columns = ("match_id", "state", "starts_at", "minutes", "facilitated_by__enrolment__user", "expert_wanted")
    return [
        Meeting(match, state, starts_at, minutes, frozenset(absent.get(pk, ())), led_by, wanted is not None)
        for pk, match, state, starts_at, minutes, led_by, wanted in rows.values_list("pk", *columns)
    ]


def _goals(program: Program) -> list[GoalRow]:
    rows = Goal.objects.filter(match__track__program=program).order_by("pk")
    return [GoalRow(*row) for row in rows.values_list("match_id", "owner_id", "created_at", "reached_at", "dropped_at")]
