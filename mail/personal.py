"""What the tables of this app hold about people, in the words of participants.personal_data, which stands above."""

_WORKING = "pseudonymous, keep: it must not be sent twice, and what went out is counted"
_NUMBERS = "none"

TOLD = {
    "mail.Message": {
        "pseudonymous, export, keep: it must not be sent twice, and what went out is counted": (
            "id kind program_id channel state not_before sent_at"
        ),
        _WORKING: (
            "subject_type subject_id sequence recipient expires_at lease_until lease_token attempts strikes"
            " handed_over_at message_id last_error_class created_at"
        ),
        "personal, erase": "last_error",
    },
    "mail.Tick": {_NUMBERS: "id name slot"},
    "mail.Heartbeat": {_NUMBERS: "id component at"},
    "mail.Hold": {_NUMBERS: "id since"},
    "mail.MailPreference": {
        "personal, export, erase": "program_id kind_group until",
        "pseudonymous, erase": "id user",
    },
    "mail.SuppressedAddress": {"personal, erase": "email reason", "pseudonymous, erase": "id at"},
}
