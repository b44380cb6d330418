"""One door to every shape's reasons and changes."""

from collections.abc import Mapping
from typing import Any

from matching.engine import explaining
from matching.engine.assigning.problem import AssignProblem
from matching.engine.explaining import Change, Reason
from matching.engine.grouping.explaining import relax_grouped, why_not_grouped
from matching.engine.grouping.problem import GroupProblem
from matching.engine.grouping.results import Grouping
from matching.engine.pairing.explaining import relax_paired, why_not_paired
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.results import Pairing
from matching.engine.results import Assignment

Asked = AssignProblem | PairProblem | GroupProblem
Answered = Assignment | Pairing | Grouping


def why_not(problem: Asked, solution: Answered, a: int, b: int) -> Reason:
    """What forbids a and b, or what bringing them together would cost and who would move.

    Two-sided (taker a, giver b): exact by a shortest path over the prices; ValueError where the solution is not proved.
    One-sided: exact by pairing anew. Groups: exact up to the size where all groupings are tried, else the best single
    move or exchange, which the cost is at most (`exact` is false). ValueError for people who do not exist, TypeError
    for other shapes.
    """
    match problem, solution:
        case PairProblem(), Pairing():
            return why_not_paired(problem, solution, a, b)
        case GroupProblem(), Grouping():
            return why_not_grouped(problem, solution, a, b)
        case AssignProblem(), Assignment():
            return explaining.why_not(problem, solution, a, b)
    raise TypeError(f"there are no reasons for a {type(solution).__name__} of a {type(problem).__name__}")


def relax(
    problem: Asked,
    solution: Answered,
    person: int,
    *,
    rules: Mapping[str, Any] | None = None,
    most: int = 10,
) -> list[Change]:
    """For someone who is left over: single changes that would place them, best first; see each shape's function.

    `rules` names what stands against pairs (bool tables); groups know their rules themselves. ValueError for somebody
    who is not left over, TypeError for other shapes.
    """
    match problem, solution:
        case PairProblem(), Pairing():
            return relax_paired(problem, solution, person, rules=rules, most=most)
        case GroupProblem(), Grouping():
            return relax_grouped(problem, solution, person, most=most)
        case AssignProblem(), Assignment():
            return explaining.relax(problem, solution, person, rules=rules, most=most)
    raise TypeError(f"there are no changes for a {type(solution).__name__} of a {type(problem).__name__}")
