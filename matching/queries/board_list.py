"""Proposals around the board: the list of all, what publishing would do, and how many pairs the rules leave."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count

from matching.models import Match, Proposal
from matching.queries import publishable
from matching.queries.board import all_rows
from matching.queries.board_rows import Row, most_of, percent_of
from matching.queries.inputs import Inputs
from matching.queries.standing import OpenOffer
from programs.catalogue.base import Shape
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
class TakenBack:
    """An earlier offer that goes, and those of it who are offered nothing else: they get an e-mail that says so."""

    people: list[str]
    told: list[str]


@dataclass(frozen=True)
class PublishCheck:
    """What the check page says before anything leaves: `fresh` are offered now, `kept` is how many stay as they are."""

    shape: Shape
    fresh: list[Row]
    kept: int
    taken_back: list[TakenBack]
    left_over: list[str]
    first_until: dt.datetime
    last_until: dt.datetime

    @property
    def offers(self) -> int:
        """E-mails with an offer."""
        return sum(len(row.members) for row in self.fresh)

    @property
    def news(self) -> int:
        """E-mails that say that an offer is taken back."""
        return sum(len(each.told) for each in self.taken_back)

    @property
    def mails(self) -> int:
        return self.offers + self.news

    @property
    def begins_early(self) -> bool:
        """Whether a match begins without waiting for everybody in it."""
        return self.shape in (Shape.GROUPS, Shape.CONSTELLATION)


def publish_check(proposal: Proposal, *, now: dt.datetime) -> PublishCheck:
    """What publishing would do now, in as many queries as the inputs take and one. Raises what publishing would."""
    inputs = publishable.check(proposal)
    publishable.check_starts(proposal, now)
    rows = all_rows(proposal)
    standing = {(offer.people, offer.starts_at) for offer in inputs.offers}
    drafts = {(frozenset(member.seat.enrolment_id for member in row.members), row.match.starts_at): row for row in rows}
    fresh = [row for what, row in drafts.items() if what not in standing]
    gone = [offer for offer in inputs.offers if (offer.people, offer.starts_at) not in drafts]
    asked = {person for people, _ in drafts for person in people}
    untils = [publishable.answer_until(proposal.track, row.match, now) for row in fresh] or [now]
    names = {each.enrolment_id: each.name for each in (*inputs.takers, *inputs.givers)}
    return PublishCheck(
        inputs.model.shape,
        fresh,
        len(rows) - len(fresh),
        [_taken_back(offer, names, asked) for offer in gone],
        [names[entry["enrolment"]] for entry in proposal.left_over if entry["enrolment"] in names],
        min(untils),
        max(untils),
    )


def _taken_back(offer: OpenOffer, names: Mapping[int, str], asked: Collection[int]) -> TakenBack:
    told = [names[each] for each in offer.listening if each in names and each not in asked]
    return TakenBack(sorted(names[each] for each in offer.people if each in names), sorted(told))


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
