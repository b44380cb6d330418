"""One-off sessions of a draft, or of a published track: who could meet whom, and when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from matching.queries.inputs import Entrant, Inputs
from matching.queries.openings import AHEAD, LEAD, Calendar, Span, calendar_of, times_field
from matching.queries.seating import GONE, Seating, Table, Verdict
from programs.catalogue.base import Booking


class Meeting(NamedTuple):
    """A session of two enrolments, the one who asks first."""

    asker: int
    helper: int
    start: datetime


@dataclass(frozen=True)
class MeetingAfter:
    """A session as it would be, in the place of `table` if the asker has one."""

    table: Table | None
    meeting: Meeting
    verdict: Verdict

    @property
    def gain(self) -> int:
        return self.verdict.score - (self.table.score if self.table else 0)


@dataclass(frozen=True)
class Booked:
    """Sessions as they stand. `now` is when somebody asks: what begins too soon after it is not offered."""

    seating: Seating
    terms: Booking
    asked_at: datetime
    now: datetime
    _calendars: dict[int, Calendar | None] = field(default_factory=dict)
    _starts: dict[tuple[int, int, frozenset[int | None]], list[datetime]] = field(default_factory=dict)

    @property
    def inputs(self) -> Inputs:
        return self.seating.inputs

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.inputs.track.session_minutes)

    @cached_property
    def first(self) -> datetime:
        return max(self.asked_at + LEAD, self.now + timedelta(hours=self.terms.notice_hours))

    def calendar(self, person: Entrant) -> Calendar | None:
        """When somebody usually has time in these weeks; None where they have not said so."""
        if person.enrolment_id not in self._calendars:
            asked, last = times_field(self.inputs), self.asked_at + LEAD + AHEAD
            known = calendar_of(person, asked, self.first, last) if asked else None
            self._calendars[person.enrolment_id] = known
        return self._calendars[person.enrolment_id]

    @cached_property
    def meetings(self) -> list[tuple[Table | None, Meeting, int]]:
        """Each session there is, with its minutes: those of the matches here, and those agreed on elsewhere."""
        here = [
            (
                table,
                Meeting(table.members[0].enrolment_id, table.members[1].enrolment_id, table.starts_at),
                table.minutes,
            )
            for table in self.seating.tables
            if table.starts_at and len(table.members) == 2
        ]
        known = {meeting for _, meeting, _ in here}
        held = [(Meeting(each.asker, each.helper, each.start), each.minutes) for each in self.inputs.held]
        return [*here, *((None, meeting, minutes) for meeting, minutes in held if meeting not in known)]

    def busy(self, person: Entrant, gone: Collection[int], also: Iterable[Meeting] = ()) -> list[Span]:
        """When this human is in a session, in whichever role; those of the matches `gone` do not count."""
        here = self._engaged.get(person.user_id, ())
        spans = [(meeting, minutes) for pk, meeting, minutes in here if pk not in gone]
        spans += [(each, self.inputs.track.session_minutes) for each in also if person.user_id in self._humans(each)]
        return [(meeting.start, meeting.start + timedelta(minutes=minutes)) for meeting, minutes in spans]

    @cached_property
    def _engaged(self) -> dict[int, list[tuple[int | None, Meeting, int]]]:
        """By human: the sessions they are in, each with its match where that is one of those here."""
        found: dict[int, list[tuple[int | None, Meeting, int]]] = {}
        for table, meeting, minutes in self.meetings:
            for human in self._humans(meeting):
                found.setdefault(human, []).append((table.pk if table else None, meeting, minutes))
        return found

    def _humans(self, meeting: Meeting) -> set[int]:
        people = self.seating.people
        return {people[each].user_id for each in meeting[:2] if each in people}

    def table_of(self, asker: int) -> Table | None:
        found = self.seating.tables_of(asker)
        return next((table for table in found if table.members[0].enrolment_id == asker), None)

    def starts(self, helper: Entrant, gone: Collection[int] = ()) -> list[datetime]:
        """When this expert could hold one more session."""
        mine = {pk for pk, _, _ in self._engaged.get(helper.user_id, ())} & set(gone)
        known = helper.enrolment_id, helper.places, frozenset(mine)
        if known not in self._starts:
            self._starts[known] = self._free_starts(helper, gone)
        return self._starts[known]

    def _free_starts(self, helper: Entrant, gone: Collection[int]) -> list[datetime]:
        calendar = self.calendar(helper)
        free = calendar.without(self.busy(helper, gone)).starts(self.length) if calendar else []
        return [start for start in free if self._held_in_month(helper, start, gone) < helper.places]

    def times(self, asker: Entrant, helper: Entrant, gone: Collection[int] = ()) -> list[datetime]:
        """When these two could meet, by their times and by what else they have."""
        calendar = self.calendar(asker)
        theirs = calendar.without(self.busy(asker, gone)) if calendar else None
        busy = self.busy(asker, gone)
        return [
            start
            for start in self.starts(helper, gone)
            if (theirs is None or theirs.holds(start, self.length))
            and not any(start < stop and begin < start + self.length for begin, stop in busy)
            and not self._met_lately(Meeting(asker.enrolment_id, helper.enrolment_id, start))
        ]

    def _held_in_month(
        self, helper: Entrant, start: datetime, gone: Collection[int], also: Iterable[Meeting] = ()
    ) -> int:
        engaged = self._engaged.get(helper.user_id, ())
        here = [meeting for pk, meeting, _ in engaged if pk not in gone]
        month = self._month(start)
        return sum(m.helper == helper.enrolment_id and self._month(m.start) == month for m in (*here, *also))

    def _month(self, moment: datetime) -> tuple[int, int]:
        local = moment.astimezone(ZoneInfo(self.inputs.track.program.timezone))
        return local.year, local.month

    def after(self, meetings: Sequence[Meeting], out: Collection[int] = ()) -> list[MeetingAfter]:
        """These sessions in the place of those that their askers have; `out` are askers who are left without one.

        What stands against the change as a whole is in the first verdict.
        """
        askers = [meeting.asker for meeting in meetings]
        people = self.seating.people
        if not {each for meeting in meetings for each in meeting[:2]} | set(out) <= set(people):
            return [MeetingAfter(None, Meeting(0, 0, self.now), Verdict(0, GONE))]
        tables = [table for each in (*askers, *out) if (table := self.table_of(each))]
        gone = {table.pk for table in tables}
        wrong = self._wrong(tables, [*askers, *out])
        found = []
        for at, meeting in enumerate(meetings):
            others = [*meetings[:at], *meetings[at + 1 :]]
            pair = people[meeting.asker], people[meeting.helper]
            verdict = self.seating.verdict(None, pair)
            hard = wrong or verdict.hard or self._no_time(meeting, gone, others)
            found.append(
                MeetingAfter(self.table_of(meeting.asker), meeting, Verdict(verdict.score, hard, verdict.rules))
            )
        return found

    def _wrong(self, tables: Sequence[Table], askers: Sequence[int]) -> str:
        people = self.seating.people
        if len(set(askers)) < len(askers):
            return "Each person can be put in one place only."
        locked = next((table for table in tables if table.locked), None)
        if locked is not None:
            return f"{' and '.join(each.name for each in locked.members)} are locked. Unlock them first."
        settled = next((table for table in tables if table.settled), None)
        if settled is not None:
            return f"{' and '.join(people[each].name for each in settled.settled)} has said yes and does not move."
        full = next((people[each] for each in askers if self.table_of(each) is None and people[each].free < 1), None)
        return f"{full.name} has a session already." if full else ""

    def _no_time(self, meeting: Meeting, gone: Collection[int], others: Sequence[Meeting]) -> str:
        """Why these two cannot meet then, or ""."""
        asker, helper = (self.seating.people[each] for each in meeting[:2])
        end = meeting.start + self.length
        hers = self.calendar(helper)
        if meeting.start < self.first or hers is None or not hers.holds(meeting.start, self.length):
            return f"{helper.name} has no time then."
        theirs = self.calendar(asker)
        if theirs is not None and not theirs.holds(meeting.start, self.length):
            return f"{asker.name} has no time then."
        for person in (asker, helper):
            if any(start < end and meeting.start < stop for start, stop in self.busy(person, gone, others)):
                return f"{person.name} is in another session then."
        if self._held_in_month(helper, meeting.start, gone, others) >= helper.places:
            return f"{helper.name} holds {helper.places} sessions that month already."
        return self._met_lately(meeting)

    def _met_lately(self, meeting: Meeting) -> str:
        apart = timedelta(days=self.terms.no_repeat_days)
        again = any(
            (each.asker, each.helper) == meeting[:2] and abs(each.start - meeting.start) < apart
            for each in self.inputs.held
        )
        return f"They meet again after {self.terms.no_repeat_days} days at the earliest." if again else ""


def booked_in(seating: Seating, asked_at: datetime, now: datetime) -> Booked:
    """No query. Raises ValueError for a track whose matches are no one-off sessions."""
    terms = seating.inputs.model.booking
    if terms is None:
        raise ValueError("These matches are no one-off sessions.")
    return Booked(seating, terms, asked_at, now)
