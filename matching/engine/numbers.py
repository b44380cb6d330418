"""Scores as exact integers.

Every solver and every certificate works on whole numbers, so that `==` is a proof. Integer scores (of any integer or
float type) are taken as they are. Other floats are read on a grid of powers of two, the finest on which all totals
stay exact in a float64; halves, quarters and the like lose nothing, and everything else is off by at most half a unit a
seat, which the bound of a result includes. A score so large that totals would no longer be exact is an error.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import frexp, ldexp
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Numbers = NDArray[Any]
# What callers may give: a table (array, lists, scipy.sparse); pairs of numbers; one number for all or one each.
TableLike = Any
PairsLike = Any
EachLike = ArrayLike

# Duals may reach the sum of all scores on one alternating path and four of them are added: 2^50 leaves room in 2^53.
LARGEST_TOTAL = 2**50
ROWS = 256


@dataclass(frozen=True)
class Grid:
    """One unit of the solvers is 2**exponent of a score; exact says that no score was rounded to fit."""

    exponent: int = 0
    exact: bool = True
    largest: float = 0.0

    @property
    def plain(self) -> bool:
        """Scores are their own units."""
        return self.exponent == 0 and self.exact

    @property
    def unit(self) -> float:
        return ldexp(1.0, self.exponent)

    def units(self, values: Numbers) -> NDArray[np.float64]:
        """Scores as whole numbers held in float64."""
        exact = np.asarray(values, dtype=np.float64)
        return exact if self.plain else np.rint(np.ldexp(exact, -self.exponent))

    def score(self, units: int) -> float:
        return units if self.exponent == 0 else ldexp(float(units), self.exponent)


def grid_of(values: Numbers, seats: int, name: str = "score") -> Grid:
    """The grid on which totals over `seats` pairs are exact; ValueError names a NaN, infinite or too large entry."""
    if values.dtype == object or values.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, not {values.dtype}")
    largest, whole = 0.0, True
    for start, block in _blocks(values):
        if not block.size:
            continue
        ends = float(block.max()), float(block.min())
        if not np.isfinite(ends).all():
            _refuse(block, start, name)
        largest = max(largest, abs(ends[0]), abs(ends[1]))
        whole = whole and (values.dtype.kind != "f" or bool(np.all(block == np.rint(block))))
    if largest * max(seats, 1) < LARGEST_TOTAL and whole:
        return Grid(largest=largest)
    if values.dtype.kind != "f":
        where = np.unravel_index(int(np.argmax(np.abs(values.astype(np.float64)))), values.shape)
        raise ValueError(f"{name}{_at(where)} is too large: the sum over {seats} seats must stay below 2**50")
    exponent = frexp(largest * max(seats, 1))[1] - 50
    return Grid(exponent, exact=_fits(values, exponent), largest=ldexp(largest, -exponent))


def _fits(values: Numbers, exponent: int) -> bool:
    for _, block in _blocks(values):
        scaled = np.ldexp(block.astype(np.float64), -exponent)
        if not np.array_equal(scaled, np.rint(scaled)):
            return False
    return True


def _blocks(values: Numbers) -> list[tuple[int, Numbers]]:
    return [(start, values[start : start + ROWS]) for start in range(0, len(values), ROWS)]


def _refuse(block: Numbers, start: int, name: str) -> NoReturn:
    where = np.argwhere(~np.isfinite(block))[0]
    value = block[tuple(where)]
    raise ValueError(f"{name}{_at((where[0] + start, *where[1:]))} is {value}: a forbidden pair belongs into `allowed`")


def _at(where: Sequence[Any]) -> str:
    return f"[{', '.join(str(int(index)) for index in where)}]"


def picked(table: TableLike, pairs: Ints) -> Numbers:
    """The entries of an array or a sparse matrix at pairs of row and column."""
    entries = table[pairs[:, 0], pairs[:, 1]]
    return np.asarray(entries.toarray() if sparse.issparse(entries) else entries).reshape(-1)


def counts(value: object, length: int, name: str) -> Ints:
    """One whole number of at least 0 for each person, from one number for all or one each."""
    given = np.asarray(value)
    if given.dtype.kind not in "iu":
        raise ValueError(f"{name} must be whole numbers, not {given.dtype}")
    if given.ndim not in (0, 1) or (given.ndim == 1 and len(given) != length):
        raise ValueError(f"{name} must be one number or {length} of them, not shape {given.shape}")
    each = np.array(np.broadcast_to(given, (length,)), dtype=np.int64)
    if (each < 0).any():
        person = int(np.argmax(each < 0))
        raise ValueError(f"{name}[{person}] is {each[person]}: it must not be negative")
    return each


def fingerprints(ids: Sequence[Hashable] | None, length: int, name: str) -> NDArray[np.uint64]:
    """64 bits a person, drawn from the id alone, so that ties are decided alike in any row order and on any machine."""
    if ids is None:
        ids = range(length)
    if len(ids) != length:
        raise ValueError(f"{name} must be {length} ids, not {len(ids)}")
    if len(set(ids)) != length:
        raise ValueError(f"{name} must differ from one another")
    words = [blake2b(f"{type(one).__name__}:{one}".encode(), digest_size=8).digest() for one in ids]
    return np.frombuffer(b"".join(words), dtype="<u8").astype(np.uint64)


def lots(left: NDArray[np.uint64], right: NDArray[np.uint64], bits: int) -> Ints:
    """A pseudo-random number of `bits` bits for each pair of fingerprints (splitmix64); arguments broadcast."""
    with np.errstate(over="ignore"):
        mixed = left + right * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(64 - bits)).astype(np.int64)
