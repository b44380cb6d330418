"""What the worst of the hostile files cost, what texts made to hurt patterns cost, and 100,000 files made at random.

    ./run python benchmarks/hostile.py [--times 20] [--only random worst patterns passwords]

Ends with status 0 if each file was read or refused with its reason and none raised anything else, none of the worst
took more than 5 s of CPU or 150 MB, and no pattern of ours more than 100 ms for 50,000 characters.
"""

import argparse
import importlib
import io
import os
import pkgutil
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EACH = 4 * 1_100 + 2 * 300
MOST_SECONDS, MOST_MB, MOST_OF_A_PATTERN = 5.0, 150, 0.1
APPS = "mail matching mentorship participants programs reports safeguarding sessions surveys".split()
# Parts of what our patterns read: repeated, they make one that goes back over its steps go back over all of them.
UNITS = (
    *"aA1 \n\r'\"=([<{-.,;@:/|é\u0301",
    *(
        "a@",
        "a.",
        "a-",
        "1 ",
        "1:",
        "(a",
        "[ ",
        "=?",
        "{}",
        "/t/",
        "Mon ",
        "mon 1",
        "<svg ",
        "<row ",
        "--a:",
        "e mail ",
    ),
)
HEADS, TAILS = ("", "a", "("), ("\x00", "(")
SIZES = (200, 800, 3_200, 12_800, 50_000)


def random_files(times: int) -> bool:
    """Whether the importer's tests on files made at random pass."""
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
    return status == 0


# --- the worst files ---
def bomb(sheet: bytes) -> bytes:
    """A workbook whose one sheet is this."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


WORST: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a million rows": lambda: ("a.csv", b"email\n" + b"a@x.org\n" * 1_000_000),
    "a million empty rows": lambda: ("a.csv", b"email\n" * 1 + b"\n" * 1_000_000),
    "a million columns": lambda: ("a.csv", b",".join([b"c"] * 1_000_000)),
    "one cell of 10 MB": lambda: ("a.csv", b"email,bio\na@x.org," + b"x" * 10_000_000),
    "a quotation mark never closed": lambda: ("a.csv", b'email\n"' + b"a@x.org\n" * 1_000_000),
    "50,000 rows that can be read": lambda: ("a.csv", b"email\n" + b"a@x.org\n" * 50_000),
    "a workbook of 100 MB in 100 kB": lambda: ("a.xlsx", bomb(b"0" * 100_000_000)),
    "a workbook of 1 GB in 1 MB": lambda: ("a.xlsx", bomb(b" " * 1_000_000_000)),
    "10,000 entries": lambda: ("a.xlsx", entries(10_000)),
}


def entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"xl/{number}.xml", b"<a/>")
    return out.getvalue()


def one_of_the_worst(file: Path) -> None:
    """Reads it in a process of its own: prints the CPU-seconds, the memory beyond the file, and what became of it."""
    from programs.reading import UnreadableFile, read_table  # noqa: PLC0415  # only the process of one file needs it

    data = file.read_bytes()
    before, begun = _memory(), time.process_time()
    try:
        said = f"read, {len(read_table(data, file.name).rows)} rows"
    except UnreadableFile as error:
        said = f"refused: {error}"
    print(f"{time.process_time() - begun:.2f}|{max(0, _memory() - before)}|{said[:90]}")


def _memory() -> int:
    """The most that this program has held, in MB; resource would tell of the process that started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def worst_files() -> bool:
    """Whether each of the worst files stays within its time and memory."""
    fits = True
    for name, make in WORST.items():
        filename, data = make()
        file = Path(tempfile.mkdtemp()) / filename
        file.write_bytes(data)
        command = [sys.executable, __file__, "--one", str(file)]
        out = subprocess.run(  # noqa: S603  # this very file
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
        ).stdout
        file.unlink()
        file.parent.rmdir()
        seconds, memory, said = out.strip().split("|", 2)
        fits &= float(seconds) <= MOST_SECONDS and int(memory) <= MOST_MB
        print(f"{name}: {seconds} s of CPU, +{memory} MB: {said}")
    return fits


