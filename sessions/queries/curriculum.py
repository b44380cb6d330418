"""A track's curriculum as its coordinators see it: the weeks, and how many have handed in, never who."""

from dataclasses import dataclass

from django.db.models import Count

from matching.models import Match, Seat
from programs.models import Track
from sessions.models import Week


@dataclass(frozen=True)
class WeekCount:
    """One week, and how many of the members of active matches have handed in."""

    week: Week
    done: int
    members: int


def curriculum_of(track: Track) -> list[WeekCount]:
    """All weeks in their order, with counts. Two queries."""
    there = Seat.objects.filter(match__track=track, match__state=Match.State.ACTIVE, left_at=None)
    members = there.filter(answer=Seat.Answer.ACCEPTED).count()
    weeks = Week.objects.filter(track=track).annotate(done=Count("deliveries")).order_by("number")
    return [WeekCount(week, week.done, members) for week in weeks]
