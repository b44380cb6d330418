"""From people, fields and rules to scores: pure, exact and explained.

Nothing here knows Django, a clock or a solver. "taker" is the mentee's side and "giver" the mentor's; between peers
both are the same people.
"""

from matching.criteria.explaining import blocked_by, explain, explain_peers, same_human, why_nobody
from matching.criteria.kinds import ALL_KINDS, RULE_KINDS
from matching.criteria.model import (
    DERIVED_KINDS,
    FIELD_KINDS,
    ONESELF,
    PEER_WORDS,
    POINTS_LIMIT,
    STRENGTH_POINTS,
    STRENGTHS,
    Condition,
    Field,
    Person,
    Removed,
    Rule,
    Scores,
    Share,
    Shares,
    Words,
)
from matching.criteria.scoring import TWO_WAY, Block, max_points, score_blocks, score_peers, score_two_sided
from matching.criteria.validation import InvalidRulesError, validate_rules

__all__ = [
    "ALL_KINDS",
    "DERIVED_KINDS",
    "FIELD_KINDS",
    "ONESELF",
    "PEER_WORDS",
    "POINTS_LIMIT",
    "RULE_KINDS",
    "STRENGTHS",
    "STRENGTH_POINTS",
    "TWO_WAY",
    "Block",
    "Condition",
    "Field",
    "InvalidRulesError",
    "Person",
    "Removed",
    "Rule",
    "Scores",
    "Share",
    "Shares",
    "Words",
    "blocked_by",
    "explain",
    "explain_peers",
    "max_points",
    "same_human",
    "score_blocks",
    "score_peers",
    "score_two_sided",
    "validate_rules",
    "why_nobody",
]
