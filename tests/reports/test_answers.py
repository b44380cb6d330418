"""Before and after from the surveys people sent, with numbers worked out by hand."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from programs.models import Enrolment, Program, Role
from reports.queries.answers import consented_rows, paired
from reports.verdicts import Plan, analyse
from surveys import services
from surveys.wording import CORE_ITEMS
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
SLUGS = [item["slug"] for item in CORE_ITEMS]
LATER = NOW + dt.timedelta(days=100)


def say(enrolment: Enrolment, kind: str, values: list[int], *, consent: bool | None = None) -> None:
    """Send the core with these values, in its order; shorter: the rest is left out."""
    when = NOW if kind == "baseline" else LATER
    program = enrolment.track.program
    asked = services.invite(program=program, kind=kind, user=enrolment.user, with_core=True, now=when)
    assert asked is not None
    for slug, value in zip(SLUGS, values, strict=False):
        services.save_answer(invitation=asked, slug=slug, value=value, now=when)
    services.send(invitation=asked, consent=consent, contact_me=False, now=when)


@pytest.fixture
def program() -> Program:
    """Two mentors, one with two mentees; two pairs of peers; their learners start at 3 and end as the tests say."""
    program = ProgramFactory.create()
    led = TrackFactory.create(program=program, model="traditional")
    peer = TrackFactory.create(program=program, model="peer", slug="peers")
    mentors = [EnrolmentFactory.create(track=led, role=Role.MENTOR) for _ in range(2)]
    mentees = [EnrolmentFactory.create(track=led, role=Role.MENTEE) for _ in range(3)]
    peers = [EnrolmentFactory.create(track=peer, role=Role.PEER) for _ in range(4)]
    for enrolment in [*mentees, *peers]:
        say(enrolment, "baseline", [3] * 6, consent=True)
    for mentor, mentee in zip([mentors[0], mentors[0], mentors[1]], mentees, strict=True):
        make_pair(mentor, mentee)
    make_pair(peers[0], peers[1])
    make_pair(peers[2], peers[3])
    return program


def learners(program: Program, model: str) -> list[Enrolment]:
    return list(
        Enrolment.objects.filter(track__program=program, track__model=model).exclude(role="mentor").order_by("pk")
    )


def test_the_two_mentees_of_one_mentor_are_one_unit(program: Program) -> None:
    found = paired([program])
    assert found.arms == ("mentor-led", "peer")
    units = [(learner.arm, learner.unit) for learner in found.learners]
    assert units == [
        ("mentor-led", "unit 1"),
        ("mentor-led", "unit 1"),
        ("mentor-led", "unit 2"),
        ("peer", "unit 3"),
        ("peer", "unit 3"),
        ("peer", "unit 4"),
        ("peer", "unit 4"),
    ]


def test_the_difference_of_unit_means_by_hand(program: Program) -> None:
    """Mentor-led changes: unit 1 is the mean of 1 and 2: 1.5; unit 2 is 2.5. Peers: unit 3 (0 and 1) 0.5, unit 4
    (1 and 1) 1.0. Means 2.0 and 0.75, so a difference of 1.25; variances 0.5 and 0.125, standard error
    sqrt(0.25 + 0.0625) = 0.559017, t = 2.236068, and 1.470588 degrees of freedom: 0.3125^2 / (0.25^2 + 0.0625^2).
    """
    led, peers = learners(program, "traditional"), learners(program, "peer")
    ends = [[4] * 6, [5] * 6, [5, 5, 5, 6, 6, 6], [3] * 6, [4] * 6, [4] * 6, [4] * 6]
    for enrolment, values in zip([*led, *peers], ends, strict=True):
        say(enrolment, "closing", values)
    found = paired([program])
    analysis = analyse(found.of("mentor-led", "peer"), ("mentor-led", "peer"), Plan())
    assert [unit.change for arm in analysis.arms for unit in arm.units] == [1.5, 2.5, 0.5, 1.0]
    assert analysis.change is not None
    assert analysis.change.difference == pytest.approx(1.25)
    assert analysis.change.t == pytest.approx(2.236068, abs=1e-6)
    assert analysis.change.df == pytest.approx(1.470588, abs=1e-6)


def test_three_of_six_items_are_no_outcome_and_four_are(program: Program) -> None:
    first, second, _ = learners(program, "traditional")
    say(first, "closing", [7, 7, 7])
    say(second, "closing", [7, 7, 7, 5])
    said = [(learner.before, learner.after) for learner in paired([program]).learners[:3]]
    assert said == [(3.0, None), (3.0, 6.5), (3.0, None)]


def test_each_kind_of_outcome_has_its_own_two_items(program: Program) -> None:
    say(learners(program, "traditional")[0], "closing", [1, 2, 3, 4, 5, 6])
    ends = {
        kind: paired([program], construct=kind).learners[0].after
        for kind in ("growth", "problem_solving", "connection")
    }
    assert ends == {"growth": 1.5, "problem_solving": 3.5, "connection": 5.5}


def test_a_draft_counts_nowhere_and_the_midpoint_is_not_the_end(program: Program) -> None:
    first, second, _ = learners(program, "traditional")
    asked = services.invite(program=program, kind="closing", user=first.user, with_core=True, now=LATER)
    assert asked is not None
    for slug in SLUGS:
        services.save_answer(invitation=asked, slug=slug, value=7, now=LATER)
    say(second, "midpoint", [5] * 6)
    assert [learner.after for learner in paired([program]).learners[:2]] == [None, None]
    assert [learner.after for learner in paired([program], after="midpoint").learners[:2]] == [None, 5.0]


def test_who_is_in_both_is_in_neither_arm(program: Program) -> None:
    mentee = learners(program, "traditional")[2]
    track = program.tracks.get(model="peer")
    again = EnrolmentFactory.create(track=track, user=mentee.user, role=Role.PEER)
    make_pair(again, EnrolmentFactory.create(track=track, role=Role.PEER))
    found = paired([program])
    assert (found.in_both, len(found.learners)) == (1, 7)
    assert {learner.unit for learner in found.learners if learner.arm == "peer"} >= {"unit 2"}


def test_rows_for_a_file_are_of_those_who_said_yes_and_of_five_or_more(program: Program) -> None:
    people = [*learners(program, "traditional"), *learners(program, "peer")]
    for enrolment in people[:3]:
        say(enrolment, "closing", [4] * 6, consent=False)
    assert consented_rows(program) == []
    say(people[3], "closing", [4] * 6)
    track = program.tracks.get(model="peer")
    new = [EnrolmentFactory.create(track=track, role=Role.PEER) for _ in range(2)]
    for each in new:
        say(each, "baseline", [2] * 6, consent=True)
    make_pair(*new)
    rows = consented_rows(program)
    assert sorted((row["arm"], row["before"], row["after"] or 0) for row in rows) == [
        ("peer", 2.0, 0),
        ("peer", 2.0, 0),
        ("peer", 3.0, 0),
        ("peer", 3.0, 0),
        ("peer", 3.0, 0),
        ("peer", 3.0, 4.0),
    ]
    assert len({row["row"] for row in rows}) == 6


def test_three_queries_however_many_there_are(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        paired([program])
