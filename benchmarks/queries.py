"""How often every page with rows asks the database where there are 10 of everything, and where there are 1,000.

    python benchmarks/queries.py [--few 10] [--many 1000]

On a PostgreSQL of its own, with the crowd of tests/house/crowd.py: so many matches, people, proposals, applications,
programs, messages, cases, asks and sessions. Ends with status 1 where a page asks more than ten questions, or not the
same number both times. The tests do the same with 3 and 60.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command
from django.db import transaction

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name, usual in (("few", 10), ("many", 1_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with import_module("tests.services").postgres() as url:
        os.environ["DATABASE_URL"] = url
        import_module("tests.environment")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        import_module("django.test.utils").setup_test_environment()
        return _compare(options.few, options.many)


def _compare(few: int, many: int) -> int:
    known = import_module("tests.house.test_queries")
    short, long = (_asked(size, known.PAGES) for size in (few, many))
    wrong = [page for page in known.PAGES if not short[page] == long[page] <= known.MOST]
    print(f"{'page':<48}{few:>8,}{many:>8,}")
    for page in known.PAGES:
        print(f"{page:<48}{short[page]:>8}{long[page]:>8}{'  <- not as it should be' if page in wrong else ''}")
    print(f"{len(known.PAGES)} pages, at most {max(long.values())} questions, {len(wrong)} not as they should be")
    return 1 if wrong else 0


def _asked(size: int, pages: dict[str, tuple[str, str, int]]) -> dict[str, int]:
    """By page; nothing stays in the database."""
    crowd, world = import_module("tests.house.crowd"), import_module("tests.house.world")
    with world.at_later(), transaction.atomic():
        found = crowd.Crowd(size).look(pages)
        transaction.set_rollback(True)
    return {page: asked for page, (asked, _) in found.items()}


if __name__ == "__main__":
    sys.exit(main())
