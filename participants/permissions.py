"""Roles in the whole organisation, as data. What they allow inside a program stands in programs.permissions."""

from django.contrib.auth.models import AnonymousUser

from participants.models import RoleGrant, User

Role = RoleGrant.Role


def organisation_roles(user: User | AnonymousUser) -> frozenset[str]:
    """The roles granted now: read afresh for every request, so that a role taken away ends with the next click."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(user.role_grants.values_list("role", flat=True))


def is_admin(user: User | AnonymousUser) -> bool:
    return Role.ADMIN in organisation_roles(user)


def may_create_programs(user: User | AnonymousUser) -> bool:
    return bool(organisation_roles(user) & {Role.ADMIN, Role.COORDINATOR})
