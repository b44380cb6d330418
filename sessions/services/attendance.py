"""Who was at a group's session. Everybody, unless somebody said otherwise; a pair has met or has not."""

from collections.abc import Collection

from sessions.errors import SessionError
from sessions.models import GROUP, Attendance, Session

There = dict[int, bool]


def checked(present: Collection[int] | None, *, seats: Collection[int], stored: There) -> There | None:
    """For each seat of a session's match whether it was taken, from the seats of those who were there.

    `seats` are those of the match, `stored` is what was said before. None where nothing was said, and in a match of
    two. Raises SessionError if nobody was there, or for a seat that is not one of the match's. The match is locked.
    """
    # Who was ticked earlier and has left since stays as they were.
    known = sorted({*seats, *stored})
    if present is None or len(known) < GROUP:
        return None
    if not set(present) <= set(known):
        raise SessionError("Choose from the people of your group.", field="present")
    if not present:
        raise SessionError("Tick who was there. If nobody was, say that it did not happen.", field="present")
    return {seat: seat in present for seat in known}


def leader(
    session: Session, seat: int | None, there: There | None, *, seats: Collection[int], stored: There
) -> int | None:
    """The seat of whoever led a held session: as given, 0 for nobody; None leaves what is stored.

    `there` is who was there, as far as this log says. Raises SessionError for a seat that is not one of the match's
    and for somebody who was not there. The match is locked; `seats` and `stored` as for checked().
    """
    if seat is None:
        return session.facilitated_by_id
    if seat == 0:
        return None
    present = stored if there is None else there
    if seat not in {session.facilitated_by_id, *seats}:
        raise SessionError("Choose from the people of your group.", field="led")
    if not present.get(seat, True):
        raise SessionError("Whoever led the session was there. Tick them above, or choose somebody else.", field="led")
    return seat


def of(session: Session) -> There:
    """What is stored; empty where nobody said who was there, as before a log."""
    if session.state == Session.State.PLANNED:
        return {}
    return dict(session.attendance.order_by("seat").values_list("seat", "present"))


def keep(session: Session, there: There | None, *, stored: There) -> None:
    """Put it in the place of what is stored; None leaves that. Called with the session locked."""
    if there is None or there == stored:
        return
    session.attendance.all().delete()
    rows = [Attendance(session=session, seat_id=seat, present=present) for seat, present in there.items()]
    Attendance.objects.bulk_create(rows)
