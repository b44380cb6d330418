"""Putting messages into the outbox and taking them out again before they leave."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet

from mail import registry
from mail.models import Message
from mail.writing import Change, changed, insert_missing

State = Message.State
# States from which a message can still leave, or leave once more.
QUEUED = (State.PENDING, State.SENDING, State.HELD)


@dataclass(frozen=True)
class Draft:
    """One message to be queued; the fields are those of enqueue()."""

    kind: str
    subject_type: str
    subject_id: int
    recipient_id: int
    not_before: datetime
    expires_at: datetime
    sequence: int = 0
    program_id: int | None = None

    @property
    def message_id(self) -> str:
        """The same for every copy of one message, so that mail servers and mailboxes can drop repeats."""
        key = (self.kind, self.subject_type, self.subject_id, self.sequence, self.recipient_id, Message.Channel.EMAIL)
        digest = hashlib.sha256("|".join(map(str, key)).encode()).hexdigest()[:32]
        return f"<{digest}@{settings.SITE_HOST.split(':')[0]}>"

    def row(self, now: datetime) -> Message:
        return Message(
            kind=self.kind,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            recipient_id=self.recipient_id,
            sequence=self.sequence,
            program_id=self.program_id,
            not_before=self.not_before,
            expires_at=self.expires_at,
            message_id=self.message_id,
            created_at=now,
        )


def enqueue(
    *,
    kind: str,
    subject_type: str,
    subject_id: int,
    recipient: AbstractBaseUser | int,
    not_before: datetime,
    expires_at: datetime,
    sequence: int = 0,
    program_id: int | None = None,
    now: datetime,
) -> Message | None:
    """Queue one message to `recipient` (a user or a user's id) and return its row.

    The key is (kind, subject_type, subject_id, sequence, recipient): asking again changes nothing and returns the row
    that is there, even if it was sent or cancelled; a changed thing earns a new message by a higher `sequence`.
    None if there is no moment to send it: it would expire before it is due, or has expired by `now`.
    Raises registry.UnknownKind.
    """
    draft = Draft(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        recipient_id=recipient if isinstance(recipient, int) else recipient.pk,
        not_before=not_before,
        expires_at=expires_at,
        sequence=sequence,
        program_id=program_id,
    )
    put([draft], now=now)
    return _of(draft).first()


def put(drafts: Iterable[Draft], *, now: datetime) -> None:
    """Queue many messages with the rules of enqueue(), in one statement. Safe to run twice at once."""
    timely = _timely(drafts, now)
    insert_missing([draft.row(now) for draft in timely])


def enqueue_many(drafts: Iterable[Draft], *, now: datetime) -> int:
    """The same; returns how many rows are new, which takes two more statements."""
    timely = _timely(drafts, now)
    ids = [draft.message_id for draft in timely]
    with transaction.atomic():
        before = _count(ids)
        put(timely, now=now)
        return _count(ids) - before


def _timely(drafts: Iterable[Draft], now: datetime) -> list[Draft]:
    """Those that there is a moment to send at. Raises registry.UnknownKind."""
    timely = [draft for draft in drafts if draft.expires_at > max(now, draft.not_before)]
    for kind in {draft.kind for draft in timely}:
        registry.get(kind)
    return timely


def _count(message_ids: list[str]) -> int:
    batches = (message_ids[start : start + 500] for start in range(0, len(message_ids), 500))
    return sum(Message.objects.filter(message_id__in=batch).count() for batch in batches)


def _of(draft: Draft) -> QuerySet[Message]:
    return Message.objects.filter(
        kind=draft.kind,
        subject_type=draft.subject_type,
        subject_id=draft.subject_id,
        sequence=draft.sequence,
        recipient_id=draft.recipient_id,
        channel=Message.Channel.EMAIL,
    )


def cancel(
    *,
    subject_type: str,
    subject_id: int,
    kinds: Iterable[str] | None = None,
    below_sequence: int | None = None,
    recipient_id: int | None = None,
    now: datetime,
) -> int:
    """Cancel what is queued about one thing; returns how many messages.

    Narrowed to some kinds, to sequences below one (the thing was changed), or to one person. A message that is past
    the fence at this moment may still arrive; it is then marked sent, and is not tried again if it did not.
    """
    if kinds is None and below_sequence is None and recipient_id is None:
        return _cancel_all(subject_type, subject_id, now)
    about = Q(subject_type=subject_type, subject_id=subject_id)
    if kinds is not None:
        about &= Q(kind__in=list(kinds))
    if below_sequence is not None:
        about &= Q(sequence__lt=below_sequence)
    if recipient_id is not None:
        about &= Q(recipient_id=recipient_id)
    return _cancel(about, reason="", now=now)


def cancel_person(*, recipient_id: int, program_id: int | None = None, now: datetime) -> int:
    """Cancel all that is queued for a person who leaves: one program, or everything. Sign-in links included."""
    theirs = Q(recipient_id=recipient_id)
    if program_id is not None:
        theirs &= Q(program_id=program_id)
    return _cancel(theirs, reason="Left", now=now)


def cancel_unwanted(
    *, recipient_id: int, program_id: int | None, groups: Iterable[str] | None, until: datetime | None, now: datetime
) -> int:
    """Cancel what a person has just switched off: these groups, or (None) all that can be; due before `until`."""
    kinds = [kind for kind in registry.all_kinds() if not kind.transactional]
    off = [kind.slug for kind in kinds if groups is None or kind.group in groups]
    theirs = Q(recipient_id=recipient_id, program_id=program_id, kind__in=off)
    if until is not None:
        theirs &= Q(not_before__lt=until)
    return _cancel(theirs, reason="Unsubscribed", now=now)


@changed
def _cancel_all(subject_type: str, subject_id: int, now: datetime) -> Change:
    about = Message.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return _in_time(about, now), {"state": State.CANCELLED, "last_error_class": ""}


def _cancel(which: Q, *, reason: str, now: datetime) -> int:
    return _in_time(Message.objects.filter(which), now).update(state=State.CANCELLED, last_error_class=reason)


def _in_time(about: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    # What is too late already was not stopped by this; it is left to expire.
    return about.filter(state__in=QUEUED, expires_at__gt=now)
