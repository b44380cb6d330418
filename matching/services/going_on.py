"""Going on with the same people after a planned end: only where all of them would, each asked by themselves.

Nobody learns what somebody has said, coordinators included, before everybody has said yes; a no looks like no answer.
Then their new match begins at once, in the same track. Where something stands against that, they and their
coordinators are told, and a coordinator makes it or says why not.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from mail.services import enqueue
from matching.errors import CannotMatch, MatchingError, MatchOver
from matching.models import GoesOn, Match, Proposal, Seat
from matching.queries.going_on import all_wish, may_be_asked, obstacle_to, open_until, seats_of, today
from matching.services.answering import begin
from matching.services.gathering import NEWS, by_day, people_key
from matching.services.parting import locked_match
from matching.services.publishing import take_places
from participants.models import User
from participants.services import record
from programs.models import Coordinator, Enrolment, Program, Track

GOES_ON, ASKED = "match-goes-on", "going-on-asked"
SUBJECT = "match.going-on"
"""What these messages are about: for coordinators the match that ended, for its people their seat in it."""


@transaction.atomic
def say_going_on(*, seat: Seat, wishes: bool, by: User, now: dt.datetime, with_goals: bool = False) -> Match | None:
    """Say whether the person in this seat would go on, and with their goals; it can be changed until all would.

    Returns the match that begins where they were the last to say yes. Raises MatchOver where it is not asked, or not
    any more.
    """
    match = _hold(seat.match_id)
    seats = seats_of(match)
    if seat.pk not in [each.pk for each in seats] or not may_be_asked(match, seats) or now >= open_until(match):
        raise MatchOver("Whether you would go on is not asked any more.")
    if all_wish(seats):
        raise MatchOver("All of you have said that you would go on.")
    said = {"wishes": wishes, "with_goals": wishes and with_goals, "at": now}
    GoesOn.objects.update_or_create(seat=seat, defaults=said)
    # Without the program, whose history coordinators read: whether somebody would is theirs.
    record(by=by, verb="going on answered", now=now, subject=match)
    return _all_would(match, now) if all_wish(seats_of(match)) else None


@transaction.atomic
def continue_match(*, match: Match, by: User, now: dt.datetime, ends_on: dt.date | None = None) -> Match:
    """Make the new match of people who all would go on, with a last day of its own if one is given.

    Twice is once. Raises MatchOver where they do not all wish to, MatchingError for a day that is over, CannotMatch
    with what stands against it.
    """
    found = _hold(match.pk)
    following = Match.objects.filter(continues=found).first()
    if following is not None:
        return following
    seats = seats_of(found)
    if found.end_reason != Match.EndReason.FINISHED or len(seats) < 2 or not all_wish(seats):
        raise MatchOver("These people have not all said that they would go on.")
    if ends_on is not None and ends_on < today(found, now):
        raise MatchingError("Choose a day that is not over.", field="ends_on")
    obstacle = obstacle_to(found, seats, now, ends_on=ends_on)
    if obstacle is not None:
        raise CannotMatch(obstacle.words)
    fresh = _make(found, seats, ends_on, now)
    record(by=by, verb="match continued", now=now, program_id=found.track.program_id, subject=fresh)
    return fresh


@transaction.atomic
def settle_wish(*, match: Match, by: User, now: dt.datetime) -> None:
    """Take people who all would go on off the coordinator's list. Twice is once. Raises as continue_match()."""
    found = locked_match(match.pk)
    seats = seats_of(found)
    if len(seats) < 2 or not all_wish(seats):
        raise MatchOver("These people have not all said that they would go on.")
    if GoesOn.objects.filter(seat__in=seats, settled_at=None).update(settled_at=now):
        record(by=by, verb="going on seen to", now=now, program_id=found.track.program_id, subject=found)


def _hold(match_id: int) -> Match:
    """The match, locked after its program and its people, as publishing takes them."""
    track = Track.objects.get(matches=match_id)
    Program.objects.select_for_update().get(pk=track.program_id)
    people = list(Seat.objects.filter(match=match_id).values_list("enrolment", flat=True))
    list(Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk"))
    return locked_match(match_id)


def _all_would(match: Match, now: dt.datetime) -> Match | None:
    seats = seats_of(match)
    fresh = None
    if obstacle_to(match, seats, now) is None:
        fresh = _make(match, seats, _last_day(match, now), now)
        record(by=None, verb="match continued", now=now, program_id=match.track.program_id, subject=fresh)
    else:
        for seat in seats:
            _tell(ASKED, seat.pk, seat.enrolment.user, match, now)
        record(by=None, verb="going on wished by all", now=now, program_id=match.track.program_id, subject=match)
    in_it = [seat.enrolment.user_id for seat in seats]
    told = Coordinator.objects.filter(program=match.track.program_id).exclude(user__in=in_it).select_related("user")
    for coordinator in told:
        _tell(GOES_ON, match.pk, coordinator.user, match, now)
    return fresh


def _last_day(match: Match, now: dt.datetime) -> dt.date | None:
    """As long again as it was, and no longer than the program, whose last day is said by None."""
    began, ended = match.activated_at or match.created_at, match.ended_at or now
    day = today(match, now) + max(ended - began, dt.timedelta(days=match.track.cadence_days))
    return day if day < match.track.program.ends_on else None


def _make(match: Match, seats: Sequence[Seat], ends_on: dt.date | None, now: dt.datetime) -> Match:
    """The same people in the same places once more; why they fit is what it was."""
    published = Proposal.objects.filter(track=match.track_id, state=Proposal.State.PUBLISHED)
    proposal = published.select_related("track__program").first() or match.proposal
    fresh = Match.objects.create(
        track=match.track,
        proposal=proposal,
        state=Match.State.OFFERED,
        number=match.number,
        score=match.score,
        most=match.most,
        shares=match.shares,
        people_key=people_key(seats),
        created_at=now,
        offered_at=now,
        answer_until=now,
        ends_on=ends_on,
        continues=match,
    )
    said = {"match": fresh, "answer": Seat.Answer.ACCEPTED, "answered_at": now}
    for seat in seats:
        Seat.objects.create(enrolment=seat.enrolment, role=seat.role, part=seat.part, **said)
    Seat.objects.filter(enrolment__in=[seat.enrolment_id for seat in seats], rests=True).update(rests=False)
    chairs = list(fresh.seats.select_related("enrolment__user").order_by("pk"))
    take_places(proposal, [(chair, fresh) for chair in chairs])
    begin(fresh, chairs, now)
    return fresh


def _tell(kind: str, subject: int, reader: User, match: Match, now: dt.datetime) -> None:
    enqueue(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=subject,
        recipient=reader,
        not_before=by_day(now, reader.timezone, now + NEWS),
        expires_at=now + NEWS,
        program_id=match.track.program_id,
        now=now,
    )
