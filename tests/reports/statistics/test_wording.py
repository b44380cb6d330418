"""Every sentence that can be said: no template is never used, and none says more than it may."""

import ast
import datetime as dt
import itertools
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import reports.verdicts
from reports.statistics import Learner
from reports.verdicts import Assignment, Kind, Look, Plan, in_words, wording
from reports.verdicts.printing import as_object, as_text
from tests.reports.statistics.people import FIRST, SECOND, arm, judge

pytestmark = pytest.mark.pure
BANNED = re.compile(r"\b(proves?|proven|proved|best|winn(er|ing)s?|wins?)\b|works everywhere", re.IGNORECASE)
CAUSAL = re.compile(r"\bled to\b|\bbecause of\b|\bcaused?\b|\bthanks to\b", re.IGNORECASE)
DAYS = (dt.date(2027, 1, 4), dt.date(2027, 6, 30))
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


class Heard(dict):
    """The templates, remembering which were said."""

    def __init__(self, templates):
        super().__init__(templates)
        self.said = set()

    def __getitem__(self, name):
        self.said.add(name)
        return super().__getitem__(name)


def programs():
    """Pairs of arms that between them reach every branch."""
    plain: list[dict[str, Any]] = [
        {"units": units, "gain": gain} for units in (2, 3, 6, 12, 40) for gain in (-0.9, 0.5, 1.4)
    ]
    plain += [{"units": 12, "gain": 0.5, "missing": missing} for missing in (QUARTER, HALF)]
    plain += [{"units": 8, "size": 2, "missing": HALF}, {"units": 4, "missing": HALF}, {"units": 3, "size": 2}]
    plain += [{"units": 40, "gain": 0.6, "missing": QUARTER}, {"units": 60, "gain": 0.8, "spread": 0.3}]
    plain += [{"units": 12, "starts": 0}, {"units": 12, "starts": 0, "start": 5}, {"units": 12, "spread": 0, "gain": 1}]
    plain += [
        {"units": 12, "size": 5, "gain": 1.4},
        {"units": 12, "cohorts": ("2025", "2026")},
        {"units": 12, "start": 6},
    ]
    plain += [{"units": 12, "gain": 0.9, "cohorts": ("2025", "2026", "2027")}, {"units": 1, "size": 20}, {"units": 0}]
    plain += [{"units": 24, "start": 3.2, "gain": 1.14, "spread": 0.25, "follows": -0.8}]
    plain += [{"units": 24, "start": 4.8, "gain": -0.14, "spread": 0.25, "follows": -0.8}]
    plain += [{"units": 20, "gain": 1.4, "missing": QUARTER}]
    yield from RARE
    for first, second in itertools.product(plain, repeat=2):
        yield arm(FIRST, **first), arm(SECOND, **second)
    big = [one.__class__("big", FIRST, one.before, one.after) for one in arm("x", 1, size=40)]
    for units in (5, 12):
        yield big + arm(FIRST, units), arm(SECOND, units)


# What few pairs of the others reach; judged under every plan.
RARE = [
    (arm(FIRST, 60, gain=0.8, spread=0.3), arm(SECOND, 60, spread=0.3)),
    (arm(FIRST, 20, gain=1.4, missing=QUARTER), arm(SECOND, 40, gain=0.6, missing=QUARTER)),
    (arm(FIRST, 40, gain=1.4), arm(SECOND, 40, gain=0.6, missing=Fraction(1, 8))),
    (arm(FIRST, 12, starts=0, start=5), arm(SECOND, 12, starts=0)),
    (arm(FIRST, 12, spread=0, gain=1.0), arm(SECOND, 12, spread=0)),
]
PLANS = [
    Plan(assignment=way, look=look, margin=margin, scale=(1, 7), period=DAYS, uptake=(uptake, QUARTER))
    for way in Assignment
    for look in Look
    for margin in (None, 0.5)
    for uptake in (HALF, QUARTER)
    if way is Assignment.NUDGE or uptake == HALF
]


def between(one: Learner) -> Learner:
    """The same person in a crossover, who gained so much more in the first period than in the second."""
    if one.before is None or one.after is None:
        return one
    return replace(one, middle=(one.before + one.after) / 2 + one.after - one.before)


