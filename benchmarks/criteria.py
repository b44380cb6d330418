"""Time and memory of scoring: people with weekly times in five zones, skills with levels, languages, levels and goals.

    python benchmarks/criteria.py [--size 1000,5000] [--json]

The blocks are looked at and let go, as a run over a very large program does. Times are CPU seconds; each size and set
of rules runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matching.criteria import Field, Person, Rule, score_blocks

SKILLS = tuple(f"Skill {number}" for number in range(40))
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
LEVELS = ("Entry", "Junior", "Experienced", "Senior", "Lead", "Director")
FIELDS = (
    Field("time", "Times", "week"),
    Field("wanted", "Wanted", "skills", SKILLS),
    Field("offered", "Offered", "skills", SKILLS),
    Field("language", "Languages", "multi"),
    Field("level", "Level", "ordered", LEVELS),
    Field("department", "Department", "choice"),
    Field("goal", "Goals", "multi"),
)
TIMES = {"full_minutes": 120, "min_minutes": 45}
RULES = (
    Rule("time", "time", "Times", "time", "time", "high", others_forbidden=True, params=TIMES),
    Rule("skills", "covered", "Skills", "wanted", "offered", "high"),
    Rule("language", "among", "Language", "language", "language", "must"),
    Rule("level", "closeness", "Level", "level", "level", "mid", params={"within": 3, "target": 2}),
    Rule("variety", "variety", "Variety", "goal", "goal", "low"),
    Rule("goal", "overlap", "Goals", "goal", "goal", "mid"),
    Rule("department", "differ", "Department", "department", "department", "low"),
)
SETS = {"time": RULES[:1], "skills": RULES[1:2], "all": RULES}


def invented(rng: random.Random, number: int) -> Person:
    def skills(count: int) -> dict[str, int]:
        return {skill: rng.randint(1, 4) for skill in rng.sample(SKILLS, count)}

    def hours() -> str:
        start, minute = rng.randint(7, 17), rng.choice((0, 15, 30, 45))
        return f"{start:02}:{minute:02}-{start + 3:02}:{minute:02}"

    answers = {
        "time": {"zone": rng.choice(ZONES), "times": [f"{day} {hours()}" for day in rng.sample(DAYS, 3)]},
        "wanted": skills(3),
        "offered": skills(5),
        "language": rng.sample(("English", "German", "French", "Spanish"), 2),
        "level": rng.choice(LEVELS),
        "department": f"Department {rng.randint(1, 20)}",
        "goal": rng.sample([f"Goal {goal}" for goal in range(8)], 2),
    }
    return Person(number, answers, who=number)


def measured(size: int, chosen: str) -> dict[str, Any]:
    rng = random.Random(1)
    takers = [invented(rng, number) for number in range(size)]
    givers = [invented(rng, size + number) for number in range(size)]
    before, started = _peak(), time.process_time()
    points = allowed = 0
    for block in score_blocks(takers, givers, FIELDS, SETS[chosen]):
        points += int(block.points.sum())
        allowed += int(block.allowed.sum())
    seconds = round(time.process_time() - started, 2)
    return {
        "size": size,
        "rules": chosen,
        "seconds": seconds,
        "people_mb": before,
        "peak_mb": _peak(),
        "points": points,
        "allowed": allowed,
    }


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1000,5000")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("SIZE", "RULES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(int(options.one[0]), options.one[1])))
        return
    rows = []
    for size in options.size.split(","):
        for chosen in SETS:
            command = [sys.executable, __file__, "--one", size, chosen]
            done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - this very file
            rows.append(json.loads(done.stdout))
            if not options.json:
                print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    if options.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
