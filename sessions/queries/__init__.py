"""What the people of a match see of it. Every page is read in a fixed number of queries."""

from sessions.queries.courses import (
    Course,
    Home,
    Next,
    Row,
    course_around,
    course_of,
    course_with_notes,
    home_of,
    session_of,
)
from sessions.queries.goals import goal_of, goals_of
from sessions.queries.notes import Notes, notes_of

__all__ = [
    "Course",
    "Home",
    "Next",
    "Notes",
    "Row",
    "course_around",
    "course_of",
    "course_with_notes",
    "goal_of",
    "goals_of",
    "home_of",
    "notes_of",
    "session_of",
]
