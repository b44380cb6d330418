"""Who may send a message now: the claim, the fence before the mail server, and giving back."""

import uuid
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from mail import queries, registry
from mail.models import STRIKES, Message
from mail.prepared import prepared
from mail.registry import UnknownKind
from mail.services.guards import guards

State = Message.State
LEASE = timedelta(seconds=120)
# What must be left of a lease at the fence; sending is cut off well before that (delivery.SEND_SECONDS).
MARGIN = timedelta(seconds=60)
# Time to write one message before the fence.
WRITING = MARGIN / 4
WEEKLY_CAP = 2
WEEK = timedelta(days=7)


def claim(limit: int, now: datetime) -> list[Message]:
    """Take up to `limit` due messages for LEASE and return them with their recipients; none while all mail is held.

    Due is what waits and may leave, and what another worker took and did not finish in its time. Of those, a message
    that had passed the fence may have arrived: its kind decides whether it goes again or becomes "unknown". A message
    whose worker died is from then on taken alone, so that one that kills workers takes no other down with it, and is
    given up at its STRIKES. Two callers never get the same row: PostgreSQL skips locked rows, SQLite runs one writer
    at a time.
    """
    while not queries.held_since():
        with transaction.atomic():
            rows = _apart([_struck(row) for row in _due(now)[:limit]])
            over = [row for row in rows if row.strikes >= STRIKES]
            sure = [row for row in rows if row not in over and not (row.handed_over_at and must_hold(row, now))]
            _give_up(over)
            _set_aside([row for row in rows if row not in sure and row not in over])
            _lease(sure, now)
        if sure or not rows:
            return sure
    return []


def _struck(row: Message) -> Message:
    """Whoever had it ended without a word."""
    if row.state == State.SENDING:
        row.strikes += 1
    return row


def _apart(rows: list[Message]) -> list[Message]:
    """The first row alone if it is under suspicion, else those up to the first that is."""
    suspect = next((place for place, row in enumerate(rows) if row.strikes), len(rows))
    return rows[: max(1, suspect)]


def _give_up(rows: list[Message]) -> None:
    for row in rows:
        state = State.UNKNOWN if row.handed_over_at else State.FAILED
        changes = {"state": state, "strikes": row.strikes, "last_error_class": "GaveUp"}
        Message.objects.filter(pk=row.pk).update(lease_until=None, **changes)


def _due(now: datetime) -> QuerySet[Message]:
    waiting = Q(state=State.PENDING, not_before__lte=now)
    lapsed = Q(state=State.SENDING, lease_until__lt=now)
    # The first filter follows from the second; it lets the partial index be used.
    due = Message.objects.filter(state__in=[State.PENDING, State.SENDING]).filter(waiting | lapsed, expires_at__gt=now)
    rows = due.select_related("recipient").order_by("not_before", "pk")
    return rows.select_for_update(skip_locked=True, of=("self",)) if guards.row_locks else rows


def must_hold(message: Message, now: datetime) -> bool:
    """Whether a message that may have arrived must not be sent again. Never, if the next server drops repeats."""
    if settings.EMAIL_IDEMPOTENCY_HEADER:
        return False
    try:
        return registry.get(message.kind).when_in_doubt(message, now) == "hold"
    except UnknownKind:
        return True


def _set_aside(rows: list[Message]) -> None:
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.UNKNOWN, lease_until=None)


def _lease(rows: list[Message], now: datetime) -> None:
    token, until = uuid.uuid4(), now + LEASE
    strikes = rows[0].strikes if rows else 0  # of one that is alone; the others have none
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.SENDING, lease_token=token, lease_until=until, attempts=F("attempts") + 1, strikes=strikes
    )
    for row in rows:
        row.state, row.lease_token, row.lease_until, row.attempts = State.SENDING, token, until, row.attempts + 1


def is_short(message: Message, now: datetime) -> bool:
    """Whether so little is left of a lease that the message would not pass the fence once it is written."""
    return message.lease_until is None or message.lease_until - now < MARGIN + WRITING


def mine(message: Message) -> QuerySet[Message]:
    """The row, as long as nobody has claimed it since."""
    return Message.objects.filter(pk=message.pk, lease_token=message.lease_token)


