"""One installation as in production on this machine: PostgreSQL, Redis, gunicorn, two Celery workers and their beat."""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.chaos.server import Redis  # noqa: E402  the path is set above
from mentorship.processes import Group, free_port, together, wait_until  # noqa: E402  as above

HOST = "mentoring.example.org"
STARTING = 120.0
# The first tick writes down what is near for everybody; then it is sent.
SETTLING, DRAINING = 75.0, 900.0
# As in the Dockerfile and docker-compose.yml.
WEB = ("gunicorn", "--workers", "2", "--threads", "2", "--worker-tmp-dir", "/dev/shm", "--no-control-socket")  # noqa: S108  memory
CELERY = ("celery", "--app", "mentorship")


@dataclass
class Place:
    env: dict[str, str]
    port: int
    redis: Redis
    group: Group
    serves: str = "web"

    def start(self, application: str = "mentorship.wsgi") -> None:
        """Web alone: what a page costs is told apart from what workers do for others only while there are none."""
        address = ("--bind", f"127.0.0.1:{self.port}", "--chdir", str(ROOT), application)
        self._run(self.serves, *WEB, *address)
        if not wait_until(self._answers, seconds=STARTING, group=self.group):
            raise RuntimeError("\n".join(each.last_words() for each in self.group.running))

    @contextmanager
    def bare(self) -> Iterator["Place"]:
        """The baseline of a form, on a port of its own."""
        other = replace(self, port=free_port(), serves="bare")
        other.start("benchmarks.load.bare")
        yield other
        process = next(each for each in self.group.running if each.name == other.serves)
        self.group.running.remove(process)
        process.popen.terminate()
        process.popen.wait()

    def start_others(self) -> None:
        """Workers and beat, as the containers start them; back when all is sent that fell due before there were any."""
        from django.db.models.functions import Now

        from mail.models import Message

        self.start_worker()
        self._run("beat", *CELERY, "beat", "--pidfile=", "--loglevel", "WARNING")
        time.sleep(SETTLING)
        due = Message.objects.filter(state=Message.State.PENDING)
        if not wait_until(lambda: not due.filter(not_before__lte=Now()).exists(), seconds=DRAINING):
            raise RuntimeError(f"{due.count()} mails are still to be sent")

    def start_worker(self) -> None:
        for name, queue in (("worker", "jobs"), ("mailer", "mail")):
            options = ("--queues", queue, "--concurrency", "2", "--hostname", f"{name}@%h", "--loglevel", "WARNING")
            self._run(name, *CELERY, "worker", *options)

    def kill_worker(self) -> None:
        """All processes of the workers at once, as when the power fails; others take their place."""
        for worker in [each for each in self.group.running if each.name in ("worker", "mailer")]:
            self.group.running.remove(worker)
            for each in family(worker.popen.pid):
                each.kill()
            worker.popen.wait()
        self.start_worker()

    def _run(self, name: str, program: str, *words: str) -> None:
        self.group.start(name, [sys.executable, "-m", program, *words])

    def _answers(self) -> bool:
        from benchmarks.load.browser import Browser

        with closing(Browser(self.port)) as browser:
            try:
                return browser.get("/healthz").status == 200
            except OSError:
                return False

    def pids(self, name: str) -> list[psutil.Process]:
        """The processes that do the work of web or worker: not the one that only looks after them."""
        process = next(each for each in self.group.running if each.name == name)
        return psutil.Process(process.popen.pid).children(recursive=True)

    def web(self) -> psutil.Process:
        return psutil.Process(next(each.popen.pid for each in self.group.running if each.name == self.serves))


def family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@contextmanager
def place() -> Iterator[Place]:
    """Servers, folder and settings; Django is set up for this process, and the database has its tables."""
    from tests.services import postgres

    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mentorship-load-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(postgres(durable=True))
        redis = Redis()
        stack.callback(redis.stop)
        env = {**os.environ, **_settings(url, redis.url, folder)}
        os.environ.update(env)
        _prepare()
        group = stack.enter_context(together(folder / "log", env))
        yield Place(env, free_port(), redis, group)


def _settings(database: str, redis: str, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "EMAIL_URL": "",
        "SITE_URL": f"https://{HOST}",
        "BEHIND_PROXY": "true",
        "SECRET_KEY": "".join(chr(33 + (7 * each) % 90) for each in range(60)),
        "CONFIDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        "VAR_DIR": str(folder),
        "STATICFILES": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "mentorship.settings",
    }


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def postmaster() -> psutil.Process:
    """The first process of the database; the others are its children."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = psutil.Process(int(cursor.fetchone()[0])).parent()
    assert parent is not None
    return parent


def processor(first: psutil.Process) -> float:
    """Seconds of processor that a process and its children, those that have ended included, have used so far."""
    used = 0.0
    for each in [first, *first.children(recursive=True)]:
        try:
            taken = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += taken.user + taken.system + taken.children_user + taken.children_system
    return used
