"""What the tables of this app hold about people, who gets it, and when it goes."""

import datetime as dt

from participants.personal_data import Part, declare
from participants.retention import Rule
from reports.models import ExportJob, ExportLog, LookView, SharedReport
from reports.services import drop_tables
from reports.services.exporting import KEPT

_RUNS = "which figures left the building, and by whose hand, stays on record"
_FIXED = "who fixed a comparison, and who saw it when, is what makes it believable"

DECLARED = declare(
    {
        "reports.ExportLog": {
            f"pseudonymous, export, keep: {_RUNS}": "program at what format rows",
            f"pseudonymous, keep: {_RUNS}": "id by",
        },
        "reports.ExportJob": {
            "personal, erase": "file size",
            "pseudonymous, export, erase": "program table format part asked_at ready_at expires_at fetched_at",
            "pseudonymous, erase": "id by mark state progress total attempts started_at",
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
        "reports.Price": {
            "none": "id program hour costs currency set_at",
            f"pseudonymous, keep: {_RUNS}": "set_by",
        },
        "reports.SharedReport": {
            "none": "id content token_hash openings opened_at",
            f"pseudonymous, export, keep: {_RUNS}": "program made_at expires_at withdrawn_at",
            f"pseudonymous, keep: {_RUNS}": "made_by",
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
        "Files of figures and people you took",
        DECLARED,
        lambda user: ExportLog.objects.filter(by=user).order_by("at", "pk"),
    ),
    Part(
        "export_files",
        "Long files you asked for",
        DECLARED,
        lambda user: ExportJob.objects.filter(by=user).order_by("asked_at", "pk"),
    ),
    Part(
        "shared_reports",
        "Links to reports you made",
        DECLARED,
        lambda user: SharedReport.objects.filter(made_by=user).order_by("made_at", "pk"),
    ),
    Part("looks", "Comparisons you looked at", DECLARED, lambda user: LookView.objects.filter(by=user)),
)


def _drop_expired(_before: dt.datetime, now: dt.datetime) -> int:
    return drop_tables(now=now)


RULES = (Rule(KEPT, "Long files of tables", "the file was made", 1, 1, 7, _drop_expired),)
