"""Messages about accounts."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Kind
from participants.models import DataExport, User
from participants.services import SIGN_IN_MINUTES, sign_in_mark
from participants.services.exporting import READY

PURPOSE = "sign-in"
# The page stands on a higher floor.
OWN_DATA_PATH = "/me/data/"


def sign_in_path(user: User, *, now: datetime) -> str:
    token = links.make(PURPOSE, user, user.pk, days=SIGN_IN_MINUTES / 1440, extra=sign_in_mark(user), now=now)
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


def own_data_ready(message: Message, now: datetime) -> dict[str, Any] | None:
    """Says that the file is there; it is fetched by signing in, never from a mail."""
    item = DataExport.objects.filter(pk=message.subject_id, user=message.recipient_id).first()
    if item is None or item.state != DataExport.State.READY or item.expires_at is None or item.expires_at <= now:
        return None
    return {
        "url": links.url(OWN_DATA_PATH),
        "until": item.expires_at,
        "why": "You get this because you asked for a file of your own data.",
    }


KINDS = (
    Kind(
        slug=READY,
        template="participants/mail/own_data_ready",
        description="The file of your own data is ready",
        context=own_data_ready,
        transactional=True,
        quiet_hours="exempt",
    ),
    Kind(
        slug="sign_in",
        template="participants/mail/sign_in",
        description="The link you sign in with",
        context=sign_in,
        transactional=True,
        quiet_hours="exempt",
    ),
)
