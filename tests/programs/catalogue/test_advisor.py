"""The advisor's rules one by one, and what is made of them."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.catalogue import registry
from programs.catalogue.advisor import QUESTIONS, RULES, Advice, Answers, Ranked, advise, as_query, from_query
from programs.catalogue.advisor.rules import IN_GROUPS, ONE_TO_ONE
from programs.catalogue.base import Family

# What is checked is the advice, not how busy the machine is.
unhurried = settings(deadline=None)

ALL = {model.slug for model in registry.all_models()}
ONE_TO_ONE_MODELS = {
    "traditional",
    "peer",
    "near_peer",
    "reverse",
    "lateral",
    "cross_functional",
    "co_mentoring",
    "flash",
}


def points(answers: Answers) -> dict[str, int]:
    """The points of every model that is not out, those with none left away."""
    advice = advise(answers)
    return {entry.model.slug: entry.points for entry in (*advice.ranked, *advice.refused) if entry.points}


def out(answers: Answers) -> set[str]:
    return {entry.model.slug for entry in advise(answers).excluded}


@pytest.mark.parametrize(
    ("rule", "answers", "wanted"),
    [
        (1, Answers(goal="career"), {"traditional": 2, "circle": 1, "near_peer": 1}),
        (2, Answers(goal="problems"), {"peer": 2, "pod": 1, "group_peer": 1, "cross_functional": 1}),
        (
            3,
            Answers(expertise=True),
            {"traditional": 2, "flash": 2, "circle": 1, "peer": -1, "pod": -1, "lateral": -1},
        ),
        (4, Answers(goal="skill"), {"pod": 2, "near_peer": 2, "peer": 1}),
        (5, Answers(goal="onboarding"), {"near_peer": 2, "traditional": 1}),
        (6, Answers(goal="belonging"), {"near_peer": 2, "circle": 1, "group_peer": 1, "traditional": 1}),
        (6, Answers(inclusion=True), {"near_peer": 2, "circle": 1, "group_peer": 1, "traditional": 1}),
        (7, Answers(goal="insight"), {"reverse": 3, "co_mentoring": 1}),
        (8, Answers(goal="silos"), {"cross_functional": 3, "lateral": 2}),
        (9, Answers(seniors=0.09), {"circle": 2, "distributed": 1, "pod": 1, "flash": 1}),
        (10, Answers(seniors=0.1), {"circle": 2, "near_peer": 1, "flash": 1, "traditional": -1}),
        (10, Answers(seniors=0.49), {"circle": 2, "near_peer": 1, "flash": 1, "traditional": -1}),
        (10, Answers(seniors=0.5), {}),
        (11, Answers(hours=0.9), {"flash": 2, "distributed": 1, "traditional": -2}),
        (11, Answers(hours=1), {}),
        (13, Answers(months=3), {"pod": 2, "peer": 1, "reverse": 1, "traditional": -1, "circle": -1}),
        (13, Answers(months=3.5), {}),
        (14, Answers(levels="one"), {"peer": 1, "pod": 1, "lateral": 1, "group_peer": 1}),
        (14, Answers(levels="several"), {}),
        (17, Answers(sensitive=True), {**dict.fromkeys(ONE_TO_ONE_MODELS, 1), "distributed": -2}),
        (18, Answers(zones=True), {"distributed": 2, "flash": 1, "group_peer": -1, "pod": -1, "circle": -1}),
        (20, Answers(problem="dependency"), {"peer": 1, "circle": 1}),
        (20, Answers(problem="direction"), {"traditional": 1, "near_peer": 1}),
    ],
)
def test_rules_that_give_points(rule, answers, wanted):
    assert points(answers) == wanted
    advice = advise(answers)
    spoke = {reason.rule for entry in advice.ranked for reason in (*entry.reasons_for, *entry.reasons_against)}
    assert spoke == ({rule} if wanted else set())


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (Answers(seniors=0.09), {"traditional"}),  # rule 9
        (Answers(seniors=0.1), set()),
        (Answers(months=0), ALL - {"flash", "distributed"}),  # rule 12
        (Answers(months=0.5), set()),
        (Answers(levels="one"), {"near_peer", "traditional"}),  # rule 14
        (Answers(levels="one", seniors=0), {"near_peer", "traditional"}),
        (Answers(levels="one", seniors=0.5), set()),
        (Answers(levels="several", seniors=0), {"traditional"}),
        (Answers(learners=7), {"circle", "distributed"}),  # rule 15
        (Answers(learners=8), set()),
        (Answers(months=0, learners=7), ALL - {"flash"}),
    ],
)
def test_rules_that_exclude(answers, wanted):
    assert out(answers) == wanted
    ranked = {entry.model.slug for entry in advise(answers).ranked}
    assert ranked == ALL - wanted


def test_an_excluded_model_says_every_reason():
    excluded = {entry.model.slug: entry.reasons for entry in advise(Answers(months=0, learners=5)).excluded}
    assert excluded["circle"] == ("It is to be a single conversation", "There are fewer than eight learners")
    assert excluded["peer"] == ("It is to be a single conversation",)


def together(answers: Answers) -> list[tuple[int, list[str]]]:
    return [(entry.rule, [model.slug for model in entry.models]) for entry in advise(answers).integrated]


def test_many_learners_and_few_mentors_call_for_two_models_together():  # rule 16
    assert together(Answers(learners=31, seniors=0.49)) == [(16, ["circle", "near_peer"])]
    assert together(Answers(learners=31, seniors=0.05, goal="skill", zones=True)) == [(16, ["flash", "near_peer"])]
    assert together(Answers(learners=31, seniors=0, levels="one")) == [(16, ["circle", "pod"])]
    assert together(Answers(learners=30, seniors=0.49)) == []
    assert together(Answers(learners=31, seniors=0.5)) == []


def test_expertise_and_collaboration_call_for_the_best_of_both_families():  # rule 19
    assert together(Answers(expertise=True, collaboration=True)) == [(19, ["traditional", "cross_functional"])]
    answers = Answers(expertise=True, collaboration=True, goal="problems", hours=0.5)
    assert together(answers) == [(19, ["flash", "peer"])]
    assert together(Answers(expertise=True, collaboration=False)) == []
    assert together(Answers(expertise=True, collaboration=True, months=0, learners=5)) == []


def test_some_rules_switch_safeguards_on():  # rules 17 and 20
    def keys(answers):
        return [safeguard.key for safeguard in advise(answers).safeguards]

    assert keys(Answers(sensitive=True)) == ["reporting_lines_apart"]
    assert keys(Answers(problem="dependency")) == ["rotation", "end_date"]
    assert keys(Answers(problem="direction")) == ["facilitation_guide"]
    assert keys(Answers(sensitive=False, goal="career")) == []


def test_all_twenty_rules_are_there_and_speak_of_models_there_are():
    assert {rule.number for rule in RULES} == set(range(1, 21))
    for rule in RULES:
        assert set(rule.points) <= ALL | {ONE_TO_ONE, IN_GROUPS}
        assert set(rule.excludes) | set(rule.leaves_only) <= ALL
        assert rule.points or rule.excludes or rule.leaves_only or rule.together
        assert not rule.because.endswith(".")
        assert {clause.question for clauses in rule.when for clause in clauses} <= {each.name for each in QUESTIONS}


def test_with_no_answers_nothing_is_preferred_and_nothing_excluded():
    advice = advise(Answers())
    assert [entry.model for entry in advice.ranked] == registry.all_models()
    assert {entry.points for entry in advice.ranked} == {0}
    assert not any([advice.excluded, advice.integrated, advice.safeguards, advice.refused])
    assert all(entry.capacity is None for entry in advice.ranked)
    assert advice.disclaimer == "A rule of thumb from your answers, not a prediction"


def first(advice: Advice) -> Ranked:
    assert advice.best is not None
    return advice.best


def sentence(entry: Ranked) -> str:
    assert entry.capacity is not None
    return entry.capacity.sentence


ONBOARDING = Answers(goal="onboarding", levels="several", seniors=0.2, hours=2, months=6, learners=60)


def test_a_plan_above_the_pledged_hours_is_refused_with_the_numbers():
    advice = advise(ONBOARDING)
    refused = {entry.model.slug: entry for entry in advice.refused}
    assert set(refused) == {"traditional", "near_peer", "reverse", "distributed"}
    assert refused["near_peer"].points == 3
    assert sentence(refused["near_peer"]) == (
        "60 learners need 20 mentors and 162.9 hours a month: 130.4 sessions of 45 minutes, "
        "with 30 minutes to prepare. Pledged: 12 mentors with 24 hours."
    )
    best = first(advice)
    assert (best.model.slug, best.points) == ("circle", 2)
    assert sentence(best) == (
        "60 learners need 8 mentors and 16.2 hours a month: 8.1 sessions of 90 minutes, with 30 minutes to prepare. "
        "Pledged: 12 mentors with 24 hours."
    )
    peers = next(entry for entry in advice.ranked if entry.model.slug == "peer")
    assert sentence(peers) == "It needs no mentors."


@pytest.mark.parametrize(
    ("slug", "seniors", "hours", "learners", "fits"),
    [
        # traditional: 10 learners × (365 ÷ 12 ÷ 18) sessions × 1.5 hours = 25.3 hours, 5 mentors with two mentees each
        ("traditional", 0.5, 5.07, 10, True),
        ("traditional", 0.5, 5.05, 10, False),
        ("traditional", 0.4, 10, 10, False),
        # circle: 9 learners are two circles of 1.01 sessions of 2 hours: 4.1 hours, 2 mentors
        ("circle", 0.25, 2.05, 9, True),
        ("circle", 0.25, 2.0, 9, False),
        ("circle", 0.2, 10, 9, False),
        # flash: 12 learners in 6 months are 2 sessions of an hour a month, which one mentor may give
        ("flash", 0.1, 2, 12, True),
        ("flash", 0.1, 1.9, 12, False),
        # distributed: a quarter of 8 learners' sessions, 2 × 1.01 × 1 hour, and 2 mentors with four each
        ("distributed", 0.25, 1, 8, True),
        ("distributed", 0.25, 0.95, 8, False),
        ("distributed", 0.2, 5, 8, False),
        ("group_peer", 0, 0, 500, True),
    ],
)
def test_capacity_counts_hours_and_mentors(slug, seniors, hours, learners, fits):
    advice = advise(Answers(seniors=seniors, hours=hours, learners=learners))
    placed = {entry.model.slug for entry in advice.ranked}
    refused = {entry.model.slug for entry in advice.refused}
    assert (slug in placed, slug in refused) == (fits, not fits)


def test_one_off_sessions_are_spread_over_the_months_of_the_plan():
    answers = Answers(seniors=0.1, hours=1, learners=24)
    flash = {months: advise(answers.with_answer("months", months)) for months in (12, 6)}
    assert "flash" in {
        entry.model.slug for entry in flash[12].ranked
    }  # 2 sessions a month, 2 mentors with an hour each
    assert "flash" in {entry.model.slug for entry in flash[6].refused}


def test_what_would_change_the_advice_really_would():
    advice = advise(ONBOARDING)
    assert advice.what_would_change
    for change in advice.what_would_change:
        again = advise(ONBOARDING.with_answer(change.question.name, change.option.value))
        assert first(again).model == change.model != first(advice).model
    told = {(change.question.name, change.option.label): change.model.slug for change in advice.what_would_change}
    assert told["goal", "Departments understand each other and work together"] == "cross_functional"


def as_answers(drawn: Mapping[str, Any]) -> Answers:
    return Answers(**drawn)


each_question: dict[str, st.SearchStrategy[Any]] = {
    question.name: st.none() | st.sampled_from([option.value for option in question.options]) for question in QUESTIONS
}
any_answers = st.fixed_dictionaries(each_question).map(as_answers)


@unhurried
@given(any_answers)
def test_the_points_are_the_sum_of_the_reasons_shown_and_every_model_has_its_place(answers):
    advice = advise(answers)
    for entry in (*advice.ranked, *advice.refused):
        shown = [*entry.reasons_for, *entry.reasons_against]
        assert entry.points == sum(reason.points for reason in shown)
        assert all(reason.points > 0 for reason in entry.reasons_for)
        assert all(reason.points < 0 for reason in entry.reasons_against)
    placed = [entry.model.slug for entry in (*advice.ranked, *advice.refused)]
    places = [*placed, *(entry.model.slug for entry in advice.excluded)]
    assert sorted(places) == sorted(ALL)
    order = [(-entry.points, entry.model.position) for entry in advice.ranked]
    assert order == sorted(order)
    for pair in advice.integrated:
        assert {model.slug for model in pair.models} <= {entry.model.slug for entry in advice.ranked}
        if pair.rule == 19:
            assert [model.family for model in pair.models] == [Family.MENTOR_LED, Family.PEER]


@unhurried
@given(any_answers)
def test_answers_travel_in_an_address(answers):
    assert from_query(as_query(answers)) == (answers, {})


def test_what_cannot_be_read_stays_open_and_is_named():
    query = {
        "goal": "riches",
        "levels": " one ",
        "seniors": "nan",
        "hours": "-1",
        "months": "1e9",
        "learners": "many",
        "expertise": "True",
        "zones": "",
        "page": "2",
    }
    answers, problems = from_query(query)
    assert answers == Answers(levels="one")
    assert problems == {
        "goal": "“riches” is no answer to “What should change?”",
        "seniors": "“nan” is no answer to “How many mentors can you find for each learner?”",
        "hours": "“-1” is no answer to “How much time does one mentor have in a month?”",
        "months": "“1e9” is no answer to “How long should it last?”",
        "learners": "“many” is no answer to “How many people are to be mentored?”",
        "expertise": "“True” is no answer to “Do learners need specialised expertise?”",
    }


def test_the_main_questions_are_five_and_every_answer_is_offered_once():
    assert [question.name for question in QUESTIONS if question.main] == [
        "goal",
        "levels",
        "seniors",
        "hours",
        "months",
    ]
    for question in QUESTIONS:
        assert question.text.endswith("?")
        assert len({option.value for option in question.options}) == len(question.options) >= 2