@pytest.fixture(scope="module")
def heard():
    """Everything that is said of all programs under all plans, with what kind of verdict it was."""
    templates = Heard(wording.TEMPLATES)
    said: dict[tuple[Assignment, Kind], set[str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wording, "TEMPLATES", templates)
        for number, (first, second) in enumerate(programs()):
            # Every program under some plan, every plan for dozens of programs.
            for plan in PLANS if number < len(RARE) else PLANS[number % 11 :: 11]:
                crossed = plan.assignment is Assignment.CROSSOVER
                one, other = ([between(each) if crossed else each for each in own] for own in (first, second))
                analysis, verdict = judge(one, other, plan)
                lines = [
                    verdict.sentence,
                    *verdict.method,
                    *(f"{g.rule}. {g.found}. {g.otherwise}" for g in verdict.gates),
                ]
                if verdict.shown:
                    bare = replace(verdict, **in_words(analysis, verdict))
                    lines += [bare.sentence, *bare.method]
                said.setdefault((plan.assignment, verdict.kind), set()).update(lines)
                as_text(analysis, verdict)
                as_object(analysis, verdict)
    return templates, said


def test_every_template_is_reached(heard):
    templates, _ = heard
    assert set(templates) - templates.said == set()


def test_every_kind_is_reached(heard):
    _, said = heard
    assert {kind for _, kind in said} == set(Kind)


def test_no_sentence_claims_what_cannot_be_known(heard):
    _, said = heard
    lines = {line for group in said.values() for line in group}
    assert len(lines) > 1000
    assert [line for line in lines if BANNED.search(line)] == []
    assert [text for text in wording.TEMPLATES.values() if BANNED.search(text)] == []


def test_only_chance_lets_a_model_be_called_the_cause(heard):
    _, said = heard
    for (assignment, kind), lines in said.items():
        causal = [line for line in lines if CAUSAL.search(line)]
        assert bool(causal) is (assignment.by_lot and kind is Kind.HIGHER), (assignment, kind, causal[:1])


def test_nothing_is_left_unfilled_and_no_number_is_odd(heard):
    _, said = heard
    for line in {line for group in said.values() for line in group}:
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b|  |\.\.|−0\.00\b|\de-?\d", line), line


def test_where_nothing_may_be_shown_no_difference_is_said(heard):
    _, said = heard
    hidden = {Kind.NOT_YET, Kind.REFUSED, Kind.SUPPRESSED, Kind.TOO_FEW, Kind.TOO_FEW_ANSWERS}
    sentences = {line for (_, kind), lines in said.items() if kind in hidden for line in lines}
    assert not [
        line for line in sentences if re.search(r"\d points? (in|\()|difference so far|he difference is \d", line)
    ]


def test_no_other_text_in_these_modules_claims_it_either():
    """Constants that never went through a template."""
    folder = Path(reports.verdicts.__file__).parent
    files = [*folder.glob("*.py"), folder.parent / "management" / "commands" / "compare.py"]
    assert len(files) > 8
    for file in files:
        texts = [node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)]
        assert [text for text in texts if isinstance(text, str) and BANNED.search(text)] == [], file.name


def test_the_search_finds_what_is_banned():
    for claim in ("This proves it", "The best model", "Our winner is", "It works everywhere"):
        assert BANNED.search(claim)
    assert not BANNED.search("This is not proof that they are equal.")


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.5, "0.50"), (-1.234, "−1.23"), (0.0, "0.00"), (0.004, "0.004"), (-0.00012, "−0.0001"), (2e-9, "0.000000002")],
)
def test_a_number_never_looks_like_none_when_it_is_some(value, said):
    assert wording.number(value) == said


def test_whole_percent_never_rounds_over_a_limit():
    assert wording.percent(Fraction(599, 1000)) == "59 %"
    assert wording.percent(Fraction(3, 5)) == "60 %"


def test_the_statistics_and_the_verdicts_know_no_framework():
    code = "import sys, reports.verdicts, reports.statistics; print([m for m in sys.modules if m.startswith('django')])"
    root = Path(reports.verdicts.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
