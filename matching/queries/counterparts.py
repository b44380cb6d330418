"""Which group became which, where groups have been made anew: the one with which it shares most people."""

from collections import Counter
from collections.abc import Collection, Sequence

People = Collection[int]


def counterparts(before: Sequence[People], after: Sequence[People]) -> dict[int, int]:
    """For each place in `after` the place in `before` whose people it shares most with; each is named once at most.

    Those that share most come first, then the earlier ones; who shares nobody with what is left has no counterpart.
    """
    home = {person: number for number, group in enumerate(before) for person in group}
    shared = Counter(
        (number, place)
        for place, group in enumerate(after)
        for person in group
        if (number := home.get(person, -1)) >= 0
    )
    named: dict[int, int] = {}
    taken: set[int] = set()
    for (number, place), _ in sorted(shared.items(), key=lambda each: (-each[1], each[0])):
        if place not in named and number not in taken:
            named[place] = number
            taken.add(number)
    return named
