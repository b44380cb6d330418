"""All writes of reports: comparisons, and what left the building."""

from reports.services.comparing import TooEarly, TooLate, fix_plan, may_fix_plan, open_comparison, open_look
from reports.services.exporting import (
    ask_for_table,
    cancel_table,
    drop_tables,
    drop_tables_of,
    due_tables,
    fetch_table,
    log_export,
    run_table,
)
from reports.services.lots import draw, draw_who_begins, take_back

__all__ = [
    "TooEarly",
    "TooLate",
    "ask_for_table",
    "cancel_table",
    "draw",
    "draw_who_begins",
    "drop_tables",
    "drop_tables_of",
    "due_tables",
    "fetch_table",
    "fix_plan",
    "log_export",
    "may_fix_plan",
    "open_comparison",
    "open_look",
    "run_table",
    "take_back",
]
