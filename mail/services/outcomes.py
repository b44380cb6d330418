"""What became of a message, written to its row."""

import hashlib
import re
import smtplib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from mail.models import STRIKES, Hold, Message, SuppressedAddress
from mail.services.leases import mine, must_hold

State = Message.State
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 2 * 60, 10 * 60, 30 * 60, 2 * 60 * 60))
# The last try is made this long before the end, so that the minute tick still meets it.
LAST_CALL = timedelta(seconds=90)
# Too many connections at once: come back one by one, not all together.
CROWDED = frozenset({421, 432})
_ADDRESS = re.compile(r"(?<![^\s@])[^\s@]++@\S+")


def mark_sent(message: Message, *, now: datetime) -> bool:
    """The mail server has taken it. True unless another worker had claimed it meanwhile."""
    hit = mine(message).update(state=State.SENT, sent_at=now, lease_until=None, last_error_class="", last_error="")
    return hit == 1


def mark_failed(message: Message, error: Exception) -> None:
    """Nothing will make this message leave."""
    mine(message).filter(state=State.SENDING).update(
        state=State.FAILED, lease_until=None, handed_over_at=None, **described(error)
    )


def mark_unwanted(message: Message) -> None:
    """Its kind says that nobody needs it any more."""
    mine(message).filter(state=State.SENDING).update(
        state=State.CANCELLED, lease_until=None, last_error_class="NoLongerWanted"
    )


def put_off(message: Message, error: Exception, *, now: datetime, doubtful: bool = False) -> None:
    """Try again after a growing pause, as long as there is time; after that it has expired, with the reason kept.

    `doubtful` keeps the mark that the mail server may have taken it.
    """
    again = next_try(message, now, crowded=getattr(error, "smtp_code", 0) in CROWDED)
    changes: dict[str, object] = {"state": State.EXPIRED} if again is None else {"state": State.PENDING}
    if again is not None:
        changes |= {"not_before": again, "lease_token": None}
    elif doubtful:
        changes = {"state": State.UNKNOWN}
    if doubtful:
        changes["strikes"] = message.strikes
    else:
        changes["handed_over_at"] = None
    mine(message).filter(state=State.SENDING).update(lease_until=None, **changes, **described(error))


def leave_in_doubt(message: Message, error: Exception, *, now: datetime) -> bool:
    """The connection broke while the server had the message. True if it will be sent again, False if it is held.

    Held is what its kind wants held, and what has broken the line so often that it would arrive again and again.
    """
    message.strikes += 1
    if message.strikes < STRIKES and not must_hold(message, now):
        put_off(message, error, now=now, doubtful=True)
        return True
    mine(message).filter(state=State.SENDING).update(
        state=State.UNKNOWN, lease_until=None, strikes=message.strikes, **described(error)
    )
    return False


def next_try(message: Message, now: datetime, *, crowded: bool = False) -> datetime | None:
    """When to try again after `message.attempts` tries, or None if that is too late.

    The pause is spread by a fraction made from id and attempt: up to a quarter longer, up to five times if crowded.
    """
    pause = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    digest = hashlib.sha256(f"{message.pk}|{message.attempts}".encode()).digest()
    fraction = int.from_bytes(digest[:4], "big") / 2**32
    again = now + pause * (1 + fraction * (4 if crowded else 0.25))
    latest = message.expires_at - LAST_CALL
    if again <= latest:
        return again
    return latest if latest - now >= BACK_OFF[0] else None


def described(error: Exception) -> dict[str, str]:
    """The class and a short text of an error, without addresses."""
    code = getattr(error, "smtp_code", None)
    text = getattr(error, "smtp_error", str(error))
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return {
        "last_error_class": type(error).__name__[:80],
        "last_error": _ADDRESS.sub("[address]", f"{code} {plain}" if code else plain)[:200],
    }


def suppress(email: str, error: smtplib.SMTPResponseException, *, now: datetime) -> None:
    """Remember that the mail server refuses this address for good."""
    SuppressedAddress.objects.update_or_create(
        email=email.lower(), defaults={"reason": described(error)["last_error"], "at": now}
    )


def lift_suppression(*, email: str) -> bool:
    """Send to an address again. True if it had been suppressed."""
    return SuppressedAddress.objects.filter(email=email.lower()).delete()[0] > 0


def expire_due(now: datetime) -> int:
    """Close what is too late, so that it never leaves late; returns how many messages.

    What may have arrived earlier becomes unknown rather than expired.
    """
    lapsed = Q(state=State.SENDING, lease_until__lt=now)
    late = Message.objects.filter(Q(state__in=[State.PENDING, State.HELD]) | lapsed, expires_at__lte=now)
    with transaction.atomic():
        doubtful = late.filter(handed_over_at__isnull=False).update(state=State.UNKNOWN, lease_until=None)
        return doubtful + late.update(state=State.EXPIRED, lease_until=None)


def hold_overdue(*, now: datetime) -> int:
    """After a backup was restored: nothing leaves from now on, and what was due by now waits for a decision.

    It may have been sent after the backup was made. Returns how many messages that are.
    """
    overdue = Message.objects.filter(state__in=[State.PENDING, State.SENDING], not_before__lt=now)
    with transaction.atomic():
        Hold.objects.get_or_create(pk=Hold.ONLY, defaults={"since": now})
        return overdue.update(state=State.HELD, lease_until=None, lease_token=None)


def release_held(*, now: datetime) -> int:
    """Let mail leave again, the held messages too, those that are not too late; returns how many."""
    with transaction.atomic():
        Hold.objects.all().delete()
        return Message.objects.filter(state=State.HELD, expires_at__gt=now).update(state=State.PENDING)


def discard_held(*, now: datetime) -> int:
    """Let mail leave again, but nothing that was due before it was held; returns how many messages are cancelled.

    Also what has been planned since then for a time before: a planner that finds no row in an old copy makes it anew.
    """
    with transaction.atomic():
        since = Hold.objects.select_for_update().values_list("since", flat=True).first() or now
        due = Q(state=State.HELD) | Q(state=State.PENDING, not_before__lt=since)
        count = Message.objects.filter(due).update(state=State.CANCELLED, last_error_class="Restored")
        Hold.objects.all().delete()
        return count
