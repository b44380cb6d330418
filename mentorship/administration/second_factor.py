"""The second factor of superusers: a code from an app, or one of ten written down; asked for before every visit.

The codes are those of allauth; its pages and its part in signing in are not used, as everybody else signs in by a link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, get_totp_secret, validate_totp_code
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from participants.confidential import decrypt, encrypt
from participants.models import AuditEntry, User
from participants.services import record

UNTIL = "second_factor_until"
LASTS = timedelta(hours=1)
REFUSED = "second factor refused"
TRIES, IN = 5, timedelta(minutes=15)


class TooOften(Exception):
    """So many wrong codes that no more are looked at for a while."""


class EncryptingAdapter(DefaultMFAAdapter):
    """Secrets lie in the database under the keys of what is confidential."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.ORGANISATION_NAME

    def get_totp_label(self, user: User) -> str:
        return user.email


@dataclass(frozen=True)
class Picture:
    """A QR code to draw: its side in modules, and the dark ones as an SVG path."""

    side: int
    path: str


def picture(user: User, secret: str) -> Picture:
    code = segno.make(EncryptingAdapter().build_totp_url(user, secret), micro=False)
    dark = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix_iter(border=4))
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return Picture(int(code.symbol_size(border=4)[0]), "".join(dark))


def is_enrolled(user: User) -> bool:
    found: bool = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return found


def is_shown(request: HttpRequest, now: datetime) -> bool:
    """Whether this browser has shown a second factor within the last hour."""
    until = request.session.get(UNTIL)
    return until is not None and now < datetime.fromisoformat(until)


def note_shown(request: HttpRequest, now: datetime) -> None:
    """A new session key with it, so that one known from before is worth nothing."""
    request.session.cycle_key()
    request.session[UNTIL] = (now + LASTS).isoformat()


def fits(user: User, code: str) -> bool:
    """Whether a code is the app's of this moment, or one written down; either works once."""
    # Not by Authenticator.wrap(), which wants a library for keys that are not used here.
    kinds = {Authenticator.Type.TOTP: TOTP, Authenticator.Type.RECOVERY_CODES: RecoveryCodes}
    for each in Authenticator.objects.filter(user=user, type__in=kinds).order_by("pk"):
        if kinds[each.type](each).validate_code(code):
            each.refresh_from_db()  # which of the codes written down are used stands in it
            each.record_usage()
            return True
    return False


def new_secret(*, again: bool) -> str:
    """The secret that this browser is shown, kept in its session until a code proves that an app has it."""
    secret: str = get_totp_secret(regenerate=not again)
    return secret


def proves(secret: str, code: str) -> bool:
    found: bool = validate_totp_code(secret, code)
    return found


@transaction.atomic
def enrol(*, user: User, secret: str, now: datetime) -> list[str]:
    """Keep the secret that a code was just shown for; returns the codes to write down, which are shown only now."""
    TOTP.activate(user, secret)
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    record(by=user, verb="second factor set up", now=now, subject=user)
    return codes


def check_tries(user: User, now: datetime) -> None:
    """Raises TooOften after five wrong codes in a quarter of an hour, whatever process saw them."""
    if AuditEntry.objects.filter(by=user, verb=REFUSED, at__gt=now - IN).count() >= TRIES:
        raise TooOften


def note_refused(user: User, now: datetime) -> None:
    record(by=user, verb=REFUSED, now=now, subject=user)


@transaction.atomic
def forget(*, user: User, by: User | None, now: datetime) -> bool:
    """Take a second factor away, so that a new one can be set up. True if there was one."""
    deleted: int = Authenticator.objects.filter(user=user).delete()[0]
    if deleted:
        record(by=by, verb="second factor taken away", now=now, subject=user)
    return deleted > 0
