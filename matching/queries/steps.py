"""One change to a draft of groups, networks or sessions: what a form sends, who is placed by it, and what it gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from matching.queries.between import is_only
from matching.queries.booked import Booked, Meeting, MeetingAfter
from matching.queries.inputs import Entrant
from matching.queries.seating import After, Seating, Sit
from programs.models import Role

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """`fields` is what the page that does it takes. `gain` are points of all together, `placed` people who look for
    somebody; `hard` is what stands against it, `rules` what a reason overrides. Everybody who is not named stays.
    """

    fields: Fields
    gain: int
    placed: int
    effects: tuple[str, ...]
    hard: str = ""
    rules: str = ""
    start: datetime | None = None

    @property
    def order(self) -> tuple[bool, bool, int, int, Fields]:
        """What can be done first, then what breaks no rule, places most and gains most."""
        return bool(self.hard), bool(self.rules), -self.placed, -self.gain, self.fields


def step(seating: Seating, sits: Sequence[Sit], together: Sequence[int] = ()) -> Step:
    """People of groups or networks sit elsewhere; `together` are those of a new network."""
    found = seating.after(sits, together)
    fields = [("sit", "-".join(map(str, sit))) for sit in sits] + [("together", str(each)) for each in together]
    left = _left(seating, found)
    return Step(
        tuple(fields),
        sum(each.gain for each in found),
        sum(
            _served(seating, each.members) - _served(seating, each.table.members if each.table else ())
            for each in found
        ),
        (*(_effect(seating, each) for each in found), *(f"{each.name} would be left over." for each in left)),
        next((each.verdict.hard for each in found if each.verdict.hard), ""),
        " ".join(dict.fromkeys(each.verdict.rules for each in found if each.verdict.rules)),
    )


def _served(seating: Seating, members: Sequence[Entrant]) -> int:
    """How many who look for somebody a match places."""
    if seating.networks:
        return bool(members)
    return sum(each.role != Role.MENTOR for each in members)


def _left(seating: Seating, found: Sequence[After]) -> list[Entrant]:
    def looking(members: Iterable[Entrant]) -> dict[int, Entrant]:
        return {
            each.enrolment_id: each
            for each in members
            if each.role == Role.MENTEE or (each.role == Role.PEER and not seating.networks)
        }

    before = {pk: each for one in found if one.table for pk, each in looking(one.table.members).items()}
    after = {pk for one in found for pk in looking(one.members)}
    return [each for pk, each in before.items() if pk not in after]


def _effect(seating: Seating, after: After) -> str:
    if after.table is None:
        names = ", ".join(each.name for each in after.members[1:])
        return f"A {seating.one} around {after.members[0].name} of {names}: {after.verdict.score:,} points."
    if not after.members:
        return f"{seating.name(after.table)} would be no more: {after.table.score:,} → 0."
    return f"{seating.name(after.table)}: {after.table.score:,} → {after.verdict.score:,}."


def booking(booked: Booked, meetings: Sequence[Meeting], out: Sequence[int] = ()) -> Step:
    """These sessions instead of those that their askers have; `out` has none then."""
    found, people = booked.after(meetings, out), booked.seating.people
    lost = [(people[each], table) for each in out if (table := booked.table_of(each))]
    fields = [("meeting", f"{m.asker}-{m.helper}-{int(m.start.timestamp())}") for m in meetings]
    rules = [each.verdict.rules for each in found]
    effects = [
        f"{people[m.asker].name} with {people[m.helper].name}: {_shown(each)}."
        for m, each in zip(meetings, found, strict=False)
    ]
    return Step(
        (*fields, *(("out", str(each)) for each in out)),
        sum(each.gain for each in found) - sum(table.score for _, table in lost),
        sum(each.table is None for each in found) - len(lost),
        (*effects, *(f"{person.name} would be left over." for person, _ in lost)),
        next((each.verdict.hard for each in found if each.verdict.hard), "") or " ".join(rules[1:]).strip(),
        rules[0],
        meetings[0].start,
    )


def _shown(after: MeetingAfter) -> str:
    score = after.verdict.score
    return f"{after.table.score} → {score}" if after.table else f"{score} points"


def best_of(steps: Iterable[Step]) -> Step | None:
    """The best that can be done at all; None where something stands against each."""
    return min((each for each in steps if not each.hard), key=lambda each: each.order, default=None)


def rule_keys(seating: Seating, pairs: Iterable[tuple[Entrant, Entrant]]) -> tuple[tuple[str, str], ...]:
    """The track's rules between these people, as (number, name): those that a coordinator can change."""
    labels = {label for one, other in pairs for label in seating.company.blocked(one, other).rules}
    kept = [rule for rule in seating.inputs.rules if rule.label in labels and not is_only(rule.key)]
    return tuple((rule.key, rule.label) for rule in kept if rule.key.isdecimal())
