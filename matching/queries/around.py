"""Who may be whose helper in a network, and as what.

Who signed up as a mentor is a mentor to everybody. Who signed up as a peer is a near-peer to people one or two levels
below, and a peer to those on the same level or one above; to others they are nothing. Where levels are not asked,
they are peers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.criteria.answers import THOUSANDTHS, level, read
from matching.criteria.model import BoolArray, IntArray
from matching.models import Seat
from matching.queries.inputs import Entrant, Inputs
from programs.models import Role

NEAR = (1, 2)


@dataclass(frozen=True)
class Around:
    """Who may help whom, and as what. Rows are people who ask, columns helpers.

    `closed` has pairs that no rule forbids, but somebody else in the same network does.
    """

    inputs: Inputs
    closed: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        network = self.inputs.model.network
        return tuple(network.mix) if network else ()

    @cached_property
    def wanted(self) -> IntArray:
        """Helpers of each kind for each person; none for people who have a network already."""
        network = self.inputs.model.network
        mix = list(network.mix.values()) if network else []
        return np.array([[number * (each.free > 0) for number in mix] for each in self.inputs.takers], dtype=np.int64)

    @cached_property
    def gap(self) -> tuple[IntArray, BoolArray]:
        """By how many levels each helper is ahead, in thousandths, and where both levels are known."""
        ahead = [[self._level(each) for each in side] for side in (self.inputs.takers, self.inputs.givers)]
        known = [np.array([each is not None for each in side], dtype=np.bool_) for side in ahead]
        levels = [np.array([each or 0 for each in side], dtype=np.int64) for side in ahead]
        return levels[1][None, :] - levels[0][:, None], known[0][:, None] & known[1][None, :]

    def _level(self, entrant: Entrant) -> int | None:
        slug = next((rule.taker_field for rule in self.inputs.rules if rule.kind == "gap"), "level")
        asked = next((each for each in self.inputs.fields if each.slug == slug and each.kind == "ordered"), None)
        answer = read(asked, entrant.person.answers.get(slug)) if asked else None
        return None if asked is None or answer is None else level(asked, answer)

    @cached_property
    def near(self) -> BoolArray:
        """Who is one or two levels ahead, or as many as the track's own rule about levels says."""
        rule = next((each for each in self.inputs.rules if each.kind == "gap"), None)
        low, high = (rule.params.get(name) if rule else None for name in ("min_gap", "max_gap"))
        least = low if isinstance(low, int | float) else NEAR[0]
        most = high if isinstance(high, int | float) else NEAR[1]
        gap, known = self.gap
        return known & (gap >= least * THOUSANDTHS) & (gap <= most * THOUSANDTHS)

    @cached_property
    def mentors(self) -> BoolArray:
        return np.array([each.role == Role.MENTOR for each in self.inputs.givers], dtype=np.bool_)

    @cached_property
    def kind(self) -> IntArray:
        """The number of the kind that each helper is to each person."""
        number = {name: at for at, name in enumerate(self.kinds)}
        peers = np.where(self.near, number[Seat.Part.NEAR_PEER], number[Seat.Part.PEER])
        return np.where(self.mentors[None, :], number[Seat.Part.MENTOR], peers).astype(np.int64)

    @cached_property
    def allowed(self) -> BoolArray:
        """Who may help whom: by the rules, by levels, and nobody twice in one network."""
        gap, known = self.gap
        equal = ~known | ((gap <= 0) & (gap >= -THOUSANDTHS))
        fits = self.inputs.scores.allowed & (self.mentors[None, :] | self.near | equal)
        fits = fits & ~self._also_mentor(fits)
        for cell in self.closed:
            fits[cell] = False
        return fits

    def _also_mentor(self, fits: BoolArray) -> BoolArray:
        """Helpers who already may be this person's mentor under their other role."""
        twice = np.zeros_like(fits)
        by_user = {each.user_id: at for at, each in enumerate(self.inputs.givers) if each.role == Role.MENTOR}
        for column, each in enumerate(self.inputs.givers):
            if each.role != Role.MENTOR and each.user_id in by_user:
                twice[:, column] = fits[:, by_user[each.user_id]]
        return twice

    def stands(self, row: int, columns: Sequence[int]) -> bool:
        """Whether these helpers are enough for a network."""
        size = self.inputs.model.size
        mentors = sum(bool(self.mentors[column]) for column in columns)
        return len(columns) >= size.least - 1 and mentors >= size.mentors_least

    @cached_property
    def hopeful(self) -> list[int]:
        """People around whom a network could stand if all who fit were free for them."""
        free = np.array([each.free > 0 for each in self.inputs.givers], dtype=np.bool_)
        return [row for row in range(len(self.inputs.takers)) if self.wanted[row].any() and self._reach(row, free)]

    def _reach(self, row: int, free: BoolArray) -> bool:
        columns = np.flatnonzero(self.allowed[row] & free)
        some = [columns[self.kind[row, columns] == at][:most] for at, most in enumerate(self.wanted[row])]
        return self.stands(row, np.concatenate(some).tolist())