def release(messages: Iterable[Message]) -> int:
    """Give claimed messages back untried, as if they had not been claimed."""
    return sum(
        mine(message)
        .filter(state=State.SENDING)
        .update(state=State.PENDING, lease_until=None, lease_token=None, attempts=F("attempts") - 1)
        for message in messages
    )


def hand_over(message: Message, *, now: datetime) -> bool:
    """The fence: True if this worker, and no other, may give the message to the mail server now.

    In one transaction: the claim is still ours and long enough, the message is not cancelled or expired, the person
    is active, has the same address, has not switched it off, and is below the weekly cap. What speaks against it is
    written to the row. Cancelling commits either before this (nothing leaves) or after it (it is on its way).
    """
    if not guards.fence:
        return True
    with transaction.atomic():
        _one_at_a_time(message)
        still = mine(message).filter(state=State.SENDING, lease_until__gt=now + MARGIN, expires_at__gt=now)
        if still.update(handed_over_at=now) != 1:
            return False
        verdict = _objection(message, now)
        if verdict is not None:
            # Not handed over after all; an earlier doubt about it remains.
            mine(message).update(handed_over_at=message.handed_over_at, lease_until=None, **verdict)
        return verdict is None


def _one_at_a_time(message: Message) -> None:
    """Two workers counting one person's messages of a program must not both find room for one more."""
    if connection.vendor != "postgresql" or not _is_capped(message):
        return
    key = zlib.crc32(f"mail-cap|{message.recipient_id}|{message.program_id}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _is_capped(message: Message) -> bool:
    return message.program_id is not None and registry.get(message.kind).is_capped


def _objection(message: Message, now: datetime) -> dict[str, object] | None:
    """What to write to a row that must not leave now; None if it may."""
    kind = registry.get(message.kind)
    person = queries.standing(user_id=message.recipient_id, program_id=message.program_id, group=kind.group, now=now)
    if not person.is_active:
        return {"state": State.CANCELLED, "last_error_class": "Inactive"}
    if person.email != message.recipient.email:
        # Composed for an address that was just changed: the next claim composes it anew.
        return {"state": State.PENDING, "lease_token": None, "attempts": F("attempts") - 1}
    if kind.transactional:
        return None
    if person.is_suppressed:
        return {"state": State.FAILED, "last_error_class": "SuppressedAddress"}
    if person.has_switched_off:
        return {"state": State.CANCELLED, "last_error_class": "Unsubscribed"}
    if kind.rests and person.paused_until is not None and person.paused_until > now:
        return {"state": State.CANCELLED, "last_error_class": "Paused"}
    return _over_the_cap(message, now) if _is_capped(message) else None


def _over_the_cap(message: Message, now: datetime) -> dict[str, object] | None:
    """At most WEEKLY_CAP capped messages in any seven days to one person from one program.

    The next one waits until the week since the last but one is over; if that is too late for it, it expires, and
    says why. Messages that may have arrived count.
    """
    kinds, since = registry.capped_slugs(), now - WEEK
    counted = _handed_over(message.recipient_id, message.program_id or 0, kinds, since, message.pk)
    times = [at for at in counted if at is not None]
    if len(times) < WEEKLY_CAP:
        return None
    room_at = times[-1] + WEEK
    if room_at >= message.expires_at:
        return {"state": State.EXPIRED, "last_error_class": "WeeklyCap"}
    return {
        "state": State.PENDING,
        "not_before": room_at,
        "lease_token": None,
        "attempts": F("attempts") - 1,
        "last_error_class": "WeeklyCap",
    }


@prepared
def _handed_over(
    recipient: int, program: int, kinds: list[str], since: datetime, besides: int
) -> QuerySet[Message, datetime | None]:
    """When the last that count left, the latest first."""
    theirs = Message.objects.filter(recipient=recipient, program_id=program, kind__in=kinds, handed_over_at__gt=since)
    others = theirs.exclude(pk=besides).exclude(state=State.FAILED).order_by("-handed_over_at")
    return others.values_list("handed_over_at", flat=True)[:WEEKLY_CAP]
