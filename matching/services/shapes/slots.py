"""One-off sessions: everybody who asks gets one session with an expert who knows the topic, at a time both have.

Starts are made from the experts' weekly times over the next four weeks. A session starts at least the model's notice
after the proposal has been looked at; an expert holds so many in a calendar month, and the same two do not meet again
within the model's time.
"""

import datetime as dt
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from matching.criteria import Field, max_points
from matching.criteria.answers import Answer, Levels, items, read, same_key
from matching.errors import CannotMatch
from matching.queries.inputs import Entrant, Inputs
from matching.queries.leftover import why_not_booked
from matching.queries.openings import AHEAD, LEAD, Calendar, calendar_of, times_field
from matching.services.shapes.results import Found, Solved, most_of, shares_of
from programs.catalogue.base import Booking as Terms

if TYPE_CHECKING:
    from matching import engine

Groups = Sequence[Sequence[int]]
# An asker, an expert and a start, by enrolment.
Session = tuple[int, int, dt.datetime]
Span = tuple[dt.datetime, dt.datetime]
PROOF = "Prices for every request, time and expert show that no more sessions, and none of a higher score, can be held."
# So often a person who would be in two sessions at once, as asker and as expert, is asked for another time.
MOST_ROUNDS = 20


@dataclass
class Diary:
    """Who has time when. `busy` grows where somebody in two roles would be in two sessions at once."""

    inputs: Inputs
    now: dt.datetime
    terms: Terms
    busy: dict[int, list[Span]] = field(default_factory=dict)

    @cached_property
    def length(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.inputs.track.session_minutes)

    @cached_property
    def calendars(self) -> dict[int, Calendar | None]:
        """By enrolment: when these people usually have time; None where they have not said so."""
        asked = times_field(self.inputs)
        if asked is None:
            raise CannotMatch(
                "Sessions are booked at times that suit people: add the question “Times that suit you” first."
            )
        everybody = (*self.inputs.takers, *self.inputs.givers)
        return {e.enrolment_id: calendar_of(e, asked, self.now + LEAD, self.now + LEAD + AHEAD) for e in everybody}

    def free(self, entrant: Entrant) -> Calendar | None:
        calendar = self.calendars[entrant.enrolment_id]
        return calendar.without(self.busy.get(entrant.user_id, ())) if calendar else None

    def take(self, entrant: Entrant, start: dt.datetime, length: dt.timedelta) -> None:
        self.busy.setdefault(entrant.user_id, []).append((start, start + length))


def slots(inputs: Inputs, fixed: Groups, previous: Groups) -> Solved:
    """One session for as many who ask as there are times for; locked ones stay at their time (inputs.kept_at).

    Raises CannotMatch where nobody is asked for times, or a locked session cannot be held any more.
    """
    del previous  # a later run looks at later times
    if inputs.now is None or inputs.model.booking is None:
        raise ValueError("Sessions are booked from a moment on, by the terms of their model.")
    diary = Diary(inputs, inputs.now, inputs.model.booking)
    people = {each.enrolment_id: each for each in (*inputs.takers, *inputs.givers)}
    for held in inputs.held:
        for each in (held.asker, held.helper):
            if each in people:
                diary.take(people[each], held.start, dt.timedelta(minutes=held.minutes))
    kept = _kept(diary, people, fixed)
    booking, fresh = _booked(diary, kept)
    matches = [_found(inputs, asker, helper, start) for asker, helper, start in (*kept, *fresh)]
    booked = {asker for asker, _, _ in (*kept, *fresh)}
    worth = sum(each.score for each in matches[: len(kept)])
    return Solved(
        matches=sorted(matches, key=lambda each: inputs.taker_row[each.members[0].enrolment_id]),
        placed=int(booking.filled) + len(kept),
        possible=int(booking.possible) + len(kept),
        total=int(booking.total) + worth,
        bound=int(booking.bound) + worth,
        optimal=bool(booking.optimal),
        max_points=max_points(inputs.rules),
        left_over=why_not_booked(inputs, booked, _with_time(diary, booked)),
        proof=PROOF if booking.optimal else "",
    )


