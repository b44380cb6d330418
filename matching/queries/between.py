"""What two people of a track would score, and what stands between them: only for the people asked about."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.criteria import Rule, blocked_by, same_human, score_peers, score_two_sided
from matching.queries.inputs import EXCLUDED, REPORTING_LINE, Entrant, Inputs

# Peers are scored everybody with everybody: one person with these many others at a time.
PEERS_AT_ONCE = 40

# Why two people are kept apart whatever the rules say. Who asked for it is told to nobody here.
APART = {REPORTING_LINE: "one reports to the other", EXCLUDED: "they are to be kept apart"}
# Where one of the two may read it: the same for everything, so that nobody learns who wants to be kept apart from them.
NO_CAUSE = "not possible together by a rule of this program"

Scored = dict[tuple[int, int], int | None]


@dataclass(frozen=True)
class Blocked:
    """What keeps two people apart.

    `rules` are the names of rules, which a coordinator may override with a reason; `hard` is a sentence about what
    nobody may override: one human twice, or people who are matched already, said no, or are kept apart.
    """

    rules: tuple[str, ...] = ()
    hard: str = ""

    def __bool__(self) -> bool:
        return bool(self.rules or self.hard)

    @property
    def named(self) -> str:
        """“Other department” and “Level above”"""
        words = [f"“{rule}”" for rule in self.rules]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def taker_of(inputs: Inputs, enrolment_id: int) -> Entrant | None:
    row = inputs.taker_row.get(enrolment_id)
    return None if row is None else inputs.takers[row]


def giver_of(inputs: Inputs, enrolment_id: int) -> Entrant | None:
    column = inputs.giver_column.get(enrolment_id)
    return None if column is None else inputs.givers[column]


def scores_between(inputs: Inputs, takers: Sequence[int], givers: Sequence[int]) -> Scored:
    """The points of each of these takers with each of these givers; None where a rule or an earlier match forbids it.

    Whoever does not take part any more is left out. In peer tracks one of the two lists may be long.
    """
    some = [entrant for entrant in (taker_of(inputs, each) for each in takers) if entrant]
    others = [entrant for entrant in (giver_of(inputs, each) for each in givers) if entrant]
    points = _of_peers(inputs, some, others) if inputs.peers else _of_two_sides(inputs, some, others)
    return {pair: None if _kept_apart(inputs, *pair) else score for pair, score in points.items()}


def _kept_apart(inputs: Inputs, one: int, other: int) -> bool:
    pair = frozenset({one, other})
    return pair in inputs.barred or pair in inputs.apart


def _of_two_sides(inputs: Inputs, takers: Sequence[Entrant], givers: Sequence[Entrant]) -> Scored:
    if not takers or not givers:
        return {}
    found = score_two_sided([t.person for t in takers], [g.person for g in givers], inputs.fields, inputs.rules)
    return {
        (taker.enrolment_id, giver.enrolment_id): int(found.points[row, column]) if found.allowed[row, column] else None
        for row, taker in enumerate(takers)
        for column, giver in enumerate(givers)
    }


def _of_peers(inputs: Inputs, some: Sequence[Entrant], others: Sequence[Entrant]) -> Scored:
    scored: Scored = {}
    for one in some:
        for start in range(0, len(others), PEERS_AT_ONCE):
            people = [one, *(each for each in others[start : start + PEERS_AT_ONCE] if each is not one)]
            found = score_peers([each.person for each in people], inputs.fields, inputs.rules, inputs.two_way)
            for column, other in enumerate(people[1:], start=1):
                allowed = bool(found.allowed[0, column])
                scored[one.enrolment_id, other.enrolment_id] = int(found.points[0, column]) if allowed else None
    return scored


def score_between(inputs: Inputs, taker: int, giver: int) -> int | None:
    """The points of two enrolments; None where something forbids them or one of them does not take part any more."""
    return scores_between(inputs, [taker], [giver]).get((taker, giver))


def points_regardless(inputs: Inputs, taker: Entrant, giver: Entrant) -> int:
    """What the rules give these two, whether or not one of them forbids the pair."""
    if inputs.peers:
        found = score_peers([taker.person, giver.person], inputs.fields, inputs.rules, inputs.two_way)
        return int(found.points[0, 1])
    return int(score_two_sided([taker.person], [giver.person], inputs.fields, inputs.rules).points[0, 0])


def is_only(key: str) -> bool:
    """Whether a rule is somebody's own “only people I named”, which is theirs to change."""
    return key.startswith("~") and key.endswith("only")


def blocked_between(inputs: Inputs, taker: Entrant, giver: Entrant, *, rules: Sequence[Rule] | None = None) -> Blocked:
    """What stands between two people, in either direction where they are peers. `rules` are those between two on the
    same side of a track with sides."""
    asked = inputs.rules if rules is None else rules
    labels = {rule.key: rule.label for rule in asked}
    keys = blocked_by(taker.person, giver.person, inputs.fields, asked)
    if inputs.peers or rules is not None:
        keys += blocked_by(giver.person, taker.person, inputs.fields, asked)
    named = tuple(dict.fromkeys(labels[key] for key in keys if key in labels))
    if taker.enrolment_id == giver.enrolment_id or same_human(taker.person, giver.person):
        return Blocked(named, f"{taker.name} cannot be matched with themselves.")
    hard = _beyond_rules(inputs, taker, giver, keys)
    if hard and (taker.reads or giver.reads):
        rules_only = tuple(dict.fromkeys(labels[key] for key in keys if key in labels and not is_only(key)))
        return Blocked(rules_only, f"{taker.name} and {giver.name} cannot be matched: {NO_CAUSE}.")
    return Blocked(named, hard)


def _beyond_rules(inputs: Inputs, one: Entrant, other: Entrant, keys: Sequence[str]) -> str:
    """What no reason of a coordinator overrides: people kept apart, their own wishes, and earlier matches."""
    pair = frozenset({one.enrolment_id, other.enrolment_id})
    both = f"{one.name} and {other.name}"
    if pair in inputs.apart:
        return f"{both} cannot be matched: {APART[inputs.apart[pair]]}."
    if any(is_only(key) for key in keys):
        return f"{both} cannot be matched: one of them accepts only people they named."
    if pair in inputs.barred:
        return f"{both} cannot be proposed again: they are matched, or one of them said no."
    return ""


def why_forbidden(inputs: Inputs, taker: Entrant, giver: Entrant) -> str:
    """One sentence: what keeps these two apart."""
    blocked = blocked_between(inputs, taker, giver)
    if blocked.hard:
        return blocked.hard
    rules = ", ".join(f"“{rule}”" for rule in blocked.rules)
    return f"{taker.name} and {giver.name} cannot be matched: {rules} forbids it."
