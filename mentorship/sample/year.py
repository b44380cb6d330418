"""A finished year of invented people: six programs with all twelve models and about a thousand people.

Told in bulk, as nobody has to hear of it. People of one relationship share where they start and how far they rise; the
matches that miss most sessions are the ones that end early, and their people answer less often.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from matching.models import Ending, Match, Proposal, Seat
from mentorship.sample.finished import session_of
from mentorship.sample.people import DEPARTMENTS, FIRST, LAST, LEVELS, plain_address
from mentorship.sample.truth import YEAR, TrackTruth, Truth
from mentorship.sample.year_answers import answer
from participants.models import User
from programs import services as programs
from programs.lots import deal
from programs.models import Draw, Enrolment, Lot, Program, Role, Track
from programs.services.drawing import keep, learners_role, lot_of, stratum_of
from reports import services as reports
from reports.services.pricing import set_price
from reports.verdicts import Assignment
from sessions.models import Attendance, Goal, Session
from surveys import services as surveys
from surveys.models import Survey

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
LENGTH = 26 * WEEK
MONTHS = 6
# People invented before these have the numbers below.
FIRST_NUMBER = 400
FLASH = "flash"
GOALS = ("Prepare for a bigger role", "Present to the board", "Hand work over well", "Find my feet in a new team")
GROUP = 3
Reason = Match.EndReason


@dataclass
class Tally:
    """What was told, counted while it was: of people the numbers of their accounts."""

    enrolled: set[int] = field(default_factory=set)
    matched: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)
    met_3: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    mentees: set[int] = field(default_factory=set)
    learners: set[int] = field(default_factory=set)
    matches: int = 0
    sessions: int = 0
    minutes: int = 0
    mentor_minutes: int = 0
    endings: Counter[str] = field(default_factory=Counter)


@dataclass
class Told:
    """A program of the year, with what was planted in it and what came of that."""

    truth: Truth
    program: Program
    dana: User
    began: dt.datetime
    zone: str
    rng: Random
    number: int
    tally: Tally = field(default_factory=Tally)

    @property
    def over(self) -> dt.datetime:
        return self.began + LENGTH


@dataclass
class Fate:
    """What becomes of one match: whether each of its sessions is held, and why it ends early, if it does."""

    held: list[bool]
    reason: str = ""

    @property
    def missed(self) -> int:
        return self.held.count(False)


@transaction.atomic
def tell_year(*, dana: User, now: dt.datetime, zone: str, truths: Sequence[Truth] = YEAR) -> list[Told]:
    """Make a program of each truth, over and with its comparison opened by its coordinator."""
    number, told = FIRST_NUMBER, []
    for truth in truths:
        each = _begin(truth, dana, now, zone, number)
        _tell(each, now)
        told.append(each)
        number = each.number
    return told


def _begin(truth: Truth, dana: User, now: dt.datetime, zone: str, number: int) -> Told:
    start = now.astimezone(ZoneInfo(zone)).date() - truth.weeks_ago * WEEK
    began = dt.datetime.combine(start, dt.time(8), ZoneInfo(zone)).astimezone(dt.UTC)
    basics = programs.Basics(
        truth.name,
        start,
        start + LENGTH,
        timezone=zone,
        description=truth.description,
        contact_name=dana.name,
        contact_email=dana.email,
    )
    models = [track.model for track in truth.tracks]
    program = programs.create_program(basics=basics, models=models, by=dana, now=began - 6 * WEEK)
    return Told(truth, program, dana, began, zone, Random(truth.seed), number)  # noqa: S311  a story, not a secret


def _tell(told: Told, now: dt.datetime) -> None:
    truth, program, before = told.truth, told.program, told.began - 5 * WEEK
    reports.fix_plan(program=program, assignment=truth.assignment.value, margin=None, by=told.dana, now=before)
    if truth.hour:
        set_price(program=program, hour=truth.hour, costs=truth.costs, currency="EUR", by=told.dana, now=before)
    tracks = {track.model: track for track in program.tracks.all()}
    people = _enrol(told, tracks)
    seats = [seat for each in truth.tracks for seat in _fill(told, each, tracks[each.model], people[each.model])]
    answer(told.program, truth, seats, told.rng, told.began, told.over)
    Program.objects.filter(pk=program.pk).update(state=Program.State.CLOSED, is_sample=True)
    for survey in Survey.objects.filter(program=program):
        surveys.publish_figures(survey=survey, now=told.over + 6 * WEEK)
    program.refresh_from_db()
    reports.open_look(program=program, kind="close", by=told.dana, now=now)


# --- people -------------------------------------------------------------------------------


def _enrol(told: Told, tracks: dict[str, Track]) -> dict[str, list[Enrolment]]:
    """Everybody of each track: those who learn, then mentors, then whoever is left over."""
    new = {
        each.model: [_enrolment(told, each, tracks[each.model], at) for at in range(each.people)]
        for each in told.truth.tracks
    }
    User.objects.bulk_create(each.user for people in new.values() for each in people)
    for each in (each for people in new.values() for each in people):
        each.user_id = each.user.pk
    if told.truth.assignment is Assignment.LOTTERY:
        new = _draw(told, tracks, new)
    for people in new.values():
        Enrolment.objects.bulk_create(people)
    told.tally.enrolled.update(each.user_id for people in new.values() for each in people)
    return new


def _enrolment(told: Told, shape: TrackTruth, track: Track, at: int) -> Enrolment:
    number, told.number = told.number, told.number + 1
    first, last = FIRST[number % len(FIRST)], LAST[(number + 3 * (number // len(FIRST))) % len(LAST)]
    user = User(first_name=first, last_name=last, email=plain_address(first, last), timezone=told.zone)
    user.set_unusable_password()
    learning = shape.matches * shape.learners
    mentors = learning <= at < learning + shape.mentor_count
    level = LEVELS[4] if mentors else LEVELS[at // 2 % 4]
    answers = {"department": told.rng.choice(DEPARTMENTS), "level": level}
    role = Role.MENTOR if mentors else _role(shape, track, at)
    return Enrolment(track=track, user=user, role=role, joined_at=told.began - 4 * WEEK, answers=answers)


def _role(shape: TrackTruth, track: Track, at: int) -> str:
    """In a network one of its learners is in the centre, and the others help."""
    if track.model == "distributed" and at % shape.learners:
        return Role.PEER
    return learners_role(track)


def _draw(told: Told, tracks: dict[str, Track], new: dict[str, list[Enrolment]]) -> dict[str, list[Enrolment]]:
    """Deal those who learn to the two tracks by lot, as even as can be within levels."""
    one, two = (tracks[each.model] for each in told.truth.tracks)
    learners = [each for people in new.values() for each in people if each.role != Role.MENTOR]
    level = told.program.fields.get(slug="level")
    when, seed = told.began - 3 * WEEK, f"sample {told.truth.seed}"
    sides = deal(seed, {each.user_id: stratum_of(each, level) for each in learners})
    draw = keep(Draw(kind=Draw.Kind.LOTTERY, first=one, second=two, seed=seed, at=when, by=told.dana), level)
    Lot.objects.bulk_create(lot_of(draw, each, (one, two)[sides[each.user_id]], level) for each in learners)
    for each in learners:
        each.track = (one, two)[sides[each.user_id]]
        each.role = learners_role(each.track)
    mentors = [each for people in new.values() for each in people if each.role == Role.MENTOR]
    return {track.model: [each for each in (*learners, *mentors) if each.track_id == track.pk] for track in (one, two)}


# --- matches ------------------------------------------------------------------------------


def _fill(told: Told, shape: TrackTruth, track: Track, people: list[Enrolment]) -> list[Seat]:
    """The matches of a track, with sessions, goals and endings; returns everybody's seat, match after match."""
    fates = _fates(told, shape)
    proposal = Proposal.objects.create(
        program=told.program,
        track=track,
        number=1 + told.program.proposals.count(),
        state=Proposal.State.PUBLISHED,
        objective="cover",
        created_at=told.began,
        published_at=told.began,
    )
    matches = Match.objects.bulk_create(_match(told, track, proposal, at, fate) for at, fate in enumerate(fates))
    groups = _groups(shape, people)
    made = [_seats(told, match, group) for match, group in zip(matches, groups, strict=True)]
    seats = Seat.objects.bulk_create(seat for group in made for seat in group)
    Ending.objects.bulk_create(
        Ending(match=match, reason=fate.reason, at=match.ended_at or told.over, by=told.dana)
        for match, fate in zip(matches, fates, strict=True)
        if fate.reason
    )
    _meet(told, matches, fates, made)
    Goal.objects.bulk_create(goal for seat in seats if seat.role != Role.MENTOR for goal in _goals(told, seat))
    return seats


