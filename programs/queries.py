"""Reads about programs and the people in them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from participants.models import AuditEntry, User
from participants.permissions import is_admin
from programs.models import Coordinator, Enrolment, Program, Role

STATES = Enrolment.State


def programs_of(user: User) -> QuerySet[Program]:
    """The programs a coordinator runs; an admin sees every program's name and dates.

    Each with `people` (how many take part) and `is_mine` (whether this user coordinates it).
    """
    programs = Program.objects.annotate(
        people=Count("tracks__enrolments__user", filter=Q(tracks__enrolments__state=STATES.ACTIVE), distinct=True),
        is_mine=Exists(Coordinator.objects.filter(program=OuterRef("pk"), user=user)),
    ).prefetch_related("tracks")
    return programs if is_admin(user) else programs.filter(coordinators__user=user)


@dataclass(frozen=True)
class PeopleFilter:
    role: str = ""
    track: str = ""
    words: str = ""
    left: bool = False


def people_of(program: Program, wanted: PeopleFilter) -> QuerySet[Enrolment]:
    """Everyone in a program who fits the filter; words are looked for in names and addresses."""
    people = Enrolment.objects.filter(track__program=program).select_related("user", "track")
    people = people.filter(state=STATES.LEFT if wanted.left else STATES.ACTIVE)
    if wanted.role in Role.values:
        people = people.filter(role=wanted.role)
    if wanted.track:
        people = people.filter(track__slug=wanted.track)
    for word in wanted.words[:200].split()[:6]:
        people = people.filter(
            Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word) | Q(user__email__icontains=word)
        )
    return people


def head_count(program: Program) -> dict[str, int]:
    """How many people take part in each role, and in all (a person in two roles counts once in all)."""
    active = Enrolment.objects.filter(track__program=program, state=STATES.ACTIVE)
    by_role = dict(active.values_list("role").annotate(Count("user", distinct=True)).order_by())
    return {**{role: by_role.get(role, 0) for role in Role.values}, "all": active.values("user").distinct().count()}


def history_of(program: Program) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(program_id=program.pk).select_related("by")
