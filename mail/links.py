"""Links in e-mails that do one thing for one person without signing in.

A token names a person, the version of that person's links, one thing, and the moment it ends; the purpose is in the
signature's salt, so a token for one task is no token for another. Raising User.link_version ends all earlier links.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from mail.prepared import prepared

MAX_LENGTH = 150
_EXTRA = re.compile(r"[A-Za-z0-9_-]{0,40}")


@dataclass(frozen=True)
class Link:
    """What a token says: who, about what, how (extra), and until when; `known` is what was asked with the person."""

    user: Any  # a participants.User, which stands above mail
    subject_id: int
    extra: str
    expires_at: datetime
    known: Any = None


class Found(NamedTuple):
    """Who a link is for, and what its page has asked about them in the same question (Link.known)."""

    user: Any
    known: Any = None


Find = Callable[[int, str], Found | None]


class LinkInvalid(ValueError):
    """Not a token of ours for this purpose, or withdrawn since."""


class LinkExpired(ValueError):
    """A true token whose time is over; `link` says whose, so that a new one can be sent to that person."""

    def __init__(self, link: Link) -> None:
        super().__init__("This link has ended")
        self.link = link


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"mail.links.{purpose}", sep=".")


def make(
    purpose: str, user: AbstractBaseUser, subject_id: int, *, days: float, extra: str = "", now: datetime | None = None
) -> str:
    """A token by which `user` may do `purpose` with `subject_id` for `days` days (a part of a day is fine).

    Safe in a URL and under 150 characters. `extra` is at most 40 of A-Z a-z 0-9 _ -; ValueError otherwise.
    """
    if not _EXTRA.fullmatch(extra):
        raise ValueError("The extra of a link is at most 40 letters, digits, - and _")
    start = now or timezone.now()  # noqa: TID251  a signer stamps its own time, as those of Django do
    ends = start + timedelta(days=days)
    version = user.link_version  # type: ignore[attr-defined]  # the project's own user model, known by setting only
    numbers = [user.pk, version, subject_id, int(ends.timestamp())]
    return _signer(purpose).sign(".".join([*map(int_to_base36, numbers), extra]))


def active(user_id: int, _extra: str = "") -> Found | None:
    """The person of this number, if there is one who may use links."""
    user = _active.first(user_id)
    return Found(user) if user else None


def read(token: str, purpose: str, *, now: datetime, find: Find = active) -> Link:
    """What a token made for `purpose` says. Raises LinkInvalid or LinkExpired.

    Invalid: forged, cut short, for another purpose, of a person who is gone or inactive, or withdrawn. `find` is given
    number and extra of a true token, and answers as `active` does.
    """
    if len(token) > MAX_LENGTH:
        raise LinkInvalid("Too long")
    try:
        user_id, version, subject_id, ends, extra = _signer(purpose).unsign(token).split(".")
    except (signing.BadSignature, ValueError) as error:
        raise LinkInvalid("Not a link of this kind") from error
    found = find(base36_to_int(user_id), extra)
    if found is None or found.user.link_version != base36_to_int(version):
        raise LinkInvalid("Withdrawn")
    until = datetime.fromtimestamp(base36_to_int(ends), UTC)
    link = Link(found.user, base36_to_int(subject_id), extra, until, found.known)
    if now >= link.expires_at:
        raise LinkExpired(link)
    return link


@prepared
def _active(user: int) -> QuerySet[Any]:
    return get_user_model().objects.filter(pk=user, is_active=True)


def url(path: str) -> str:
    """The full address of a path of this site, from SITE_URL alone. Raises ValueError for anything but a path."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"Not a path of this site: {path!r}")
    return f"{settings.SITE_URL}{path}"
