"""Who was at a group's sessions, for the group, for figures and for health signals."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from matching.models import Seat
from sessions.models import GROUP, Attendance, Session
from sessions.queries.courses import Course


@dataclass(frozen=True)
class Attendee:
    """One of the group, and whether they were there: before anything was said, everybody is thought to have been."""

    seat: int
    user: int
    name: str
    present: bool


def attendees_of(course: Course, session: Session | None) -> list[Attendee]:
    """The people of a match of three or more as they sit, with what is stored; of fewer nobody is asked: [].

    At most one query, and none where a match is never of more than two, or the session has not been held.
    """
    seats = {seat.pk: seat for seat in course.mine.seats if seat.answer == Seat.Answer.ACCEPTED}
    there: dict[int, bool] = {}
    if session and session.state == Session.State.HELD and max(course.mine.model.size.most, len(seats)) >= GROUP:
        for each in Attendance.objects.filter(session=session).select_related("seat__enrolment__user"):
            there[each.seat_id] = each.present
            seats[each.seat_id] = each.seat  # also those who have left since
    if len(seats) < GROUP:
        return []
    return [
        Attendee(pk, seat.enrolment.user_id, seat.enrolment.user.short_name, there.get(pk, not there))
        for pk, seat in sorted(seats.items())
    ]


def thinly_attended(matches: Collection[int], *, fewer_than: int = 3) -> list[Session]:
    """Held sessions of these matches at which fewer people were than that, by time: one query.

    Only where somebody said who was there; elsewhere everybody was.
    """
    held = Session.objects.filter(match__in=matches, state=Session.State.HELD).alias(
        said=Count("attendance"), there=Count("attendance", filter=Q(attendance__present=True))
    )
    return list(held.filter(said__gte=GROUP, there__lt=fewer_than).order_by("starts_at", "pk"))
