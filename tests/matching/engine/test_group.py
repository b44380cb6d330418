"""Grouping against brute force and planted groups."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import GroupProblem, Infeasible, Seats, Spread, certify, check, group, loosen, raise_floor
from matching.engine.grouping import bound, branching
from matching.engine.grouping.check import floor_of, lowest_mean
from matching.engine.grouping.proof import Fork, GroupProof, Leaf
from matching.engine.grouping.space import GroupPrices
from tests.matching.engine.oracles import partitions

pytestmark = pytest.mark.pure


def table(people, seed, top=50):
    scores = np.random.default_rng(seed).integers(-5, top, (people, people))
    return scores + scores.T


@given(
    people=st.integers(1, 9), size=st.sampled_from([(1, 3), (2, 3), (3, 3), (3, 5), (4, 9)]), seed=st.integers(0, 9999)
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_it_finds_and_proves_the_best_of_all_partitions(people, size, seed):
    scores = table(people, seed)
    result = group(scores, size=size)
    plan = result.problem.plan()
    low, high = size
    counts = [n for n in range(people + 1) if any(g * low <= n <= g * high for g in range(1, people + 1))]
    assert result.filled == max(counts, default=0)
    assert (result.optimal, check(result.problem, result)) == (True, [])
    if result.filled == people and people:
        shapes = sorted(len(one) for one in result.groups)
        assert len(shapes) == min(g for g in range(1, people + 1) if g * low <= people <= g * high) == plan.groups
        best = max(
            sum(result.problem.worth(one) for one in groups) for groups in partitions(list(range(people)), shapes)
        )
        assert result.total == best


@pytest.mark.parametrize("people", [15, 20])
def test_prices_bound_what_the_search_finds(people):
    result = group(table(people, people), size=(5, 5))
    assert (result.method, check(result.problem, result)) == ("prices", [])
    assert result.total <= result.bound <= 1.02 * result.total
    assert certify(result.problem, result).bound == result.bound


@given(
    people=st.integers(4, 9),
    size=st.sampled_from([(1, 3), (2, 3), (3, 5)]),
    objective=st.sampled_from(["cover", "score"]),
    seed=st.integers(0, 9999),
)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_column_generation_finds_and_proves_what_trying_everything_does(people, size, objective, seed):
    """With sizes of two kinds, people left over, who must be apart or together, and small scores full of ties."""
    seats = Seats((0,), 0, 1) if seed % 3 == 0 else None
    rules: dict[str, Any] = {"apart": [(0, 1)], "together": [(2, 3)], "seats": seats}
    scores = table(people, seed, top=[6, 50][seed % 2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "SMALL_FREE", 9)
        try:
            best = group(scores, size=size, objective=objective, **rules)
        except Infeasible:
            return
        patch.setattr(bound, "SMALL", 0)
        patch.setattr(bound, "SMALL_FREE", 0)
        result = group(scores, size=size, objective=objective, **rules)
    if result.broken:
        return
    assert result.total <= best.total <= result.bound
    assert certify(result.problem, result).bound == result.bound
    if result.optimal:
        assert result.total == best.total


@pytest.mark.parametrize("people", [11, 24])
@given(seed=st.integers(0, 9999))
@settings(max_examples=2, deadline=None, derandomize=True)
def test_ids_and_not_the_order_of_rows_decide(people, seed):
    """At sizes where a search finds the groups, with rules of each kind and many ties."""
    scores, order = table(people, seed, top=3), np.random.default_rng(seed).permutation(people)
    place = np.argsort(order)
    teams = np.arange(people) % 2
    rules = {"size": (2, 4), "seed": seed, "apart": [(0, 1)], "together": [(2, 3)], "seats": Seats((4, 5, 6, 7), 0, 1)}
    plain = group(scores, spread=[Spread(tuple(teams.tolist()))], **rules)
    rules["apart"], rules["together"] = [(place[1], place[0])], [(place[3], place[2])]
    rules["seats"] = Seats(tuple(place[[7, 5, 4, 6]].tolist()), 0, 1)
    spread = [Spread(tuple(teams[order].tolist()))]
    shuffled = group(scores[order][:, order], spread=spread, ids=order.tolist(), **rules)
    back = {frozenset(order[list(one)].tolist()) for one in shuffled.groups}
    assert back == {frozenset(one) for one in plain.groups}
    assert (shuffled.total, shuffled.bound, shuffled.method) == (plain.total, plain.bound, plain.method)


@given(people=st.integers(4, 8), seed=st.integers(0, 9999))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_the_floor_raises_the_lowest_group_and_then_the_total(people, seed):
    scores = table(people, seed)
    result = group(scores, size=(2, 3), objective="floor")
    shapes = sorted(len(one) for one in result.groups)
    ranks = [
        (lowest_mean(result.problem, groups) or 0, sum(result.problem.worth(one) for one in groups))
        for groups in partitions(list(range(people)), shapes)
    ]
    assert (lowest_mean(result.problem, result.groups) or 0, result.total) == max(ranks)
    assert (result.optimal, check(result.problem, result)) == (True, [])
    assert result.floor is not None
    assert result.price == group(scores, size=(2, 3)).total - result.total
    assert certify(result.problem, replace(result, floor=result.floor + 1)).optimal is False


def test_beyond_trying_everything_a_floor_is_raised_but_not_called_proved():
    scores = table(20, 20)
    cover = group(scores, size=(5, 5))
    result = group(scores, size=(5, 5), objective="floor")
    assert check(result.problem, result) == []
    assert result.floor is not None
    assert cover.floor is not None
    assert result.floor > cover.floor
    assert (result.price, result.optimal) == (cover.total - result.total, False)
    assert certify(result.problem, result).optimal is False


@pytest.mark.parametrize("people", [3, 7, 20])
def test_other_objectives_go_on_from_what_cover_found(people):
    """The floor is what solving anew finds; the best total is never below cover's, and its bound holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "PRICED", 0)  # the bound by prices is tested elsewhere, and takes long
        scores = table(people, 31)
        rules: Any = {
            "size": (4, 5),
            "seats": Seats((0, 1), 0, 1),
            "ids": [f"p{9 * one % 31}" for one in range(people)],
        }
        cover, floor = group(scores, **rules), group(scores, objective="floor", **rules)
        best, free = group(scores, objective="score", **rules), loosen(cover)
    raised = raise_floor(cover)
    assert (raised.groups, raised.total, raised.price, raised.floor) == (
        floor.groups, floor.total, floor.price, floor.floor,
    )  # fmt: skip
    assert [check(one.problem, one) for one in (raised, free)] == [[], []]
    assert cover.total <= free.total <= best.bound
    assert (free.problem.objective, certify(free.problem, free).bound) == ("score", free.bound)
    with pytest.raises(ValueError, match="go on from what cover found, not from floor"):
        loosen(raised)


