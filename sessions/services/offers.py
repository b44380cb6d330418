"""Times put to the others of a match: whoever chooses one first plans the session."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mail.services import Draft, cancel, enqueue_many
from matching.models import Match
from participants.models import User
from participants.services import record
from sessions import planning, timing
from sessions.errors import NotInMatch, SessionError, TooLate
from sessions.models import Session, TimeOffer
from sessions.services.guards import lock_match
from sessions.services.scheduling import check_facts, check_free, check_to_come, checked_moment, plan_session

MOST = 3
# Nobody waits longer than this for an answer.
OPEN_FOR = timedelta(days=5)
State = TimeOffer.State


@transaction.atomic
def offer_times(
    *,
    match: Match,
    starts: Sequence[datetime],
    zone: str,
    minutes: int,
    channel: str,
    by: User,
    now: datetime,
    place: str = "",
) -> TimeOffer:
    """Put one to three wall times of `zone` to the others, who are told by mail; an earlier offer is replaced.

    The same times by the same person again give the offer that stands. It is open for five days, and no longer than
    there is a time to choose. Raises as plan_session(), also where one of the times is taken already.
    """
    locked = lock_match(match.pk, by)
    moments = sorted({checked_moment(each, zone) for each in starts}, key=lambda each: each.at)
    if not 1 <= len(moments) <= MOST:
        raise SessionError(f"Choose one to {MOST} times.", field="times")
    check_facts(minutes, channel, place)
    people = planning.members_of(locked.pk)
    for moment in moments:
        check_to_come(moment.at, now)
        check_free(locked, people, moment.at, moment.at + timedelta(minutes=minutes))
    walls = [each.wall.strftime(timing.WALL) for each in moments]
    standing = TimeOffer.objects.select_for_update().filter(match=locked, state=State.OPEN).first()
    if standing and standing.expires_at > now and (standing.by_id, standing.walls) == (by.pk, walls):
        return standing
    if standing:
        _settle(standing, State.REPLACED, now)
    offer = TimeOffer.objects.create(
        match=locked,
        by=by,
        walls=walls,
        zone=zone,
        minutes=minutes,
        channel=channel,
        place=place,
        created_at=now,
        expires_at=min(now + OPEN_FOR, moments[-1].at),
    )
    enqueue_many([_draft(offer, user) for user in people if user.pk != by.pk], now=now)
    record(by=by, verb="times offered", now=now, program_id=locked.track.program_id, subject=offer, match=locked.pk)
    return offer


@transaction.atomic
def choose_time(*, offer: TimeOffer, at: datetime, by: User, now: datetime) -> Session:
    """Take one of the times: the session is planned, and everybody gets it. Choosing it twice gives the same session.

    Raises TooLate when the offer is over, was replaced, or became another session; NotInMatch for whoever made it;
    TimeTaken if somebody has something else then by now, after which the other times stand; NotActive.
    """
    locked = lock_match(offer.match_id, by)
    found = TimeOffer.objects.select_for_update(of=("self",)).select_related("session").get(pk=offer.pk)
    chosen = found.session
    if found.state == State.CHOSEN and chosen is not None and chosen.starts_at == at:
        return chosen
    if found.by_id == by.pk:
        raise NotInMatch("These times are for the others to choose from.")
    if found.state != State.OPEN or found.expires_at <= now:
        raise TooLate("These times are not open any more.")
    moment = next((each for each in _moments(found) if each.at == at), None)
    if moment is None:
        raise SessionError("Choose one of the times.", field="times")
    session = plan_session(
        match=locked,
        starts=moment.wall,
        zone=found.zone,
        minutes=found.minutes,
        channel=found.channel,
        place=found.place,
        by=by,
        now=now,
    )
    found.session = session
    _settle(found, State.CHOSEN, now)
    return session


def _moments(offer: TimeOffer) -> list[timing.Moment]:
    return [timing.from_text(wall, offer.zone) for wall in offer.walls]


def _settle(offer: TimeOffer, state: TimeOffer.State, now: datetime) -> None:
    offer.state = state
    offer.save(update_fields=["state", "session"])
    cancel(subject_type=planning.OFFER_SUBJECT, subject_id=offer.pk, now=now)


def _draft(offer: TimeOffer, user: User) -> Draft:
    return Draft(
        kind=planning.OFFER,
        subject_type=planning.OFFER_SUBJECT,
        subject_id=offer.pk,
        sequence=0,
        recipient_id=user.pk,
        not_before=offer.created_at,
        expires_at=offer.expires_at,
        program_id=offer.match.track.program_id,
    )
