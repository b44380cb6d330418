"""An attacker who knows who answered when, keeps every number ever shown, and solves for single answers.

Each figure is an equation over the answers. The equations are written down here anew, from what a figure says it is,
and are solved exactly, as if nothing were rounded. Beside that what is shown, with its rounding, is taken for what it
is: sums of whole numbers between two ends. tests/reports/attacking_spread.py does the same to what is no sum.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.models import Ending, Match, Seat
from reports.queries.looks import due_at
from reports.queries.outcome import outcome
from reports.services import open_look
from surveys.definition import survey_of
from surveys.models import Answer, Publication
from surveys.services import publish_figures
from surveys.wording import CORE
from tests.factories.finished import Finished
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

Equation = dict[tuple[str, int], float]
# A sum of answers, each taken once, and between which numbers it lies as far as the figure tells.
Bounded = tuple[frozenset[tuple[str, int]], float, float]
ENDING = "ending "
EARLY = ("schedule",) * 5 + ("moved", "fit", "other")
# Means are shown to one decimal.
ROUNDED = 0.05
# What is as much or more, or less, of a scale from 1 to 7; what is made of bounds of both kinds says nothing new.
BEYOND = {"more": lambda mean: (mean - ROUNDED, 7.0), "less": lambda mean: (1.0, mean + ROUNDED)}
SHAPES = (
    ("traditional", 1, True),
    ("circle", 4, True),
    ("peer", 2, False),
    ("pod", 4, False),
    ("co_mentoring", 2, False),
)


@dataclass
class Attacker:
    """What was shown, and how many figures that were."""

    equations: list[Equation] = field(default_factory=list)
    asked: int = 0
    bounded: list[Bounded] = field(default_factory=list)

    def see_sum(self, names: Iterable[tuple[str, int]], value: float, rounding: float) -> None:
        """A sum of whole answers, known to within `rounding`."""
        known = frozenset(names)
        self.see(dict.fromkeys(known, 1.0))
        if known:
            self.bounded.append((known, value - rounding, value + rounding))

    def see_mean(self, names: Iterable[tuple[str, int]], mean: float, end: str) -> None:
        """A mean to one decimal; as a bound it is no equation, and says of the sum that it is beyond."""
        known = frozenset(names)
        if not end:
            self.see_sum(known, mean * len(known), ROUNDED * len(known))
        elif known and end in BEYOND:
            self.asked += 1
            low, high = BEYOND[end](mean)
            self.bounded.append((known, low * len(known), high * len(known)))

    def cornered(self) -> list[tuple[str, int]]:
        """The single answers that follow because no other whole numbers between the ends of their scale give these
        sums: each sum, and what one holds more than another, leaves its answers only so much room.
        """
        room = {name: (0, 1) if name[0].startswith(ENDING) else (1, 7) for names, *_ in self.bounded for name in names}
        sums = [*self.bounded, *_nested(self.bounded)]
        while True:
            before = dict(room)
            for names, low, high in sums:
                _tighten(room, names, low, high)
            if room == before:
                return sorted(name for name, (low, high) in room.items() if low == high)

    def see(self, equation: Equation) -> None:
        self.asked += 1
        if equation and equation not in self.equations:
            self.equations.append(equation)

    def found(self) -> list[tuple[str, int]]:
        """The single answers that follow: unit vectors in the row space, by the reduced echelon form."""
        names = sorted({name for equation in self.equations for name in equation})
        if not names:
            return []
        matrix = np.array([[equation.get(name, 0.0) for name in names] for equation in self.equations])
        reduced = _echelon(matrix)
        return [names[int(np.flatnonzero(row)[0])] for row in reduced if np.count_nonzero(row) == 1]


def _nested(sums: Sequence[Bounded]) -> list[Bounded]:
    """What is left of each sum without another that is wholly in it. All are sums of whole numbers."""
    whole = [(names, math.ceil(low - 1e-9), math.floor(high + 1e-9)) for names, low, high in sums]
    return [
        (one - other, low - most, high - least)
        for one, low, high in whole
        for other, least, most in whole
        if other < one
    ]


def _tighten(
    room: dict[tuple[str, int], tuple[int, int]], names: Iterable[tuple[str, int]], low: float, high: float
) -> None:
    known = list(names)
    least, most = (sum(room[name][end] for name in known) for end in (0, 1))
    for name in known:
        below, above = room[name]
        room[name] = (
            max(below, math.ceil(low - (most - above) - 1e-9)),
            min(above, math.floor(high - (least - below) + 1e-9)),
        )


def _echelon(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Gauss–Jordan with the largest pivot; in the reduced form a unit vector of the row space is a row of its own."""
    rows = matrix / np.abs(matrix).max(axis=1, keepdims=True)
    at = 0
    for column in range(rows.shape[1]):
        pivot = at + int(np.argmax(np.abs(rows[at:, column]))) if at < len(rows) else at
        if at >= len(rows) or abs(rows[pivot, column]) < 1e-9:
            continue
        rows[[at, pivot]] = rows[[pivot, at]]
        rows[at] /= rows[at, column]
        others = np.arange(len(rows)) != at
        rows[others] -= np.outer(rows[others, column], rows[at])
        rows[np.abs(rows) < 1e-9] = 0
        at += 1
    return rows[:at]


