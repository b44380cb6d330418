"""The processes of the chaos run: groups of two workers, and two beats, killed, frozen, and replaced at once."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

MEMBER = Path(__file__).with_name("member.py")
CHILDREN = 2


class Crew:
    """Ordered from a mother process (member.py), which ends with this one."""

    def __init__(self, env: dict[str, str], folder: Path, groups: int, frozen: float) -> None:
        self._folder, self._frozen, self._count = folder, frozen, 0
        command = [sys.executable, str(MEMBER)]
        with (folder / "mother.log").open("wb") as log:
            self._mother = subprocess.Popen(  # noqa: S603  our own script
                command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.workers = [self._start("worker") for _ in range(groups)]
        self.beats = [self._start("beat") for _ in range(2)]

    def _ask(self, order: dict[str, object]) -> int:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps(order) + "\n")
        self._mother.stdin.flush()
        return int(self._mother.stdout.readline())

    def _start(self, role: str) -> int:
        self._count += 1
        paths = {"log": f"{self._folder}/{role}-{self._count}.log", "schedule": f"{self._folder}/beat-{self._count}"}
        return self._ask({"start": {"role": role, **paths}})

    def kill(self, role: str, chance: random.Random) -> None:
        members = self.workers if role == "worker" else self.beats
        place = chance.randrange(len(members))
        self._ask({"end": members[place]})
        members[place] = self._start(role)

    def freeze(self, chance: random.Random) -> None:
        """Longer than a lease: who wakes up finds the message taken by somebody else."""
        group = chance.choice(self.workers)
        os.killpg(group, signal.SIGSTOP)
        threading.Timer(self._frozen, thaw, [group]).start()

    def hush(self) -> None:
        """No beat at all."""
        while self.beats:
            self._ask({"end": self.beats.pop()})

    def wake(self) -> None:
        self.beats = [self._start("beat") for _ in range(2)]

    def stop(self) -> None:
        for member in [*self.workers, *self.beats]:
            self._ask({"end": member})
        self._mother.communicate(timeout=60)


def thaw(group: int) -> None:
    with suppress(ProcessLookupError):  # killed meanwhile
        os.killpg(group, signal.SIGCONT)
