"""What the tables of this app hold about people, who gets it, and when it goes."""

from participants.personal_data import Part, declare
from participants.retention import Rule
from safeguarding.models import Case
from safeguarding.services.working import drop_cases

_POLICY = (
    "a case is kept for its time or on legal hold, also when an account goes, as it may be about somebody's safety"
)
_SEEN = "that notes were opened, by whom and for whom stays as long as its case"

DECLARED = declare(
    {
        "safeguarding.Wording": {"none": "id emergency"},
        "safeguarding.Case": {
            f"pseudonymous, export, keep: {_POLICY}": "number state reported_at",
            f"personal, keep: {_POLICY}": "text contact concerned",
            f"pseudonymous, keep: {_POLICY}": (
                "id receipt key reporter match people wrote in_danger outcome lead legal_hold closed_at version"
            ),
        },
        "safeguarding.CaseNote": {
            f"personal, keep: {_POLICY}": "body",
            f"pseudonymous, keep: {_POLICY}": "id case author at",
        },
        "safeguarding.Opening": {
            f"personal, keep: {_SEEN}": "reason delay_reason",
            f"pseudonymous, keep: {_SEEN}": ("id case match by people with_private opened_at ended_at tell_at told_at"),
        },
    }
)

PARTS = (
    Part(
        "concerns",
        "Concerns you reported: their numbers, not what you wrote",
        DECLARED,
        lambda user: Case.objects.filter(reporter=user).order_by("pk"),
    ),
)

RULES = (
    Rule(
        "safeguarding_cases",
        "Safeguarding cases",
        "a case was closed, unless it is on legal hold",
        2190,
        365,
        3660,
        drop_cases,
    ),
)
