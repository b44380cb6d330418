"""The difference of two arms at the end, with their differences at the start taken out."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reports.statistics.estimates import NO_OVERLAP, NO_SPREAD, Estimate
from reports.statistics.numbers import Values, Vector, is_rounding, share, vector

Matrix = npt.NDArray[np.float64]


def ancova(
    before: Values,
    after: Values,
    is_first: Sequence[bool],
    *,
    cohorts: Sequence[str] | None = None,
    equal_variances: bool = False,
    level: float = 0.95,
) -> Estimate:
    """Least squares of `after` on arm, `before` and (if given) cohort, over unit means: the arm's coefficient, first
    minus second. Fisher, R. A. (1932), Statistical Methods for Research Workers, 4th ed.; Vickers & Altman (2001),
    BMJ 323, 1123.

    The standard error is HC3 (MacKinnon & White 1985, J Econometrics 29, 305–325; for samples as small as these: Long &
    Ervin 2000, Am Stat 54, 217–224), with degrees of freedom as Bell & McCaffrey (2002, Survey Methodology 28, 169–181)
    derive them, under one variance an arm: arms of different spread and size are the rule here. `equal_variances` gives
    the classical standard error with n − k degrees of freedom instead.

    A `before` that is the same in all units is left out. Raises ValueError for lists of unequal length, fewer than two
    units in an arm, and what is not finite. Problems: "no spread" where the fit is perfect, "the arms do not overlap at
    the start" where `before` or cohorts tell the arms apart completely.
    """
    start, end = vector(before, "before"), vector(after, "after")
    arm = np.asarray(is_first, dtype=bool)
    if not start.size == end.size == arm.size or (cohorts is not None and len(cohorts) != arm.size):
        raise ValueError("before, after, is_first and cohorts: lists of one length are needed")
    if min(int(arm.sum()), int((~arm).sum())) < 2:
        raise ValueError("two units in each arm are needed")
    share(level, "level")
    design = _design(arm, start, cohorts)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return Estimate(float(end[arm].mean() - end[~arm].mean()), 0.0, 1.0, level, NO_OVERLAP)
    return _fitted(design, end, arm, equal_variances=equal_variances, level=level)


def _design(arm: npt.NDArray[np.bool_], start: Vector, cohorts: Sequence[str] | None) -> Matrix:
    """Arm, constant, the centred first answers in their own unit of spread, and one column a cohort after the first."""
    columns = [arm.astype(float), np.ones(arm.size)]
    centred = start - start.mean()
    spread = float(np.abs(centred).max())
    if not is_rounding(spread, float(np.abs(start).max())):
        columns.append(centred / spread)
    names = list(cohorts or [])
    columns += [np.array([float(each == cohort) for each in names]) for cohort in sorted(set(names))[1:]]
    return np.column_stack(columns)


def _fitted(
    design: Matrix, end: Vector, arm: npt.NDArray[np.bool_], *, equal_variances: bool, level: float
) -> Estimate:
    inverse: Matrix = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    coefficients = inverse @ (design.T @ end)
    residuals = end - design @ coefficients
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    spare = end.size - design.shape[1]
    difference = float(coefficients[0])
    if spare < 1 or float(leverage.max()) > 1 - 1e-9 or is_rounding(_most(residuals), 1e2 * _most(end)):
        return Estimate(difference, 0.0, float(max(spare, 1)), level, NO_SPREAD)
    if equal_variances:
        variance = float(residuals @ residuals) / spare * float(inverse[0, 0])
        return Estimate(difference, math.sqrt(variance), float(spare), level)
    weights = ((design @ inverse[0]) / (1 - leverage)) ** 2
    squares = residuals**2 / (1 - leverage)
    per_arm = float(squares[arm].mean()), float(squares[~arm].mean())
    df = _freedom(design, inverse, weights, np.where(arm, *per_arm) / max(per_arm))
    return Estimate(difference, math.sqrt(float(weights @ residuals**2)), df, level)


def _most(values: Vector) -> float:
    return float(np.abs(values).max())


def _freedom(design: Matrix, inverse: Matrix, weights: Vector, spread: Vector) -> float:
    """tr(B)² / tr(B²) of B = D·M·V·M·D, D² = diag(weights), V = diag(spread), M the matrix that makes residuals.

    M·V·M is V plus a matrix of low rank, so that nothing as large as units × units is ever built.
    """
    spread_design = spread[:, None] * design
    both = np.hstack([design, spread_design])
    inner = inverse @ (design.T @ spread_design) @ inverse
    core = np.block([[inner, -inverse], [-inverse, np.zeros_like(inverse)]])
    diagonal = np.einsum("ij,jk,ik->i", both, core, both)
    trace = float(weights @ (spread + diagonal))
    folded = core @ (both.T @ (weights[:, None] * both))
    square = float((weights**2) @ (spread**2 + 2 * spread * diagonal)) + float(np.trace(folded @ folded))
    return trace**2 / square
