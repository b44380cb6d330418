"""Groups that keep every rule, where not everybody the sizes have room for can be placed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matching.criteria import Scores
from matching.queries.sizes import Sizes

Group = tuple[int, ...]


@dataclass
class _Mending:
    """`made` holds groups in which everybody may be with everybody; `out` whoever is in none."""

    scores: Scores
    sizes: Sizes
    leaders: frozenset[int]
    kept: frozenset[int]
    made: list[list[int]] = field(default_factory=list)
    out: list[int] = field(default_factory=list)

    def fits(self, person: int, group: Iterable[int]) -> bool:
        return all(self.scores.allowed[person, other] for other in group if other != person)

    def gain(self, person: int, group: Iterable[int]) -> int:
        return sum(int(self.scores.points[person, other]) for other in group)

    def has_room(self, person: int, group: Sequence[int]) -> bool:
        leading = sum(one in self.leaders for one in group)
        if person in self.leaders:
            return leading < self.sizes.leaders_most
        return len(group) - leading < self.sizes.most

    def stands(self, group: Sequence[int]) -> bool:
        leading = sum(one in self.leaders for one in group)
        return leading >= self.sizes.leaders_least and len(group) - leading >= self.sizes.least

    def calm(self, group: Group) -> list[int]:
        """Take out whoever has most others against them, until nobody has; locked people go last."""
        left = list(group)
        while True:
            against = {one: sum(not self.fits(one, [other]) for other in left) for one in left}
            worst = max(left, key=lambda one: (bool(against[one]), one not in self.kept, against[one], one))
            if not against[worst]:
                return left
            left.remove(worst)

    def insert(self, people: Iterable[int]) -> list[int]:
        """Put people into groups that have room for them, each where they gain most; who finds none is returned."""
        alone = []
        for person in people:
            open_to = [group for group in self.made if self.has_room(person, group) and self.fits(person, group)]
            if open_to:
                max(open_to, key=lambda group: self.gain(person, group)).append(person)
            else:
                alone.append(person)
        return alone

    def squeeze(self, people: Iterable[int]) -> list[int]:
        """Let somebody in by moving one person, who has room elsewhere, out of their way."""
        return [person for person in people if not self._squeezed(person)]

    def _squeezed(self, person: int) -> bool:
        for group in self.made:
            for other in [
                one for one in group if one not in self.kept and (one in self.leaders) == (person in self.leaders)
            ]:
                rest = [one for one in group if one != other]
                if not self.fits(person, rest):
                    continue
                elsewhere = [g for g in self.made if g is not group and self.has_room(other, g) and self.fits(other, g)]
                if elsewhere:
                    max(elsewhere, key=lambda g: self.gain(other, g)).append(other)
                    group.remove(other)
                    group.append(person)
                    return True
        return False

    def grow(self, people: Sequence[int]) -> list[int]:
        """New groups out of people who are in none: whoever has the fewest to be with first, then who adds most."""
        left = list(people)
        few = {one: sum(self.fits(one, [other]) for other in left) for one in left}
        for seed in sorted(left, key=lambda one: (one not in self.leaders, few[one], one)):
            if seed not in left or (self.sizes.leaders_least and seed not in self.leaders):
                continue
            group = self._grown(seed, left)
            if self.stands(group):
                self.made.append(group)
                left = [one for one in left if one not in group]
        return left

    def _grown(self, seed: int, people: Sequence[int]) -> list[int]:
        group = [seed]
        while True:
            # Those who lead join only where one alone is not enough.
            needs_leader = sum(one in self.leaders for one in group) < self.sizes.leaders_least
            fitting = [
                one
                for one in people
                if one not in group
                and (one in self.leaders) == needs_leader
                and self.has_room(one, group)
                and self.fits(one, group)
            ]
            if not fitting:
                return group
            group.append(max(fitting, key=lambda one: (self.gain(one, group), -one)))


def mended(
    scores: Scores,
    start: Sequence[Group],
    members: Sequence[int],
    leaders: Sequence[int],
    sizes: Sizes,
    together: Sequence[Group],
) -> list[Group]:
    """Groups of these people within the sizes in which everybody may be with everybody.

    Begins with groups that broke rules: who has most against them goes, groups that became too small are given up, and
    everybody outside is put where there is room, or grown into new groups. `together` are people who stay first.
    """
    work = _Mending(scores, sizes, frozenset(leaders), frozenset(one for group in together for one in group))
    calm = [work.calm(group) for group in start]
    work.made = [group for group in calm if work.stands(group)]
    inside = {one for group in work.made for one in group}
    out = work.insert(one for one in (*members, *leaders) if one not in inside)
    out = work.squeeze(work.grow(out))
    work.insert(out)
    return sorted(tuple(sorted(group)) for group in work.made)
