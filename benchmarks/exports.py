"""A million rows as CSV: how soon the first byte comes, how much memory and how much time of the processor it takes.

    python benchmarks/exports.py [--rows 1000000] [--way streamed|listed|both]

The mail log of one program on a PostgreSQL of its own, taken as a coordinator's browser takes it, each way in a process
of its own. "listed" is the baseline: the same rows as objects in one list, written into one text before any of it
leaves. Processor time is that of Python and of the database together.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PEOPLE = 10_000
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
WAYS = ("streamed", "listed")
# What differs from one message to the next; the rest is that of the first.
DIFFERENT = {
    "subject_id": "n",
    "recipient_id": "person.id",
    "not_before": "m.not_before + n * interval '1 second'",
    "sent_at": "m.sent_at + n * interval '1.7 seconds'",
    "message_id": "'<' || n || '@example.org>'",
}
# What is asked of the way that the product takes.
MOST = {"first byte": 1.0, "memory": 30.0, "processor": 10.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--way", choices=[*WAYS, "both"], default="both")
    parser.add_argument("--measured", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measured:
        _start_django()
        _measure(options.way)
        return 0
    with import_module("tests.services").postgres() as url:
        os.environ["DATABASE_URL"] = url
        _start_django()
        call_command("migrate", verbosity=0)
        _fill(options.rows)
        failed = [way for way in WAYS if options.way in (way, "both") and not _in_a_process(way)]
    return 1 if "streamed" in failed else 0


def _start_django() -> None:
    import_module("tests.environment")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    django.setup()


def _fill(rows: int) -> None:
    """Messages to ten thousand people with names as people have them, some of which a spreadsheet would run."""
    models, mail, people = (import_module(f"{app}.models") for app in ("programs", "mail", "participants"))
    now = NOW
    day = now.date()
    program = models.Program.objects.create(
        slug="large",
        name="Large",
        starts_on=day,
        ends_on=day + timedelta(days=200),
        timezone="Europe/Berlin",
        created_at=now,
    )
    told = [("Zoë", "O’Brien"), ("Ada", 'of "Byron", Lady'), ("=Eve", "+1"), ("Jürgen", "von der Weide")]
    people.User.objects.bulk_create(
        people.User(email=f"person{n}@example.org", first_name=told[n % 4][0], last_name=f"{told[n % 4][1]} {n}")
        for n in range(PEOPLE)
    )
    first = mail.Message.objects.create(
        kind="session_day_before",
        subject_type="x",
        subject_id=0,
        recipient_id=people.User.objects.order_by("pk").values_list("pk", flat=True)[0],
        program_id=program.pk,
        state="sent",
        not_before=now,
        sent_at=now,
        expires_at=now + timedelta(days=90),
        message_id="<0@example.org>",
        created_at=now,
    )
    _copy(mail.Message, first.pk, rows)


def _copy(model: Any, pk: int, rows: int) -> None:  # noqa: ANN401  # a model, once Django is set up
    """By the database itself: made one by one, they would take longer than all that is measured."""
    names = [field.column for field in model._meta.local_fields if not field.primary_key]
    values = ", ".join(DIFFERENT.get(name, f'm."{name}"') for name in names)
    people = "(SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM participants_user)"
    columns = ", ".join(f'"{name}"' for name in names)
    copy = (
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values} FROM {model._meta.db_table} m, "  # noqa: S608  # our own names
        f"generate_series(1, %s) n JOIN {people} person ON person.place = n %% %s WHERE m.id = %s"
    )
    with import_module("django.db").connection.cursor() as cursor:
        cursor.execute(copy, [rows - 1, PEOPLE, pk])
        cursor.execute("ANALYZE")


def _in_a_process(way: str) -> bool:
    own = [sys.executable, __file__, "--measured", "--way", way]
    return subprocess.run(own, check=False, env=os.environ, cwd=ROOT).returncode == 0  # noqa: S603  # ourselves


def _measure(way: str) -> None:
    """Prints what one way takes; exits with 1 where that is more than is asked of it."""
    from django.db import connection  # noqa: PLC0415 - once Django is set up

    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(cursor.fetchone()[0])
    taken = {"streamed": _streamed, "listed": _listed}[way]
    own = os.getpid()
    next(iter(taken(limit=1)))  # what is only ever imported and compiled once
    before, peak, size = _memory(), 0, 0
    used, began, first = _processor(own, server), time.perf_counter(), 0.0
    for number, piece in enumerate(taken()):
        first = first or time.perf_counter() - began
        size += len(piece)
        if not number % 100:
            peak = max(peak, _memory())
    peak = max(peak, _memory())
    found = {"first byte": first, "memory": (peak - before) / 2**20, "processor": _processor(own, server) - used}
    wall = time.perf_counter() - began
    print(
        f"{way}: first byte {found['first byte']:.2f} s, +{found['memory']:.0f} MB, {found['processor']:.1f} CPU-s, "
        f"{wall:.1f} s, {size / 2**20:.0f} MB"
    )
    raise SystemExit(any(found[what] > most for what, most in MOST.items()))


def _processor(*processes: int) -> float:
    """Seconds in user and system mode together, as Linux counts them: the 14th and 15th of what it says."""
    said = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in processes]
    return sum(int(each[11]) + int(each[12]) for each in said) / os.sysconf("SC_CLK_TCK")


def _memory() -> int:
    """What this process holds in memory now, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _streamed(limit: int | None = None) -> Iterator[bytes]:
    table, scope = _asked()
    reading = table.read(scope)
    if limit:
        reading.source.query.set_limits(high=limit)
    yield from import_module("reports.exports.csv_file").streamed(reading, scope.zone, mark=True)


def _listed(limit: int | None = None) -> Iterator[bytes]:
    messages = import_module("mail.models").Message.objects.select_related("recipient").order_by("pk")[:limit]
    out = io.StringIO()
    writer = csv.writer(out)
    for each in list(messages):
        person = each.recipient
        writer.writerow(
            [
                each.kind,
                person.first_name,
                person.last_name,
                person.email,
                each.state,
                each.not_before.isoformat(),
                each.sent_at.isoformat(),
                each.attempts,
                each.last_error_class,
            ]
        )
    yield out.getvalue().encode()


def _asked() -> tuple[Any, Any]:
    program = import_module("programs.models").Program.objects.get(slug="large")
    exports = import_module("reports.exports")
    right = import_module("programs.permissions").Right
    return exports.find(program, list(right), "mail"), exports.Scope(program, NOW)


if __name__ == "__main__":
    raise SystemExit(main())
