"""Feeds the importer with files that nobody means well, 20 times as many as the tests: 100,000.

    ./run python benchmarks/hostile.py [--times 20]

Ends with status 0 if each was read or refused with its reason, and none raised anything else, and prints the time and
the memory of it.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EACH = 4 * 1_100 + 2 * 300


def main(times: int) -> int:
    begun = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/programs/reading/test_anything.py"]
    status = subprocess.run(  # noqa: S603  # runs the project's own tests
        command, cwd=ROOT, env={**os.environ, "HOSTILE_TIMES": str(times)}, check=False
    ).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, memory = time.perf_counter() - begun, used.ru_maxrss // 1024
    print(
        f"{times * EACH} files in {seconds:.0f} s ({used.ru_utime:.0f} s of CPU), at most {memory} MB, status {status}"
    )
    return status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    sys.exit(main(parser.parse_args().times))
