"""What would change if rules counted otherwise, where matches are pairs: figures and moves. Stores nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from matching.criteria import InvalidRulesError, max_points, validate_rules
from matching.errors import MatchingError
from matching.models import Proposal
from matching.queries.board_rows import percent_of
from matching.queries.inputs import Inputs
from matching.queries.seated import PAIRED, Seated, seated_in
from matching.queries.trials import Figures, Load, Moved, Trial, tried_rules
from programs.catalogue.base import Shape

TOO_MANY = "There are too many people to try this out while you wait. Change the rules and run the matching again."


def trial(proposal: Proposal, strengths: Mapping[int, str], objective: str) -> Trial:
    """Compare a draft of pairs with the best one under other strengths and another aim.

    `strengths` are of MatchRule.Strength by the rule's number; rules that are not named stay. Locked pairs stay.
    Raises MatchingError for a track that is too large or not one of pairs.
    """
    seated = seated_in(proposal)
    if seated.inputs.model.shape not in PAIRED:
        raise MatchingError("These matches are no pairs.")
    if not seated.small:
        raise MatchingError(TOO_MANY)
    inputs = replace(seated.inputs, rules=tried_rules(seated.inputs, strengths), objective=objective)
    changed = inputs.rules != seated.inputs.rules or objective != proposal.objective
    saved = _figures(seated, seated.groups)
    problem = _problem(inputs)
    if problem:
        return Trial(saved, saved, [], 0, len(seated.locked), changed, problem)
    tried = replace(seated, inputs=inputs)
    try:
        groups = _best(tried)
    except (InvalidRulesError, MatchingError) as error:
        return Trial(saved, saved, [], 0, len(seated.locked), changed, str(error))
    return Trial(
        saved,
        _figures(tried, groups),
        _moved(seated, groups),
        len(seated.inputs.takers),
        len(seated.locked),
        changed,
    )


def _problem(inputs: Inputs) -> str:
    """Why these rules cannot be used together, or ""."""
    return " ".join(validate_rules(inputs.fields, inputs.rules, peers=inputs.peers))


def _best(seated: Seated) -> list[tuple[int, ...]]:
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    try:
        if seated.inputs.model.shape == Shape.ONE_SIDED:
            paired = seated.paired(triads=seated.inputs.model.triads)
            rows = [*paired.pairs.tolist(), *paired.triads.tolist()]
            return [tuple(seated.inputs.takers[row].enrolment_id for row in group) for group in rows]
        pairs = seated.assigned(objective=seated.inputs.objective).pairs.tolist()
    except engine.Infeasible as error:
        raise MatchingError("With these weights the locked pairs cannot all stay. Unlock some first.") from error
    inputs = seated.inputs
    return [(inputs.takers[row].enrolment_id, inputs.givers[column].enrolment_id) for row, column in pairs]


def _figures(seated: Seated, groups: Sequence[tuple[int, ...]]) -> Figures:
    inputs, best = seated.inputs, max_points(seated.inputs.rules)
    seated_people = {person for group in groups for person in group}
    left = sum(taker.enrolment_id not in seated_people and taker.free > 0 for taker in inputs.takers)
    load = Counter(group[1] for group in groups) if not inputs.peers else Counter[int]()
    idle = 0 if inputs.peers else sum(not load[g.enrolment_id] and g.free > 0 for g in inputs.givers)
    scores = tuple(percent_of(_points(inputs, group), best * (len(group) * (len(group) - 1) // 2)) for group in groups)
    most = max(load.values(), default=0)
    shared = (
        Load("Mentors without a mentee", idle, good=False),
        Load("Most mentees with one mentor", most, good=False),
    )
    return Figures(scores, left, () if inputs.peers else shared)


def _points(inputs: Inputs, group: Sequence[int]) -> int:
    rows, columns = inputs.taker_row, inputs.giver_column
    pairs = [(one, other) for at, one in enumerate(group) for other in group[at + 1 :]]
    return sum(int(inputs.scores.points[rows[one], columns[other]]) for one, other in pairs)


def _moved(seated: Seated, groups: Iterable[tuple[int, ...]]) -> list[Moved]:
    """Mentees (between peers: everybody) whose partners are others, by name."""
    before, after = _partners(seated, seated.groups), _partners(seated, groups)
    said = [
        Moved(taker.name, _names(seated, before.get(taker.enrolment_id)), _names(seated, after.get(taker.enrolment_id)))
        for taker in seated.inputs.takers
        if before.get(taker.enrolment_id) != after.get(taker.enrolment_id)
    ]
    return sorted(said, key=lambda each: each.name.casefold())


def _partners(seated: Seated, groups: Iterable[tuple[int, ...]]) -> dict[int, frozenset[int]]:
    return {
        person: frozenset(each for each in group if each != person)
        for group in groups
        for person in group
        if person in seated.inputs.taker_row
    }


def _names(seated: Seated, people: frozenset[int] | None) -> str:
    return " and ".join(sorted(seated.people[each].name for each in people or ()))
