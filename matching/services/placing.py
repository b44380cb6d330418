"""One more place for a mentor, and the matching run again with it."""

import datetime as dt

from django.db import transaction

from matching.errors import MatchingError
from matching.models import Proposal
from matching.queries.inputs import model_of
from matching.queries.standing import default_places, places_of
from matching.services.proposing import start_proposal
from participants.models import User
from programs.errors import ProgramError
from programs.models import Enrolment, Role
from programs.services import change_enrolment

MOST_PLACES = 50


@transaction.atomic
def one_more_place(*, proposal: Proposal, mentor: Enrolment, places: int, by: User, now: dt.datetime) -> Proposal:
    """Give a mentor so many places and start a run over it; the locked pairs of the proposal stay.

    `places` is one more than the mentor has: pressing twice gives one place, not two. Raises MatchingError where the
    mentor has another number by now or may have no more, and as start_proposal does.
    """
    locked = Enrolment.objects.select_for_update().get(pk=mentor.pk, track=proposal.track_id, role=Role.MENTOR)
    model = model_of(proposal.track)
    present = places_of(locked, model, default_places(proposal.track, model, proposal.capacity))
    if places != present + 1 or places > MOST_PLACES:
        raise MatchingError(f"{mentor.user.name} has {present} places now. Look at the ways out again.")
    try:
        change_enrolment(enrolment=locked, answers=locked.answers, capacity=places, by=by, now=now)
    except ProgramError as error:
        raise MatchingError(f"The places of {mentor.user.name} cannot be changed: {error}") from error
    return start_proposal(
        track=proposal.track,
        capacity=proposal.capacity,
        objective=proposal.objective,
        based_on=proposal,
        by=by,
        now=now,
    )
