"""Reads for the pages and the health check."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from mail.models import STRIKES, Heartbeat, Hold, MailPreference, Message, SuppressedAddress
from mail.prepared import prepared

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


def held_since() -> datetime | None:
    """Since when nothing leaves because this may be an old copy (manage.py after_restore); None if mail leaves."""
    return Hold.objects.values_list("since", flat=True).first()


# Refusals of an address are everyday, and stand under the messages of their program.
_OF_THE_ADDRESS = ("RecipientRefused", "SuppressedAddress")


def poisoned(now: datetime) -> QuerySet[Message]:
    """Messages that could not be written or sent, and those given up, as long as they would still be of use."""
    stopped = Q(state=State.FAILED) & ~Q(last_error_class__in=_OF_THE_ADDRESS)
    return Message.objects.filter(stopped | Q(strikes=STRIKES), expires_at__gt=now).order_by("pk")


def heartbeats() -> dict[str, datetime]:
    """When each part of the machinery last showed life."""
    return dict(Heartbeat.objects.values_list("component", "at"))


# After these somebody should look. A tick that was never seen is no fault: the installation has just started, and mail
# that nobody sends shows by its age; mail that is held waits for a person.
SILENT = timedelta(minutes=5)
OVERDUE = timedelta(minutes=10)


def complaints(now: datetime) -> list[str]:
    """What is wrong with the machinery behind the pages, one sentence each; two queries, three if mail is late."""
    found = []
    planner = heartbeats().get("planner")
    if planner is not None and now - planner > SILENT:
        found.append(f"the minute tick has been silent for {_minutes(now - planner)}")
    waiting = oldest_due_age(now)
    if waiting is not None and waiting > OVERDUE and not held_since():
        found.append(f"a message has been due for {_minutes(waiting)}")
    return found


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"


@dataclass(frozen=True)
class Dwell:
    """How long messages lay between due and sent: their number, the middle and the slowest hundredth, in seconds."""

    sent: int
    median: float
    p99: float


# Enough for a steady figure, and few enough to sort at once.
DWELL_OF = 10_000


def dwell(now: datetime, *, over: timedelta = timedelta(hours=1)) -> Dwell | None:
    """The dwell of what was sent in the time before `now`, the newest 10,000 of it; None if nothing was."""
    rows = Message.objects.filter(state=State.SENT, sent_at__gt=now - over, sent_at__lte=now).order_by("-sent_at")
    lay = rows.annotate(lay=F("sent_at") - F("not_before")).values_list("lay", flat=True)
    seconds = sorted(each.total_seconds() for each in lay[:DWELL_OF])
    if not seconds:
        return None
    return Dwell(len(seconds), _at(seconds, 50), _at(seconds, 99))


def _at(ordered: list[float], percent: int) -> float:
    """The nearest-rank percentile."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


@dataclass(frozen=True)
class Standing:
    """What decides at the fence whether a person gets a message."""

    email: str
    is_active: bool
    is_suppressed: bool
    has_switched_off: bool
    paused_until: datetime | None


def standing(*, user_id: int, program_id: int | None, group: str, now: datetime) -> Standing:
    """How a person stands at this moment to a group of messages of one program; one query. The person is there."""
    return Standing(**_standing(user_id, program_id or 0, group, now, in_program=program_id is not None)[0])


@prepared
def _standing(
    user: int, program: int, group: str, now: datetime, *, in_program: bool
) -> QuerySet[AbstractBaseUser, dict[str, Any]]:
    groups = Q(kind_group=MailPreference.ALL) | Q(kind_group=group)
    off = _lasting(user, program if in_program else None, now).filter(groups)
    refused = SuppressedAddress.objects.filter(email=Lower(OuterRef("email")))
    people = get_user_model().objects.annotate(is_suppressed=Exists(refused), has_switched_off=Exists(off))
    rows: QuerySet[AbstractBaseUser, dict[str, Any]] = people.values(*(field.name for field in fields(Standing)))
    return rows.filter(pk=user)


def _lasting(user_id: int, program_id: int | None, now: datetime) -> QuerySet[MailPreference]:
    wishes = MailPreference.objects.filter(user_id=user_id, program_id=program_id)
    return wishes.filter(Q(until__isnull=True) | Q(until__gt=now))


def wishes_of(*, user_id: int, program_id: int | None, now: datetime) -> list[MailPreference]:
    """What a person has switched off in one program, at this moment."""
    return list(_lasting(user_id, program_id, now).order_by("kind_group"))