def _fates(told: Told, shape: TrackTruth) -> list[Fate]:
    """The matches that miss most end early, and of those that miss most nobody ever meets."""
    rng, number = told.rng, round(shape.a_month * MONTHS) or 1
    fates = []
    for _ in range(shape.matches):
        keeps = rng.choice((0.98, 0.95, 0.95, 0.9, 0.75))
        fates.append(Fate([rng.random() < keeps for _ in range(number + (rng.randint(-1, 1) if number > 2 else 0))]))
    reasons = [reason for reason in sorted(shape.early, key="no_contact".__ne__) for _ in range(shape.early[reason])]
    for fate, reason in zip(sorted(fates, key=lambda each: -each.missed), reasons, strict=False):
        fate.reason = reason
        kept = fate.held[: max(round(len(fate.held) * rng.uniform(0.35, 0.6)), 2)]
        fate.held = [False] * len(kept) if reason == "no_contact" else kept
    return fates


def _groups(shape: TrackTruth, people: list[Enrolment]) -> Iterator[list[Enrolment]]:
    learners = [each for each in people if each.role != Role.MENTOR]
    mentors = [each for each in people if each.role == Role.MENTOR]
    for at in range(shape.matches):
        own = learners[at * shape.learners : (at + 1) * shape.learners]
        first = at // shape.each * shape.mentors
        yield own + mentors[first : first + shape.mentors]


