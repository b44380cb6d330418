"""All programs side by side, for the admin: sizes and rhythm, no names."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from matching.models import Match
from participants.models import RoleGrant, User
from programs.models import Enrolment, Program
from reports.figures import LEAST_PEOPLE
from sessions.models import Session


@dataclass(frozen=True)
class ProgramLine:
    """One program as the organisation sees it; numbers of programs under five people are left out."""

    program: Program
    people: int
    matches: int
    sessions: int

    @property
    def shown(self) -> bool:
        return self.people >= LEAST_PEOPLE


def program_lines() -> list[ProgramLine]:
    """Every program with its figures. Queries: four, whatever the number of programs."""
    people = _counts(Enrolment.objects.values_list("track__program").annotate(Count("user", distinct=True)))
    active = Match.objects.filter(state=Match.State.ACTIVE)
    matches = _counts(active.values_list("track__program").annotate(Count("pk")))
    held = Session.objects.filter(state=Session.State.HELD, match__activated_at__isnull=False)
    sessions = _counts(held.values_list("match__track__program").annotate(Count("pk")))
    return [
        ProgramLine(each, people.get(each.pk, 0), matches.get(each.pk, 0), sessions.get(each.pk, 0))
        for each in Program.objects.all()
    ]


def _counts(rows: Any) -> dict[int, int]:  # noqa: ANN401  a queryset of pairs, of any model
    return dict(rows.order_by())


def people_with_roles() -> list[User]:
    """Everybody who holds a role in the organisation, with their grants."""
    held = Q(role_grants__role__in=RoleGrant.Role.values)
    return list(User.objects.filter(held).distinct().prefetch_related("role_grants").order_by("last_name", "email"))
