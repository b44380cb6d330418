"""All runs of the chaos, one after the other, and a table of what they found.

    nice python benchmarks/chaos/series.py [--messages 10000] [--only WORDS] [--stretch 1] [--seed 1]

Four runs with everything that can go wrong keep every promise. Each of the others lacks one guard and breaks the
promise that this guard keeps: if it did not, the figures could not be believed. The status is 1 if either is not so.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUN = Path(__file__).with_name("run.py")
COLUMNS = ("lost", "duplicates", "bound", "after lost answers", "most copies", "suppressed", "stale", "late")
MORE = ("taken twice", "poison listed", "changed", "seconds")
# Of the messages of a whole run, for runs that lack a guard.
FEW, SOME = 20, 5


@dataclass(frozen=True)
class Case:
    """One run: its options, a share of the messages, and the promise that it must break."""

    name: str
    options: tuple[str, ...]
    share: int = 1
    breaks: str = ""

    def command(self, wanted: argparse.Namespace) -> list[str]:
        numbers = [f"--messages={wanted.messages // self.share}", f"--seed={wanted.seed}"]
        stretch = [f"--stretch={wanted.stretch}", f"--patience={wanted.patience}"]
        return [sys.executable, str(RUN), *self.options, *numbers, *stretch]

    def is_right(self, found: dict[str, Any]) -> bool:
        return self.breaks in found["broken"] if self.breaks else not found["broken"]


FIRE = ("--kills=6", "--freezes=6", "--changes=300", "--asleep=0", "--poison=0", "--silences=0", "--downs=0")
CASES = (
    Case("PostgreSQL", ("--database=postgres",)),
    Case("PostgreSQL, server drops repeats", ("--database=postgres", "--keyed")),
    Case("SQLite", ("--database=sqlite",)),
    Case("SQLite, server drops repeats", ("--database=sqlite", "--keyed")),
    Case("PostgreSQL, doubt means holding", ("--database=postgres", "--doubt=hold"), SOME),
    Case("Nothing goes wrong", ("--database=postgres", "--calm"), SOME),
    Case("Without the fence", ("--database=postgres", "--without=fence", *FIRE), SOME, "stale"),
    Case("Without row locks", ("--database=postgres", "--without=row_locks", "--calm"), SOME, "taken twice"),
    Case("Without the unique key", ("--database=postgres", "--without=unique", "--calm"), FEW, "duplicates"),
    Case("Celery alone, Redis emptied", ("--naive=early", "--calm", "--flushes=1"), SOME, "lost"),
    Case("Celery alone, workers killed", ("--naive=early", "--calm", "--kills=8"), SOME, "lost"),
    Case("The same, acknowledged late", ("--naive=late", "--calm", "--kills=8"), SOME, "lost"),
)


def run(case: Case, wanted: argparse.Namespace) -> dict[str, Any]:
    done = subprocess.run(case.command(wanted), capture_output=True, text=True, check=False)  # noqa: S603  our own script
    if not done.stdout:
        raise SystemExit(f"{case.name}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(case: Case, found: dict[str, Any]) -> str:
    cells = [case.name, found["messages"], *(found.get(name, "") for name in (*COLUMNS, *MORE))]
    told = ", ".join(found["broken"]) or "all kept"
    return f"| {' | '.join(map(str, cells))} | {told}{'' if case.is_right(found) else ' **(unexpected)**'} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in {"messages": 10_000, "seed": 1, "patience": 900}.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--stretch", type=float, default=1.0)
    parser.add_argument("--only", default="", help="only runs with these words in their name")
    wanted = parser.parse_args()
    heads = ["run", "messages", *COLUMNS, *MORE, "promises broken"]
    print(f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", sep="\n", flush=True)
    right = True
    for case in (each for each in CASES if wanted.only in each.name):
        found = run(case, wanted)
        right &= case.is_right(found)
        print(row(case, found), flush=True)
    return int(not right)


if __name__ == "__main__":
    sys.exit(main())
