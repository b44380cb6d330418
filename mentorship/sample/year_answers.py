"""What the people of the finished year answer: before, after their sessions, and at the end."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from matching.models import Match, Seat
from mentorship.sample.truth import (
    ANSWER_BEFORE,
    ANSWER_EARLY,
    FIRST_ANSWERS,
    SD_OWN_RISE,
    SD_PEOPLE,
    SD_SHARED,
    SD_SHARED_RISE,
    TrackTruth,
    Truth,
)
from participants.models import User
from programs.models import Program, Role
from sessions.models import Session
from surveys import services as surveys
from surveys.definition import survey_of
from surveys.models import Answer, Invitation, Question, Survey
from surveys.wording import CORE, RELATIONSHIP

DAY = dt.timedelta(days=1)
# Most answer high and few low: what an answer adds to its mean has a long tail downwards, and 0 on average.
SHAPE, SPREAD = 2.0, 0.5
OF_FIVE = (1, 2, 8, 30, 34)
# How working together is judged at the end: most highly that people are respected, least that there is a direction.
TOGETHER = {"aim": 5.3, "time": 5.1, "respect": 6.0, "disagree": 5.6, "without": 4.9, "direction": 4.7, "know-how": 5.2}


@dataclass(frozen=True)
class Sheet:
    """What one person answers to one survey."""

    survey: Survey
    user: User
    values: list[tuple[Question, int]]
    at: dt.datetime
    session: Session | None = None
    learns: bool = True


@dataclass(frozen=True)
class Asked:
    """The questions of a program, by what they are for."""

    baseline: Survey
    closing: Survey
    pulse: Survey
    before: list[Question]
    core: list[Question]
    together: list[Question]
    after_session: list[Question]
    began: dt.datetime
    over: dt.datetime


def answer(
    program: Program, truth: Truth, seats: Sequence[Seat], rng: Random, began: dt.datetime, over: dt.datetime
) -> None:
    """Everybody's answers in one program. `seats`: with their matches, match after match."""
    asked = _asked(program, began, over)
    sheets = [*_before_and_after(asked, truth, seats, rng), *_after_sessions(asked, seats, rng)]
    invitations = Invitation.objects.bulk_create(_invitation(each) for each in sheets)
    sent = surveys.store_sent(invitations)
    Answer.objects.bulk_create(
        Answer(response=response, question=question, value=value)
        for response, each in zip(sent, sheets, strict=True)
        for question, value in each.values
    )


def _asked(program: Program, began: dt.datetime, over: dt.datetime) -> Asked:
    baseline, closing, pulse = (survey_of(program, kind) for kind in ("baseline", "closing", "pulse"))
    at_end = list(closing.questions.all())
    return Asked(
        baseline,
        closing,
        pulse,
        list(baseline.questions.all()),
        [each for each in at_end if each.construct in CORE],
        [each for each in at_end if each.construct in RELATIONSHIP],
        list(pulse.questions.all()),
        began,
        over,
    )


def _invitation(sheet: Sheet) -> Invitation:
    return Invitation(
        survey=sheet.survey,
        user=sheet.user,
        session=sheet.session,
        with_core=sheet.learns and sheet.session is None,
        created_at=sheet.at - DAY,
        closes_at=sheet.at + 14 * DAY,
        answered_at=sheet.at,
    )


def _before_and_after(asked: Asked, truth: Truth, seats: Sequence[Seat], rng: Random) -> Iterator[Sheet]:
    """Of mentors once, however many matches they have."""
    shapes = {track.model: track for track in truth.tracks}
    shared: dict[tuple[str, int], tuple[float, float]] = {}
    seen: set[int] = set()
    for seat in seats:
        shape = shapes[seat.match.track.model]
        start, rise = shared.setdefault(_unit(shape, seat.match), _shared(shape, rng))
        if seat.enrolment.user_id not in seen:
            yield from _own(asked, truth, seat, start, rise, rng)
        seen.add(seat.enrolment.user_id)


def _unit(shape: TrackTruth, match: Match) -> tuple[str, int]:
    """Who shares a mentor shares more than their match."""
    return shape.model, (match.number - 1) // shape.each


def _shared(shape: TrackTruth, rng: Random) -> tuple[float, float]:
    return rng.gauss(FIRST_ANSWERS, SD_SHARED), rng.gauss(shape.rise, SD_SHARED_RISE)


def _own(asked: Asked, truth: Truth, seat: Seat, start: float, rise: float, rng: Random) -> Iterator[Sheet]:
    user, learns, early = seat.enrolment.user, seat.role != Role.MENTOR, seat.match.end_reason == Match.EndReason.ENDED
    mine = rng.gauss(start, SD_PEOPLE)
    then = mine + rng.gauss(rise, SD_OWN_RISE)
    if learns and (truth.response == 1 or rng.random() < ANSWER_BEFORE):
        yield Sheet(asked.baseline, user, _values(asked.before, mine, rng), asked.began - 2 * DAY)
    if rng.random() < truth.response * (ANSWER_EARLY if early else 1):
        core = _values(asked.core, then, rng) if learns else []
        together = [(each, _value(each, TOGETHER[each.slug] - early, rng)) for each in asked.together]
        yield Sheet(asked.closing, user, core + together, asked.over + 3 * DAY, learns=learns)


def _values(questions: Sequence[Question], mean: float, rng: Random) -> list[tuple[Question, int]]:
    return [(each, _value(each, mean, rng)) for each in questions]


def _value(question: Question, mean: float, rng: Random) -> int:
    drawn = mean + SHAPE * SPREAD - rng.gammavariate(SHAPE, SPREAD)
    return min(max(round(drawn), 1), question.points)


def _after_sessions(asked: Asked, seats: Sequence[Seat], rng: Random) -> Iterator[Sheet]:
    """To the last session of each match every second one answers."""
    held = Session.objects.filter(match__in={seat.match_id for seat in seats}, state=Session.State.HELD)
    last = {session.match_id: session for session in held.order_by("starts_at")}
    for seat in seats:
        session = last.get(seat.match_id)
        if session and rng.random() < 0.5:
            values = [
                (each, rng.choices(range(1, 6), weights=OF_FIVE)[0]) for each in asked.after_session if each.scored
            ]
            yield Sheet(asked.pulse, seat.enrolment.user, values, session.ends_at + DAY / 24, session)
