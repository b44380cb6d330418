import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mail.models import Message
from matching.models import Match, Proposal
from programs.models import Program, Role
from reports.queries.overview import overview, week_of
from sessions.models import NextStep, Session
from tests.factories.matching import ProposalFactory, make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory
from tests.people import make_cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
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
    assert page.count(">Failed<") == 1
    assert [words for words in ("Cancelled", "Waiting") if words in page] == []
