"""How many participants take how much: unit costs measured here, and a year of mail and matching simulated from them.

    ./run python benchmarks/scaling.py [--people 10000] [--mails 2000]

On a PostgreSQL of its own with so many people in running programs it measures what one mail costs (written, fenced and
handed to a mail server on this machine) and what ticks cost that find nothing to do: that of the full hour, which looks
at all sessions of the days around it, and that of any other minute. Then it lets a year
pass for 10,000, 100,000 and 1,000,000 participants, in minutes: every mail falls due when the product's own timings
say (the day and the hour before a session, the question afterwards, the surveys with their reminders, the offers of a
season that begins for everybody on one morning), and leaves as fast as so many worker processes send. Costs of one
match come from docs/performance.md.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SIZES = (10_000, 100_000, 1_000_000)
# What is simulated person by person; larger installations are so many of these at the same time.
SAMPLE = 10_000
YEAR, MINUTE, DAY = 365, timedelta(minutes=1), timedelta(days=1)
START = datetime(2027, 1, 1, tzinfo=UTC)
# Two seasons of a program, each beginning for everybody on one Monday, and a session every two weeks within it.
SEASONS = (date(2027, 1, 11), date(2027, 9, 6))
WEEKS, EVERY = 26, 14
ZONES = (("Europe/Berlin", 5), ("Europe/London", 3), ("America/New_York", 2), ("Asia/Kolkata", 1))
# When people meet: whole and half hours of a working day, most of them late in the morning and in the afternoon.
HOURS = ((9, 2), (10, 4), (11, 4), (12, 1), (13, 2), (14, 4), (15, 4), (16, 3), (17, 2))
REMINDED = 0.6  # of surveys, the share that is reminded
# Dwell that is aimed at: 99 of 100 mails within a minute after they fell due.
AIM = 60.0
# CPU seconds of one assignment with its scores, by people a side: docs/performance.md.
MATCHING = {300: 0.08, 1_000: 0.25, 5_000: 4.4, 10_000: 12.0}
TRACK = 200
# Pages a person opens a day, and how much more often in the busiest minute than on average (after a mail-out).
PAGES, PEAK, PAGE_MS = 5, 20, 12.0
Minutes = npt.NDArray[np.float64]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--mails", type=int, default=2_000)
    options = parser.parse_args()
    mail, hour, minute, people = _measured(options.people, options.mails)
    print(f"\none mail: {1000 * mail:.1f} CPU-ms of worker and database, so {1 / mail:.0f} a second and core")
    print(f"one tick over {people:,} participants: {hour:.1f} CPU-s at the full hour, {minute:.2f} in between")
    due = year()
    print(f"a year of {SAMPLE:,} participants: {due.sum():,.0f} mails, {due.max():,.0f} in the busiest minute")
    for size in SIZES:
        _say(size, due * (size / SAMPLE), mail, hour * size / people, minute * size / people)
    return 0


# --- measured -----------------------------------------------------------------------------
def _measured(people: int, mails: int) -> tuple[float, float, float, int]:
    """CPU seconds of one mail, of the full hour's tick and of another, and over how many participants it went."""
    from tests.mail.sink import running_sink
    from tests.services import postgres

    with tempfile.TemporaryDirectory() as folder, postgres(durable=True) as url, running_sink() as (_, port):
        _prepare(folder, url, port)
        import psutil

        from benchmarks.load.known import fill
        from benchmarks.load.place import postmaster, processor

        # Beside them are the small and the large program of the measurement of pages.
        fill(programs=max(1, (people - 1_000) // 200), pairs=100, sessions=12)
        database, own = postmaster(), psutil.Process()

        def used() -> float:
            return processor(own) + processor(database)

        _tick()  # what had come near meanwhile is written down, so that the ticks that are measured find nothing new
        before = used()
        _look_at_all()
        between = used()
        _tick()
        hour, minute = between - before, used() - between
        queued = _queued(mails)
        before, begun = used(), time.perf_counter()
        sent = _drained(queued)
        wall = time.perf_counter() - begun
        print(f"{sent:,} mails sent in {wall:.1f} s by one process", flush=True)
        from programs.models import Enrolment

        return (used() - before) / sent, hour + minute, minute, Enrolment.objects.count()


def _prepare(folder: str, url: str, port: int) -> None:
    import django
    from django.core.management import call_command

    os.environ.update(DATABASE_URL=url, VAR_DIR=folder, SITE_URL="http://localhost", REDIS_URL="", LOG_LEVEL="ERROR")
    os.environ.update(EMAIL_URL=f"smtp://127.0.0.1:{port}", DJANGO_SETTINGS_MODULE="mentorship.settings")
    os.environ["STATICFILES"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    call_command("migrate", verbosity=0)


def _tick() -> None:
    """What a tick does for sessions and surveys; the first of an hour looks at all sessions that are near."""
    from django.utils import timezone

    from sessions import tasks as sessions
    from surveys import tasks as surveys

    now = timezone.now()  # noqa: TID251  a tick runs by the clock
    sessions.tick(now)
    surveys.tick(now)


def _look_at_all() -> None:
    from django.utils import timezone

    from sessions import planning

    planning.plan_all(timezone.now())  # noqa: TID251  as above


def _queued(mails: int) -> int:
    """Make so many of the reminders that were written fall due now."""
    from django.utils import timezone

    from mail.models import Message

    now = timezone.now()  # noqa: TID251  as above
    Message.objects.exclude(kind="session-follow-up").delete()
    waiting = list(Message.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True)[:mails])
    Message.objects.exclude(pk__in=waiting).delete()
    return Message.objects.update(not_before=now - MINUTE, expires_at=now + DAY)


def _drained(queued: int) -> int:
    from django.utils import timezone

    from mail.models import Message
    from mail.services import drain

    drain(clock=timezone.now)  # noqa: TID251  as above
    sent = Message.objects.filter(state="sent").count()
    if sent < queued * 0.9:
        raise RuntimeError(f"{sent} of {queued} were sent")
    return sent


# --- simulated ----------------------------------------------------------------------------
def year() -> Minutes:
    """Mails that fall due in each minute of a year of the sample."""
    rng = random.Random(1)
    due: Counter[int] = Counter()
    for _ in range(SAMPLE // 2):
        zones = rng.choices([zone for zone, _ in ZONES], [weight for _, weight in ZONES], k=2)
        for season in SEASONS:
            due.update(int((at - START) / MINUTE) for at in _of_pair(season, zones, rng))
    minutes = np.zeros(YEAR * 24 * 60)
    for at, count in due.items():
        if 0 <= at < len(minutes):
            minutes[at] += count
    return minutes


def _of_pair(season: date, zones: list[str], rng: random.Random) -> Iterator[datetime]:
    """Everything that the two people of a pair get in one season."""
    from zoneinfo import ZoneInfo

    from sessions import timing

    here = ZoneInfo(zones[0])
    hour = rng.choices([hour for hour, _ in HOURS], [weight for _, weight in HOURS])[0]
    first = season + timedelta(days=rng.randrange(EVERY))
    for number in range(WEEKS * 7 // EVERY):
        day = first + timedelta(days=EVERY * number)
        starts = datetime(day.year, day.month, day.day, hour, rng.choice((0, 0, 30)), tzinfo=here).astimezone(UTC)
        for zone in zones:
            asked = timing.follow_up(starts + timedelta(hours=1), zone)
            yield from (timing.day_before(starts, zone), timing.hour_before(starts, zone), asked)
            # The survey follows the answer to "did you meet?", some hours or a day later.
            yield asked + timedelta(minutes=rng.randrange(5, 36 * 60))
    for zone in zones:
        yield from _of_season(season, zone, rng)


def _of_season(season: date, zone: str, rng: random.Random) -> Iterator[datetime]:
    from zoneinfo import ZoneInfo

    from surveys.wording import TIMES

    # One button offers all matches of a program; that all do it within the same hour is the worst that can be.
    begin = datetime(season.year, season.month, season.day, 9, tzinfo=UTC) + timedelta(minutes=rng.randrange(60))
    yield begin
    # Surveys ask at nine in the morning of each person's own zone.
    local = datetime(season.year, season.month, season.day, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for kind, after in (("baseline", 1), ("two_weeks", 14), ("midpoint", WEEKS * 7 // 2), ("closing", WEEKS * 7)):
        yield local + timedelta(days=after)
        if rng.random() < REMINDED:
            yield from (local + timedelta(days=after + later) for later in TIMES[kind].reminder_days)


def dwell(due: Minutes, rate: float) -> tuple[float, float, float]:
    """Seconds between due and sent at so many mails a second: the 50th and 99th of a hundred mails, and the longest.

    A mail that falls due in a minute waits for what was left before it, and for half of those of its own minute.
    """
    left, earlier, waits = 0.0, 0, np.zeros(len(due))
    for minute in np.flatnonzero(due):
        left = max(0.0, left - rate * 60 * (minute - earlier))
        waits[minute] = (left + due[minute] / 2) / rate
        left, earlier = left + due[minute], minute
    some = due > 0
    order = np.argsort(waits[some])
    shares = np.cumsum(due[some][order]) / due.sum()
    sorted_waits = waits[some][order]
    half, most = (float(sorted_waits[np.searchsorted(shares, share)]) for share in (0.5, 0.99))
    return half, most, float(sorted_waits[-1])


def needed(due: Minutes, mail: float) -> int:
    """The fewest cores on which 99 of 100 mails leave within the aim."""
    few, enough = 0, 1
    while dwell(due, enough / mail)[1] > AIM:
        few, enough = enough, 2 * enough
    while enough - few > 1:
        half = (few + enough) // 2
        few, enough = (half, enough) if dwell(due, half / mail)[1] > AIM else (few, half)
    return enough


def _say(size: int, due: Minutes, mail: float, hour: float, minute: float) -> None:
    enough = needed(due, mail)
    tracks = size // TRACK
    each = float(np.interp(TRACK // 2, [0, *MATCHING], [0, *MATCHING.values()]))
    pages = size * PAGES / 86_400 * PEAK
    print(f"\n{size:,} participants")
    print(f"  mails         {due.sum():,.0f} a year; {due.max():,.0f} in the busiest minute")
    for number in dict.fromkeys((1, enough)):
        half, most, longest = dwell(due, number / mail)
        cores = "1 core" if number == 1 else f"{number} cores"
        print(f"  {cores:13} dwell {half:,.1f} s (50 %), {most:,.0f} s (99 %), {longest:,.0f} s at the most")
    print(f"  tick          {hour:,.1f} CPU-s at the full hour, at most {minute:,.1f} at any other minute")
    print(f"  matching      {tracks:,} tracks of {TRACK}: {tracks * each:,.0f} CPU-s in all, on one day")
    print(f"  pages         {pages:,.0f} a second at the peak, {pages * PAGE_MS / 1000:,.1f} cores at {PAGE_MS:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
