"""Whether single answers can be worked out from everything a report, its files and the surveys ever show.

    python benchmarks/privacy.py [--queries 10000] [--seed 1]

Invented programs: small and large groups, people who leave answers out, answers that come in at random times. Figures
are asked for at random moments: published after some answers, the looks opened, tracks read, reasons for ending
counted. What an attacker could solve for is counted by tests/reports/attacking.py: exactly, and as whole numbers under
their rounding. Then an attacker who is in one of two compared groups solves for the others from the interval and its
degrees of freedom (tests/reports/attacking_spread.py). Small runs are among the tests, with the rules switched off too.
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
        programs, asked, found = (
            programs + 1,
            asked + attacker.asked,
            found + len({*attacker.found(), *attacker.cornered()}),
        )
    print(f"{asked} figures of {programs} programs, {found} single answers found", flush=True)
    told = options.queries // 10
    caught = sum(_spread(rng) for _ in range(told))
    print(f"{told} comparisons of five and five, in {caught} of them the others of a group known")
    return 1 if found or caught else 0


def _spread(rng: Random) -> bool:
    """Whether somebody in the first group, who knows their own change, can say what each of the others said."""
    module, welch = import_module("tests.reports.attacking_spread"), import_module("reports.statistics").welch
    groups = [[round(rng.gauss(4, 5)) for _ in range(5)] for _ in range(2)]
    one, other = ([change / 6 for change in group] for group in groups)
    found = welch(one, other)
    means = (round(sum(one) / 5, 2), round(sum(other) / 5, 2))
    told = module.Told((5, 5), means, round(found.low, 2), round(found.high, 2), round(found.df, 2))
    return bool(module.caught(module.known(told, (groups[0][0], None))))


if __name__ == "__main__":
    raise SystemExit(main())
