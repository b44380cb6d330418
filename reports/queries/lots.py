"""Between whom lots can be drawn, so that at the end a difference can be said to come from the model."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from matching.models import Match, Proposal, Seat
from participants.models import User
from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Draw, Enrolment, Lot, ProfileField, Program, Role, SetAside, Track
from programs.queries.choosing import programs_to_change
from programs.services.drawing import STRATA, Pool
from reports.queries.answers import BOTH, BY_FAMILY, arm_of

ORDERS_DRAWN = "Orders were drawn here already, and all change over on one day."
# Two draws give two chances of a place, and so two groups that are not alike.
PLACES_DRAWN = "Places were drawn here already, and with another chance the groups would not be alike."
OPEN = (Proposal.State.QUEUED, Proposal.State.RUNNING, Proposal.State.DRAFT)


@dataclass(frozen=True)
class Candidates:
    """people    who would be drawn
    left_out  why others of the two tracks would not, in words, with how many
    obstacle  what has to be done first, or ""
    """

    pool: Pool
    people: list[Enrolment]
    left_out: list[tuple[str, int]] = field(default_factory=list)
    obstacle: str = ""


def tracks_for_lots(program: Program) -> list[Track]:
    """The tracks that can be drawn between: those of a model that is mentor-led or peer, and not both."""
    return [track for track in program.tracks.all() if arm_of(track.model, BY_FAMILY) != BOTH]


def tracks_for_rounds(program: Program, user: User) -> tuple[list[Track], list[Track]]:
    """The tracks of which people can be told that they wait: all but those without matches, where one only asks; and
    those of other programs that somebody runs, into one of which the next round can go. Queries: one."""
    here = Q(program=program) | Q(program__in=programs_to_change(user))
    tracks = Track.objects.filter(here).select_related("program").order_by("program", "position", "pk")
    own = [track for track in tracks if track.program_id == program.pk]
    others = [track for track in tracks if track.program_id != program.pk]
    return [track for track in own if registry.get(track.model).shape is not Shape.SLOTS], others


def fields_for_lots(program: Program) -> list[ProfileField]:
    return list(program.fields.filter(kind__in=STRATA))


def candidates(first: Track, second: Track, stratum: ProfileField | None, drawn: Collection[str]) -> Candidates:
    """Who learns in either track, has no lot and has not been in a match there. `drawn` is of what kinds the draws are
    that stand (`standing`). Queries: two, whatever the size.
    """
    known = _learning((first.pk, second.pk))
    reasons = {
        "are or were in both tracks": {each.pk for each in known if each.in_both},
        "have a lot already": {each.pk for each in known if each.has_lot},
        "have been in a match": {each.pk for each in known if each.was_seated},
        "begin without a lot": {each.pk for each in known if each.is_set_aside},
    }
    out = set().union(*reasons.values())
    people = [each for each in known if each.pk not in out]
    told = [(why, len(who)) for why, who in reasons.items() if who]
    obstacle = ORDERS_DRAWN if Draw.Kind.CROSSOVER in drawn else _obstacle(first, second)
    return Candidates(Pool(first, second, stratum, people), people, told, obstacle)


def _learning(tracks: Sequence[int]) -> list[Any]:
    """The enrolments of who learns in these tracks, each with what may stand against a lot. Whoever is or was in both
    tracks cannot be moved to where they are already. Queries: one."""
    active = Enrolment.objects.filter(track__in=tracks, state=Enrolment.State.ACTIVE).exclude(role=Role.MENTOR)
    same = {"program": OuterRef("track__program"), "user": OuterRef("user")}
    elsewhere = Enrolment.objects.filter(track__in=tracks, user=OuterRef("user")).exclude(track=OuterRef("track"))
    seats = Seat.objects.filter(enrolment=OuterRef("pk"), match__track__in=tracks)
    found = active.annotate(
        in_both=Exists(elsewhere),
        has_lot=Exists(Lot.objects.filter(**same)),
        is_set_aside=Exists(SetAside.objects.filter(**same)),
        was_seated=Exists(seats.exclude(match__state=Match.State.DRAFT)),
    )
    return list(found.select_related("user").order_by("pk"))


@dataclass(frozen=True)
class Wanting:
    """Who wants to take part in a track and would be drawn; otherwise as `Candidates`."""

    track: Track
    people: list[Enrolment]
    left_out: list[tuple[str, int]]
    obstacle: str


def places_in(track: Track, drawn: Collection[str]) -> Wanting:
    """Who learns in a track, has no lot, no match and no place by a decision. `drawn` and queries as `candidates`."""
    known = _learning([track.pk])
    reasons = {
        "have a lot already": {each.pk for each in known if each.has_lot},
        "begin without a lot": {each.pk for each in known if each.is_set_aside},
        "have been in a match": {each.pk for each in known if each.was_seated},
    }
    out = set().union(*reasons.values())
    told = [(why, len(who)) for why, who in reasons.items() if who]
    obstacle = PLACES_DRAWN if Draw.Kind.WAITLIST in drawn else _open_proposal((track,))
    return Wanting(track, [each for each in known if each.pk not in out], told, obstacle)


def _obstacle(first: Track, second: Track) -> str:
    if arm_of(first.model, BY_FAMILY) == arm_of(second.model, BY_FAMILY):
        return "Lots decide between mentors and peers. These two tracks are of the same kind."
    return _open_proposal((first, second))


def _open_proposal(tracks: Sequence[Track]) -> str:
    waiting = Proposal.objects.filter(track__in=tracks, state__in=OPEN).select_related("track").first()
    if waiting:
        return f"Discard proposal {waiting.number} of {waiting.track.name} first: its people may be drawn elsewhere."
    return ""
