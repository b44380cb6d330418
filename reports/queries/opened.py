"""The looks at a program that a reader has opened, and what may be opened next."""

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from mail.prepared import prepared
from participants.models import User
from programs.models import Program
from reports.figures import MEASURES, Figure, Measure
from reports.models import ComparisonLook, ComparisonPlan, Price
from reports.queries.answers import BOTH, paired
from reports.queries.base import ProgramData
from reports.queries.bounds import SCALE
from reports.queries.looks import due_dates, planned
from reports.verdicts import Assignment, Kind, Look, analyse, decide
from surveys.coding import ABOUT, LESS, MORE, sign_of, words_of
from surveys.models import AnswerKey, Question

WHOLE = "Whole program"
CLOSE, MIDPOINT = ComparisonLook.Kind.CLOSE.value, ComparisonLook.Kind.MIDPOINT.value
# The heading over a comparison: what was found, in a few words.
TITLES = {
    Kind.REFUSED: "The invitations changed too little to compare {one} with {two}",
    Kind.SUPPRESSED: "Too few people to compare {one} with {two}",
    Kind.TOO_FEW: "Too few relationships to compare {one} with {two}",
    Kind.TOO_FEW_ANSWERS: "Too few answers to compare {one} with {two}",
    Kind.EARLY: "No conclusion yet between {one} and {two}",
    Kind.UNCLEAR: "No clear difference between {one} and {two}",
    Kind.SIMILAR: "Probably no difference that matters between {one} and {two}",
    Kind.HIGHER: "People in {higher} improved more",
    Kind.INSEPARABLE: "The model cannot be told apart from who was in it",
}


# Before the first look nobody knows who went which way, and nothing but the number of answers is said.
_UNKNOWN = (Fraction(0), Fraction(0))


# Around the size of a change that is a bound.
_SIZES = {"": "", MORE: "at least ", LESS: "at most ", ABOUT: "about "}
_LIKE = {"": "as", MORE: "at least as high as", LESS: "at most as high as", ABOUT: "about as"}


def title_of(comparison: dict[str, Any] | None) -> str:
    """The finding of a comparison as a heading."""
    if comparison is None:
        return ""
    one, two = comparison["arms"]
    higher, kind = comparison.get("higher", ""), Kind(comparison["kind"])
    if kind is Kind.HIGHER and comparison.get("assignment") == Assignment.NUDGE:
        return f"People invited to {higher} improved more"
    if kind is Kind.HIGHER and comparison.get("assignment") == Assignment.CROSSOVER:
        return f"Answers came out higher over the time in {higher}"
    return TITLES[kind].format(one=one, two=two, higher=higher)