def test_a_single_group_is_its_own_lowest_and_without_proof_the_bound_is_weak():
    scores = np.full((12, 12), 5)
    one = group(scores, size=(3, 12), objective="floor")
    assert (len(one.groups), one.floor, one.optimal) == (1, 5.0, True)
    assert certify(one.problem, one).optimal
    rough = group(table(15, 15), size=(5, 5), prove=False)
    assert (rough.method, certify(rough.problem, rough).bound) == ("degrees", rough.bound)


def test_fewer_and_larger_groups_are_looked_at_where_people_may_stay_out():
    """Two fives of friends and two people whom nobody knows: three fours place everybody, two fives have more."""
    kind = np.array([0] * 5 + [1] * 5 + [2, 3])
    scores = np.where(kind[:, None] == kind, 10, 0)
    free = group(scores, size=(3, 5), objective="score", prove=False)
    assert (free.total, free.filled) == (200, 10)


def test_best_total_only_leaves_out_who_takes_points_away():
    scores = np.full((5, 5), 10)
    scores[4, :4] = scores[:4, 4] = -9
    result = group(scores, size=(2, 4), objective="score")
    assert (result.groups, result.total, result.unfilled.tolist()) == (((0, 1, 2, 3),), 60, [4])
    assert group(scores, size=(2, 5)).groups == ((0, 1, 2, 3, 4),)


