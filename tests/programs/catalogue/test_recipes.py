"""The rules a new track starts with, tried on people: who may be matched, and what keeps the others out."""

import pytest

from matching.criteria import Field, Person, Rule, blocked_by, score_peers, score_two_sided, validate_rules
from programs.catalogue import registry
from programs.catalogue.base import PEER, MentoringModel
from programs.catalogue.fields import STANDARD_FIELDS

FIELDS = [Field(each.slug, each.label, each.kind, each.options) for each in STANDARD_FIELDS.values()]
PERSON = {
    "level": "Experienced",
    "department": "Finance",
    "team": "Payroll",
    "years": 6,
    "path": "Accounting",
    "goal": ["Learn a skill"],
    "skills-wanted": {"Public speaking": 2},
    "skills-offered": {"Data analysis": 3},
    "problem": ["Sharing data"],
    "post-aimed-at": "Head of Payroll",
    "time": {"zone": "Europe/Berlin", "times": ["Mon 09:00-12:00", "Tue 09:00-12:00"]},
    "language": ["English"],
}
OTHER = {**PERSON, "department": "Sales", "team": "Key accounts", "post-aimed-at": "Head of Sales"}
GIVES_BACK = {**OTHER, "skills-wanted": {"Data analysis": 3}, "skills-offered": {"Public speaking": 2}}
ASLEEP = {"time": {"zone": "Asia/Tokyo", "times": ["Mon 09:00-12:00"]}}


def rules_of(model: MentoringModel) -> list[Rule]:
    return [
        Rule(
            key=rule.key,
            kind=rule.kind,
            label=rule.label,
            taker_field=STANDARD_FIELDS[rule.taker].slug,
            giver_field=STANDARD_FIELDS[rule.giver].slug,
            strength=rule.strength,
            points=rule.points,
            by_gap=rule.by_gap,
            others_forbidden=rule.others_forbidden,
            params=rule.params,
        )
        for rule in model.recipe.rules
    ]


@pytest.mark.parametrize("model", registry.all_models(), ids=lambda model: model.slug)
def test_every_recipe_can_be_used(model):
    peers = model.roles == (PEER,)
    assert validate_rules(FIELDS, rules_of(model), peers=peers) == []
    group = [Person(number, GIVES_BACK if number % 2 else PERSON) for number in range(6)]
    scores = (score_peers if peers else score_two_sided_with_itself)(group, FIELDS, rules_of(model))
    assert scores.points.max() > 0


def score_two_sided_with_itself(group, fields, rules):
    return score_two_sided(group, group, fields, rules)


@pytest.mark.parametrize(
    ("slug", "giver", "blocking"),
    [
        ("traditional", {**GIVES_BACK, "level": "Lead"}, []),
        ("traditional", {**GIVES_BACK, "level": "Senior"}, ["level"]),
        ("traditional", {**GIVES_BACK, "level": "Lead", "language": ["Polish"]}, ["language"]),
        ("traditional", {**GIVES_BACK, "level": None}, ["level"]),
        ("traditional", {**GIVES_BACK, **ASLEEP, "level": "Lead"}, ["time"]),
        ("traditional", {**GIVES_BACK, "time": None, "level": "Lead"}, []),
        ("near_peer", {**OTHER, "level": "Senior"}, []),
        ("near_peer", {**OTHER, "level": "Lead"}, []),
        ("near_peer", {**OTHER, "level": "Experienced"}, ["level"]),
        ("near_peer", {**OTHER, "level": "Director"}, ["level"]),
        ("near_peer", {**OTHER, "level": "Lead", "path": "Law"}, ["path"]),
        ("reverse", {**GIVES_BACK, "level": "Entry"}, []),
        ("reverse", {**GIVES_BACK, "level": "Junior"}, ["level"]),
        ("reverse", {**OTHER, "level": "Entry"}, ["topic"]),
        ("reverse", {**GIVES_BACK, "level": "Entry", "skills-offered": {"Public speaking": 1}}, ["topic"]),
        ("circle", {**OTHER, "level": "Director"}, []),
        ("circle", {**OTHER, "goal": ["Settle in"]}, ["theme"]),
        ("flash", GIVES_BACK, []),
        ("flash", OTHER, ["topic"]),
        ("flash", {**GIVES_BACK, **ASLEEP}, []),
        ("distributed", OTHER, []),
    ],
)
def test_mentors_and_mentees(slug, giver, blocking):
    rules = rules_of(registry.get(slug))
    assert blocked_by(Person(1, PERSON), Person(2, giver), FIELDS, rules) == blocking


@pytest.mark.parametrize(
    ("slug", "other", "allowed"),
    [
        ("peer", {**OTHER, "level": "Senior"}, True),
        ("peer", {**OTHER, "level": "Lead"}, False),
        ("peer", {**OTHER, "level": "Entry"}, False),
        ("lateral", OTHER, True),
        ("lateral", {**OTHER, "level": "Senior"}, False),
        ("lateral", {**OTHER, "post-aimed-at": "head of payroll"}, False),
        ("lateral", {**OTHER, "post-aimed-at": None}, True),
        ("lateral", {**OTHER, "team": "payroll "}, False),
        ("cross_functional", OTHER, True),
        ("cross_functional", {**OTHER, "department": "Finance"}, False),
        ("cross_functional", {**OTHER, "level": "Director"}, False),
        ("co_mentoring", GIVES_BACK, True),
        ("co_mentoring", {**GIVES_BACK, "level": "Director"}, True),
        ("co_mentoring", {**GIVES_BACK, "skills-wanted": {"Writing": 1}}, False),
        ("co_mentoring", {**GIVES_BACK, "skills-offered": {"Writing": 4}}, False),
        ("co_mentoring", {**GIVES_BACK, "skills-offered": {"Public speaking": 1}}, False),
        ("group_peer", OTHER, True),
        ("group_peer", {**OTHER, **ASLEEP}, True),
        ("group_peer", {**OTHER, "level": "Junior"}, False),
        ("group_peer", {**OTHER, "level": "Entry"}, False),
        ("pod", OTHER, True),
        ("pod", GIVES_BACK, False),
        ("pod", {**OTHER, **ASLEEP}, False),
        ("pod", {**OTHER, "skills-wanted": {"Public speaking": 4, "Writing": 1}}, True),
    ],
)
def test_peers(slug, other, allowed):
    pair = [Person(1, PERSON), Person(2, other)]
    scores = score_peers(pair, FIELDS, rules_of(registry.get(slug)), registry.get(slug).recipe.two_way)
    assert scores.allowed.tolist() == [[False, allowed], [allowed, False]]


def test_the_weaker_direction_decides_in_co_mentoring():
    model = registry.get("co_mentoring")
    wants_two = {**GIVES_BACK, "skills-wanted": {"Data analysis": 3, "Writing": 1}}
    pair = [Person(1, PERSON), Person(2, GIVES_BACK), Person(3, wants_two)]
    points = score_peers(pair, FIELDS, rules_of(model), model.recipe.two_way).points
    assert points[0, 1] == 20 + 10 + 20  # all skills, all goals, enough time
    assert points[0, 2] == 10 + 10 + 20  # person 3 gets only half of what they want
