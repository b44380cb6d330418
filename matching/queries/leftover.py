"""Why somebody is left over, in words: which rule kept how many away, or who of those that fit is full."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from matching.criteria import Removed, why_nobody
from matching.criteria.answers import in_words
from matching.criteria.model import BoolArray
from matching.queries.between import NO_CAUSE, is_only
from matching.queries.company import Company
from matching.queries.inputs import EXCLUDED, REPORTING_LINE, Entrant, Inputs
from programs.models import Role

# More names than these would no longer be read.
MOST_NAMES = 5


def why_left_over(inputs: Inputs, matched: Iterable[Sequence[int]]) -> list[dict[str, Any]]:
    """One entry for each person without a match: {"enrolment", "reason", "details"}.

    `matched` has the numbers of the people in each match: of a taker and a giver, or, between peers, all of takers.
    """
    held = [taker.places - taker.free for taker in inputs.takers]
    for members in matched:
        for row in members if inputs.peers else members[:1]:
            held[row] += 1
    alone = [row for row, count in enumerate(held) if count == 0]
    return [_entry(inputs, row) for row in alone]


def _entry(inputs: Inputs, row: int) -> dict[str, Any]:
    fitting = [inputs.givers[column] for column in np.flatnonzero(inputs.scores.allowed[row])]
    others = [giver for giver in inputs.givers if giver.person.who != inputs.takers[row].person.who]
    reason = _nobody_free(inputs, fitting) if fitting else _nobody_fits(inputs, others)
    details = _kept_away_by(inputs, inputs.takers[row], others)
    return {"enrolment": inputs.takers[row].enrolment_id, "reason": reason, "details": details}


def _nobody_free(inputs: Inputs, fitting: list[Entrant]) -> str:
    who, names = inputs.words.giver, [giver.name for giver in fitting]
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} more"]
    if inputs.peers:
        return f"Everybody who fits is matched with somebody else: {in_words(names)}."
    if len(fitting) == 1:
        return f"The only {who} who fits has no free place: {names[0]}."
    return f"The {len(fitting)} {who}s who fit have no free place: {in_words(names)}."


def _nobody_fits(inputs: Inputs, others: list[Entrant]) -> str:
    who = inputs.words.giver
    return f"None of {_counted(len(others), who)} fits." if others else f"There is no {who} yet."


def _kept_away_by(inputs: Inputs, taker: Entrant, others: list[Entrant]) -> list[str]:
    who, side = inputs.words.giver, "peer" if inputs.peers else "taker"
    removed = why_nobody(taker.person, [o.person for o in others], inputs.fields, inputs.rules, side=side)
    return _details(inputs, taker, others, removed, who)


def _details(
    inputs: Inputs, one: Entrant, others: Sequence[Entrant], removed: Sequence[Removed], who: str
) -> list[str]:
    """How many each rule keeps away, and how many are kept apart from them.

    Where a coordinator takes part herself she reads this too: then it says neither how many are kept apart nor why,
    as she could count herself in.
    """
    facts = _hard_facts(inputs, one, others, who)
    if not inputs.read_by_members:
        return [_kept_away(entry, len(others), who) for entry in removed] + facts
    rules = [entry for entry in removed if not is_only(entry.key)]
    some = "Some people" if who == "person" else f"Some {who}s"
    unnamed = [f"{some} and they are {NO_CAUSE}."] if facts or len(rules) < len(removed) else []
    return [_kept_away(entry, len(others), who) for entry in rules] + unnamed


def _hard_facts(inputs: Inputs, one: Entrant, others: Iterable[Entrant], who: str) -> list[str]:
    """Whom earlier matches and the organisation keep away, whatever the rules."""
    pairs = [frozenset({one.enrolment_id, other.enrolment_id}) for other in others]
    barred = sum(pair in inputs.barred for pair in pairs)
    lines = sum(inputs.apart.get(pair) == REPORTING_LINE for pair in pairs)
    details = []
    if barred:
        details.append(f"{_counted(barred, who)} cannot be proposed again: they are matched, or said no.")
    if lines:
        is_in = "is" if lines == 1 else "are"
        details.append(f"{_counted(lines, who)} {is_in} in the same reporting line.")
    if excluded := sum(inputs.apart.get(pair) == EXCLUDED for pair in pairs):
        details.append(f"{_counted(excluded, who)} {'is' if excluded == 1 else 'are'} never to be matched with them.")
    return details


def _kept_away(entry: Removed, others: int, who: str) -> str:
    alone = f", {entry.alone} of them for no other reason" if entry.alone else ""
    return f"“{entry.label}” keeps {entry.removed} of {_counted(others, who)} away{alone}."


def _counted(number: int, who: str) -> str:
    if number == 1:
        return f"1 {who}"
    return f"{number} people" if who == "person" else f"{number} {who}s"


def why_in_no_group(company: Company, made: Iterable[Sequence[int]], sizes: tuple[int, int]) -> list[dict[str, Any]]:
    """One entry for each person without a group, as in why_left_over. Mentors of circles are not missing a group.

    `made` has the rows of each group in the company's table, `sizes` the least and most members of a group.
    """
    placed = {row for group in made for row in group}
    takers = range(len(company.inputs.takers))
    alone = [row for row in takers if row not in placed and company.people[row].free > 0]
    return [_groupless(company, row, sizes) for row in alone]


def _groupless(company: Company, row: int, sizes: tuple[int, int]) -> dict[str, Any]:
    inputs, person = company.inputs, company.people[row]
    takers = len(inputs.takers)
    fitting = [at for at in np.flatnonzero(company.scores.allowed[row]) if company.people[at].free > 0]
    equals = int((np.array(fitting, dtype=np.int64) < takers).sum())
    who = "person" if inputs.peers else "mentee"
    others = [each for each in inputs.takers if each.user_id != person.user_id]
    one, least = inputs.model.words.one, sizes[0]
    if not inputs.peers and len(fitting) == equals:
        reason = f"No mentor fits who has a {one} free." if inputs.givers else f"There is no mentor for a {one} yet."
    elif inputs.objective == "score" and equals >= least - 1:
        reason = f"No {one} has a place for them: this run aims at the best total, even if fewer are placed."
    elif equals < least - 1:
        reason = f"{_only(equals, len(others), who)}, and a {one} needs at least {least} together."
    else:
        reason = (
            f"Those who fit make {inputs.model.words.many} without them: no {one} has room in which everybody fits."
        )
    equal_rules = [o.person for o in others]
    removed = why_nobody(person.person, equal_rules, inputs.fields, company.rules, side="peer")
    details = _details(inputs, person, others, removed, who)
    return {"enrolment": person.enrolment_id, "reason": reason, "details": details}


def why_not_booked(
    inputs: Inputs, booked: Collection[int], with_time: Mapping[int, Collection[int]]
) -> list[dict[str, Any]]:
    """One entry for each person without a session, as in why_left_over. `booked` are enrolments that have one,
    `with_time` the experts who share any time with somebody."""
    alone = [row for row, each in enumerate(inputs.takers) if each.free > 0 and each.enrolment_id not in booked]
    return [_unbooked(inputs, row, with_time[inputs.takers[row].enrolment_id]) for row in alone]


def _unbooked(inputs: Inputs, row: int, with_time: Collection[int]) -> dict[str, Any]:
    entry, who = _entry(inputs, row), inputs.words.giver
    fitting = [inputs.givers[column] for column in np.flatnonzero(inputs.scores.allowed[row])]
    at_times = [giver for giver in fitting if giver.enrolment_id in with_time]
    if fitting and not at_times:
        alone = f"The only {who} who fits is {fitting[0].name}, who has no time in the next weeks when they have."
        several = f"None of {_counted(len(fitting), who)} who fit has time in the next weeks when they have."
        entry["reason"] = alone if len(fitting) == 1 else several
    elif at_times:
        names = in_words([giver.name for giver in at_times[:MOST_NAMES]])
        more = f" and {len(at_times) - MOST_NAMES} more" if len(at_times) > MOST_NAMES else ""
        entry["reason"] = f"Whoever fits and has time then is booked: {names}{more}."
    return entry


def why_in_no_network(inputs: Inputs, alone: Iterable[int], allowed: BoolArray) -> list[dict[str, Any]]:
    """One entry for each person without a network, as in why_left_over. `allowed` says who may help whom."""
    return [_without_network(inputs, row, allowed) for row in alone]


def _without_network(inputs: Inputs, row: int, allowed: BoolArray) -> dict[str, Any]:
    who, size, one = inputs.words.giver, inputs.model.size, inputs.model.words.one
    person = inputs.takers[row]
    others = [giver for giver in inputs.givers if giver.user_id != person.user_id]
    fitting = [inputs.givers[column] for column in np.flatnonzero(allowed[row])]
    if len(fitting) < size.least - 1:
        reason = f"{_only(len(fitting), len(others), who)}, and a {one} needs at least {size.least - 1}."
    elif sum(giver.role == Role.MENTOR for giver in fitting) < size.mentors_least:
        reason = f"No mentor fits, and a {one} needs at least {size.mentors_least}."
    else:
        reason = f"Of the {len(fitting)} {who}s who fit too few have a free place for another {one}."
    return {
        "enrolment": person.enrolment_id,
        "reason": reason,
        "details": _kept_away_by(inputs, person, others),
    }


def _only(number: int, of: int, who: str) -> str:
    if not number:
        return f"None of {_counted(of, who)} fits"
    return f"Only {number} of {_counted(of, who)} {'fits' if number == 1 else 'fit'}"
