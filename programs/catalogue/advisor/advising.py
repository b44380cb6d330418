"""From answers to advice: rules add up, capacity is a hard limit, and the result says what would change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from programs.catalogue import registry
from programs.catalogue.advisor import capacity
from programs.catalogue.advisor.capacity import Capacity
from programs.catalogue.advisor.questions import QUESTIONS, Answers, Option, Question
from programs.catalogue.advisor.rules import RULES, AdviceRule
from programs.catalogue.base import Family, MentoringModel, Safeguard

DISCLAIMER = "A rule of thumb from your answers, not a prediction"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that spoke for or against a model, and by how much."""

    rule: int
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A model with its points, which are the sum of its reasons', and the arithmetic of its mentors' time if it is
    known.
    """

    model: MentoringModel
    points: int
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    capacity: Capacity | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """A model that is out, and every reason why."""

    model: MentoringModel
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Integrated:
    """Two models together in one program, one track each: the second is the peers' own or closest to it. `capacity` is
    that of both together, and never falls short.
    """

    rule: int
    text: str
    models: tuple[MentoringModel, MentoringModel]
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Another answer to one question, and the model that would then come first."""

    question: Question
    option: Option
    model: MentoringModel


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything the result page shows; `ranked` is best first, `refused` are models whose plan needs more than was
    pledged.
    """

    answers: Answers
    ranked: tuple[Ranked, ...]
    refused: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]
    integrated: tuple[Integrated, ...]
    safeguards: tuple[Safeguard, ...]
    what_would_change: tuple[Change, ...]
    disclaimer: str = DISCLAIMER

    @property
    def best(self) -> Ranked | None:
        """The model that fits best; None where every one is out."""
        return self.ranked[0] if self.ranked else None


def advise(answers: Answers) -> Advice:
    """Rank all models for a plan. Rules whose questions are open stay silent; ties keep the catalogue's order."""
    spoken = [rule for rule in RULES if rule.speaks(answers)]
    excluded = _excluded(spoken)
    out = {entry.model.slug for entry in excluded}
    all_ranked = _ranked(spoken, answers, out)
    fitting = tuple(entry for entry in all_ranked if _fits(entry))
    return Advice(
        answers=answers,
        ranked=fitting,
        refused=tuple(entry for entry in all_ranked if not _fits(entry)),
        excluded=excluded,
        integrated=_integrated(spoken, fitting, answers),
        safeguards=tuple(dict.fromkeys(safeguard for rule in spoken for safeguard in rule.safeguards)),
        what_would_change=_what_would_change(answers, fitting),
    )


def _ranked(spoken: Sequence[AdviceRule], answers: Answers, out: set[str]) -> list[Ranked]:
    entries = [_entry(model, spoken, answers) for model in registry.all_models() if model.slug not in out]
    return sorted(entries, key=lambda entry: (-entry.points, entry.model.position))


def _entry(model: MentoringModel, spoken: Sequence[AdviceRule], answers: Answers) -> Ranked:
    reasons = [Reason(rule.number, rule.because, rule.points_for(model)) for rule in spoken]
    return Ranked(
        model=model,
        points=sum(reason.points for reason in reasons),
        reasons_for=tuple(reason for reason in reasons if reason.points > 0),
        reasons_against=tuple(reason for reason in reasons if reason.points < 0),
        capacity=capacity.check(model, answers),
    )


def _fits(entry: Ranked) -> bool:
    return entry.capacity is None or entry.capacity.fits


def _excluded(spoken: Sequence[AdviceRule]) -> tuple[Excluded, ...]:
    found = []
    for model in registry.all_models():
        reasons = tuple(
            rule.because
            for rule in spoken
            if model.slug in rule.excludes or (rule.leaves_only and model.slug not in rule.leaves_only)
        )
        if reasons:
            found.append(Excluded(model, reasons))
    return tuple(found)


def _integrated(spoken: Sequence[AdviceRule], ranked: Sequence[Ranked], answers: Answers) -> tuple[Integrated, ...]:
    """For each rule that recommends two models together the best placed two whose mentors' time is enough for both."""
    found = []
    for rule in spoken:
        if rule.together is None:
            continue
        firsts = _among(ranked, rule.together.first, Family.MENTOR_LED)
        seconds = _among(ranked, rule.together.second, Family.PEER)
        pairs = ((one, other) for one in firsts for other in seconds)
        for pair in pairs:
            both = capacity.together(pair, answers)
            if both is None or both.fits:
                found.append(Integrated(rule.number, rule.because, pair, both))
                break
    return tuple(found)


def _among(ranked: Sequence[Ranked], slugs: Sequence[str], family: Family) -> list[MentoringModel]:
    """These models, best placed first; where none are named, those of the family."""
    return [e.model for e in ranked if (e.model.slug in slugs if slugs else e.model.family is family)]


def _what_would_change(answers: Answers, ranked: Sequence[Ranked]) -> tuple[Change, ...]:
    """For each question the first other answer that would put each other model first."""
    first = ranked[0].model.slug if ranked else ""
    found: dict[tuple[str, str], Change] = {}
    for question in QUESTIONS:
        for option in question.options:
            best = _best(answers.with_answer(question.name, option.value))
            if best is not None and best.slug != first:
                found.setdefault((question.name, best.slug), Change(question, option, best))
    return tuple(found.values())


def _best(answers: Answers) -> MentoringModel | None:
    spoken = [rule for rule in RULES if rule.speaks(answers)]
    out = {entry.model.slug for entry in _excluded(spoken)}
    return next((entry.model for entry in _ranked(spoken, answers, out) if _fits(entry)), None)
