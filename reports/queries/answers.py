"""How people stood before and after, as comparisons take it: one learner a row, in units that do not touch each other.

Answers come from the surveys that people have sent. What may be said of them is decided by reports.verdicts.
"""

import datetime as dt
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from mail.prepared import prepared
from matching.models import Seat
from programs.catalogue import registry
from programs.catalogue.base import Family
from programs.models import Draw, Program, Role
from programs.queries.drawing import Given, lots_of
from reports.figures import LEAST_PEOPLE
from reports.queries.base import ProgramData
from reports.queries.pseudonyms import Key, kept_of
from reports.statistics import Learner, components
from surveys.models import Answer, AnswerKey, Response, Survey
from surveys.wording import CORE, CORE_LEAST

Kind = Draw.Kind
BEFORE = Survey.Kind.BASELINE.value
MIDDLE = Survey.Kind.MIDPOINT.value
AFTER = (Survey.Kind.MIDPOINT.value, Survey.Kind.CLOSING.value)
ARM_NAMES = {Family.MENTOR_LED: "mentor-led", Family.PEER: "peer"}
# Who is in both at once, by the model or by two matches, is told of and not compared.
BOTH = "both"
# Where lots decide who begins now.
BEGUN, WAITING = "the program", "the waiting group"
IN_BOTH = ("co_mentoring", "distributed")
BY_FAMILY, BY_MODEL = "family", "model"

Until = Mapping[int, dt.datetime]


class Said(NamedTuple):
    """One answer to an item of the outcome core, in a survey that was sent."""

    pk: int
    respondent: int
    question: int
    construct: str
    value: int
    sent_at: dt.datetime


@dataclass(frozen=True)
class Paired:
    """Everybody who learns in a match that was on, with the outcome before and after where they answered.

    learners    for reports.verdicts.analyse, of the arms alone
    arms        their names in a fixed order; fewer than two where there is nothing to compare
    in_both     how many people are in several arms, or in a model that is both; they are in no arm
    drawn       what lots decided, where they did in all of the programs alike; else ""
    """

    learners: list[Learner]
    arms: tuple[str, ...]
    in_both: int
    drawn: str = ""

    def of(self, one: str, other: str) -> list[Learner]:
        """The learners of two arms."""
        return [learner for learner in self.learners if learner.arm in {one, other}]


@dataclass(frozen=True)
class Gathered:
    """Everything that comparisons are made of.

    units   the component of people and matches that everybody is in
    arms    the arm of everybody who learns, BOTH for who is in several; where lots were drawn, the arm that everybody
            was given by lot, wherever they are since, and nobody else ("intention to treat")
    chosen  the arm that everybody who learns was in by their matches, whatever their lot
    said    what everybody answered last, by program, person and survey
    drawn   the programs in which lots were drawn, and what the lots decided
    again   who learns in an older program too, where there are several
    """

    units: dict[Key, str]
    arms: dict[Key, str]
    said: dict[tuple[int, int | str, str], list[Said]]
    after: str
    drawn: Mapping[int, str] = field(default_factory=dict)
    chosen: dict[Key, str] = field(default_factory=dict)
    again: frozenset[Key] = frozenset()

    def people(self, keys: Iterable[Key]) -> int:
        """How many different people these are, at the least: in several programs nobody is counted twice."""
        return sum(key not in self.again for key in keys)

    def between_models(self) -> "Gathered":
        """The same with everybody in the arm of their model, where lots decided anything else than the model."""
        other = {program for program, kind in self.drawn.items() if kind != Kind.LOTTERY}
        # Who changes over is in both models, also where they had no match in one of them.
        crossed = {key: BOTH for key in self.arms if self.drawn.get(key[0]) == Kind.CROSSOVER}
        arms = {key: arm for key, arm in self.arms.items() if key[0] not in other}
        arms |= {key: arm for key, arm in self.chosen.items() if key[0] in other} | crossed
        return replace(self, arms=arms, drawn={key: kind for key, kind in self.drawn.items() if key not in other})

    def uptake(self, program: int, arms: tuple[str, str]) -> tuple[Fraction, Fraction]:
        """Which share of those whom lots invited to each arm learned in a match of the first one's."""
        own = {arm: [key for key, given in self.arms.items() if key[0] == program and given == arm] for arm in arms}
        one, two = (
            Fraction(sum(self.chosen.get(key) in {arms[0], BOTH} for key in keys), len(keys)) if keys else Fraction(0)
            for keys in own.values()
        )
        return one, two

    def outcome(self, key: Key, moment: str, construct: str = "") -> float | None:
        """The mean of somebody's answers, where they gave enough of them."""
        wanted = [construct] if construct else CORE
        values = [each.value for each in self.said.get((*key, moment), ()) if each.construct in wanted]
        return sum(values) / len(values) if len(values) >= (1 if construct else CORE_LEAST) else None

    def learner(self, key: Key, construct: str = "") -> Learner:
        before, after = (self.outcome(key, moment, construct) for moment in (BEFORE, self.after))
        middle = self.outcome(key, MIDDLE, construct) if self.drawn.get(key[0]) == Kind.CROSSOVER else None
        return Learner(self.units[key], self.arms[key], before, after, str(key[0]), middle)

    def moments(self, program: int) -> list[tuple[str, str]]:
        """What the times are called at which a program's comparison looks, and the surveys they are."""
        middle = [("middle", MIDDLE)] if self.drawn.get(program) == Kind.CROSSOVER else []
        return [("before", BEFORE), *middle, ("after", self.after)]


