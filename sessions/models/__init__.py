"""What happened between the people of a match. Every write goes through sessions.services."""

from sessions.models.agreements import Agreement, Signature
from sessions.models.asks import Ask, AskFlag, AskNotice, AskReply, AskRoute, AskTerms
from sessions.models.attendance import GROUP, Attendance
from sessions.models.curriculum import Delivery, Week
from sessions.models.feeds import CalendarFeed
from sessions.models.goals import LEVEL_WORDS, Goal, NextStep
from sessions.models.meetings import ExpertWanted, Note, Session
from sessions.models.preparing import Given, Preparation
from sessions.models.sendings import SentLog
from sessions.models.slots import Slot, SlotAsk, SlotReview
from sessions.models.times import TimeOffer

__all__ = [
    "GROUP",
    "LEVEL_WORDS",
    "Agreement",
    "Ask",
    "AskFlag",
    "AskNotice",
    "AskReply",
    "AskRoute",
    "AskTerms",
    "Attendance",
    "CalendarFeed",
    "Delivery",
    "ExpertWanted",
    "Given",
    "Goal",
    "NextStep",
    "Note",
    "Preparation",
    "SentLog",
    "Session",
    "Signature",
    "Slot",
    "SlotAsk",
    "SlotReview",
    "TimeOffer",
    "Week",
]
