"""What coordinators and participants read, word for word."""

import pytest

from matching.criteria import (
    Condition,
    Field,
    Person,
    Removed,
    Rule,
    Words,
    blocked_by,
    explain,
    explain_peers,
    max_points,
    why_nobody,
)

FIELDS = [
    Field("grade", "Grade", "ordered", ("EO", "HEO", "SEO", "G7")),
    Field("department", "Department", "choice"),
    Field("profession", "Profession", "choice"),
    Field("years", "Years in post", "number"),
    Field("wants", "Skills wanted", "multi"),
    Field("offers", "Skills offered", "multi"),
    Field("languages", "Languages", "multi"),
    Field("similar", "Wants someone alike", "yesno"),
    Field("identity", "Identity asked for", "choice", private=True),
    Field("identities", "Identities", "multi", private=True),
]
JOY, LOVE = "Department of Joy", "Department of Love"


def rule(kind, field, strength="mid", *, giver=None, **settings):
    return Rule(kind, kind, f"Rule on {field}", field, giver or field, strength, **settings)


def told(ruled, taker, giver, *, words=None):
    """The one share of a rule for a pair with these answers."""
    return explain(Person(1, taker), Person(2, giver), FIELDS, [ruled], words=words)[0]


@pytest.mark.parametrize(
    ("ruled", "taker", "giver", "points", "sentence", "told_taker", "told_giver"),
    [
        (
            rule("equal", "profession"),
            {"profession": "Policy"},
            {"profession": " policy "},
            10,
            "Same profession: policy",
            "Same profession: policy",
            "Same profession: Policy",
        ),
        (
            rule("equal", "profession"),
            {"profession": "Policy"},
            {"profession": "Law"},
            0,
            "Different profession: Law and Policy",
            "",
            "",
        ),
        (
            rule("equal", "similar"),
            {"similar": False},
            {"similar": False},
            10,
            "Wants someone alike: both no",
            "Wants someone alike: both no",
            "Wants someone alike: both no",
        ),
        (
            rule("differ", "department"),
            {"department": LOVE},
            {"department": JOY},
            10,
            f"Different department: {JOY} and {LOVE}",
            f"Different department: {JOY}",
            f"Different department: {LOVE}",
        ),
        (
            rule("differ", "years"),
            {"years": 2},
            {"years": 0.5},
            10,
            "Years in post: 0.5 and 2",
            "Years in post: yours 2, theirs 0.5",
            "Years in post: yours 0.5, theirs 2",
        ),
        (
            rule("differ", "department", "must"),
            {"department": JOY},
            {"department": JOY},
            0,
            f"Same department: {JOY}",
            "",
            "",
        ),
        (
            rule("gap", "grade", "points", by_gap={2: 12, 1: 9}),
            {"grade": "EO"},
            {"grade": "SEO"},
            12,
            "Grade: SEO is 2 steps above EO",
            "Two steps ahead of you in grade",
            "Two steps behind you in grade",
        ),
        (
            rule("gap", "grade", "points", by_gap={2: 12, -1: 9}, params={"unit": "grade"}),
            {"grade": "SEO"},
            {"grade": "HEO"},
            9,
            "Grade: HEO is 1 grade below SEO",
            "One grade behind you",
            "One grade ahead of you",
        ),
        (
            rule("gap", "grade", "points", by_gap={0: 3}),
            {"grade": "EO"},
            {"grade": "EO"},
            3,
            "Grade: both EO",
            "Same grade as you: EO",
            "Same grade as you: EO",
        ),
        (
            rule("gap", "years", "must", params={"min_gap": 5, "unit": "year"}),
            {"years": 1},
            {"years": 6.5},
            0,
            "Years in post: 6.5 is 5.5 years above 1",
            "5.5 years ahead of you",
            "5.5 years behind you",
        ),
        (
            rule("gap", "years", params={"max_gap": 5}),
            {"years": 1},
            {"years": 13},
            0,
            "Years in post: 13 is 12 above 1",
            "",
            "",
        ),
        (
            rule("closeness", "years", "high", params={"within": 10, "target": 6}),
            {"years": 2},
            {"years": 6},
            16,
            "Years in post: 6 is 4 above 2; wanted: 6",
            "Four ahead of you in years in post",
            "Four behind you in years in post",
        ),
        (
            rule("among", "wants", giver="offers"),
            {"wants": ["Budgets", "Data"]},
            {"offers": ["data", "Law"]},
            10,
            "Skills wanted: data is among the mentor’s skills offered",
            "Skills wanted: data",
            "Skills offered: data",
        ),
        (
            rule("among", "wants", "must", giver="offers"),
            {"wants": ["Budgets", "Data"]},
            {"offers": ["Law"]},
            0,
            "Skills wanted: Budgets and Data are not among the mentor’s skills offered",
            "",
            "",
        ),
        (
            rule("among", "languages", "must", params={"verb": "speak"}),
            {"languages": ["German", "French"]},
            {"languages": ["French", "German", "Thai"]},
            0,
            "Both speak French and German",
            "Both speak French and German",
            "Both speak French and German",
        ),
        (
            rule("among", "languages", "must"),
            {"languages": ["German"]},
            {"languages": ["Thai"]},
            0,
            "Languages: nothing in common (German; Thai)",
            "",
            "",
        ),
        (
            rule("overlap", "wants", "high", giver="offers"),
            {"wants": ["Budgets", "Data", "Law"]},
            {"offers": ["Data", "Law", "Writing"]},
            13,
            "Skills wanted: 2 of 3 shared, Data and Law",
            "Skills wanted in common: Data and Law",
            "Skills offered in common: Data and Law",
        ),
        (
            rule("overlap", "wants", "high", giver="offers"),
            {"wants": ["Budgets"]},
            {"offers": ["Law"]},
            0,
            "Skills wanted: nothing in common (Budgets; Law)",
            "",
            "",
        ),
        (
            rule("variety", "languages", "high"),
            {"languages": ["German", "French"]},
            {"languages": ["French", "Thai", "Welsh"]},
            15,
            "Languages: only French in common (German and French; French, Thai and Welsh)",
            "Languages: only French in common (German and French; French, Thai and Welsh)",
            "Languages: only French in common (French, Thai and Welsh; German and French)",
        ),
        (
            rule("variety", "languages", "must"),
            {"languages": ["German"]},
            {"languages": ["Thai"]},
            0,
            "Languages: all different (German; Thai)",
            "Languages: all different (German; Thai)",
            "Languages: all different (Thai; German)",
        ),
    ],
)
def test_each_kind_names_the_values(ruled, taker, giver, points, sentence, told_taker, told_giver):
    share = told(ruled, taker, giver)
    assert (share.points, share.sentence) == (points, sentence)
    assert (share.reason, share.reason_for_giver) == (told_taker, told_giver)