def gather(
    programs: Sequence[Program],
    *,
    after: str,
    by: str = BY_FAMILY,
    until: Until | None = None,
    data: ProgramData | None = None,
    keys: Iterable[AnswerKey] | None = None,
) -> Gathered:
    """What comparisons of these programs are made of. Queries: three, and one each where lots decide, where there
    are several programs and where a key has been destroyed, whatever the size; one less of a single program whose
    `data` is read already, and one less where its `keys` are.

    until   for each program (its number) the moment after which no answer counts; without it all do
    Raises ValueError for an `after` or `by` of another name.
    """
    if after not in AFTER or by not in (BY_FAMILY, BY_MODEL):
        raise ValueError(f"nothing is compared after “{after}” by “{by}”")
    kept, by_model = kept_of(programs, keys), by == BY_MODEL
    seats = _seats_in(data) if data and kept.live else _seats(kept.live)
    by_lot = [program for program in programs if program.by_lot]
    lots = lots_of(by_lot) if by_lot else {}
    drawn = {program: given.kind for (program, _), given in lots.items()}
    known = {program.pk for program in kept.live}
    mine: dict[Key, Given] = {key: lot for key, lot in lots.items() if key[0] in known}
    chosen = _arms(seats, by)
    arms = {key: arm for key, arm in chosen.items() if key[0] not in drawn}
    arms |= {key: _given(lot, by) for key, lot in mine.items()}
    units = _units(seats, mine)
    crossed = [program for program, kind in drawn.items() if kind == Kind.CROSSOVER]
    said = _said(programs, (after, MIDDLE) if crossed else (after,), until or {}, kept.names(units))
    chosen, arms = chosen | kept.chosen(by_model=by_model), arms | kept.arms(by_model=by_model)
    return Gathered(units | kept.units(), arms, said, after, drawn, chosen, kept.again)


def _given(lot: Given, by: str) -> str:
    if lot.kind == Kind.WAITLIST:
        return WAITING if lot.waits else BEGUN
    return arm_of(lot.model, by)


def paired(
    programs: Sequence[Program],
    *,
    after: str = Survey.Kind.CLOSING.value,
    by: str = BY_FAMILY,
    construct: str = "",
    until: Until | None = None,
    data: ProgramData | None = None,
    keys: Iterable[AnswerKey] | None = None,
) -> Paired:
    """Before and after of every learner, by family of models or by model. Queries as `gather`.

    after      the survey that counts as after: "midpoint" or "closing"
    construct  "growth", "problem_solving" or "connection" for its two items alone; "": the primary outcome, which is
               the mean of the core where at least four of its six items were answered
    until      as `gather` has it, like `data` and `keys`

    A unit is a component of people and matches within one program, and programs are the cohorts that are compared
    within themselves. Raises ValueError for an `after` or `by` of another name.
    """
    found = gather(programs, after=after, by=by, until=until, data=data, keys=keys)
    learners = [found.learner(key, construct) for key, arm in found.arms.items() if arm != BOTH]
    names = tuple(sorted({learner.arm for learner in learners}))
    kinds = {found.drawn.get(program.pk, "") for program in programs}
    in_both = sum(arm == BOTH for arm in found.arms.values())
    return Paired(learners, names, in_both, next(iter(kinds)) if len(kinds) == 1 else "")


@dataclass(frozen=True)
class _Seated:
    match: int
    program: int
    user: int
    role: str
    model: str

    @property
    def key(self) -> Key:
        return self.program, self.user


def _seats(programs: Sequence[Program]) -> list[_Seated]:
    """Everybody who was in a match that was on, also where they have left it since."""
    rows = Seat.objects.filter(
        match__track__program__in=programs, match__activated_at__isnull=False, answer=Seat.Answer.ACCEPTED
    )
    columns = ("match", "match__track__program", "enrolment__user", "role", "match__track__model")
    return [_Seated(*row) for row in rows.order_by("match", "pk").values_list(*columns)]


def _seats_in(known: ProgramData) -> list[_Seated]:
    """The same from the rows of one program."""
    models = {track.pk: track.model for track in known.tracks}
    return [
        _Seated(match.pk, known.program.pk, member.user, member.role, models[match.track])
        for match in known.matches
        if match.began
        for member in match.seated
        if member.accepted
    ]


