"""``manage.py demo`` as a person starts it: in a process of its own, ended by Ctrl-C or worse."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from mentorship.processes import free_port, wait_until
from tests.template import TEMPLATE

READY = "Ctrl-C ends everything."
COLLECT = "from mentorship.static_files import collect_changed; collect_changed()"
NOT_OURS = ("STATICFILES", "LOG_LEVEL", "REDIS_URL", "SITE_URL", "DEBUG")


def descendants(pid: int) -> set[int]:
    children = {int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()}
    return children.union(*(descendants(child) for child in children))


def environment(folder: Path, **env: str) -> dict[str, str]:
    given = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", **env}
    return {name: value for name, value in given.items() if name in env or name not in NOT_OURS}


class Demo:
    def __init__(self, root: Path, folder: Path, port: int, **env: str) -> None:
        # The folder is also the mark by which everything that was started is found again.
        self.folder = folder
        self.known: set[int] = set()
        given = environment(folder, **env)
        self.output = folder / "output"
        with self.output.open("wb") as output:
            command = [sys.executable, str(root / "manage.py"), "demo", "--port", str(port)]
            self.popen = subprocess.Popen(command, env=given, stdout=output, stderr=output, start_new_session=True)

    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.text() or self.popen.poll() is not None, seconds=300)
        assert text in self.text(), self.text()

    def processes(self) -> dict[int, str]:
        """What runs with this folder: process ids and command lines.

        A server may overwrite its environment (Redis does, to show a title), so descendants are remembered too.
        """
        mark = f"VAR_DIR={self.folder}".encode()
        self.known |= descendants(self.popen.pid)
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                marked = mark in (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue  # it ended while we looked
            if command and (marked or int(process.name) in self.known):
                found[int(process.name)] = command
        return found

    def environment(self, part: str) -> dict[str, str]:
        pid = next(pid for pid, command in self.processes().items() if part in command)
        pairs = (pair.split("=", 1) for pair in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in pair)
        return dict(pairs)


@contextmanager
def running(root: Path, folder: Path, port: int, **env: str) -> Iterator[Demo]:
    demo = Demo(root, folder, port, **env)
    try:
        yield demo
    finally:
        for pid in demo.processes():
            os.kill(pid, signal.SIGKILL)
        demo.popen.wait()


def status(host: str, port: int, path: str = "/") -> int:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    with closing(connection):
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status


def kinds(demo: Demo) -> dict[str, int]:
    commands = list(demo.processes().values())
    names = ("manage.py demo", "gunicorn", " worker ", " beat ", "-server ")
    return {name.strip(): sum(name in command for command in commands) for name in names}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was there before: its sample and its styles take longer than all else that it starts.
    Without the finished year, which is told once in these tests, as on a new machine.
    """
    folder = tmp_path_factory.mktemp("told")
    migrated = os.environ.get(TEMPLATE, "")
    if migrated.endswith(".sqlite3"):
        shutil.copyfile(migrated, folder / "db.sqlite3")
    for command in (["migrate", "--verbosity", "0"], ["sample_program"], ["shell", "-c", COLLECT]):
        manage = [sys.executable, str(Path(django_settings.BASE_DIR) / "manage.py"), *command]
        subprocess.run(manage, env=environment(folder), check=True, capture_output=True)
    return folder


@pytest.fixture
def folder_before(told: Path, tmp_path: Path) -> Path:
    """One's own copy of it."""
    shutil.copytree(told, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_it_answers_on_the_next_free_port_and_ctrl_c_ends_every_process(root, tmp_path):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), running(root, tmp_path, port) as demo:
        demo.wait_for(READY)
        address = re.search(r"http://localhost:(\d+)/", demo.text())
        assert address is not None
        found = int(address[1])
        assert found > port
        assert status("127.0.0.1", found) < 500
        assert status("127.0.0.1", found, "/healthz/ready") == 200
        assert kinds(demo) == {"manage.py demo": 1, "gunicorn": 3, "worker": 1, "beat": 1, "-server": 1}, (
            demo.processes()
        )
        assert demo.environment(" worker ")["SITE_URL"] == f"http://localhost:{found}"
        assert demo.environment(" worker ")["DEBUG"] == "false"
        assert str(tmp_path / "mail") in demo.text()
        demo.popen.send_signal(signal.SIGINT)
        assert demo.popen.wait(40) == 0
        assert demo.processes() == {}
        assert "Traceback" not in demo.text()


@pytest.mark.parametrize("moment", ["Collecting static files", READY], ids=["while it starts", "when it runs"])
def test_a_killed_demo_leaves_no_orphan(root, folder_before, moment):
    with running(root, folder_before, free_port()) as demo:
        demo.wait_for(moment)
        assert len(demo.processes()) > 1
        demo.popen.kill()
        demo.popen.wait()
        assert wait_until(lambda: not demo.processes(), seconds=15), demo.processes()


def test_it_says_which_process_ended_and_ends_the_others(root, folder_before):
    with running(root, folder_before, free_port()) as demo:
        demo.wait_for(READY)
        beat = next(pid for pid, command in demo.processes().items() if " beat " in command)
        os.kill(beat, signal.SIGKILL)
        assert demo.popen.wait(40) == 1
        assert "beat ended with status -9" in demo.text()
        assert demo.processes() == {}


def test_a_database_that_cannot_be_reached_is_said_and_nothing_is_left(root, tmp_path):
    with running(root, tmp_path, free_port(), DATABASE_URL=f"sqlite:///{tmp_path}/missing/db.sqlite3") as demo:
        assert demo.popen.wait(60) == 1
        assert "unable to open database file" in demo.text()
        assert "The demo could not be set up" in demo.text()
        assert demo.processes() == {}
