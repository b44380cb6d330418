"""Who reads a case: the safeguarding leads who are not in the match it is about, and whoever it is assigned to."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from participants.models import RoleGrant, User
from participants.permissions import organisation_roles
from programs.models import Coordinator
from safeguarding.models import Case, Opening

HOUR = timedelta(minutes=60)


def is_lead(user: User | AnonymousUser) -> bool:
    return RoleGrant.Role.SAFEGUARDING_LEAD in organisation_roles(user)


def may_manage(user: User, case: Case) -> bool:
    """Assign, close, hold, open notes: leads who are not in the match themselves."""
    return is_lead(user) and user not in case.people.all()


def may_read(user: User, case: Case) -> bool:
    """Read and write notes: those who manage it, and the coordinator it is assigned to while she is one."""
    return may_manage(user, case) or (case.lead_id == user.pk and _coordinates(user, case))


def _coordinates(user: User, case: Case) -> bool:
    if case.match_id is None or not user.is_active:
        return False
    return Coordinator.objects.filter(user=user, program__tracks__matches=case.match_id).exists()


def is_open(opening: Opening, now: datetime) -> bool:
    """For an hour, unless it was ended."""
    return opening.ended_at is None and opening.opened_at <= now < opening.opened_at + HOUR
