"""Proposals around the board: the list of all, what publishing would do, and how many pairs the rules leave."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from matching.models import Match, Proposal
from matching.queries.board import all_rows, names_left_over
from matching.queries.board_rows import Row, most_of, percent_of
from matching.queries.inputs import Inputs, open_offers
from programs.models import Program


@dataclass(frozen=True)
class Summary:
    """A proposal in the list of all."""

    proposal: Proposal
    scores: list[int]


def proposals_of(program: Program) -> list[Summary]:
    """Newest first, with the scores for a small picture, in two queries."""
    found = list(Proposal.objects.filter(program=program).select_related("track", "created_by", "published_by"))
    scores: dict[int, list[int]] = {}
    rows = Match.objects.filter(proposal__in=found).annotate(people=Count("seats"))
    by_id = {proposal.pk: proposal for proposal in found}
    for proposal_id, score, most, people in rows.values_list("proposal_id", "score", "most", "people"):
        best = most_of(by_id[proposal_id], most, people)
        scores.setdefault(proposal_id, []).append(percent_of(score, best))
    return [Summary(proposal, scores.get(proposal.pk, [])) for proposal in found]


@dataclass(frozen=True)
class PublishCheck:
    """What the check page says before anything leaves."""

    rows: list[Row]
    left_over: list[str]
    mails: int
    offers: int
    kept: int
    answer_until: dt.datetime


def publish_check(proposal: Proposal, *, now: dt.datetime) -> PublishCheck:
    rows = all_rows(proposal)
    standing = {
        frozenset(seat.enrolment_id for seat in offer.seats.all())
        for offer in open_offers(proposal.track).prefetch_related("seats")
    }
    fresh = [row for row in rows if frozenset(m.seat.enrolment_id for m in row.members) not in standing]
    until = now + dt.timedelta(days=proposal.track.plan.answer_days)
    mails = sum(len(row.members) for row in fresh)
    return PublishCheck(rows, names_left_over(proposal), mails, len(fresh), len(rows) - len(fresh), until)


@dataclass(frozen=True)
class Allowed:
    """How many pairs the rules leave, of how many there are."""

    pairs: int
    of: int
    takers: int
    givers: int


def allowed_pairs(inputs: Inputs) -> Allowed:
    """Counted on everybody taking part; between peers each two count once, and nobody with themselves."""
    allowed, everything = int(inputs.scores.allowed.sum()), len(inputs.takers) * len(inputs.givers)
    if inputs.peers:
        allowed, everything = allowed // 2, len(inputs.takers) * (len(inputs.takers) - 1) // 2
    return Allowed(allowed, everything, len(inputs.takers), len(inputs.givers))