def test_a_tree_proves_what_prices_alone_leave_open_and_no_part_of_it_can_be_bent():
    """Three fours of friends in groups of three: a third of each group of friends would be worth 120, groups 90."""
    four = np.arange(12) // 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "CUTS", 0)
        result = group(np.where(four[:, None] == four, 10, 0), size=(3, 3))
    assert (result.total, result.bound, result.optimal) == (90, 90, True)
    proof = result.prices
    assert isinstance(proof, GroupProof)
    tree = proof.tree
    assert isinstance(tree, Fork)
    assert certify(result.problem, result).optimal
    cheap = replace(tree.prices, item=tree.prices.item - 10**9)
    for bent in (
        replace(proof, tree=None),
        replace(proof, target=None),
        replace(proof, root=replace(proof.root, item=proof.root.item[1:])),
        replace(proof, tree=replace(tree, one=99)),
        replace(proof, tree=Leaf(tree.prices)),
        replace(proof, tree=Leaf(replace(tree.prices, triples=((0, 0, 1),), triple=np.array([1])))),
        replace(proof, tree=Leaf(replace(tree.prices, triples=((0, 1, 2),), triple=np.array([-(10**9)])))),
    ):
        assert not certify(result.problem, replace(result, prices=bent)).optimal
    # Prices that are too low are made up for by what groups exceed them by: never a bound below the best.
    assert certify(result.problem, replace(result, prices=replace(proof, tree=Leaf(cheap)))).bound >= result.total
    assert certify(result.problem, replace(result, method="degrees")).bound >= result.bound
    assert certify(result.problem, replace(result, method="hope")).reasons == (
        "the bound by hope cannot be recomputed",
    )


def test_prices_for_triples_close_what_the_relaxation_leaves_open():
    """The same without a question: of the four groups of friends that hold two of three people one can be taken."""
    four = np.arange(12) // 4
    result = group(np.where(four[:, None] == four, 10, 0), size=(3, 3))
    assert (result.total, result.optimal) == (90, True)
    assert isinstance(result.prices, GroupProof)
    assert isinstance(result.prices.tree, Leaf)
    assert len(result.prices.tree.prices.triples) > 0


def test_planted_groups_are_found_and_proved():
    rng = np.random.default_rng(1)
    place = rng.permutation(np.repeat(np.arange(6), 5))
    scores = np.where(place[:, None] == place, 100, rng.integers(0, 5))
    result = group(scores, size=(5, 5))
    assert (result.total, result.optimal) == (6 * 10 * 100, True)
    assert {frozenset(place[list(one)].tolist()) for one in result.groups} == {frozenset([one]) for one in range(6)}


@given(people=st.integers(11, 60), size=st.sampled_from([(2, 3), (3, 5), (5, 5), (6, 10)]), seed=st.integers(0, 9999))
@settings(max_examples=6, deadline=None, derandomize=True)
def test_everyone_is_in_one_group_and_sizes_differ_by_one_at_most(people, size, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "PRICED", 0)  # the bound is tested elsewhere, and takes longer than the search
        result = group(table(people, seed), size=size)
    assert check(result.problem, result) == []
    times = Counter(person for one in result.groups for person in one)
    assert set(times.values()) <= {1}
    sizes = [len(one) for one in result.groups]
    assert max(sizes) - min(sizes) <= 1
    assert result.filled + len(result.unfilled) == people
    assert result.filled == result.possible


def test_who_must_be_apart_or_together_is():
    apart = [(0, other) for other in range(1, 12)]
    result = group(table(40, 3), size=(4, 4), apart=apart, together=[(1, 2), (2, 3)], fixed=[(20, 30)])
    assert (result.broken, check(result.problem, result)) == ((), [])
    place = {person: number for number, one in enumerate(result.groups) for person in one}
    assert place[1] == place[2] == place[3]
    assert place[20] == place[30]
    assert all(place[0] != place[other] for other in range(1, 12))


