"""A proposal as its pages show it, in a fixed number of queries however many people are in it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, inf
from typing import Any

from django.db.models import Count

from matching.errors import MatchingError
from matching.models import Match, Proposal, Seat
from matching.queries.board_steps import step_name, step_to_redo, step_to_undo
from matching.queries.inputs import Inputs, inputs_of, model_of, open_offers
from matching.queries.offers import facts_of
from programs.models import Enrolment, ProfileField, Program, Role

# Below this share of the most points possible a pair is worth a look.
WORTH_A_LOOK = 65
SUB_FACTS = 2


@dataclass(frozen=True)
class Member:
    """One person on a board: the name, and the first of their answers."""

    seat: Seat
    name: str
    short_name: str
    role: str
    sub: str


@dataclass(frozen=True)
class AfterSwap:
    """Both scores if this row and the chosen one exchange their mentees; None where a rule forbids it."""

    here: int | None
    there: int | None

    @property
    def allowed(self) -> bool:
        return self.here is not None and self.there is not None


@dataclass
class Row:
    """One match of a proposal. The mentor (in peer tracks: the second person) is the giver."""

    match: Match
    taker: Member
    giver: Member
    more: list[Member]
    most: int
    after: AfterSwap | None = None

    @property
    def percent(self) -> int:
        return percent_of(self.match.score, self.most)

    @property
    def weak(self) -> bool:
        return bool(self.most) and self.percent < WORTH_A_LOOK

    @property
    def gain(self) -> float:
        """By how much the two scores together are better after the swap; the worst there is where it is not allowed."""
        if self.after is None or self.after.here is None or self.after.there is None:
            return -inf
        return self.after.here + self.after.there - self.match.score

    @property
    def thickness(self) -> float:
        """How thick the line between the two is drawn."""
        return round(1.5 + self.percent / 100 * 6, 1)

    @property
    def named(self) -> str:
        return " and ".join(m.short_name for m in (self.giver, self.taker, *self.more))

    @property
    def members(self) -> list[Member]:
        return [self.giver, self.taker, *self.more]

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """For components/criteria.html: a rule that only forbids is met or not, all others show points."""
        return [
            {
                "label": share["label"],
                "detail": share["sentence"],
                "points": share["points"],
                "most": share["max_points"],
                "met": None if share["max_points"] or share["points"] else share["met"],
            }
            for share in self.match.shares
        ]

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Each rule's sentence for the coordinator, marked as good, neutral or bad."""
        return [{"kind": _mark(share), "text": share["sentence"]} for share in self.match.shares if share["applies"]]


def _mark(share: Mapping[str, Any]) -> str:
    if share["forbids"] and not share["met"]:
        return "bad"
    return "ok" if share["points"] > 0 or (share["forbids"] and share["met"]) else "no"


@dataclass(frozen=True)
class LeftOver:
    """Somebody without a match, and why."""

    name: str
    role: str
    sub: str
    reason: str
    details: list[str]


@dataclass
class Board:
    """A proposal with everything its page needs."""

    proposal: Proposal
    rows: list[Row]
    left_over: list[LeftOver]
    # Mentors without a match in it.
    spare: list[LeftOver]
    undo_name: str = ""
    redo_name: str = ""
    swapping: Row | None = None
    one_sided: bool = False
    names: dict[int, str] = field(default_factory=dict)

    @property
    def scores(self) -> list[int]:
        """Each score in per cent of the most points possible, for the histogram."""
        return [row.percent for row in self.rows]

    @property
    def standing(self) -> list[str]:
        """How the offers of a published proposal stand, in words: “3 on”, “12 waiting for an answer”."""
        said = ((Match.State.ACTIVE, "on"), (Match.State.OFFERED, "waiting for an answer"))
        states = Counter(row.match.state for row in self.rows)
        over = states[Match.State.DECLINED] + states[Match.State.ENDED]
        words = [f"{states[state]} {word}" for state, word in said if states[state]]
        return [*words, f"{over} over"] if over else words

    @property
    def score_columns(self) -> list[str]:
        return ["Score", "Pairs"]

    @property
    def score_table(self) -> list[tuple[str, int]]:
        counted = Counter((row.match.score, row.most) for row in self.rows)
        return [(f"{score} of {most}", number) for (score, most), number in sorted(counted.items())]

    @property
    def weak(self) -> int:
        return sum(row.weak for row in self.rows)

    @property
    def worth_a_look(self) -> int:
        return WORTH_A_LOOK

    def row(self, match_id: int) -> Row | None:
        return next((row for row in self.rows if row.match.pk == match_id), None)


def find(program: Program, number: int) -> Proposal | None:
    found = Proposal.objects.select_related("track", "published_by", "based_on").filter(program=program, number=number)
    proposal = found.first()
    if proposal is not None:
        proposal.program = program
        proposal.track.program = program
    return proposal


