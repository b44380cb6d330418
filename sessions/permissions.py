"""Who may do what with a match's sessions: its own people, and nobody else."""

from datetime import datetime, timedelta

from matching.models import Match, Seat
from matching.queries import MyMatch
from participants.models import User
from programs.models import Enrolment
from sessions.models import Goal, Session

# A log can be taken back as long as nobody has been asked about the session by mail. That mail leaves at nine the
# next morning in its reader's zone, so never sooner than nine hours after the log.
UNDO = timedelta(hours=8)


def may_open(mine: MyMatch | None) -> bool:
    """Pages of a match are for the people in it who have said yes, from the day it is on until it ends."""
    return mine is not None and _is_open(mine.seat)


def _is_open(seat: Seat) -> bool:
    return seat.answer == Seat.Answer.ACCEPTED and seat.match.state == Match.State.ACTIVE and seat.live


def may_change(goal: Goal, user: User) -> bool:
    return goal.owner_id == user.pk


def may_undo(session: Session, user: User, now: datetime) -> bool:
    logged = session.logged_at if session.before_log is not None else None
    return logged is not None and session.logged_by_id == user.pk and now < logged + UNDO


def may_have_feed(user: User) -> bool:
    """A calendar of one's sessions is for those who take part in a program; it ends when they have left the last."""
    return Enrolment.objects.filter(user=user, state=Enrolment.State.ACTIVE).exists()


def may_follow(seat: Seat, *, cancelled: bool) -> bool:
    """What stands in the calendar of whoever has this seat: sessions of a match they may open, and after its end those
    called off.
    """
    if not cancelled:
        return _is_open(seat)
    is_in = seat.left_at is None and seat.enrolment.state != Enrolment.State.LEFT
    return is_in and seat.answer == Seat.Answer.ACCEPTED