def _kept(diary: Diary, people: dict[int, Entrant], fixed: Groups) -> list[Session]:
    """The locked sessions at their times, which nobody else gets then."""
    earliest, found = diary.now + dt.timedelta(hours=diary.terms.notice_hours), []
    for group in fixed:
        start, calendars = diary.inputs.kept_at[tuple(group)], [diary.free(people[each]) for each in group]
        if start < earliest or not all(each is None or each.holds(start, diary.length) for each in calendars):
            raise CannotMatch("The locked sessions cannot all stay: some have no time left. Unlock them first.")
        found.append((group[0], group[1], start))
        for each in group:
            diary.take(people[each], start, diary.length)
    return found


def _booked(diary: Diary, kept: Sequence[Session]) -> "tuple[engine.Booking, list[Session]]":
    """Sessions as (asker, helper, start), by enrolment, so that nobody is in two at once under two roles."""
    humans = {each.enrolment_id: each for each in (*diary.inputs.takers, *diary.inputs.givers)}
    for _ in range(MOST_ROUNDS):
        booking, pairs = _asked(diary, kept)
        twice = _twice(pairs, humans, diary.length)
        if not twice:
            return booking, pairs
        for enrolment, start in twice:
            # The other of the two sessions may stay; this start is taken out for the asker.
            diary.calendars[enrolment] = _less(diary.calendars[enrolment], start, diary.length)
    raise CannotMatch("Too many people take part in two roles at the same times. Ask some of them for more times.")


def _less(calendar: Calendar | None, start: dt.datetime, length: dt.timedelta) -> Calendar | None:
    return calendar.without([(start, start + length)]) if calendar else Calendar(())


def _twice(
    pairs: Sequence[tuple[int, int, dt.datetime]], humans: dict[int, Entrant], length: dt.timedelta
) -> list[tuple[int, dt.datetime]]:
    """The asker's side of each two sessions that one human would be in at once."""
    found = []
    for (asker, helper, start), (other_asker, other_helper, other) in combinations(pairs, 2):
        if abs(start - other) >= length:
            continue
        if humans[asker].user_id == humans[other_helper].user_id:
            found.append((asker, start))
        elif humans[other_asker].user_id == humans[helper].user_id:
            found.append((other_asker, other))
    return found


def _asked(diary: Diary, kept: Sequence[Session]) -> "tuple[engine.Booking, list[Session]]":
    from matching import engine  # noqa: PLC0415  two seconds and 80 MB that only a run needs

    inputs, terms = diary.inputs, diary.terms
    zone = ZoneInfo(inputs.track.program.timezone)
    offers = [
        engine.Slot(giver.enrolment_id, start.astimezone(zone))
        for giver in inputs.givers
        for calendar in [diary.free(giver)]
        if calendar and giver.places
        for start in calendar.starts(diary.length)
    ]
    offers.sort(key=lambda slot: slot.start)
    starts = sorted({slot.start for slot in offers})
    settled = {asker for asker, _, _ in kept}
    asking = [row for row, each in enumerate(inputs.takers) if each.free > 0 and each.enrolment_id not in settled]
    requests = [_request(diary, row, starts) for row in asking]
    held = [*((each.asker, each.helper, each.start) for each in inputs.held), *kept]
    booking = engine.book(
        requests,
        offers,
        notice=dt.timedelta(hours=terms.notice_hours),
        cap={giver.enrolment_id: giver.places for giver in inputs.givers},
        repeat=dt.timedelta(days=terms.no_repeat_days),
        held=[engine.Held(asker, helper, start.astimezone(zone)) for asker, helper, start in held],
    )
    chosen = [(requests[int(at)], offers[int(slot)]) for at, slot in booking.sessions]
    return booking, [(_number(ask.asker), _number(slot.helper), slot.start.astimezone(dt.UTC)) for ask, slot in chosen]


