"""A one-off session on which two people have agreed themselves: a match that is on at once."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from matching.errors import CannotMatch
from matching.models import Match, Proposal, Seat
from matching.queries.between import giver_of, score_between, taker_of
from matching.queries.inputs import ENGINE_VERSION, Inputs, inputs_of, model_of
from matching.queries.standing import MOST_PLACES
from matching.services.answering import begin
from matching.services.gathering import people_key
from matching.services.publishing import take_places
from matching.services.shapes.results import most_of, shares_of
from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.models import Enrolment, Program, Track
from programs.services import start_meeting

# What a proposal is for that holds nothing but sessions people have booked themselves.
BOOKED = "For sessions that people book themselves"


@transaction.atomic
def lock_people(track: Track, enrolments: list[int]) -> list[Enrolment]:
    """The program and these enrolments, locked in the order in which publishing takes them. Raises CannotMatch where
    the program is closed or one of them does not take part any more."""
    program = Program.objects.select_for_update().get(pk=track.program_id)
    if program.state == Program.State.CLOSED:
        raise CannotMatch("The program is closed: nobody is matched in it any more.")
    found = Enrolment.objects.select_for_update(of=("self",)).select_related("user", "track__program")
    people = list(found.filter(pk__in=enrolments, track=track, state=Enrolment.State.ACTIVE).order_by("pk"))
    if len(people) != len(set(enrolments)) or not all(each.user.is_active for each in people):
        raise CannotMatch("One of these people does not take part any more.")
    return people


@transaction.atomic
def book_session(
    *, asker: Enrolment, helper: Enrolment, starts_at: dt.datetime, minutes: int, topic: str, by: User, now: dt.datetime
) -> Match:
    """Make the match of a session that both have said yes to; both are told, and the session is planned.

    The rules are looked at as for a proposal. Raises CannotMatch where they keep the two apart, the helper's month is
    full, or lock_people() does.
    """
    lock_people(asker.track, [asker.pk, helper.pk])
    track = asker.track
    inputs = inputs_of(track, now=now)
    score = score_between(inputs, asker.pk, helper.pk)
    if score is None:
        raise CannotMatch("These two cannot be matched by the rules of this program.")
    _start_program(track, by, now)
    match = Match.objects.create(
        track=track,
        proposal=_proposal_of(track, inputs, now),
        state=Match.State.OFFERED,
        score=score,
        starts_at=starts_at,
        minutes=minutes,
        topic=topic,
        created_at=now,
        offered_at=now,
        answer_until=starts_at,
        **_why(inputs, asker, helper),
    )
    _seat(match, asker, helper, now)
    begin(match, list(match.seats.select_related("enrolment__user").order_by("pk")), now)
    record(by=by, verb="session booked", now=now, program_id=track.program_id, subject=match)
    return match


def _why(inputs: Inputs, asker: Enrolment, helper: Enrolment) -> dict[str, object]:
    taker, giver = taker_of(inputs, asker.pk), giver_of(inputs, helper.pk)
    if taker is None or giver is None:
        raise CannotMatch("One of these people does not take part any more.")
    return {"shares": shares_of(inputs, taker, giver), "most": most_of(inputs, taker, giver)}


def _seat(match: Match, asker: Enrolment, helper: Enrolment, now: dt.datetime) -> None:
    told = {"match": match, "answer": Seat.Answer.ACCEPTED, "answered_at": now}
    # Who asks may have several sessions to come, each with somebody else.
    taken = set(Seat.objects.filter(enrolment=asker, live=True).values_list("place", flat=True))
    place = next((each for each in range(1, MOST_PLACES + 1) if each not in taken), None)
    if place is None:
        raise CannotMatch("There are too many sessions to come already.")
    Seat.objects.create(enrolment=asker, role=asker.role, live=True, place=place, places=MOST_PLACES, **told)
    given = Seat.objects.create(enrolment=helper, role=helper.role, **told)
    take_places(match.proposal, [(given, match)])
    match.people_key = people_key(match.seats.all())
    match.save(update_fields=["people_key"])


def _proposal_of(track: Track, inputs: Inputs, now: dt.datetime) -> Proposal:
    """The track's published proposal; where nothing was proposed yet, one that holds only what people book."""
    published = Proposal.objects.filter(track=track, state=Proposal.State.PUBLISHED).select_related("track__program")
    found = published.first()
    if found is not None:
        return found
    last = Proposal.objects.filter(program=track.program_id).aggregate(last=Max("number"))["last"] or 0
    return Proposal.objects.create(
        program_id=track.program_id,
        track=track,
        number=last + 1,
        state=Proposal.State.PUBLISHED,
        objective=inputs.objective,
        engine_version=ENGINE_VERSION,
        model_version=str(model_of(track).version),
        step=BOOKED,
        progress=100,
        created_at=now,
        published_at=now,
    )


def _start_program(track: Track, by: User, now: dt.datetime) -> None:
    try:
        start_meeting(program=track.program, by=by, now=now)
    except ProgramError as error:
        raise CannotMatch("The program is closed: nobody is matched in it any more.") from error
