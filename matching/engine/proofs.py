"""One door to every shape's checker and certificate."""

from typing import Any

from matching.engine.assigning.certify import certify_assignment
from matching.engine.assigning.check import check_assignment
from matching.engine.assigning.constellation import ConstellationProblem
from matching.engine.assigning.problem import AssignProblem
from matching.engine.booking.certify import certify_booking, check_booking
from matching.engine.booking.problem import BookProblem
from matching.engine.grouping.certify import certify_grouping
from matching.engine.grouping.check import check_grouping
from matching.engine.grouping.problem import GroupProblem
from matching.engine.pairing.certify import certify_pairing, check_pairing
from matching.engine.pairing.problem import PairProblem
from matching.engine.results import Certificate, Violation


def check(problem: Any, solution: Any) -> list[Violation]:
    """The rules a solution breaks; empty if it is feasible. Reads only the statement of the problem, no solver's state.

    `problem` is an AssignProblem, ConstellationProblem, PairProblem, GroupProblem or BookProblem; every result carries its
    own as `.problem`.
    """
    if isinstance(problem, ConstellationProblem):
        return check_assignment(problem.stated, solution.assignment)
    if isinstance(problem, AssignProblem):
        return check_assignment(problem, solution)
    if isinstance(problem, PairProblem):
        return check_pairing(problem, solution)
    if isinstance(problem, GroupProblem):
        return check_grouping(problem, solution)
    if isinstance(problem, BookProblem):
        return check_booking(problem, solution)
    raise TypeError(f"there is no checker for {type(problem).__name__}")


def certify(problem: Any, solution: Any) -> Certificate:
    """What a solution's own prices prove about it; `optimal` only if feasibility and optimality follow from them."""
    if isinstance(problem, ConstellationProblem):
        return certify_assignment(problem.stated, solution.assignment)
    if isinstance(problem, AssignProblem):
        return certify_assignment(problem, solution)
    if isinstance(problem, PairProblem):
        return certify_pairing(problem, solution)
    if isinstance(problem, GroupProblem):
        return certify_grouping(problem, solution)
    if isinstance(problem, BookProblem):
        return certify_booking(problem, solution)
    raise TypeError(f"there is no certificate for {type(problem).__name__}")
