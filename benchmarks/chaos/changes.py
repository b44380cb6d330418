"""What is put in, what is changed while it leaves, and what the tables say afterwards."""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up for this run
import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.chaos.crew import CHILDREN
from benchmarks.chaos.server import MailServer

ASLEEP = timedelta(hours=6)
POISON = ("broken", "deadly")


@dataclass
class Put:
    """What was put in: the plan, which may be made again, and what nobody may get any more."""

    plan: Callable[[], int]
    late: set[str]


def make_tables(*, unique: bool) -> None:
    from django.core.management import call_command
    from django.db import connection

    from mail.models import Message

    call_command("migrate", run_syncdb=True, verbosity=0)
    if not unique:
        key = next(each for each in Message._meta.constraints if each.name == "one_message_of_a_kind_each")
        # SQLite makes the table anew, with the constraints that are left.
        Message._meta.constraints = [each for each in Message._meta.constraints if each is not key]
        with connection.schema_editor() as editor:
            editor.remove_constraint(Message, key)


def put_in(options: argparse.Namespace, chance: random.Random) -> Put:
    """That many people with one due message each, poison among them, and what fell due while nobody worked."""
    from mail.clock import database_now
    from mail.services import Draft, enqueue_many
    from participants.models import User

    count = options.messages + options.asleep
    people = [User(email=f"person{number}@example.org", first_name=f"P{number}") for number in range(count)]
    User.objects.bulk_create(people, batch_size=500)
    now = database_now()
    ids = list(User.objects.order_by("pk").values_list("pk", flat=True))
    tomorrow = now + timedelta(days=1)
    drafts = [Draft("hello", "thing", pk, pk, now, tomorrow) for pk in ids[: options.messages]]
    poison = [Draft(POISON[n % 5 == 4], "poison", n, ids[n], now, tomorrow) for n in range(options.poison)]
    for draft in poison:
        drafts.insert(chance.randrange(len(drafts)), draft)
    enqueue_many(drafts, now=now)
    late = put_in_long_ago(ids[options.messages :], now, chance)
    return Put(lambda: enqueue_many(drafts[:: max(1, len(drafts) // 200)], now=now), late)


def put_in_long_ago(ids: list[int], now: datetime, chance: random.Random) -> set[str]:
    """Due in the six hours in which no beat and no worker lived; for every other one it is too late by now."""
    from mail.services import Draft, enqueue_many

    drafts, late = [], set()
    for number, pk in enumerate(ids):
        due = now - ASLEEP * chance.uniform(0.2, 1)
        over = now - timedelta(minutes=5) if number % 2 else now + timedelta(days=1)
        drafts.append(Draft("hello", "asleep", pk, pk, due, over))
        late |= {drafts[-1].message_id} if number % 2 else set()
    enqueue_many(drafts, now=now - ASLEEP)
    return late


@dataclass
class Racer:
    """Moves and cancels things while their messages leave, most of them while a worker has the message in hand."""

    wanted: int
    chance: random.Random
    done: int = 0
    # Message-ID of what was withdrawn, with the moment it was certain, by this machine's and the database's clock.
    withdrawn: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def keep_up(self, share: float) -> None:
        """Make as many changes as belong to this share of the run; a few at a time."""
        due = min(self.wanted, int(self.wanted * share)) - self.done
        for thing in self._things(min(due, 5)) if due > 0 else []:
            self._change(thing)
            self.done += 1

    def _things(self, number: int) -> list[int]:
        from mail.models import Message

        waiting = Message.objects.filter(subject_type="thing", sequence=0, handed_over_at=None)
        held = list(waiting.filter(state="sending").values_list("subject_id", flat=True))
        next_ones = waiting.filter(state="pending").order_by("not_before", "pk").values_list("subject_id", flat=True)
        pool = held if len(held) >= number else [*held, *next_ones[:50]]
        return self.chance.sample(pool, min(number, len(pool)))

    def _change(self, thing: int) -> None:
        """Half are moved (the old message goes, a new one comes, in one transaction), half are called off."""
        from django.db import transaction

        from mail.clock import database_now
        from mail.models import Message
        from mail.services import cancel, enqueue

        now = database_now()
        with transaction.atomic():
            cancel(subject_type="thing", subject_id=thing, below_sequence=1, now=now)
            if self.done % 2:
                ends = now + timedelta(days=1)
                about: dict[str, Any] = {"kind": "hello", "subject_type": "thing", "subject_id": thing, "sequence": 1}
                enqueue(**about, recipient=thing, not_before=now, expires_at=ends, now=now)
        moment = (time.monotonic(), database_now())
        old = Message.objects.filter(subject_type="thing", subject_id=thing, sequence=0, state="cancelled")
        self.withdrawn |= dict.fromkeys(old.values_list("message_id", flat=True), moment)


def stale(racer: Racer, server: MailServer) -> int:
    """Withdrawn before the fence, and arrived after that all the same."""
    from mail.models import Message

    # One behind the fence at that moment is on its way: that is as late as a message can be stopped.
    passed = dict(Message.objects.filter(subject_type="thing").values_list("message_id", "handed_over_at"))
    count = 0
    for name, at in server.arrivals:
        if name in racer.withdrawn and at > racer.withdrawn[name][0]:
            handed_over_at = passed[name]
            count += handed_over_at is None or handed_over_at > racer.withdrawn[name][1]
    return count


def figures(options: argparse.Namespace, server: MailServer, racer: Racer, put: Put) -> dict[str, Any]:
    from mail.models import Message

    arrived = Counter(name for name, _ in server.arrivals)
    good = Message.objects.filter(kind="hello")
    due = set(good.exclude(state="cancelled").values_list("message_id", flat=True)) - put.late
    listed = set(good.filter(state="unknown").values_list("message_id", flat=True))
    extra = {name: copies - 1 for name, copies in arrived.items() if copies > 1}
    told = sum(min(copies, server.unanswered[name]) for name, copies in extra.items())
    return {
        "messages": options.messages,
        "arrived": len(arrived),
        "lost": len(due - set(arrived) - listed),
        "listed": len(listed - set(arrived)),
        "duplicates": sum(extra.values()) - told,
        "bound": 0 if options.keyed or options.doubt == "hold" else (options.kills + options.freezes) * CHILDREN,
        "after lost answers": told,
        "most copies": max(arrived.values(), default=0),
        "suppressed": server.repeats,
        "changed": racer.done,
        "withdrawn": len(racer.withdrawn),
        "stale": stale(racer, server),
        "late": len(put.late & set(arrived)),
        "expired": good.filter(message_id__in=put.late, state="expired").count(),
        "poison": options.poison,
        "poison listed": poison_listed(),
        "poison sent": Message.objects.filter(kind__in=POISON, message_id__in=list(arrived)).count(),
        "taken twice": good.filter(attempts__gt=1).count(),
        "states": dict(Counter(good.values_list("state", flat=True))),
        **({} if options.asleep else lay()),
    }


def poison_listed() -> int:
    from mail import queries
    from mail.clock import database_now

    return queries.poisoned(database_now()).filter(kind__in=POISON).count()


def lay() -> dict[str, float]:
    from mail import queries
    from mail.clock import database_now

    dwell = queries.dwell(database_now(), over=timedelta(days=1))
    return {"dwell median": round(dwell.median, 1), "dwell p99": round(dwell.p99, 1)} if dwell else {}
