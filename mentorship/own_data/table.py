"""What the house keeps about people, as the table of docs/personal-data.md: made from the declarations of the apps."""

from importlib import import_module

from participants.personal_data import Fate

APPS = ("participants", "programs", "matching", "sessions", "surveys", "safeguarding", "reports")
HEAD = """# What is kept about people

Made by `./run manage personal_data`; a test compares it with the code, and fails for a column that nobody has declared.

*Personal* says something about somebody by itself; *pseudonymous* belongs to a person by the number of their account,
which leads to nobody once they are erased. *In the file* is what people get when they ask for their data. Columns about
no person are not listed. The tables of `mail` are declared with those of `participants`, which stands above it.
"""

COLUMNS = """| Table | Columns | What they are | In the file | When somebody is erased |
|---|---|---|---|---|
"""


def markdown() -> str:
    """The whole document."""
    return HEAD + "".join(_app(app) for app in APPS)


def _app(app: str) -> str:
    tables = import_module(f"{app}.personal").DECLARED
    rows = "".join(_rows(table, fates) for table, fates in sorted(tables.items()))
    return f"\n## {app}\n\n{COLUMNS}{rows}"


def _rows(table: str, fates: dict[str, Fate]) -> str:
    by_fate: dict[Fate, list[str]] = {}
    for column, fate in fates.items():
        if fate.sort != "none":
            by_fate.setdefault(fate, []).append(f"`{column}`")
    return "".join(
        f"| `{table}` | {' '.join(names)} | {fate.sort} | {'yes' if fate.exported else 'no'} | {_end(fate)} |\n"
        for fate, names in by_fate.items()
    )


def _end(fate: Fate) -> str:
    return "goes" if fate.erased else f"stays: {fate.kept_because}"
