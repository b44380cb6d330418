import os
from pathlib import Path

import pytest
import redis

from mentorship import broker
from mentorship.processes import together


def executable(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_server_on_path_comes_first(tmp_path, monkeypatch):
    wanted = executable(tmp_path / "redis-server", "exit 0")
    executable(tmp_path / "valkey-server", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.find_server() == wanted


def test_without_one_the_bundled_server_is_taken_and_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    server = broker.find_server()
    assert server is not None
    assert server.name == "valkey-server"
    with together(tmp_path / "a folder's log", os.environ) as group:
        url = broker.start(group, server, tmp_path / "a folder with blanks")
        with redis.Redis.from_url(url) as client:
            assert client.set("bell", "rings") is True
            assert client.get("bell") == b"rings"


def test_without_any_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert broker.find_server() is None


def test_nobody_gets_in_without_the_password(tmp_path):
    server = broker.find_server()
    assert server is not None
    with together(tmp_path, os.environ) as group:
        url = broker.start(group, server, tmp_path / "data")
        password, port = url.split(":")[2].split("@")[0], url.split(":")[3].split("/")[0]
        command = Path(f"/proc/{group.running[0].popen.pid}/cmdline").read_text()
        assert password not in command
        assert broker.answers(int(port), password) is True
        assert broker.answers(int(port), "a guess") is False
        with redis.Redis(port=int(port)) as client, pytest.raises(redis.exceptions.AuthenticationError):
            client.ping()


def test_a_server_that_does_not_start_says_why(tmp_path):
    broken = executable(tmp_path / "redis-server", "echo out of luck; exit 3")
    with together(tmp_path, os.environ) as group, pytest.raises(broker.NoBroker, match="out of luck"):
        broker.start(group, broken, tmp_path / "data")