def test_circles_get_their_leaders_and_nobody_leads_who_may_not():
    leaders = tuple(range(50, 60))
    result = group(table(60, 4), size=(6, 8), seats=Seats(leaders, 1, 2))
    assert check(result.problem, result) == []
    led = sorted(len(set(one) & set(leaders)) for one in result.groups)
    assert led == [1, 1, 1, 1, 2, 2, 2] or sum(led) == 10
    assert len(result.groups) == 7


def test_too_few_leaders_leave_members_over_rather_than_groups_without_one():
    result = group(table(30, 5), size=(4, 5), seats=Seats((0, 1), 1, 1))
    assert (len(result.groups), result.filled, len(result.unfilled)) == (2, 12, 18)
    assert check(result.problem, result) == []


def test_nobody_is_alone_with_their_kind_and_labels_are_balanced():
    rng = np.random.default_rng(6)
    kinds = tuple("few" if person < 6 else None for person in range(48))
    teams = tuple(int(team) for team in rng.permutation(np.repeat([0, 1, 2, 3], 12)))
    spread = [Spread(kinds, "not_alone", "kind"), Spread(teams, "balance", "team")]
    result = group(table(48, 6), size=(6, 6), spread=spread)
    assert (result.broken, check(result.problem, result)) == ((), [])
    for one in result.groups:
        assert sum(person < 6 for person in one) != 1
        assert all(1 <= count <= 2 for count in Counter(teams[person] for person in one).values())


def test_rules_that_contradict_one_another_are_refused_with_the_people():
    with pytest.raises(Infeasible) as caught:
        group(table(12, 1), size=(3, 4), apart=[(0, 2)], together=[(0, 1), (1, 2)])
    assert (caught.value.rule, set(caught.value.takers)) == ("apart", {0, 2})
    with pytest.raises(Infeasible, match="0, 1, 2, 3 must be together but fit into no group"):
        group(table(12, 1), size=(2, 3), together=[(0, 1), (1, 2), (2, 3)])
    with pytest.raises(Infeasible, match="no way to form 2 groups keeps every rule"):
        group(table(6, 1), size=(3, 3), apart=[(0, 1), (0, 2), (1, 2)])


def test_a_rule_the_search_could_not_keep_is_named_and_not_certified():
    kinds = tuple("only" if person == 0 else None for person in range(20))
    result = group(table(20, 2), size=(5, 5), spread=[Spread(kinds, "not_alone", "kind")])
    assert result.broken == ("0 is alone with kind only",)
    assert not result.optimal
    assert [one.rule for one in check(result.problem, result)] == ["not_alone"]


def test_check_misses_members_and_leaders_for_whom_there_is_room():
    """A member too few, and a leader too few, each with groups that are as even as can be."""
    rules: Any = {"size": (2, 3), "seats": Seats((0, 1), 0, 1)}
    result = group(table(8, 3), **rules)
    assert (len(result.groups), result.filled) == (2, 8)
    for gone, words in ((7, "5 members and 2 leaders"), (0, "6 members and 1 leaders")):
        groups = tuple(tuple(one for one in members if one != gone) for members in result.groups)
        total = sum(result.problem.worth(one) for one in groups)
        worse = replace(result, groups=groups, filled=7, unfilled=np.array([gone]), total=total)
        worse = replace(worse, floor=float(lowest_mean(result.problem, groups) or 0))
        found = check(result.problem, worse)
        assert [one.message for one in found] == [f"{words} are placed of 6 and 2"]


def test_scores_that_are_no_whole_numbers_add_up_over_pairs_and_nobody_is_paired_with_themselves():
    scores = np.full((4, 4), 0.1)
    np.fill_diagonal(scores, 9.7)
    result = group(scores, size=(2, 2))
    assert (result.problem.grid.plain, result.total) == (False, 0.2)


def test_the_same_seed_finds_the_same_groups():
    scores = table(30, 8)
    assert group(scores, size=(4, 5), seed=3).groups == group(scores, size=(4, 5), seed=3).groups


