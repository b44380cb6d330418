"""``./run test``: brings the servers and the browser, then runs the tests on SQLite and on PostgreSQL.

With arguments, only what they name: on PostgreSQL, or with --sqlite on SQLite. The arguments are pytest's.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from mentorship.processes import dying_with_parent
from tests.chromium import find_chromium
from tests.services import ServiceMissing, postgres, redis, say
from tests.template import template

# "pure" tests ask for no database, so that once is enough; so it is for long ones with one of the two marks of
# pyproject.toml. The browser drives the site on PostgreSQL, as in production.
# In both the long ones come first (tests/conftest.py), so that no process waits for another's last one.
LEGS = {
    "SQLite": ("not browser and (pure or not as_in_production)", 2),
    # A third process has something to do while the two wait for the server, the browser or each other.
    "PostgreSQL": ("not pure and not any_database", 3),
}


def pytest(env: dict[str, str], *arguments: str) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )
    try:
        return process.wait()
    except BaseException as reason:
        # Ctrl-C has reached pytest too; anything else it is told here. Its fixtures have servers to end.
        if not isinstance(reason, KeyboardInterrupt):
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        raise


def everything(env: dict[str, dict[str, str]]) -> int:
    """Both legs, the second also when the first has failed; the status of the first that failed."""
    results = []
    for name, (selection, hands) in LEGS.items():
        say(f"Tests on {name}")
        begun = time.monotonic()
        with template(env[name]) as made:
            told = {**env[name], **made, "PICTURES": "no"}
            results.append(pytest(told, "-n", str(hands), "--dist", "worksteal", "-m", selection))
        say(f"Tests on {name}: {'passed' if results[-1] == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s")
    return next((status for status in results if status), 0)


def main(arguments: list[str]) -> int:
    on_sqlite = "--sqlite" in arguments
    wanted = [argument for argument in arguments if argument != "--sqlite"]
    # Half of what it takes to collect the tests is compiling them, in each process anew where nothing may be kept.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with contextlib.ExitStack() as stack:
        common = {"REDIS_URL_FOR_TESTS": stack.enter_context(redis()), "CHROMIUM": find_chromium()}
        sqlite = {**common, "DATABASE_URL": ""}
        if on_sqlite:
            return pytest(sqlite, *wanted)
        postgresql = {**common, "DATABASE_URL": stack.enter_context(postgres())}
        if wanted:
            return pytest(postgresql, *wanted)
        return everything({"SQLite": sqlite, "PostgreSQL": postgresql})


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceMissing as missing:
        say(str(missing))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
