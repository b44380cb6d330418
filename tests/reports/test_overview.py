import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mail.models import Message
from matching.models import Match, Proposal
from programs.models import Program, Role
from reports.queries.base import load
from reports.queries.overview import ContactRate, contact_rate, overview, pair_rows, week_of
from sessions.models import NextStep, Session
from surveys.definition import pulse_of
from surveys.models import Publication, Timing
from tests.factories.matching import ProposalFactory, make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory
from tests.people import make_cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
LATER = NOW + 60 * DAY


def pair(program: Program, *days: int, state: str = Match.State.ACTIVE) -> Match:
    track = program.tracks.first() or TrackFactory.create(program=program)
    mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR)
    match = make_pair(mentor, EnrolmentFactory.create(track=track), state=state)
    for day in days:
        SessionFactory.create(match=match, held=True, starts_at=NOW + day * DAY)
    return match


@pytest.fixture
def program() -> Program:
    return ProgramFactory.create()


def test_who_met_who_went_quiet_who_never_met(program: Program) -> None:
    steady, quiet, never = pair(program, 10, 30, 55), pair(program, 5), pair(program)
    owner = steady.seats.all()[0].enrolment.user
    goal = GoalFactory.create(match=steady, owner=owner)
    NextStep.objects.create(match=steady, goal=goal, owner=owner, text="Write", created_at=LATER - 5 * DAY)
    pair(program, state=Match.State.OFFERED)
    EnrolmentFactory.create(track=program.tracks.get())
    shown = overview(program, LATER)
    assert [(row.match.pk, row.signal.level) for row in shown.pairs] == [
        (never.pk, "risk"),
        (quiet.pk, "risk"),
        (steady.pk, "ok"),
    ]
    assert (shown.live, shown.met_recently, shown.held, shown.planned) == (3, 1, 4, 0)
    assert (shown.waiting, shown.unmatched) == (1, 1)
    assert (shown.per_pair, shown.plan_per_pair) == (1.3, 4.3)


def test_goals_are_counted_and_never_read(program: Program) -> None:
    match = pair(program, 1)
    owner = match.seats.all()[0].enrolment.user
    GoalFactory.create(match=match, owner=owner, text="CANARY goal", reached_at=NOW)
    GoalFactory.create(match=match, owner=owner, text="CANARY goal", dropped_at=NOW)
    GoalFactory.create(match=match, owner=owner, text="CANARY goal")
    assert overview(program, LATER).goals == {"all": 3, "reached": 1, "open": 1, "dropped": 1}


def test_weeks_are_those_of_the_programs_zone(program: Program) -> None:
    sunday_night = dt.datetime(2027, 3, 7, 23, 30, tzinfo=dt.UTC)  # Monday already in Berlin
    assert [week_of(program, sunday_night - DAY), week_of(program, sunday_night)] == [0, 1]


def test_cancelled_and_missed_sessions_are_no_sessions(program: Program) -> None:
    match = pair(program, 55)
    for state in (Session.State.CANCELLED, Session.State.MISSED):
        logged = NOW if state == Session.State.MISSED else None
        SessionFactory.create(match=match, state=state, logged_at=logged, starts_at=NOW + 40 * DAY)
        match = pair(program, 50)
    assert overview(program, LATER).held == 3


@pytest.mark.parametrize("name", ["reports:overview", "reports:pairs", "reports:messages", "reports:outcome"])
def test_pages_show_no_confidential_word_and_ask_no_more_with_more_rows(
    client: Client,
    program: Program,
    name: str,
    django_assert_max_num_queries: Any,
) -> None:
    user = CoordinatorFactory.create(program=program).user
    match = pair(program, 3)
    member = match.seats.all()[0].enrolment.user
    NoteFactory.create(session=match.sessions.get(), author=member, body="CANARY note")
    GoalFactory.create(match=match, owner=member, text="CANARY goal")
    client.force_login(user)
    url = reverse(name, kwargs={"slug": program.slug})
    with django_assert_max_num_queries(22) as few:
        assert "CANARY" not in client.get(url).content.decode()
    for _ in range(12):
        pair(program, 3, 20)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(url).status_code == 200