@pytest.mark.parametrize("people", [9, 15])
def test_a_grouping_made_worse_by_one_exchange_is_not_certified(people):
    result = group(table(people, 9, top=1000), size=(3, 3))
    assert certify(result.problem, result).optimal is result.optimal
    first, second, *rest = (list(one) for one in result.groups)
    first[0], second[0] = second[0], first[0]
    groups = tuple(tuple(sorted(one)) for one in (first, second, *rest))
    total = sum(result.problem.worth(one) for one in groups)
    worse = replace(result, groups=groups, total=total, floor=floor_of(result.problem, groups))
    assert total < result.total
    proved = certify(result.problem, worse)
    assert (proved.optimal, proved.reasons) == (False, (f"the bound leaves {result.bound - total} open",))


def test_the_best_total_is_no_proof_of_the_highest_floor():
    """Pairs worth 10 and 1 have the best total, two worth 5 the highest floor."""
    scores = np.zeros((4, 4), dtype=int)
    for one, other, points in ((0, 1, 10), (2, 3, 1), (0, 2, 5), (1, 3, 5)):
        scores[one, other] = scores[other, one] = points
    cover, floor = (group(scores, size=(2, 2), objective=objective) for objective in ("cover", "floor"))
    assert [(one.groups, one.total, one.floor) for one in (cover, floor)] == [
        (((0, 1), (2, 3)), 11, 1.0), (((0, 2), (1, 3)), 10, 5.0),
    ]  # fmt: skip
    assert certify(cover.problem, cover).optimal
    assert certify(floor.problem, floor).reasons == ()
    assert certify(floor.problem, cover).reasons == ("a higher lowest group is not ruled out",)


def test_a_bound_allows_for_what_the_grid_may_hide_and_for_no_more():
    """Six pairs in two groups of three, each score half a unit more than what it is read as."""
    result = group(np.full((6, 6), 1 + 2.0**-44), size=(2, 2), seats=Seats((0, 1)))
    assert (result.problem.grid.exact, result.problem.grid.unit) == (False, 2.0**-43)
    proved = certify(result.problem, result)
    assert (proved.total, proved.bound, proved.possible) == (6 + 6 * 2.0**-44, 6 + 6 * 2.0**-44, 6)
    assert proved.optimal


def test_prices_prove_nothing_where_there_are_none_or_none_could_be_exact():
    """Not given, or forged for scores so large that no price would be exact."""
    none = np.zeros(1, dtype=np.int64)
    forged = GroupProof(GroupPrices(np.zeros(5, dtype=np.int64), none, none))
    for points, prices in ((1, None), (2**43, forged)):
        result = group(np.full((5, 5), points), size=(5, 5))
        proved = certify(result.problem, replace(result, method="prices", prices=prices))
        assert proved.reasons == ("the bound by prices cannot be recomputed",)


def test_the_worked_example_of_the_documentation():
    side = np.arange(6) % 2
    result = group(np.where(side[:, None] == side, 100, 1), size=(3, 3))
    assert (result.groups, result.total, result.optimal) == (((0, 2, 4), (1, 3, 5)), 600, True)


def test_nobody_and_fewer_than_one_group():
    for people in (0, 2):
        result = group(table(people, 1), size=(3, 5))
        assert (result.groups, result.filled, result.optimal) == ((), 0, True)
        assert result.unfilled.tolist() == list(range(people))


def test_check_names_each_broken_rule():
    problem = GroupProblem(table(7, 1), (3, 4), apart=[(0, 1)], together=[(2, 3)])
    result = group(problem.score, size=(3, 4), apart=[(0, 1)], together=[(2, 3)])
    bad = replace(result, groups=((0, 1, 2, 4, 5), (3, 3)), filled=1)
    rules = {violation.rule for violation in check(problem, bad)}
    assert rules == {"once", "size", "balance", "apart", "together", "filled", "unfilled", "floor", "total"}
    assert [one.rule for one in check(problem, replace(result, groups=((0, 8),)))] == ["outside"]
