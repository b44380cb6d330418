"""Outgrowing one machine: two web processes, three workers and two beats share a database, a Redis and a storage.

Each has a working folder, a folder for scratch files and a VAR_DIR of its own, as on a machine of its own. What they
do together is what one of each does: every proposal, import, file and mail once, and the same.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.load.browser import HOST, Answer, Browser, Form, where
from mail.models import Message
from matching import services as matching
from matching.models import Proposal
from matching.services.publishing import OFFER
from mentorship.processes import Group, free_port, wait_until
from participants.models import DataExport, User
from programs.models import Enrolment, Import, Program
from reports.models import ExportJob
from reports.services import ask_for_table
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.programs import CoordinatorFactory
from tests.mail.sink import Sink, running_sink
from tests.mail.test_chaos import database_url

pytestmark = [pytest.mark.as_in_production, pytest.mark.real_mail]
WEBS, WORKERS, BEATS = 2, 3, 2
THREADS, HANDS = 2, 2
TRACKS = {"traditional": ("mentor", "mentee"), "reverse": ("mentor", "mentee"), "peer": ("peer",), "lateral": ("peer",)}
PEOPLE, NEW = 6, 40
LONGEST = 60
BEAT = Path(__file__).with_name("scaling_beat.py")
# Each thread of a web process, and each hand of a worker and its mother, keeps one connection at most; a beat has none,
# and this test has one.
MOST_CONNECTIONS = WEBS * THREADS + WORKERS * (HANDS + 1) + 1


@dataclass
class Machines:
    folder: Path
    shared: dict[str, str]
    connections: int = 0
    groups: list[Group] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def add(self, name: str, *command: str) -> None:
        """A process on a machine of its own: it shares nothing but what it was told of."""
        own = self.folder / name
        for part in ("cwd", "tmp", "var/static"):
            (own / part).mkdir(parents=True)
        env = {**self.shared, "TMPDIR": str(own / "tmp"), "VAR_DIR": str(own / "var"), "OLDPWD": str(own / "cwd")}
        group = Group(own, env)
        group.start(name, ["env", "--chdir", str(own / "cwd"), sys.executable, *command])
        self.groups.append(group)

    def start(self) -> None:
        for number in range(WORKERS):
            options = ("--concurrency", str(HANDS), "--without-gossip", "--without-mingle", "--loglevel", "INFO")
            self.add(f"worker{number}", "-m", "celery", "--app", "mentorship", "worker", "-n", f"w{number}@h", *options)
        for number in range(WEBS):
            self.ports.append(free_port())
            bind = ("--bind", f"127.0.0.1:{self.ports[-1]}", "--threads", str(THREADS), "--no-control-socket")
            self.add(f"web{number}", "-m", "gunicorn", *bind, "mentorship.wsgi")
        for number in range(BEATS):
            self.add(f"beat{number}", str(BEAT), str(self.folder / f"beat{number}" / "schedule"))

    def stop(self) -> None:
        """All at once: what each would say at its end is of no interest."""
        for group in self.groups:
            for process in group.running:
                os.killpg(process.popen.pid, signal.SIGKILL)
            group.stop()

    def log(self, name: str) -> str:
        return (self.folder / name / f"{name}.log").read_text()

    def logs(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in self.folder.glob("*/*.log"))

    def until(self, ready: Callable[[], bool], what: Callable[[], str]) -> None:
        """Wait, and see meanwhile how many connections to the database there are."""

        def look() -> bool:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                self.connections = max(self.connections, cursor.fetchone()[0])
            return ready()

        assert wait_until(look, seconds=LONGEST), f"{what()} did not end\n{self.logs()}"


@contextmanager
def machines(folder: Path, redis_url: str, mail_port: int) -> Iterator[Machines]:
    (folder / "bucket").mkdir(parents=True)
    shared = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SITE_URL": f"https://{HOST}",
        "BEHIND_PROXY": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "CONFIDENTIAL_KEYS": ",".join(settings.CONFIDENTIAL_KEYS),
        "STATICFILES": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "STORAGE": "tests.bucket.Bucket",
        "STORAGE_OPTIONS": f'{{"name": "{folder / "bucket"}"}}',
        "LOG_LEVEL": "INFO",
    }
    found = Machines(folder, shared)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
def place(tmp_path: Path, redis_url: str, transactional_db: None) -> Iterator[tuple[Machines, Sink]]:
    with running_sink() as (sink, port), machines(tmp_path / "machines", redis_url, port) as several:
        yield several, sink


def answers(port: int) -> bool:
    with closing(Browser(port)) as browser:
        try:
            return browser.get("/healthz").status == 200
        except OSError:
            return False


def joined(proposal: Proposal) -> list[list[int]]:
    """Who is with whom."""
    matches = proposal.matches.prefetch_related("seats")
    return sorted(sorted(seat.enrolment_id for seat in match.seats.all()) for match in matches)


def by_one(crowd: Crowd) -> list[list[int]]:
    """What one process alone proposes, for the same people at the same moment."""
    queued = matching.start_proposal(track=crowd.track, by=None, now=timezone.now())
    done = matching.run_proposal(queued.pk, clock=timezone.now)
    assert done is not None
    return joined(done)


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def bring_people(webs: list[Browser], program: Program) -> None:
    """An import whose pages come from one web process and the other in turn: its file lies on neither."""
    first, second = webs
    lines = [f"new{number}@example.org,Nina,Berg" for number in range(NEW)]
    content = "\n".join(["E-mail,First name,Last name", *lines]).encode()
    path = f"/programs/{program.slug}/people/import/"
    who = {"who": f"{program.tracks.get().slug}:mentee"}
    columns = moved(first.submit(path, who, file=("file", "people.csv", content)))
    check = moved(second.submit(columns, {}))
    moved(first.submit(check, {}))


def moved(answer: Answer) -> str:
    assert answer.status == 302, answer.text[:3000]
    return where(answer)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_several_of_each_do_what_one_of_each_does(place: tuple[Machines, Sink], stack: ExitStack) -> None:
    several, sink = place
    crowds = [make_crowd(model, dict.fromkeys(roles, PEOPLE)) for model, roles in TRACKS.items()]
    program = crowds[0].track.program
    dana = CoordinatorFactory.create(program=program).user
    alone = [by_one(crowd) for crowd in crowds]
    earlier = timezone.now() - timedelta(minutes=1)
    asked = [matching.start_proposal(track=crowd.track, by=None, now=earlier) for crowd in crowds]
    table = ask_for_table(program=program, table="participants", ending="csv", total=1, by=dana, now=earlier)
    several.until(lambda: all(map(answers, several.ports)), lambda: "starting")
    webs = [stack.enter_context(closing(Browser(port, cookie_of(dana)))) for port in several.ports]
    bring_people(webs, program)
    moved(webs[1].submit("/me/data/", {}, to="/me/data/file/"))

    several.until(lambda: is_done(asked), lambda: f"the jobs ({states(asked)})")
    assert states(asked) == ["draft"] * len(TRACKS) + ["done", "ready", "ready"]
    done = [Proposal.objects.get(pk=each.pk) for each in asked]
    assert [(each.state, each.attempts) for each in done] == [("draft", 1)] * len(TRACKS)
    assert [joined(each) for each in done] == alone
    new = Enrolment.objects.filter(user__email__startswith="new", track__program=program)
    assert (Import.objects.get().state, new.count()) == ("done", NEW)
    assert DataExport.objects.get().attempts == ExportJob.objects.get().attempts == 1
    assert same_from_both(webs, f"/me/data/file/{DataExport.objects.get().pk}/")[:2] == b"PK"
    fetched = [post_to(each, f"/programs/{program.slug}/exports/", f"files/{table.pk}/fetch/") for each in webs]
    assert fetched[0] == fetched[1]
    assert fetched[0].count(b"@example.org") >= 2 * PEOPLE

    for each in done[1:]:
        matching.publish(proposal=each, by=None, now=timezone.now())
    offered = Message.objects.filter(kind=OFFER)
    assert offered.count() == sum(len(match) for each in done[1:] for match in joined(each)) >= PEOPLE
    # At night offers wait for the morning.
    Message.objects.filter(state="pending").update(not_before=timezone.now())
    several.until(lambda: not Message.objects.filter(state__in=["pending", "sending"]).exists(), lambda: "the mails")
    sent = set(Message.objects.filter(state="sent").values_list("message_id", flat=True))
    assert set(offered.values_list("state", flat=True)) == {"sent"}
    assert Counter(sink.message_ids) == dict.fromkeys(sent, 1)
    assert several.connections <= MOST_CONNECTIONS
    assert sum("matching.tasks.run_proposal" in several.log(f"worker{n}") for n in range(WORKERS)) > 1
    assert left_behind(several.folder) == []


def is_done(asked: list[Proposal]) -> bool:
    return all(state in {"draft", "failed", "ready", "done"} for state in states(asked))


def states(asked: list[Proposal]) -> list[str]:
    """Of every proposal, import and file that somebody asked for."""
    proposals = Proposal.objects.filter(pk__in=[each.pk for each in asked])
    rows = (proposals, Import.objects.all(), DataExport.objects.all(), ExportJob.objects.all())
    return [state for some in rows for state in some.values_list("state", flat=True)]


def same_from_both(webs: list[Browser], path: str) -> bytes:
    first, second = (each.get(path).body for each in webs)
    assert first == second
    return first


def post_to(web: Browser, page: str, button: str) -> bytes:
    token = Form(web.get(page).text).values["csrfmiddlewaretoken"]
    return web.post(f"{page}{button}", {"csrfmiddlewaretoken": token}).body


def left_behind(folder: Path) -> list[str]:
    """What a process kept on its own machine that another one would miss: neither uploads nor anything else."""
    own = [path for path in folder.glob("*/*/**/*") if path.is_file() and "bucket" not in path.parts]
    return sorted(str(path.relative_to(folder)) for path in own)
