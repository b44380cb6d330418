"""Why not these two? What they would score, what stands against it, what would unblock it, what others would lose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matching.queries.between import Blocked, blocked_between, is_only, points_regardless
from matching.queries.inputs import Entrant
from matching.queries.others import effects_of, points_of
from matching.queries.seated import Pair, Seated

if TYPE_CHECKING:
    from matching.engine import Assignment, Move

Partners = dict[int, int | None]


@dataclass
class Answer:
    """The answer in sentences, and what services.rearrange takes to do it.

    `rules` are the rules that stand against it, as (number, name); `unlock` the locked pairs in the way, by name.
    `loss` is what all others and these two together lose in points against the draft, `seats` the people who would
    have no match then; both None where it cannot be done at all. `exact` says that nothing better exists.
    """

    taker: Entrant
    giver: Entrant
    points: int
    together: bool = False
    blocked: Blocked = field(default_factory=Blocked)
    rules: list[tuple[str, str]] = field(default_factory=list)
    unlock: list[str] = field(default_factory=list)
    room: str = ""
    loss: int | None = None
    seats: int = 0
    exact: bool = True
    effects: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    out: list[int] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return bool(self.pairs)

    @property
    def needs_reason(self) -> bool:
        return bool(self.blocked.rules)

    @property
    def cost(self) -> str:
        """What the others would lose, in one sentence."""
        if self.loss is None:
            return ""
        known = "" if self.exact else "at most "
        if self.loss == 0:
            points = "The points of all together would stay the same"
        elif self.loss < 0:
            points = f"All together would gain {-self.loss} points"
        else:
            points = f"All together would lose {known}{self.loss} points"
        if self.seats > 0:
            who = "one person fewer" if self.seats == 1 else f"{self.seats} people fewer"
            return f"{points}, and {who} would have a match."
        if self.seats < 0:
            who = "one person more" if self.seats == -1 else f"{-self.seats} people more"
            return f"{points}, and {who} would have a match."
        return f"{points}."


def why_not(seated: Seated, one: int, other: int) -> Answer | None:
    """None where one of the two does not take part any more, or the two are on the same side."""
    sides = _sides(seated, one, other)
    if sides is None:
        return None
    taker, giver = sides
    answer = Answer(taker, giver, points_regardless(seated.inputs, taker, giver))
    pair = (taker.enrolment_id, giver.enrolment_id)
    answer.together = any(set(pair) <= set(group) for group in seated.groups)
    if answer.together:
        return answer
    answer.blocked = blocked_between(seated.inputs, taker, giver)
    answer.rules = _rules(seated, answer.blocked.rules)
    answer.room = _room(seated, giver)
    if answer.blocked.hard:
        return answer
    answer.unlock = _locks(seated, pair)
    if not answer.unlock:
        _force(seated, answer, pair)
    return answer


def _sides(seated: Seated, one: int, other: int) -> tuple[Entrant, Entrant] | None:
    inputs = seated.inputs
    for taker, giver in ((one, other), (other, one)):
        if taker in inputs.taker_row and giver in inputs.giver_column and taker != giver:
            return seated.people[taker], seated.people[giver]
    return None


def _rules(seated: Seated, labels: Sequence[str]) -> list[tuple[str, str]]:
    """Those of the track, which a coordinator can change."""
    kept = [rule for rule in seated.inputs.rules if rule.label in labels and not is_only(rule.key)]
    return [(rule.key, rule.label) for rule in kept if rule.key.isdecimal()]


def _room(seated: Seated, giver: Entrant) -> str:
    if seated.inputs.peers:
        return ""
    taken = giver.places - giver.free + seated.load[giver.enrolment_id]
    places = "place" if giver.places == 1 else "places"
    return f"{giver.name} has {taken} of {giver.places} {places} taken."


def _locks(seated: Seated, pair: Pair) -> list[str]:
    """The locks that leave these two no way: the mentee's own, or those on all places of the mentor."""
    taker, giver = pair
    own = [group for group in seated.locked if taker in group]
    theirs = [group for group in seated.locked if giver in group]
    full = seated.people[giver].free <= len(theirs)
    return [_names(seated, group) for group in (*own, *(theirs if full else []))]


def _names(seated: Seated, group: Sequence[int]) -> str:
    return " and ".join(seated.people[each].name for each in group)


