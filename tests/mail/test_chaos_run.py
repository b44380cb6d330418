"""The chaos run of benchmarks/chaos, small: it keeps its promises, and its figures notice a guard that is missing."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.real_mail
CALM = {"freezes": 0, "redis-kills": 0, "flushes": 0, "beat-kills": 0, "cancels": 0, "patience": 90}


def run(root, *words, **numbers):
    options = [f"--{name}={number}" for name, number in {**CALM, **numbers}.items()]
    command = [sys.executable, "benchmarks/chaos/run.py", "--database", "sqlite", *words, *options]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_kills_and_an_empty_redis_lose_nothing(root):
    status, found = run(root, messages=80, kills=2, flushes=1, **{"redis-kills": 1, "beat-kills": 1, "cancels": 12})
    assert (status, found["lost"], found["stale"], found["drained"]) == (0, 0, 0, True)
    assert found["arrived"] + found["cancelled"] >= 80
    assert found["duplicates"] <= found["bound"] == 4


def test_without_the_unique_key_a_plan_made_twice_is_sent_twice(root):
    status, found = run(root, "--without", "unique", messages=40, kills=0)
    assert status == 1
    assert found["duplicates"] >= 40
