"""The goals of a match."""

from participants.models import User
from sessions.models import Goal
from sessions.queries.courses import Course, course_of


def goals_of(course: Course) -> list[Goal]:
    """The goals of a match that were not dropped: open ones first."""
    goals = Goal.objects.filter(match=course.pk, dropped_at=None).select_related("owner").order_by("created_at", "pk")
    return sorted(goals, key=lambda goal: goal.reached_at is not None)


def goal_of(user: User, goal_id: int) -> tuple[Course, Goal] | None:
    """A goal in one of this person's active matches."""
    goal = Goal.objects.filter(pk=goal_id).select_related("owner").first()
    course = course_of(user, goal.match_id) if goal else None
    return (course, goal) if goal and course else None
