"""What every write about a match does first: take the locks in one order, and look again who may."""

from matching.models import Match, Seat
from participants.models import User
from sessions.errors import NotActive, NotInMatch
from sessions.models import Session


def lock_match(match_id: int, by: User) -> Match:
    """The match, locked, if it is active and `by` is one of its people. Raises NotActive, NotInMatch.

    Locks are taken in the order match, people, session, outbox.
    """
    match = Match.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=match_id)
    mine = Seat.objects.filter(match=match, left_at=None, enrolment__user=by).first()
    if mine is not None and match.state != Match.State.ACTIVE:
        raise NotActive("This match is not active, so nothing can be added to it.")
    if mine is None or mine.answer != Seat.Answer.ACCEPTED:
        raise NotInMatch("You are not in this match.")
    return match


def lock_session(session: Session, by: User) -> Session:
    """The session, locked, with its match, under the rules of lock_match()."""
    match = lock_match(session.match_id, by)
    found = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    found.match = match
    return found
