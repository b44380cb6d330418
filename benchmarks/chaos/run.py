"""Reminders under fire: workers killed and frozen, Redis killed and flushed, two beats, a plan made again and again.

    python benchmarks/chaos/run.py [--database sqlite|postgres] [--messages 10000] [--kills 25] [--freezes 2]
                                   [--redis-kills 3] [--flushes 4] [--beat-kills 3] [--cancels 100] [--seed 1]
                                   [--keyed] [--without fence,row_locks,unique]

The project's own workers and beats send that many due messages to a mail server on this machine. What it took is
compared with the table afterwards:

lost        due, not cancelled, and never arrived
duplicates  arrived more than once; a bound is one a process that was killed or frozen
stale       arrived although cancelled before it had passed the fence

--keyed is a mail server that drops repeats by the idempotency header. --without takes guards away, one of which a
figure must then notice. The status is 1 if something was lost or stale, or repeated more often than the bound.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up for this run
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.chaos.member import ROOT, prepare
from mentorship.processes import free_port
from tests.mail.sink import Sink, running_sink

MEMBER = Path(__file__).with_name("member.py")
GROUPS, CHILDREN = 2, 2
# Longer than a lease: who wakes up finds the message taken by somebody else.
FROZEN = 5.0
HEADER = "Idempotency-Key"


class Redis:
    """A server without a memory that can be killed and comes back empty at the same place."""

    def __init__(self) -> None:
        from mentorship.broker import find_server

        self._server, self.port = find_server(), free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._start()

    def _start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([str(self._server), *options], stdout=subprocess.DEVNULL)  # noqa: S603

    def kill(self) -> None:
        self.stop()
        self._start()

    def flush(self) -> None:
        import redis

        try:
            redis.Redis(port=self.port).flushall()
        except redis.ConnectionError:  # just killed: it is as empty as can be
            return

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class Crew:
    """The worker groups and the beats; whatever is killed is replaced at once."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self._env, self._folder, self._count = env, folder, 0
        self.workers = [self._start("worker") for _ in range(GROUPS)]
        self.beats = [self._start("beat") for _ in range(2)]

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        self._count += 1
        env = {**self._env, "BEAT_FILE": str(self._folder / f"beat-{self._count}")}
        with (self._folder / f"{role}-{self._count}.log").open("wb") as log:
            command = [sys.executable, str(MEMBER), role]
            return subprocess.Popen(command, env=env, start_new_session=True, stdout=log, stderr=log)  # noqa: S603

    def kill(self, role: str, chance: random.Random) -> None:
        members = self.workers if role == "worker" else self.beats
        place = chance.randrange(len(members))
        end(members[place])
        members[place] = self._start(role)

    def freeze(self, chance: random.Random) -> None:
        group = chance.choice(self.workers).pid
        os.killpg(group, signal.SIGSTOP)
        threading.Timer(FROZEN, thaw, [group]).start()

    def stop(self) -> None:
        for member in [*self.workers, *self.beats]:
            end(member)


def thaw(group: int) -> None:
    with suppress(ProcessLookupError):  # killed meanwhile
        os.killpg(group, signal.SIGCONT)


def end(process: subprocess.Popen[bytes]) -> None:
    """The whole group at once, as when the power fails."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def place(options: argparse.Namespace) -> Iterator[tuple[dict[str, str], Redis, Sink, Path]]:
    """Database, Redis, mail server and folder of one run, and what to tell its processes of them."""
    from tests.services import postgres

    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mentorship-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        on_postgres = options.database == "postgres"
        database = stack.enter_context(postgres()) if on_postgres else f"sqlite:///{folder / 'db.sqlite3'}"
        redis = Redis()
        stack.callback(redis.stop)
        sink, port = stack.enter_context(running_sink())
        sink.seconds, sink.drops_repeats_by = 0.004, HEADER if options.keyed else ""
        env = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "EMAIL_IDEMPOTENCY_HEADER": HEADER if options.keyed else "",
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
            "SITE_URL": "http://testserver",
            "STATICFILES": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "PYTHONPATH": str(ROOT),
            "GUARDS_OFF": ",".join(name for name in options.without if name != "unique"),
        }
        yield env, redis, sink, folder


def put_in(messages: int, *, unique: bool) -> Callable[[], int]:
    """That many people with one due message each; gives the planner, which may be asked again."""
    from django.core.management import call_command
    from django.db import connection

    from mail.clock import database_now
    from mail.models import Message
    from mail.services import Draft, enqueue_many
    from participants.models import User

    call_command("migrate", verbosity=0)
    if not unique:
        key = next(each for each in Message._meta.constraints if each.name == "one_message_of_a_kind_each")
        # SQLite makes the table anew, with the constraints that are left.
        Message._meta.constraints = [each for each in Message._meta.constraints if each is not key]
        with connection.schema_editor() as editor:
            editor.remove_constraint(Message, key)
    people = [User(email=f"person{number}@example.org", first_name=f"P{number}") for number in range(messages)]
    User.objects.bulk_create(people, batch_size=500)
    now = database_now()
    ids = User.objects.order_by("pk").values_list("pk", flat=True)
    drafts = [Draft("hello", "thing", pk, pk, now, now + timedelta(days=1)) for pk in ids]
    enqueue_many(drafts, now=now)
    return lambda: enqueue_many(drafts[:: max(1, messages // 200)], now=now)


def cancel_some(count: int, chance: random.Random) -> set[str]:
    """Cancel what is in workers' hands at this moment; the messages that had not passed the fence by then."""
    from mail.clock import database_now
    from mail.models import Message
    from mail.services import cancel

    held = list(Message.objects.filter(state="sending", handed_over_at=None).values_list("subject_id", flat=True))
    chosen = chance.sample(held, min(count, len(held)))
    for thing in chosen:
        cancel(subject_type="thing", subject_id=thing, now=database_now())
    gone = Message.objects.filter(subject_id__in=chosen, state="cancelled", handed_over_at=None)
    return set(gone.values_list("message_id", flat=True))


