"""Eleven weeks in the life of the sample program, told through the same services that real ones use."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from matching import services as matching
from matching.models import Match, Proposal, Seat
from mentorship.sample.finished import tell_finished
from mentorship.sample.people import Invented, invent
from mentorship.sample.year import tell_year
from participants.models import RoleGrant, User
from participants.services import ensure_account, grant_role
from programs import services as programs
from programs.catalogue import registry
from programs.models import Program, Role, Track
from sessions import services as sessions
from sessions.models import Session
from sessions.services.steps import add_step, tick_step
from surveys import services as surveys
from surveys.models import Invitation, Survey

NAME = "Spring mentoring"
ZONE = "Europe/Berlin"
WEEK = dt.timedelta(weeks=1)
DAY = dt.timedelta(days=1)
AGE, LENGTH = 11 * WEEK, 26 * WEEK
PEOPLE = {"mentor": 12, "mentee": 18, "peer": 10}
LATE = 2
COORDINATOR = ("Dana", "Ibrahim", "dana@example.org")
ADMIN = ("Ada", "Lindqvist", "ada@example.org")
# How matches fare, dealt out in turn: most keep their rhythm.
FATES = ("steady", "steady", "steady", "quiet", "steady", "steady", "slow", "steady", "no_shows", "steady", "never")
# Most people meet in the middle of the week.
WEEKDAYS = (0, 1, 1, 1, 2, 3, 3, 3, 4)


@dataclass(frozen=True)
class Account:
    role: str
    email: str
    password: str


@dataclass
class Story:
    """The program as it grows; `rng` makes every telling the same."""

    program: Program
    dana: User
    now: dt.datetime
    began: dt.datetime
    rng: Random = field(default_factory=lambda: Random(11))  # noqa: S311  a story, not a secret


@transaction.atomic
def tell(*, now: dt.datetime, year: bool = False) -> list[Account]:
    """Make the sample program unless it is there, and give its people new passwords to sign in with.

    With `year` a finished year goes with it: six programs, all models, about a thousand people.
    Returns the accounts: a coordinator, an admin and a mentor. Everything in it is invented.
    """
    # The account comes before the look: of two who tell it at once, the second waits here until the first is done.
    _account(*COORDINATOR)
    sample = Program.objects.filter(is_sample=True).first()
    if sample is None:
        sample = _live(_begin(now))
        dana = User.objects.get(email=COORDINATOR[2])
        tell_finished(dana=dana, now=now, zone=ZONE)
        if year:
            tell_year(dana=dana, now=now, zone=ZONE)
    mentor = Seat.objects.filter(match__track__program=sample, role=Role.MENTOR, match__state=Match.State.ACTIVE)
    cast = [("Coordinator", COORDINATOR[2]), ("Admin", ADMIN[2])]
    cast += [
        ("Mentor", seat.enrolment.user.email) for seat in mentor.select_related("enrolment__user").order_by("pk")[:1]
    ]
    return [_with_password(role, email) for role, email in cast]


def _with_password(role: str, email: str) -> Account:
    """A new random one each time: a known one would be a door into an installation that is more than a demo."""
    user, password = User.objects.get(email=email), secrets.token_urlsafe(9)
    user.set_password(password)
    user.save(update_fields=["password"])
    return Account(role, email, password)


def _begin(now: dt.datetime) -> Story:
    today = now.astimezone(ZoneInfo(ZONE)).date()
    start = today - AGE - dt.timedelta(days=(today - AGE).weekday())
    began = dt.datetime.combine(start, dt.time(8), ZoneInfo(ZONE)).astimezone(dt.UTC)
    dana = _account(*COORDINATOR)
    grant_role(user=dana, role=RoleGrant.Role.COORDINATOR, by=None, now=began)
    grant_role(user=_account(*ADMIN), role=RoleGrant.Role.ADMIN, by=None, now=began)
    basics = programs.Basics(
        NAME,
        start,
        start + LENGTH,
        timezone=ZONE,
        description="A mentor two levels ahead, or a peer on your own level, for half a year.",
        contact_name=dana.name,
        contact_email=dana.email,
    )
    program = programs.create_program(basics=basics, models=["traditional", "peer"], by=dana, now=began - 3 * WEEK)
    program.is_sample = True
    program.save(update_fields=["is_sample"])
    return Story(program, dana, now, began)


def _account(first_name: str, last_name: str, email: str, zone: str = ZONE) -> User:
    return ensure_account(email=email, first_name=first_name, last_name=last_name, timezone=zone)[0]


def _live(story: Story) -> Program:
    tracks = {track.model: track for track in story.program.tracks.all()}
    people = invent({**PEOPLE, "mentee": PEOPLE["mentee"] + LATE})
    late = [person for person in people if person.role == Role.MENTEE][-LATE:]
    for person in people:
        if person not in late:
            _enrol(tracks, person, story.began - 2 * WEEK)
    for track in tracks.values():
        _match(track, story)
    active = Match.objects.filter(track__program=story.program, state=Match.State.ACTIVE).order_by("pk")
    for number, match in enumerate(active.select_related("track")):
        _meet(story, match, FATES[number % len(FATES)])
        _set_goals(story, match)
        if number % 6:  # in each sixth nobody writes down what comes next
            _note_steps(story, match)
    for survey in Survey.objects.filter(program=story.program):
        surveys.publish_figures(survey=survey, now=story.now)
    for person in late:
        _enrol(tracks, person, story.now - 3 * DAY)
    return story.program


def _enrol(tracks: dict[str, Track], person: Invented, when: dt.datetime) -> None:
    user = _account(person.first_name, person.last_name, person.email, person.timezone)
    track = tracks["peer" if person.role == Role.PEER else "traditional"]
    programs.enrol(track=track, user=user, role=person.role, answers=person.answers, by=None, now=when)


def _match(track: Track, story: Story) -> None:
    """Propose, publish; everybody says yes within two days."""
    when = story.began - 3 * DAY
    proposal = matching.start_proposal(track=track, by=story.dana, now=when)
    solved = matching.run_proposal(proposal.pk, clock=lambda: when)
    if solved is None or solved.state != Proposal.State.DRAFT:
        raise RuntimeError(
            f"The sample's {track} cannot be matched: {solved.error if solved else 'taken up elsewhere'}"
        )
    matching.publish(proposal=solved, by=story.dana, now=when)
    for seat in Seat.objects.filter(match__proposal=solved).order_by("pk"):
        matching.answer_seat(seat=seat, accept=True, now=when + dt.timedelta(hours=story.rng.randint(2, 44)))


# --- meeting -----------------------------------------------------------------------------


def _meet(story: Story, match: Match, fate: str) -> None:
    if fate == "never":
        return
    every = match.track.cadence_days * (2 if fate == "slow" else 1)
    stop = story.began + 5 * WEEK if fate == "quiet" else story.now + (2 * WEEK)
    day = story.began + story.rng.randint(0, 6) * DAY
    number = 0
    while day < stop:
        held = not (fate == "no_shows" and number in (2, 3))
        _session(story, match, day, held=held)
        day += (every + story.rng.randint(-2, 2)) * DAY
        number += 1


def _session(story: Story, match: Match, day: dt.datetime, *, held: bool) -> None:
    """One session, planned four days before; logged the same day if it is over by now."""
    monday = day - day.weekday() * DAY
    weekday = monday + story.rng.choice(WEEKDAYS) * DAY
    starts = dt.datetime.combine(weekday.date(), dt.time(story.rng.choice((9, 10, 13, 14, 15, 16))))
    at = starts.replace(tzinfo=ZoneInfo(ZONE))
    seats = list(match.seats.select_related("enrolment__user").order_by("pk"))
    planner = story.rng.choice(seats).enrolment.user
    planned = min(at - 4 * DAY, story.now - dt.timedelta(hours=1))
    if at <= story.now < at + dt.timedelta(hours=3):
        return
    session = sessions.plan_session(
        match=match,
        starts=starts,
        zone=ZONE,
        minutes=match.track.session_minutes,
        channel=story.rng.choice(("video", "video", "video", "in_person", "phone")),
        by=planner,
        now=max(planned, match.activated_at or planned),
    )
    if at < story.now:
        _log(story, session, planner, at + dt.timedelta(hours=3), held=held)


def _log(story: Story, session: Session, by: User, when: dt.datetime, *, held: bool) -> None:
    minutes = session.minutes + story.rng.choice((-15, 0, 0, 0, 15))
    sessions.log_session(
        session=session, said=sessions.Said(held=held, minutes=max(minutes, 15) if held else None), by=by, now=when
    )
    for invitation in Invitation.objects.filter(session=session).select_related("survey").order_by("pk"):
        if story.rng.random() < 0.8:
            surveys.answer(invitation=invitation, answers=_opinion(story.rng), now=when + dt.timedelta(minutes=5))


def _opinion(rng: Random) -> dict[str, int]:
    def one() -> int:
        return rng.choices((1, 2, 3, 4, 5), weights=(1, 2, 8, 30, 34))[0]

    return {"useful": one(), "heard": one(), "next": one(), "talk": rng.choice((2, 3, 3, 3, 4))}


def _set_goals(story: Story, match: Match) -> None:
    ideas = registry.get(match.track.model).goals
    when = story.began + 2 * WEEK
    for seat in match.seats.select_related("enrolment__user").order_by("pk"):
        if seat.role == Role.MENTOR or story.rng.random() < 0.2:
            continue
        for text in story.rng.sample(ideas, story.rng.randint(1, 2)):
            goal = sessions.add_goal(match=match, text=text, by=seat.enrolment.user, now=when)
            if story.rng.random() < 0.35:
                sessions.reach_goal(goal=goal, by=seat.enrolment.user, now=when + story.rng.randint(2, 7) * WEEK)


STEPS = ("Send the draft round", "Ask two people how they began", "Write down three questions", "Book the course")


def _note_steps(story: Story, match: Match) -> None:
    """After every session that was held; done a week later."""
    held = Session.objects.filter(match=match, state=Session.State.HELD).order_by("starts_at")
    learner = match.seats.exclude(role=Role.MENTOR).select_related("enrolment__user").order_by("pk")[0].enrolment.user
    for number, session in enumerate(held):
        text, when = STEPS[number % len(STEPS)], session.ends_at + dt.timedelta(hours=1)
        step = add_step(match=match, text=text, owner_id=learner.pk, due_on=None, goal=None, by=learner, now=when)
        if when + WEEK <= story.now:
            tick_step(step=step, done=True, by=learner, now=when + WEEK)
