"""A match that is over, from the side of one of its people: what is left to do, and what they take with them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from matching.models import Match, Thanks
from matching.queries import is_over_for, my_match
from matching.queries.going_on import MyWish, my_wish
from participants.models import User
from sessions.models import Attendance, Goal, Note, Session
from sessions.queries.courses import Course, State


@dataclass(frozen=True)
class OverCourse(Course):
    """A match that is over. `attended` are the sessions that were held with its reader there, while they were in it."""

    attended: list[Session] = field(default_factory=list)
    own_notes: int = 0


@dataclass(frozen=True)
class Closing:
    """What the closing page shows; goals are the reader's own."""

    course: OverCourse
    goals: list[Goal]
    thanks: Thanks | None
    thanked_by: list[Thanks]
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
        return sum(session.minutes for session in self.course.attended)

    @property
    def ended_at(self) -> datetime | None:
        return self.course.mine.seat.left_at or self.course.mine.match.ended_at


def over_course(user: User, match_id: int) -> OverCourse | None:
    """A match that is over for this person, with its sessions; None for strangers and for matches that are on."""
    mine = my_match(user=user, match_id=match_id)
    if mine is None or not is_over_for(mine):
        return None
    absent = Attendance.objects.filter(session=OuterRef("pk"), seat__enrolment__user=user, present=False)
    own = Count("notes", filter=Q(notes__author=user))
    rows = Session.objects.filter(match=match_id).annotate(was_missed=Exists(absent), own_notes=own)
    sessions = list(rows.order_by("starts_at", "pk"))
    there = [each for each in sessions if each.state == State.HELD and not each.was_missed]
    left = mine.seat.left_at
    return OverCourse(
        mine,
        list(sessions),
        attended=[each for each in there if left is None or each.starts_at <= left],
        own_notes=sum(each.own_notes for each in sessions),
    )


def closing_of(course: OverCourse, user: User, now: datetime) -> Closing:
    """All of the closing page in a fixed number of queries."""
    thanks = list(Thanks.objects.filter(match=course.pk).select_related("author"))
    return Closing(
        course=course,
        goals=list(Goal.objects.filter(match=course.pk, owner=user, dropped_at=None).order_by("created_at", "pk")),
        thanks=next((each for each in thanks if each.author_id == user.pk), None),
        thanked_by=[each for each in thanks if each.author_id != user.pk],
        wish=my_wish(course.mine.match, course.mine.seat, now),
    )


def notes_left(course: Course, user: User) -> list[Note]:
    """One's own notes of a match and those the others have shared, in the order of the sessions."""
    readable = Q(visibility=Note.Visibility.SHARED) | Q(author=user)
    found = Note.objects.filter(readable, session__match=course.pk).select_related("author", "session")
    return list(found.order_by("session__starts_at", "created_at", "pk"))
