"""Problems and warnings as the check page lists them."""

from collections.abc import Sequence
from typing import Any

from programs.importing.plan import Plan
from programs.reading import ProblemGroup, RowProblem, group_problems

# A page shows so many rows of a group; the file to download has all of them.
_ROWS_SHOWN = 50
_EXPECTED = {
    "no_email": "an e-mail address",
    "bad_email": "one address such as name@example.org",
    "duplicate": "each address once",
    "ragged": "as many cells as the header has",
    "too_long": "a shorter text",
    "too_many": "fewer items",
    "formula": "the value, not a formula",
    "cell_error": "the value",
    "cell_value": "a date or number that can be read",
    "bad_text": "letters",
    "bad_name": "a name on one line",
    "no_answer": "an answer",
    "bad_option": "one of the options",
    "bad_yesno": "yes or no",
    "bad_number": "a number",
    "bad_capacity": "a whole number from 0 to 50",
    "bad_timezone": "a time zone",
    "bad_times": "days and times such as Mon 09:00-12:00",
    "bad_level": "a level from 1 to 4",
    "no_column": "a column for it",
    "no_header": "a column of the file",
    "cleaned": "visible letters only",
    "assumed": "everything said",
    "lookalike": "an address of its own",
    "unusual_email": "letters a–z",
}


def groups_of(plan: Plan) -> list[dict[str, Any]]:
    """Groups for the component `import_rows`: what must be repaired first, what is only worth a look after it."""
    return [*_groups(plan.problems, "error"), *_groups(plan.warnings, "warning")]


def _groups(problems: Sequence[RowProblem], level: str) -> list[dict[str, Any]]:
    return [
        {
            "title": _title(group),
            "level": level,
            "rows": [_row(problem) for problem in group.problems[:_ROWS_SHOWN]],
        }
        for group in group_problems(problems)
    ]


def _title(group: ProblemGroup) -> str:
    column = f" ({group.column})" if group.column else ""
    shown = f", the first {_ROWS_SHOWN} shown" if len(group.problems) > _ROWS_SHOWN else ""
    return f"{group.title}{column}{shown}"


def _row(problem: RowProblem) -> dict[str, Any]:
    return {
        "line": problem.row or "The file",
        "column": problem.column or ("The whole row" if problem.row else "None"),
        "found": problem.value,
        "expected": _EXPECTED[problem.code],
        "fix": f"{problem.message}. {problem.fix}",
    }
