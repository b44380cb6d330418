"""Reminders under fire, one run: everything that can go wrong does, and the wire is compared with the table afterwards.

    python benchmarks/chaos/run.py [--database sqlite|postgres] [--keyed] [--doubt resend|hold] [--without GUARDS] …

The project's own workers and beats send due messages to a mail server on this machine, while

--kills, --freezes                  a group of two workers is killed (kill -9), or frozen for longer than a lease
--redis-kills, --flushes            Redis is killed without a memory, or emptied
--beat-kills, --silences            one of the two beats is killed; or both, and nobody rings for a while
--downs                             the mail server is gone for a while
--refusals, --slow, --lost-answers  it answers 451, takes its time, or takes a message and breaks the line
--poison                            messages that cannot be written, and (one in five) that kill whoever writes them
--changes                           things are moved or called off, most while a worker has their message in hand
--asleep                            messages fell due in six hours in which nothing ran, half of them now too late

lost         due, not withdrawn, never arrived, and not listed as perhaps sent
duplicates   arrived more than once, those aside whose answer the mail server lost on purpose; bound: one a process
             that was killed or frozen, none if the server drops repeats (--keyed) or doubt means holding
stale        withdrawn before it had passed the fence, and arrived later
late         arrived though its time was over when the workers came back
taken twice  claimed by two workers; none in a calm run

--without takes guards away (fence,row_locks,unique) and --naive has Celery tasks as the only record: a figure must
then notice. --stretch lengthens the outbox's times on a busy machine. The status is 1 if a promise was broken.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up for this run
import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.chaos.changes import Put, Racer, figures, make_tables, put_in
from benchmarks.chaos.crew import Crew
from benchmarks.chaos.member import NAIVE, ROOT, prepare
from benchmarks.chaos.server import DAWDLES, HEADER, LOSES, REFUSES, MailServer, Redis

# Times 1/30 of the outbox's: of a lease of two minutes, and of the 45 seconds a message may take 20.
FROZEN, SILENT, DOWN, DAWDLING = 5.0, 10.0, 8.0, 0.45
NUMBERS = {
    "messages": 10_000,
    "kills": 25,
    "freezes": 2,
    "redis-kills": 3,
    "flushes": 4,
    "beat-kills": 3,
    "silences": 1,
    "downs": 2,
    "refusals": 50,
    "slow": 50,
    "lost-answers": 20,
    "poison": 20,
    "changes": 1000,
    "asleep": 200,
    "groups": 2,
    "seed": 1,
    "patience": 900,
}
CALM = dict.fromkeys(set(NUMBERS) - {"messages", "groups", "seed", "patience"}, 0)


@contextmanager
def place(options: argparse.Namespace) -> Iterator[tuple[dict[str, str], Redis, MailServer, Path]]:
    """Database, Redis, mail server and folder of one run, and what to tell its processes of them."""
    from tests.services import postgres

    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mentorship-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        on_postgres = options.database == "postgres"
        database = stack.enter_context(postgres()) if on_postgres else f"sqlite:///{folder / 'db.sqlite3'}"
        redis = Redis()
        stack.callback(redis.stop)
        server = MailServer(keyed=options.keyed, dawdling=DAWDLING * options.stretch)
        stack.callback(server.down)
        env = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "EMAIL_IDEMPOTENCY_HEADER": HEADER if options.keyed else "",
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
            "SITE_URL": "http://testserver",
            "STATICFILES": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "PYTHONPATH": str(ROOT),
            "GUARDS_OFF": ",".join(name for name in options.without if name != "unique"),
            "CHAOS_DOUBT": options.doubt,
            "CHAOS_STRETCH": str(options.stretch),
            "CHAOS_NAIVE": options.naive,
        }
        yield env, redis, server, folder


class Fire:
    """All that is done to them, in an order of its own for each seed, evenly while the messages leave."""

    def __init__(self, options: argparse.Namespace, crew: Crew, redis: Redis, server: MailServer) -> None:
        self._options, self._crew, self._redis, self._server = options, crew, redis, server
        self._chance = random.Random(options.seed)
        self.racer = Racer(options.changes, random.Random(options.seed + 1))

    def rage(self, plan: Callable[[], object]) -> None:
        options, chance = self._options, self._chance
        deeds = ["kill"] * options.kills + ["freeze"] * options.freezes + ["redis"] * options.redis_kills
        deeds += ["flush"] * options.flushes + ["beat"] * options.beat_kills + ["plan"] * 3
        deeds += ["silence"] * options.silences + ["down"] * options.downs
        chance.shuffle(deeds)
        for number, deed in enumerate(deeds, start=1):
            self._until_arrived(number * options.messages * 9 // (10 * len(deeds)))
            {
                "kill": lambda: self._crew.kill("worker", chance),
                "freeze": lambda: self._crew.freeze(chance),
                "redis": self._redis.kill,
                "flush": self._redis.flush,
                "beat": lambda: self._crew.kill("beat", chance),
                "plan": plan,
                "silence": self._silence,
                "down": self._down,
            }[deed]()

    def _until_arrived(self, number: int) -> None:
        def there() -> bool:
            arrived = len(self._server.arrivals)
            self.racer.keep_up(arrived / (0.9 * self._options.messages))
            # A thing called off leaves no message.
            return arrived + self.racer.done // 2 >= number

        wait_until(there, self._options.patience)

    def is_out(self) -> bool:
        """The last changes are made, and nothing is left to send."""
        self.racer.keep_up(1)
        return drained()

    def _silence(self) -> None:
        """Nobody rings, and what was rung is forgotten."""
        self._crew.hush()
        self._redis.flush()
        time.sleep(SILENT * self._options.stretch)
        self._crew.wake()

    def _down(self) -> None:
        self._server.down()
        time.sleep(DOWN * self._options.stretch)
        self._server.up()


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


def run(options: argparse.Namespace) -> dict[str, Any]:
    with place(options) as (env, redis, server, folder):
        os.environ.update(env)
        prepare()
        if options.naive:
            return without_an_outbox(options, Crew(env, folder, options.groups, FROZEN), redis, server)
        chance = random.Random(options.seed)
        make_tables(unique="unique" not in options.without)
        put = put_in(options, chance)
        faults = {LOSES: options.lost_answers, REFUSES: options.refusals, DAWDLES: options.slow}
        server.misbehave(faults, within=options.messages, chance=chance)
        return {
            "database": options.database,
            **under_fire(options, Crew(env, folder, options.groups, FROZEN * options.stretch), redis, server, put),
        }


def under_fire(options: argparse.Namespace, crew: Crew, redis: Redis, server: MailServer, put: Put) -> dict[str, Any]:
    begun = time.monotonic()
    fire = Fire(options, crew, redis, server)
    try:
        if "unique" in options.without:
            put.plan()
        fire.rage(put.plan)
        done = wait_until(fire.is_out, options.patience)
        time.sleep(FROZEN * options.stretch + 1 if options.freezes else 0)
    finally:
        crew.stop()
    seconds = round(time.monotonic() - begun, 1)
    return {**figures(options, server, fire.racer, put), "seconds": seconds, "drained": done}


def without_an_outbox(options: argparse.Namespace, crew: Crew, redis: Redis, server: MailServer) -> dict[str, Any]:
    """One Celery task a message, killed and flushed as the others; what has not come in a while does not come."""
    from mentorship.celery import app

    chance = random.Random(options.seed)
    deeds = ["kill"] * options.kills + ["flush"] * options.flushes
    chance.shuffle(deeds)
    try:
        for number in range(options.messages):
            app.send_task(NAIVE, [f"<{number}@example.org>"])
        for number, deed in enumerate(deeds, start=1):
            wait_until(partial(arrived, server, number * options.messages // (2 * len(deeds))), 60)
            redis.flush() if deed == "flush" else crew.kill("worker", chance)
        still(server, options.messages)
    finally:
        crew.stop()
    names = {name for name, _ in server.arrivals}
    lost = options.messages - len(names)
    return {"messages": options.messages, "lost": lost, "duplicates": len(server.arrivals) - len(names)}


def arrived(server: MailServer, least: int) -> bool:
    return len(server.arrivals) >= least


def still(server: MailServer, most: int) -> None:
    """Wait until everything has arrived, or nothing has for twenty seconds."""
    seen, since = -1, time.monotonic()
    while len(server.arrivals) < most and time.monotonic() - since < 20:
        if len(server.arrivals) != seen:
            seen, since = len(server.arrivals), time.monotonic()
        time.sleep(0.2)


def broken(found: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """The promises that were not kept."""
    promises = {
        "lost": found["lost"] > 0,
        "duplicates": found["duplicates"] > found.get("bound", 0),
        "stale": found.get("stale", 0) > 0,
        "late": found.get("late", 0) > 0 or found.get("expired", 0) != options.asleep // 2,
        "poison": found.get("poison listed", 0) != options.poison or found.get("poison sent", 0) > 0,
        "taken twice": is_calm(options) and found.get("taken twice", 0) > 0,
        "drained": not found.get("drained", True),
    }
    return [name for name, is_broken in promises.items() if is_broken]


def is_calm(options: argparse.Namespace) -> bool:
    return all(not getattr(options, name.replace("-", "_")) for name in CALM)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--calm", action="store_true", help="none of it, but for what is said after this")
    numbers = NUMBERS | CALM if "--calm" in (sys.argv if words is None else words) else NUMBERS
    for name, number in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--keyed", action="store_true")
    parser.add_argument("--doubt", choices=["resend", "hold"], default="resend")
    parser.add_argument("--without", type=lambda text: text.split(","), default=[])
    parser.add_argument("--naive", choices=["", "early", "late"], default="")
    parser.add_argument("--stretch", type=float, default=1.0)
    return parser.parse_args(words)


def main() -> int:
    # Told to end, it still ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    found = run(options)
    found["broken"] = broken(found, options)
    print(json.dumps(found))
    return int(bool(found["broken"]))


if __name__ == "__main__":
    sys.exit(main())