def _match(told: Told, track: Track, proposal: Proposal, at: int, fate: Fate) -> Match:
    flash = track.model == FLASH
    starts = told.began + (2 * WEEK + at % 150 * DAY if flash else dt.timedelta())
    planned, early = _times(told, fate), bool(fate.reason)
    return Match(
        track=track,
        proposal=proposal,
        number=at + 1,
        state=Match.State.ENDED,
        created_at=told.began,
        offered_at=told.began,
        activated_at=told.began + DAY,
        starts_at=starts if flash else None,
        minutes=30 if flash else None,
        topic="A question of one’s own" if flash else "",
        ended_at=starts + DAY if flash else planned[-1] + WEEK if early else told.over,
        end_reason=Reason.DONE if flash else Reason.ENDED if early else Reason.FINISHED,
    )


def _times(told: Told, fate: Fate) -> list[dt.datetime]:
    """As even as can be over the time; whatever ends early stops in the first half."""
    span = (LENGTH * 0.5 if fate.reason else LENGTH) - 3 * WEEK
    step = span / len(fate.held)
    days = [told.began + WEEK + (step * at).days * DAY for at in range(len(fate.held))]
    return [day.replace(hour=8 + at % 7, minute=0) for at, day in enumerate(days)]


def _seats(told: Told, match: Match, group: list[Enrolment]) -> list[Seat]:
    return [
        Seat(
            match=match,
            enrolment=each,
            role=each.role,
            part=_part(each, at) if match.track.model == "distributed" else "",
            answer=Seat.Answer.ACCEPTED,
            answered_at=told.began + DAY,
        )
        for at, each in enumerate(group)
    ]


def _part(member: Enrolment, at: int) -> str:
    """In a network: nothing for the one in the centre."""
    if member.role == Role.MENTOR:
        return Seat.Part.MENTOR
    return "" if at == 0 else Seat.Part.NEAR_PEER if at == 1 else Seat.Part.PEER


# --- meeting ------------------------------------------------------------------------------


def _meet(told: Told, matches: list[Match], fates: list[Fate], groups: list[list[Seat]]) -> None:
    """The sessions of a track, and who was missing from them."""
    met = [
        [(each, _missing(told.rng, each, seats)) for each in _sessions(told, match, fate)]
        for match, fate, seats in zip(matches, fates, groups, strict=True)
    ]
    Session.objects.bulk_create(each for sessions in met for each, _ in sessions)
    Attendance.objects.bulk_create(
        Attendance(session=each, seat=seat, present=at not in gone)
        for sessions, seats in zip(met, groups, strict=True)
        for each, gone in sessions
        for at, seat in enumerate(seats)
        if gone
    )
    for fate, seats, sessions in zip(fates, groups, met, strict=True):
        _count(told.tally, fate, seats, sessions)


def _sessions(told: Told, match: Match, fate: Fate) -> Iterator[Session]:
    times = [match.starts_at] if match.starts_at else _times(told, fate)
    for at, held in zip(times, fate.held, strict=True):
        yield _session(told, match, at, held=held)


def _missing(rng: Random, session: Session, seats: list[Seat]) -> set[int]:
    """The places of those who were not at a group's session; at least two were."""
    if session.state != Session.State.HELD or len(seats) < GROUP:
        return set()
    gone = {at for at, seat in enumerate(seats) if rng.random() < (0.03 if seat.role == Role.MENTOR else 0.1)}
    return gone if len(seats) - len(gone) >= 2 else set()


def _session(told: Told, match: Match, starts: dt.datetime, *, held: bool) -> Session:
    minutes = match.minutes or told.rng.choice((45, 60, 60, 75))
    return session_of(match, starts, minutes=minutes, held=held, zone=told.zone)


def _count(tally: Tally, fate: Fate, seats: list[Seat], met: list[tuple[Session, set[int]]]) -> None:
    held = [(each, gone) for each, gone in met if each.state == Session.State.HELD]
    tally.matches += 1
    tally.sessions += len(held)
    tally.minutes += sum(each.minutes for each, _ in held)
    tally.endings.update([fate.reason] if fate.reason else [])
    led = any(seat.role == Role.MENTOR for seat in seats)
    for at, seat in enumerate(seats):
        user, there = seat.enrolment.user_id, [each.minutes for each, gone in held if at not in gone]
        tally.matched.add(user)
        for least, who in ((1, tally.met), (3, tally.met_3)):
            who.update([user] if len(there) >= least else [])
        tally.finished.update([] if fate.reason else [user])
        if seat.role == Role.MENTOR:
            tally.mentor_minutes += sum(there)
        else:
            tally.learners.add(user)
            tally.mentees.update([user] if led else [])


def _goals(told: Told, seat: Seat) -> Iterator[Goal]:
    rng = told.rng
    for _ in range(rng.choice((0, 1, 1, 2))):
        level = rng.choices((-2, -1, 0, 1, 2), weights=(1, 3, 9, 6, 2))[0]
        yield Goal(
            match=seat.match,
            owner=seat.enrolment.user,
            text=rng.choice(GOALS),
            level=level,
            reached_at=told.over - 3 * DAY if level >= 0 else None,
            created_at=told.began + 2 * WEEK,
        )
