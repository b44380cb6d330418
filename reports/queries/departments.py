"""Who meets whom across departments: in how many matches, and never of so few that somebody can be recognised."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from reports.figures import LEAST_PEOPLE
from reports.statistics import components
from reports.verdicts.gates import LEAST_UNITS

# Departments of fewer than five people are shown as one.
OTHERS = "Other departments"
# As many as the drawing has room for; the smallest beyond are among the others.
MOST = 10


@dataclass(frozen=True)
class Crossing:
    """groups    departments with their people, the largest first
    links     two departments and in how many matches people of both are, the most first
    crossing  in how many matches people of two departments or more are; None where that would tell of too few
    matches   out of how many; None with `crossing`
    left_out  whether some links are not shown
    """

    groups: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, str, int]] = field(default_factory=list)
    crossing: int | None = None
    matches: int | None = None
    left_out: bool = False

    @property
    def shown(self) -> bool:
        return bool(self.links)

    @property
    def title(self) -> str:
        if self.crossing is None:
            return "Which departments meet"
        return f"{self.crossing:,} of {self.matches:,} matches cross a department line"


@dataclass
class _Cell:
    """The matches a figure speaks of."""

    matches: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)

    @property
    def is_small(self) -> bool:
        return len(self.people) < LEAST_PEOPLE or len(self.units) < LEAST_UNITS

    def add(self, match: int, people: Iterable[int], unit: int) -> None:
        self.matches.add(match)
        self.people.update(people)
        self.units.add(unit)


def crossing_of(departments: Mapping[int, str], matches: Mapping[int, Collection[int]]) -> Crossing:
    """`departments`: what everybody enrolled wrote, "" for nothing; `matches`: the people of each match that began.

    Of people who named no department nothing is known: they are in no figure, and only matches of two or more who did
    are counted. A cell of fewer than five people or three independent units is left out, and with a single one, or
    several that come to as few together, the next smallest as well, so that no subtraction from the whole brings one
    back.
    """
    group = _groups({person: name for person, name in departments.items() if name})
    if len(set(group.values())) < 2:
        return Crossing()
    known = {match: [person for person in people if person in group] for match, people in matches.items()}
    matches = {match: people for match, people in known.items() if len(people) > 1}
    units = components([list(people) for people in matches.values()])
    cells: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
    across, within = _Cell(), _Cell()
    for match, people in matches.items():
        members = _by_group(people, group)
        (across if len(members) > 1 else within).add(match, people, units[next(iter(people))])
        for one, other in combinations(sorted(members), 2):
            cells[one, other].add(match, members[one] | members[other], units[next(iter(people))])
    shown = _shown(cells)
    total = not across.is_small and (not within.matches or not within.is_small)
    return Crossing(
        sorted(Counter(group.values()).items(), key=lambda each: (each[0] == OTHERS, -each[1], each[0])),
        sorted(((*pair, len(cells[pair].matches)) for pair in shown), key=lambda link: (-link[2], link[:2])),
        len(across.matches) if total and shown else None,
        len(matches) if total and shown else None,
        len(shown) < len(cells),
    )


def _by_group(people: Iterable[int], group: Mapping[int, str]) -> dict[str, set[int]]:
    members: dict[str, set[int]] = defaultdict(set)
    for person in people:
        members[group[person]].add(person)
    return members


def _groups(departments: Mapping[int, str]) -> dict[int, str]:
    """Everybody's department as it is shown; those left together as others are five or more."""
    sizes = Counter(departments.values())
    order = [name for name, _ in sorted(sizes.items(), key=lambda each: (-each[1], each[0]))]
    kept = [name for name in order if sizes[name] >= LEAST_PEOPLE and name != OTHERS][:MOST]
    while kept and 0 < len(departments) - sum(sizes[name] for name in kept) < LEAST_PEOPLE:
        kept.pop()
    return {person: name if name in kept else OTHERS for person, name in departments.items()}


def _shown(cells: Mapping[tuple[str, str], _Cell]) -> list[tuple[str, str]]:
    """The links that may be drawn."""
    shown = sorted((pair for pair, cell in cells.items() if not cell.is_small), key=lambda p: (len(cells[p].people), p))
    while shown and _would_tell([cells[pair] for pair in cells if pair not in shown]):
        shown.pop(0)
    return shown


def _would_tell(hidden: Sequence[_Cell]) -> bool:
    """Whether what is hidden follows from the whole less what is shown, or comes to too few together."""
    together = _Cell()
    for cell in hidden:
        together.matches |= cell.matches
        together.people |= cell.people
        together.units |= cell.units
    return bool(hidden) and (len(hidden) == 1 or together.is_small)
