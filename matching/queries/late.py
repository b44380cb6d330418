"""What offering somebody a place late would do, before it goes out: who gets which e-mail, and what changes."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matching.models import Match
from matching.queries.booked import Meeting, booked_in
from matching.queries.choices import Choice, choice_of, meetings_choice
from matching.queries.inputs import Entrant
from matching.queries.publishable import answer_until
from matching.queries.seating import Seating, Sit, Table, seating_on
from programs.catalogue.base import Shape
from programs.models import Track


@dataclass(frozen=True)
class Asked:
    """Somebody who gets an offer: of what, when a one-off session would be, and until when they can answer."""

    name: str
    what: str
    until: dt.datetime
    starts_at: dt.datetime | None = None


@dataclass(frozen=True)
class Told:
    """People who get an e-mail about something else than an offer to them."""

    names: tuple[str, ...]
    of: str


@dataclass(frozen=True)
class LateCheck:
    """The page before a late offer. `later` are those who hear of it only if it is taken; `choice` says the effects."""

    choice: Choice
    asked: tuple[Asked, ...]
    told: tuple[Told, ...]
    later: tuple[str, ...]

    @property
    def mails(self) -> int:
        return len(self.asked) + sum(len(each.names) for each in self.told)

    @property
    def problem(self) -> str:
        return self.choice.hard or self.choice.rules

    @property
    def stamp(self) -> str:
        """Differs where anything the page says differs; the time to answer moves on with the clock and is left out."""
        asked = [(each.name, each.what, each.starts_at) for each in self.asked]
        said = repr((asked, self.told, self.later, self.choice.effects, self.problem))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def late_check(
    track: Track, sits: Sequence[Sit], together: Sequence[int], meetings: Sequence[Meeting], now: dt.datetime
) -> LateCheck | None:
    """As many queries as seating_on and one. None where nothing is published, or the change is of another shape."""
    seating = seating_on(track, now)
    if seating is None or bool(meetings) is not (seating.shape == Shape.SLOTS) or not (sits or together or meetings):
        return None
    return check_in(seating, sits, together, meetings, now)


def check_in(
    seating: Seating, sits: Sequence[Sit], together: Sequence[int], meetings: Sequence[Meeting], now: dt.datetime
) -> LateCheck:
    """The same, of a track that is read already; one query where somebody joins a match that stands."""
    if meetings:
        return _of_sessions(seating, meetings, now)
    choice = choice_of(seating, sits, "", "", together=together)
    if choice.hard or choice.rules:
        return LateCheck(choice, (), (), ())
    return LateCheck(
        choice,
        tuple(_asked(seating, sits, together, now)),
        tuple(_left(seating, sits)),
        tuple(sorted(_later(seating, sits))),
    )


# --- groups and networks -----------------------------------------------------------------


def _asked(seating: Seating, sits: Sequence[Sit], together: Sequence[int], now: dt.datetime) -> Iterator[Asked]:
    joined = Match.objects.filter(pk__in=[sit.joins for sit in sits if sit.joins])
    until = {match.pk: max(match.answer_until or now, _until(seating, now)) for match in joined}
    from_where = {sit.person: f", instead of {seating.name(seating.by_pk[sit.leaves])}" for sit in sits if sit.leaves}
    for sit in sits:
        if sit.joins:
            what = seating.name(seating.by_pk[sit.joins]) + from_where.get(sit.person, "")
            yield Asked(seating.people[sit.person].name, what, until[sit.joins])
    if together:
        centre = seating.people[together[0]]
        for each in together:
            what = f"{centre.person.name}’s {seating.one}{from_where.get(each, '')}"
            yield Asked(seating.people[each].name, what, _until(seating, now))


def _until(seating: Seating, now: dt.datetime) -> dt.datetime:
    return answer_until(seating.inputs.track, Match(), now)


def _left(seating: Seating, sits: Sequence[Sit]) -> Iterator[Told]:
    """Who stays in a match that somebody leaves hears of each one who does, in turn."""
    gone: set[int] = set()
    for sit in (each for each in sits if each.leaves):
        gone.add(sit.person)
        rest = _others(seating.by_pk[sit.leaves], gone)
        person = seating.people[sit.person].name
        yield Told(rest, f"{person} is no longer in {seating.name(seating.by_pk[sit.leaves])}")


def _others(table: Table, gone: Iterable[int]) -> tuple[str, ...]:
    return tuple(each.name for each in table.members if each.enrolment_id not in set(gone))


def _later(seating: Seating, sits: Sequence[Sit]) -> set[str]:
    """Those who have said yes where somebody comes in: they hear of it once the place is taken and the match is on."""
    moved = {sit.person for sit in sits}
    tables = [seating.by_pk[sit.joins] for sit in sits if sit.joins]
    return {each.name for table in tables for each in table.members if each.enrolment_id in table.settled - moved}


# --- one-off sessions --------------------------------------------------------------------


def _of_sessions(seating: Seating, meetings: Sequence[Meeting], now: dt.datetime) -> LateCheck:
    booked = booked_in(seating, now, now)
    choice = meetings_choice(booked, meetings, "") if _known(seating, meetings) else _gone()
    if choice.hard or choice.rules:
        return LateCheck(choice, (), (), ())
    found = booked.after(meetings)
    again = {person for meeting in meetings for person in meeting[:2]}
    over = [(after.table, _others(after.table, again)) for after in found if after.table]
    told = [Told(names, f"{_pair(table.members)} do not meet, as that time goes to somebody else")
            for table, names in over if names]  # fmt: skip
    asked = [each for meeting in meetings for each in _both(seating, meeting, now)]
    return LateCheck(choice, tuple(asked), tuple(told), ())


def _known(seating: Seating, meetings: Sequence[Meeting]) -> bool:
    return {person for meeting in meetings for person in meeting[:2]} <= set(seating.people)


def _gone() -> Choice:
    return Choice("", "", 0, (), hard="One of these people does not take part any more.")


def _pair(members: Sequence[Entrant]) -> str:
    return " and ".join(each.name for each in members)


def _both(seating: Seating, meeting: Meeting, now: dt.datetime) -> Iterator[Asked]:
    until = answer_until(seating.inputs.track, Match(starts_at=meeting.start), now)
    asker, helper = (seating.people[each].name for each in meeting[:2])
    yield Asked(asker, f"a {seating.one} with {helper}", until, meeting.start)
    yield Asked(helper, f"a {seating.one} with {asker}", until, meeting.start)
