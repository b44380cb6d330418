"""Scores against the plain oracle, and what must hold whatever the people and the rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.criteria import (
    TWO_WAY,
    Field,
    InvalidRulesError,
    Person,
    Rule,
    blocked_by,
    explain,
    explain_peers,
    max_points,
    score_blocks,
    score_peers,
    score_two_sided,
    why_nobody,
)
from tests.matching.criteria.invented import FIELDS, people, rules, unhurried
from tests.matching.criteria.oracle import one_way, pair_score, peer_score, two_humans

takers, givers, two_ways = people(1), people(100), st.sampled_from(TWO_WAY)
GRADE = Field("grade", "Grade", "ordered", ("Junior", "Senior", "Head"))


@unhurried
@given(takers, givers, rules)
def test_two_sided_scores_are_those_of_the_oracle(some, others, ruled):
    scores = score_two_sided(some, others, FIELDS, ruled)
    wanted = [[pair_score(taker, giver, ruled) for giver in others] for taker in some]
    assert scores.points.shape == scores.allowed.shape == (len(some), len(others))
    assert scores.points.dtype == np.int64
    assert scores.points.tolist() == [[points for points, _ in row] for row in wanted]
    assert scores.allowed.tolist() == [[allowed for _, allowed in row] for row in wanted]


@unhurried
@given(people(1), rules, two_ways)
def test_peer_scores_are_those_of_the_oracle_and_symmetric(group, ruled, two_way):
    scores = score_peers(group, FIELDS, ruled, two_way)
    wanted = [[peer_score(one, other, ruled, two_way) for other in group] for one in group]
    assert scores.points.tolist() == [[points for points, _ in row] for row in wanted]
    assert scores.allowed.tolist() == [[allowed for _, allowed in row] for row in wanted]
    assert (scores.points == scores.points.T).all()
    assert (scores.allowed == scores.allowed.T).all()
    assert not scores.allowed.diagonal().any()


@unhurried
@given(takers, givers, rules, st.integers(1, 5))
def test_the_size_of_the_blocks_changes_nothing(some, others, ruled, block_rows):
    whole = score_two_sided(some, others, FIELDS, ruled)
    pieces = score_two_sided(some, others, FIELDS, ruled, block_rows=block_rows)
    assert pieces.points.tolist() == whole.points.tolist()
    assert pieces.allowed.tolist() == whole.allowed.tolist()
    starts = [block.start for block in score_blocks(some, others, FIELDS, ruled, block_rows=block_rows)]
    assert starts == list(range(0, len(some), block_rows))


@unhurried
@given(people(1), rules, two_ways, st.integers(1, 5))
def test_the_size_of_the_blocks_changes_nothing_for_peers(group, ruled, two_way, block_rows):
    whole = score_peers(group, FIELDS, ruled, two_way)
    pieces = score_peers(group, FIELDS, ruled, two_way, block_rows=block_rows)
    assert pieces.points.tolist() == whole.points.tolist()
    assert pieces.allowed.tolist() == whole.allowed.tolist()


@unhurried
@given(takers, givers, rules, st.randoms(use_true_random=False))
def test_the_order_of_people_and_rules_changes_no_pair(some, others, ruled, random):
    before = score_two_sided(some, others, FIELDS, ruled)
    rows, columns = (random.sample(range(len(side)), len(side)) for side in (some, others))
    turned = random.sample(ruled, len(ruled))
    after = score_two_sided([some[r] for r in rows], [others[c] for c in columns], FIELDS, turned)
    assert after.points.tolist() == before.points[rows][:, columns].tolist()
    assert after.allowed.tolist() == before.allowed[rows][:, columns].tolist()


@unhurried
@given(takers.filter(bool), givers.filter(bool), rules)
def test_the_shares_of_a_pair_add_up_to_its_score_and_say_what_blocks_it(some, others, ruled):
    taker, giver = some[0], others[0]
    shares = explain(taker, giver, FIELDS, ruled)
    points, allowed = pair_score(taker, giver, ruled)
    assert sum(share.points for share in shares) == points
    assert sum(share.max_points for share in shares) == max_points(ruled)
    assert [share.key for share in shares] == [rule.key for rule in ruled if rule.strength != "off"]
    assert all(share.points <= share.max_points for share in shares)
    assert all(share.sentence for share in shares)
    unmet = [share.key for share in shares if share.forbids and not share.met]
    oneself = [] if two_humans(taker, giver) else ["oneself"]
    assert blocked_by(taker, giver, FIELDS, ruled) == oneself + unmet
    assert allowed is (not oneself and not unmet)


@unhurried
@given(people(1).filter(lambda group: len(group) > 1), rules, two_ways)
def test_the_shares_of_two_peers_add_up_to_their_score(group, ruled, two_way):
    one, other = group[:2]
    points, allowed = peer_score(one, other, ruled, two_way)
    for first, second in ((one, other), (other, one)):
        shares = explain_peers(first, second, FIELDS, ruled, two_way)
        assert sum(share.points for share in shares) == points
        unmet = any(share.forbids and not share.met for share in shares)
        assert allowed is (two_humans(one, other) and not unmet)


@unhurried
@given(takers.filter(bool), givers, rules)
def test_reasons_are_given_only_for_what_speaks_for_the_pair(some, others, ruled):
    for giver in others:
        for share in explain(some[0], giver, FIELDS, ruled):
            speaks_for_it = share.applies and (share.points > 0 or (share.forbids and share.met))
            assert bool(share.reason) <= speaks_for_it
            assert bool(share.reason) is bool(share.reason_for_giver)


@unhurried
@given(takers.filter(bool), givers, rules, st.sampled_from(["taker", "giver", "peer"]))
def test_why_nobody_counts_what_each_rule_removed(some, others, ruled, side):
    person = some[0]
    strangers = [other for other in others if two_humans(person, other)]
    ways = {"taker": [0], "giver": [1], "peer": [0, 1]}[side]
    removed = {
        rule.key: {
            other.id
            for other in strangers
            for way in ways
            if not one_way(rule, *(person, other)[:: -1 if way else 1])[1]
        }
        for rule in ruled
    }
    wanted = {}
    for key, mine in removed.items():
        elsewhere = set().union(*(theirs for other, theirs in removed.items() if other != key))
        if mine:
            wanted[key] = (len(mine), len(mine - elsewhere))
    told = why_nobody(person, others, FIELDS, ruled, side=side)
    assert {entry.key: (entry.removed, entry.alone) for entry in told} == wanted
    assert [entry.removed for entry in told] == sorted((entry.removed for entry in told), reverse=True)


def test_nobody_is_matched_with_themselves_under_two_roles():
    mentee, mentor = Person(1, {}, who=7), Person(2, {}, who=7)
    unknown = [Person(3, {}), Person(4, {})]
    assert score_two_sided([mentee], [mentor], [], []).allowed.tolist() == [[False]]
    assert score_two_sided([mentee], [Person(1, {})], [], []).allowed.tolist() == [[False]]
    assert score_two_sided(unknown[:1], unknown[1:], [], []).allowed.tolist() == [[True]]


@pytest.mark.parametrize(("takers_n", "givers_n"), [(0, 0), (0, 3), (3, 0), (1, 1)])
def test_empty_sides_have_empty_scores(takers_n, givers_n):
    rule = Rule("g", "gap", "Grade", "grade", "grade", "mid", params={"min_gap": 1})
    some = [Person(n, {"grade": "Junior"}) for n in range(takers_n)]
    others = [Person(10 + n, {"grade": "Head"}) for n in range(givers_n)]
    scores = score_two_sided(some, others, [GRADE], [rule])
    assert scores.points.shape == scores.allowed.shape == (takers_n, givers_n)
    assert scores.points.sum() == 10 * takers_n * givers_n


def test_rules_that_cannot_be_used_are_refused_before_anything_is_scored():
    rule = Rule("g", "equal", "Same place", "place", "place", "must")
    with pytest.raises(InvalidRulesError) as refused:
        score_two_sided([], [], [GRADE], [rule])
    assert refused.value.problems == ("Same place: there is no field called “place”.",)
    with pytest.raises(ValueError, match="two_way is one of each_rule, weaker_total, not 'both'"):
        score_peers([], [GRADE], [], "both")
    with pytest.raises(ValueError, match="block_rows has to be 1 or more, not -1"):
        score_two_sided([Person(1, {})], [], [], [], block_rows=-1)


def test_a_zero_score_is_not_a_forbidden_pair():
    near = Rule("g", "gap", "Grade", "grade", "grade", "points", by_gap={1: 0}, others_forbidden=True)
    taker = [Person(1, {"grade": "Junior"})]
    mentors = [Person(2, {"grade": "Senior"}), Person(3, {"grade": "Head"}), Person(4, {})]
    scores = score_two_sided(taker, mentors, [GRADE], [near])
    assert scores.points.tolist() == [[0, 0, 0]]
    assert scores.allowed.tolist() == [[True, False, False]]


@pytest.mark.parametrize("two_way", TWO_WAY)
def test_a_pair_of_peers_that_is_forbidden_one_way_is_forbidden(two_way):
    above = Rule("g", "gap", "Grade", "grade", "grade", "must", params={"min_gap": 0})
    group = [Person(number, {"grade": grade}) for number, grade in enumerate(["Head", "Junior", "Head"])]
    scores = score_peers(group, [GRADE], [above], two_way)
    assert scores.allowed.tolist() == [[False, False, True], [False, False, False], [True, False, False]]


def test_the_largest_distance_allowed_is_allowed():
    near = Rule("g", "closeness", "Grade", "grade", "grade", "must", params={"within": 1})
    taker = [Person(1, {"grade": "Junior"})]
    mentors = [Person(2, {"grade": "Senior"}), Person(3, {"grade": "Head"})]
    assert score_two_sided(taker, mentors, [GRADE], [near]).allowed.tolist() == [[True, False]]
