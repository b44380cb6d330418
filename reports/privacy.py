"""Whether single answers follow from figures that are shown together."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

# Whose answer (a respondent), and which.
Variable = tuple[int, int]
# A figure as a sum of answers, each times a number.
Row = Mapping[Variable, float]
# Below this a combination of figures still has somebody else's answer in it.
CERTAIN = 1 - 1e-9


def known_alone(rows: Iterable[Row]) -> set[int]:
    """The people of whose answers some combination follows exactly from these figures and of nobody else's.

    A combination of figures is a vector in the space their rows span. One that speaks of a single person lies in that
    person's part of the space, so that the part of an orthonormal basis that belongs to them has a singular value of 1.
    """
    kept = [row for row in rows if row]
    columns = {name: at for at, name in enumerate(sorted({name for row in kept for name in row}))}
    if not columns:
        return set()
    basis = _basis(kept, columns)
    own: dict[int, list[int]] = {}
    for (person, _), at in columns.items():
        own.setdefault(person, []).append(at)
    return {person for person, at in own.items() if np.linalg.norm(basis[:, at], 2) >= CERTAIN}


def _basis(rows: list[Row], columns: Mapping[Variable, int]) -> npt.NDArray[np.float64]:
    """Orthonormal rows that span the same figures."""
    matrix = np.zeros((len(rows), len(columns)))
    for number, row in enumerate(rows):
        for name, weight in row.items():
            matrix[number, columns[name]] = weight
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    _, sizes, basis = np.linalg.svd(matrix, full_matrices=False)
    return np.asarray(basis[sizes > 1e-9])


class Room:
    """Figures that may stand beside each other: a further one is let in only where nobody follows from all of them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = [row for row in rows if row]

    def admits(self, rows: Iterable[Row]) -> bool:
        """Whether these figures may be shown too; if so they count from now on."""
        together = [*self.rows, *(row for row in rows if row)]
        if known_alone(together):
            return False
        self.rows = together
        return True
