"""The mail server and the Redis of the chaos run: both can be brought down, and the first can answer badly."""

import asyncio
import random
import subprocess
import time
from collections import Counter, deque
from contextlib import suppress
from email.parser import BytesHeaderParser
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from mentorship.processes import free_port

HEADER = "Idempotency-Key"
LOSES, REFUSES, DAWDLES = "takes it and breaks the line", "not now", "takes its time"
QUICK = 0.004


class MailServer:
    """Keeps the Message-ID of whatever it takes, with the moment; faults are used up one a message."""

    def __init__(self, *, keyed: bool, dawdling: float) -> None:
        self.arrivals: list[tuple[str, float]] = []
        # How often it took a message and the sender could not know.
        self.unanswered: Counter[str] = Counter()
        self.repeats = 0
        self._faults: deque[str] = deque()
        self._keyed, self._seen, self._dawdling = keyed, set[str](), dawdling
        self._port = free_port()
        self.up()

    @property
    def port(self) -> int:
        return self._port

    def misbehave(self, faults: dict[str, int], *, within: int, chance: random.Random) -> None:
        """So many of each fault, anywhere among the next messages."""
        every = [name for name, number in faults.items() for _ in range(number)]
        answers = every + [""] * max(0, within - len(every))
        chance.shuffle(answers)
        self._faults = deque(answers)

    def up(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    def down(self) -> None:
        """Refuses connections, and those that are open break."""
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        fault = self._faults.popleft() if self._faults else ""
        if fault == REFUSES:
            return "451 not now"
        headers = BytesHeaderParser().parsebytes(cast("bytes", envelope.content))
        name = str(headers["Message-ID"])
        self._keep(name, str(headers[HEADER]) if self._keyed else "")
        try:
            await asyncio.sleep(self._dawdling if fault == DAWDLES else QUICK)
        except asyncio.CancelledError:
            self.unanswered[name] += 1
            raise
        if fault == LOSES:
            self.unanswered[name] += 1
            line = cast("asyncio.Transport", server.transport)
            line.abort()
        return "250 OK"

    def _keep(self, name: str, key: str) -> None:
        if key and key in self._seen:
            self.repeats += 1
            return
        self._seen.add(key)
        self.arrivals.append((name, time.monotonic()))


class Redis:
    """A server without a memory that can be killed and comes back empty at the same place."""

    def __init__(self) -> None:
        from mentorship.broker import find_server  # noqa: PLC0415  reads settings, which are made for the run

        self._server, self.port = find_server(), free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._start()

    def _start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([str(self._server), *options], stdout=subprocess.DEVNULL)  # noqa: S603  ours

    def kill(self) -> None:
        self.stop()
        self._start()

    def flush(self) -> None:
        import redis  # noqa: PLC0415  only here

        with suppress(redis.ConnectionError):  # just killed: it is as empty as can be
            redis.Redis(port=self.port).flushall()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
