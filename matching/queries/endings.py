"""Matches that are over, as their coordinators see them: who would like somebody else, and why it ended."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from matching.models import Ending, EndingToCome, Match, Seat
from matching.queries.changing_over import last_day_of
from matching.queries.ending_soon import endings_shown_to
from matching.queries.going_on import Obstacle, all_wish, obstacle_to, seats_of, wish_of
from matching.queries.inputs import model_of
from matching.queries.offers import listed, role_word
from matching.queries.seated import PAIRED
from participants.models import User
from programs.models import Enrolment, Program


@dataclass(frozen=True)
class Member:
    """Somebody in a match, and what they want once it is over for them."""

    seat: Seat
    word: str

    @property
    def name(self) -> str:
        return self.seat.enrolment.user.name

    @property
    def over(self) -> bool:
        return self.seat.left_at is not None

    @property
    def takes_part(self) -> bool:
        return self.seat.enrolment.state == Enrolment.State.ACTIVE


@dataclass(frozen=True)
class Told:
    """What one person gave as reason."""

    who: str
    reason: str
    words: str
    at: dt.datetime


@dataclass(frozen=True)
class MatchPage:
    match: Match
    members: list[Member]
    told: list[Told]
    # Whether the reader is in the match: then who ended it and why is for the other coordinators.
    hidden: bool
    paired: bool
    last_day: dt.date
    # Ends that wait and that the reader may take back.
    waiting: list[EndingToCome]
    # Where all its people would go on and no match of theirs has begun.
    going_on: "GoingOn | None"

    @property
    def names(self) -> str:
        return listed([member.seat.enrolment.user.short_name for member in self.members])

    @property
    def called(self) -> str:
        return model_of(self.match.track).words.one

    @property
    def is_on(self) -> bool:
        return self.match.state == Match.State.ACTIVE

    @property
    def may_lose_one(self) -> bool:
        return len([member for member in self.members if not member.over]) > 2


@dataclass(frozen=True)
class GoingOn:
    """All people of a match would go on: what stands against it, and whether a coordinator has seen to it."""

    obstacle: Obstacle | None
    settled: bool

    @property
    def takes_a_day(self) -> bool:
        """Whether a last day of their own is what it takes."""
        return self.obstacle is not None and self.obstacle.code == "over"


def match_page(program: Program, match_id: int, reader: User, now: dt.datetime) -> MatchPage | None:
    """One match that is or was on, for a coordinator of its program; None where there is none of that number."""
    match = _matches(program).filter(pk=match_id).first()
    if match is None:
        return None
    members = _members(match)
    hidden = any(member.seat.enrolment.user_id == reader.pk for member in members)
    told = [] if hidden else [_told(ending) for ending in match.endings.select_related("by")]
    model = model_of(match.track)
    return MatchPage(
        match=match,
        members=members,
        told=told,
        hidden=hidden,
        paired=model.shape in PAIRED,
        last_day=last_day_of(match),
        waiting=endings_shown_to(match, reader, in_it=hidden),
        going_on=_going_on(match, now),
    )


def _going_on(match: Match, now: dt.datetime) -> GoingOn | None:
    seats = seats_of(match) if match.end_reason == Match.EndReason.FINISHED else []
    if len(seats) < 2 or not all_wish(seats) or Match.objects.filter(continues=match).exists():
        return None
    return GoingOn(obstacle_to(match, seats, now), any((wish := wish_of(seat)) and wish.settled_at for seat in seats))


@dataclass(frozen=True)
class OverRow:
    match: Match
    members: list[Member]

    @property
    def names(self) -> str:
        return listed([member.seat.enrolment.user.short_name for member in self.members])


def over_matches(program: Program) -> QuerySet[Match]:
    """The matches of a program that were on and are over, the latest first."""
    return _matches(program).filter(state=Match.State.ENDED).order_by("-ended_at", "-pk")


def over_row(match: Match) -> OverRow:
    return OverRow(match, _members(match))


def _matches(program: Program) -> QuerySet[Match]:
    seats = Seat.objects.filter(answer=Seat.Answer.ACCEPTED).select_related("enrolment__user").order_by("pk")
    on = Match.objects.filter(track__program=program, activated_at__isnull=False).select_related("track__program")
    return on.prefetch_related(Prefetch("seats", seats))


def _members(match: Match) -> list[Member]:
    return [Member(seat, role_word(seat, model_of(match.track))) for seat in match.seats.all()]


def _told(ending: Ending) -> Told:
    reason = ending.get_reason_display() if ending.reason else ""
    return Told(ending.by.name if ending.by else "", reason, ending.words, ending.at)
