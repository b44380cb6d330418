"""What every write about a match does first: take the locks in one order, and look again who may."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Locked:
    """A session that nobody else changes until the end of the transaction."""

    session: Session
    # Of the one for whom it was locked.
    mine: Seat
    # Of everybody who has been offered the match and has not left it, as they sit.
    seats: list[Seat]

    @property
    def accepted(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.answer == Seat.Answer.ACCEPTED]


def lock_session(session: Session, by: User) -> Session:
    """The session, locked, with its match, under the rules of lock_match()."""
    return lock_with_people(session.pk, by).session


def lock_with_people(session_id: int, by: User) -> Locked:
    """The same, and who is in its match. Two statements. Raises Session.DoesNotExist too."""
    found = _locked.first(session_id)
    if found is None:
        raise Session.DoesNotExist
    seats = _around(found.match_id)
    for seat in seats:
        seat.match = found.match
    mine = next((seat for seat in seats if seat.enrolment.user_id == by.pk), None)
    return Locked(found, _may_write(found.match, mine), seats)


@prepared
def _locked(session: int) -> QuerySet[Session]:
    # Rows are locked in the order in which they are named here.
    locked = Session.objects.select_for_update(of=("match", "self"))
    return locked.select_related("match__track__program").filter(pk=session)


@prepared
def _around(match: int) -> QuerySet[Seat]:
    return Seat.objects.filter(match=match, left_at=None).select_related("enrolment__user").order_by("pk")


def _may_write(match: Match, mine: Seat | None) -> Seat:
    if mine is not None and match.state != Match.State.ACTIVE:
        raise NotActive("This match is not active, so nothing can be added to it.")
    if mine is None or mine.answer != Seat.Answer.ACCEPTED:
        raise NotInMatch("You are not in this match.")
    return mine
