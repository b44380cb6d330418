"""Early ends that wait a while, for those who may take them back and for nobody else."""

from matching.models import EndingToCome, Match, Seat
from participants.models import User


def my_ending(seat: Seat, user: User) -> EndingToCome | None:
    """The end of their own part in a match that somebody has asked for."""
    return EndingToCome.objects.filter(seat=seat, by=user).first()


def endings_shown_to(match: Match, reader: User, *, in_it: bool) -> list[EndingToCome]:
    """The ends that coordinators have asked for, with the reader's own; of what people of the match do, nothing.

    A coordinator who is in the match (`in_it`) sees their own alone.
    """
    found = EndingToCome.objects.filter(match=match).select_related("seat__enrolment__user", "by")
    if in_it:
        return list(found.filter(by=reader))
    people = Seat.objects.filter(match=match).values("enrolment__user")
    return list(found.exclude(by__in=people))
