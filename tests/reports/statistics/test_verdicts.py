"""Each gate closing and opening, and each verdict."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from reports.statistics import Learner, crossover, stratified, welch
from reports.statistics.strata import Stratum
from reports.verdicts import Assignment, Kind, Look, Plan, analyse, withheld
from tests.reports.statistics.people import BOTH, FIRST, SECOND, arm, judge

pytestmark = pytest.mark.pure


def met(verdict, slug):
    return next(gate.met for gate in verdict.gates if gate.slug == slug)


@pytest.mark.parametrize(
    ("units", "size", "privacy", "show", "for_verdict", "kind"),
    [
        (2, 9, False, False, False, Kind.SUPPRESSED),
        (3, 1, False, False, False, Kind.SUPPRESSED),
        (4, 1, False, True, False, Kind.SUPPRESSED),
        (3, 2, True, False, False, Kind.TOO_FEW),
        (4, 2, True, True, False, Kind.EARLY),
        (9, 1, True, True, False, Kind.EARLY),
        (10, 1, True, True, True, Kind.HIGHER),
    ],
)
def test_gates_of_size(units, size, privacy, show, for_verdict, kind):
    _, verdict = judge(arm(FIRST, units, size=size, gain=1.0), arm(SECOND, 12, gain=0.2))
    assert (met(verdict, "privacy"), met(verdict, "show"), met(verdict, "verdict")) == (privacy, show, for_verdict)
    assert verdict.kind is kind
    assert verdict.shown == (kind in {Kind.EARLY, Kind.HIGHER})


def test_four_people_are_not_shown_in_any_number_of_units():
    _, verdict = judge(arm(FIRST, 4), arm(SECOND, 12))
    assert verdict.kind is Kind.SUPPRESSED
    assert (verdict.basis, verdict.method, verdict.cautions) == ("", (), ())
    assert not any(gate.found for gate in verdict.gates if gate.slug not in {"response", "independence"})


def test_those_who_did_not_answer_hide_nobody():
    people = arm(FIRST, 4) + [Learner(f"mentor-led {unit}", FIRST, 4, None) for unit in range(4)]
    analysis, verdict = judge(people, arm(SECOND, 12))
    assert (analysis.arms[0].learners, analysis.arms[0].answered) == (8, 4)
    assert verdict.kind is Kind.SUPPRESSED


@pytest.mark.parametrize(
    ("answered", "other", "is_met"),
    [(12, 12, True), (11, 12, False), (12, 15, True), (12, 16, False), (20, 17, True), (20, 16, False)],
)
def test_response_of_60_percent_and_within_15_points(answered, other, is_met):
    """Of 20 each; exactly 60 per cent and exactly 15 points are enough."""
    first = arm(FIRST, 20, gain=2.0, missing=Fraction(20 - answered, 20))
    _, verdict = judge(first, arm(SECOND, 20, gain=0.2, missing=Fraction(20 - other, 20)))
    assert met(verdict, "response") is is_met
    assert verdict.kind is (Kind.HIGHER if is_met else Kind.EARLY)


def test_a_low_response_lowers_what_was_early_to_nothing():
    few, some = arm(FIRST, 12, missing=Fraction(1, 2)), arm(SECOND, 8)
    _, verdict = judge(few, some)
    assert verdict.kind is Kind.TOO_FEW_ANSWERS
    assert verdict.sentence.startswith("We can’t compare yet. 6 mentor-led and 8 peer relationships have")
    assert "Only 50 % of the people in mentor-led answered both times" in verdict.sentence
    assert not verdict.shown


@pytest.mark.parametrize(("apart", "is_met"), [(0.2564, True), (-0.2564, True), (0.2567, False), (-0.2567, False)])
def test_groups_that_differed_at_the_start(apart, is_met):
    # 20 learners each, half of them a point above and half below: a quarter of √(20/19) is 0.2565.
    analysis, verdict = judge(arm(FIRST, 20, start=4 + apart), arm(SECOND, 20))
    assert analysis.baseline == pytest.approx(apart / math.sqrt(20 / 19))
    assert met(verdict, "baseline") is is_met
    assert ("The groups differed at the start" in verdict.sentence) is not is_met


def test_groups_that_did_not_vary_at_the_start():
    analysis, verdict = judge(arm(FIRST, 12, start=5, starts=0), arm(SECOND, 12, starts=0))
    assert analysis.baseline == math.inf
    assert met(verdict, "baseline") is False
    assert "The groups differed at the start: check the data." in verdict.sentence
    assert "everybody" not in verdict.sentence
    assert verdict.kind is Kind.INSEPARABLE or analysis.adjusted.problem
    same, _ = judge(arm(FIRST, 12, starts=0), arm(SECOND, 12, starts=0))
    assert (same.baseline, same.margin) == (0, None)


@pytest.mark.parametrize(("gain", "is_met"), [(1.0, True), (1.3, False)])
def test_a_difference_too_large_to_believe(gain, is_met):
    analysis, verdict = judge(arm(FIRST, 12, gain=gain), arm(SECOND, 12, gain=0.4))
    assert analysis.g is not None
    assert (abs(analysis.g) <= 1.5) is is_met
    assert met(verdict, "plausibility") is is_met
    assert ("check the data" in verdict.sentence) is not is_met
    assert verdict.kind is Kind.HIGHER


def test_one_relationship_of_more_than_half_has_no_interval():
    big = arm("x", 1, size=12, gain=1.5)
    big = [Learner("big", FIRST, one.before, one.after) for one in big]
    for extra, dominated in ((11, True), (12, False)):
        analysis, verdict = judge(big + arm(FIRST, extra, gain=1.5), arm(SECOND, 12))
        assert (analysis.dominated == FIRST) is dominated
        assert met(verdict, "independence") is not dominated
        assert verdict.kind is (Kind.UNCLEAR if dominated else Kind.HIGHER)
        assert ("how far it can be trusted cannot be said" in verdict.sentence) is dominated
        assert ("so no interval is given" in verdict.sentence) is dominated


def test_nothing_that_varies_is_no_verdict():
    _, verdict = judge(arm(FIRST, 12, spread=0, gain=1.0), arm(SECOND, 12, spread=0, gain=0.2))
    assert verdict.kind is Kind.UNCLEAR
    assert met(verdict, "plausibility") is False
    assert "Nothing varies within the groups" in verdict.sentence


def test_the_next_smallest_cell_is_withheld_too():
    cells = {"a": (30, 12), "b": (4, 4), "c": (9, 5), "d": (9, 6)}
    assert withheld(cells) == {"b", "c"}
    assert withheld({**cells, "b": (5, 3)}) == set()
    assert withheld({"a": (5, 2), "b": (50, 50)}) == {"a", "b"}
    assert withheld({"a": (1, 1)}) == {"a"}
    assert withheld({}) == set()


def test_similar_needs_the_margin_and_enough_units():
    first, second = arm(FIRST, 40, gain=0.52), arm(SECOND, 40, gain=0.5)
    analysis, verdict = judge(first, second)
    assert verdict.kind is Kind.SIMILAR
    # Half of √(40/39), the standard deviation of first answers one above and one below.
    assert analysis.margin == pytest.approx(0.5 * math.sqrt(40 / 39))
    _, strict = judge(first, second, Plan(margin=0.05))
    assert strict.kind is Kind.UNCLEAR
    assert "fits your data, including none. This is not proof that they are equal." in strict.sentence


def test_higher_and_yet_smaller_than_what_matters():
    first, second = arm(FIRST, 60, gain=0.8, spread=0.3), arm(SECOND, 60, spread=0.3)
    _, verdict = judge(first, second, Plan(margin=1.0))
    assert verdict.kind is Kind.HIGHER
    assert "It is probably smaller than 1.00 point all the same, which you said would not change" in verdict.sentence


def test_who_improved_more_is_named_whichever_comes_first():
    better, other = arm(FIRST, 12, gain=1.0), arm(SECOND, 12, gain=0.2)
    ahead = [judge(better, other)[1], judge(arm(FIRST, 12, gain=0.2), arm(SECOND, 12, gain=1.0))[1]]
    assert [verdict.higher for verdict in ahead] == [FIRST, SECOND]
    assert [verdict.finding.split(" (")[0] for verdict in ahead] == [
        "People in mentor-led improved more, by 0.80 points",
        "People in peer improved more, by 0.80 points",
    ]


def test_chosen_groups_whose_start_explains_the_difference():
    """People who began low chose the first model; whoever begins low gains more."""
    first = arm(FIRST, 24, start=3.2, gain=0.5 + 0.64, spread=0.25, follows=-0.8)
    second = arm(SECOND, 24, start=4.8, gain=0.5 - 0.64, spread=0.25, follows=-0.8)
    analysis, verdict = judge(first, second)
    assert analysis.primary.excludes_none
    assert not analysis.adjusted.excludes_none
    assert verdict.kind is Kind.INSEPARABLE
    assert verdict.finding.startswith("We cannot separate the model from who chose it.")
    middle, halfway = judge(first, second, Plan(look=Look.MIDPOINT))
    assert middle.primary.excludes_none
    assert halfway.kind is Kind.EARLY
    _, by_lot = judge(first, second, Plan(assignment=Assignment.LOTTERY))
    assert by_lot.kind is Kind.SIMILAR


def test_before_the_first_look_only_progress_is_shown():
    _, verdict = judge(arm(FIRST, 40, gain=2.0, missing=Fraction(1, 4)), arm(SECOND, 3), Plan(look=Look.BEFORE))
    assert verdict.kind is Kind.NOT_YET
    assert verdict.sentence == (
        "Results come at the mid-point. So far 30 of 40 people in mentor-led and too few to count in peer have "
        "answered twice."
    )
    assert (verdict.basis, verdict.method) == ("", ())


def test_the_mid_point_needs_far_more_than_the_close():
    first, second = arm(FIRST, 12, gain=1.0, spread=0.5), arm(SECOND, 12, gain=0.4, spread=0.5)
    middle, verdict = judge(first, second, Plan(look=Look.MIDPOINT))
    p = middle.primary.p
    assert p is not None
    assert 0.001 < p < 0.05
    assert middle.primary.level == 0.999
    assert verdict.kind is Kind.EARLY
    assert met(verdict, "verdict") is False
    assert judge(first, second)[1].kind is Kind.HIGHER
    clear, verdict = judge(arm(FIRST, 12, gain=1.6), second, Plan(look=Look.MIDPOINT))
    assert clear.primary.excludes_none
    assert verdict.kind is Kind.HIGHER
    assert "This is the mid-point look" in verdict.sentence


def test_a_nudge_that_moved_nobody_is_not_compared():
    first, second = arm(FIRST, 12, gain=1.2), arm(SECOND, 12, gain=0.2)
    for uptake, kind in ((Fraction(49, 100), Kind.REFUSED), (Fraction(1, 2), Kind.HIGHER)):
        plan = Plan(assignment=Assignment.NUDGE, uptake=(uptake, Fraction(3, 10)))
        _, verdict = judge(first, second, plan)
        assert verdict.kind is kind
        assert met(verdict, "uptake") is (kind is Kind.HIGHER)


def test_missing_people_who_would_change_the_verdict():
    first, second = arm(FIRST, 20, gain=1.2, missing=Fraction(1, 10)), arm(SECOND, 20, gain=0.4)
    analysis, verdict = judge(first, second)
    low = analysis.primary.low
    assert low is not None
    needed = low / 0.1
    said = f"If the people in mentor-led who did not answer both times had changed by {needed:.2f} points less"
    assert said in verdict.sentence
    # Answers from 4 to 4.5 cannot differ by more than a point in how they change.
    _, narrow = judge(first, second, Plan(scale=(4, 4.5)))
    assert "did not answer" not in narrow.sentence


def changed(one):
    return one.after - one.before


def test_cohorts_are_compared_within_themselves_where_there_are_enough():
    first = arm(FIRST, 12, gain=1.0, cohorts=("2025", "2026", "2027"))
    second = arm(SECOND, 8, gain=0.5, cohorts=("2025", "2026"))
    analysis, verdict = judge(first, second)
    assert (analysis.cohorts, analysis.outside) == (("2025", "2026"), 4)
    parts = [
        Stratum(*([changed(one) for one in people if one.cohort == cohort] for people in (first, second)))
        for cohort in ("2025", "2026")
    ]
    assert analysis.change.difference == pytest.approx(stratified(parts).difference)
    assert analysis.change.se == pytest.approx(stratified(parts).se)
    assert any("4 relationships are left out" in line for line in verdict.method)
    alone, _ = judge(first, arm(SECOND, 8, gain=0.5, cohorts=("2025",)))
    assert alone.cohorts == ()
    assert alone.change.se == pytest.approx(welch(alone.arms[0].changes, alone.arms[1].changes).se)


def test_a_unit_in_two_cohorts_is_a_stratum_of_its_own():
    people = [Learner("u", FIRST, 1, 2, "2025"), Learner("u", FIRST, 1, 3, "2026"), *arm(SECOND, 4)]
    assert [unit.cohort for unit in analyse(people, BOTH, Plan()).arms[0].units] == ["2025 + 2026"]


def test_circles_count_once():
    circles, _ = judge(arm(FIRST, 10, size=6), arm(SECOND, 10))
    single, _ = judge(arm(FIRST, 10), arm(SECOND, 10))
    assert (circles.change.difference, circles.change.se, circles.change.df) == pytest.approx(
        (single.change.difference, single.change.se, single.change.df)
    )


@pytest.mark.parametrize(
    ("arms", "plan", "said"),
    [
        ((FIRST, FIRST), Plan(), "two arms of different names"),
        ((FIRST, "pods"), Plan(), "neither arm"),
        (BOTH, Plan(margin=0), "margin"),
        (BOTH, Plan(margin=math.nan), "margin"),
        (BOTH, Plan(assignment=Assignment.NUDGE), "uptake"),
    ],
)
def test_what_cannot_be_compared_is_refused(arms, plan, said):
    with pytest.raises(ValueError, match=said):
        analyse([*arm(FIRST, 4), *arm(SECOND, 4)], arms, plan)


def test_nobody_at_all():
    analysis, verdict = judge([], [])
    assert (analysis.primary, analysis.g, analysis.baseline, analysis.margin) == (None, None, None, None)
    assert verdict.kind is Kind.SUPPRESSED
    assert verdict.sentence == (
        "We can’t compare yet. Fewer than 3 mentor-led and fewer than 3 peer relationships have before-and-after "
        "answers. For a useful answer you need about 32 more mentor-led and 32 more peer relationships."
    )


def test_a_crossover_is_compared_within_people_and_says_when_the_order_mattered():
    """By hand as statistics.crossover: who has all three answers counts, and the two orders are halved."""
    rng = np.random.default_rng(5)

    def order(name: str, first: float, second: float) -> list[Learner]:
        rows = rng.normal((first, second), 0.3, (14, 2))
        return [
            Learner(f"{name} {n}", name, 4.0 + n % 2, 4.0 + n % 2 + one + two, middle=4.0 + n % 2 + one)
            for n, (one, two) in enumerate(rows)
        ]

    def halves(people: list[Learner]) -> tuple[list[float], list[float]]:
        each = [(one.before or 0, one.middle or 0, one.after or 0) for one in sorted(people, key=lambda x: x.unit)]
        return [m - b for b, m, _ in each], [a - m for _, m, a in each]

    first, second = order(FIRST, 1.2, 0.4), order(SECOND, 0.4, 1.2)
    lost = [replace(one, middle=None) for one in order(FIRST, 9, 9)[:2]]
    analysis, verdict = judge([*first, *lost], second, Plan(assignment=Assignment.CROSSOVER, scale=(1, 7)))
    expected = crossover(halves(first), halves(second))
    assert analysis.primary is not None
    assert (analysis.primary.low, analysis.primary.high) == pytest.approx((expected.low, expected.high))
    assert (analysis.arms[0].learners, analysis.arms[0].answered, analysis.baseline) == (16, 14, 0)
    assert (verdict.kind, verdict.higher) == (Kind.HIGHER, FIRST)
    assert verdict.finding.startswith("Because of the model, answers came out ")
    assert "both times together" not in " ".join(verdict.cautions)
    carried = [replace(one, after=(one.after or 0) - 0.9) for one in second]
    analysis, verdict = judge(first, carried, Plan(assignment=Assignment.CROSSOVER))
    assert analysis.order is not None
    assert analysis.order.difference > 0.8
    assert any(line.startswith(f"Those who began with {FIRST} gained") for line in verdict.cautions)
