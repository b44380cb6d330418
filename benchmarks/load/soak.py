"""Does it grow? Visitors for as long as one likes, while workers and Redis are killed.

    ./run python benchmarks/load/soak.py --minutes 120 [--users 30] [--small]

About thirty requests a second on an installation as in production. Every two minutes, in turn, the worker is killed
with all its processes, or Redis is killed and comes back empty after five seconds. Every ten seconds the memory of each
process of web and worker and the number of connections to the database are noted. Printed are the slope of the memory
in MB an hour (least squares, with a 95 % interval) after a fifth of the time for warming up, the connections at the
start and at the end, and what was answered. The status is 1 if a page answered 500 or a connection broke, if web grows
by 2 MB an hour or more (its interval lies above that), or if connections grew.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.load.place import Place, place, postmaster
from benchmarks.load.run import SIZE, SMALL, load

EVERY, KILLS_EVERY, GONE = 10.0, 120.0, 5.0
MOST_SLOPE = 2.0
WARM = 0.2


@dataclass
class Watch:
    """Notes of memory and connections, and kills, in a thread of its own."""

    here: Place
    database: psutil.Process
    ended: threading.Event = field(default_factory=threading.Event)
    seconds: list[float] = field(default_factory=list)
    web: list[float] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)

    def run(self) -> None:
        begun, killed = time.monotonic(), time.monotonic()
        while not self.ended.wait(EVERY):
            self._note(time.monotonic() - begun)
            if time.monotonic() - killed > KILLS_EVERY:
                self._kill()
                killed = time.monotonic()

    def _note(self, at: float) -> None:
        self.seconds.append(at)
        self.web.append(_megabytes(self.here.pids("web")))
        self.worker.append(_megabytes(self.here.pids("worker")))
        self.connections.append(sum("postgres:" in " ".join(_words(each)) for each in self.database.children()))

    def _kill(self) -> None:
        if len(self.kills) % 2:
            self.kills.append("Redis")
            self.here.redis.stop()
            time.sleep(GONE)
            self.here.redis.kill()
        else:
            self.kills.append("worker")
            self.here.kill_worker()


def _words(process: psutil.Process) -> list[str]:
    """How a process of PostgreSQL calls itself, if it serves a client ("postgres: user database address state")."""
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return words if "127.0.0.1(" in " ".join(words) else []


def _megabytes(processes: list[psutil.Process]) -> float:
    sizes = []
    for each in processes:
        try:
            sizes.append(each.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            continue
    return sum(sizes)


def slope(seconds: list[float], sizes: list[float]) -> tuple[float, float]:
    """MB an hour by least squares, and the half of its 95 % interval."""
    hours, values = np.array(seconds) / 3600, np.array(sizes)
    centred = hours - hours.mean()
    found = float(centred @ values / (centred @ centred))
    rest = values - values.mean() - found * centred
    spread = float(np.sqrt(rest @ rest / max(1, len(hours) - 2) / (centred @ centred)))
    return found, 1.96 * spread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--users", type=int, default=30)
    parser.add_argument("--small", action="store_true", help="a few programs instead of fifty")
    options = parser.parse_args()
    with place() as here, tempfile.TemporaryDirectory() as folder:
        from benchmarks.load.known import fill, known  # noqa: PLC0415  once Django is set up

        fill(**(SMALL if options.small else SIZE))
        targets = Path(folder) / "known.json"
        targets.write_text(json.dumps(known().as_json()))
        os.environ["LOAD_TARGETS"] = str(targets)
        here.start()
        here.start_others()
        watch = Watch(here, postmaster())
        thread = threading.Thread(target=watch.run)
        thread.start()
        rows = load(here, "Visitor", options.users, int(options.minutes * 60))
        watch.ended.set()
        thread.join()
        return _say(watch, rows)


def _say(watch: Watch, rows: list[dict[str, str]]) -> int:
    total = next(row for row in rows if row["Name"] == "Aggregated")
    first = int(len(watch.seconds) * WARM)
    steady = watch.seconds[first:]
    grows, half = slope(steady, watch.web[first:])
    begin, end = watch.connections[first], max(watch.connections[-5:])
    rate, errors = float(total["Requests/s"]), int(total["Failure Count"])
    print(f"{total['Request Count']} requests, {rate:.1f} a second, {errors} errors; p95 {total['95%']} ms")
    print(f"killed: worker {watch.kills.count('worker')} times, Redis {watch.kills.count('Redis')} times")
    print(f"web: {watch.web[first]:.0f} to {watch.web[-1]:.0f} MB in all, {grows:+.1f} ± {half:.1f} MB an hour")
    print(f"worker: {min(watch.worker[first:]):.0f} to {max(watch.worker[first:]):.0f} MB in all")
    print(f"connections to the database: {begin}, at the end {end}, at the most {max(watch.connections)}")
    return int(errors > 0 or grows - half >= MOST_SLOPE or end > begin + 2)


if __name__ == "__main__":
    sys.exit(main())
