"""What the rules of health need beside sessions, and what a program has changed about them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import BigIntegerField, FloatField, Value

from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Program, Role, Track
from reports.health import Around, Limits
from reports.models import Flag, Threshold
from reports.queries.base import MatchRow, Member, ProgramData
from reports.queries.resting import AWAKE, Rest, rests_among

# Numbers of matches, each with a rule that says nothing about it any more.
Muted = set[tuple[int, str]]
ONE_OFF = frozenset(model.slug for model in registry.all_models() if model.shape == Shape.SLOTS)


def limits_of(program: Program) -> Limits:
    return Limits(dict(Threshold.objects.filter(program=program).values_list("slug", "value")))


def all_limits() -> dict[int, Limits]:
    """The thresholds of every program that has changed some."""
    changed: dict[int, dict[str, float]] = defaultdict(dict)
    for program, slug, value in Threshold.objects.values_list("program_id", "slug", "value"):
        changed[program][slug] = value
    return {program: Limits(values) for program, values in changed.items()}


def limits_and_muted(program: Program) -> tuple[Limits, Muted]:
    """The thresholds, and match and rule of everything that coordinators have found of no use: one query for both."""
    thresholds = Threshold.objects.filter(program=program).order_by()
    flags = Flag.objects.filter(match__track__program=program, muted_at__isnull=False).order_by()
    changed = thresholds.annotate(match=Value(None, output_field=BigIntegerField()))
    muted = flags.annotate(value=Value(None, output_field=FloatField()))
    limits: dict[str, float] = {}
    silent: Muted = set()
    both = changed.values_list("slug", "value", "match").union(muted.values_list("rule", "value", "match_id"), all=True)
    for name, value, match in both:
        if match is None:
            limits[name] = value
        else:
            silent.add((match, name))
    return Limits(limits), silent


def around_of(data: ProgramData, limits: Limits, now: dt.datetime) -> dict[int, Around]:
    """For each active match what its rules look at. Numbers and moments alone; no word is read."""
    live = {match.pk: match for match in data.matches if match.live}
    tracks = {track.pk: track for track in data.tracks}
    goals, moved, steps = _work(data)
    loads = _loads(data, tracks, limits, now)
    rests = rests_in(live.values(), now)
    return {
        pk: Around(
            cadence_days=tracks[match.track].cadence_days,
            one_off=tracks[match.track].model in ONE_OFF,
            goals=goals[pk],
            moved=tuple(moved[pk]),
            steps=tuple(steps[pk]),
            loads=tuple(loads[pk]),
            rest=rests.get(pk, AWAKE),
        )
        for pk, match in live.items()
    }


def rests_in(matches: Iterable[MatchRow], now: dt.datetime) -> dict[int, Rest]:
    """By match, for those in which somebody pauses or has paused."""
    return rests_among(_pauses(matches), now)


def _pauses(matches: Iterable[MatchRow]) -> Iterator[tuple[int, int, dt.datetime | None, dt.datetime | None]]:
    """Everybody in these matches, with each of their pauses."""
    for match in matches:
        for member in match.members:
            if member.accepted:
                yield from ((match.pk, member.user, *span) for span in member.pauses or ((None, None),))


Moments = dict[int, list[dt.datetime]]


def _work(data: ProgramData) -> tuple[dict[int, int], Moments, Moments]:
    """By match: how many goals there are, when a goal or a step last changed, and when steps were added."""
    goals: dict[int, int] = defaultdict(int)
    moved: Moments = defaultdict(list)
    steps: Moments = defaultdict(list)
    for goal in data.goals:
        goals[goal.match] += 1
        moved[goal.match] += [each for each in (goal.created_at, goal.reached_at, goal.dropped_at) if each]
    for step in data.steps:
        steps[step.match].append(step.created_at)
        moved[step.match] += [each for each in (step.created_at, step.done_at) if each]
    return goals, moved, steps


def _loads(data: ProgramData, tracks: dict[int, Track], limits: Limits, now: dt.datetime) -> dict[int, list[str]]:
    """By match, a sentence about each giver in it who is in more matches than they offered, or meets for longer."""
    found: dict[int, list[str]] = defaultdict(list)
    live = {match.pk: match for match in data.matches if match.live}
    by_user: dict[int, dict[int, MatchRow]] = defaultdict(dict)
    for match in live.values():
        for member in match.members:
            if member.role != Role.MENTEE:
                by_user[member.user][match.pk] = match
    for user, (name, count, places) in _over_the_cap(data, tracks, limits, now).items():
        for pk in by_user[user]:
            found[pk].append(
                f"{name} is in {count} matches and offered {places}, for {limits['overload_days']:.0f} days."
            )
    for user, matches in by_user.items():
        if _meets_too_long(user, list(matches.values()), tracks, limits, now):
            for pk, match in matches.items():
                name = next(member.first_name for member in match.members if member.user == user)
                found[pk].append(f"{name} has met for more hours than agreed in each of the last two periods.")
    return found


def _over_the_cap(
    data: ProgramData, tracks: dict[int, Track], limits: Limits, now: dt.datetime
) -> dict[int, tuple[str, int, int]]:
    """By user: first name, active matches in one track, and the places offered there; of who has long had more."""
    since = now - dt.timedelta(days=limits["overload_days"])
    offered = {(person.track, person.user, person.role): person.capacity for person in data.people}
    held: dict[tuple[int, int, str], list[Member]] = defaultdict(list)
    for match in data.matches:
        if match.live and match.activated_at and match.activated_at <= since:
            for member in match.members:
                held[match.track, member.user, member.role] += [member] if member.live else []
    over = {}
    for (track, user, role), seats in held.items():
        own = offered.get((track, user, role))
        if role == Role.MENTEE or (role == Role.PEER and own is None):
            continue
        places = tracks[track].capacity if own is None else own
        if len(seats) > places:
            over[user] = (seats[0].first_name, len(seats), places)
    return over


def _meets_too_long(
    user: int, matches: list[MatchRow], tracks: dict[int, Track], limits: Limits, now: dt.datetime
) -> bool:
    """Whether somebody met for longer than all their matches agreed, in both halves of the time that is looked at."""
    half = dt.timedelta(days=limits["overload_days"] / 2)
    on = [match for match in matches if match.activated_at and match.activated_at <= now - 2 * half]
    if not on:
        return False
    agreed = sum(half.days / tracks[match.track].cadence_days * tracks[match.track].session_minutes for match in on)
    for end in (now, now - half):
        met = sum(
            each.minutes
            for match in on
            for each in match.held
            if end - half <= each.starts_at < end and user not in each.absent
        )
        if met <= limits["overload_hours"] * agreed:
            return False
    return True
