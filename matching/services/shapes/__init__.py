"""How each shape of mentoring model is matched: one function a shape, from inputs to matches with their reasons."""

from collections.abc import Callable, Mapping, Sequence

from matching.queries.inputs import Inputs
from matching.services.shapes.groups import groups
from matching.services.shapes.network import network
from matching.services.shapes.pairs import one_sided, two_sided
from matching.services.shapes.results import Found, Solved, most_of, shares_of
from matching.services.shapes.slots import slots
from programs.catalogue.base import Shape

__all__ = ["SHAPES", "Found", "Solved", "most_of", "shares_of"]

# Inputs, the locked matches to keep, and those of an earlier proposal to stay close to, each as enrolments.
Solver = Callable[[Inputs, Sequence[Sequence[int]], Sequence[Sequence[int]]], Solved]

SHAPES: Mapping[Shape, Solver] = {
    Shape.TWO_SIDED: two_sided,
    Shape.ONE_SIDED: one_sided,
    Shape.GROUPS: groups,
    Shape.SLOTS: slots,
    Shape.CONSTELLATION: network,
}
