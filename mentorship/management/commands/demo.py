"""A whole installation on one machine, for trying it out: web, worker, beat and a broker, until Ctrl-C."""

import contextlib
import http.client
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mentorship import broker
from mentorship.processes import Group, dying_with_parent, together, wait_until
from mentorship.static_files import collect_changed
from mentorship.tasks import tick

STARTING = 180.0  # seconds after which a page that does not answer is an error
PORTS_TO_TRY = 100


class Command(BaseCommand):
    help = "Sets up this machine, shows a sample program, and runs everything until Ctrl-C. No service is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the first port to try (8000)")
        parser.add_argument("--prepare", action="store_true", help="only set up what it shows, and end")

    def handle(self, *, port: int, prepare: bool, **options: Any) -> None:
        if prepare:
            self.stdout.write(json.dumps(self._prepare()))
            return
        with _ended_by_signals(), _listening(port) as listeners:
            address = f"http://localhost:{listeners[0].getsockname()[1]}"
            # Every process, also the one that writes the sample program, must know it: it stands in mails.
            env = {**os.environ, "SITE_URL": address, "DEBUG": "false", "PYTHONUNBUFFERED": "1"}
            with together(settings.VAR_DIR / "log", env) as group:
                self._run(group, listeners, address)

    def _run(self, group: Group, listeners: list[socket.socket], address: str) -> None:
        accounts = _prepared(group.env)
        group.env = {**group.env, "REDIS_URL": self._broker(group)}
        port = listeners[0].getsockname()[1]
        _start_all(group, listeners)
        self._say("Waiting for the page")
        if not wait_until(lambda: _answers(port), seconds=STARTING, group=group):
            raise CommandError(_what_ended(group) or f"{address} does not answer after {STARTING:.0f} seconds.")
        self._announce(address, accounts)
        while not wait_until(lambda: group.ended() is not None, seconds=60):
            pass
        raise CommandError(_what_ended(group))

    def _prepare(self) -> list[dict[str, str]]:
        """Bring the database and the static files up to date; return the accounts one can sign in with."""
        self._say("Setting up the database")
        call_command("migrate", verbosity=0, interactive=False)
        self._say("Collecting static files")
        collect_changed()
        self._say("Setting up the sample program")
        answer = io.StringIO()
        call_command("sample_program", "--json", "--year", stdout=answer)
        # What the sample's months have left due is closed or sent now: the site is ready from its first page on.
        self._say("Running the minutes that have passed")
        logging.getLogger("kombu").setLevel(logging.ERROR)  # it warns that a queue of files has no host
        tick()
        call_command("drain_mail", stdout=io.StringIO())
        return list(json.loads(answer.getvalue())["accounts"])

    def _broker(self, group: Group) -> str:
        """REDIS_URL for the other processes; empty means a queue of files, which needs nothing at all."""
        if settings.REDIS_URL:
            self._say("Broker: the one in REDIS_URL")
            return str(settings.REDIS_URL)
        server = broker.find_server()
        if server is None:
            self._say(f"Broker: files under {settings.VAR_DIR / 'queue'}")
            return ""
        self._say(f"Broker: {server}")
        return broker.start(group, server, settings.VAR_DIR / "broker")

    def _announce(self, address: str, accounts: list[dict[str, str]]) -> None:
        lines = ["", f"  {settings.ORGANISATION_NAME}: {address}/", ""]
        lines += [f"  {each['role']:<12} {each['email']:<32} password: {each['password']}" for each in accounts]
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            lines += ["", f"  E-mails are not sent; each is a file in {settings.EMAIL_FILE_PATH}"]
        lines += [f"  Logs: {settings.VAR_DIR / 'log'}", "", "  Ctrl-C ends everything.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _say(self, message: str) -> None:
        self.stderr.write(f"==> {message}", self.style.NOTICE)
        self.stderr.flush()


def _prepared(env: Mapping[str, str]) -> list[dict[str, str]]:
    """Set up in a process of its own: settings are read once a process, and ours do not know the address yet."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--prepare"],
        env=dict(env),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is answered here, not there as well
        preexec_fn=dying_with_parent(signal.SIGKILL),
    )
    if done.returncode != 0:
        raise CommandError(f"The demo could not be set up; the lines above say why.\n{done.stdout}")
    accounts: list[dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return accounts


def _start_all(group: Group, listeners: list[socket.socket]) -> None:
    """Started in this order and ended in the opposite one: no page rings for a worker that is gone."""
    celery = [sys.executable, "-m", "celery", "--app", "mentorship"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    group.start("worker", [*celery, "worker", "--pool", "threads", "--concurrency", "2", *quiet])
    group.start("beat", [*celery, "beat", "--pidfile=", "--loglevel", "INFO"])
    web = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "2", "--graceful-timeout", "5"]
    web += ["--preload", "--no-control-socket"]
    for listener in listeners:
        web += ["--bind", f"fd://{listener.fileno()}"]
    web += ["--chdir", str(settings.BASE_DIR), "mentorship.wsgi"]
    # gunicorn ends its own workers, so it is asked and not killed.
    group.start("web", web, on_parent_death=signal.SIGTERM, pass_fds=[each.fileno() for each in listeners])
    for listener in listeners:
        listener.close()


@contextlib.contextmanager
def _listening(port: int) -> Iterator[list[socket.socket]]:
    """Sockets on the first free port from here on, held from now until the web server takes them over."""
    for candidate in range(port, port + PORTS_TO_TRY):
        with contextlib.ExitStack() as stack:
            try:
                listeners = [stack.enter_context(each) for each in _listen(candidate)]
            except OSError:
                continue
            yield listeners
            return
    raise CommandError(f"None of the ports {port} to {port + PORTS_TO_TRY - 1} is free.")


def _listen(port: int) -> Iterator[socket.socket]:
    """Both of the addresses that "localhost" may mean, so that no other server gets half of the requests."""
    yield socket.create_server(("127.0.0.1", port), backlog=128)
    if _has_ipv6():
        yield socket.create_server(("::1", port), family=socket.AF_INET6, backlog=128)


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _answers(port: int) -> bool:
    """True once the first page comes, wherever it leads; a server error is not an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _what_ended(group: Group) -> str:
    process = group.ended()
    if process is None:
        return ""
    status, words = process.popen.returncode, process.last_words()
    return f"{process.name} ended with status {status}. From {process.log}:\n{words}"


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Ctrl-C, a closed terminal and `kill` all end the same way: quietly, and with every process."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    # SIGINT too: a shell that starts it in the background has told it to ignore that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        yield
