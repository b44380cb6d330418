"""Processes that live and die together: the demo's web, worker, beat and broker, and the servers that tests bring."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PATIENCE = 10.0  # seconds that a process gets to end by itself
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dying_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program starts, so that even a killed parent leaves nothing behind (Linux only)."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signum)
            if os.getppid() != parent:  # it died before the line above took effect
                os.kill(os.getpid(), signal.SIGKILL)

    return arrange


@dataclass
class Process:
    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Group:
    """Starts processes, each with a log of its own, and ends them in the opposite order.

    Each runs in a session of its own: Ctrl-C in the terminal reaches only this program, which then decides the order.
    """

    logs: Path
    env: Mapping[str, str]
    running: list[Process] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        on_parent_death: signal.Signals = signal.SIGKILL,
        pass_fds: Sequence[int] = (),
        stdin: bytes | None = None,
    ) -> Process:
        """Start a program. `on_parent_death` is SIGTERM for one that has children of its own to take along."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            popen = self._open(command, output, dying_with_parent(on_parent_death), pass_fds)
        process = Process(name, popen, log)
        self.running.append(process)
        _feed(popen, stdin)
        return process

    def _open(
        self, command: Sequence[str | Path], output: IO[bytes], before: Callable[[], None], pass_fds: Sequence[int]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(self.env),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=before,  # noqa: PLW1509  # processes are started before any thread is
        )

    def ended(self) -> Process | None:
        """One that is no longer running, if there is one."""
        return next((each for each in self.running if each.popen.poll() is not None), None)

    def stop(self) -> None:
        """End all, last started first; what does not listen is killed with all its children."""
        while self.running:
            process = self.running.pop()
            with contextlib.suppress(ProcessLookupError):
                process.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.popen.wait(PATIENCE)
            with contextlib.suppress(ProcessLookupError):  # whatever it has left behind
                os.killpg(process.popen.pid, signal.SIGKILL)
            process.popen.wait()


def _feed(popen: subprocess.Popen[bytes], text: bytes | None) -> None:
    """Give a process its standard input, all at once; a program that ended before reading it is found out elsewhere."""
    assert popen.stdin is not None  # noqa: S101  # it was opened as a pipe
    with contextlib.suppress(BrokenPipeError):
        popen.stdin.write(text or b"")
        popen.stdin.close()


@contextlib.contextmanager
def together(logs: Path, env: Mapping[str, str]) -> Iterator[Group]:
    group = Group(logs, env)
    try:
        yield group
    finally:
        group.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], *, seconds: float, group: Group | None = None) -> bool:
    """Ask until the answer is yes. False after that many seconds, or as soon as a process of the group has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if group is not None and group.ended() is not None:
            return False
        time.sleep(0.05)
    return False
