"""Whom to ask at which moment. Asking the plan again gives the same invitations, whoever asks and however often."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from matching.models import Match, Seat
from participants.models import User
from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Draw, Enrolment, Lot, Program, Role
from surveys import services
from surveys.definition import standard_timing
from surveys.models import Invitation, Survey, Timing
from surveys.wording import LATEST_HALF, STILL_ASKED, TIMES

Kind = Survey.Kind
Row = TypeVar("Row", Seat, Enrolment)
DAY = dt.timedelta(days=1)
# A match this short says little at its end, and ending this little before its last day is no early end.
SHORT = 14 * DAY
# Half of so little time would come together with the question after two weeks.
LEAST_FOR_HALF = 42 * DAY
# Two matches that end in one season are one person's one outcome.
ONE_MOMENT = 60 * DAY
# Of everybody who could be or is asked, so many are in memory together: a process keeps what it has once taken.
AT_ONCE = 500
ONE_OFF = [model.slug for model in registry.all_models() if model.shape == Shape.SLOTS]


class Asked(NamedTuple):
    """One person to be asked now, by numbers: they can be everybody at once."""

    program: int
    kind: str
    user: int
    match: int | None = None
    learns: bool = False
    early: bool = False


@dataclass(frozen=True)
class Around:
    """Programs, people and matches of those who are asked together, by number."""

    programs: Mapping[int, Program]
    users: Mapping[int, User]
    matches: Mapping[int, Match]

    @classmethod
    def of(cls, those: Sequence[Asked]) -> "Around":
        return cls(
            Program.objects.in_bulk({each.program for each in those}),
            User.objects.in_bulk({each.user for each in those}),
            Match.objects.in_bulk({each.match for each in those if each.match is not None}),
        )


class Times:
    """Whether and when each program asks, read once for a tick."""

    def __init__(self) -> None:
        self._changed = {(each.program_id, each.kind): each for each in Timing.objects.all()}

    def of(self, program_id: int, kind: str) -> Timing:
        return self._changed.get((program_id, kind)) or standard_timing(program_id, kind)

    def furthest(self, kind: str) -> dt.timedelta:
        """How long ago the moment may be that any program still counts from."""
        usual = TIMES[kind].after_days
        days = [each.after_days or 0 for each in self._of(kind)]
        return (max([LATEST_HALF if usual is None else usual, *days]) + TIMES[kind].grace_days) * DAY

    def nearest(self, kind: str) -> dt.timedelta:
        """How long ago the moment must be at least for any program to ask yet."""
        usual = TIMES[kind].after_days
        first = LEAST_FOR_HALF / 2 if usual is None else usual * DAY
        none = first if usual is None else 0 * DAY
        changed = (none if each.after_days is None else each.after_days * DAY for each in self._of(kind))
        return min([first, *changed])

    def silent(self, kind: str) -> list[int]:
        """The programs that do not ask."""
        return [each.program_id for each in self._of(kind) if not each.on]

    def _of(self, kind: str) -> list[Timing]:
        return [each for (_, of), each in self._changed.items() if of == kind]


def plan_all(now: dt.datetime) -> int:
    """Ask everybody whose moment has come; returns how many. Safe to run twice, or twice at once.

    A moment longer ago than its days of grace is left alone: a question that late would be stale.
    """
    times = Times()
    due = [
        *_before_a_match(times, now),
        *_during(times, now),
        *_at_the_end(times, now),
    ]
    if Lot.objects.exists():
        # Few programs draw lots; in all the others nobody waits for a round or changes over.
        due += _while_waiting(times, now)
        due += _changing_over({(each.program, each.kind, each.user) for each in due}, times, now)
    portions = (due[start : start + AT_ONCE] for start in range(0, len(due), AT_ONCE))
    return sum(_ask_those(portion, now) for portion in portions)


def _ask_those(those: Sequence[Asked], now: dt.datetime) -> int:
    around = Around.of(those)
    return sum(_ask(each, around, now) for each in those)


def _ask(each: Asked, around: Around, now: dt.datetime) -> bool:
    user, match = around.users[each.user], None if each.match is None else around.matches[each.match]
    if user.is_paused(now):
        # Looked at again each minute: who is back within the days of grace is still asked.
        return False
    core = each.learns and each.kind != Kind.TWO_WEEKS and not _was_asked_the_core(each, now)
    core = core and not (each.kind == Kind.CLOSING and _is_before_changing_over(each, match))
    asked = services.invite(
        program=around.programs[each.program],
        kind=each.kind,
        user=user,
        match=match,
        with_core=core,
        early=each.early,
        now=now,
    )
    return asked is not None


def _was_asked_the_core(each: Asked, now: dt.datetime) -> bool:
    """With two matches, how somebody stands themselves is asked with the first of them only."""
    recent = Invitation.objects.filter(user=each.user, with_core=True, created_at__gt=now - ONE_MOMENT)
    return recent.filter(survey__program=each.program, survey__kind=each.kind).exists()


def _orders() -> QuerySet[Lot]:
    """Of everybody who is in both of two tracks, one after the other."""
    return Lot.objects.filter(draw__kind=Draw.Kind.CROSSOVER)


def _is_before_changing_over(each: Asked, match: Match | None) -> bool:
    """Whether a match was of the first of two times, at whose end the core is asked by itself."""
    mine = _orders().filter(program=each.program, user=each.user)
    if match is None or not mine.exists():
        return False
    since = mine.values_list("draw__changed_at", flat=True)[0]
    return since is None or (match.activated_at or match.created_at) < since


def learns(role: str) -> bool:
    """Whether somebody in this role is one whose change the program is about: mentees, and all among equals."""
    return role != Role.MENTOR


def _is_due(moment: dt.datetime, kind: str, now: dt.datetime) -> bool:
    return moment <= now < moment + TIMES[kind].grace_days * DAY


def _before_a_match(times: Times, now: dt.datetime) -> Iterator[Asked]:
    """Learners who have enrolled and are in no match yet: nobody knows by then what they will get."""
    kind = Kind.BASELINE.value
    asked = Invitation.objects.filter(survey__kind=kind, survey__program=OuterRef("track__program"))
    matched = Seat.objects.filter(
        answer=Seat.Answer.ACCEPTED, match__activated_at__isnull=False, match__track__program=OuterRef("track__program")
    )
    waiting = Enrolment.objects.filter(
        ~Exists(asked.filter(user=OuterRef("user"))),
        ~Exists(matched.filter(enrolment__user=OuterRef("user"))),
        state__in=(Enrolment.State.ACTIVE, Enrolment.State.WAITING),
        joined_at__gt=now - times.furthest(kind),
        # Of those whose day is still to come nobody is read: who has been asked is not read again, and few are left.
        joined_at__lte=now - times.nearest(kind),
    ).exclude(Q(role=Role.MENTOR) | Q(track__program__in=times.silent(kind)))
    for enrolment in _in_order(waiting, now):
        timing = times.of(enrolment.track.program_id, kind)
        if timing.on and _is_due(enrolment.joined_at + (timing.after_days or 0) * DAY, kind, now):
            yield Asked(enrolment.track.program_id, kind, enrolment.user_id, learns=True)


def _during(times: Times, now: dt.datetime) -> Iterator[Asked]:
    """Everybody in a match that is on, two weeks after it is on for them and half-way."""
    for kind in (Kind.TWO_WEEKS.value, Kind.MIDPOINT.value):
        on = Q(match__state=Match.State.ACTIVE, match__activated_at__gt=now - times.furthest(kind))
        late = Q(match__state=Match.State.ACTIVE, answered_at__gt=now - times.furthest(kind))
        seats = _unasked(kind, now).filter(on | late).exclude(match__track__model__in=ONE_OFF)
        # As before a match.
        seats = seats.filter(match__activated_at__lte=now - times.nearest(kind))
        seats = seats.exclude(
            Q(answered_at__gt=now - times.nearest(kind)) | Q(match__track__program__in=times.silent(kind))
        )
        if kind == Kind.MIDPOINT:
            # Who changes over is asked on that day instead, in a match or not.
            mine = _orders().filter(program=OuterRef("match__track__program"), user=OuterRef("enrolment__user"))
            seats = seats.exclude(Exists(mine))
        for seat in seats.iterator(AT_ONCE):
            moment = _moment(seat, times.of(seat.match.track.program_id, kind))
            if moment is not None and _is_due(moment, kind, now):
                yield _asked(seat, kind)


def _asked(seat: Seat, kind: str, *, early: bool = False) -> Asked:
    return Asked(seat.match.track.program_id, kind, seat.enrolment.user_id, seat.match_id, learns(seat.role), early)


def _unasked(kind: str, now: dt.datetime) -> QuerySet[Seat]:
    """The seats of people who have not been asked about their match at this moment."""
    asked = Invitation.objects.filter(survey__kind=kind, match=OuterRef("match"), user=OuterRef("enrolment__user"))
    seats = Seat.objects.filter(
        ~Exists(asked), answer=Seat.Answer.ACCEPTED, left_at=None, enrolment__state=Enrolment.State.ACTIVE
    )
    people = seats.select_related("match__track__program", "enrolment").order_by("pk")
    return _running(people, "match__track__program", now)


def _running(rows: QuerySet[Row], to_program: str, now: dt.datetime) -> QuerySet[Row]:
    """Those of programs that are not over: a survey of a program long closed reaches nobody."""
    return rows.filter(**{f"{to_program}__ends_on__gt": (now - STILL_ASKED).date()})


def _in_order(people: QuerySet[Enrolment], now: dt.datetime) -> Iterator[Enrolment]:
    rows = _running(people, "track__program", now).select_related("track__program").order_by("pk")
    return rows.iterator(AT_ONCE)


def begun_for(seat: Seat) -> dt.datetime:
    """When the match was on for this person, who may have joined it later."""
    begun = seat.match.activated_at or seat.match.created_at
    return max(begun, seat.answered_at or begun)


def end_of(match: Match) -> dt.datetime:
    """The end of a match's last day in the program's zone."""
    program = match.track.program
    last = match.ends_on or program.ends_on
    return dt.datetime.combine(last, dt.time(18), ZoneInfo(program.timezone)).astimezone(dt.UTC)


def _moment(seat: Seat, timing: Timing) -> dt.datetime | None:
    """When this person is asked during the match; None where the program does not ask, or the match is too short."""
    begun, length = begun_for(seat), end_of(seat.match) - begun_for(seat)
    if not timing.on:
        return None
    if timing.after_days is not None:
        return begun + timing.after_days * DAY
    return begun + min(length / 2, LATEST_HALF * DAY) if length >= LEAST_FOR_HALF else None


def _at_the_end(times: Times, now: dt.datetime) -> Iterable[Asked]:
    """Everybody whose match has come to its end, on its last day or before; after one-off sessions, on the program's
    last day, as then only how people stand themselves is asked.
    """
    kind = Kind.CLOSING.value
    since = now - times.furthest(kind)
    tomorrow = (now + DAY).date()
    over = Q(match__state=Match.State.ENDED, match__ended_at__gt=since, match__activated_at__isnull=False)
    last = Q(match__ends_on__lte=tomorrow) | Q(match__ends_on=None, match__track__program__ends_on__lte=tomorrow)
    seats = _unasked(kind, now).filter(over | (Q(match__state=Match.State.ACTIVE) & last))
    seats = seats.exclude(match__track__model__in=ONE_OFF)
    found = [each for seat in seats.iterator(AT_ONCE) for each in _closing(seat, times, now)]
    asked = {(each.program, each.user) for each in found}
    # Who is asked about a match now is asked with it how they stand themselves.
    return [*found, *(each for each in _after_one_offs(times, now) if (each.program, each.user) not in asked)]


def _while_waiting(times: Times, now: dt.datetime) -> Iterator[Asked]:
    """Those whom lots have put into the next round, half-way and at the end: how they stand themselves, with the same
    words and at the same times as those who have begun, or nothing could be compared with them.
    """
    for kind in (Kind.MIDPOINT.value, Kind.CLOSING.value):
        asked = Invitation.objects.filter(survey__kind=kind, survey__program=OuterRef("track__program"))
        people = Enrolment.objects.filter(
            ~Exists(asked.filter(user=OuterRef("user"))), state=Enrolment.State.WAITING
        ).exclude(role=Role.MENTOR)
        begun = Lot.objects.filter(program=OuterRef("track__program"), user=OuterRef("user"), waits=True)
        drawn = people.annotate(since=Subquery(begun.values("draw__told_at")[:1])).filter(since__isnull=False)
        for each in _in_order(drawn, now):
            since: dt.datetime = each.since  # type: ignore[attr-defined]  # annotated above
            moment = _waiting_moment(each.track.program, since, times.of(each.track.program_id, kind), kind)
            if moment is not None and _is_due(moment, kind, now):
                yield Asked(each.track.program_id, kind, each.user_id, learns=True)


def _changing_over(there: Collection[tuple[int, str, int]], times: Times, now: dt.datetime) -> Iterator[Asked]:
    """Everybody who changes over, on the evening before and at the end, wherever they are matched: how they stand
    themselves. Who is asked it at the end of their second match is not asked twice.
    """
    for kind in (Kind.MIDPOINT.value, Kind.CLOSING.value):
        asked = Invitation.objects.filter(survey__kind=kind, survey__program=OuterRef("track__program"), with_core=True)
        mine = _orders().filter(program=OuterRef("track__program"), user=OuterRef("user"), draw__told_at__lte=now)
        people = Enrolment.objects.filter(
            ~Exists(asked.filter(user=OuterRef("user"))), state=Enrolment.State.ACTIVE
        ).exclude(role=Role.MENTOR)
        drawn = people.annotate(day=Subquery(mine.values("draw__changes_on")[:1])).filter(day__isnull=False)
        for each in _in_order(drawn, now):
            program, timing = each.track.program, times.of(each.track.program_id, kind)
            day: dt.date = each.day  # type: ignore[attr-defined]  # annotated above
            last = program.ends_on if kind == Kind.CLOSING else day - DAY
            moment = dt.datetime.combine(last, dt.time(18), ZoneInfo(program.timezone)).astimezone(dt.UTC)
            moment += (timing.after_days or 0) * DAY if kind == Kind.CLOSING else dt.timedelta()
            if timing.on and _is_due(moment, kind, now) and (program.pk, kind, each.user_id) not in there:
                yield Asked(program.pk, kind, each.user_id, learns=True)


def _waiting_moment(program: Program, since: dt.datetime, timing: Timing, kind: str) -> dt.datetime | None:
    """As of a match that had begun with the program, or when people were told, and goes on to its last day."""
    last = dt.datetime.combine(program.ends_on, dt.time(18), ZoneInfo(program.timezone)).astimezone(dt.UTC)
    first = dt.datetime.combine(program.starts_on, dt.time(0), ZoneInfo(program.timezone)).astimezone(dt.UTC)
    begun = max(first, since)
    if not timing.on:
        return None
    if kind == Kind.CLOSING:
        return last + (timing.after_days or 0) * DAY
    if timing.after_days is not None:
        return begun + timing.after_days * DAY
    return begun + min((last - begun) / 2, LATEST_HALF * DAY) if last - begun >= LEAST_FOR_HALF else None


def _closing(seat: Seat, times: Times, now: dt.datetime) -> Iterator[Asked]:
    kind, match = Kind.CLOSING.value, seat.match
    timing = times.of(match.track.program_id, kind)
    ended = match.ended_at or end_of(match)
    early = match.end_reason != Match.EndReason.FINISHED and ended < end_of(match) - SHORT
    if early and ended - begun_for(seat) < SHORT:
        return
    if timing.on and _is_due(ended + (timing.after_days or 0) * DAY, kind, now):
        yield _asked(seat, kind, early=early)


def _after_one_offs(times: Times, now: dt.datetime) -> Iterator[Asked]:
    kind = Kind.CLOSING.value
    asked = Invitation.objects.filter(survey__kind=kind, survey__program=OuterRef("track__program"))
    met = Seat.objects.filter(enrolment=OuterRef("pk"), match__activated_at__isnull=False)
    people = Enrolment.objects.filter(
        ~Exists(asked.filter(user=OuterRef("user"))),
        Exists(met),
        track__model__in=ONE_OFF,
        state=Enrolment.State.ACTIVE,
        track__program__ends_on__lte=(now + DAY).date(),
    ).exclude(role=Role.MENTOR)
    for enrolment in _in_order(people, now):
        program = enrolment.track.program
        timing = times.of(program.pk, kind)
        last = dt.datetime.combine(program.ends_on, dt.time(18), ZoneInfo(program.timezone)).astimezone(dt.UTC)
        if timing.on and _is_due(last + (timing.after_days or 0) * DAY, kind, now):
            yield Asked(program.pk, kind, enrolment.user_id, learns=True)