@pytest.mark.parametrize(
    ("taker", "giver", "sentence"),
    [
        ({}, {"grade": "EO"}, "Grade: the mentee has not answered"),
        ({"grade": "EO"}, {"grade": None}, "Grade: the mentor has not answered"),
        ({"grade": "Duke"}, {"grade": " "}, "Grade: neither of the two has answered"),
    ],
)
def test_a_must_with_a_missing_answer_is_not_met_and_says_whose(taker, giver, sentence):
    ruled = rule("equal", "grade", "must")
    share = told(ruled, taker, giver)
    assert (share.met, share.points, share.sentence, share.reason) == (False, 0, sentence, "")
    assert blocked_by(Person(1, taker), Person(2, giver), FIELDS, [ruled]) == ["equal"]


def test_missing_answers_to_two_fields_are_both_named():
    share = told(rule("among", "wants", giver="offers"), {"wants": []}, {})
    assert share.sentence == "Skills wanted: the mentee has not answered; Skills offered: the mentor has not answered"
    assert share.met is False


def test_people_are_called_by_their_names_where_they_have_one():
    ravi = Person(2, {"offers": ["Law"]}, name="Ravi")
    ruled = rule("among", "wants", giver="offers")
    assert explain(Person(1, {"wants": ["Law"]}), ravi, FIELDS, [ruled])[0].sentence == (
        "Skills wanted: Law is among Ravi’s skills offered"
    )
    share = explain(Person(1, {}, name="Mia"), ravi, FIELDS, [ruled])[0]
    assert share.sentence == "Skills wanted: Mia has not answered"


def test_the_sides_can_be_called_otherwise():
    words = Words(taker="senior", giver="junior")
    share = told(rule("among", "wants", giver="offers"), {"wants": ["Law"]}, {"offers": ["Art"]}, words=words)
    assert share.sentence == "Skills wanted: Law is not among the junior’s skills offered"


ALIKE = rule(
    "among", "identity", "points", giver="identities", points=6, condition=Condition("taker", "similar", equals=True)
)


@pytest.mark.parametrize("wish", [False, None])
def test_a_rule_whose_condition_does_not_hold_neither_gives_nor_forbids(wish):
    taker, giver = {"similar": wish, "identity": "Gay"}, {"identities": ["Gay"]}
    share = told(ALIKE, taker, giver)
    assert (share.points, share.max_points, share.applies, share.met) == (0, 6, False, True)
    assert share.sentence == (
        "Rule on identity: does not count, the mentee did not answer “yes” to “Wants someone alike”"
    )
    must = rule("among", "identity", "must", giver="identities", condition=Condition("taker", "similar", equals=True))
    assert blocked_by(Person(1, taker), Person(2, {}), FIELDS, [must]) == []
    assert blocked_by(Person(1, {**taker, "similar": True}), Person(2, {}), FIELDS, [must]) == ["among"]