def attack(rng: Random) -> Attacker:
    """One invented program from its first answer to its last figure."""
    attacker, program = Attacker(), Finished()
    for model, size, led in SHAPES:
        for _ in range(rng.choice((0, 1, 2, 3, 5))):
            program.match(model, [((), ()) for _ in range(rng.randint(max(size - 1, 1), size))], led=led)
    _answer(program, rng, attacker)
    _end(program, rng)
    _open(program, attacker)
    _tracks(program, attacker)
    return attacker


def _answer(program: Finished, rng: Random, attacker: Attacker) -> None:
    """People answer one by one, some not at all and some in part; figures are published in between."""
    seats = Seat.objects.filter(match__track__program=program.program).exclude(role="mentor")
    users = [seat.enrolment.user for seat in seats.select_related("enrolment__user").order_by("pk")]
    for kind, day in (("baseline", 0), ("midpoint", 90), ("closing", 184)):
        rng.shuffle(users)
        survey = survey_of(program.program, kind)
        for number, user in enumerate(users):
            # Beyond the core at both later moments the seven statements about working together.
            answered = rng.choice((6, 6, 6, 6, 6, 5, 4, 2, 0) if kind == "baseline" else (13, 13, 13, 13, 10, 6, 4, 0))
            values = [rng.randint(1, 7) for _ in range(answered)]
            program.say(user, kind, values, NOW + dt.timedelta(days=day, minutes=number))
            if rng.random() < 0.4:
                publish_figures(survey=survey, now=NOW + dt.timedelta(days=day, minutes=number, seconds=30))
        publish_figures(survey=survey, now=NOW + dt.timedelta(days=day + 30))
    _published(program, attacker)


def _end(program: Finished, rng: Random) -> None:
    """Some matches ended before their time, each for one of the reasons."""
    for match in Match.objects.filter(track__program=program.program).order_by("pk"):
        if rng.random() < 0.8:
            Ending.objects.create(match=match, reason=rng.choice(EARLY), at=NOW)


def _endings(program: Finished, shown: Sequence[tuple[str, int | None]], attacker: Attacker) -> None:
    """How often each reason was given, by somebody who knows which matches ended early and that each has one reason."""
    matches = Ending.objects.filter(match__track__program=program.program).values_list("match", flat=True)
    numbers = {words: count for words, count in shown if count is not None}
    reasons = {ENDING + label: value for value, label in Ending.Reason.choices}
    for label in reasons:
        if label.removeprefix(ENDING) in numbers:
            count = numbers[label.removeprefix(ENDING)]
            attacker.see_sum([(label, match) for match in matches], count, 0)
    if numbers:
        hidden = [label for label in reasons if label.removeprefix(ENDING) not in numbers]
        left = len(matches) - sum(numbers.values())
        attacker.see_sum([(label, match) for label in hidden for match in matches], left, 0)
        for match in matches:
            attacker.see_sum([(label, match) for label in reasons], 1, 0)


def _rows(program: Finished) -> list[tuple[int, str, str, str, dt.datetime]]:
    """Every answer: whose, to which survey and item, of what construct, when."""
    rows = Answer.objects.filter(response__invitation__survey__program=program.program, value__isnull=False)
    invitation = "response__invitation"
    return list(
        rows.values_list(
            f"{invitation}__user",
            f"{invitation}__survey__kind",
            "question__slug",
            "question__construct",
            "response__submitted_at",
        )
    )


