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


def _first_side(seed: str, stratum: str) -> int:
    return _digest(f"{seed}:stratum:{stratum}")[-1] & 1


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
