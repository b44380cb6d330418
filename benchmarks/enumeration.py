"""Whether the time of an answer tells who has an account: known and unknown addresses in turn, on a PostgreSQL.

    ./run python benchmarks/enumeration.py                300 links and 60 wrong passwords of each

Prints the median of each, and where the difference stands among the differences of 1,000 random halves of the same
times: between 2.5 and 97.5 % it cannot be told from chance.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def told(name: str, known: list[float], unknown: list[float]) -> None:
    def difference(one: list[float], other: list[float]) -> float:
        return statistics.median(one) - statistics.median(other)

    seen, pool, dice = difference(known, unknown), [*known, *unknown], random.Random(1)
    chance = []
    for _ in range(1000):
        dice.shuffle(pool)
        chance.append(difference(pool[: len(known)], pool[len(known) :]))
    place = sum(each < seen for each in chance) / len(chance)
    medians = f"known {1000 * statistics.median(known):.2f} ms, unknown {1000 * statistics.median(unknown):.2f} ms"
    print(f"{name}: {len(known)} of each; {medians}; difference {1000 * seen:+.2f} ms, above {place:.1%} of chance")


def measured(links: int, passwords: int) -> None:
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    from participants.models import User

    call_command("migrate", verbosity=0)
    some = [User(email=f"known{n:04}@example.org", first_name="K", last_name="K") for n in range(max(links, passwords))]
    some[0].set_password("a long enough secret")
    for each in some:
        each.password = some[0].password
    User.objects.bulk_create(some)
    for name, url, count in (("a link", "/sign-in/link/", links), ("a wrong password", "/sign-in/", passwords)):
        times: dict[str, list[float]] = {"known": [], "nobody": []}
        for n in range(-5, count):
            for who in times if n % 2 else reversed(times):
                cache.clear()
                body = {"email": f"{who}{n % count:04}@example.org"} | {"login": f"{who}{n % count:04}@example.org"}
                client, begun = Client(SERVER_NAME="localhost"), time.perf_counter()
                answer = client.post(url, {**body, "password": "no such secret"})
                if n >= 0:
                    times[who].append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.status_code
        told(name, times["known"], times["nobody"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=int, default=300)
    parser.add_argument("--passwords", type=int, default=60)
    options = parser.parse_args()
    from tests.services import postgres

    with tempfile.TemporaryDirectory(prefix="mentorship-enumeration-") as folder, postgres() as url:
        os.environ.update(DATABASE_URL=url, VAR_DIR=folder, REDIS_URL="", LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
        os.environ["STATICFILES"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        import django

        django.setup()
        measured(options.links, options.passwords)
    return 0


if __name__ == "__main__":
    sys.exit(main())
