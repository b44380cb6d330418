"""The edges of what answers are counted for, and of overload."""

import datetime as dt

import pytest

from programs.models import Enrolment, Role
from reports.health import Around, Limits
from reports.health.rules import ORDER
from reports.queries.answering import Count, Said, _silent, apart, counts_of, dominated, low
from reports.queries.around import limits_of
from reports.queries.base import Meeting, load
from reports.queries.overview import raised_in
from surveys.definition import survey_of
from surveys.models import Answer, Invitation, Publication, Survey
from surveys.services import store_sent
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import SessionFactory
from tests.factories.surveys import ask_after
from tests.people import Cast, make_cast

DAY = dt.timedelta(days=1)
USUAL = Limits({})


def said(*values: tuple[int, ...], role: str = Role.MENTEE, talk: tuple[int, ...] = ()) -> list[Said]:
    """What one person answered after each session."""
    talked = [*talk, *[None] * (len(values) - len(talk))]
    return [Said("a", role, 1, each, at) for each, at in zip(values, talked, strict=True)]


@pytest.mark.parametrize(
    ("answers", "counts"),
    [
        (said((5,), (2, 5)), True),
        (said((2,), (5,)), False),
        (said((3,), (3,)), True),
        (said((4,), (3, 3)), False),
        (said((3,)), False),
    ],
)
def test_one_low_answer_last_time_or_two_lukewarm_sessions(answers: list[Said], counts: bool) -> None:
    assert low({"a": answers}, USUAL) == ({"a"} if counts else set())


@pytest.mark.parametrize(
    ("mine", "other", "counts"), [((5, 5, 5), (4, 3, 3), True), ((5, 5, 5), (4, 4, 3), False), ((5, 5), (1, 1), False)]
)
def test_two_whose_means_lie_one_and_a_half_apart_over_three_sessions(
    mine: tuple[int, ...], other: tuple[int, ...], counts: bool
) -> None:
    people = {"a": said(*((each,) for each in mine)), "b": said(*((each,) for each in other))}
    assert apart(people, USUAL) == ({"a", "b"} if counts else set())


@pytest.mark.parametrize(
    ("role", "talk", "counts"),
    [
        (Role.MENTEE, (4, 3, 5), True),
        (Role.MENTEE, (5, 5, 3, 3), False),
        (Role.PEER, (1, 4, 4), True),
        (Role.MENTOR, (5, 5, 5), False),
    ],
)
def test_who_learns_says_twice_in_three_that_the_other_mostly_talked(
    role: str, talk: tuple[int, ...], counts: bool
) -> None:
    answers = said(*[(5,)] * len(talk), role=role, talk=talk)
    assert dominated({"a": answers}, USUAL) == ({"a"} if counts else set())


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def overload(cast: Cast, days: int) -> list[str]:
    found = raised_in(load(cast.program), limits_of(cast.program), NOW + days * DAY)
    signals = [each for each in found[cast.match.pk] if each.rule == "overload"]
    assert all(each.level in ORDER for each in signals)
    return [each.reason for each in signals]


def test_more_matches_than_places_for_two_months_is_overload(cast: Cast) -> None:
    bob = Enrolment.objects.get(user=cast.bob, track=cast.track)
    make_pair(bob, EnrolmentFactory.create(track=cast.track))
    Enrolment.objects.filter(pk=bob.pk).update(capacity=1)
    assert overload(cast, 59) == []
    assert overload(cast, 60) == ["Bob is in 2 matches and offered 1, for 60 days."]
    Enrolment.objects.filter(pk=bob.pk).update(capacity=2)
    assert overload(cast, 60) == []