def _units(seats: Iterable[_Seated], lots: Mapping[Key, Given]) -> dict[Key, str]:
    """The name of everybody's component. A mentor with three mentees is one, a circle is one, and so is whoever was
    given an arm by lot and no match. Those of two orders are in two.
    """
    together: Mapping[int, list[Key]] = defaultdict(list)
    for seat in seats:
        together[seat.match].append(seat.key)
    orders = {key: lot.model for key, lot in lots.items() if lot.kind == Kind.CROSSOVER}
    groups = [part for people in together.values() for part in _by_order(people, orders)]
    alone = [[(key, orders.get(key, ""))] for key in lots]
    numbers = components([*groups, *alone])
    return {key: f"unit {number + 1}" for (key, _), number in numbers.items()}


def _by_order(people: Sequence[Key], orders: Mapping[Key, str]) -> list[list[tuple[Key, str]]]:
    """The people of one match. Whoever leads those of one order in the first time and of the other in the second does
    not make one of both, so they stand for two people.
    """
    here = sorted({orders[key] for key in people if key in orders}) or [""]
    return [[(key, order) for key in people if orders.get(key, order) == order] for order in here]


def _arms(seats: Iterable[_Seated], by: str) -> dict[Key, str]:
    """The arm of everybody who learns: mentees, and all among equals."""
    found: Mapping[Key, set[str]] = defaultdict(set)
    for seat in seats:
        if seat.role != Role.MENTOR:
            found[seat.key].add(arm_of(seat.model, by))
    return {key: next(iter(names)) if len(names) == 1 else BOTH for key, names in found.items()}


def arm_of(model: str, by: str) -> str:
    """The name of the arm that learners of a model are in, or BOTH."""
    known = registry.get(model)
    if by == BY_MODEL:
        return known.name
    return BOTH if model in IN_BOTH else ARM_NAMES[known.family]


def core_answers(programs: Sequence[Program], after: str | Sequence[str]) -> QuerySet[Answer]:
    """What was sent in answer to the outcome core before a match, and at the moment or moments compared with it."""
    moments = (after,) if isinstance(after, str) else after
    return _to_core([program.pk for program in programs], [BEFORE, *moments])


def _to_core(programs: list[int], moments: list[str]) -> QuerySet[Answer]:
    return Answer.objects.filter(
        response__survey__program__in=programs,
        response__survey__kind__in=moments,
        response__submitted_at__isnull=False,
        question__construct__in=CORE,
        value__isnull=False,
    )


def _said(
    programs: Sequence[Program], after: Sequence[str], until: Until, names: Mapping[tuple[int, str], Key]
) -> dict[tuple[int, int | str, str], list[Said]]:
    """Everybody's core at each moment; of several answers to one moment the last that was sent counts."""
    rows = _sent_to_core([program.pk for program in programs], [BEFORE, *after])
    given: dict[tuple[int, int | str, str], list[Said]] = {}
    for (program, code, moment, _), answers in groupby(rows, key=itemgetter(slice(4))):
        said = [Said(*row[4:]) for row in answers]
        if program not in until or said[0].sent_at <= until[program]:
            given[*names.get((program, code), (program, code)), moment] = said
    return given


@prepared
def _sent_to_core(programs: list[int], moments: list[str]) -> QuerySet[Answer, tuple[Any, ...]]:
    """Those of one response stand together, and of one person in the order in which they were sent."""
    person, kind = ("response__survey__program", "response__respondent__code"), "response__survey__kind"
    answer = ("pk", "response__respondent", "question", "question__construct", "value", "response__submitted_at")
    rows = _to_core(programs, moments).order_by("response__number", "response", "question__position")
    return rows.values_list(*person, kind, "response", *answer)


def consented_rows(program: Program, *, after: str = Survey.Kind.CLOSING.value) -> list[dict[str, Any]]:
    """Single rows of the outcome core without names, of those who said yes to that at the end, or before and nothing
    else since. None of fewer than five people. Queries: those of `gather` and one.

    Each row has "row" (a number that says nothing, and stays the same), "arm", "before" and "after".
    """
    agreed = _agreed(program)
    found = gather([program], after=after)
    both = {key: [found.outcome(key, moment) for moment in (BEFORE, after)] for key in found.arms}
    rows = [
        {"row": _code(respondent), "arm": found.arms[key], "before": before, "after": end}
        for key, (before, end) in both.items()
        if (before is not None or end is not None) and (respondent := _respondent(found, key)) in agreed
    ]
    return sorted(rows, key=lambda row: str(row["row"])) if len(rows) >= LEAST_PEOPLE else []


def _respondent(found: Gathered, key: Key) -> int:
    """Whose answers they are, of somebody who gave some."""
    return next(said[0].respondent for moment in (BEFORE, found.after) if (said := found.said.get((*key, moment))))


def _agreed(program: Program) -> set[int]:
    """The respondents who have said yes the last time they were asked and answered."""
    rows = Response.objects.filter(survey__program=program, submitted_at__isnull=False, consent__isnull=False)
    last = dict(rows.order_by("number", "pk").values_list("respondent", "consent"))
    return {respondent for respondent, consent in last.items() if consent}


def _code(respondent: int) -> str:
    """The same in every export, and no way back to the answers without the server's secret."""
    message = f"outcome row {respondent}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:12]
