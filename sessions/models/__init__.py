"""What happened between the people of a match. Every write goes through sessions.services."""

from sessions.models.feeds import CalendarFeed
from sessions.models.goals import LEVEL_WORDS, Goal
from sessions.models.meetings import Note, Session

__all__ = ["LEVEL_WORDS", "CalendarFeed", "Goal", "Note", "Session"]
