"""What the tables of this app hold about people, who gets it, and when it goes."""

from participants.personal_data import Part, declare
from reports.models import ExportLog, LookView

_RUNS = "which figures left the building, and by whose hand, stays on record"
_FIXED = "who fixed a comparison, and who saw it when, is what makes it believable"

DECLARED = declare(
    {
        "reports.ExportLog": {
            f"pseudonymous, export, keep: {_RUNS}": "program at what format rows",
            f"pseudonymous, keep: {_RUNS}": "id by",
        },
        "reports.ComparisonPlan": {
            "none": "id program assignment margin set_at",
            f"pseudonymous, keep: {_FIXED}": "set_by",
        },
        "reports.ComparisonLook": {"none": "id program kind as_of locked_at content"},
        "reports.Threshold": {"none": "id program slug value"},
        "reports.Flag": {
            "pseudonymous, keep: how often a rule was right is counted from it": "id match rule raised_at muted_at",
            f"pseudonymous, keep: {_RUNS}": "muted_by",
        },
        "reports.AnswerSignal": {"none": "id publication rule matches out_of"},
        "reports.LookView": {
            f"pseudonymous, export, keep: {_FIXED}": "look at",
            f"pseudonymous, keep: {_FIXED}": "id by",
        },
    }
)


PARTS = (
    Part(
        "exports",
        "Files of figures you took",
        DECLARED,
        lambda user: ExportLog.objects.filter(by=user).order_by("at", "pk"),
    ),
    Part("looks", "Comparisons you looked at", DECLARED, lambda user: LookView.objects.filter(by=user)),
)