def under_fire(
    options: argparse.Namespace, crew: Crew, redis: Redis, sink: Sink, plan: Callable[[], int]
) -> tuple[set[str], set[str]]:
    """All that is done to them, in an order of its own for each seed, evenly while the messages leave.

    Gives the messages cancelled before the fence, and which of them had arrived by then.
    """
    chance = random.Random(options.seed)
    deeds = ["kill"] * options.kills + ["freeze"] * options.freezes + ["redis"] * options.redis_kills
    deeds += ["flush"] * options.flushes + ["beat"] * options.beat_kills + ["plan"] * 3
    chance.shuffle(deeds)
    cancelled: set[str] = set()
    early: set[str] = set()
    for number, deed in enumerate(deeds):
        reached = (number + 1) * options.messages * 9 // (10 * len(deeds))
        gone = len(cancelled)
        wait_until(partial(arrived, sink, reached - gone), options.patience)
        known = set(sink.message_ids)
        fresh = cancel_some(options.cancels // len(deeds), chance)
        cancelled |= fresh
        early |= fresh & known
        {
            "kill": lambda: crew.kill("worker", chance),
            "freeze": lambda: crew.freeze(chance),
            "redis": redis.kill,
            "flush": redis.flush,
            "beat": lambda: crew.kill("beat", chance),
            "plan": plan,
        }[deed]()
    return cancelled, early


def arrived(sink: Sink, least: int) -> bool:
    return len(sink.messages) >= least


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def drained() -> bool:
    from mail.models import Message

    return not Message.objects.filter(state__in=["pending", "sending"]).exists()


def figures(options: argparse.Namespace, sink: Sink, cancelled: set[str], early: set[str]) -> dict[str, Any]:
    from mail.models import Message

    arrived = Counter(sink.message_ids)
    due = set(Message.objects.exclude(state="cancelled").values_list("message_id", flat=True))
    lost = due - set(arrived)
    bound = (options.kills + options.freezes) * CHILDREN
    copies = arrived.total() - len(arrived)
    return {
        "messages": options.messages,
        "arrived": len(arrived),
        "cancelled": len(cancelled),
        "lost": len(lost),
        "duplicates": copies,
        "bound": bound,
        "a thousand": round(1000 * copies / options.messages, 2),
        "suppressed": sink.repeats,
        "most copies": max(arrived.values(), default=0),
        "stale": len((cancelled & set(arrived)) - early),
        "states": dict(Counter(Message.objects.values_list("state", flat=True))),
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    with place(options) as (env, redis, sink, folder):
        os.environ.update(env)
        prepare()
        plan = put_in(options.messages, unique="unique" not in options.without)
        begun = time.monotonic()
        crew = Crew(env, folder)
        try:
            if "unique" in options.without:
                plan()
            cancelled, early = under_fire(options, crew, redis, sink, plan)
            done = wait_until(drained, options.patience)
            time.sleep(FROZEN + 1 if options.freezes else 0)
        finally:
            crew.stop()
        seconds = round(time.monotonic() - begun, 1)
        return {
            "database": options.database,
            **figures(options, sink, cancelled, early),
            "seconds": seconds,
            "drained": done,
        }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    numbers = {"messages": 10_000, "kills": 25, "freezes": 2, "redis-kills": 3, "flushes": 4, "beat-kills": 3}
    for name, number in {**numbers, "cancels": 100, "seed": 1, "patience": 300}.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--keyed", action="store_true")
    parser.add_argument("--without", type=lambda text: text.split(","), default=[])
    return parser.parse_args()


def main() -> int:
    # Told to end, it still ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = run(arguments())
    print(json.dumps(found))
    return int(not found["drained"] or found["lost"] > 0 or found["stale"] > 0 or found["duplicates"] > found["bound"])


if __name__ == "__main__":
    sys.exit(main())
