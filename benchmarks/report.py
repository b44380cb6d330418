"""The organisation's report over many people: how many questions to the database, and how long the server takes.

    python benchmarks/report.py [--people 10000] [--sessions 12] [--programs 12] [--rounds 5]

On a PostgreSQL of its own: pairs in programs that are over, each with so many sessions, and six answers of every
mentee and mentor in two surveys of half of them. The page is asked for as an admin's browser asks for it. "one by one"
is the baseline in the same run: the same programs' own reports, worked out one after another. What counts is the
processor's time, that of Python and of the database together: on a busy machine the clock says little.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
NOW, DAY = datetime(2027, 3, 1, 9, tzinfo=UTC), timedelta(days=1)
AT_ONCE = 5_000
DEPARTMENTS = ("Engineering", "Product", "Data", "Design", "Sales", "Support", "Finance")
# What is asked of the page.
MOST_QUESTIONS, MOST_SECONDS = 10, 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name, usual in (("people", 10_000), ("sessions", 12), ("programs", 12), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with import_module("tests.services").postgres() as url:
        os.environ["DATABASE_URL"] = url
        import_module("tests.environment")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        for number in range(options.programs):
            _fill(number, options.people // options.programs // 2, options.sessions)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        _say_size()
        return _measure(options.rounds)


def _fill(number: int, pairs: int, sessions: int) -> None:
    programs, matching, meetings, people = (
        import_module(f"{app}.models") for app in ("programs", "matching", "sessions", "participants")
    )
    program = programs.Program.objects.create(
        slug=f"program-{number}",
        name=f"Program {number}",
        starts_on=NOW.date() - 200 * DAY,
        ends_on=NOW.date(),
        timezone="UTC",
        created_at=NOW,
    )
    track = programs.Track.objects.create(program=program, slug="pairs", name="Pairs", model="traditional")
    proposal = matching.Proposal.objects.create(
        program=program, track=track, number=1, state="published", objective="cover", created_at=NOW, published_at=NOW
    )
    users = people.User.objects.bulk_create(
        people.User(email=f"p{number}-{each}@example.org", first_name="Ann", last_name="Hill")
        for each in range(2 * pairs)
    )
    roles = ("mentor", "mentee")
    enrolled = programs.Enrolment.objects.bulk_create(
        programs.Enrolment(
            track=track,
            user=user,
            role=roles[each % 2],
            joined_at=NOW,
            answers={"department": DEPARTMENTS[each * 5 // 3 % len(DEPARTMENTS)]},
        )
        for each, user in enumerate(users)
    )
    ended = {"state": "ended", "ended_at": NOW, "end_reason": "finished"}
    began = NOW - 200 * DAY
    made = matching.Match.objects.bulk_create(
        matching.Match(
            track=track, proposal=proposal, number=each, created_at=began, offered_at=began, activated_at=began, **ended
        )
        for each in range(1, pairs + 1)
    )
    matching.Seat.objects.bulk_create(
        matching.Seat(match=made[each // 2], enrolment=one, role=one.role, answer="accepted", answered_at=began)
        for each, one in enumerate(enrolled)
    )
    meetings.Session.objects.bulk_create(
        (_session(meetings, match, began + (7 + 14 * each) * DAY) for match in made for each in range(sessions)),
        batch_size=AT_ONCE,
    )
    meetings.Goal.objects.bulk_create(
        meetings.Goal(match=match, owner=one.user, text="Present well", created_at=began, reached_at=NOW)
        for match, one in zip(made, enrolled[1::2], strict=True)
    )
    _answer(program, [one.user for one in enrolled[: len(enrolled) // 2]])


def _session(meetings: Any, match: Any, starts: datetime) -> Any:  # noqa: ANN401 - models are not there before Django is
    return meetings.Session(
        match=match,
        state="held",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        wall_start=starts.strftime("%Y-%m-%dT%H:%M"),
        zone="UTC",
        minutes=60,
        planned_at=starts - DAY,
        logged_at=starts + DAY,
        created_at=starts - DAY,
    )


def _answer(program: Any, users: list[Any]) -> None:  # noqa: ANN401 - models are not there before Django is
    surveys, survey_of = import_module("surveys.models"), import_module("surveys.definition").survey_of
    for kind, when in (("baseline", NOW - 190 * DAY), ("closing", NOW)):
        survey = survey_of(program, kind)
        items = list(survey.questions.exclude(construct="")[:6])
        asked = surveys.Invitation.objects.bulk_create(
            surveys.Invitation(survey=survey, user=user, created_at=when, closes_at=when + 30 * DAY, answered_at=when)
            for user in users
        )
        sent = import_module("surveys.services").store_sent(asked)
        surveys.Answer.objects.bulk_create(
            (surveys.Answer(response=each, question=item, value=1 + each.pk % 7) for each in sent for item in items),
            batch_size=AT_ONCE,
        )


def _say_size() -> None:
    counted = (("programs", "Enrolment"), ("sessions", "Session"), ("surveys", "Answer"))
    sizes = [(name, getattr(import_module(f"{app}.models"), name).objects.count()) for app, name in counted]
    print(", ".join(f"{size:,} {name.lower()}s" for name, size in sizes), flush=True)


@dataclass(frozen=True)
class Taken:
    """questions, counted in a run of its own; of the others, each on average: seconds by the clock (the median), and
    of the processor, as Python and as the database used it.
    """

    questions: int
    clock: float
    python: float
    database: float

    @property
    def processor(self) -> float:
        return self.python + self.database

    def __str__(self) -> str:
        parts = f"{self.python * 1000:.0f} Python’s and {self.database * 1000:.0f} the database’s"
        return f"{self.questions} questions, {self.clock * 1000:.0f} ms, {self.processor * 1000:.0f} CPU-ms ({parts})"


def _measure(rounds: int) -> int:
    user = import_module("participants.models").User.objects.create(email="ada@example.org")
    import_module("participants.models").RoleGrant.objects.create(user=user, role="admin", granted_at=NOW)
    client = import_module("django.test").Client(HTTP_HOST="localhost")
    client.force_login(user)
    page = _timed(lambda: client.get("/org/report/", secure=True), rounds)
    print(f"page of the report: {page}", flush=True)
    program = import_module("programs.models").Program
    outcome = import_module("reports.queries.outcome").outcome
    single = _timed(lambda: [outcome(each, NOW) for each in program.objects.all()], 1)
    print(f"one by one: {single}")
    print(f"page / one by one: {page.processor / single.processor:.2f} of the processor, {rounds} rounds")
    return 0 if page.questions <= MOST_QUESTIONS and page.processor <= MOST_SECONDS else 1


def _timed(deed: Callable[[], Any], rounds: int) -> Taken:
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:  # noqa: ANN401 - as Django hands it on
        asked.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        found = deed()
    if getattr(found, "status_code", 200) != 200:
        raise RuntimeError(f"the page answered {found.status_code}")
    clocks = []
    python, database = time.process_time(), _of_the_database()
    for _ in range(rounds):
        start = time.perf_counter()
        deed()
        clocks.append(time.perf_counter() - start)
    own, other = time.process_time() - python, _of_the_database() - database
    return Taken(len(asked), median(clocks), own / rounds, other / rounds)


def _of_the_database() -> float:
    """Seconds that the server's process for us has used so far: the 14th and 15th of what Linux says of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(cursor.fetchone()[0])
    said = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
