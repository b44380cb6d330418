"""Every group that is worth more than its prices, without looking at all groups.

Share each item's price out evenly over its pairs, so that a group of k items is worth the sum over its k (k - 1) / 2
pairs. Take away the item that adds least: what it adds is at most the average, so the average over the pairs that are
left is at least as high. Going on like this, each group is the end of a chain of smaller ones, none with a lower
average. Read backwards: begin with pairs above the average that is asked for, add items one by one, always one that
adds least of all in the larger group, and drop what falls below the average. Each group comes up exactly once.
"""

from itertools import pairwise

import numpy as np

from matching.engine.grouping.space import Columns, GroupPrices, Space, Worths, joined
from matching.engine.numbers import Ints

# Beginnings held at once; beyond that the search is given up.
MOST_PARTS = 100_000
BLOCK = 4000


def worthwhile(space: Space, prices: GroupPrices, above: int, beam: int | None = None) -> Columns | None:
    """All groups that exceed their prices by more than `above`; None if there are too many beginnings.

    Prices of triples are not counted while searching. With `beam` only the best so many beginnings of each length are
    followed: quick, and good for finding groups, but no proof.
    """
    least = int(prices.size.min()) + int(prices.seat.min())
    found = []
    for count in _counts(space):
        chains = _chains(space, space.inside - prices.item, count, above + least, beam)
        if chains is None:
            return None
        parts, value = chains
        worth = np.rint(value).astype(np.int64) // max(1, count - 1) + prices.item[parts].sum(axis=1)
        found.append(space.listed(parts, worth))
    every = joined(space, found)
    return every[prices.excess(every) > above]


def _counts(space: Space) -> list[int]:
    """How many items a group may have."""
    each = np.sort(space.members + space.leaders)
    low, high = space.sizes[0] + space.seats[0], space.sizes[-1] + space.seats[-1]
    fewest, most = np.cumsum(each), np.cumsum(each[::-1])
    return [count for count in range(1, len(each) + 1) if fewest[count - 1] <= high and most[count - 1] >= low]


def _chains(space: Space, own: Worths, count: int, above: int, beam: int | None) -> tuple[Ints, Worths] | None:
    """Groups of `count` items worth more than `above`, as rows of items, and what they are worth times count - 1.

    `own` is an item's worth less its price.
    """
    if count == 1:
        return np.flatnonzero(own > above)[:, None], own[own > above]
    # Times count - 1, which keeps the shares whole.
    weight = (count - 1) * space.weight + own[:, None] + own
    np.fill_diagonal(weight, 0)
    pairs = count * (count - 1) // 2
    bars = [(count - 1) * above * (size * (size - 1) // 2) // pairs - 1 for size in range(2, count + 1)]
    bars[-1] = (count - 1) * above
    parts = np.argwhere(np.triu(weight > bars[0], 1))
    value = weight[parts[:, 0], parts[:, 1]]
    for _, bar in pairwise(bars):
        if beam is not None and len(parts) > beam:
            best = np.sort(np.argpartition(-value, beam)[:beam])
            parts, value = parts[best], value[best]
        grown = [
            _grown(space, weight, parts[start : start + BLOCK], value[start : start + BLOCK], bar)
            for start in range(0, len(parts), BLOCK)
        ]
        if not grown or sum(len(more) for more, _ in grown) > MOST_PARTS:
            return None if grown else (np.zeros((0, count), dtype=np.int64), np.zeros(0))
        parts, value = np.concatenate([more for more, _ in grown]), np.concatenate([worth for _, worth in grown])
    return parts, value


def _grown(space: Space, weight: Worths, parts: Ints, value: Worths, bar: int) -> tuple[Ints, Worths]:
    """Beginnings with one item more, which adds the least of all (of equals, the one with the highest number)."""
    gain = weight[parts].sum(axis=1)
    adds = np.take_along_axis(gain, parts, axis=1)
    better = value[:, None] + gain > bar
    np.put_along_axis(better, parts, values=False, axis=1)
    row, item = np.nonzero(better)
    added = gain[row, item]
    least = _fits(space, parts, row, item)
    for place in range(parts.shape[1]):
        inside = parts[row, place]
        others = adds[row, place] + weight[inside, item]
        least &= (added < others) | ((added == others) & (item > inside))
    row, item, added = row[least], item[least], added[least]
    return np.concatenate([parts[row], item[:, None]], axis=1), value[row] + added


def _fits(space: Space, parts: Ints, row: Ints, item: Ints) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether neither members nor leaders become too many."""
    members, leaders = space.members[parts].sum(axis=1), space.leaders[parts].sum(axis=1)
    enough = members[row] + space.members[item] <= space.sizes[-1]
    return np.asarray(enough & (leaders[row] + space.leaders[item] <= space.seats[-1]))