def board_of(proposal: Proposal, *, swap: int | None = None) -> Board:
    """Three queries, and five more while somebody is choosing with whom to swap."""
    shown = list(ProfileField.objects.filter(program_id=proposal.program_id))
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match", "enrolment__user").order_by("pk")
    rows = _rows(proposal, list(seats), shown)
    people = list(Enrolment.objects.filter(track=proposal.track_id).select_related("user"))
    board = Board(
        proposal,
        sorted(rows, key=lambda row: (row.match.score, row.match.pk)),
        _left_over(proposal, people, shown),
        _spare(people, rows, shown),
        one_sided=model_of(proposal.track).shape == "one_sided",
        names={person.pk: person.user.short_name for person in people},
    )
    board.undo_name = step_name(step_to_undo(proposal.steps), board.names)
    board.redo_name = step_name(step_to_redo(proposal.steps), board.names)
    if swap is not None:
        choose_swap(board, swap)
    return board


def _rows(proposal: Proposal, seats: Iterable[Seat], shown: Sequence[ProfileField]) -> list[Row]:
    around: dict[int, list[Seat]] = {}
    for seat in seats:
        around.setdefault(seat.match_id, []).append(seat)
    return [_row(proposal, members, shown) for members in around.values()]


def _row(proposal: Proposal, seats: Sequence[Seat], shown: Sequence[ProfileField]) -> Row:
    members = [_member(seat, shown) for seat in seats]
    givers = [member for member in members if member.role == Role.MENTOR] or members[1:2] or members[:1]
    takers = [member for member in members if member is not givers[0]] or givers
    # A triad's score is that of its three pairs together.
    most = proposal.max_points * comb(len(members), 2)
    return Row(seats[0].match, takers[0], givers[0], takers[1:], most)


def _member(seat: Seat, shown: Sequence[ProfileField]) -> Member:
    user = seat.enrolment.user
    return Member(seat, user.name, user.short_name, seat.role, _sub(seat.enrolment, shown))


def _sub(enrolment: Enrolment, shown: Sequence[ProfileField]) -> str:
    return ", ".join(words for _, words in facts_of(enrolment, shown)[:SUB_FACTS])


def _left_over(proposal: Proposal, people: Iterable[Enrolment], shown: Sequence[ProfileField]) -> list[LeftOver]:
    by_id = {person.pk: person for person in people}
    entries = [(by_id[entry["enrolment"]], entry) for entry in proposal.left_over if entry["enrolment"] in by_id]
    return [
        LeftOver(person.user.name, person.role, _sub(person, shown), entry["reason"], entry["details"])
        for person, entry in entries
    ]


def _spare(people: Iterable[Enrolment], rows: Iterable[Row], shown: Sequence[ProfileField]) -> list[LeftOver]:
    seated = {member.seat.enrolment_id for row in rows for member in row.members}
    free = [
        person
        for person in people
        if person.role == Role.MENTOR and person.state == Enrolment.State.ACTIVE and person.pk not in seated
    ]
    return [LeftOver(person.user.name, person.role, _sub(person, shown), "", []) for person in free]


def choose_swap(board: Board, match_id: int) -> None:
    """Write into every other row what both scores would be. Raises MatchingError where nobody can be swapped."""
    chosen = board.row(match_id)
    if chosen is None or board.one_sided or board.proposal.state != Proposal.State.DRAFT:
        raise MatchingError("This pair cannot be swapped.")
    proposal = board.proposal
    inputs = inputs_of(proposal.track, capacity=proposal.capacity, objective=proposal.objective)
    board.swapping = chosen
    for row in board.rows:
        if row is not chosen and not row.match.locked and row.giver.seat.enrolment_id != chosen.giver.seat.enrolment_id:
            row.after = after_swap(inputs, row, chosen)
    board.rows.sort(key=lambda row: (row is not chosen, -row.gain, row.match.score, row.match.pk))


def after_swap(inputs: Inputs, row: Row, chosen: Row) -> AfterSwap:
    return AfterSwap(
        here=inputs.score_of(chosen.taker.seat.enrolment_id, row.giver.seat.enrolment_id),
        there=inputs.score_of(row.taker.seat.enrolment_id, chosen.giver.seat.enrolment_id),
    )


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
    most = {proposal.pk: proposal.max_points for proposal in found}
    for proposal_id, score, people in rows.values_list("proposal_id", "score", "people"):
        scores.setdefault(proposal_id, []).append(percent_of(score, most[proposal_id] * comb(people, 2)))
    return [Summary(proposal, scores.get(proposal.pk, [])) for proposal in found]


def percent_of(score: int, most: int) -> int:
    return round(100 * max(0, score) / most) if most else 0


@dataclass(frozen=True)
class PublishCheck:
    """What the check page says before anything leaves."""

    board: Board
    mails: int
    offers: int
    kept: int
    answer_until: dt.datetime


def publish_check(proposal: Proposal, *, now: dt.datetime) -> PublishCheck:
    board = board_of(proposal)
    standing = {
        frozenset(seat.enrolment_id for seat in offer.seats.all())
        for offer in open_offers(proposal.track).prefetch_related("seats")
    }
    fresh = [row for row in board.rows if frozenset(m.seat.enrolment_id for m in row.members) not in standing]
    until = now + dt.timedelta(days=proposal.track.plan.answer_days)
    mails = sum(len(row.members) for row in fresh)
    return PublishCheck(board, mails, len(fresh), len(board.rows) - len(fresh), until)


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


def fields_for_rules(program: Program) -> list[ProfileField]:
    return list(ProfileField.objects.filter(program=program))
