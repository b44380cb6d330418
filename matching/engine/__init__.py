"""Matching as exact optimisation: five shapes, each with a checker, a proof or a bound, and an explanation.

Pure: numpy, scipy and solvers; no Django, no clock, no files, no unseeded chance. docs/engine.md explains the methods.
"""

from matching.engine.asking import relax, why_not
from matching.engine.assigning.constellation import Constellation, ConstellationProblem, constellation
from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.solver import assign, rematch
from matching.engine.booking.problem import BookProblem, Held, Request, Slot
from matching.engine.booking.results import Booking
from matching.engine.booking.solver import book
from matching.engine.comparing import Alternatives, Outcome, alternatives, compare
from matching.engine.errors import Infeasible
from matching.engine.explaining import Change, Move, Reason
from matching.engine.grouping.problem import GroupProblem, Seats, Spread
from matching.engine.grouping.results import Grouping
from matching.engine.grouping.solver import group, loosen, raise_floor
from matching.engine.inserting import Insertion, Placement, insert
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.results import Pairing
from matching.engine.pairing.solver import pair
from matching.engine.proofs import certify, check
from matching.engine.results import Assignment, Certificate, Violation

__all__ = [
    "Alternatives",
    "AssignProblem",
    "Assignment",
    "BookProblem",
    "Booking",
    "Certificate",
    "Change",
    "Constellation",
    "ConstellationProblem",
    "GroupProblem",
    "Grouping",
    "Held",
    "Infeasible",
    "Insertion",
    "Move",
    "Outcome",
    "PairProblem",
    "Pairing",
    "Placement",
    "Reason",
    "Request",
    "Seats",
    "Slot",
    "Spread",
    "Violation",
    "alternatives",
    "assign",
    "book",
    "certify",
    "check",
    "compare",
    "constellation",
    "group",
    "insert",
    "loosen",
    "pair",
    "raise_floor",
    "relax",
    "rematch",
    "why_not",
]
