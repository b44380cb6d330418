"""The best choice among listed groups, as an integer program that leaves its proof behind.

Each node is the linear program over the groups that are left, with prices for triples where a fractional answer holds a
triple in more than one group. Groups that its prices rule out for anything better than the best known grouping are
dropped. If the answer is still fractional, two items are first put together and then kept apart.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.grouping.check import Groups, broken_rules
from matching.engine.grouping.pricing import worthwhile
from matching.engine.grouping.proof import Fork, GroupProof, Leaf, Tree, near, proved_bound, sided
from matching.engine.grouping.relaxation import Model, model
from matching.engine.grouping.space import Columns, GroupPrices, Space, Worths

# Trees are grown in turn: (groups listed for it, share of the total that may stay open). Few groups are searched fast
# and often hold the best; many prove more; a small share left open saves most of the nodes.
TREES = ((2_000, 0.0005), (15_000, 0.0005), (15_000, 0.0))
NODES = 40
# Before that, without triples and without a claim, a look for better groups among those nearest to their prices.
LOOKED_AT = 1_000
LOOKS = 30
CUTS = 20
CUT_ROUNDS = 3
EDGE = 1e-6
CROSSED = 1.02
Triples = tuple[tuple[int, int, int], ...]


@dataclass
class _Search:
    """The best grouping so far and the nodes left, while a tree grows. Prices stay within `low` and `high`."""

    space: Space
    low: Worths
    high: Worths
    best: int
    groups: Groups
    floor: int
    nodes: int
    open: float = 0.0
    cut_rounds: int = CUT_ROUNDS

    @property
    def target(self) -> int:
        """Groupings worth no more than this, in scaled units, are of no interest."""
        return max(self.floor, _just_above(self.space, self.best, self.open))


def _just_above(space: Space, worth: int, share: float = 0.0) -> int:
    return (worth + int(abs(worth) * share) + 1) * space.scale - 1


def improved(space: Space, root: GroupPrices, groups: Groups, effort: int) -> tuple[Groups, GroupProof, int | None]:
    """Better groups than these, if the groups near their prices hold any; the best proof found, and its bound."""
    proof = GroupProof(root)
    bound = proved_bound(space, proof)
    over = worthwhile(space, root, 0)
    if bound is None or over is None:
        return groups, proof, None
    total = space.bound(root, over)
    if bound > _worth(space, groups):
        groups = _looked(space, root, groups, total, effort)
    nodes = NODES * effort
    for most, share in TREES:
        worth = _worth(space, groups)
        if bound <= worth + int(abs(worth) * share):
            continue
        floor, pool = _pool(space, root, total, _just_above(space, worth, share), most)
        if pool is None or nodes <= 0:
            break
        search = _Search(space, *_box(root), worth, groups, floor, nodes, share)
        tree = _grow(search, pool, root)
        groups, nodes = search.groups, search.nodes
        found = GroupProof(root, search.target, tree)
        reached = proved_bound(space, found)
        if reached is not None and reached < bound:
            proof, bound = found, reached
    return groups, proof, bound


def _looked(space: Space, root: GroupPrices, groups: Groups, total: int, effort: int) -> Groups:
    """The best grouping that a few nodes find among the groups nearest to their prices."""
    worth = _worth(space, groups)
    floor = _just_above(space, worth)
    _, pool = _pool(space, root, total, floor, LOOKED_AT)
    if pool is None:
        return groups
    search = _Search(space, *_box(root), worth, groups, floor, LOOKS * effort, cut_rounds=0)
    _grow(search, pool, root)
    return search.groups


def _worth(space: Space, groups: Groups) -> int:
    return sum(space.problem.worth(group) for group in groups)


def _pool(space: Space, root: GroupPrices, total: int, target: int, most: int) -> tuple[int, Columns | None]:
    """The groups that a grouping worth more than the target can hold; where they are too many, a higher target."""
    while target < total:
        pool = worthwhile(space, root, target - total - 1)
        if pool is not None and len(pool) <= most:
            return target, pool
        target = total - (total - target) * 4 // 5
    return target, None


def _box(root: GroupPrices) -> tuple[Worths, Worths]:
    """How far prices may go: so far that whoever cannot be placed costs more than any group."""
    width = 4.0 * max(1.0, float(np.abs(root.item).max(initial=1)))
    item = root.item.astype(np.float64)
    return item - width, item + width


def _grow(search: _Search, columns: Columns, above: GroupPrices) -> Tree:
    """The tree for these columns; `above` are the prices of the node above."""
    if search.nodes <= 0 or not len(columns):
        return Leaf(above)
    search.nodes -= 1
    solved = _solved(search, columns, above)
    prices = solved.prices
    if search.space.bound(prices, columns) <= search.target:
        return Leaf(prices)
    forked = _undecided(columns, solved.taken)
    if forked is None:
        _take(search, columns[solved.taken > 0.5])
        return Leaf(prices)
    one, other = forked
    kept = columns[near(search.space, columns, prices, search.target)]
    together = _grow(search, kept[sided(kept, one, other, together=True)], prices)
    apart = _grow(search, kept[sided(kept, one, other, together=False)], prices)
    return Fork(prices, one, other, together, apart)


def _take(search: _Search, chosen: Columns) -> None:
    """Remember a whole solution if it keeps every rule and is better."""
    groups = search.space.groups_of(chosen)
    worth = _worth(search.space, groups)
    if worth > search.best and not broken_rules(search.space.problem, groups):
        search.best, search.groups = worth, groups


def _solved(search: _Search, columns: Columns, above: GroupPrices) -> Model:
    """The linear program, with triples added while that helps."""
    triples = _paid(above)
    for turn in range(search.cut_rounds + 1):
        solved = _priced(search, columns, above, triples)
        if turn == search.cut_rounds or solved.value <= search.target:
            break
        crossed = _crossed(columns, solved.taken, triples)
        if not crossed:
            break
        triples = (*_paid(solved.prices), *crossed)
    return solved


def _paid(prices: GroupPrices) -> Triples:
    """The triples that have a price."""
    if prices.triple is None:
        return ()
    return tuple(one for one, price in zip(prices.triples, prices.triple.tolist(), strict=True) if price > 0)


def _priced(search: _Search, columns: Columns, above: GroupPrices, triples: Triples) -> Model:
    """Solve over the columns nearest to the prices above, and add those that exceed the new prices until none does."""
    inside = np.zeros(len(columns), dtype=bool)
    inside[np.argsort(-above.excess(columns), kind="stable")[: 6 * len(search.space)]] = True
    while True:
        solved = model(search.space, columns[inside], search.low, search.high, triples)
        over = (solved.prices.excess(columns) > max(1, search.space.scale // 16)) & ~inside
        if not over.any():
            taken = np.zeros(len(columns))
            taken[inside] = solved.taken
            return Model(solved.prices, taken, solved.value)
        inside |= over


def _crossed(columns: Columns, taken: Worths, known: Triples) -> Triples:
    """Triples that a fractional answer holds, two or three of them at a time, in more than one group."""
    some = (taken > EDGE) & (taken < 1 - EDGE)
    items = np.flatnonzero(columns.holds[some].any(axis=0))
    holds, amount = columns.holds[np.ix_(some, items)].astype(float), taken[some]
    pairs = (holds.T * amount) @ holds
    rows = [np.zeros((0, 4))]
    for item in range(len(items) - 2):
        rest = holds[:, item + 1 :]
        three = (rest.T * (amount * holds[:, item])) @ rest
        held = pairs[item + 1 :, item + 1 :] + pairs[item, item + 1 :] + pairs[item, item + 1 :, None] - 2 * three
        two, last = np.nonzero(np.triu(held, 1) > CROSSED)
        rows.append(np.stack([np.full(len(two), item), two + item + 1, last + item + 1, held[two, last]], axis=1))
    found = np.concatenate(rows)
    best = found[np.argsort(-found[:, 3], kind="stable")[: CUTS + len(known)], :3].astype(np.int64)
    fresh = [one for one in map(tuple, items[best].tolist()) if one not in set(known)]
    return tuple(fresh[:CUTS])


def _undecided(columns: Columns, taken: Worths) -> tuple[int, int] | None:
    """Two items that are together about half of the time; None if all columns are taken wholly or not at all."""
    some = (taken > EDGE) & (taken < 1 - EDGE)
    if not some.any():
        return None
    holds = columns.holds[some].astype(float)
    together = np.triu((holds.T * taken[some]) @ holds, 1)
    doubt = np.where(together < 1 - EDGE, np.minimum(together, 1 - together) + together / 1000, 0)
    if doubt.max() <= EDGE:
        # Only how a single item goes is open: nobody to be asked about.
        return None
    one, other = np.unravel_index(int(np.argmax(doubt)), doubt.shape)
    return int(one), int(other)