def states(program: Program, now: dt.datetime) -> str:
    """The stages by their first letters, those done in capitals, the present one in brackets."""
    marks: dict[str, Callable[[str], str]] = {"done": str.upper, "now": "[{}]".format, "todo": str}
    return " ".join(marks[each.state](each.label[:3].lower()) for each in overview(program, now).stages)


def test_the_journey_follows_what_is_there_and_then_the_days(program: Program) -> None:
    """It runs from 1 March to 31 August; half of it is later than its 90th day."""
    last = dt.datetime(2027, 8, 31, 21, 59, tzinfo=dt.UTC)
    half = dt.datetime(2027, 5, 29, 22, tzinfo=dt.UTC)
    assert (program.starts_on, program.ends_on) == (dt.date(2027, 3, 1), dt.date(2027, 8, 31))
    assert states(program, NOW) == "[set] enr mat mee mid clo rep"
    EnrolmentFactory.create(track__program=program)
    assert states(program, half) == "SET [enr] mat mee mid clo rep"
    match = pair(program, state=Match.State.OFFERED)
    assert states(program, half) == "SET ENR [mat] mee mid clo rep"
    Match.objects.filter(pk=match.pk).update(state=Match.State.ACTIVE, activated_at=NOW)
    assert states(program, half - MINUTE) == "SET ENR MAT [mee] mid clo rep"
    assert states(program, half) == "SET ENR MAT MEE [mid] clo rep"
    assert states(program, last) == "SET ENR MAT MEE [mid] clo rep"
    assert states(program, last + MINUTE) == "SET ENR MAT MEE MID [clo] rep"
    Program.objects.update(state=Program.State.CLOSED)
    program.refresh_from_db()
    assert states(program, last) == "SET ENR MAT MEE MID CLO [rep]"
    program.ends_on = program.starts_on + 41 * DAY
    assert states(program, last) == "SET ENR MAT MEE CLO [rep]"


def test_the_half_way_survey_is_on_the_journey_where_a_program_has_moved_it(program: Program) -> None:
    assert [each.when for each in overview(program, NOW).stages if each.label == "Mid-point"] == ["from 30 May"]
    Timing.objects.create(program=program, kind="midpoint", after_days=30)
    assert [each.when for each in overview(program, NOW).stages if each.label == "Mid-point"] == ["from 31 Mar"]


def test_the_latest_are_five_and_tell_of_goals_neither_words_nor_whose(program: Program) -> None:
    match, never = pair(program, 1, 10, 62), pair(program, state=Match.State.OFFERED)
    owner = match.seats.all()[0].enrolment.user
    told = {"match": match, "owner": owner, "text": "CANARY"}
    GoalFactory.create(**told, created_at=NOW + 2 * DAY, reached_at=NOW + 30 * DAY)
    GoalFactory.create(**told, created_at=NOW + 40 * DAY, dropped_at=NOW + 41 * DAY)
    missed = {"state": Session.State.MISSED, "logged_at": NOW}
    SessionFactory.create(match=match, starts_at=NOW + 20 * DAY, **missed)
    SessionFactory.create(match=match, starts_at=NOW + 21 * DAY, state=Session.State.CANCELLED)
    SessionFactory.create(match=match, starts_at=NOW + 90 * DAY, state=Session.State.CANCELLED)
    SessionFactory.create(match=never, starts_at=NOW + 25 * DAY, **missed)
    shown = overview(program, LATER).latest
    assert [(each.match, each.words, (each.at - NOW).days) for each in shown] == [
        (match.pk, "reached a goal", 30),
        (match.pk, "cancelled a session", 21),
        (match.pk, "did not meet as planned", 20),
        (match.pk, "met for 45 minutes", 10),
        (match.pk, "set a goal", 2),
    ]
    assert "CANARY" not in repr(shown)


