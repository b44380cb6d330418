"""The weekly two, seen ahead: planners that can wait do not queue what could not leave anyway."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from mail import registry
from mail.models import Message
from mail.services.leases import WEEK, WEEKLY_CAP
from mail.services.queueing import Draft

State = Message.State


def with_room(drafts: Sequence[Draft], *, now: datetime) -> list[Draft]:
    """Those of the drafts, in their order, for which their reader has room among the two messages a week.

    What left in the last seven days counts, what is queued to leave in the next seven, and what stands earlier in the
    list. Kinds that are not capped, and messages of no program, always have room. The fence of mail.services.leases
    counts again when a message leaves; one query. A draft must not be in the outbox already: it would count twice.
    """
    taken = _taken([draft for draft in drafts if _is_capped(draft)], now)
    kept = []
    for draft in drafts:
        key = (draft.recipient_id, draft.program_id)
        if _is_capped(draft):
            if taken[key] >= WEEKLY_CAP:
                continue
            taken[key] += 1
        kept.append(draft)
    return kept


def _is_capped(draft: Draft) -> bool:
    return draft.program_id is not None and registry.get(draft.kind).is_capped


def _taken(drafts: Sequence[Draft], now: datetime) -> Counter[tuple[int, int | None]]:
    if not drafts:
        return Counter()
    left = Q(handed_over_at__gt=now - WEEK) & ~Q(state=State.FAILED)
    leaves = Q(state__in=[State.PENDING, State.SENDING], not_before__lt=now + WEEK, expires_at__gt=now)
    rows = Message.objects.filter(
        left | leaves,
        kind__in=registry.capped_slugs(),
        recipient_id__in={draft.recipient_id for draft in drafts},
        program_id__in={draft.program_id for draft in drafts},
    )
    return Counter(rows.order_by().values_list("recipient_id", "program_id"))
