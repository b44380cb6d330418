"""Writes about people: accounts, roles in the organisation, and the record of who did what."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

from mail.services import enqueue
from participants import audit
from participants.emails import BadEmail, canonical_email
from participants.models import AuditEntry, RoleGrant, User
from participants.zones import zone


class LastAdmin(Exception):
    """The organisation would be left without an admin."""


@transaction.atomic(savepoint=False)
def record(
    *,
    by: User | None,
    verb: str,
    now: datetime,
    program_id: int | None = None,
    subject: models.Model | None = None,
    **detail: Any,
) -> AuditEntry:
    """Write down who did what. Called inside the transaction of the deed, so that neither stands alone.

    `detail` holds figures and names of things, never what somebody said or answered.
    """
    entry = AuditEntry(
        at=now,
        by=by,
        verb=verb,
        program_id=program_id,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        detail=detail,
    )
    return audit.append(entry)


@transaction.atomic
def ensure_account(
    *, email: str, first_name: str = "", last_name: str = "", timezone: str = "UTC"
) -> tuple[User, bool]:
    """The account of that address and whether it is new. An existing account keeps its name.

    Raises participants.emails.BadEmail.
    """
    address = canonical_email(email)
    found = User.objects.select_for_update().filter(email=address).first()
    if found:
        return found, False
    user = User(email=address, first_name=first_name, last_name=last_name, timezone=timezone)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # made at the same moment by somebody else
        return User.objects.select_for_update().get(email=address), False
    return user, True


SIGN_IN_MINUTES = 60
# A number that no account has.
NOBODY = 0


@transaction.atomic
def send_sign_in_link(*, email: str, now: datetime) -> bool:
    """Mail a link that signs in once, if there is an account with that address; whether there is one.

    The caller tells nobody, and an address of nobody costs the same statements, so that the time does not tell either.
    Asking twice in a minute sends one mail, unless the first has been used in between.
    """
    try:
        user = User.objects.filter(email=canonical_email(email), is_active=True).first()
    except BadEmail:
        return False
    message = enqueue(
        kind="sign_in",
        subject_type="participants.user",
        subject_id=user.pk if user else NOBODY,
        sequence=_link_number(user, now) if user else 0,
        recipient=user or NOBODY,
        not_before=now,
        expires_at=now + timedelta(minutes=SIGN_IN_MINUTES),
        now=now,
    )
    if user is None:
        # Of this service alone; that there is no such recipient would be noticed at the end of a transaction.
        transaction.set_rollback(True)
        return False
    return message is not None


def _link_number(user: User, now: datetime) -> int:
    """Two a minute: one before, one after signing in within it, as a used link is of no use any more."""
    minute = int(now.timestamp()) // 60
    used = user.last_login is not None and int(user.last_login.timestamp()) // 60 == minute
    return 2 * minute + used


def sign_in_mark(user: User) -> str:
    """What a sign-in link is bound to besides the person: it changes with each sign-in, so a link works once."""
    return str(int(user.last_login.timestamp())) if user.last_login else "0"


@transaction.atomic
def use_sign_in_link(*, user: User, mark: str, now: datetime) -> bool:
    """Use up the link with this mark; whether it was still good. Of two browsers that use it at once one signs in."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active or sign_in_mark(locked) != mark:
        return False
    locked.last_login = now
    locked.save(update_fields=["last_login"])
    return True


@transaction.atomic
def update_profile(*, by: User, first_name: str, last_name: str, timezone: str, now: datetime) -> User:
    """Change one's own name and time zone. Raises ValueError for an unknown zone."""
    zone(timezone)
    user = User.objects.select_for_update().get(pk=by.pk)
    user.first_name, user.last_name, user.timezone = first_name, last_name, timezone
    user.save(update_fields=["first_name", "last_name", "timezone"])
    record(by=by, verb="profile changed", now=now, subject=user)
    return user


@transaction.atomic
def grant_role(*, user: User, role: str, by: User | None, now: datetime) -> RoleGrant:
    """Give a role in the organisation; giving it twice changes nothing."""
    grant, new = RoleGrant.objects.get_or_create(
        user=user, role=RoleGrant.Role(role), defaults={"granted_at": now, "granted_by": by}
    )
    if new:
        record(by=by, verb="role granted", now=now, subject=user, role=role)
    return grant


@transaction.atomic
def give_role(*, email: str, role: str, by: User | None, now: datetime) -> User:
    """Give a role to the person with that address; an account is made if there is none.

    Raises participants.emails.BadEmail.
    """
    user, _ = ensure_account(email=email)
    grant_role(user=user, role=role, by=by, now=now)
    return user


@transaction.atomic
def revoke_role(*, user: User, role: str, by: User | None, now: datetime) -> None:
    """Take a role away. Raises LastAdmin if nobody could then give it back."""
    admins = RoleGrant.objects.select_for_update().filter(role=RoleGrant.Role.ADMIN).order_by("pk")
    if role == RoleGrant.Role.ADMIN and not any(grant.user_id != user.pk for grant in admins):
        raise LastAdmin("Somebody else must become an admin first")
    removed, _ = RoleGrant.objects.filter(user=user, role=role).delete()
    if removed:
        record(by=by, verb="role taken away", now=now, subject=user, role=role)
