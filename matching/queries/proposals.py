"""Proposals as commands and lists show them."""

from typing import Any
from zoneinfo import ZoneInfo

from matching.models import Match, Proposal, Seat
from programs.models import Enrolment, Role


def result_of(proposal: Proposal) -> dict[str, Any]:
    """A proposal's outcome as plain data: e-mail addresses instead of people, matches and people in a stable order."""
    groups = groups_of(proposal)
    return {
        "program": proposal.program.slug,
        "track": proposal.track.slug,
        "proposal": proposal.number,
        "objective": proposal.objective,
        "capacity": proposal.capacity or proposal.track.capacity,
        "placed": proposal.placed,
        "possible": proposal.possible,
        "total": proposal.total,
        "optimal": proposal.optimal,
        "bound": proposal.bound,
        "seconds": proposal.seconds,
        "matches": [[member["email"] for member in each["members"]] for each in groups],
        "groups": groups,
        "aims": proposal.aims,
        "unplaced": unplaced(proposal),
    }


def groups_of(proposal: Proposal) -> list[dict[str, Any]]:
    """Each match as plain data: its score, its members with address and role (mentors before mentees), and the start,
    minutes and topic of a one-off session. In a network, "part" says what a helper is to the one who asks.
    """
    found: dict[int, dict[str, Any]] = {}
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match__track__program", "enrolment__user")
    for seat in sorted(seats, key=lambda seat: (seat.role != Role.MENTOR, seat.enrolment.user.email)):
        entry = found.setdefault(seat.match_id, {"score": seat.match.score, "members": [], **_session(seat.match)})
        part = {"part": seat.part} if seat.part else {}
        entry["members"].append({"email": seat.enrolment.user.email, "role": seat.role, **part})
    return sorted(found.values(), key=lambda entry: [member["email"] for member in entry["members"]])


def _session(match: Match) -> dict[str, Any]:
    if match.starts_at is None:
        return {}
    start = match.starts_at.astimezone(ZoneInfo(match.track.program.timezone))
    return {"start": start.isoformat(), "minutes": match.minutes, "topic": match.topic}


def matches_by_email(proposal: Proposal) -> list[list[str]]:
    """The addresses in each match, mentors before mentees."""
    return [[member["email"] for member in each["members"]] for each in groups_of(proposal)]


def unplaced(proposal: Proposal) -> list[dict[str, str]]:
    """Address and reason of everybody left over."""
    ids = [entry["enrolment"] for entry in proposal.left_over]
    emails = dict(Enrolment.objects.filter(pk__in=ids).values_list("pk", "user__email"))
    found = [
        {"email": emails[entry["enrolment"]], "reason": " ".join([entry["reason"], *entry["details"]])}
        for entry in proposal.left_over
        if entry["enrolment"] in emails
    ]
    return sorted(found, key=lambda entry: entry["email"])
