"""Whether single answers can be worked out from everything a report, its files and the surveys ever show.

    python benchmarks/privacy.py [--queries 10000] [--seed 1]

Invented programs: small and large groups, people who leave answers out, answers that come in at random times. Figures
are asked for at random moments: published after some answers, the looks opened, tracks read. What an attacker could
solve for is counted by tests/reports/attacking.py; a small run is among the tests.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from random import Random

import django
from django.core.management import call_command

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    attack = import_module("tests.reports.attacking").attack
    asked = programs = found = 0
    rng = Random(options.seed)
    while asked < options.queries:
        attacker = attack(rng)
        programs, asked, found = programs + 1, asked + attacker.asked, found + len(attacker.found())
    print(f"{asked} figures of {programs} programs, {found} single answers found")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
