"""Who was at a group's sessions, for the group, for figures and for health signals."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from programs.models import Program
from sessions import planning
from sessions.models import GROUP, Attendance, Session


@dataclass(frozen=True)
class Attendee:
    """One of the group, and whether they were there: before anything was said, everybody is thought to have been."""

    seat: int
    user: int
    name: str
    present: bool


def attendees_of(session: Session | None, match_id: int) -> list[Attendee]:
    """The people of a match of three or more as they sit, with what is stored; of fewer nobody is asked: []."""
    there = dict(session.attendance.values_list("seat", "present")) if session and session.pk else {}
    seats = planning.in_it(match_id)
    rows = list(seats.select_related("enrolment__user").order_by("pk"))
    if there:  # also those who have left since
        known = Attendance.objects.filter(session=session).select_related("seat__enrolment__user").order_by("seat")
        rows = sorted({*rows, *(each.seat for each in known)}, key=lambda seat: seat.pk)
    if len(rows) < GROUP:
        return []
    return [
        Attendee(seat.pk, seat.enrolment.user_id, seat.enrolment.user.short_name, there.get(seat.pk, not there))
        for seat in rows
    ]


def absences_of(program: Program) -> dict[int, set[int]]:
    """For each held session of a program from which somebody was missing, their users: one query."""
    missing = Attendance.objects.filter(
        present=False, session__state=Session.State.HELD, session__match__track__program=program
    )
    found: dict[int, set[int]] = {}
    for session, user in missing.values_list("session", "seat__enrolment__user"):
        found.setdefault(session, set()).add(user)
    return found


def thinly_attended(matches: Collection[int], *, fewer_than: int = 3) -> list[Session]:
    """Held sessions of these matches at which fewer people were than that, by time: one query.

    Only where somebody said who was there; elsewhere everybody was.
    """
    held = Session.objects.filter(match__in=matches, state=Session.State.HELD).alias(
        said=Count("attendance"), there=Count("attendance", filter=Q(attendance__present=True))
    )
    return list(held.filter(said__gte=GROUP, there__lt=fewer_than).order_by("starts_at", "pk"))
