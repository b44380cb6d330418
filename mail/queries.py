"""Reads for the pages and the health check."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from mail.models import Heartbeat, MailPreference, Message, SuppressedAddress

State = Message.State


def messages_of_program(program_id: int) -> QuerySet[Message]:
    """Every message of one program with its recipient, the latest due first."""
    return Message.objects.filter(program_id=program_id).select_related("recipient").order_by("-not_before", "-pk")


def counts_by_state(program_id: int | None = None) -> dict[str, int]:
    """How many messages are in each state (all states, zeros included), of one program or of all."""
    rows = Message.objects.filter(program_id=program_id) if program_id is not None else Message.objects.all()
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {str(state): found.get(state, 0) for state in State.values}


def oldest_due_age(now: datetime) -> timedelta | None:
    """How long the longest-waiting message has been due; None if none is. Held ones wait for a person, not for us."""
    due = Q(state=State.PENDING, not_before__lte=now) | Q(state=State.SENDING, lease_until__lt=now)
    first = Message.objects.filter(due, expires_at__gt=now).aggregate(at=Min("not_before"))["at"]
    return None if first is None else now - first


def heartbeats() -> dict[str, datetime]:
    """When each part of the machinery last showed life."""
    return dict(Heartbeat.objects.values_list("component", "at"))


@dataclass(frozen=True)
class Standing:
    """What decides at the fence whether a person gets a message."""

    email: str
    is_active: bool
    is_suppressed: bool
    has_switched_off: bool


def standing(*, user_id: int, program_id: int | None, group: str, now: datetime) -> Standing:
    """How a person stands at this moment to a group of messages of one program; one query."""
    off = _lasting(user_id, program_id, now).filter(kind_group__in=[MailPreference.ALL, group])
    refused = SuppressedAddress.objects.filter(email=Lower(OuterRef("email")))
    person = get_user_model().objects.annotate(is_suppressed=Exists(refused), has_switched_off=Exists(off))
    names = [field.name for field in fields(Standing)]
    return Standing(**person.values(*names).get(pk=user_id))


def _lasting(user_id: int, program_id: int | None, now: datetime) -> QuerySet[MailPreference]:
    wishes = MailPreference.objects.filter(user_id=user_id, program_id=program_id)
    return wishes.filter(Q(until__isnull=True) | Q(until__gt=now))


def wishes_of(*, user_id: int, program_id: int | None, now: datetime) -> list[MailPreference]:
    """What a person has switched off in one program, at this moment."""
    return list(_lasting(user_id, program_id, now).order_by("kind_group"))
