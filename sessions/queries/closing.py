"""A match that is over, from the side of one of its people: what is left to do, and what they take with them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from matching.models import Match, Thanks
from matching.queries import is_over_for, my_match
from matching.queries.going_on import MyWish, my_wish
from participants.models import User
from sessions.models import Attendance, Goal, Note, Session
from sessions.queries.courses import Course, State


@dataclass(frozen=True)
class Closing:
    """What the closing page shows; goals are the reader's own."""

    course: Course
    goals: list[Goal]
    thanks: Thanks | None
    thanked_by: list[Thanks]
    attended: list[Session]
    own_notes: int
    # Whether they would go on with the same people; None where that is not asked.
    wish: MyWish | None

    @property
    def planned_end(self) -> bool:
        """Whether it has come to its planned end, with this person in it."""
        mine = self.course.mine
        return mine.match.end_reason == Match.EndReason.FINISHED and mine.seat.left_at is None

    @property
    def goals_left(self) -> list[Goal]:
        """What they could take along into a match that goes on."""
        return [goal for goal in self.goals if goal.is_left]

    @property
    def minutes(self) -> int:
        return sum(session.minutes for session in self.attended)

    @property
    def ended_at(self) -> datetime | None:
        return self.course.mine.seat.left_at or self.course.mine.match.ended_at


def over_course(user: User, match_id: int) -> Course | None:
    """A match that is over for this person, with its sessions; None for strangers and for matches that are on."""
    mine = my_match(user=user, match_id=match_id)
    if mine is None or not is_over_for(mine):
        return None
    sessions = Session.objects.filter(match=match_id).order_by("starts_at", "pk")
    return Course(mine, list(sessions))


def closing_of(course: Course, user: User, now: datetime) -> Closing:
    """All of the closing page in a fixed number of queries."""
    thanks = list(Thanks.objects.filter(match=course.pk).select_related("author"))
    return Closing(
        course=course,
        goals=list(Goal.objects.filter(match=course.pk, owner=user, dropped_at=None).order_by("created_at", "pk")),
        thanks=next((each for each in thanks if each.author_id == user.pk), None),
        thanked_by=[each for each in thanks if each.author_id != user.pk],
        attended=attended(course, user),
        own_notes=Note.objects.filter(session__match=course.pk, author=user).count(),
        wish=my_wish(course.mine.match, course.mine.seat, now),
    )


def attended(course: Course, user: User) -> list[Session]:
    """The sessions of a match that were held with this person there, while they were in it."""
    held = Session.objects.filter(match=course.pk, state=State.HELD).order_by("starts_at", "pk")
    left = course.mine.seat.left_at
    if left is not None:
        held = held.filter(starts_at__lte=left)
    return list(held.exclude(pk__in=missed_by(user, course.pk)))


def missed_by(user: User, match_id: int) -> list[int]:
    """The sessions of a match that took place without this person."""
    ticked = Attendance.objects.filter(session__match=match_id, seat__enrolment__user=user, present=False)
    return list(ticked.values_list("session", flat=True))


def notes_left(course: Course, user: User) -> list[Note]:
    """One's own notes of a match and those the others have shared, in the order of the sessions."""
    readable = Q(visibility=Note.Visibility.SHARED) | Q(author=user)
    found = Note.objects.filter(readable, session__match=course.pk).select_related("author", "session")
    return list(found.order_by("session__starts_at", "created_at", "pk"))
