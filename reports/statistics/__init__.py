"""The statistics of comparing mentoring models: pure functions of numbers, each with the source of its formula.

Nothing here knows Django, programs or people. Every function says what it cannot answer: numbers that are no numbers,
empty and too small samples raise ValueError, and samples in which nothing varies give a result with a `problem`.
"""

from reports.statistics.ancova import ancova
from reports.statistics.effects import exact_j, hedges_g, pooled_sd, standardised_difference
from reports.statistics.equivalence import Equivalence, tost
from reports.statistics.estimates import NO_SPREAD, Estimate, Summary, summary
from reports.statistics.goals import goal_attainment
from reports.statistics.missing import Tipping, tipping_point
from reports.statistics.multiplicity import Adjusted, benjamini_hochberg
from reports.statistics.planning import more_needed, units_for_equivalence, units_for_interval, units_for_power
from reports.statistics.pooling import Pooled, partial_pooling
from reports.statistics.proportions import BinaryUnit, Share, compare_shares, fisher, newcombe, wilson, wilson_clustered
from reports.statistics.reliability import Reliability, reliability
from reports.statistics.strata import Stratum, stratified
from reports.statistics.units import Learner, Unit, change, components, largest_share, units_of
from reports.statistics.welch import crossover, welch, welch_of_summaries

__all__ = [
    "NO_SPREAD",
    "Adjusted",
    "BinaryUnit",
    "Equivalence",
    "Estimate",
    "Learner",
    "Pooled",
    "Reliability",
    "Share",
    "Stratum",
    "Summary",
    "Tipping",
    "Unit",
    "ancova",
    "benjamini_hochberg",
    "change",
    "compare_shares",
    "components",
    "crossover",
    "exact_j",
    "fisher",
    "goal_attainment",
    "hedges_g",
    "largest_share",
    "more_needed",
    "newcombe",
    "partial_pooling",
    "pooled_sd",
    "reliability",
    "standardised_difference",
    "stratified",
    "summary",
    "tipping_point",
    "tost",
    "units_for_equivalence",
    "units_for_interval",
    "units_for_power",
    "units_of",
    "welch",
    "welch_of_summaries",
    "wilson",
    "wilson_clustered",
]
