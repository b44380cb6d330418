"""What the pair of a program works with: an agreement, next steps, and a match of two other models."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from matching.models import Match, Seat
from participants.models import User
from programs.models import Program, Role
from sessions import services as sessions
from sessions.models import Week
from sessions.queries.agreements import proposed_parts
from sessions.services import agreements, curriculum, preparing, steps
from tests.factories.matching import MatchFactory
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory


def work_together(
    *, program: Program, match: Match, mentor: User, mentee: User, coordinator: User, canary: Callable[[str], str]
) -> dict[str, Any]:
    """What addresses are made of. The words of each are a canary: for the agreement, a step, and a topic."""
    words = {"goals": canary("agreement" + program.slug)}
    parts = {**proposed_parts(match), **words}
    agreements.change_agreement(match=match, parts=parts, ends_on=program.ends_on, version=0, by=mentor, now=NOW)
    step = steps.add_step(
        match=match,
        text=canary("step" + program.slug),
        owner_id=mentor.pk,
        due_on=None,
        goal=None,
        by=mentee,
        now=NOW,
    )
    swap = _peers(program, "co_mentoring", "swap", mentor, mentee)
    topics = {"gives": canary("topic" + program.slug), "wants": "Sums"}
    preparing.write_preparation(match=swap, words=topics, version=0, by=mentor, now=NOW)
    held = sessions.log_unplanned_session(
        match=swap,
        starts=dt.datetime(2027, 3, 2, 8, 0),
        zone="Europe/Berlin",
        minutes=60,
        channel="video",
        by=mentor,
        now=NOW + dt.timedelta(days=9),
    )
    pod = _peers(program, "pod", "pod", mentor, mentee)
    curriculum.start_curriculum(track=pod.track, by=coordinator, now=NOW)
    return {
        "step": step.pk,
        "mentor_pk": mentor.pk,
        "swap_match": swap.pk,
        "swap_session": held.pk,
        "swap_given": {f"given_{mentor.pk}": 30, f"given_{mentee.pk}": 30},
        "pod_match": pod.pk,
        "week_seen": Week.objects.get(track=pod.track, number=1).stamp,
        "agreement_parts": {**parts, "ends_on": program.ends_on.isoformat(), "version": 1},
    }


def _peers(program: Program, model: str, slug: str, *people: User) -> Match:
    track = TrackFactory.create(program=program, slug=slug, name=slug.title(), model=model)
    match = MatchFactory.create(track=track, state="active", offered_at=NOW, activated_at=NOW)
    match.proposal.state = "replaced"
    match.proposal.save()
    for user in people:
        enrolment = EnrolmentFactory.create(track=track, user=user, role=Role.PEER)
        told = {"answer": "accepted", "answered_at": NOW, "live": True, "place": 1, "places": 1}
        Seat.objects.create(match=match, enrolment=enrolment, role=Role.PEER, **told)
    return match
