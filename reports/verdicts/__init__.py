"""Which of two models helped more here: what may be said of a comparison, in words, and what may not.

`analyse` computes, `decide` says which gates are open and what follows, in the sentences of `wording`. Pure: numbers
and names in, numbers and sentences out; no Django, no clock.
"""

from reports.verdicts.analysing import Analysis, Arm, analyse
from reports.verdicts.deciding import Verdict, decide
from reports.verdicts.gates import Gate, withheld
from reports.verdicts.plan import Assignment, Kind, Look, Plan
from reports.verdicts.without import in_words

__all__ = [
    "Analysis",
    "Arm",
    "Assignment",
    "Gate",
    "Kind",
    "Look",
    "Plan",
    "Verdict",
    "analyse",
    "decide",
    "in_words",
    "withheld",
]
