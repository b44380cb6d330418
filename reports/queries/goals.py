"""A program's goals one by one, so coarse that what stands in a row is true of goals of five people or more.

Whose a goal is, in which match, and what it is stays with the people of the match. A level is an answer, so this is
made once, when the close is first opened, and kept: files taken on two days are the same.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from matching.models import Seat
from programs.models import Program
from reports.figures import LEAST_PEOPLE
from reports.models import ComparisonLook
from reports.statistics import components
from reports.verdicts.gates import LEAST_UNITS
from sessions.models import Goal

REACHED, DROPPED, LEFT = "reached", "dropped", "left"
# In place of a level.
NOT_JUDGED, NOT_SHOWN = "not judged", "not shown"
ROWS = "goal_rows"


@dataclass(frozen=True)
class _Set:
    """A goal. `level` as it was judged, or NOT_JUDGED; months as "2027-03"."""

    owner: int
    unit: int
    track: str
    model: str
    state: str
    level: int | str
    begun: str
    over: str


def settled_goals(program: Program) -> list[list[Any]]:
    """What may be told of single goals, with how many are alike: [track, model, state, level, month in which it was
    set, month in which it was reached or dropped, goals]; months are empty where they would tell of few. Queries: two.

    Whatever is told apart from the rest is of five people and three independent units or more, and what is not told
    apart is as well, or of nobody.
    """
    by_track = _apart(_goals(program), lambda goal: (goal.track, goal.model))
    rows: Counter[tuple[Any, ...]] = Counter()
    for track, goals in by_track.items():
        if track is not None:
            rows.update((*track, *told) for told in _told(goals))
    return [[*row, number] for row, number in sorted(rows.items(), key=str)]


def opened_goals(program: Program) -> list[list[Any]]:
    """The same as it was kept; empty as long as nobody has opened the close. Queries: one."""
    close = ComparisonLook.objects.filter(program=program, kind=ComparisonLook.Kind.CLOSE).first()
    return list(close.content.get(ROWS, [])) if close else []


def _told(goals: Sequence[_Set]) -> Iterable[tuple[str, int | str, str, str]]:
    """State, level and months of the goals of one track. How many are in which state is known from other tables."""
    levels = _apart(goals, lambda goal: (goal.state, goal.level))
    alike = {(*key, True): found for key, found in levels.items() if key is not None}
    for goal in levels.get(None, []):
        alike.setdefault((goal.state, NOT_SHOWN, False), []).append(goal)
    for (state, level, _), found in alike.items():
        for begun, over in _months(found):
            yield state, level, begun, over


def _months(goals: Sequence[_Set]) -> Iterable[tuple[str, str]]:
    both = _apart(goals, lambda goal: (goal.begun, goal.over))
    begun = _apart(both.pop(None, []), lambda goal: (goal.begun, ""))
    for months, found in [*both.items(), *begun.items()]:
        yield from [months or ("", "")] * len(found)


def _apart(goals: Iterable[_Set], key: Callable[[_Set], Hashable]) -> dict[Any, list[_Set]]:
    """Goals by a key, where those of each and those of no key (None) are of enough people, or of nobody."""
    cells: dict[Hashable, list[_Set]] = defaultdict(list)
    for goal in goals:
        cells[key(goal)].append(goal)
    order = sorted(cells, key=lambda each: (-len({goal.owner for goal in cells[each]}), str(each)))
    shown = [each for each in order if not _few(cells[each])]
    rest = [goal for each in order if each not in shown for goal in cells[each]]
    while shown and rest and _few(rest):
        rest += cells[shown.pop()]
    return {each: cells[each] for each in shown} | ({None: rest} if rest else {})


def _few(goals: Iterable[_Set]) -> bool:
    found = list(goals)
    return len({goal.owner for goal in found}) < LEAST_PEOPLE or len({goal.unit for goal in found}) < LEAST_UNITS


def _goals(program: Program) -> list[_Set]:
    zone, units = ZoneInfo(program.timezone), _units(program)
    rows = Goal.objects.filter(match__track__program=program, owner__in=units).order_by("pk")
    columns = ("owner", "match__track__name", "match__track__model", "level", "created_at", "reached_at", "dropped_at")
    return [
        _Set(
            owner,
            units[owner],
            track,
            model,
            REACHED if reached else DROPPED if dropped else LEFT,
            NOT_JUDGED if level is None else level,
            _month(created, zone),
            _month(reached or dropped, zone),
        )
        for owner, track, model, level, created, reached, dropped in rows.values_list(*columns)
    ]


def _month(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m") if moment else ""


def _units(program: Program) -> dict[int, int]:
    """The component of people and matches that everybody is in who was in a match that was on."""
    rows = Seat.objects.filter(match__track__program=program, match__activated_at__isnull=False)
    together: dict[int, list[int]] = defaultdict(list)
    for match, user in rows.order_by("match", "pk").values_list("match", "enrolment__user"):
        together[match].append(user)
    return components(together.values())