def test_more_hours_than_agreed_in_both_of_two_months_is_overload(cast: Cast) -> None:
    cadence, minutes = cast.track.cadence_days, cast.track.session_minutes
    for day in range(1, 61, cadence // 2):
        SessionFactory.create(match=cast.match, held=True, starts_at=NOW + day * DAY, minutes=minutes)
    assert overload(cast, 61)[0] == "Bob has met for more hours than agreed in each of the last two periods."
    # One month of it is none.
    assert overload(cast, 91) == []


def test_a_gap_of_exactly_one_and_a_half_counts() -> None:
    people = {"a": said(*[(5, 5)] * 3), "b": said(*[(3, 4)] * 3)}
    assert apart(people, USUAL) == {"a", "b"}
    assert apart({**people, "b": said((3, 4), (3, 4), (4, 4))}, USUAL) == set()


def unanswered(cast: Cast, *answered: bool) -> dict[int, set[int]]:
    """Mia's check-ins of so many sessions, all closed, of which she answered some."""
    for day, done in enumerate(answered):
        at = NOW + day * DAY
        asked = ask_after(SessionFactory.create(match=cast.match, held=True, starts_at=at), cast.mia, at)
        Invitation.objects.filter(pk=asked.pk).update(answered_at=at if done else None)
    return _silent(Survey.objects.get(kind="pulse"), NOW + 90 * DAY, USUAL)


@pytest.mark.parametrize(
    ("answered", "counts"),
    [((False,) * 2, False), ((False,) * 3, True), ((True, *(False,) * 3), True), ((False, False, True), False)],
)
def test_three_check_ins_running_left_unanswered_count(cast: Cast, answered: tuple[bool, ...], counts: bool) -> None:
    assert unanswered(cast, *answered) == ({cast.match.pk: {cast.mia.pk}} if counts else {})


OFTEN = range(1, 60, 6)
LATE = NOW + 60 * DAY


@pytest.fixture
def judged(cast: Cast) -> Survey:
    """Ten pairs, each of which had the half-way survey: all mentees have answered, five of them with the best."""
    survey = survey_of(cast.program, "midpoint")
    for _ in range(10):
        match = make_pair(
            EnrolmentFactory.create(track=cast.track, role=Role.MENTOR), EnrolmentFactory.create(track=cast.track)
        )
        mentee = match.seats.get(role=Role.MENTEE).enrolment.user
        moments = {"created_at": NOW, "closes_at": NOW + 9 * DAY, "answered_at": NOW}
        asked = Invitation.objects.create(survey=survey, user=mentee, match=match, **moments)
        [response] = store_sent([asked])
        for question in survey.questions.filter(construct__in=("expertise", "dependency")):
            Answer.objects.create(response=response, question=question, value=7)
    return survey


def found(survey: Survey, value: int, construct: str, *, often: bool = True, moved: bool = False) -> Count:
    """What is counted once the first five have answered with so many points."""
    first = Answer.objects.filter(question__construct=construct).order_by("pk")[:5]
    Answer.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(value=value)
    data = load(survey.program)
    rows = {row.pk: row for row in data.matches}
    for row in rows.values():
        row.activated_at = NOW
        row.meetings = [Meeting(row.pk, "held", NOW + day * DAY, 45) for day in OFTEN if often]
    around = {pk: Around(cadence_days=14, moved=(LATE,) if moved else ()) for pk in rows}
    published = Publication(survey=survey, as_of=LATE)
    return counts_of(published, rows, around, USUAL)[construct]


@pytest.mark.parametrize(("value", "matches"), [(3, 5), (4, None)])
def test_too_little_know_how_is_three_of_seven_or_less(judged: Survey, value: int, matches: int | None) -> None:
    assert found(judged, value, "expertise").matches == matches


@pytest.mark.parametrize(
    ("value", "often", "moved", "matches"),
    [(3, True, False, 5), (4, True, False, None), (3, False, False, None), (3, True, True, None)],
)
def test_dependency_counts_once_all_three_signs_are_there(
    judged: Survey, value: int, often: bool, moved: bool, matches: int | None
) -> None:
    assert found(judged, value, "dependency", often=often, moved=moved).matches == matches
