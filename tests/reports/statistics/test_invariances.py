"""What must not matter does not: order, names, the unit of the scale, which arm is called the first."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reports.statistics import (
    Learner,
    ancova,
    benjamini_hochberg,
    components,
    hedges_g,
    newcombe,
    partial_pooling,
    summary,
    tost,
    units_of,
    welch,
    wilson,
)

pytestmark = pytest.mark.pure
# Sixths of a point, as the mean of six answers is; so nothing here varies by rounding alone.
answers = st.integers(-60, 60).map(lambda sixths: sixths / 6)
samples = st.lists(answers, min_size=2, max_size=12)
few = settings(max_examples=60, deadline=None)


@few
@given(samples, samples)
def test_exchanging_the_arms_turns_the_sign(first, second):
    one, two = welch(first, second), welch(second, first)
    assert (one.difference, one.se, one.df) == pytest.approx((-two.difference, two.se, two.df))
    assert one.problem == two.problem
    if not one.problem:
        assert one.p == pytest.approx(two.p)
        assert one.low == pytest.approx(-(two.high or 0))
        assert tost(one, 1).p == pytest.approx(tost(two, 1).p)


@few
@given(samples, samples, st.integers(-50, 50), st.sampled_from([0.01, 0.5, 3.0, 1000.0]))
def test_another_scale_changes_nothing_but_the_unit(first, second, shift, factor):
    plain = welch(first, second)
    other = welch(*([factor * (value + shift) for value in arm] for arm in (first, second)))
    assert other.problem == plain.problem
    assert other.difference == pytest.approx(factor * plain.difference, abs=1e-9 * factor)
    if not plain.problem:
        assert (other.t, other.df) == pytest.approx((plain.t, plain.df), rel=1e-6, abs=1e-9)
        g = [
            hedges_g(summary(a), summary(b))
            for a, b in ((first, second), (other_arm(first, factor), other_arm(second, factor)))
        ]
        assert g[0] == pytest.approx(g[1], rel=1e-6, abs=1e-9)


def other_arm(values: list[float], factor: float) -> list[float]:
    return [factor * value for value in values]


@few
@given(samples, samples, st.randoms(use_true_random=False))
def test_order_does_not_matter(first, second, random):
    mixed = random.sample(first, len(first))
    assert welch(mixed, second).difference == pytest.approx(welch(first, second).difference)
    assert welch(mixed, second).p == (pytest.approx(p) if (p := welch(first, second).p) is not None else None)


@few
@given(st.lists(st.tuples(answers, answers, st.booleans()), min_size=6, max_size=20), st.integers(-9, 9))
def test_adjusting_does_not_mind_where_the_scale_begins(rows, shift):
    before, after, arm = zip(*rows, strict=True)
    assume(2 <= sum(arm) <= len(arm) - 2)
    plain = ancova(before, after, arm)
    moved = ancova([value + shift for value in before], after, arm)
    turned = ancova(before, after, [not each for each in arm])
    assert (moved.problem, turned.problem) == (plain.problem, plain.problem)
    if not plain.problem:
        assert (moved.difference, moved.se, moved.df) == pytest.approx(
            (plain.difference, plain.se, plain.df), rel=1e-6, abs=1e-8
        )
        assert (-turned.difference, turned.se, turned.df) == pytest.approx(
            (plain.difference, plain.se, plain.df), rel=1e-6, abs=1e-8
        )
        assert 0 < plain.df <= len(rows)


@few
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_p_values_keeps_their_order_and_never_lowers_them(p):
    found = benjamini_hochberg(p)
    assert all(each.p <= each.adjusted <= 1 for each in found)
    ordered = sorted(found, key=lambda each: each.p)
    assert [each.adjusted for each in ordered] == sorted(each.adjusted for each in found)


@few
@given(st.integers(1, 60), st.data())
def test_intervals_of_shares_hold_the_share(people, data):
    done, other = (data.draw(st.integers(0, people)) for _ in range(2))
    one = wilson(done, people)
    assert 0 <= one.low <= one.value <= one.high <= 1
    both, turned = newcombe((done, people), (other, people)), newcombe((other, people), (done, people))
    assert -1 <= both.low <= both.value <= both.high <= 1
    assert (both.low, both.high) == pytest.approx((-turned.high, -turned.low))


@few
@given(st.lists(st.tuples(answers, st.floats(0.05, 3)), min_size=1, max_size=12), st.floats(0.1, 3))
def test_pooling_draws_every_model_toward_one_place(models, sd):
    values, errors = zip(*models, strict=True)
    found = partial_pooling(values, errors, sd=sd)
    assert np.ptp([each.value for each in found]) <= np.ptp(values) + 1e-9
    for each in found:
        assert min(values) - 1e-9 <= each.value <= max(values) + 1e-9
        assert each.low < each.value < each.high


@few
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20), st.randoms(use_true_random=False))
def test_components_are_the_same_in_any_order(pairs, random):
    def parts(relationships: list[tuple[int, int]]) -> set[frozenset[int]]:
        unit = components(relationships)
        return {frozenset(person for person in unit if unit[person] == number) for number in unit.values()}

    found = parts(pairs)
    assert found == parts(random.sample(pairs, len(pairs)))
    assert all(any({a, b} <= part for part in found) for a, b in pairs)


@few
@given(st.lists(st.tuples(st.sampled_from("abc"), answers, answers), min_size=1, max_size=15))
def test_names_of_units_do_not_matter(rows):
    plain = units_of([Learner(unit, "arm", before, after) for unit, before, after in rows])
    named = units_of([Learner(f"z{ord('z') - ord(unit)}", "arm", before, after) for unit, before, after in rows])
    assert sorted((each.learners, each.change) for each in plain) == sorted(
        (each.learners, each.change) for each in named
    )
    assert sum(each.learners for each in plain) == len(rows)
