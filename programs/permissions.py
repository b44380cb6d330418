"""What each role may do in a program, as data."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from mail.prepared import prepared
from participants.models import RoleGrant, User
from participants.permissions import organisation_roles
from programs.models import Coordinator, Enrolment, Program

COORDINATOR = "program coordinator"
ADMIN = "admin"


class Right(StrEnum):
    SEE = "see the program's overview"
    EDIT = "change the program's settings"
    PEOPLE = "see, import and export the people"
    MATCH = "propose and publish matches"
    REPORT = "read and export the outcome report"
    STAFF = "add and remove coordinators"
    HISTORY = "read who changed what"


RIGHTS: dict[Right, frozenset[str]] = {
    Right.SEE: frozenset({COORDINATOR}),
    Right.EDIT: frozenset({COORDINATOR, ADMIN}),
    Right.PEOPLE: frozenset({COORDINATOR}),
    Right.MATCH: frozenset({COORDINATOR}),
    Right.REPORT: frozenset({COORDINATOR, ADMIN}),
    Right.STAFF: frozenset({COORDINATOR, ADMIN}),
    Right.HISTORY: frozenset({COORDINATOR, ADMIN}),
}


def roles_in(user: User, program: Program) -> frozenset[str]:
    """The roles a person holds towards a program now."""
    held = set()
    if Coordinator.objects.filter(program=program, user=user).exists():
        held.add(COORDINATOR)
    if ADMIN in organisation_roles(user):
        held.add(ADMIN)
    return frozenset(held)


def program_and_roles(slug: str, user: User) -> tuple[Program | None, frozenset[str]]:
    """A program with the roles of roles_in, in one query, as every page of a program asks for both."""
    program = _seen_by.first(slug, user.pk)
    held = {COORDINATOR: getattr(program, "coordinated", False), ADMIN: getattr(program, "administered", False)}
    return program, frozenset(role for role, holds in held.items() if holds)


@prepared
def _seen_by(slug: str, user: int) -> QuerySet[Program]:
    coordinates = Coordinator.objects.filter(program=OuterRef("pk"), user=user)
    grants = RoleGrant.objects.filter(user=user, user__is_active=True, role=RoleGrant.Role.ADMIN)
    return Program.objects.filter(slug=slug).annotate(coordinated=Exists(coordinates), administered=Exists(grants))


def may(user: User, right: Right, program: Program) -> bool:
    return bool(roles_in(user, program) & RIGHTS[right])


def takes_part(user: User, program: Program) -> bool:
    mine = Enrolment.objects.filter(track__program=program, user=user)
    return mine.exclude(state=Enrolment.State.LEFT).exists()
