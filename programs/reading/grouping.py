"""Problems sorted by what repairs them, so that seven rows without an address are one thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs.reading.rows import RowProblem

_TITLES = {
    "no_email": "no e-mail address",
    "bad_email": "not an e-mail address",
    "duplicate": "the same e-mail address twice",
    "ragged": "more or fewer cells than the header",
    "too_long": "too long",
    "too_many": "too many items",
    "formula": "a formula",
    "cell_error": "an error of the spreadsheet",
    "cell_value": "a value that cannot be read",
    "bad_text": "characters that cannot be kept",
    "bad_name": "not a name",
    "no_answer": "an answer is missing",
    "bad_option": "not one of the options",
    "bad_yesno": "neither yes nor no",
    "bad_number": "not a number",
    "bad_capacity": "not a number of places",
    "bad_timezone": "not a time zone",
    "bad_times": "not times of the week",
    "bad_level": "not a level",
    "no_column": "a column is missing",
    "no_header": "a column that is not in the file",
    "cleaned": "invisible characters removed",
    "assumed": "something not said was assumed",
    "lookalike": "looks like another address",
    "unusual_email": "unusual letters in the address",
}


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one kind in one column. `title` reads “7 rows: no e-mail address”."""

    code: str
    column: str
    title: str
    problems: list[RowProblem]


def group_problems(problems: Iterable[RowProblem]) -> list[ProblemGroup]:
    """Groups by kind and column: what concerns the whole file first, then the largest; within a group by row."""
    groups: dict[tuple[str, str], list[RowProblem]] = {}
    for problem in problems:
        groups.setdefault((problem.code, problem.column), []).append(problem)
    made = [ProblemGroup(code, column, _title(code, found), found) for (code, column), found in groups.items()]
    return sorted(
        made, key=lambda group: (group.problems[0].row is not None, -len(group.problems), group.column, group.code)
    )


def _title(code: str, problems: list[RowProblem]) -> str:
    what = _TITLES.get(code, code.replace("_", " "))
    if problems[0].row is None:
        return what[:1].upper() + what[1:]
    rows = len({problem.row for problem in problems})
    return f"{rows:,} row{'' if rows == 1 else 's'}: {what}"
