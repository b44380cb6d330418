"""The lots that were drawn in a program."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from participants.models import User
from programs.lots import choose, deal
from programs.models import Draw, Enrolment, Lot, Program, SetAside, Track

Key = tuple[int, int]
Kind = Draw.Kind


@dataclass(frozen=True)
class Drawn:
    """A draw, how many it gave each side within each stratum, and whether its seed gives the same again."""

    draw: Draw
    rows: list[tuple[str, int, int]]
    same_again: bool

    @property
    def stands(self) -> bool:
        return self.draw.undone_at is None

    @property
    def is_to_change(self) -> bool:
        """Whether people began in an order by it, and nobody has changed over yet."""
        return self.stands and self.draw.kind == Kind.CROSSOVER and self.draw.changed_at is None

    @property
    def people(self) -> int:
        return sum(first + second for _, first, second in self.rows)

    @property
    def sides(self) -> tuple[str, str]:
        """What the two numbers of each row count."""
        if self.draw.kind == Kind.WAITLIST:
            return "Begin now", "In the next round"
        names = str(self.draw.first), str(self.draw.second)
        return (f"{names[0]} first", f"{names[1]} first") if self.draw.kind == Kind.CROSSOVER else names

    def may_undo(self, now: dt.datetime) -> bool:
        return self.stands and now < self.draw.told_at


def draws_of(program: Program) -> list[Drawn]:
    """Every draw of a program, the first one first, those taken back too. Queries: two."""
    related = ("first", "second", "by", "undone_by")
    lots = Prefetch("lots", Lot.objects.select_related("next_place__track__program"))
    draws = program.draws.select_related(*related).prefetch_related(lots)
    return [drawn_of(draw, list(draw.lots.all())) for draw in draws]


def standing(program: int) -> set[str]:
    """Of what kinds the draws of a program are that were not taken back. Queries: one."""
    return set(Draw.objects.filter(program=program, undone_at=None).values_list("kind", flat=True))


def drawn_of(draw: Draw, lots: list[Lot]) -> Drawn:
    """A draw as it can be looked over."""
    count = Counter((lot.stratum, side_of(draw, lot)) for lot in lots)
    strata = sorted({lot.stratum for lot in lots})
    rows = [(stratum, count[stratum, 0], count[stratum, 1]) for stratum in strata]
    again = worked_out(draw, lots)
    return Drawn(draw, rows, all(again[lot.user_id] == side_of(draw, lot) for lot in lots))


def side_of(draw: Draw, lot: Lot) -> int:
    """0 for the first track or beginning now, 1 for the second or waiting."""
    return int(lot.waits if draw.kind == Kind.WAITLIST else lot.track_id != draw.first_id)


def worked_out(draw: Draw, lots: Iterable[Lot]) -> dict[int, int]:
    """The side that the seed gives everybody, once more."""
    people = {lot.user_id: lot.stratum for lot in lots}
    if draw.kind != Kind.WAITLIST:
        return deal(draw.seed, people)
    begin = choose(draw.seed, people, min(draw.places or 0, len(people)))
    return {user: int(user not in begin) for user in people}


@dataclass(frozen=True)
class Given:
    """What chance has given somebody: the model of a track, and in a waiting list whether they wait."""

    kind: str
    model: str
    waits: bool


def lots_of(programs: list[Program]) -> dict[Key, Given]:
    """Program and person -> what chance has given. Queries: one. An order of which nobody has changed over yet is a
    lottery so far: everybody is in the model they began with.
    """
    rows = Lot.objects.filter(program__in=programs).values_list(
        "program", "user", "draw__kind", "track__model", "waits", "draw__changed_at"
    )
    return {
        (program, user): Given(Kind.LOTTERY if kind == Kind.CROSSOVER and not changed else kind, model, waits)
        for program, user, kind, model, waits, changed in rows
    }


def to_change_over(program: Program) -> Draw | None:
    """The draw of orders by which people have not changed over yet. Queries: one."""
    waiting = Draw.objects.filter(program=program, kind=Kind.CROSSOVER, undone_at=None, changed_at=None)
    return waiting.select_related("first", "second", "program").first()


@dataclass(frozen=True)
class Waiting:
    """Who waits, by which draw, and their place in the next round once it is there."""

    enrolment: Enrolment
    lot: Lot

    @property
    def next_track(self) -> Track | None:
        return self.lot.next_place.track if self.lot.next_place else None


def waiting_in(program: Program, draws: Iterable[Drawn]) -> list[Waiting]:
    """Everybody who waits for the next round by one of these draws, which are all of the program's. Queries: one, none
    where nobody has such a lot."""
    lots = {lot.user_id: lot for drawn in draws for lot in drawn.draw.lots.all() if lot.waits}
    if not lots:
        return []
    found = Enrolment.objects.filter(track__program=program, state=Enrolment.State.WAITING).select_related("user")
    return [Waiting(each, lots[each.user_id]) for each in found if each.user_id in lots]


def set_aside_in(program: Program) -> list[SetAside]:
    """Who begins whatever the lots say. Queries: one."""
    return list(SetAside.objects.filter(program=program).select_related("user", "by"))


def my_invitation(user: User, lot_id: int) -> tuple[Lot, Enrolment] | None:
    """Somebody's own lot of a draw of invitations, and where they are by now; None once they are in neither track."""
    related = ("draw__first", "draw__second", "track", "program")
    found = Lot.objects.filter(pk=lot_id, user=user, draw__kind=Kind.NUDGE).select_related(*related)
    lot = found.exclude(program__state=Program.State.CLOSED).first()
    if lot is None:
        return None
    mine = Enrolment.objects.filter(user=user, track__in=(lot.draw.first, lot.draw.second))
    here = mine.filter(state=Enrolment.State.ACTIVE).exclude(role="mentor").select_related("track").first()
    return (lot, here) if here else None
