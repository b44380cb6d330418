"""What a solved track looks like, whatever its shape: matches with members, a score, and shares that add up to it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matching.criteria import Share
from matching.criteria.answers import small
from matching.queries.company import Company, Pair, pairs_within
from matching.queries.inputs import Entrant, Inputs

# Up to so many pairs (those of a triad) each is told in words; more would no longer be read.
TOLD_IN_FULL = 3


@dataclass(frozen=True)
class Found:
    """One match of a result: the people in it, takers first, and what its score is made of.

    `most` is what these people could have at best, `parts` what each helper is to the person at a network's centre, by
    enrolment; a one-off session has its start, minutes and topic.
    """

    members: tuple[Entrant, ...]
    score: int
    shares: list[dict[str, Any]]
    most: int = 0
    parts: Mapping[int, str] = field(default_factory=dict)
    starts_at: dt.datetime | None = None
    minutes: int | None = None
    topic: str = ""


@dataclass(frozen=True)
class Solved:
    """What came out of a run. `placed` and `possible` count people looking for somebody (in peer tracks: everybody).

    `bound`: nothing that places as many has more points. `optimal` is true only where that is proven to be reached,
    and `proof` says how. `aims` has what each aim would have given, see services.shapes.aims.
    """

    matches: list[Found]
    placed: int
    possible: int
    total: int
    bound: int
    optimal: bool
    max_points: int
    left_over: list[dict[str, Any]]
    proof: str = ""
    aims: list[dict[str, Any]] = field(default_factory=list)


def shares_of(inputs: Inputs, *members: Entrant) -> list[dict[str, Any]]:
    """Each rule's part in a match's score, as plain data; the points add up to the score.

    "told" has what each member may be told, by enrolment. In two-sided tracks the mentee comes first.
    """
    if inputs.tried:
        return []
    company = Company(inputs)
    by_rule: dict[str, list[tuple[Pair, Share]]] = {}
    for pair in pairs_within(inputs, members):
        for share in company.shares(*pair):
            by_rule.setdefault(share.key, []).append((pair, share))
    return [_merged(by_rule[rule.key]) for rule in inputs.rules if rule.key in by_rule]


def most_of(inputs: Inputs, *members: Entrant) -> int:
    """The most points that these people could have together."""
    company = Company(inputs)
    return sum(company.most(*pair) for pair in pairs_within(inputs, members))


def _merged(told: Sequence[tuple[Pair, Share]]) -> dict[str, Any]:
    shares = [share for _, share in told]
    first = shares[0]
    return {
        "key": first.key,
        "label": first.label,
        "kind": first.kind,
        "points": sum(share.points for share in shares),
        "max_points": sum(share.max_points for share in shares),
        "met": all(share.met for share in shares),
        "forbids": first.forbids,
        "applies": any(share.applies for share in shares),
        "sentence": _sentence(shares),
        "told": _told(told),
    }


def _sentence(shares: Sequence[Share]) -> str:
    if len(shares) <= TOLD_IN_FULL:
        return "; ".join(dict.fromkeys(share.sentence for share in shares))
    met = sum(share.met and share.applies for share in shares)
    return (
        f"{shares[0].label}: fits in all {met} pairs"
        if met == len(shares)
        else (f"{shares[0].label}: fits in {met} of {len(shares)} pairs")
    )


def _told(told: Sequence[tuple[Pair, Share]]) -> dict[str, str]:
    """What each member reads: in a larger group the reason they share with most of the others."""
    reasons: dict[int, list[str]] = {}
    for (one, other), share in told:
        for entrant, reason in ((one, share.reason), (other, share.reason_for_giver)):
            if reason:
                reasons.setdefault(entrant.enrolment_id, []).append(reason)
    if len(told) <= TOLD_IN_FULL:
        return {str(member): "; ".join(dict.fromkeys(heard)) for member, heard in reasons.items()}
    others = Counter(entrant.enrolment_id for pair, _ in told for entrant in pair)
    found = {str(member): _with_most(heard, others[member]) for member, heard in reasons.items()}
    return {member: words for member, words in found.items() if words}


def _with_most(heard: Sequence[str], others: int) -> str:
    """The reason that holds with most of the others, and with how many; "" where that is not even half of them."""
    reason, times = Counter(heard).most_common(1)[0]
    if 2 * times < others:
        return ""
    with_whom = f"all {others}" if times == others else f"{times} of {others}"
    return f"With {with_whom} others: {small(reason)}" if others > 1 else reason
