"""A track's curriculum week by week, and what its members have handed in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from matching.models import Match
from participants.models import User
from participants.services import record
from participants.texts import one_line
from programs.catalogue import registry
from programs.models import Track
from sessions.errors import AlreadyDelivered, SessionError, WeekChanged
from sessions.models import Delivery, Week
from sessions.services.guards import lock_match

# One less than the numbers there are, so that two weeks can always change places.
MOST_WEEKS = 51


@dataclass(frozen=True)
class WeekSpec:
    """What a week is about: its title, what to read and where, and what everybody hands in."""

    title: str
    deliverable: str
    reading: str = ""
    link: str = ""


@transaction.atomic
def start_curriculum(*, track: Track, by: User, now: dt.datetime) -> list[Week]:
    """Take over the weeks that the model proposes. Does nothing where there are weeks already."""
    locked = _lock(track)
    if not locked.weeks.exists():
        proposed = registry.get(locked.model).curriculum
        for number, each in enumerate(proposed, start=1):
            facts = {"title": each.title, "reading": each.reading, "deliverable": each.deliverable}
            Week.objects.create(track=locked, number=number, **facts)
        _recorded(locked, "curriculum started", by, now)
    return list(locked.weeks.all())


@transaction.atomic
def add_week(*, track: Track, spec: WeekSpec, by: User, now: dt.datetime) -> Week:
    """One more week at the end. Raises SessionError naming the field that will not do."""
    locked = _lock(track)
    last = locked.weeks.order_by("-number").first()
    number = 1 + (last.number if last else 0)
    if number > MOST_WEEKS:
        raise SessionError(f"{MOST_WEEKS} weeks are the most.")
    week = _checked(Week(track=locked, number=number), spec)
    week.save()
    _recorded(locked, "week added", by, now)
    return week


@transaction.atomic
def change_week(*, week: Week, spec: WeekSpec, seen: str, by: User, now: dt.datetime) -> Week:
    """Say a week in other words; who has handed in has still handed in.

    `seen` is the stamp of the words it was made from; the words that stand already change nothing. Raises WeekChanged
    if somebody else was quicker, SessionError naming a field.
    """
    _lock(week.track)
    standing = Week.objects.select_for_update(of=("self",)).get(pk=week.pk)
    before = standing.stamp
    locked = _checked(standing, spec)
    if locked.stamp == before:
        return locked
    if seen != before:
        raise WeekChanged(Week.objects.get(pk=week.pk))
    locked.save()
    _recorded(week.track, "week changed", by, now, number=locked.number)
    return locked


@transaction.atomic
def set_weeks(*, track: Track, specs: Sequence[WeekSpec], by: User | None, now: dt.datetime) -> None:
    """Bring the weeks to these, each by its number.

    Raises SessionError with the place and the field that will not do, AlreadyDelivered where a week that somebody has
    handed in would go, or stand under another title: then the ticks would be for something else.
    """
    locked = _lock(track)
    titles = dict(enumerate((one_line(spec.title) for spec in specs), start=1))
    for week in locked.weeks.filter(deliveries__isnull=False).distinct():
        if titles.get(week.number) != week.title:
            raise AlreadyDelivered(f"weeks: week {week.number}, “{week.title}”, has been handed in and has to stay")
    have = {week.number: week for week in locked.weeks.all()}
    before = [week.stamp for week in have.values()]
    for number, spec in enumerate(specs, start=1):
        week = have.pop(number) if number in have else Week(track=locked, number=number)
        try:
            _checked(week, spec)
        except SessionError as error:
            raise SessionError(f"weeks[{number - 1}].{error.field}: {error}") from error
        week.save()
    for week in have.values():
        week.delete()
    if before != [week.stamp for week in locked.weeks.all()]:
        _recorded(locked, "curriculum loaded", by, now)


@transaction.atomic
def move_week(*, week: Week, up: bool, by: User, now: dt.datetime) -> None:
    """Change places with the week before or after; the first and the last stay at their end."""
    _lock(week.track)
    weeks = list(Week.objects.filter(track=week.track_id).order_by("number"))
    at = next(place for place, each in enumerate(weeks) if each.pk == week.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(weeks):
        _exchange(weeks[at], weeks[to])
        _recorded(week.track, "weeks put in another order", by, now)


@transaction.atomic
def remove_week(*, week: Week, by: User, now: dt.datetime) -> None:
    """Take a week out; those after it move up. Raises AlreadyDelivered once somebody has handed in."""
    track = _lock(week.track)
    handed_in = Delivery.objects.filter(week=week).count()
    if handed_in:
        raise AlreadyDelivered(f"{handed_in} handed in already: this week has to stay. You can still reword it.")
    _recorded(track, "week removed", by, now, number=week.number)
    Week.objects.filter(pk=week.pk).delete()
    for later in Week.objects.filter(track=track, number__gt=week.number).order_by("number"):
        later.number -= 1
        later.save(update_fields=["number"])


@transaction.atomic
def deliver(*, match: Match, week: Week, done: bool, by: User, now: dt.datetime) -> None:
    """Say that one has handed in what a week asks for, or take that back. Twice is once.

    Raises SessionError for a week of another track, NotInMatch, NotActive.
    """
    locked = lock_match(match.pk, by)
    if week.track_id != locked.track_id:
        raise SessionError("This week is not in your curriculum.")
    facts: dict[str, Any] = {"week": week, "match": locked, "user": by}
    if done:
        _, changed = Delivery.objects.get_or_create(**facts, defaults={"at": now})
    else:
        changed = bool(Delivery.objects.filter(**facts).delete()[0])
    if changed:
        verb = "deliverable handed in" if done else "deliverable taken back"
        record(by=by, verb=verb, now=now, subject=week, match=locked.pk)


def _lock(track: Track) -> Track:
    return Track.objects.select_for_update(of=("self",)).get(pk=track.pk)


def _exchange(one: Week, other: Week) -> None:
    """By way of a number that nobody has, as no two weeks of a track may have the same at any moment."""
    numbers = one.number, other.number
    taken = set(Week.objects.filter(track=one.track_id).values_list("number", flat=True))
    spare = next(free for free in range(MOST_WEEKS + 1, 0, -1) if free not in taken)
    for week, number in ((one, spare), (other, numbers[0]), (one, numbers[1])):
        week.number = number
        week.save(update_fields=["number"])


def _checked(week: Week, spec: WeekSpec) -> Week:
    week.title, week.deliverable = one_line(spec.title), one_line(spec.deliverable)
    week.reading, week.link = one_line(spec.reading), spec.link.strip()
    try:
        week.clean_fields(exclude=["track", "number"])
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise SessionError(problems[0], field=field) from error
    return week


def _recorded(track: Track, verb: str, by: User | None, now: dt.datetime, **details: Any) -> None:
    record(by=by, verb=verb, now=now, program_id=track.program_id, subject=track, **details)
