from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mentorship.administration.second_factor import forget
from participants.emails import BadEmail
from participants.models import User
from participants.services import ensure_account, record


class Command(BaseCommand):
    help = (
        "Let somebody open the maintenance pages at ADMIN_PATH (they give no right in any program), or no longer; "
        "or take away a second factor that was lost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--remove", action="store_true", help="a superuser no more")
        ways.add_argument("--forget-second-factor", action="store_true", help="so that a new one can be set up")

    @transaction.atomic
    def handle(self, *, email: str, remove: bool, forget_second_factor: bool, **_: Any) -> None:
        try:
            user, _new = ensure_account(email=email)
        except BadEmail as error:
            raise CommandError(str(error), returncode=2) from error
        if forget_second_factor or remove:
            had = forget(user=user, by=None, now=timezone.now())
            self.stdout.write(f"{user.email}: {'second factor taken away' if had else 'there was no second factor'}")
        if not forget_second_factor:
            self.stdout.write(_set(user, is_superuser=not remove))


def _set(user: User, *, is_superuser: bool) -> str:
    user.is_staff = user.is_superuser = is_superuser
    user.save(update_fields=["is_staff", "is_superuser"])
    verb = "superuser made" if is_superuser else "superuser removed"
    record(by=None, verb=verb, now=timezone.now(), subject=user)
    where = f"{settings.SITE_URL}/{settings.ADMIN_PATH}/" if settings.ADMIN_PATH else "nowhere: ADMIN_PATH is not set"
    return f"{user.email} is {f'a superuser; the pages are at {where}' if is_superuser else 'no superuser'}"
