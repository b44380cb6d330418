"""A track whose sessions are booked one by one, with an ask, a time that is free, and a session two weeks ago."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from matching.models import Match, Seat
from participants.models import User
from programs.models import Program, Role
from sessions.models import SlotReview
from sessions.services import slots
from tests.factories.matching import MatchFactory
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory


def book_sessions(
    *, program: Program, mentor: User, mentee: User, later: dt.datetime, canary: Callable[[str], str]
) -> dict[str, Any]:
    """What addresses are made of. The question of the one who asks is a canary."""
    track = TrackFactory.create(program=program, slug="quick", name="Quick", model="flash", capacity=8)
    expert, asker = (
        EnrolmentFactory.create(track=track, user=user, role=role)
        for user, role in ((mentor, Role.MENTOR), (mentee, Role.MENTEE))
    )
    somebody = EnrolmentFactory.create(track=track, role=Role.MENTEE)
    wall = dt.datetime(2027, 3, 22, 9)
    told: dict[str, Any] = {"enrolment": expert, "zone": "Europe/Berlin", "by": mentor, "now": NOW}
    asked, before = (slots.offer_slot(starts=wall + dt.timedelta(hours=n), **told) for n in (1, 2))
    # The mentor and the mentee of the pair have ended a match, so that they are not listed to each other any more.
    other = EnrolmentFactory.create(track=track, role=Role.MENTOR)
    free = slots.offer_slot(**{**told, "enrolment": other, "by": other.user, "starts": wall})
    waiting = slots.ask_for_slot(
        slot=asked,
        asker=somebody,
        topic="",
        question=canary("question" + program.slug),
        by=somebody.user,
        now=later,
    )
    declined = slots.ask_for_slot(slot=before, asker=asker, topic="", question="Which one?", by=mentee, now=NOW)
    slots.answer_slot_ask(ask=declined, accept=False, by=mentor, now=NOW)
    match = _over(track=track, people=(expert, asker))
    reviews = [SlotReview.objects.create(match=match, user=user, created_at=later) for user in (mentee, mentor)]
    return {
        "expert_desk": expert.pk,
        "asker_desk": asker.pk,
        "free_slot": free.pk,
        "slot_ask": waiting.pk,
        "back": {"back": declined.pk},
        "review": reviews[0].pk,
        "settle": {"do": f"settle:{match.pk}"},
    }


def _over(*, track: Any, people: tuple[Any, ...]) -> Match:
    start = NOW - dt.timedelta(days=5)
    match = MatchFactory.create(
        track=track, state="ended", end_reason="done", starts_at=start, minutes=30, activated_at=start,
        ended_at=start + dt.timedelta(days=14),
    )  # fmt: skip
    match.proposal.state = "replaced"
    match.proposal.save()
    for each in people:
        Seat.objects.create(match=match, enrolment=each, role=each.role, answer="accepted", answered_at=start)
    return match
