"""What people of two other models work with: a co-mentoring pair with an agreement, topics and steps, and a pod."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from matching.models import Match, Seat
from participants.models import User
from programs.models import Program, Role
from sessions.mails import session_path
from sessions.models import Session
from sessions.queries.agreements import proposed_parts
from sessions.services import agreements, curriculum, preparing, steps
from tests.factories.matching import MatchFactory, SeatFactory
from tests.factories.programs import EnrolmentFactory
from tests.factories.sessions import SessionFactory

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Together:
    """A pair and a pod of the same reader, with the pair's sessions: counted, not counted, and soon."""

    reader: User
    swap: Match
    pod: Match
    counted: Session
    held: Session
    soon: Session


def tell(program: Program, reader: User, dana: User, now: dt.datetime) -> Together:
    swap = _match(program, "co_mentoring", reader, ("Inés",), now)
    pod = _match(program, "pod", reader, ("Kofi", "Linh", "Maren"), now)
    ines = swap.seats.exclude(enrolment__user=reader).get().enrolment.user
    _agree(swap, reader, ines, now)
    topics = {
        "gives": "Reading a budget without fear",
        "wants": "Speaking in front of thirty people, without a script",
    }
    preparing.write_preparation(match=swap, words=topics, version=0, by=ines, now=now)
    _steps(swap, reader, ines, now)
    counted = SessionFactory.create(match=swap, held=True, starts_at=now - 40 * DAY, logged_by=ines)
    preparing.log_given(session=counted, minutes={reader.pk: 30, ines.pk: 15}, by=ines, now=now)
    held = SessionFactory.create(match=swap, held=True, starts_at=now - 15 * DAY, logged_by=reader, logged_at=now)
    soon = SessionFactory.create(match=swap, starts_at=now + 2 * DAY)
    weeks = curriculum.start_curriculum(track=pod.track, by=dana, now=now)
    SessionFactory.create(match=pod, held=True, starts_at=now - 6 * DAY)
    for seat in pod.seats.exclude(enrolment__user=reader)[:2]:
        curriculum.deliver(match=pod, week=weeks[1], done=True, by=seat.enrolment.user, now=now)
    return Together(reader, swap, pod, counted, held, soon)


def _match(program: Program, model: str, reader: User, names: tuple[str, ...], now: dt.datetime) -> Match:
    track = program.tracks.get(model=model)
    since = now - 60 * DAY
    on = {"state": "active", "offered_at": since, "activated_at": since, "proposal__state": "replaced"}
    match: Match = MatchFactory.create(track=track, **on)
    people = [EnrolmentFactory.create(track=track, user=reader, role=Role.PEER)]
    people += [EnrolmentFactory.create(track=track, role=Role.PEER, user__first_name=name) for name in names]
    for each in people:
        SeatFactory.create(match=match, enrolment=each, answer=Seat.Answer.ACCEPTED, answered_at=now, live=True)
    return match


def _agree(swap: Match, reader: User, ines: User, now: dt.datetime) -> None:
    """Signed by both, then changed by one of them."""
    for user in (ines, reader):
        agreements.sign_agreement(match=swap, version=0, by=user, now=now - 50 * DAY)
    words = {**proposed_parts(swap), "channel": "In the canteen on even weeks, and by video otherwise."}
    ends_on = swap.track.program.ends_on
    agreements.change_agreement(match=swap, parts=words, ends_on=ends_on, version=1, by=ines, now=now - DAY)


def _steps(swap: Match, reader: User, ines: User, now: dt.datetime) -> None:
    for text, owner, days in (
        ("Send Inés the budget of last year", reader, -1),
        ("Speak first in one team meeting, and write down what happened", ines, 6),
        ("Find a room that is free on Thursdays", reader, None),
    ):
        due = None if days is None else now.date() + days * DAY
        found = steps.add_step(
            match=swap, text=text, owner_id=owner.pk, due_on=due, goal=None, by=ines, now=now - 3 * DAY
        )
    steps.tick_step(step=found, done=True, by=reader, now=now)


def members_pages(told: Together) -> list[tuple[str, str]]:
    swap, pod = {"match_id": told.swap.pk}, {"match_id": told.pod.pk}
    return [
        ("sessions:match swap", reverse("sessions:match", kwargs=swap)),
        ("sessions:agreement changed", reverse("sessions:agreement", kwargs=swap)),
        ("sessions:agreement_version", reverse("sessions:agreement_version", kwargs={**swap, "version": 1})),
        ("sessions:preparation", reverse("sessions:preparation", kwargs=swap)),
        ("sessions:steps some", reverse("sessions:steps", kwargs=swap)),
        ("sessions:session counted", reverse("sessions:session", kwargs={"session_id": told.counted.pk})),
        ("sessions:session not counted", reverse("sessions:session", kwargs={"session_id": told.held.pk})),
        ("sessions:session in halves", reverse("sessions:session", kwargs={"session_id": told.soon.pk})),
        ("sessions:given", reverse("sessions:given", kwargs={"session_id": told.held.pk})),
        ("sessions:match pod", reverse("sessions:match", kwargs=pod)),
        ("sessions:weeks", reverse("sessions:weeks", kwargs=pod)),
    ]


def link_pages(told: Together, now: dt.datetime) -> list[tuple[str, str]]:
    return [("session_links:saved giving", session_path(told.held, told.reader, now=now) + "saved/")]


def coordinators_pages(told: Together) -> list[tuple[str, str]]:
    track = told.pod.track
    at = {"slug": track.program.slug, "track": track.slug}
    return [
        ("curriculum:weeks", reverse("curriculum:weeks", kwargs=at)),
        ("curriculum:week", reverse("curriculum:week", kwargs={**at, "number": 2})),
    ]
