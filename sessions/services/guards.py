"""What every write about a match does first: take the locks in one order, and look again who may."""

from django.db.models import QuerySet

from mail.prepared import prepared
from matching.models import Match, Seat
from participants.models import User
from sessions.errors import NotActive, NotInMatch
from sessions.models import Session


def lock_match(match_id: int, by: User) -> Match:
    """The match, locked, if it is active and `by` is one of its people. Raises NotActive, NotInMatch.

    Locks are taken in the order match, people, session, outbox.
    """
    match = Match.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=match_id)
    _may_write(match, Seat.objects.filter(match=match, left_at=None, enrolment__user=by).first())
    return match


def lock_session(session: Session, by: User) -> Session:
    """The session, locked, with its match, under the rules of lock_match()."""
    return _lock(session, by, with_program=True)[0]


def lock_with_people(session: Session, by: User) -> tuple[Session, list[Seat]]:
    """The same, without the program, and the seats of those who are in the match, as they sit. Two statements."""
    return _lock(session, by, with_program=False)


def _lock(session: Session, by: User, *, with_program: bool) -> tuple[Session, list[Seat]]:
    found = _locked.first(session.pk, with_program=with_program)
    if found is None:
        raise Session.DoesNotExist
    seats = _around(found.match_id)
    _may_write(found.match, next((seat for seat in seats if seat.enrolment.user_id == by.pk), None))
    return found, [seat for seat in seats if seat.answer == Seat.Answer.ACCEPTED]


@prepared
def _locked(session: int, *, with_program: bool) -> QuerySet[Session]:
    # Rows are locked in the order in which they are named here.
    locked = Session.objects.select_for_update(of=("match", "self"))
    return locked.select_related("match__track__program" if with_program else "match__track").filter(pk=session)


@prepared
def _around(match: int) -> QuerySet[Seat]:
    return Seat.objects.filter(match=match, left_at=None).select_related("enrolment__user").order_by("pk")


def _may_write(match: Match, mine: Seat | None) -> None:
    if mine is not None and match.state != Match.State.ACTIVE:
        raise NotActive("This match is not active, so nothing can be added to it.")
    if mine is None or mine.answer != Seat.Answer.ACCEPTED:
        raise NotInMatch("You are not in this match.")
