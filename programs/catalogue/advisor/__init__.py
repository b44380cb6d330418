"""The advisor: which model fits a plan, by rules that anyone can read."""

from programs.catalogue.advisor.advising import (
    DISCLAIMER,
    Advice,
    Change,
    Excluded,
    Integrated,
    Ranked,
    Reason,
    advise,
)
from programs.catalogue.advisor.capacity import Capacity, Load, mentor_load, together
from programs.catalogue.advisor.plan import Plan, in_a_sentence, names_of, plan_of, refusal
from programs.catalogue.advisor.questions import QUESTIONS, Answers, Option, Question, as_query, from_query
from programs.catalogue.advisor.rules import RULES, AdviceRule, Clause

__all__ = [
    "DISCLAIMER",
    "QUESTIONS",
    "RULES",
    "Advice",
    "AdviceRule",
    "Answers",
    "Capacity",
    "Change",
    "Clause",
    "Excluded",
    "Integrated",
    "Load",
    "Option",
    "Plan",
    "Question",
    "Ranked",
    "Reason",
    "advise",
    "as_query",
    "from_query",
    "in_a_sentence",
    "mentor_load",
    "names_of",
    "plan_of",
    "refusal",
    "together",
]
