import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mentorship.processes import Group, free_port, together, wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_leaving_the_block_ends_all(tmp_path):
    with together(tmp_path, os.environ) as group:
        pids = [group.start(name, SLEEP).popen.pid for name in ("one", "two")]
        assert [is_running(pid) for pid in pids] == [True, True]
    assert [is_running(pid) for pid in pids] == [False, False]


def test_an_error_ends_all_too(tmp_path):
    def fail() -> None:
        with together(tmp_path, os.environ) as group:
            pids.append(group.start("one", SLEEP).popen.pid)
            raise ZeroDivisionError

    pids: list[int] = []
    with pytest.raises(ZeroDivisionError):
        fail()
    assert [is_running(pid) for pid in pids] == [False]


def test_the_last_started_ends_first(tmp_path):
    report = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print(time.time_ns()), sys.exit()))\n"
    report += "print('ready', flush=True)\ntime.sleep(60)"
    with together(tmp_path, os.environ) as group:
        first, second = (group.start(name, [sys.executable, "-c", report]) for name in ("first", "second"))
        assert wait_until(lambda: "ready" in first.log.read_text() and "ready" in second.log.read_text(), seconds=10)
    ended = [int(process.log.read_text().split()[1]) for process in (second, first)]
    assert ended == sorted(ended)


def test_what_does_not_listen_is_killed_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr("mentorship.processes.PATIENCE", 0.3)
    with together(tmp_path, os.environ) as group:
        process = group.start("stubborn", [sys.executable, "-c", STUBBORN])
        assert wait_until(lambda: bool(process.log.read_text()), seconds=10)
        child = int(process.log.read_text())
        assert is_running(child)
    assert not is_running(process.popen.pid)
    assert wait_until(lambda: not is_running(child), seconds=5)


def test_a_killed_parent_leaves_no_child(tmp_path):
    program = (
        "import os, pathlib, sys, time\n"
        "from mentorship.processes import Group\n"
        f"group = Group(pathlib.Path({str(tmp_path)!r}), os.environ)\n"
        f"print(group.start('child', {SLEEP!r}).popen.pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as output:
        child = int(output.readline())
        assert is_running(child)
        parent.kill()
        parent.wait()
    assert wait_until(lambda: not is_running(child), seconds=5)


def test_a_process_gets_its_input_and_keeps_a_log(tmp_path):
    with together(tmp_path, os.environ) as group:
        copy = "import sys; print(sys.stdin.read())"
        process = group.start("copy", [sys.executable, "-c", copy], stdin=b"one\ntwo\n")
        assert process.popen.wait(10) == 0
        assert process.last_words(2) == "two\n"
        assert group.ended() is process


def test_waiting_ends_at_once_when_a_process_of_the_group_ends(tmp_path):
    begun = time.monotonic()
    with together(tmp_path, os.environ) as group:
        group.start("short", [sys.executable, "-c", ""])
        assert wait_until(lambda: False, seconds=600, group=group) is False
    assert time.monotonic() - begun < 60


def test_waiting_has_an_end():
    assert wait_until(lambda: False, seconds=0.1) is False
    assert wait_until(lambda: True, seconds=0.1) is True


def test_a_free_port_can_be_taken():
    with socket.create_server(("127.0.0.1", free_port())) as server:
        assert server.getsockname()[0] == "127.0.0.1"


def test_stopping_twice_is_harmless(tmp_path):
    group = Group(tmp_path, os.environ)
    process = group.start("one", SLEEP)
    group.stop()
    group.stop()
    assert process.popen.returncode == -signal.SIGTERM
