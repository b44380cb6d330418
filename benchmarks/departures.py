"""False findings of the textbook ways of docs/statistics.md that the product does not take, beside its own.

    python benchmarks/departures.py [--times 10000] [--seed 1]

Normal unit values, no difference between the arms, nominal 5 %. "Cohorts": one difference from several cohorts.
"Covariance": the difference at the end with the start taken out, in arms of different size and spread.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import special

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.statistics import Stratum, ancova, stratified, welch

Floats = npt.NDArray[np.float64]
# Units of the first and of the second arm in each cohort, and the spread of each arm.
COHORTS = [
    ((2, 2), (2, 2), 1.0, 1.0),
    ((4, 4, 4), (4, 4, 4), 1.0, 1.0),
    ((2,) * 5, (2,) * 5, 1.0, 1.0),
    ((20, 2), (8, 2), 1.0, 0.45),
    ((10, 10), (10, 10), 1.0, 0.45),
]
ARMS = [(20, 4, 1.0, 0.45), (10, 10, 1.0, 0.45), (10, 40, 1.0, 0.45), (40, 10, 1.0, 0.45), (20, 20, 1.0, 1.0)]


def textbook(parts: Sequence[tuple[Floats, Floats]]) -> list[bool]:
    """Each cohort weighted by its own estimated variance: with normal limits, Satterthwaite's and Meier's (1953)."""
    found = [welch(one, two) for one, two in parts]
    weights = np.array([1 / each.se**2 for each in found])
    shares, df = weights / weights.sum(), np.array([each.df for each in found])
    difference = float(shares @ [each.difference for each in found])
    variance = 1 / float(weights.sum())
    freedom = 1 / float((shares**2 / df).sum())
    meier = variance * (1 + 4 * float((shares * (1 - shares) / df).sum()))
    t, wider = abs(difference) / math.sqrt(variance), abs(difference) / math.sqrt(meier)
    return [t > special.ndtri(0.975), t > special.stdtrit(freedom, 0.975), wider > special.stdtrit(freedom, 0.975)]


def cohorts(times: int, rng: np.random.Generator) -> None:
    for first, second, spread_1, spread_2 in COHORTS:
        counts = np.zeros(4)
        for _ in range(times):
            parts = [
                (rng.normal(0, spread_1, a), rng.normal(0, spread_2, b)) for a, b in zip(first, second, strict=True)
            ]
            own = stratified([Stratum(*part) for part in parts]).excludes_none
            counts += [*textbook(parts), own]
        ways = ("normal limits", "Satterthwaite", "Meier", "here")
        rates = ", ".join(f"{way} {100 * rate:.1f} %" for way, rate in zip(ways, counts / times, strict=True))
        print(f"cohorts {first} / {second}, spreads {spread_1:g} and {spread_2:g}: {rates}")


def covariance(times: int, rng: np.random.Generator) -> None:
    for first, second, spread_1, spread_2 in ARMS:
        counts, arm = np.zeros(2), [True] * first + [False] * second
        spread = np.array([spread_1] * first + [spread_2] * second)
        for _ in range(times):
            before = rng.normal(0, 1, spread.size) * spread
            after = 0.5 * before + rng.normal(0, 0.8, spread.size) * spread
            counts += [ancova(before, after, arm, equal_variances=equal).excludes_none for equal in (True, False)]
        classical, own = 100 * counts / times
        print(f"covariance {first} / {second}, spreads {spread_1:g} and {spread_2:g}: ", end="")
        print(f"classical {classical:.1f} %, here {own:.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    cohorts(chosen.times, rng)
    covariance(chosen.times, rng)


if __name__ == "__main__":
    main()
