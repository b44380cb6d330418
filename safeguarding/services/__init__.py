"""All writes of safeguarding."""

from safeguarding.services.opening import DELAYS, delay, end, open_notes, read, tell_due
from safeguarding.services.reporting import report, set_emergency_words
from safeguarding.services.telling import tell_all
from safeguarding.services.working import assign, close, name_match, read_case, reopen, set_hold, write_note

__all__ = [
    "DELAYS",
    "assign",
    "close",
    "delay",
    "end",
    "name_match",
    "open_notes",
    "read",
    "read_case",
    "reopen",
    "report",
    "set_emergency_words",
    "set_hold",
    "tell_all",
    "tell_due",
    "write_note",
]
