"""Erasing a person: what they wrote and what names them goes; what others wrote and what is only counted stays."""

import datetime as dt
import secrets

from django.db import transaction

from mail.models import MailPreference, Message, SuppressedAddress
from mail.services import cancel_person
from participants import hooks
from participants.models import Browser, Pause, RoleGrant, SentForm, User
from participants.services.accounts import record
from participants.services.exporting import drop_exports
from participants.services.forms_sent import owner_of

FORMER = ("Former", "participant")


class CannotErase(Exception):
    """Somebody cannot be erased now; `reasons` are sentences to read."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def why_not_erased(user: User, *, lock: bool = False) -> list[str]:
    """Why somebody cannot be erased now, in sentences; empty if they can. `lock` is for inside a transaction."""
    return [reason for call in (_last_admin, *hooks.refusing) for reason in call(user, lock)]


def _last_admin(user: User, lock: bool) -> list[str]:  # noqa: FBT001 - the shape of hooks.refusing
    admins = RoleGrant.objects.filter(role=RoleGrant.Role.ADMIN).order_by("pk")
    holders = {grant.user_id for grant in (admins.select_for_update() if lock else admins)}
    return ["You are the only admin. Make somebody else an admin first."] if holders == {user.pk} else []


@transaction.atomic
def erase(*, user: User, by: User | None, now: dt.datetime) -> None:
    """Erase a person for good: everything at once or nothing. Erasing twice changes nothing. Raises CannotErase.

    Their matches end as when somebody leaves. The row of the account stays without a name, as what others wrote and
    what is counted hangs on its number.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.erased_at is not None:
        return
    reasons = why_not_erased(locked, lock=True)
    if reasons:
        raise CannotErase(reasons)
    files = {locked.pk, *(pk for call in hooks.sharing for pk in call(locked.pk))}
    for call in hooks.erasing:
        call(locked, now)
    drop_exports(users=files)
    _forget_mail(locked, now)
    _forget_sign_ins(locked)
    _forget_name(locked, now)
    record(by=by, verb="erased", now=now, subject=locked)


def _forget_mail(user: User, now: dt.datetime) -> None:
    """After the floors above, which may have written a last message to them."""
    cancel_person(recipient_id=user.pk, now=now)
    # The mail server's answer may quote the address.
    Message.objects.filter(recipient=user).exclude(last_error="").update(last_error="")
    MailPreference.objects.filter(user=user).delete()
    SuppressedAddress.objects.filter(email=user.email).delete()


def _forget_sign_ins(user: User) -> None:
    """Every browser they are signed in with is signed out."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 - its models are read once apps are ready
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - as above

    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Browser.objects.filter(user=user).delete()


def _forget_name(user: User, now: dt.datetime) -> None:
    RoleGrant.objects.filter(user=user).delete()
    Pause.objects.filter(user=user).delete()
    SentForm.objects.filter(owner=owner_of(user)).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"erased-{secrets.token_hex(8)}@erased.invalid"
    user.first_name, user.last_name = FORMER
    user.timezone, user.last_login, user.paused_until = "UTC", None, None
    user.is_active = user.is_staff = user.is_superuser = False
    user.erased_at, user.link_version = now, user.link_version + 1
    user.set_unusable_password()
    user.save()