# --- patterns ---
def modules() -> Iterator[ModuleType]:
    """Every module of ours that can be imported without doing anything."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in found.name and found.name != "mentorship.wsgi":
                yield importlib.import_module(found.name)


# These read sheets and drawings of our own, never what somebody wrote.
OUR_OWN = ("reports.paper", "mentorship.look.icons")
Use = Callable[[str | bytes], object]


def patterns() -> dict[str, Use]:
    """Each pattern as it is used: what makes one crawl when it is looked for may cost nothing where all must fit."""
    found: dict[str, Use] = {}
    for module in modules():
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        mine = {name: each for name, each in vars(module).items() if isinstance(each, re.Pattern)}
        for name, pattern in mine.items() if module.__name__ not in OUR_OWN else ():
            for method in set(re.findall(rf"\b{name}\.(\w+)\(", source)):
                found[f"{module.__name__}.{name}.{method}"] = used(pattern, method)
    return found


def used(pattern: re.Pattern[Any], method: str) -> Use:
    """The pattern's method as a function of a text alone, run to its end."""
    as_it_is = isinstance(pattern.pattern, str)

    def use(text: str | bytes) -> object:
        given = text if as_it_is else str(text).encode()
        if method == "sub":
            return pattern.sub(given[:0], given)
        found = getattr(pattern, method)(given)
        if method == "finditer":
            for _ in found:
                pass
        return found

    return use


def slowest(use: Use) -> tuple[float, int, str]:
    """CPU-seconds, characters and text of the slowest; no longer texts of a kind that is too slow already."""
    found = (0.0, 0, "")
    for head, unit, tail in product(HEADS, UNITS, TAILS):
        for size in SIZES:
            text = head + (unit * size)[:size] + tail
            # The better of two where it seems slow: the first may have paid for something else.
            took = _seconds(use, text)
            took = took if took <= MOST_OF_A_PATTERN else min(took, _seconds(use, text))
            found = max(found, (took, size, f"{head!r}, then {unit!r}, then {tail!r}"))
            if took > MOST_OF_A_PATTERN:
                return found
    return found


def _seconds(use: Use, text: str) -> float:
    begun = time.process_time()
    use(text)
    return time.process_time() - begun


def hurt_patterns() -> bool:
    """Whether no pattern takes too long for any of the texts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    sys.path.insert(0, str(ROOT))
    importlib.import_module("django").setup()
    told = sorted(((*slowest(use), name) for name, use in patterns().items()), reverse=True)
    for seconds, size, how, name in told[:8]:
        print(f"{name}: {1000 * seconds:.1f} ms for {size} characters, {how}")
    texts = len(HEADS) * len(UNITS) * len(TAILS)
    print(f"{len(told)} uses of patterns, each with {texts} texts of {SIZES[-1]} characters")
    return told[0][0] <= MOST_OF_A_PATTERN


def long_passwords() -> bool:
    """Whether a password of a megabyte costs about as much as a short one: it is digested once, then hashed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    sys.path.insert(0, str(ROOT))
    importlib.import_module("django").setup()
    hashers = importlib.import_module("django.contrib.auth.hashers")
    took = {}
    for length in (20, 1_000_000):
        begun = time.process_time()
        hashers.make_password("x" * length)
        took[length] = time.process_time() - begun
    print(", ".join(f"a password of {length} characters: {1000 * each:.0f} ms" for length, each in took.items()))
    return took[1_000_000] <= 2 * took[20]


PARTS: dict[str, Callable[[], bool]] = {
    "worst": worst_files,
    "patterns": hurt_patterns,
    "passwords": long_passwords,
}


def main(told: argparse.Namespace) -> int:
    if told.one:
        one_of_the_worst(told.one)
        return 0
    parts = {"random": lambda: random_files(told.times), **PARTS}
    fits = [part() for name, part in parts.items() if name in told.only]
    return 0 if all(fits) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", nargs="+", choices=["random", *PARTS], default=["random", *PARTS])
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    sys.exit(main(parser.parse_args()))
