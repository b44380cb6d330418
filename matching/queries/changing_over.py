"""What changing over comes to: which matches end, and who is in which track then."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from matching.models import Match, Seat
from programs.models import Draw, Enrolment, Lot, Role
from programs.queries.drawing import to_change_over


@dataclass(frozen=True)
class Changing:
    """matches  matches that end as planned
    offers   offers that are taken back
    stay     people drawn who have left, or are in the other track already
    moves    whose lot, which enrolment, and the number of the track it is in then
    counts   the names of both tracks, and how many begin in each now
    """

    matches: int
    offers: int
    stay: int
    moves: list[tuple[Lot, Enrolment, int]]
    counts: list[tuple[str, int]]

    @property
    def people(self) -> int:
        return len(self.moves)


def changing_of(draw: Draw) -> Changing:
    """What `change_over` would do now. Queries: five, whatever the size."""
    lots = {lot.user_id: lot for lot in Lot.objects.filter(draw=draw).select_related("track")}
    tracks = [track for track in (draw.first, draw.second) if track is not None]
    here = Enrolment.objects.filter(track__in=tracks, user__in=lots).exclude(role=Role.MENTOR)
    places: dict[int, list[Enrolment]] = {}
    for each in here.order_by("pk"):
        places.setdefault(each.user_id, []).append(each)
    moves = [
        (lots[user], own[0], _other(draw, own[0].track_id))
        for user, own in places.items()
        if len(own) == 1 and own[0].state == Enrolment.State.ACTIVE and own[0].track_id == lots[user].track_id
    ]
    counts = [(track.name, sum(to == track.pk for _, _, to in moves)) for track in tracks]
    return Changing(len(matches_to_end(draw)), len(offers_to_end(draw)), len(lots) - len(moves), moves, counts)


def last_day_of(match: Match) -> dt.date:
    """The last day of a match: its own, or the program's, or the day on which its people change over, as long as they
    have not. Queries: two where lots decide the order, else none.
    """
    program = match.track.program
    if match.ends_on is not None or program.by_lot != Draw.Kind.CROSSOVER:
        return match.ends_on or program.ends_on
    draw = to_change_over(program)
    changes = draw is not None and _of_drawn(draw).filter(match=match).exists()
    return draw.changes_on or program.ends_on if draw is not None and changes else program.ends_on


def _other(draw: Draw, track: int) -> int:
    return draw.second_id or 0 if track == draw.first_id else draw.first_id


def matches_to_end(draw: Draw) -> list[int]:
    """The matches that are on in the two tracks with somebody in them who was drawn."""
    return _numbers(_of_drawn(draw).filter(match__state=Match.State.ACTIVE))


def offers_to_end(draw: Draw) -> list[int]:
    return _numbers(_of_drawn(draw).filter(match__state=Match.State.OFFERED))


def _of_drawn(draw: Draw) -> QuerySet[Seat]:
    drawn = Lot.objects.filter(draw=draw).values("user")
    return Seat.objects.filter(
        match__track__in=(draw.first_id, draw.second_id), enrolment__user__in=drawn, live=True
    ).exclude(role=Role.MENTOR)


def _numbers(seats: QuerySet[Seat]) -> list[int]:
    return sorted(set(seats.values_list("match", flat=True)))