def _published(program: Finished, attacker: Attacker) -> None:

    answers = _rows(program)
    for each in Publication.objects.filter(survey__program=program.program).select_related("survey").order_by("as_of"):
        for figure in each.figures:
            if figure["mean"] is None:
                continue
            cut, kind = dt.datetime.fromisoformat(figure["as_of"]), each.survey.kind
            names = {
                (f"{kind} {slug}", user)
                for user, of, slug, _, when in answers
                if of == kind and slug == figure["slug"] and when <= cut
            }
            attacker.see_mean(names, figure["mean"], figure.get("end", ""))


def _open(program: Finished, attacker: Attacker) -> None:
    """Both looks, by somebody who opens each at its date."""
    reader = UserFactory.create()
    for kind, survey in (("midpoint", "midpoint"), ("close", "closing")):
        due = due_at(program.program, kind)
        if due is None:
            raise ValueError("the program is too short")
        look = open_look(program=program.program, kind=kind, by=reader, now=due)
        comparison = look.content["comparison"]
        for group in comparison["groups"] if comparison else ():
            for moment in ("baseline", survey):
                attacker.see(_mean_of_group(program, group["name"], moment, survey))
        for each in look.content.get("core", ()):
            for moment, word in (("baseline", "before"), (survey, "after")):
                names = list(_mean_of_core(program, each["construct"], moment, survey))
                attacker.see_mean(names, each[word], each.get("ends", {}).get(word, ""))
        _endings(program, look.content.get("endings", ()), attacker)


def _by_person(program: Finished) -> dict[tuple[int, str], list[tuple[str, str]]]:
    """What everybody said of the core."""
    found: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for user, kind, slug, construct, _ in (row for row in _rows(program) if row[3] in CORE):
        found.setdefault((user, kind), []).append((slug, construct))
    return found


def _mean_of_group(program: Finished, name: str, moment: str, after: str) -> Equation:
    """The mean over matches of the means of their learners, of those who gave four answers or more both times. Here
    nobody is in two matches, so that a match is a unit.
    """
    said = _by_person(program)
    matches: dict[int, list[int]] = {}
    for match, model, user in _learners(program):
        both = all(len(said.get((user, kind), ())) >= 4 for kind in ("baseline", after))
        if both and _family(model) == name:
            matches.setdefault(match, []).append(user)
    equation: Equation = {}
    for users in matches.values():
        for user in users:
            answers = said[user, moment]
            for slug, _ in answers:
                equation[f"{moment} {slug}", user] = 1 / (len(matches) * len(users) * len(answers))
    return equation


def _mean_of_core(program: Finished, construct: str, moment: str, after: str) -> Equation:
    """The mean of the answers of those who gave all six both times."""
    said = _by_person(program)
    users = {user for _, _, user in _learners(program)}
    whole = [user for user in users if all(len(said.get((user, kind), ())) == 6 for kind in ("baseline", after))]
    return {
        (f"{moment} {slug}", user): 1.0
        for user in whole
        for slug, of in said[user, moment]
        if not construct or of == construct
    }


def _learners(program: Finished) -> list[tuple[int, str, int]]:

    seats = Seat.objects.filter(match__track__program=program.program).exclude(role="mentor")
    return list(seats.values_list("match", "match__track__model", "enrolment__user"))


def _family(model: str) -> str:
    return {"traditional": "mentor-led", "circle": "mentor-led", "peer": "peer", "pod": "peer"}.get(model, "both")


def _tracks(program: Finished, attacker: Attacker) -> None:
    """Who met, of the whole and of each track, as the report and its files show it."""
    report = outcome(program.program, NOW)
    people: dict[str, list[int]] = {}
    for _, model, user in _seated(program):
        people.setdefault(model, []).append(user)
    whole = [user for users in people.values() for user in users]
    groups: Sequence[tuple[Any, list[int]]] = [(report.figures, whole)] + [
        (each.figures, people.get(each.track.model, [])) for each in report.tracks
    ]
    for figures, users in groups:
        for slug in ("met", "met_3", "goal_people"):
            if figures[slug].shown:
                attacker.see({(slug, user): 1.0 for user in users})


def _seated(program: Finished) -> list[tuple[int, str, int]]:

    seats = Seat.objects.filter(match__track__program=program.program)
    return list(seats.values_list("match", "match__track__model", "enrolment__user"))
