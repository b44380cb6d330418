"""The kinds of message there are. Apps above describe theirs here when they start (AppConfig.ready)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mail.models import Message

Context = dict[str, Any]
# File name, content, MIME type, for example "text/calendar; method=REQUEST".
Attachment = tuple[str, bytes, str]
Doubt = Literal["resend", "hold"]
QuietHours = Literal["earlier", "later", "exempt"]

# What people can switch off, one by one, on the page behind "Fewer e-mails".
GROUPS: dict[str, str] = {
    "day_before": "A reminder the day before a session",
    "hour_before": "A reminder an hour before a session",
    "sessions": "Sessions planned, moved or called off, and “Did you meet?” afterwards",
    "matches": "News about your match",
    "surveys": "Check-ins and surveys",
    "coordination": "Summaries for coordinators",
    "other": "Other messages about the program",
}


class UnknownKind(LookupError):
    """No kind of message has this slug."""


def _no_attachments(_context: Context) -> list[Attachment]:
    return []


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    template       path without ending; `.subject`, `.txt` and `.html` are rendered when the message leaves.
    context        builds what the templates need at that moment; None means nobody wants the message any more, and it
                   is cancelled. Keys with a meaning of their own: from_name, reply_to, program_name, why, leave_url.
    attachments    files made from that context.
    transactional  asked for by the reader (a sign-in link): cannot be switched off, is not capped.
    capped         counts towards, and waits for, the two messages a week a person gets from one program.
    group          what it is switched off with, a key of GROUPS.
    doubt          when nobody knows whether the server took it: send again (perhaps twice, never lost), or hold
                   (never twice, perhaps lost, but listed as "unknown"); or a function of now and the message.
    rests          not sent to somebody who has paused; what has happened and concerns them still is.
    quiet_hours    which way planners move it out of the night (mail.quiet.shift).
    """

    slug: str
    template: str
    description: str
    context: Callable[["Message", datetime], Context | None]
    transactional: bool = False
    capped: bool = True
    rests: bool = False
    group: str = "other"
    doubt: Doubt | Callable[[datetime, "Message"], Doubt] = "resend"
    quiet_hours: QuietHours = "earlier"
    attachments: Callable[[Context], list[Attachment]] = _no_attachments

    @property
    def is_capped(self) -> bool:
        return self.capped and not self.transactional

    def when_in_doubt(self, message: "Message", now: datetime) -> Doubt:
        return self.doubt(now, message) if callable(self.doubt) else self.doubt


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError for an unknown group or a slug that another kind has."""
    if kind.group not in GROUPS:
        raise ValueError(f"{kind.slug}: no group of messages is called “{kind.group}”")
    if _kinds.setdefault(kind.slug, kind) != kind:
        raise ValueError(f"There are two kinds of message called “{kind.slug}”")
    return kind


def get(slug: str) -> Kind:
    """The kind with that slug. Raises UnknownKind."""
    try:
        return _kinds[slug]
    except KeyError:
        raise UnknownKind(slug) from None


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.slug)


def capped_slugs() -> list[str]:
    return [kind.slug for kind in all_kinds() if kind.is_capped]


def groups_in_use() -> dict[str, str]:
    """The groups that have a kind which can be switched off, in the order they are shown."""
    used = {kind.group for kind in all_kinds() if not kind.transactional}
    return {slug: title for slug, title in GROUPS.items() if slug in used}
