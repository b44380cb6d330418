"""The races of docs/trust.md: many processes at one thing at the same moment, on a PostgreSQL of their own.

    ./run python benchmarks/races.py                               all, 1,000 rounds of 12 clients, 100 without guards
    ./run python benchmarks/races.py --minutes 11                  as many rounds of each as that allows
    ./run python benchmarks/races.py --races 4 7 --rounds 200      some of them

Each round is set up, run from a barrier, and judged by what stands in the database and what everybody was told. The
control is the same without the guard. Prints a row a race as it is done; ends with status 1 if a promise was broken
once, or a control kept its promise in more than one round of twenty.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@contextmanager
def database() -> Iterator[str]:
    """An empty database beside the server's own, which is needed to make copies; gives its name."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield str(connection.settings_dict["NAME"])
    finally:
        teardown_databases(made, verbosity=0)


def rows(options: argparse.Namespace) -> bool:
    """Whether every race went as it must."""
    import django

    django.setup()
    from tests.races.ground import ground
    from tests.races.table import RACES

    print("|   | Race | Guard | Broken | Without the guard | Seconds |")
    print("|---|---|---|---|---|---|", flush=True)
    good = True
    wanted = [race for race in RACES if not options.races or race.number in options.races]
    with database() as name, ground(name, options.clients) as place:
        end = time.monotonic() + 60 * options.minutes
        for number, race in enumerate(wanted):
            share = (end - time.monotonic()) / (len(wanted) - number)
            kept = place.run(race, rounds=options.rounds, seconds=0.8 * share)
            control = place.run(race, rounds=options.controls, off=True, seconds=0.2 * share)
            good = good and kept.broken == 0 and control.share >= 0.95
            counts = [f"{each.broken:,} of {each.rounds:,}" for each in (kept, control)]
            cells = (race.number, race.what, race.guard, *counts, f"{kept.seconds + control.seconds:.0f}")
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            for note in kept.notes:
                print(f"  broken: {note}", flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--controls", type=int, default=100, help="rounds without the guard")
    parser.add_argument("--minutes", type=float, default=math.inf, help="fewer rounds of each race where they are over")
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--races", type=int, nargs="*", help="their numbers; all if none is given")
    options = parser.parse_args()
    from tests.services import postgres

    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mentorship-races-") as folder, postgres() as url:
        os.environ.update(DATABASE_URL=url, VAR_DIR=folder, REDIS_URL="", LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
        os.environ["STATICFILES"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        good = rows(options)
    print(f"{time.monotonic() - begun:.0f} s in all", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
