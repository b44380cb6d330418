from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from participants.emails import BadEmail
from participants.models import RoleGrant
from participants.services import ensure_account, grant_role


class Command(BaseCommand):
    help = "Make somebody an admin of this installation; they sign in with a link sent to that address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *, email: str, **_: Any) -> None:
        try:
            user, _new = ensure_account(email=email)
        except BadEmail as error:
            raise CommandError(str(error), returncode=2) from error
        grant_role(user=user, role=RoleGrant.Role.ADMIN, by=None, now=timezone.now())
        self.stdout.write(f"{user.email} is an admin")
