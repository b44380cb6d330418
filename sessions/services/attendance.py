"""Who was at a group's session. Everybody, unless somebody said otherwise; a pair has met or has not."""

from collections.abc import Collection

from sessions import planning
from sessions.errors import SessionError
from sessions.models import GROUP, Attendance, Session

There = dict[int, bool]


def checked(session: Session, present: Collection[int] | None) -> There | None:
    """For each seat of the session's match whether it was taken, from the seats of those who were there.

    None where nothing was said, and in a match of two. Raises SessionError if nobody was there, or for a seat that is
    not one of the match's. The match is locked.
    """
    seats = sorted(planning.in_it(session.match_id).values_list("pk", flat=True))
    # Who was ticked earlier and has left since stays as they were.
    known = sorted({*seats, *of(session)}) if session.pk else seats
    if present is None or len(known) < GROUP:
        return None
    if not set(present) <= set(known):
        raise SessionError("Choose from the people of your group.", field="present")
    if not present:
        raise SessionError("Tick who was there. If nobody was, say that it did not happen.", field="present")
    return {seat: seat in present for seat in known}


def leader(session: Session, seat: int | None, there: There | None) -> int | None:
    """The seat of whoever led a held session: as given, 0 for nobody; None leaves what is stored.

    `there` is who was there, as far as this log says. Raises SessionError for a seat that is not one of the match's
    and for somebody who was not there. The match is locked.
    """
    if seat is None:
        return session.facilitated_by_id
    if seat == 0:
        return None
    present = of(session) if there is None and session.pk else there or {}
    if seat != session.facilitated_by_id and not planning.in_it(session.match_id).filter(pk=seat).exists():
        raise SessionError("Choose from the people of your group.", field="led")
    if not present.get(seat, True):
        raise SessionError("Whoever led the session was there. Tick them above, or choose somebody else.", field="led")
    return seat


def of(session: Session) -> There:
    """What is stored; empty where nobody said who was there."""
    return dict(session.attendance.order_by("seat").values_list("seat", "present"))


def keep(session: Session, there: There | None) -> None:
    """Store it in place of what was there; None leaves that. Called with the session locked."""
    if there is None or there == of(session):
        return
    session.attendance.all().delete()
    rows = [Attendance(session=session, seat_id=seat, present=present) for seat, present in there.items()]
    Attendance.objects.bulk_create(rows)
