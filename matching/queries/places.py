"""How many of somebody's places are taken, as dots beside a name show it."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from matching.models import Proposal, Seat
from matching.queries.inputs import open_offers
from matching.queries.standing import default_places, places_of
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Role

# More dots than these nobody counts.
MOST_DOTS = 6
STEP, MARGIN = 11, 5
# Where somebody has places for several matches at once. In groups everybody has one; sessions are counted by month.
WITH_PLACES = frozenset({Shape.TWO_SIDED, Shape.CONSTELLATION})


@dataclass(frozen=True)
class Places:
    taken: int
    of: int

    @property
    def dots(self) -> bool:
        return max(self.taken, self.of) <= MOST_DOTS

    @property
    def width(self) -> int:
        return STEP * max(self.taken, self.of) + 4

    @property
    def filled(self) -> list[int]:
        return [MARGIN + STEP * at for at in range(self.taken)]

    @property
    def empty(self) -> list[int]:
        return [MARGIN + STEP * at for at in range(self.taken, self.of)]


def with_taken(seats: QuerySet[Seat], proposal: Proposal) -> QuerySet[Seat]:
    """Seats with `taken`: how many places their people have taken once this proposal is published.

    An offer nobody has said yes to takes no place beside a draft, as publishing takes it back.
    """
    of_the_same = Seat.objects.filter(enrolment=OuterRef("enrolment"))
    live = of_the_same.filter(live=True)
    if proposal.state != Proposal.State.DRAFT:
        return seats.annotate(taken=_count(live))
    stays = live.exclude(match__in=open_offers(proposal.track))
    return seats.annotate(taken=_count(stays) + _count(of_the_same.filter(match__proposal=proposal)))


def _count(seats: QuerySet[Seat]) -> Coalesce:
    counted = seats.order_by().values("enrolment").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def places_at(seat: Seat, proposal: Proposal, model: MentoringModel) -> Places | None:
    """Of a helper whose seat was read by with_taken; None for everybody else."""
    taken = getattr(seat, "taken", None)
    if taken is None or model.shape not in WITH_PLACES or seat.role == Role.MENTEE:
        return None
    default = default_places(proposal.track, model, proposal.capacity)
    return Places(taken, places_of(seat.enrolment, model, default))
