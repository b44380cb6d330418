"""What a person in a match may see of it: who the other is, what they share, and why the two fit; never points."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, QuerySet

from mail.prepared import prepared
from matching.models import EndingToCome, Match, Seat
from matching.queries.changing_over import last_day_of
from matching.queries.inputs import model_of
from participants.models import User
from programs.answered import in_words
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, ProfileField, Program, Role, Track

MOST_REASONS = 3
# Of a larger group only so many names stand in a heading.
MOST_NAMED = 4
# Facts that go into the one line about somebody in a mail.
LINE_FACTS = 2


@dataclass(frozen=True)
class Other:
    """The person (one of the people) somebody is matched with, as far as that somebody may know."""

    user: User
    role: str
    # What they are called in this model, or what a helper is in a network: “near-peer”.
    role_word: str
    # Whether they have said yes already.
    agreed: bool
    # Answers to the fields that are shared, as (label, words).
    facts: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def short_name(self) -> str:
        return self.user.short_name

    @property
    def described(self) -> str:
        """“Near-peer. Level: Senior”: what they are in a group, and the first that is known of them."""
        return f"{self.role_word.capitalize()}. {self.line}".removesuffix(". ")

    @property
    def line(self) -> str:
        return ", ".join(f"{label}: {value}" for label, value in self.facts[:LINE_FACTS])


@dataclass(frozen=True)
class MyMatch:
    """One match seen from one seat."""

    seat: Seat
    match: Match
    track: Track
    program: Program
    model: MentoringModel
    others: list[Other]
    reasons: list[str]
    # Everybody who is in it, in the order of their seats; who has left a group is not in it any more, for nobody.
    seats: list[Seat]
    # Whether this person has asked for the end of their part in it, which still waits.
    is_ending: bool = False

    @property
    def state(self) -> str:
        return self.match.state

    @property
    def other(self) -> Other:
        return self.others[0]

    @property
    def others_named(self) -> str:
        """“Ana, Ben and Cem”; of a larger group only the first, and how many there are."""
        return named(self.others)

    @property
    def agreed_others(self) -> list[Other]:
        """With whom a match begins: in a group the others who have said yes, elsewhere all of them."""
        return [other for other in self.others if other.agreed or not self.is_group]

    @property
    def is_group(self) -> bool:
        return self.model.shape in (Shape.GROUPS, Shape.CONSTELLATION)

    @property
    def is_session(self) -> bool:
        """Whether this is about one session at a given time."""
        return self.match.starts_at is not None

    @property
    def called(self) -> str:
        """What such a match is called: “circle”, “session”."""
        return self.model.words.one

    @property
    def my_word(self) -> str:
        """What this person is called in it themselves."""
        return role_word(self.seat, self.model)

    @property
    def helped(self) -> str:
        """In a network, for its helpers: the short name of the person it is for; elsewhere ""."""
        if self.model.shape != Shape.CONSTELLATION or self.seat.role == Role.MENTEE:
            return ""
        return next((other.short_name for other in self.others if other.role == Role.MENTEE), "")

    @property
    def needed(self) -> str:
        """Who has to say yes before a group begins: “6 people”, “4 mentees and a mentor”."""
        size = self.model.size
        if self.model.shape == Shape.CONSTELLATION:
            return f"{self.helped or 'you'}, a mentor and {size.least - 2} more"
        return f"{size.least} mentees and a mentor" if size.mentors_least else f"{size.least} people"

    @property
    def last_day(self) -> dt.date:
        return last_day_of(self.match)

    @property
    def contact_name(self) -> str:
        return self.program.contact_name or "the coordinator"

    @property
    def has_left(self) -> bool:
        """Whether this person has left the program since; then nothing of the match is shown to them any more."""
        return self.seat.enrolment.state == Enrolment.State.LEFT

    def is_open(self, now: dt.datetime) -> bool:
        """Whether this person can still say yes or no."""
        until = self.match.answer_until
        open_states = Match.LIVE if self.is_group else (Match.State.OFFERED,)
        return (
            self.match.state in open_states
            and self.seat.left_at is None
            and self.seat.answer == Seat.Answer.WAITING
            and (until is None or now < until)
        )


def is_over_for(mine: MyMatch) -> bool:
    """Whether this person was in a match that was on and has come to its end for them, early or at its time."""
    if mine.seat.answer != Seat.Answer.ACCEPTED or mine.match.activated_at is None or mine.has_left:
        return False
    return mine.seat.left_at is not None or mine.state == Match.State.ENDED


def matches_of(user: User, *, live_only: bool = False) -> list[MyMatch]:
    """All matches a person has been offered, newest first. Queries: two."""
    return _views(_of_person(user.pk, live_only=live_only))


def my_match(*, user: User, match_id: int, facts: bool = True) -> MyMatch | None:
    """One match a person has been offered, or None if there is none of that number for them. Queries: two, or one
    without the facts of the others, which only few pages show.
    """
    return next(iter(_views(_of_one_match(user.pk, match_id), facts=facts)), None)


def seen_from(seat: Seat, seats: list[Seat]) -> MyMatch:
    """The match of a seat whose people have been read already, without what they share, and without whether somebody
    has asked for its end. No queries where `seat` came with its match, track and program.
    """
    return _view(seat, seats, (), is_ending=False)


def by_seat(seat_id: int) -> MyMatch | None:
    """The match of a seat that has been offered."""
    return next(iter(_views(_of_seat(seat_id))), None)


@prepared
def _of_person(user: int, *, live_only: bool) -> QuerySet[Seat]:
    own = Seat.objects.filter(enrolment__user=user)
    return _around(own.filter(live=True) if live_only else own)


@prepared
def _of_one_match(user: int, match: int) -> QuerySet[Seat]:
    # By the number of the match and not by its row, as SQLite cannot look for a row of a number it cannot hold.
    return _around(Seat.objects.filter(enrolment__user=user, match__pk=match))


@prepared
def _of_seat(seat: int) -> QuerySet[Seat]:
    return _around(Seat.objects.filter(pk=seat))


def _around(own: QuerySet[Seat]) -> QuerySet[Seat]:
    """The seats of everybody in the matches of these seats, those of the newest match first."""
    ending = EndingToCome.objects.filter(seat=OuterRef("pk"), by=OuterRef("enrolment__user"))
    # Drafts are left out here and not of `own`: with a ninth table PostgreSQL would look for the best order no more,
    # and go through the seats of everybody.
    offered = Seat.objects.filter(match__in=own.values("match")).exclude(match__state=Match.State.DRAFT)
    rows = offered.annotate(is_own=Exists(own.filter(pk=OuterRef("pk"))), is_ending=Exists(ending))
    return rows.select_related("match__track__program", "enrolment__user").order_by("-match__offered_at", "-pk")


@prepared
def _shared_fields(programs: list[int]) -> QuerySet[ProfileField]:
    return ProfileField.objects.filter(program__in=programs, shared=True)


def _views(found: Sequence[Any], *, facts: bool = True) -> list[MyMatch]:
    """The matches whose seats these are, as their owner sees them: one query more, for what is shared."""
    programs = sorted({seat.match.track.program_id for seat in found}) if facts else []
    shared = _shared_fields(programs) if programs else []
    around: dict[int, list[Seat]] = {}
    for seat in reversed(found):
        around.setdefault(seat.match_id, []).extend([seat] if seat.left_at is None else [])
    return [_view(seat, around[seat.match_id], shared, is_ending=seat.is_ending) for seat in found if seat.is_own]


def _view(seat: Seat, around: list[Seat], shared: Sequence[ProfileField], *, is_ending: bool) -> MyMatch:
    match, track = seat.match, seat.match.track
    model, fields = model_of(track), [field for field in shared if field.program_id == track.program_id]
    others = [_other(each, fields, model) for each in around if each.pk != seat.pk]
    reasons = reasons_for(match.shares, seat.enrolment_id)
    return MyMatch(seat, match, track, track.program, model, others, reasons, around, is_ending)


def reasons_for(shares: Iterable[Mapping[str, Any]], enrolment_id: int) -> list[str]:
    """The strongest reasons in the words meant for one person, without points."""
    ranked = sorted(shares, key=lambda share: -share["points"])
    told = (share["told"].get(str(enrolment_id), "") for share in ranked)
    return list(dict.fromkeys(reason for reason in told if reason))[:MOST_REASONS]


def _other(seat: Seat, fields: Sequence[ProfileField], model: MentoringModel) -> Other:
    facts = facts_of(seat.enrolment, fields)
    agreed = seat.answer == Seat.Answer.ACCEPTED
    return Other(seat.enrolment.user, seat.role, role_word(seat, model), agreed, facts)


def role_word(seat: Seat, model: MentoringModel) -> str:
    """What somebody is to the others: “mentor”, “near-peer”, in a session “expert”."""
    if seat.part:
        return str(Seat.Part(seat.part).label).lower()
    if seat.role == Role.MENTOR and model.shape == Shape.SLOTS:
        return model.words.giver
    return str(Role(seat.role).label).lower()


class HasName(Protocol):
    @property
    def short_name(self) -> str: ...


def named(people: Iterable[HasName]) -> str:
    """“Ana, Ben and Cem”; of a larger group only the first, and how many there are."""
    names = [each.short_name for each in people]
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 2], f"{len(names) - MOST_NAMED + 2} others"]
    return listed(names)


def listed(names: Sequence[str]) -> str:
    """“A, B and C”"""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def facts_of(enrolment: Enrolment, fields: Sequence[ProfileField]) -> list[tuple[str, str]]:
    """A person's answers to these fields, in words; what was not answered is left out."""
    asked = [field for field in fields if enrolment.role in field.asked_of]
    return [(f.label, in_words(enrolment.answers[f.slug])) for f in asked if enrolment.answers.get(f.slug) is not None]
