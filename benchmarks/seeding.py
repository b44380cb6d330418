"""Running programs full of people, written in bulk: what the benchmarks of load measure against.

Only to be imported once Django is set up. The people are pairs of a mentor and a mentee, each with sessions every two
weeks, of which the last two in the past nobody has logged yet; half have answered surveys, and everybody has been
asked about the last session that was held.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from matching.models import Match, Proposal, Seat
from participants.browsers import SessionStore
from participants.models import Browser, User
from programs.models import Coordinator, Enrolment, ProfileField, Program, Track
from sessions.models import CalendarFeed, Goal, Session
from surveys.definition import survey_of
from surveys.models import Answer, Invitation, Survey
from surveys.services import publish_figures, store_sent

DAY = timedelta(days=1)
AT_ONCE = 5_000
DEPARTMENTS = ("Engineering", "Product", "Data", "Design", "Sales", "Support", "Finance")
ROLES = ("mentor", "mentee")
RHYTHM, FIRST = 14 * DAY, 7 * DAY
# Since a running program began: seven sessions are in the past, of which the last two wait for their log.
BEGAN, UNLOGGED = 100 * DAY, 2


def make_program(number: int, *, pairs: int, sessions: int, now: datetime) -> Program:
    """One program with so many pairs, each with so many sessions, coordinated by somebody of its own."""
    # People agree on whole minutes.
    began = now.replace(second=0, microsecond=0) - BEGAN
    program = Program.objects.create(
        slug=f"program-{number}",
        name=f"Program {number}",
        starts_on=began.date(),
        ends_on=(began + 200 * DAY).date(),
        timezone="UTC",
        state=Program.State.RUNNING,
        created_at=began,
    )
    _coordinate(program, number, now)
    enrolled = _enrol(program, number, pairs, began)
    matches = _match(enrolled, began)
    _meet(matches, sessions, began, now)
    Goal.objects.bulk_create(
        Goal(match=match, owner=one.user, text="Present well", created_at=began)
        for match, one in zip(matches, enrolled[1::2], strict=True)
    )
    _ask(program, matches, enrolled, now)
    CalendarFeed.objects.bulk_create(
        CalendarFeed(user=one.user, key=CalendarFeed.digest_of(feed_key(one.user)), made_at=began) for one in enrolled
    )
    return program


def feed_key(user: User) -> str:
    """The key of the address of somebody's calendar, of which the product keeps a digest: made so that it is known."""
    return f"feed-of-{user.pk}"


def _coordinate(program: Program, number: int, now: datetime) -> None:
    user = User.objects.create(email=f"coordinator-{number}@example.org", first_name="Dana", last_name="Reed")
    Coordinator.objects.create(program=program, user=user, since=now)
    ProfileField.objects.create(
        program=program, slug="department", label="Department", kind="text", shared=True, asked_of=ROLES
    )


