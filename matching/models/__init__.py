"""Who meets whom, and why. Every write goes through matching.services."""

from matching.models.endings import Ending, EndingToCome, GoesOn, Thanks
from matching.models.matches import Match, MatchingPlan, MatchRule, Proposal, Seat

__all__ = ["Ending", "EndingToCome", "GoesOn", "Match", "MatchRule", "MatchingPlan", "Proposal", "Seat", "Thanks"]
