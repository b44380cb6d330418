"""What has to change in a draft of groups, networks or one-off sessions so that certain people sit elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from matching.errors import MatchingError, SwapRefused
from matching.models import Proposal
from matching.queries.booked import Booked, Meeting, MeetingAfter
from matching.queries.inputs import Entrant
from matching.queries.seating import After, Seating, Sit, Verdict
from matching.services.board_changes import Chair, Change, Party
from matching.services.shapes.slots import topic_of
from programs.models import Role

GIVE_A_REASON = "Give a reason to do it all the same."


class Named(NamedTuple):
    """What a step is called by: its verb and the people it was about."""

    verb: str
    people: Sequence[int]


def changes_for_seats(
    proposal: Proposal, seating: Seating, sits: Sequence[Sit], together: Sequence[int], reason: str
) -> list[Change]:
    """The changes that seat these people so. A reason goes with the matches that rules stand against, and locks them.

    Raises SwapRefused for what stands against it.
    """
    if not sits and not together:
        raise MatchingError("Say who is to be where.")
    parties = _parties(proposal)
    changes: list[Change] = []
    for after in seating.after(sits, together):
        refuse(after.verdict, reason)
        before = parties[after.table.pk] if after.table else None
        changes.append((before, _party(seating, before, after, reason)))
    # Who leaves has left before somebody comes in their place.
    return sorted(changes, key=lambda change: change[1] is not None)


def refuse(verdict: Verdict, reason: str) -> None:
    """Raises SwapRefused with what stands against it, if anything does that this reason does not override."""
    if verdict.hard:
        raise SwapRefused(verdict.hard)
    if verdict.rules and not reason:
        raise SwapRefused(f"{verdict.rules} {GIVE_A_REASON}")


def _parties(proposal: Proposal) -> dict[int, Party]:
    return {match.pk: Party.of(match) for match in proposal.matches.prefetch_related("seats")}


def _party(seating: Seating, before: Party | None, after: After, reason: str) -> Party | None:
    if not after.members:
        return None
    chairs, found = _chairs(seating, before, after.members), before or Party(())
    if not after.verdict.rules:
        return replace(found, chairs=chairs)
    # What stands against the rules is locked: running again would part them without a word.
    told = "; ".join(dict.fromkeys(each for each in (found.reason, reason) if each))
    return replace(found, chairs=chairs, reason=told, locked=True)


def _chairs(seating: Seating, before: Party | None, members: Sequence[Entrant]) -> tuple[Chair, ...]:
    """Who stays keeps their chair; who comes in sits behind them, in the order in which they are told."""
    parts: Mapping[int, str] = seating.parts(members)
    wanted = {
        each.enrolment_id: Chair(each.enrolment_id, each.role, parts.get(each.enrolment_id, "")) for each in members
    }
    stays = [chair.enrolment for chair in before.chairs if chair.enrolment in wanted] if before else []
    return tuple(wanted[pk] for pk in dict.fromkeys([*stays, *wanted]))


def name_of_seats(seating: Seating, sits: Sequence[Sit], together: Sequence[int]) -> Named:
    """What to call it when somebody wants to undo it."""
    if together:
        return Named("place", [each for each in together if seating.people[each].role == Role.MENTEE])
    come, go = [sit for sit in sits if sit.joins], [sit for sit in sits if sit.leaves]
    if len(sits) == 2 and len(come) == len(go) == 2:
        return Named("swap", [sit.person for sit in sits])
    if len(sits) == 2 and come and go:
        return Named("replace", [come[0].person, next(sit.person for sit in sits if sit != come[0])])
    first = sits[0]
    if not seating.networks:
        return Named("move" if first.leaves and first.joins else "place" if first.joins else "remove", [first.person])
    centre = seating.by_pk[first.joins or first.leaves].centre.enrolment_id
    if first.person == centre:
        return Named("remove", [centre])
    return Named("move" if first.leaves and first.joins else "add" if first.joins else "drop", [first.person, centre])


def changes_for_meetings(
    proposal: Proposal, booked: Booked, meetings: Sequence[Meeting], out: Collection[int], reason: str
) -> list[Change]:
    """The changes that book these sessions, as changes_for_seats: a reason goes with the first of them."""
    if not meetings and len(out) != 1:
        raise MatchingError("Say who is to meet whom, and when.")
    parties, changes = _parties(proposal), []
    for at, after in enumerate(booked.after(meetings, out)):
        refuse(after.verdict, reason if at == 0 else "")
        before = parties[after.table.pk] if after.table else None
        changes.append((before, _session(booked, before, after, reason)))
    return [*((parties[pk], None) for pk in _left(booked, out)), *changes]


def _left(booked: Booked, out: Collection[int]) -> list[int]:
    tables = [booked.table_of(each) for each in out]
    if any(table is None for table in tables):
        raise SwapRefused("They have no session any more.")
    for table in tables:
        if table and table.locked:
            raise SwapRefused(f"{' and '.join(each.name for each in table.members)} are locked. Unlock them first.")
    return [table.pk for table in tables if table]


def _session(booked: Booked, before: Party | None, after: MeetingAfter, reason: str) -> Party:
    asker, helper = (booked.seating.people[each] for each in after.meeting[:2])
    chairs = tuple(Chair(each.enrolment_id, each.role) for each in (asker, helper))
    excused = bool(after.verdict.rules)
    return replace(
        before or Party(()),
        chairs=chairs,
        topic=topic_of(booked.inputs, asker, helper),
        minutes=booked.inputs.track.session_minutes,
        starts_at=after.meeting.start.isoformat(),
        reason=reason
        if excused
        else before.reason
        if before and before.people == {c.enrolment for c in chairs}
        else "",
        locked=excused or bool(before and before.locked),
    )


def name_of_meetings(booked: Booked, meetings: Sequence[Meeting], out: Collection[int]) -> Named:
    """As name_of_seats."""
    askers = [meeting.asker for meeting in meetings]
    if not askers:
        return Named("remove", list(out))
    if out:
        return Named("replace", [*askers[:1], *out])
    if len(askers) > 1:
        return Named("swap", askers)
    return Named("move" if booked.table_of(askers[0]) else "place", askers)
