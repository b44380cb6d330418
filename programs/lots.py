"""Chance that can be worked out again: the same seed and the same people give the same lots, anywhere."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping


def deal(seed: str, people: Mapping[int, str]) -> dict[int, int]:
    """Side 0 or 1 for everybody, as even as can be within each stratum.

    seed    any text; it is kept, and nobody knows it before the draw
    people  number of the account -> the stratum they are in

    Within a stratum people stand in the order of SHA-256("seed:number") and are given the two sides in turn; which side
    is first is the last bit of SHA-256("seed:stratum:name"). So nobody who is left over by an odd number is always on
    the same side. Permuted blocks of the size of the stratum: Pocock (1983), Clinical Trials, chapter 5.
    """
    strata: dict[str, list[int]] = defaultdict(list)
    for person, stratum in people.items():
        strata[stratum].append(person)
    return {
        person: (_first_side(seed, stratum) + place) % 2
        for stratum, members in strata.items()
        for place, person in enumerate(sorted(members, key=lambda each: _digest(f"{seed}:{each}")))
    }


def choose(seed: str, people: Mapping[int, str], places: int) -> set[int]:
    """Who of them gets one of so many places; everybody has exactly the same chance, places / people.

    seed, people  as in `deal`
    places        from 0 to as many as there are people; more raises ValueError

    Strata stand in the order of SHA-256("seed:stratum:name"), and in each the people in that of SHA-256("seed:number").
    Along this row places are given at even distances from a start that SHA-256("seed:start") picks, so that each
    stratum gets its share but for one: systematic sampling, Madow & Madow (1944), Ann Math Stat 15, 1–24.
    """
    if not 0 <= places <= len(people):
        raise ValueError("there are more places than people")
    if not people:
        return set()
    row = sorted(people, key=lambda each: (_digest(f"{seed}:stratum:{people[each]}"), _digest(f"{seed}:{each}")))
    start = int.from_bytes(_digest(f"{seed}:start")) % len(row)
    marks = [(place * places + start) // len(row) for place in range(len(row) + 1)]
    return {person for person, mark, then in zip(row, marks, marks[1:], strict=False) if then > mark}


def _first_side(seed: str, stratum: str) -> int:
    return _digest(f"{seed}:stratum:{stratum}")[-1] & 1


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