def named(core: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Before and after by kind of outcome, with their names and changes; the whole core first."""
    names = {"": "All six statements", **dict(Question.Construct.choices)}
    return [{**each, "name": names[each["construct"]], **change_of(each)} for each in core]


def change_of(means: dict[str, Any]) -> dict[str, Any]:
    """From before to after, as far as what is shown of both tells: {"change", "change_end", "bounds"}.

    Bounds are the words after "before", "after" and "change", empty where the number is what it is.
    """
    ends = means.get("ends", {})
    end = sign_of(ends.get("before", ""), ends.get("after", ""))
    bounds = {**{word: words_of(ends.get(word, "")) for word in ("before", "after")}, "change": words_of(end)}
    return {"change": round(means["after"] - means["before"], 1), "change_end": end, "bounds": bounds}


@dataclass(frozen=True)
class Opened:
    """look      the latest one the reader has opened
    next_kind  what can be opened now, or ""
    next_due   when the next look can be opened; None where it can be now, or there is none
    """

    program: Program
    look: ComparisonLook | None
    next_kind: str
    next_due: dt.datetime | None

    @property
    def content(self) -> dict[str, Any]:
        return self.look.content if self.look else {}

    @property
    def comparison(self) -> dict[str, Any] | None:
        return self.content.get("comparison")

    @cached_property
    def title(self) -> str:
        return title_of(self.comparison)

    @property
    def core(self) -> list[dict[str, Any]]:
        return named(self.content.get("core", []))

    @property
    def goals_bound(self) -> str:
        return words_of((self.content.get("goals") or {}).get("end", ""))

    @property
    def endings(self) -> list[tuple[str, int]]:
        """The reasons for ending early that may be shown, the most frequent first."""
        shown = [(words, count) for words, count in self.content.get("endings", []) if count is not None]
        return sorted(shown, key=lambda each: -each[1])

    @property
    def endings_left_out(self) -> bool:
        return any(count is None for _, count in self.content.get("endings", []))

    @property
    def heading(self) -> str:
        """What changed, as one sentence; empty until the close is opened, or where too few answered both times."""
        if not self.core:
            return ""
        change, end = self.core[0]["change"], self.core[0]["change_end"]
        if not change:
            return f"People rated themselves at the end {_LIKE[end]} they did at the start"
        way = "higher" if change > 0 else "lower"
        # A change of −0.4 or less is a fall of at least 0.4.
        size = _SIZES[end if change > 0 else sign_of(end, "")]
        return f"People rated themselves {size}{abs(change):.1f} points {way} at the end than at the start"

    def rows(self) -> list[tuple[Measure, str, Figure]]:
        """Every figure of the look for a file, with what it is about."""
        if self.look is None:
            return []
        return [*self._core_rows(), *self._other_rows(), *self._comparison_rows()]

    def _figure(
        self, slug: str, value: float | None, out_of: float | None, people: int | None, end: str = ""
    ) -> Figure:
        as_of = self.look.as_of if self.look else None
        if as_of is None:
            raise ValueError("nothing has been opened")
        return Figure(slug, WHOLE, value, out_of, people, as_of, end)

    def _core_rows(self) -> list[tuple[Measure, str, Figure]]:
        return [
            (
                MEASURES[slug],
                each["name"],
                self._figure(slug, each[word], SCALE[1], each["people"], each.get("ends", {}).get(word, "")),
            )
            for each in self.core
            for slug, word in (("core_before", "before"), ("core_after", "after"))
        ]

    def _other_rows(self) -> list[tuple[Measure, str, Figure]]:
        goals, endings = self.content.get("goals"), self.content.get("endings", [])
        judged = []
        if goals:
            figure = self._figure("goal_t", goals["t"], None, goals["people"], goals.get("end", ""))
            judged.append((MEASURES["goal_t"], "", figure))
        return judged + [
            (MEASURES["endings"], words, self._figure("endings", count, None, count)) for words, count in endings
        ]

    def _comparison_rows(self) -> list[tuple[Measure, str, Figure]]:
        found = self.comparison
        if found is None:
            return []
        people = sum(each["people"] for each in found["groups"] if each["name"] != BOTH) or None
        difference = round(found["interval"]["difference"], 2) if found["interval"] else None
        sentence = " ".join([found["finding"], *found["cautions"], found["basis"]]).strip()
        return [(MEASURES["comparison"], sentence, self._figure("comparison", difference, None, people))]


@dataclass(frozen=True)
class Fixed:
    """What a program has settled about its report: how it compares, what an hour costs, when it asks otherwise."""

    plan: ComparisonPlan | None
    price: Price | None
    moved: dict[str, int | None]
    # What its pseudonyms are made with, once somebody has begun to answer.
    keys: tuple[AnswerKey, ...] = ()
    # Whether there is a look that the reader has opened.
    has_opened: bool = True


_PLAN = ("assignment", "margin")
_PRICE = ("hour", "costs", "currency")
_KEY = ("pk", "key", "destroyed_at")


def fixed_of(program: Program, reader: User | None = None) -> Fixed:
    """Queries: one."""
    rows = _settled(program.pk, reader.pk if reader else 0, by_anybody=reader is None)
    if not rows:
        return Fixed(None, None, {})
    has_opened, *of_key = rows[0][: 1 + len(_KEY)]
    plan, assignment, margin, priced, *of_price = rows[0][1 + len(_KEY) : -2]
    keys = (AnswerKey(program=program, **dict(zip(_KEY, of_key, strict=True))),) if of_key[0] else ()
    return Fixed(
        ComparisonPlan(pk=plan, program=program, assignment=assignment, margin=margin) if plan else None,
        Price(pk=priced, program=program, **dict(zip(_PRICE, of_price, strict=True))) if priced else None,
        {row[-2]: row[-1] for row in rows if row[-2]},
        keys,
        has_opened,
    )


@prepared
def _settled(program: int, reader: int, *, by_anybody: bool) -> QuerySet[Program, tuple[Any, ...]]:
    looks = ComparisonLook.objects.filter(program=OuterRef("pk"))
    columns = ("comparison_plan", *(f"comparison_plan__{each}" for each in _PLAN))
    price = ("price", *(f"price__{each}" for each in _PRICE))
    timing = ("survey_timings__kind", "survey_timings__after_days")
    key = [f"answer_key__{each}" for each in _KEY]
    opened = Exists(looks if by_anybody else looks.filter(views__by=reader))
    found = Program.objects.filter(pk=program).order_by().annotate(has_opened=opened)
    return found.values_list("has_opened", *key, *columns, *price, *timing)


def opened_by(program: Program, reader: User | None, now: dt.datetime, fixed: Fixed) -> Opened:
    """What somebody has opened; without a reader what anybody has. `fixed` is for the same reader. Queries: one, none
    where they have opened nothing."""
    looks = list(_looks_of(program.pk, reader)) if fixed.has_opened else []
    kinds = {look.kind for look in looks}
    dates = due_dates(program, fixed.moved)
    ready = [kind for kind, due in dates.items() if due and due <= now]
    # Once the close is there the mid-point has nothing more to say.
    open_now = CLOSE if CLOSE in ready else MIDPOINT if ready else ""
    coming = [due for due in dates.values() if due and due > now]
    return Opened(
        program,
        looks[-1] if looks else None,
        "" if open_now in kinds else open_now,
        min(coming) if coming and (not open_now or open_now in kinds) else None,
    )


def _looks_of(program: int, reader: User | None) -> QuerySet[ComparisonLook]:
    looks = ComparisonLook.objects.filter(program=program).order_by("as_of")
    return looks if reader is None else looks.filter(views__by=reader)


def progress(program: Program, known: ProgramData | None = None, fixed: Fixed | None = None) -> str:
    """How many have answered twice by now, of whom: nothing else may be known before the mid-point. Queries: those of
    `gather`, two less where the program's rows and what it has settled are known."""
    found = paired([program], data=known, keys=fixed.keys if fixed else None)
    if len(found.arms) < 2:
        return ""
    one, two = found.arms[:2]
    # Of an order nothing can be said before both times are over.
    crossed = found.drawn and program.by_lot == Assignment.CROSSOVER
    plan = planned(None, Look.BEFORE, drawn=Assignment.CROSSOVER if crossed else found.drawn)
    if plan.assignment is Assignment.NUDGE:
        plan = replace(plan, uptake=_UNKNOWN)
    return decide(analyse(found.of(one, two), (one, two), plan)).finding


def plan_of(program: Program) -> ComparisonPlan | None:
    return ComparisonPlan.objects.filter(program=program).first()
