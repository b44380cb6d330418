"""The figures of every program's outcome report, one below the other."""

from programs.models import Program
from reports.exports.declaring import Column, Reading, Scope, Table, Values
from reports.exports.outcome import table
from reports.exports.saying import PROGRAM
from reports.queries.outcome import outcome

_COLUMNS = (
    PROGRAM,
    Column("Measure", "text", "What was counted; the definitions stand in the report of a program."),
    Column("Question", "text", "Of a survey: which question."),
    Column("Group", "text", "Of whom."),
    Column("Unit", "text", "What the numbers count."),
    Column("Numerator", "number", "What was counted, or a mean."),
    Column("Denominator", "number", "Out of how many; empty where nothing is a share."),
    Column("Out of", "text", "What the denominator counts."),
    Column("Share", "number", "Numerator over denominator."),
    Column("People", "number", "How many different people stand behind it."),
    Column("As of", "day", "Of which day the figure is."),
    Column(
        "Shown",
        "text",
        "Whether it is shown; of fewer than five people it is not, and near an end of its scale it is a bound.",
    ),
)


def _read(scope: Scope) -> Reading:
    return Reading(_COLUMNS, lambda: _rows(scope))


def _rows(scope: Scope) -> list[Values]:
    programs = Program.objects.order_by("pk")
    return [[program.name, *row] for program in programs for row in table(outcome(program, scope.now))]


FIGURES = Table(
    "figures",
    "Outcome figures",
    "Every figure of every program’s outcome report with numerator, denominator and people. No names; groups of fewer "
    "than five people are left empty.",
    None,
    _read,
)
