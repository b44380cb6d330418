"""Proposals as commands and lists show them."""

from typing import Any

from matching.models import Proposal, Seat
from programs.models import Enrolment, Role


def result_of(proposal: Proposal) -> dict[str, Any]:
    """A proposal's outcome as plain data: e-mail addresses instead of people, matches and people in a stable order."""
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
        "matches": matches_by_email(proposal),
        "unplaced": unplaced(proposal),
    }


def matches_by_email(proposal: Proposal) -> list[list[str]]:
    """The addresses in each match, mentors before mentees."""
    members: dict[int, list[tuple[bool, str]]] = {}
    seats = Seat.objects.filter(match__proposal=proposal).values_list("match_id", "role", "enrolment__user__email")
    for match_id, role, email in seats:
        members.setdefault(match_id, []).append((role != Role.MENTOR, email))
    return sorted([email for _, email in sorted(people)] for people in members.values())


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
