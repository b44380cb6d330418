"""What must be true of every proposal, whatever its shape: read from the people and the stored result alone."""

from collections import Counter
from itertools import combinations

from matching.criteria import blocked_by
from matching.models import Match, Proposal, Seat
from matching.queries.inputs import inputs_for
from programs.catalogue import registry
from programs.models import Enrolment, LineManager, Role
from tests.factories.crowds import Crowd


def members_of(proposal: Proposal) -> list[list[Seat]]:
    matches = proposal.matches.prefetch_related("seats__enrolment__user").order_by("number")
    return [sorted(match.seats.all(), key=lambda seat: seat.pk) for match in matches]


def emails_of(proposal: Proposal) -> list[set[str]]:
    return [{seat.enrolment.user.email for seat in seats} for seats in members_of(proposal)]


def together(proposal: Proposal, one: Enrolment, other: Enrolment) -> bool:
    return any({one.pk, other.pk} <= {seat.enrolment_id for seat in seats} for seats in members_of(proposal))


def holds(crowd: Crowd, proposal: Proposal) -> None:
    """Everything that any proposal keeps. Raises AssertionError."""
    assert (proposal.state, proposal.error) == ("draft", "")
    groups = members_of(proposal)
    nobody_twice(groups)
    no_reporting_lines(groups)
    scores_add_up(proposal)
    rules_are_kept(proposal, groups)
    everybody_is_told(crowd, proposal, groups)


def nobody_twice(groups: list[list[Seat]]) -> None:
    """Never oneself, not under two roles either, and nobody in two matches who has one place."""
    for seats in groups:
        assert len({seat.enrolment.user_id for seat in seats}) == len(seats)
    taken = Counter(seat.enrolment_id for seats in groups for seat in seats if seat.role == Role.MENTEE)
    assert set(taken.values()) <= {1}


def no_reporting_lines(groups: list[list[Seat]]) -> None:
    boss = dict(LineManager.objects.values_list("user__email", "email"))
    for seats in groups:
        for one, other in combinations([seat.enrolment.user.email for seat in seats], 2):
            for low, high in ((one, other), (other, one)):
                assert high not in (boss.get(low), boss.get(boss.get(low, ""))), (low, high)


def scores_add_up(proposal: Proposal) -> None:
    matches = list(Match.objects.filter(proposal=proposal))
    for match in matches:
        assert sum(share["points"] for share in match.shares) == match.score <= match.most
        assert sum(share["max_points"] for share in match.shares) == match.most
    assert sum(match.score for match in matches) == proposal.total <= proposal.bound
    assert proposal.placed <= proposal.possible
    assert not proposal.optimal or proposal.total == proposal.bound
    assert proposal.proof


def rules_are_kept(proposal: Proposal, groups: list[list[Seat]]) -> None:
    """No rule stands between a mentee and a mentor or helper, nor between two peers who are in it together."""
    inputs = inputs_for(proposal)
    people = {each.enrolment_id: each.person for each in (*inputs.takers, *inputs.givers)}
    network = registry.get(proposal.track.model).network is not None
    for seats in groups:
        for one, other in combinations(sorted(seats, key=lambda seat: seat.role != Role.MENTEE), 2):
            if one.role == other.role != Role.PEER or (network and one.role != Role.MENTEE):
                continue
            first, second = people[one.enrolment_id], people[other.enrolment_id]
            assert blocked_by(first, second, inputs.fields, inputs.rules) == []
            if one.role == other.role:
                assert blocked_by(second, first, inputs.fields, inputs.rules) == []


def everybody_is_told(crowd: Crowd, proposal: Proposal, groups: list[list[Seat]]) -> None:
    """Who looks for somebody is in a match or left over with a reason, never both."""
    model = registry.get(proposal.track.model)
    looking = Role.PEER if model.roles == (Role.PEER,) else Role.MENTEE
    placed = {seat.enrolment_id for seats in groups for seat in seats if seat.role == looking}
    left = {entry["enrolment"] for entry in proposal.left_over}
    assert placed | left == {each.pk for each in crowd.people[looking]}
    assert not placed & left
    assert all(entry["reason"].endswith(".") for entry in proposal.left_over)
