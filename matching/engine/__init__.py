"""Matching as exact optimisation: five shapes, each with a checker, a proof or a bound, and an explanation.

Pure: numpy, scipy and solvers; no Django, no clock, no files, no unseeded chance. docs/engine.md explains the methods.
"""

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.solver import assign
from matching.engine.errors import Infeasible
from matching.engine.proofs import certify, check
from matching.engine.results import Assignment, Certificate, Violation

__all__ = ["AssignProblem", "Assignment", "Certificate", "Infeasible", "Violation", "assign", "certify", "check"]
