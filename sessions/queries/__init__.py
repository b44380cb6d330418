"""What the people of a match see of it. Every page is read in a fixed number of queries."""

from sessions.queries.courses import Course, Home, Next, Row, course_of, home_of, session_of
from sessions.queries.goals import goal_of, goals_of
from sessions.queries.notes import Notes, noted_sessions, notes_of

__all__ = [
    "Course",
    "Home",
    "Next",
    "Notes",
    "Row",
    "course_of",
    "goal_of",
    "goals_of",
    "home_of",
    "noted_sessions",
    "notes_of",
    "session_of",
]
