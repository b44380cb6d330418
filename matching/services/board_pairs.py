"""What has to change in a draft so that certain people are together: whose matches end, and whether there is room."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from matching.errors import SwapRefused
from matching.models import Match, Proposal
from matching.queries.between import giver_of, taker_of
from matching.queries.inputs import Entrant, Inputs
from matching.queries.seating import GONE
from matching.services.board_changes import Chair, Change, Party
from programs.models import Enrolment, Role

# Enrolments, who takes first; between peers either way.
Pair = tuple[int, int]


class Wanted(NamedTuple):
    """Pairs to put together, who is to be without a match, and why the first pair may be against the rules."""

    pairs: Sequence[Pair]
    out: Collection[int] = ()
    reason: str = ""


def changes_for_pairs(proposal: Proposal, inputs: Inputs, wanted: Wanted) -> list[Change]:
    """The changes that put the pairs together and leave those of `out` alone.

    A reason goes with the first pair, whether the rules forbid it or not. Raises SwapRefused for a locked match, a
    person with no place left, and somebody who does not take part any more.
    """
    parties, (pairs, out, reason) = _parties(proposal), wanted
    new = [_pair(inputs, pair, reason if number == 0 else "") for number, pair in enumerate(pairs)]
    moving = {party.chairs[0].enrolment for party in new} | set(out)
    if inputs.peers:
        moving |= {chair.enrolment for party in new for chair in party.chairs}
    gone = [party for party in parties if party.people & moving]
    _nobody_twice(inputs, pairs, out)
    _unlocked(gone)
    rest = [party for party in (_without(party, moving) for party in gone) if party] if inputs.peers else []
    _room(inputs, new, [party for party in parties if party not in gone])
    return _side_by_side(gone, [*new, *rest])


def _parties(proposal: Proposal) -> list[Party]:
    return [Party.of(match) for match in Match.objects.filter(proposal=proposal).prefetch_related("seats")]


def _pair(inputs: Inputs, pair: Pair, reason: str) -> Party:
    taker, giver = taker_of(inputs, pair[0]), giver_of(inputs, pair[1])
    if taker is None or giver is None:
        raise SwapRefused(GONE)
    if taker.person.who == giver.person.who:
        raise SwapRefused(f"{taker.name} cannot be matched with themselves.")
    # What stands against the rules is locked: running again would part them without a word.
    return Party((_chair(taker), _chair(giver)), locked=bool(reason), reason=reason)


def _chair(entrant: Entrant) -> Chair:
    return Chair(entrant.enrolment_id, entrant.role)


def _nobody_twice(inputs: Inputs, pairs: Sequence[Pair], out: Collection[int]) -> None:
    placed = Counter(person for pair in pairs for person in (pair if inputs.peers else pair[:1]))
    if any(count > 1 for count in placed.values()) or set(placed) & set(out):
        raise SwapRefused("Each person can be put in one place only.")


def _unlocked(parties: Iterable[Party]) -> None:
    locked = next((party for party in parties if party.locked), None)
    if locked is not None:
        people = Enrolment.objects.filter(pk__in=locked.people).select_related("user").order_by("role", "pk")
        names = " and ".join(each.user.name for each in people)
        raise SwapRefused(f"{names} are locked. Unlock them first.")


def _without(party: Party, leaving: Collection[int]) -> Party | None:
    """Who stays together when some go: two of a triad do."""
    chairs = tuple(chair for chair in party.chairs if chair.enrolment not in leaving)
    return Party(chairs, number=party.number) if len(chairs) > 1 else None


def _room(inputs: Inputs, new: Sequence[Party], staying: Iterable[Party]) -> None:
    """Nobody who comes into a match in more of them than they have places for."""
    held = Counter(chair.enrolment for party in (*new, *staying) for chair in party.chairs)
    for person in {chair.enrolment for party in new for chair in party.chairs}:
        entrant = giver_of(inputs, person) or taker_of(inputs, person)
        if entrant is not None and held[person] > entrant.free:
            raise SwapRefused(f"{entrant.name} has no free place left.")


def _side_by_side(gone: Sequence[Party], new: Sequence[Party]) -> list[Change]:
    """Which match becomes which: one keeps its mentor where it can, or else somebody."""
    left, changes = list(gone), []
    for party in new:
        before = _closest(left, party)
        if before is not None:
            left.remove(before)
        changes.append((before, party))
    return [*((before, None) for before in left), *changes]


def _closest(left: Sequence[Party], party: Party) -> Party | None:
    def shared(other: Party) -> tuple[int, int]:
        both = other.people & party.people
        mentors = {chair.enrolment for chair in party.chairs if chair.role == Role.MENTOR}
        return len(both & mentors), len(both)

    best = max(left, key=shared, default=None)
    return best if best is not None and best.people & party.people else None