def test_the_contact_rate_is_of_those_who_have_had_thirty_days(program: Program) -> None:
    """Both matched on the same day: one met thirty days before, one a minute more than that."""
    now = NOW + 60 * DAY
    pair(program, 30)
    SessionFactory.create(match=pair(program), held=True, starts_at=now - 30 * DAY - MINUTE)
    assert contact_rate(pair_rows(load(program), now), now) == ContactRate(1, 2, now)
    assert ContactRate(1, 3, now).percent == 33
    # Nobody has had thirty days yet, and then all have.
    for match in Match.objects.all():
        Match.objects.filter(pk=match.pk).update(activated_at=now - 30 * DAY + MINUTE)
    assert contact_rate(pair_rows(load(program), now), now) is None
    Match.objects.update(activated_at=now - 30 * DAY)
    assert contact_rate(pair_rows(load(program), now), now) == ContactRate(1, 2, now)


def test_ratings_are_drawn_from_what_was_published_alone(client: Client, program: Program) -> None:
    pair(program, 3)
    client.force_login(CoordinatorFactory.create(program=program).user)
    url = reverse("reports:overview", kwargs={"slug": program.slug})
    figure = {"slug": "useful", "text": "Useful", "points": 5, "mean": 4.4, "people": 42, "as_of": NOW.isoformat()}
    row = Publication.objects.create(survey=pulse_of(program), as_of=NOW, people=42, answers=99, figures=[figure])
    assert "Ratings:" not in client.get(url).content.decode()
    row.figures = [{**figure, "spread": [None] * 5}]
    row.save()
    assert "Ratings:" not in client.get(url).content.decode()
    row.figures = [{**figure, "spread": [None, None, None, 18, 19]}]
    row.save()
    page = client.get(url).content.decode()
    assert "Ratings: not shown gave 1, not shown gave 2, not shown gave 3, 18 gave 4 and 19 gave 5" in page
    assert page.count("Show as a table") == 5


def test_an_empty_program_says_what_to_do(client: Client, program: Program) -> None:
    TrackFactory.create(program=program)
    client.force_login(CoordinatorFactory.create(program=program).user)
    page = client.get(reverse("reports:overview", kwargs={"slug": program.slug})).content.decode()
    assert "Figures come with the first matches" in page


def test_a_draft_that_a_later_proposal_has_overtaken_asks_for_nothing(program: Program) -> None:
    track, other = TrackFactory.create(program=program), TrackFactory.create(program=program)
    first = ProposalFactory.create(track=track, number=1)
    assert overview(program, NOW).draft == first
    ProposalFactory.create(track=other, number=2, state=Proposal.State.PUBLISHED, published_at=NOW)
    assert overview(program, NOW).draft == first
    ProposalFactory.create(track=track, number=3, state=Proposal.State.PUBLISHED, published_at=NOW)
    assert overview(program, NOW).draft is None
    fourth = ProposalFactory.create(track=track, number=4)
    assert overview(program, NOW).draft == fourth


def test_messages_do_not_say_who_has_answered(client: Client) -> None:
    """A reminder of a survey that was cancelled, or sent, tells who answered; that one failed does not."""
    cast = make_cast()
    Message.objects.all().delete()
    client.force_login(cast.alice)
    due = {"not_before": NOW, "expires_at": NOW + 9 * DAY, "created_at": NOW}
    facts: dict[str, Any] = {"program_id": cast.program.pk, "recipient": cast.mia, **due}
    for number, state in enumerate(("pending", "cancelled", "failed")):
        Message.objects.create(
            kind="survey-reminder", state=state, subject_id=number, message_id=f"<{number}@x>", **facts
        )
    page = client.get(reverse("reports:messages", kwargs={"slug": cast.program.slug})).content.decode()
    page = page.partition("<tbody>")[2]
    assert page.count(">Failed<") == 1
    assert [words for words in ("Cancelled", "Waiting") if words in page] == []
