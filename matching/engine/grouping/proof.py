"""What proves a grouping: prices, and where they leave something open a tree of questions about two people each.

A grouping worth more than `target` uses only groups that miss the root's prices by less than root bound - target: any
other group would cost that much. These groups are listed anew by whoever checks the proof. The tree divides the
groupings of these groups into those that have two items together and those that have them apart, again and again; at
each fork its prices drop more groups in the same way, and at each leaf prices bound what is left.
"""

from dataclasses import dataclass
from typing import TypeAlias

from matching.engine.grouping.pricing import worthwhile
from matching.engine.grouping.space import Columns, GroupPrices, Space
from matching.engine.numbers import Mask


@dataclass(frozen=True)
class Leaf:
    prices: GroupPrices


@dataclass(frozen=True)
class Fork:
    """Two items, the proof for groupings that have them together, and that for all others."""

    prices: GroupPrices
    one: int
    other: int
    together: "Tree"
    apart: "Tree"


Tree: TypeAlias = Leaf | Fork


@dataclass(frozen=True)
class GroupProof:
    """Prices for all groups; and where there is a tree, it proves that no grouping is worth more than `target`
    (or its highest leaf). In units of 1 / scale of a grid unit.
    """

    root: GroupPrices
    target: int | None = None
    tree: Tree | None = None


def proved_bound(space: Space, proof: GroupProof) -> int | None:
    """What no grouping is worth more than, in units of the grid; None if the proof does not hold together."""
    if not space.fair(proof.root):
        return None
    over = worthwhile(space, proof.root, 0)
    if over is None:
        return None
    root = space.bound(proof.root, over)
    if proof.tree is None or proof.target is None:
        return root // space.scale
    pool = worthwhile(space, proof.root, proof.target - root - 1)
    found = None if pool is None else _highest(space, pool, proof.tree, proof.target)
    return None if found is None else min(root, max(proof.target, found)) // space.scale


def _highest(space: Space, columns: Columns, tree: Tree, target: int) -> int | None:
    """The highest bound of the leaves; None where prices are not prices."""
    if not space.fair(tree.prices):
        return None
    if isinstance(tree, Leaf):
        return space.bound(tree.prices, columns)
    if not (0 <= tree.one < len(space) and 0 <= tree.other < len(space)):
        return None
    kept = columns[near(space, columns, tree.prices, target)]
    both = [
        _highest(space, kept[sided(kept, tree.one, tree.other, together=together)], branch, target)
        for together, branch in ((True, tree.together), (False, tree.apart))
    ]
    return None if None in both else max(one for one in both if one is not None)


def near(space: Space, columns: Columns, prices: GroupPrices, target: int) -> Mask:
    """Columns that a grouping worth more than `target` can hold, by these prices."""
    reach = space.bound(prices, columns) - target
    return prices.excess(columns) > -reach


def sided(columns: Columns, one: int, other: int, *, together: bool) -> Mask:
    """Columns that agree with two items being together (in each group both or none), or not."""
    first, second = columns.holds[:, one], columns.holds[:, other]
    return first == second if together else ~(first & second)
