"""Rules that cannot be used, and what is said about them."""

import pytest

from matching.criteria import (
    ALL_KINDS,
    DERIVED_KINDS,
    FIELD_KINDS,
    RULE_KINDS,
    STRENGTH_POINTS,
    Condition,
    Field,
    Rule,
    validate_rules,
)
from tests.matching.criteria.invented import FIELDS


def ruled(kind="equal", taker="unit", giver=None, strength="mid", **settings):
    return Rule("r", kind, "Rule", taker, giver or taker, strength, **settings)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (ruled("sounds_like"), "there is no kind of rule called “sounds_like”."),
        (ruled(taker="colour"), "there is no field called “colour”."),
        (ruled(giver="colour"), "there is no field called “colour”."),
        (ruled(strength="strong"), "the strength “strong” is not one of off, low, mid, high, must, points."),
        (ruled(strength="points"), "say how many points it gives."),
        (ruled(strength="points", points=1001), "points have to be whole numbers from −1000 to 1000."),
        (ruled(strength="points", points=2.5), "points have to be whole numbers from −1000 to 1000."),
        (ruled(strength="points", points=True), "points have to be whole numbers from −1000 to 1000."),
        (ruled("gap", "grade", by_gap={1: -1001}), "points have to be whole numbers from −1000 to 1000."),
        (ruled("gap", "grade", by_gap={"1": 5}), "gaps have to be whole numbers of steps."),
        (ruled(by_gap={1: 5}), "points by gap belong to rules about a gap."),
        (
            ruled("gap", "grade"),
            "No gap is named: give points for at least one gap, or a smallest or largest gap.",
        ),
        (
            ruled("gap", "grade", params={"min_gap": 2, "max_gap": 1}),
            "The smallest gap (2) is larger than the largest (1).",
        ),
        (
            ruled("gap", "grade", by_gap={1: 5}, params={"max_gap": 1}),
            "Give either points by gap or a smallest and largest gap, not both.",
        ),
        (
            ruled("gap", "grade", by_gap={-1: 5}, params={"absolute": True}),
            "A gap below 0 can never occur where only its size counts.",
        ),
        (ruled("gap", "grade", "years", by_gap={1: 5}), "“Grade” and “Years of work” are not on the same scale."),
        (ruled("gap", "unit", by_gap={1: 5}), "“Gap between two levels” does not work with “Unit” (choice)."),
        (ruled("equal", "topics"), "“Equal” does not work with “Topics” (multi)."),
        (
            ruled("equal", "unit", "years"),
            "“Unit” and “Years of work” cannot be compared: they are of different kinds.",
        ),
        (
            ruled("among", "years", "topics"),
            "“One of theirs is among ours” does not work with “Years of work” (number).",
        ),
        (
            ruled("overlap", "topics", params={"full_at": 0}),
            "The number of shared items for all the points has to be 1 or more.",
        ),
        (
            ruled("overlap", "topics", params={"min_shared": 0}),
            "The number of shared items for a must has to be 1 or more.",
        ),
        (ruled("overlap", "topics", params={"of": "nobody"}), "the setting “of” cannot be “nobody”."),
        (ruled("overlap", "topics", params={"full_at": True}), "the setting “full_at” cannot be “True”."),
        (ruled("overlap", "topics", params={"best": 1}), "this kind of rule has no setting called “best”."),
        (ruled("closeness", "years"), "Say from which distance on there are no points: a number above 0."),
        (
            ruled("closeness", "years", params={"within": 0.0001}),
            "Say from which distance on there are no points: a number above 0.",
        ),
        (
            ruled(condition=Condition("mentee", "remote", equals=True)),
            "a condition is about the taker or the giver, not “mentee”.",
        ),
        (
            ruled(condition=Condition("taker", "colour", equals="red")),
            "there is no field called “colour” for its condition.",
        ),
        (
            ruled(condition=Condition("giver", "unit", equals="West")),
            "the condition asks for “West”, which is no answer to “Unit”.",
        ),
        (
            ruled(condition=Condition("giver", "topics", equals=["Law", "Cooking"])),
            "the condition asks for “Law and Cooking”, which is no answer to “Topics”.",
        ),
        (
            ruled(condition=Condition("taker", "remote", equals="yes")),
            "the condition asks for “yes”, which is no answer to “Works from home”.",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_once(rule, problem):
    assert validate_rules(FIELDS, [rule]) == [f"Rule: {problem}"]


@pytest.mark.parametrize(
    "rule",
    [
        ruled(strength="off"),
        ruled(strength="points", points=-1000),
        ruled(condition=Condition("giver", "topics", equals="law")),
        ruled("gap", "grade", strength="points", by_gap={2: 12, 1: 9}, others_forbidden=True, params={"unit": "grade"}),
        ruled("gap", "years", params={"min_gap": None, "max_gap": 2.5, "absolute": True}),
        ruled("among", "asked", "topics", params={"verb": "teach"}),
        ruled("overlap", "topics", params={"full_at": 3, "of": "all", "min_shared": 2}),
    ],
)
def test_rules_that_can_be_used_have_no_problems(rule):
    assert validate_rules(FIELDS, [rule]) == []


def test_fields_and_keys_are_checked_too_and_every_problem_is_told():
    fields = [
        Field("a", "A", "choice"),
        Field("a", "A again", "choice"),
        Field("b", "B", "colour"),
        Field("c", "C", "ordered", ("only",)),
        Field("d", "D", "multi", ("One", "two", " one ")),
    ]
    both = [Rule("same", "equal", label, "a", "a", "mid") for label in ("First", "Second")]
    assert validate_rules(fields, both) == [
        "The field “a” is there twice.",
        "The rule key “same” is there twice.",
        "B: there is no kind of field called “colour”.",
        "C: an ordered choice needs at least two options.",
        "D: the option “one” is there twice.",
    ]


@pytest.mark.parametrize(
    ("given", "works"),
    [
        ({"by_gap": {1: 9}}, False),
        ({"by_gap": {1: 9, -1: 3}}, True),
        ({"by_gap": {1: 9}, "params": {"absolute": True}}, True),
        ({"params": {"max_gap": 1}}, False),
        ({"params": {"min_gap": -1, "max_gap": 1}}, True),
    ],
)
def test_between_peers_a_gap_has_to_work_both_ways(given, works):
    rule = ruled("gap", "grade", **given)
    said = "Rule: between peers nobody stands above the other: let only the size of the gap count."
    assert validate_rules(FIELDS, [rule], peers=True) == ([] if works else [said])
    assert validate_rules(FIELDS, [rule]) == []


def test_every_kind_says_what_it_is_and_which_fields_it_takes():
    assert list(RULE_KINDS) == [
        *("equal", "differ", "gap", "among", "overlap", "closeness", "variety", "time", "covered")
    ]
    assert list(ALL_KINDS) == [*RULE_KINDS, "wished"]
    for slug, kind in ALL_KINDS.items():
        assert kind.slug == slug
        assert kind.title
        assert kind.help.endswith(".")
        assert kind.taker_kinds | kind.giver_kinds <= {*FIELD_KINDS, *DERIVED_KINDS}
        assert (kind.taker_kinds | kind.giver_kinds <= set(FIELD_KINDS)) is (slug in RULE_KINDS)
        assert all(param.help.endswith(".") for param in kind.params.values())
    assert len({kind.order for kind in ALL_KINDS.values()}) == len(ALL_KINDS)
    assert dict(STRENGTH_POINTS) == {"low": 5, "mid": 10, "high": 20}
