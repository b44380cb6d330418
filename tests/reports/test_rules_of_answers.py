"""The edges of what answers are counted for, and of overload."""

import datetime as dt

import pytest

from programs.models import Enrolment, Role
from reports.health import Limits
from reports.health.rules import ORDER
from reports.queries.answering import Said, apart, dominated, low
from reports.queries.around import limits_of
from reports.queries.base import load
from reports.queries.overview import raised_in
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import SessionFactory
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
