"""The lots that were drawn in a program."""

from collections import Counter
from dataclasses import dataclass

from programs.lots import deal
from programs.models import Draw, Lot, Program


@dataclass(frozen=True)
class Drawn:
    """A draw, how many it gave each of its tracks within each stratum, and whether its seed gives the same again."""

    draw: Draw
    rows: list[tuple[str, int, int]]
    same_again: bool

    @property
    def people(self) -> int:
        return sum(first + second for _, first, second in self.rows)


def draws_of(program: Program) -> list[Drawn]:
    """Every draw of a program, the first one first. Queries: two."""
    draws = program.draws.select_related("first", "second", "by").prefetch_related("lots")
    return [_drawn(draw, list(draw.lots.all())) for draw in draws]


def _drawn(draw: Draw, lots: list[Lot]) -> Drawn:
    count = Counter((lot.stratum, lot.track_id) for lot in lots)
    strata = sorted({lot.stratum for lot in lots})
    rows = [(stratum, count[stratum, draw.first_id], count[stratum, draw.second_id]) for stratum in strata]
    sides = deal(draw.seed, {lot.user_id: lot.stratum for lot in lots})
    tracks = (draw.first_id, draw.second_id)
    return Drawn(draw, rows, all(tracks[sides[lot.user_id]] == lot.track_id for lot in lots))


def lots_of(programs: list[Program]) -> dict[tuple[int, int], str]:
    """Program and person -> the model of the track that chance has given. Queries: one."""
    rows = Lot.objects.filter(program__in=programs).values_list("program", "user", "track__model")
    return {(program, user): model for program, user, model in rows}
