"""One door to every shape's checker and certificate."""

from matching.engine.assigning.certify import certify_assignment
from matching.engine.assigning.check import check_assignment
from matching.engine.assigning.constellation import Constellation, ConstellationProblem
from matching.engine.assigning.problem import AssignProblem
from matching.engine.booking.certify import certify_booking, check_booking
from matching.engine.booking.problem import BookProblem
from matching.engine.booking.results import Booking
from matching.engine.grouping.certify import certify_grouping
from matching.engine.grouping.check import check_grouping
from matching.engine.grouping.problem import GroupProblem
from matching.engine.grouping.results import Grouping
from matching.engine.pairing.certify import certify_pairing, check_pairing
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.results import Pairing
from matching.engine.results import Assignment, Certificate, Violation

Problem = AssignProblem | ConstellationProblem | PairProblem | GroupProblem | BookProblem
Solution = Assignment | Constellation | Pairing | Grouping | Booking


def check(problem: Problem, solution: Solution) -> list[Violation]:
    """The rules a solution breaks; empty if it is feasible. Reads only the statement of the problem, no solver's state.

    Every result carries the problem it answers as `.problem`. TypeError where the two are of different shapes.
    """
    match problem, solution:
        case AssignProblem(), Assignment():
            return check_assignment(problem, solution)
        case ConstellationProblem(), Constellation():
            return check_assignment(problem.stated, solution.assignment)
        case PairProblem(), Pairing():
            return check_pairing(problem, solution)
        case GroupProblem(), Grouping():
            return check_grouping(problem, solution)
        case BookProblem(), Booking():
            return check_booking(problem, solution)
    raise TypeError(f"a {type(solution).__name__} does not answer a {type(problem).__name__}")


def certify(problem: Problem, solution: Solution) -> Certificate:
    """What a solution's own prices prove about it; `optimal` only if feasibility and optimality follow from them.

    TypeError where problem and solution are of different shapes.
    """
    match problem, solution:
        case AssignProblem(), Assignment():
            return certify_assignment(problem, solution)
        case ConstellationProblem(), Constellation():
            return certify_assignment(problem.stated, solution.assignment)
        case PairProblem(), Pairing():
            return certify_pairing(problem, solution)
        case GroupProblem(), Grouping():
            return certify_grouping(problem, solution)
        case BookProblem(), Booking():
            return certify_booking(problem, solution)
    raise TypeError(f"a {type(solution).__name__} does not answer a {type(problem).__name__}")
