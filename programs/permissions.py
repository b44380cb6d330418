"""What each role may do in a program, as data."""

from enum import StrEnum

from participants.models import User
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


def may(user: User, right: Right, program: Program) -> bool:
    return bool(roles_in(user, program) & RIGHTS[right])


def takes_part(user: User, program: Program) -> bool:
    return Enrolment.objects.filter(track__program=program, user=user, state=Enrolment.State.ACTIVE).exists()
