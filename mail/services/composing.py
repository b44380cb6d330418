"""Turning a row into the e-mail that leaves, from what is true at that moment."""

import re
from datetime import datetime
from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context as TemplateContext
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from mail import links, registry
from mail.models import Message
from mail.registry import Context, Kind

SUBJECT_LENGTH = 200
NAME_LENGTH = 100
# An unsubscribe link must outlive the message in most inboxes.
LINK_DAYS = 365
LINK_PURPOSE = "mail"
# A mail reader decodes "=?utf-8?…" wherever it finds it, so a name could pretend to be another.
_ENCODED_WORD = re.compile(r"(?<!=)=++\?+")
# Control characters, and those that turn the direction of writing round.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str, length: int) -> str:
    """Text safe to stand in a header: one line, no invisible or encoded parts, cut to `length` characters."""
    plain = _ENCODED_WORD.sub("", _INVISIBLE.sub(" ", text))
    return " ".join(plain.split())[:length].strip()


def compose(message: Message, *, now: datetime) -> EmailMultiAlternatives | None:
    """The e-mail for a row, or None if its kind says that nobody wants it any more.

    Whatever is wrong with the row, its kind or its templates is raised here, before anything has left.
    """
    kind = registry.get(message.kind)
    with timezone.override(ZoneInfo(message.recipient.timezone)):
        own = kind.context(message, now)
        if own is None:
            return None
        context = {**_frame(message, kind, now), **own}
        email = _envelope(message, kind, context)
        email.attach_alternative(get_template(f"{kind.template}.html").render(context), "text/html")
        for name, content, mimetype in kind.attachments(context):
            email.attach(name, content, mimetype)
    email.message()  # builds every header and part once, so that a bad one is found now
    return email


def _frame(message: Message, kind: Kind, now: datetime) -> Context:
    """What every template may use; a kind's own context may say otherwise."""
    frame: Context = {
        "message": message,
        "recipient": message.recipient,
        "organisation_name": settings.ORGANISATION_NAME,
        "from_name": settings.ORGANISATION_NAME,
        "site_url": settings.SITE_URL,
    }
    if not kind.transactional:
        token = links.make(LINK_PURPOSE, message.recipient, message.program_id or 0, days=LINK_DAYS, now=now)
        frame["preferences_url"] = links.url(reverse("mail:preferences", args=[token]))
        frame["pause_url"] = f"{frame['preferences_url']}?choice=pause"
        frame["unsubscribe_url"] = links.url(reverse("mail:unsubscribe", args=[token]))
    return frame


def _envelope(message: Message, kind: Kind, context: Context) -> EmailMultiAlternatives:
    sender = (one_line(str(context["from_name"]), NAME_LENGTH), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    return EmailMultiAlternatives(
        subject=one_line(_plain(f"{kind.template}.subject", context), SUBJECT_LENGTH),
        body=_plain(f"{kind.template}.txt", context).strip() + "\n",
        from_email=formataddr(sender),
        to=[message.recipient.email],
        reply_to=[context["reply_to"]] if context.get("reply_to") else None,
        headers=_headers(message, context),
    )


def _plain(template: str, context: Context) -> str:
    """Render a text template without HTML escaping, which has no place in plain text."""
    inner = get_template(template).template  # type: ignore[attr-defined]  # Django's own engine is the only one set
    text: str = inner.render(TemplateContext(context, autoescape=False))
    return text


def _headers(message: Message, context: Context) -> dict[str, str]:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if settings.EMAIL_IDEMPOTENCY_HEADER:
        headers[settings.EMAIL_IDEMPOTENCY_HEADER] = message.message_id
    if "unsubscribe_url" in context:
        headers["List-Unsubscribe"] = f"<{context['unsubscribe_url']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
