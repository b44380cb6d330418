"""A log that may be sent twice, as a phone without network does not know what has arrived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from mail.writing import insert_if_new
from matching.models import Match
from participants.models import User
from sessions.errors import OtherBody
from sessions.models import SentLog, Session
from sessions.services.guards import lock_match


@dataclass(frozen=True)
class Sent:
    """The key of a page, and all that was typed on it; of that only a keyed digest is kept."""

    key: UUID
    body: Mapping[str, object]


def sent_before(sent: Sent, *, session: Session | None, by: User, now: datetime) -> SentLog | None:
    """None if a log comes for the first time, and then its key is taken for this session; otherwise the row of the
    time before. Inside the transaction of the log: if that is taken back, the key is free again.

    Raises OtherBody if the key came with something else.
    """
    digest = _digest(sent.body)
    # One statement, as it is part of every log. Two at once: the second waits for what becomes of the first.
    if insert_if_new(SentLog(user=by, key=sent.key, digest=digest, session=session, sent_at=now)):
        return None
    before = SentLog.objects.select_related("session").get(user=by, key=sent.key)
    if before.digest != digest:
        raise OtherBody
    return before


@transaction.atomic
def log_once(*, sent: Sent, match: Match, deed: Callable[[], Session], by: User, now: datetime) -> Session | None:
    """Do a deed that makes a session of a match, unless this person has sent this key already: then nothing changes,
    and its session is given back, if there still is one.

    Raises as lock_match() and sent_before(), and whatever the deed raises, after which the key is free again.
    """
    # Before the key, as every log does: two that take turns at it would wait for each other.
    lock_match(match.pk, by)
    before = sent_before(sent, session=None, by=by, now=now)
    if before is not None:
        return before.session
    session = deed()
    SentLog.objects.filter(user=by, key=sent.key).update(session=session)
    return session


def _digest(body: Mapping[str, object]) -> str:
    text = "\n".join(f"{name}={value!r}" for name, value in sorted(body.items()))
    return salted_hmac("sessions.sending", text, algorithm="sha256").hexdigest()
