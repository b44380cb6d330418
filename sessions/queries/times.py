"""When the people of a match could meet: their usual weekly times over the weeks ahead, less what they have planned."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from matching.criteria import Field, Person
from matching.models import Match, MatchRule, Seat
from matching.queries.inputs import Entrant, fields_of
from matching.queries.openings import Calendar, calendar_of
from participants.models import User
from programs.models import Track
from sessions import planning, timing
from sessions.models import Session, TimeOffer
from sessions.queries.agreements import people_of
from sessions.queries.courses import Course

AHEAD = timedelta(weeks=3)
# Nobody is asked to be somewhere within the hour.
LEAD = timedelta(hours=2)
STEP = timedelta(minutes=30)
MOST, MOST_A_DAY = 9, 2


@dataclass(frozen=True)
class Clock:
    """What the clocks of others show then: `wall` has no zone."""

    names: str
    wall: datetime


@dataclass(frozen=True)
class SharedTime:
    """A start at which `can` have time; `missing` names those who have not."""

    at: datetime
    ends_at: datetime
    clocks: tuple[Clock, ...] = ()
    missing: str = ""

    @property
    def value(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True)
class SharedTimes:
    times: tuple[SharedTime, ...]
    # Whether the program asks for weekly times at all, and who has not said theirs.
    asked: bool
    silent: str


@dataclass(frozen=True)
class OpenOffer:
    """Times somebody has put to the others, as one reader sees them; those that are over have gone."""

    offer: TimeOffer
    times: tuple[SharedTime, ...]
    is_mine: bool


def shared_times(course: Course, reader: User, now: datetime) -> SharedTimes:
    """Up to nine times in the next three weeks, by time, two a day: those that all can, in a group those that most can.

    `course` is the match; weekly times count by their owner's clocks on the very date. Who has not said when they have
    time is left out of the count and named in `silent`.
    """
    seats = list(planning.in_it(course.pk).select_related("enrolment__user").order_by("pk"))
    asked = _question(course.mine.track)
    if asked is None:
        return SharedTimes((), asked=False, silent="")
    first, last = now + LEAD, now + AHEAD
    weeks = {seat.enrolment.user: calendar_of(_entrant(seat), asked, first, last) for seat in seats}
    busy = planned_of([seat.enrolment.user.pk for seat in seats], first, last)
    free = {user: week.without(busy.get(user.pk, ())) for user, week in weeks.items() if week is not None}
    length = timedelta(minutes=course.mine.track.session_minutes)
    starts = _best(free, length, most_will_do=len(seats) > 2)
    silent = ", ".join(user.short_name for user, week in weeks.items() if week is None)
    times = tuple(_shown(at, length, free, weeks, reader) for at in starts)
    return SharedTimes(times, asked=True, silent=silent)


def open_offer(course: Course, reader: User, now: datetime) -> OpenOffer | None:
    """The times that wait for a choice in this match, if any."""
    found = TimeOffer.objects.filter(match=course.pk, state=TimeOffer.State.OPEN, expires_at__gt=now)
    offer = found.select_related("by").first()
    return _as_seen(offer, people_of(course), reader, now) if offer else None


def offer_of(user: User, offer_id: int, now: datetime) -> tuple[TimeOffer, OpenOffer | None] | None:
    """An offer and, while there is something to choose, its times; None unless it was put to this person."""
    offer = TimeOffer.objects.select_related("by", "match", "session").filter(pk=offer_id).first()
    if offer is None or not planning.in_it(offer.match_id).filter(enrolment__user=user).exists():
        return None
    is_open = offer.state == TimeOffer.State.OPEN and offer.expires_at > now
    return offer, _as_seen(offer, planning.members_of(offer.match_id), user, now) if is_open else None


def _as_seen(offer: TimeOffer, people: Sequence[User], reader: User, now: datetime) -> OpenOffer:
    length = timedelta(minutes=offer.minutes)
    starts = (timing.from_text(wall, offer.zone).at for wall in offer.walls)
    times = tuple(SharedTime(at, at + length, _clocks(at, people, reader)) for at in starts if at > now)
    return OpenOffer(offer, times, is_mine=offer.by_id == reader.pk)


def _question(track: Track) -> Field | None:
    """The question about weekly times: the one that the rules compare, else the first of that kind or name."""
    compared = MatchRule.objects.filter(plan__track=track, taker_field=F("giver_field"))
    slugs = set(compared.values_list("taker_field__slug", flat=True))
    fields = sorted(fields_of(track), key=lambda each: each.slug not in slugs)
    by_kind = [each for each in fields if each.kind == "week"]
    by_name = [each for each in fields if each.kind == "multi" and each.slug == "time"]
    return next(iter((*by_kind, *by_name)), None)


def _entrant(seat: Seat) -> Entrant:
    enrolment, user = seat.enrolment, seat.enrolment.user
    person = Person(id=enrolment.pk, answers=enrolment.answers, who=user.pk, name=user.short_name)
    return Entrant(person, enrolment.pk, seat.role, user.email, user.name, 0, 0, user.timezone)


def planned_of(users: Sequence[int], first: datetime, last: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """What each of these people has planned in any of their matches."""
    rows = Session.objects.filter(
        state=Session.State.PLANNED,
        match__state=Match.State.ACTIVE,
        match__seats__enrolment__user__in=users,
        match__seats__left_at=None,
        starts_at__lt=last,
        ends_at__gt=first,
    ).values_list("match__seats__enrolment__user", "starts_at", "ends_at")
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for user, starts_at, ends_at in rows:
        found.setdefault(user, []).append((starts_at, ends_at))
    return found


def _best(free: dict[User, Calendar], length: timedelta, *, most_will_do: bool) -> list[datetime]:
    """Starts that the most people can, earliest first, none overlapping another."""
    counts = Counter(start for calendar in free.values() for start in set(_starts(calendar, length)))
    wanted = max(counts.values(), default=0) if most_will_do else len(free)
    # A time that one of several can is nothing they share.
    if not counts or wanted < min(2, len(free)):
        return []
    chosen: list[datetime] = []
    for start in sorted(start for start, count in counts.items() if count == wanted):
        same_day = sum(each.date() == start.date() for each in chosen)
        if same_day < MOST_A_DAY and (not chosen or start >= chosen[-1] + max(length, timedelta(hours=1))):
            chosen.append(start)
    return chosen[:MOST]


def _starts(calendar: Calendar, length: timedelta) -> Iterable[datetime]:
    for begin, end in calendar.spans:
        # What is left beside a session that was planned may begin at any minute.
        start = begin + (-(begin - begin.replace(minute=0, second=0, microsecond=0)) % STEP)
        while start + length <= end:
            yield start
            start += STEP


def _shown(
    at: datetime, length: timedelta, free: dict[User, Calendar], weeks: dict[User, Calendar | None], reader: User
) -> SharedTime:
    missing = [user.short_name for user, calendar in free.items() if not calendar.holds(at, length)]
    return SharedTime(at, at + length, _clocks(at, list(weeks), reader), ", ".join(missing))


def _clocks(at: datetime, people: Sequence[User], reader: User) -> tuple[Clock, ...]:
    """The clocks of those whose clocks show another time than the reader's."""
    mine = timing.wall_of(at, reader.timezone)
    walls: dict[datetime, list[str]] = {}
    for user in people:
        wall = timing.wall_of(at, user.timezone)
        if user.pk != reader.pk and wall != mine:
            walls.setdefault(wall, []).append(user.short_name)
    return tuple(Clock(", ".join(names), wall) for wall, names in walls.items())
