"""All writes about people: accounts, roles in the organisation, their own data, and the record of who did what."""

from participants.services.accounts import (
    SIGN_IN_MINUTES,
    LastAdmin,
    ensure_account,
    give_role,
    grant_role,
    record,
    revoke_role,
    send_sign_in_link,
    sign_in_mark,
    update_profile,
    use_sign_in_link,
)
from participants.services.ended import forget_ended
from participants.services.erasing import CannotErase, erase, why_not_erased
from participants.services.exporting import ask_for_export, drop_exports, due_exports, run_export
from participants.services.forms_sent import (
    claim_form,
    free_form,
    keep_form,
    owner_of,
    owner_of_address,
)
from participants.services.pausing import BadPause, end_pauses, pause, resume
from participants.services.retention import keep_to_retention, set_retention

__all__ = [
    "SIGN_IN_MINUTES",
    "BadPause",
    "CannotErase",
    "LastAdmin",
    "ask_for_export",
    "claim_form",
    "drop_exports",
    "due_exports",
    "end_pauses",
    "ensure_account",
    "erase",
    "forget_ended",
    "free_form",
    "give_role",
    "grant_role",
    "keep_form",
    "keep_to_retention",
    "owner_of",
    "owner_of_address",
    "pause",
    "record",
    "resume",
    "revoke_role",
    "run_export",
    "send_sign_in_link",
    "set_retention",
    "sign_in_mark",
    "update_profile",
    "use_sign_in_link",
    "why_not_erased",
]