def _force(seated: Seated, answer: Answer, pair: Pair) -> None:
    """What the best draft with this pair has less than the draft as it is, and who would change."""
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    if not seated.small:
        _exchange(seated, answer, pair)
        return
    try:
        after = _paired_with(seated, pair) if seated.inputs.peers else _assigned_with(seated, pair)
    except engine.Infeasible:
        answer.unlock = [_names(seated, group) for group in sorted(seated.locked)]
        return
    _tell(seated, answer, pair, after)


def _assigned_with(seated: Seated, pair: Pair) -> Partners:
    """By the prices of the solution where the draft is the best there is; else solved anew with the pair in it."""
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    best = seated.assigned(also=[pair])
    if seated.is_best(best):
        [numbers] = seated.numbers([pair])
        reason = engine.why_not(best.problem, best, *numbers)
        if reason.exact and reason.kind in ("cost", "floor"):
            return _after_moves(seated, reason.moves)
        if reason.kind == "locked":
            raise engine.Infeasible(reason.message, rule="fixed")
    forced = seated.assigned(also=[pair], fixed=[pair], objective=_by_total(seated))
    return _partners(seated, forced)


def _by_total(seated: Seated) -> str:
    """With a pair that is fixed, the lowest score of the rest is another question than that of the draft."""
    return "score" if seated.inputs.objective == "score" else "cover"


def _partners(seated: Seated, result: "Assignment") -> Partners:
    inputs = seated.inputs
    after: Partners = dict.fromkeys(inputs.taker_row)
    for row, column in result.pairs.tolist():
        after[inputs.takers[row].enrolment_id] = inputs.givers[column].enrolment_id
    return after


def _after_moves(seated: Seated, moves: Sequence["Move"]) -> Partners:
    inputs = seated.inputs
    after: Partners = dict(seated.pairs)
    for move in moves:
        partner = None if move.after is None else inputs.givers[move.after].enrolment_id
        after[inputs.takers[move.person].enrolment_id] = partner
    return after


def _paired_with(seated: Seated, pair: Pair) -> Partners:
    inputs, forced = seated.inputs, seated.paired(also=[pair], fixed=[pair])
    after: Partners = dict.fromkeys(inputs.taker_row)
    for one, other in forced.pairs.tolist():
        after[inputs.takers[one].enrolment_id] = inputs.takers[other].enrolment_id
    return after


def _exchange(seated: Seated, answer: Answer, pair: Pair) -> None:
    """In a very large track: whoever makes room is left over, which may not be the best way."""
    answer.exact = False
    taker, giver = pair
    after: Partners = dict(seated.pairs)
    if seated.room(giver) <= 0:
        theirs = [each for each in seated.pairs if each[1] == giver and each not in seated.locked]
        weakest = min(theirs, key=lambda each: (points_of(seated, each), each))
        after[weakest[0]] = None
    after[taker] = giver
    _tell(seated, answer, pair, after)


def _tell(seated: Seated, answer: Answer, pair: Pair, after: Mapping[int, int | None]) -> None:
    before = _as_partners(seated)
    changed = {who for who in {*before, *after} if before.get(who) != after.get(who) and who in seated.inputs.taker_row}
    others = [(who, partner) for who in sorted(changed) if (partner := after.get(who)) is not None]
    if seated.inputs.peers:
        others = [(one, other) for one, other in others if one not in pair and _first(one, other, others)]
    answer.pairs = [pair, *(each for each in others if each[0] != pair[0])]
    placed = {person for each in answer.pairs for person in each}
    answer.out = sorted(who for who in changed if after.get(who) is None and before.get(who) and who not in placed)
    gain, effects = effects_of(seated, answer.pairs, answer.out)
    answer.loss, answer.effects = -gain, effects[1:]
    answer.seats = sum(before.get(who) is not None for who in changed) - sum(
        after.get(who) is not None for who in changed
    )


def _first(one: int, other: int, pairs: Sequence[Pair]) -> bool:
    """Between peers each pair is told once."""
    return (other, one) not in pairs or one < other


def _as_partners(seated: Seated) -> Partners:
    before: Partners = {}
    for group in seated.groups:
        before[group[0]] = group[1]
        if seated.inputs.peers:
            before |= dict.fromkeys(group[1:], group[0])
    return before


def people_to_ask_about(seated: Seated, person: int) -> list[Entrant]:
    """Everybody on the other side, by name; between peers everybody else."""
    inputs = seated.inputs
    there = inputs.givers if person in inputs.taker_row else inputs.takers
    mine = seated.people[person]
    others = [each for each in there if each.enrolment_id != person and each.user_id != mine.user_id]
    return sorted(others, key=lambda each: (each.name.casefold(), each.enrolment_id))
