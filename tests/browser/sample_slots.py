"""A program of single sessions with something in every state that a page can show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from matching.models import Match, Seat
from participants.models import User
from programs.models import Program, Role
from programs.services import start_meeting
from sessions.models import SlotReview
from sessions.services import slots
from sessions.slot_mails import review_path, slot_path
from tests.factories.matching import MatchFactory
from tests.factories.programs import EnrolmentFactory

DAY = dt.timedelta(days=1)
Pages = list[tuple[str, str]]
TOPICS = ["Budgets and how to defend them", "A first team"]


@dataclass
class Booked:
    links: Pages
    members: Pages
    coordinators: Pages


def book(program: Program, member: User, by: User, now: dt.datetime) -> Booked:
    """`member` is an expert and asks others themselves; `by` coordinates."""
    start_meeting(program=program, by=by, now=now)
    track = program.tracks.get()
    # What the model's own rules look at: the expert knows the topic, in a language both speak.
    skill = program.fields.get(slug="skills-wanted").options[0]
    knows = {"skills-wanted": {skill: 1}, "skills-offered": {skill: 3}, "language": ["English"]}
    told: dict[str, Any] = {"joined_at": now, "answers": knows}
    expert = EnrolmentFactory.create(track=track, user=member, role=Role.MENTOR, **told)
    asks = EnrolmentFactory.create(track=track, user=member, role=Role.MENTEE, **told)
    ines = EnrolmentFactory.create(
        track=track, role=Role.MENTOR, user__first_name="Ines", user__last_name="Roth", **told
    )
    tom = EnrolmentFactory.create(track=track, role=Role.MENTEE, user__first_name="Tom", user__last_name="Berg", **told)
    day = dt.datetime.combine((now + 8 * DAY).date(), dt.time(14))
    mine = [_offer(expert, day + number * DAY, now) for number in range(3)]
    theirs = [_offer(ines, day + number * DAY + dt.timedelta(hours=2), now) for number in range(3)]
    asked = slots.ask_for_slot(
        slot=mine[0],
        asker=tom,
        topic=TOPICS[0],
        question="I have to present my first budget in May. What do people look at first, and what can I leave out?",
        by=tom.user,
        now=now,
    )
    reviews = [_review(track, (tom, expert), now, answered=False), _review(track, (asks, ines), now, answered=True)]
    desk, place = {"enrolment_id": expert.pk}, {"enrolment_id": asks.pk}
    mine_to_say = next(each for each in reviews[0] if each.user_id == member.pk)
    return Booked(
        links=[
            ("session_links:slot", slot_path(asked, member, now=now)),
            ("session_links:review", review_path(mine_to_say, member, now=now)),
            ("session_links:review asker", review_path(reviews[0][0], tom.user, now=now)),
            ("session_links:review said", review_path(reviews[1][0], member, now=now)),
        ],
        members=[
            ("sessions:slots", reverse("sessions:slots", kwargs=desk)),
            ("sessions:book", reverse("sessions:book", kwargs=place)),
            ("sessions:ask_slot", reverse("sessions:ask_slot", kwargs={**place, "slot_id": theirs[0].pk})),
        ],
        coordinators=[("curriculum:bookings", reverse("curriculum:bookings", kwargs={"slug": program.slug}))],
    )


def _offer(expert: Any, wall: dt.datetime, now: dt.datetime) -> Any:
    return slots.offer_slot(enrolment=expert, starts=wall, zone="Europe/Berlin", topics=TOPICS, by=expert.user, now=now)


def _review(track: Any, people: tuple[Any, Any], now: dt.datetime, *, answered: bool) -> list[SlotReview]:
    """A session fifteen days ago; where it is answered, both want to go on."""
    start = now - 15 * DAY
    match: Match = MatchFactory.create(
        track=track, state="ended", end_reason="done", starts_at=start, minutes=30, activated_at=start,
        ended_at=now - DAY, created_at=start,
    )  # fmt: skip
    match.proposal.state = "replaced"
    match.proposal.save()
    said: dict[str, Any] = {"goes_on": True, "answered_at": now} if answered else {}
    for each in people:
        Seat.objects.create(match=match, enrolment=each, role=each.role, answer="accepted", answered_at=start)
    return [SlotReview.objects.create(match=match, user=each.user, created_at=now, **said) for each in people]
