"""The rows of a board: matches with the people in them, whatever the shape of their track."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, inf
from typing import Any

from matching.models import Match, Proposal, Seat
from matching.queries.inputs import model_of
from matching.queries.offers import facts_of
from matching.queries.places import Places, places_at
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, ProfileField, Role

# Below this share of the most points possible a pair is worth a look.
WORTH_A_LOOK = 65
SUB_FACTS = 2
# Kinds of answers that take more than a line.
LONG = frozenset({ProfileField.Kind.WEEK, ProfileField.Kind.SKILLS})
PARTS = {"mentor": "Mentor", "near_peer": "Near-peer", "peer": "Peer", "": ""}


@dataclass(frozen=True)
class Member:
    """One person on a board: the name, and the first of their answers."""

    seat: Seat
    name: str
    short_name: str
    role: str
    sub: str
    places: Places | None = None

    @property
    def part(self) -> str:
        """What a helper is to the person at a network's centre."""
        return PARTS.get(self.seat.part, "")


@dataclass(frozen=True)
class AfterSwap:
    """Both scores if this row and the chosen one exchange their mentees; None where a rule forbids it."""

    here: int | None
    there: int | None

    @property
    def allowed(self) -> bool:
        return self.here is not None and self.there is not None

    def gain(self, here: int, there: int) -> float:
        """By how much the two scores together are better; the worst there is where the swap is not allowed."""
        if self.here is None or self.there is None:
            return -inf
        return self.here + self.there - here - there


@dataclass
class Row:
    """One match of a proposal. The mentor (in peer tracks: the second person) is the giver."""

    match: Match
    taker: Member
    giver: Member
    more: list[Member]
    most: int
    shape: Shape
    name: str = ""
    after: AfterSwap | None = None

    @property
    def grouped(self) -> bool:
        """Whether it is shown as one thing with seats rather than as people joined by a line."""
        return self.shape in (Shape.GROUPS, Shape.CONSTELLATION)

    @property
    def percent(self) -> int:
        return percent_of(self.match.score, self.most)

    @property
    def weak(self) -> bool:
        return bool(self.most) and self.percent < WORTH_A_LOOK

    @property
    def section(self) -> str:
        return section_of(self.match.score, self.most, locked=self.match.locked)

    @property
    def thickness(self) -> float:
        """How thick the line between the two is drawn."""
        return round(1.5 + self.percent / 100 * 6, 1)

    @property
    def named(self) -> str:
        if self.name:
            return self.name
        return " and ".join(m.short_name for m in (self.giver, self.taker, *self.more))

    @property
    def members(self) -> list[Member]:
        """Mentors first; in a network the person it is around."""
        if self.shape == Shape.CONSTELLATION:
            return [self.taker, *sorted([self.giver, *self.more], key=lambda each: list(PARTS).index(each.seat.part))]
        return [self.giver, self.taker, *self.more]

    @property
    def mentors(self) -> list[Member]:
        return [member for member in self.members if member.role == Role.MENTOR]

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

    enrolment_id: int
    name: str
    role: str
    sub: str
    reason: str
    details: list[str]
    # How many ways out there are; None where that is not known.
    ways: int | None = None


def percent_of(score: int, most: int) -> int:
    return round(100 * max(0, score) / most) if most else 0


def most_of(proposal: Proposal, match_most: int, people: int) -> int:
    """The most points a match of so many people can have. Of a triad that is three times a pair's."""
    return match_most or proposal.max_points * comb(people, 2)


SECTIONS = {
    "weak": ("Worth a look", f"Less than {WORTH_A_LOOK}% of the points"),
    "locked": ("Locked", "They stay as they are when you run the matching again"),
    "good": ("Good", f"{WORTH_A_LOOK}% of the points or more"),
}


def section_of(score: int, most: int, *, locked: bool) -> str:
    if locked:
        return "locked"
    return "weak" if most and percent_of(score, most) < WORTH_A_LOOK else "good"


def order_of(section: str) -> int:
    return list(SECTIONS).index(section)


def rows_of(proposal: Proposal, seats: Iterable[Seat], shown: Sequence[ProfileField]) -> list[Row]:
    """A row for each match that these seats belong to."""
    around: dict[int, list[Seat]] = {}
    for seat in seats:
        around.setdefault(seat.match_id, []).append(seat)
    model = model_of(proposal.track)
    return [_row(proposal, model, members, shown) for members in around.values()]


def _row(proposal: Proposal, model: MentoringModel, seats: Sequence[Seat], shown: Sequence[ProfileField]) -> Row:
    members = [_member(seat, shown, places_at(seat, proposal, model)) for seat in seats]
    match = seats[0].match
    givers = [member for member in members if member.role == Role.MENTOR] or members[1:2] or members[:1]
    takers = [member for member in members if member is not givers[0]] or givers
    if model.shape == Shape.CONSTELLATION:
        takers = sorted(members, key=lambda member: member.role != Role.MENTEE)
        givers = takers[1:2] or takers
        takers = [each for each in takers if each is not givers[0]] or givers
    most = most_of(proposal, match.most, len(members))
    return Row(match, takers[0], givers[0], takers[1:], most, model.shape, _name(model, match, takers[0]))


def _name(model: MentoringModel, match: Match, taker: Member) -> str:
    """Groups are called by their number, “Circle 3”, and networks by whom they are around."""
    if model.shape == Shape.CONSTELLATION:
        return f"{taker.short_name}’s {model.words.one}"
    return f"{model.words.one.capitalize()} {match.number}" if model.shape == Shape.GROUPS and match.number else ""


def _member(seat: Seat, shown: Sequence[ProfileField], places: Places | None) -> Member:
    user = seat.enrolment.user
    return Member(seat, user.name, user.short_name, seat.role, sub_of(seat.enrolment, shown), places)


def sub_of(enrolment: Enrolment, shown: Sequence[ProfileField]) -> str:
    """The line under a name: the first answers that are short."""
    short = [field for field in shown if field.kind not in LONG]
    return ", ".join(words for _, words in facts_of(enrolment, short)[:SUB_FACTS])


def left_over_of(
    person: Enrolment, entry: Mapping[str, Any] | None, shown: Sequence[ProfileField], version: int = 0
) -> LeftOver:
    """`version` is the proposal's: what was counted before a change is not told any more."""
    reason, details = (entry["reason"], entry["details"]) if entry else ("", [])
    ways = entry.get("ways") if entry and entry.get("ways_at") == version else None
    return LeftOver(person.pk, person.user.name, person.role, sub_of(person, shown), reason, details, ways)
