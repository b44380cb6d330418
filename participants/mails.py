"""Messages about accounts."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Kind
from participants.models import User
from participants.services import SIGN_IN_MINUTES

PURPOSE = "sign-in"


def once(user: User) -> str:
    """What a sign-in link is bound to besides the person: it changes with each sign-in, so a link works once."""
    return str(int(user.last_login.timestamp())) if user.last_login else "0"


def sign_in_path(user: User, *, now: datetime) -> str:
    token = links.make(PURPOSE, user, user.pk, days=SIGN_IN_MINUTES / 1440, extra=once(user), now=now)
    return reverse("participants:sign_in_by_link", kwargs={"tok": token})


def sign_in(message: Message, now: datetime) -> dict[str, Any] | None:
    user: User = message.recipient
    if not user.is_active:
        return None
    return {
        "url": links.url(sign_in_path(user, now=now)),
        "minutes": SIGN_IN_MINUTES,
        "why": f"You get this because somebody asked to sign in to {settings.ORGANISATION_NAME} with your address.",
    }


KINDS = (
    Kind(
        slug="sign_in",
        template="participants/mail/sign_in",
        description="The link you sign in with",
        context=sign_in,
        transactional=True,
        quiet_hours="exempt",
    ),
)