def test_private_answers_are_never_a_reason():
    share = told(ALIKE, {"similar": True, "identity": "Gay"}, {"identities": ["Trans", "Gay"]})
    assert (share.points, share.met) == (6, True)
    assert share.sentence == "Identity asked for: Gay is among the mentor’s identities"
    assert (share.reason, share.reason_for_giver) == ("", "")


def test_points_can_be_taken_away():
    avoid = rule("equal", "department", "points", points=-10)
    share = told(avoid, {"department": JOY}, {"department": JOY})
    assert (share.points, share.max_points, share.reason) == (-10, 0, "")


def test_a_rule_that_is_off_is_left_out():
    assert explain(Person(1, {}), Person(2, {}), FIELDS, [rule("equal", "grade", "off")]) == []


def test_the_most_points_are_those_of_the_best_fit():
    gap = rule("gap", "grade", "points", by_gap={2: 12, 1: 9, 3: -4})
    assert max_points(gap) == 12
    assert max_points(rule("gap", "grade", "must", by_gap={1: 9})) == 0
    assert max_points([gap, rule("equal", "department", "low"), rule("differ", "grade", "points", points=-7)]) == 17


GIVE_AND_TAKE = [
    rule("overlap", "wants", "points", giver="offers", points=30),
    Rule("d", "differ", "Other department", "department", "department", "must"),
    Rule("y", "gap", "Years", "years", "years", "points", by_gap={2: 4, -2: 8}),
]
ANA = Person(1, {"wants": ["Law"], "offers": ["Art"], "department": JOY, "years": 1}, name="Ana")
BEN = Person(2, {"wants": ["Art", "Data"], "offers": ["Law"], "department": LOVE, "years": 3}, name="Ben")


def test_between_peers_each_rule_counts_in_its_weaker_direction():
    shares = explain_peers(ANA, BEN, FIELDS, GIVE_AND_TAKE)
    assert [(share.points, share.sentence) for share in shares] == [
        (15, "Skills wanted: 1 of 2 shared, Art"),
        (0, f"Different department: {LOVE} and {JOY}"),
        (4, "Years in post: 3 is 2 above 1"),
    ]


def test_in_co_mentoring_the_direction_with_the_smaller_total_counts():
    shares = explain_peers(ANA, BEN, FIELDS, GIVE_AND_TAKE, "weaker_total")
    assert [share.points for share in shares] == [15, 0, 8]  # Ben takes 15 + 8 from Ana, she takes 30 + 4 from Ben
    assert shares[0].reason == "Skills offered in common: Art"
    assert shares[0].reason_for_giver == "Skills wanted in common: Art"
    assert (shares[1].reason, shares[1].reason_for_giver) == (
        f"Different department: {LOVE}",
        f"Different department: {JOY}",
    )


def test_of_two_equal_directions_the_first_persons_is_told():
    ruled = [Rule("y", "gap", "Years", "years", "years", "points", by_gap={2: 4, -2: 4})]
    for two_way in ("each_rule", "weaker_total"):
        assert explain_peers(ANA, BEN, FIELDS, ruled, two_way)[0].sentence == "Years in post: 3 is 2 above 1"
        assert explain_peers(BEN, ANA, FIELDS, ruled, two_way)[0].sentence == "Years in post: 1 is 2 below 3"


def test_a_rule_broken_in_one_direction_only_is_told_between_peers():
    ahead = [Rule("y", "gap", "Years", "years", "years", "must", params={"min_gap": 0})]
    for first, second in ((ANA, BEN), (BEN, ANA)):
        for two_way in ("each_rule", "weaker_total"):
            share = explain_peers(first, second, FIELDS, ahead, two_way)[0]
            assert (share.met, share.sentence) == (False, "Years in post: 1 is 2 below 3")
            assert (share.reason, share.reason_for_giver) == ("", "")


def test_why_nobody_names_the_rules_and_what_each_keeps_out_alone():
    taker = Person(1, {"grade": "EO", "department": JOY}, who=1)
    mentors = [
        Person(2, {"grade": "HEO", "department": JOY}),
        Person(3, {"grade": "G7", "department": JOY}),
        Person(4, {"grade": "G7", "department": LOVE}),
        Person(5, {"department": LOVE}),
        Person(6, {"grade": "EO", "department": JOY}, who=1),
    ]
    ruled = [
        Rule("d", "differ", "Other department", "department", "department", "must"),
        Rule("g", "gap", "Grade", "grade", "grade", "points", by_gap={1: 9}, others_forbidden=True),
        Rule("p", "equal", "Same department", "department", "department", "high"),
    ]
    assert why_nobody(taker, mentors, FIELDS, ruled) == [
        Removed("g", "Grade", removed=3, alone=2),
        Removed("d", "Other department", removed=2, alone=1),
    ]
    assert why_nobody(mentors[2], [taker], FIELDS, ruled, side="giver") == [Removed("g", "Grade", 1, 1)]
    assert why_nobody(taker, [], FIELDS, ruled) == []
