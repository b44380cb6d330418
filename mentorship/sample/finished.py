"""A program that was over months ago, so that a report with everything in it can be seen: invented people and answers.

Told in bulk rather than through the services, as nobody has to hear of it. What is planted: everybody rises by 0.8 to
0.9 points, mentor-led and peer alike, those who share a relationship together; so no difference is to be found.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from matching.models import Ending, Match, Proposal, Seat
from mentorship.sample.people import DEPARTMENTS, FIRST, LAST, plain_address
from participants.models import User
from programs import services as programs
from programs.models import Enrolment, Program, Role, Track
from reports import services as reports
from sessions.models import Goal, Session
from surveys import services as surveys
from surveys.definition import survey_of
from surveys.models import Answer, Invitation, Question, Survey
from surveys.wording import CORE, RELATIONSHIP

NAME = "Last year’s mentoring"
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
AGE, LENGTH = 60 * WEEK, 26 * WEEK
# Model, how many matches, learners in each, mentors in each.
SHAPES = (("traditional", 22, 1, 1), ("circle", 5, 5, 1), ("peer", 24, 2, 0), ("co_mentoring", 5, 2, 0))
RISE = {"traditional": 0.85, "circle": 0.9, "peer": 0.8, "co_mentoring": 0.9}
# People invented before these have the numbers below.
FIRST_NUMBER = 200
EARLY = ("schedule", "moved")


@dataclass
class Telling:
    program: Program
    dana: User
    began: dt.datetime
    zone: str
    rng: Random = field(default_factory=lambda: Random(23))  # noqa: S311  a story, not a secret
    number: int = FIRST_NUMBER

    @property
    def over(self) -> dt.datetime:
        return self.began + LENGTH


def tell_finished(*, dana: User, now: dt.datetime, zone: str) -> Program:
    """Make the program with its report, opened by its coordinator."""
    today = now.astimezone(ZoneInfo(zone)).date()
    start = today - AGE
    began = dt.datetime.combine(start, dt.time(8), ZoneInfo(zone)).astimezone(dt.UTC)
    basics = programs.Basics(
        NAME,
        start,
        start + LENGTH,
        timezone=zone,
        description="Mentors, circles and peers for half a year. It is over; its report shows what came of it.",
        contact_name=dana.name,
        contact_email=dana.email,
    )
    models = [model for model, *_ in SHAPES]
    program = programs.create_program(basics=basics, models=models, by=dana, now=began - 3 * WEEK)
    telling = Telling(program, dana, began, zone)
    for track in program.tracks.all():
        _, count, learners, mentors = next(shape for shape in SHAPES if shape[0] == track.model)
        _fill(telling, track, [(learners, mentors)] * count)
    _leave_over(telling, program.tracks.get(model="peer"))
    Program.objects.filter(pk=program.pk).update(state=Program.State.CLOSED, is_sample=True)
    for survey in Survey.objects.filter(program=program):
        surveys.publish_figures(survey=survey, now=telling.over + 6 * WEEK)
    program.refresh_from_db()
    reports.open_look(program=program, kind="close", by=dana, now=now)
    return program


def _leave_over(telling: Telling, track: Track) -> None:
    """Seven who were never matched."""
    users = User.objects.bulk_create(_user(telling) for _ in range(7))
    Enrolment.objects.bulk_create(
        Enrolment(track=track, user=user, role=Role.PEER, joined_at=telling.began - WEEK) for user in users
    )


def _fill(telling: Telling, track: Track, sizes: Iterable[tuple[int, int]]) -> None:
    """One track with its people, matches, sessions, goals and answers."""
    proposal = Proposal.objects.create(
        program=telling.program,
        track=track,
        number=1 + telling.program.proposals.count(),
        state=Proposal.State.PUBLISHED,
        objective="cover",
        created_at=telling.began,
        published_at=telling.began,
    )
    groups = [_people(telling, learners, mentors) for learners, mentors in sizes]
    User.objects.bulk_create(user for group in groups for user, _ in group)
    matches = Match.objects.bulk_create(_match(telling, track, proposal, number) for number in range(len(groups)))
    for number, match in enumerate(matches):
        if match.end_reason == Match.EndReason.ENDED:
            reason, when = EARLY[number // 4 % 2], telling.began + 12 * WEEK
            Ending.objects.create(match=match, reason=reason, at=when, by=telling.dana)
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            track=track, user=user, role=role, joined_at=telling.began - 2 * WEEK, answers={"department": department}
        )
        for group in groups
        for (user, role), department in zip(group, _departments(group), strict=True)
    )
    seats = _seats(telling, matches, groups, enrolments)
    Seat.objects.bulk_create(seats)
    Session.objects.bulk_create(session for match in matches for session in _sessions(telling, match))
    Goal.objects.bulk_create(goal for seat in seats if seat.role != Role.MENTOR for goal in _goals(telling, seat))
    _answer(telling, seats)


def _departments(group: Sequence[tuple[User, str]]) -> Iterator[str]:
    """From the letters of a name, so that those of one match are often from two departments."""
    for user, _ in group:
        yield DEPARTMENTS[sum(map(ord, user.email)) % len(DEPARTMENTS)]


def _people(telling: Telling, learners: int, mentors: int) -> list[tuple[User, str]]:
    roles = [Role.MENTOR] * mentors + [Role.MENTEE if mentors else Role.PEER] * learners
    return [(_user(telling), role) for role in roles]


def _user(telling: Telling) -> User:
    number, telling.number = telling.number, telling.number + 1
    first, last = FIRST[number % len(FIRST)], LAST[(number + 3 * (number // len(FIRST))) % len(LAST)]
    user = User(first_name=first, last_name=last, email=plain_address(first, last), timezone=telling.zone)
    user.set_unusable_password()
    return user


def _match(telling: Telling, track: Track, proposal: Proposal, number: int) -> Match:
    """Every fourth ended before its time."""
    early = number % 4 == 3
    return Match(
        track=track,
        proposal=proposal,
        number=number + 1,
        state=Match.State.ENDED,
        created_at=telling.began,
        offered_at=telling.began,
        activated_at=telling.began + DAY,
        ended_at=telling.began + 12 * WEEK if early else telling.over,
        end_reason=Match.EndReason.ENDED if early else Match.EndReason.FINISHED,
    )


def _seats(
    telling: Telling, matches: list[Match], groups: list[list[tuple[User, str]]], enrolments: list[Enrolment]
) -> list[Seat]:
    owners = [match for match, group in zip(matches, groups, strict=True) for _ in group]
    return [
        Seat(
            match=match,
            enrolment=enrolment,
            role=enrolment.role,
            answer=Seat.Answer.ACCEPTED,
            answered_at=telling.began + DAY,
        )
        for match, enrolment in zip(owners, enrolments, strict=True)
    ]


def session_of(match: Match, starts: dt.datetime, *, minutes: int, held: bool, zone: str) -> Session:
    """Planned four days before and logged the day after."""
    return Session(
        match=match,
        state=Session.State.HELD if held else Session.State.MISSED,
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=minutes),
        wall_start=starts.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M"),
        zone=zone,
        minutes=minutes,
        planned_at=starts - 4 * DAY,
        logged_at=starts + DAY,
        created_at=starts - 4 * DAY,
    )


def _sessions(telling: Telling, match: Match) -> Iterator[Session]:
    rng = telling.rng
    every = rng.choice((14, 14, 21, 28))
    day = telling.began + rng.randint(2, 10) * DAY
    while match.ended_at and day < match.ended_at:
        starts = day.replace(hour=rng.choice((9, 10, 13, 14, 15)), minute=0)
        held = rng.random() < 0.93
        minutes = rng.choice((45, 60, 60, 75))
        yield session_of(match, starts, minutes=minutes, held=held, zone=telling.zone)
        day += every * DAY


def _goals(telling: Telling, seat: Seat) -> Iterator[Goal]:
    rng = telling.rng
    for _ in range(rng.randint(0, 2)):
        level = rng.choices((-2, -1, 0, 1, 2), weights=(1, 3, 9, 6, 2))[0]
        yield Goal(
            match=seat.match,
            owner=seat.enrolment.user,
            text=rng.choice(("Prepare for a bigger role", "Present to the board", "Hand work over well")),
            level=level,
            reached_at=telling.over - 3 * DAY if level >= 0 else None,
            created_at=telling.began + 2 * WEEK,
        )


# --- answers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """What one person answers to one survey: from which items, around which mean."""

    survey: Survey
    user: User
    items: list[Question]
    mean: float
    at: dt.datetime


def _answer(telling: Telling, seats: list[Seat]) -> None:
    matches = dict.fromkeys(seat.match for seat in seats)
    sheets = [sheet for match in matches for sheet in _sheets(telling, match, seats)]
    asked = Invitation.objects.bulk_create(
        Invitation(
            survey=each.survey,
            user=each.user,
            with_core=True,
            created_at=each.at - DAY,
            closes_at=each.at + 4 * WEEK,
            answered_at=each.at,
        )
        for each in sheets
    )
    sent = surveys.store_sent(asked)
    Answer.objects.bulk_create(
        Answer(response=response, question=item, value=_value(telling.rng, each.mean))
        for response, each in zip(sent, sheets, strict=True)
        for item in each.items
    )


def _value(rng: Random, mean: float) -> int:
    return min(max(round(rng.gauss(mean, 0.8)), 1), 7)


def _sheets(telling: Telling, match: Match, seats: list[Seat]) -> Iterator[Sheet]:
    """What the people of one match answer, who rise together; some do not answer at the end."""
    rng = telling.rng
    baseline, closing = (survey_of(telling.program, kind) for kind in ("baseline", "closing"))
    before, core = list(baseline.questions.all()), [q for q in closing.questions.all() if q.construct in CORE]
    together = [q for q in closing.questions.all() if q.construct in RELATIONSHIP]
    rise = RISE[match.track.model] + rng.gauss(0, 0.35)
    for seat in (seat for seat in seats if seat.match == match):
        start, learns = rng.gauss(4.3, 0.6), seat.role != Role.MENTOR
        if learns:
            yield Sheet(baseline, seat.enrolment.user, before, start, telling.began - 2 * DAY)
        if rng.random() < 0.84:
            asked = core + together if learns else together
            yield Sheet(closing, seat.enrolment.user, asked, start + rise + rng.gauss(0, 0.4), telling.over + 3 * DAY)