def _enrol(program: Program, number: int, pairs: int, began: datetime) -> list[Enrolment]:
    """A mentor, a mentee, a mentor, a mentee …"""
    track = Track.objects.create(program=program, slug="pairs", name="Pairs", model="traditional")
    users = User.objects.bulk_create(
        User(email=f"p{number}-{each}@example.org", first_name=f"Ann{each}", last_name="Hill")
        for each in range(2 * pairs)
    )
    return Enrolment.objects.bulk_create(
        Enrolment(
            track=track,
            user=user,
            role=ROLES[each % 2],
            joined_at=began,
            answers={"department": DEPARTMENTS[each * 5 // 3 % len(DEPARTMENTS)]},
        )
        for each, user in enumerate(users)
    )


def _match(enrolled: Sequence[Enrolment], began: datetime) -> list[Match]:
    track = enrolled[0].track
    proposal = Proposal.objects.create(
        program=track.program, track=track, number=1, state="published", objective="cover", created_at=began,
        published_at=began,
    )  # fmt: skip
    matches = Match.objects.bulk_create(
        Match(
            track=track,
            proposal=proposal,
            number=place,
            created_at=began,
            offered_at=began,
            activated_at=began,
            state=Match.State.ACTIVE,
            people_key=f"{enrolled[2 * place - 2].pk},{enrolled[2 * place - 1].pk}",
        )
        for place in range(1, len(enrolled) // 2 + 1)
    )
    Seat.objects.bulk_create(
        Seat(
            match=matches[place // 2],
            enrolment=one,
            role=one.role,
            answer="accepted",
            answered_at=began,
            live=True,
        )
        for place, one in enumerate(enrolled)
    )
    return matches


def _meet(matches: Sequence[Match], sessions: int, began: datetime, now: datetime) -> None:
    """Every match has its own day of the fortnight."""
    Session.objects.bulk_create(
        (
            session
            for place, match in enumerate(matches)
            for session in _sessions(match, began + FIRST + DAY * (place % RHYTHM.days), sessions, now)
        ),
        batch_size=AT_ONCE,
    )


def _sessions(match: Match, first: datetime, count: int, now: datetime) -> list[Session]:
    starts = [first + RHYTHM * each for each in range(count)]
    logged = sum(start < now for start in starts) - UNLOGGED
    return [_session(match, start, is_held=place < logged) for place, start in enumerate(starts)]


def _session(match: Match, starts: datetime, *, is_held: bool) -> Session:
    return Session(
        match=match,
        state="held" if is_held else "planned",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        wall_start=starts.strftime("%Y-%m-%dT%H:%M"),
        zone="UTC",
        minutes=60,
        planned_at=starts - DAY,
        logged_at=starts + DAY if is_held else None,
        created_at=starts - DAY,
    )


def _ask(program: Program, matches: Sequence[Match], enrolled: Sequence[Enrolment], now: datetime) -> None:
    """The outcome's questions before, and after two sessions, of half of them; after the last one nobody has yet."""
    first = now - 95 * DAY
    baseline = survey_of(program, "baseline")
    mentees = [one.user for one in enrolled[1::2]]
    before = [
        Invitation(survey=baseline, user=each, created_at=first, closes_at=now, answered_at=first, with_core=True)
        for each in mentees
    ]
    _answer(baseline, before, questions=6)
    pulse = survey_of(program, "pulse")
    by_match: dict[int, list[Session]] = {}
    for session in Session.objects.filter(match__in=matches, state="held").order_by("starts_at"):
        by_match.setdefault(session.match_id, []).append(session)
    for place in (-3, -2):
        answered = [
            Invitation(
                survey=pulse,
                user=user,
                session=by_match[match.pk][place],
                created_at=by_match[match.pk][place].ends_at,
                closes_at=now,
                answered_at=now - DAY,
            )
            for match, user in zip(matches, mentees, strict=True)
        ]
        _answer(pulse, answered, questions=3)
    Invitation.objects.bulk_create(
        Invitation(
            survey=pulse,
            user=one.user,
            session=by_match[matches[place // 2].pk][-1],
            created_at=now - DAY,
            closes_at=now + 10 * DAY,
        )
        for place, one in enumerate(enrolled)
    )
    for survey in (baseline, pulse):
        publish_figures(survey=survey, now=now)


def _answer(survey: Survey, asked: Sequence[Invitation], *, questions: int) -> None:
    chosen = survey.questions.filter(kind="scale", scored=True)
    # The outcome's own are those that stand for something; a survey after a session has none of them.
    items = list(chosen.exclude(construct="")[:questions] or chosen[:questions])
    made = Invitation.objects.bulk_create(asked)
    sent = store_sent(made)
    Answer.objects.bulk_create(
        (
            Answer(response=each, question=item, value=1 + (each.pk + item.position) % 5)
            for each in sent
            for item in items
        ),
        batch_size=AT_ONCE,
    )


def sign_in(users: Sequence[User], now: datetime) -> list[str]:
    """The session cookies of so many browsers, each signed in as one of them."""
    store = SessionStore()
    rows = [
        Browser(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    "_auth_user_id": str(user.pk),
                    "_auth_user_backend": "participants.browsers.AccountBackend",
                    "_auth_user_hash": user.get_session_auth_hash(),
                }
            ),
            expire_date=now + 14 * DAY,
            user=user,
        )
        for user in users
    ]
    return [row.session_key for row in Browser.objects.bulk_create(rows, batch_size=AT_ONCE)]


def sizes() -> str:
    """How much there is, in one line."""
    counted = (User, Program, Match, Session, Answer)
    return ", ".join(f"{model.objects.count():,} {model._meta.verbose_name_plural}" for model in counted)