def _request(diary: Diary, row: int, starts: Sequence[dt.datetime]) -> "engine.Request":
    from matching import engine  # noqa: PLC0415  as above

    inputs, asker = diary.inputs, diary.inputs.takers[row]
    scores: dict[Hashable, float] = {
        giver.enrolment_id: int(inputs.scores.points[row, column])
        for column, giver in enumerate(inputs.givers)
        if inputs.scores.allowed[row, column]
    }
    calendar = diary.free(asker)
    # Who has not said when they have time can make any.
    free = None if calendar is None else frozenset(start for start in starts if calendar.holds(start, diary.length))
    return engine.Request(asker.enrolment_id, diary.now + LEAD, scores, free=free)


def _number(enrolment: object) -> int:
    assert isinstance(enrolment, int)  # noqa: S101 - people are named to the engine by their enrolments
    return enrolment


def _with_time(diary: Diary, booked: Collection[int]) -> dict[int, set[int]]:
    """By asker who has no session: the experts who fit and have any time in common with them, both by enrolment."""
    inputs = diary.inputs
    starts = [_starts(diary, giver) for giver in inputs.givers]
    found: dict[int, set[int]] = {}
    for row, asker in enumerate(inputs.takers):
        if asker.enrolment_id in booked:
            continue
        calendar = diary.free(asker)
        found[asker.enrolment_id] = {
            giver.enrolment_id
            for column, giver in enumerate(inputs.givers)
            if inputs.scores.allowed[row, column] and _can(calendar, starts[column], diary.length)
        }
    return found


def _can(calendar: Calendar | None, starts: Sequence[dt.datetime], length: dt.timedelta) -> bool:
    """Whether somebody can make any of these; who has not said when they have time can make all."""
    return bool(starts) if calendar is None else any(calendar.holds(start, length) for start in starts)


def _starts(diary: Diary, giver: Entrant) -> list[dt.datetime]:
    calendar = diary.free(giver)
    return calendar.starts(diary.length) if calendar else []


def _found(inputs: Inputs, asker_id: int, helper_id: int, start: dt.datetime) -> Found:
    row, column = inputs.taker_row[asker_id], inputs.giver_column[helper_id]
    asker, helper = inputs.takers[row], inputs.givers[column]
    return Found(
        (asker, helper),
        int(inputs.scores.points[row, column]),
        shares_of(inputs, asker, helper),
        most_of(inputs, asker, helper),
        starts_at=start,
        minutes=inputs.track.session_minutes,
        topic=topic_of(inputs, asker, helper),
    )


def topic_of(inputs: Inputs, asker: Entrant, helper: Entrant) -> str:
    """What the session is about: the first of what is wanted that is offered, where levels are asked as high as it is
    wanted; "" where nobody is asked for it."""
    known = {each.slug: each for each in inputs.fields}
    for rule in inputs.rules:
        slugs = rule.taker_field, rule.giver_field
        if rule.taker_field == rule.giver_field or any(slug.startswith("~") for slug in slugs):
            continue
        wanted, offered = (_levels(known[slug], each) for slug, each in zip(slugs, (asker, helper), strict=True))
        fitting = [item for key, (item, least) in wanted.items() if key in offered and offered[key][1] >= least]
        shared = [item for key, (item, _) in wanted.items() if key in offered]
        if fitting or shared:
            return (fitting or shared)[0][:200]
    return ""


def _levels(asked: Field, entrant: Entrant) -> dict[Answer, tuple[str, int]]:
    """Each item of an answer as it was written, with its level: 0 where levels are not asked."""
    answer = read(asked, entrant.person.answers.get(asked.slug))
    if answer is None:
        return {}
    given = answer.given if isinstance(answer, Levels) else [(item, 0) for item in items(answer)]
    return {same_key(item): (item, level) for item, level in given}
