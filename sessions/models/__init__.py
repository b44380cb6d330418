"""What happened between the people of a match. Every write goes through sessions.services."""

from sessions.models.attendance import Attendance
from sessions.models.feeds import CalendarFeed
from sessions.models.goals import LEVEL_WORDS, Goal
from sessions.models.meetings import Note, Session
from sessions.models.sendings import SentLog
from sessions.models.times import TimeOffer

__all__ = ["LEVEL_WORDS", "Attendance", "CalendarFeed", "Goal", "Note", "SentLog", "Session", "TimeOffer"]
