"""What many people at once take of one machine with two cores, database included.

    ./run python benchmarks/load/run.py [--seconds 600] [--users 130] [--small]

Starts a PostgreSQL that waits for its disk, a Redis, gunicorn with the settings of production, and a worker; writes
50 programs with 10,000 people, 5,000 matches, 60,000 sessions and 60,000 answers; and prints

1. what each page costs in milliseconds of processor, against a page that does nothing, and how many questions it asks;
2. requests a second, times and errors of the mix of an ordinary day (locust, benchmarks/load/visitors.py);
3. the same after a mail-out: ten clicks a second, and three fetches of each link by mail scanners;
4. the mix again while a coordinator imports 5,000 people and takes exports;
5. what each process of web and worker holds in memory at the end.

The status is 1 if a page costs more than it may, an error was answered, or a process grew over 150 MB. --small proves
that it works, in two minutes. What is printed first goes to standard output; progress to standard error.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.load.place import Place, place  # the path is set above

SIZE = {"programs": 50, "pairs": 100, "sessions": 12}
SMALL = {"programs": 3, "pairs": 30, "sessions": 12}
MOST_MEGABYTES = 150
VISITORS = Path(__file__).with_name("visitors.py")


def main() -> int:
    options = _options()
    with place() as here, tempfile.TemporaryDirectory() as folder:
        from benchmarks.load.known import fill, known
        from benchmarks.seeding import sizes

        begun = time.monotonic()
        fill(**(SMALL if options.small else SIZE))
        knows = known()
        print(f"{sizes()} ({time.monotonic() - begun:.0f} s)", flush=True)
        targets = Path(folder) / "known.json"
        targets.write_text(json.dumps(knows.as_json()))
        os.environ["LOAD_TARGETS"] = str(targets)
        here.start()
        failed = _say_costs(here, knows, 20 if options.small else 100)
        if not options.costs:
            here.start_others()
            failed += _say_load("mix", here, "Visitor", options.users, options.seconds)
            failed += _say_load("mail-out", here, "Clicker", 10, min(300, options.seconds))
            failed += _with_files(here, knows, options)
        failed += _say_memory(here)
    for line in failed:
        print(f"MISSED: {line}")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--users", type=int, default=130)
    parser.add_argument("--small", action="store_true", help="a few programs, and ten seconds of each load")
    parser.add_argument("--costs", action="store_true", help="the costs of pages alone")
    options = parser.parse_args()
    if options.small:
        options.seconds, options.users = min(options.seconds, 10), min(options.users, 10)
    return options


def _say_costs(here: Place, knows: object, requests: int) -> list[str]:
    from benchmarks.load.costs import ANSWERED, BARE, MOST, MOST_QUESTIONS, costs, questions

    missed, wholes = [], {}
    print("\npage                 CPU-ms   of it PostgreSQL   may cost   times the baseline   a second and core")
    for each in costs(here, knows, requests):  # type: ignore[arg-type]  # known() made it
        most = f"{MOST[each.name]:.0f}" if each.name in MOST else "–"
        rate = 1000 / each.whole if each.whole else 0
        told = f"{each.name:<20} {each.whole:6.1f}   {each.database:16.1f}   {most:>8}"
        print(f"{told}   {each.times:18.1f}   {rate:17.0f}", flush=True)
        missed += [] if each.is_met else [f"{each.name} costs {each.whole:.1f} ms"]
        wholes[each.name] = each.whole
    print(f"{ANSWERED}: {wholes[ANSWERED] / wholes[BARE]:.1f} times the bare one")
    print("\nquestions to the database with 10 and with 1,000 people")
    for name, (few, many) in questions(knows).items():  # type: ignore[arg-type]  # as above
        print(f"{name:<20} {few:4} {many:4}")
        missed += [] if few == many <= MOST_QUESTIONS else [f"{name} asks {few} and {many} questions"]
    return missed


def _say_load(title: str, here: Place, who: str, users: int, seconds: int) -> list[str]:
    rows = load(here, who, users, seconds)
    print(f"\n{title}: {users} at once for {seconds} s")
    print("page                 requests   a second   errors    p50    p95    p99 ms")
    for row in rows:
        times = [row[f"{share}%"] for share in (50, 95, 99)]
        told = (
            f"{row['Name']:<20} {row['Request Count']:>8}   {float(row['Requests/s']):8.1f}   {row['Failure Count']:>6}"
        )
        print(f"{told} {times[0]:>6} {times[1]:>6} {times[2]:>6}", flush=True)
    total = next(row for row in rows if row["Name"] == "Aggregated")
    return [f"{title}: {total['Failure Count']} errors"] if int(total["Failure Count"]) else []


def load(here: Place, who: str, users: int, seconds: int) -> list[dict[str, str]]:
    """Let so many visitors come; the rows of locust's own table, by page."""
    with tempfile.TemporaryDirectory() as folder:
        told = ["--csv", f"{folder}/out", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0"]
        pace = ["--users", str(users), "--spawn-rate", str(max(1, users // 10)), "--run-time", f"{seconds}s"]
        command = [sys.executable, "-m", "locust", "-f", str(VISITORS), who, "--headless", *pace, *told]
        command += ["--host", f"http://127.0.0.1:{here.port}", "--stop-timeout", "10"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, env=os.environ, **quiet)  # noqa: S603  locust
        with Path(f"{folder}/out_stats.csv").open(newline="") as file:
            return list(csv.DictReader(file))


def _with_files(here: Place, knows: object, options: argparse.Namespace) -> list[str]:
    """A coordinator's work of the heaviest kind while others come."""
    from benchmarks.load.files import Coordinator

    slug, cookie = knows.coordinators[0]  # type: ignore[attr-defined]  # known() made it
    at_work = Coordinator(here.port, slug, cookie, people=200 if options.small else 5_000)
    thread = threading.Thread(target=at_work.work)
    thread.start()
    missed = _say_load("mix, with files", here, "Visitor", options.users, min(120, options.seconds))
    thread.join()
    print("meanwhile: " + "; ".join(at_work.done or ["nothing was done"]))
    return missed + at_work.failed


def _say_memory(here: Place) -> list[str]:
    missed = []
    print("\nprocess    MB")
    for name in [each.name for each in here.group.running if each.name in ("web", "worker", "mailer")]:
        for process in here.pids(name):
            size = process.memory_info().rss / 2**20
            print(f"{name:<10} {size:.0f}")
            missed += [] if size <= MOST_MEGABYTES else [f"a process of {name} holds {size:.0f} MB"]
    return missed


if __name__ == "__main__":
    sys.exit(main())
