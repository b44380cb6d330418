"""What the tables of this app and of mail hold about people, and who gets it and when it goes."""

from django.db.models import QuerySet

from mail import registry
from mail.models import MailPreference, Message
from mail.personal import TOLD as MAIL
from participants.models import AuditEntry, DataExport, Pause, RoleGrant, User
from participants.personal_data import Part, declare
from participants.retention import Rule
from participants.services.exporting import drop_expired
from participants.services.retention import forget_mail_errors

_HANGS = "what others wrote and what is counted hangs on this number, which leads to nobody any more"
_CHAIN = "the record of who did what is append-only; with the account erased its number leads to nobody"

DECLARED = declare(
    {
        "participants.User": {
            "personal, export, erase": "email first_name last_name timezone last_login paused_until",
            "personal, erase": "password groups user_permissions",
            "pseudonymous, erase": "is_active is_staff is_superuser link_version",
            f"pseudonymous, export, keep: {_HANGS}": "id created_at",
            f"pseudonymous, keep: {_HANGS}": "erased_at",
        },
        "participants.Browser": {
            "personal, erase": "session_key session_data",
            "pseudonymous, erase": "user expire_date",
        },
        "participants.Pause": {
            "personal, export, erase": "begins_at ends_at",
            "pseudonymous, erase": "id user",
        },
        "participants.RoleGrant": {
            "personal, export, erase": "role granted_at",
            "pseudonymous, erase": "id user",
            "pseudonymous, keep: who gave a role to somebody else": "granted_by",
        },
        "participants.SentForm": {"pseudonymous, erase": "id owner key body led_to sent_at"},
        "participants.AuditEntry": {
            f"pseudonymous, export, keep: {_CHAIN}": "at verb program_id subject_type subject_id",
            f"pseudonymous, keep: {_CHAIN}": "id by detail digest",
        },
        "participants.AuditLink": {"none": "number entry_id hash"},
        "participants.DataExport": {
            "personal, erase": "file size",
            "pseudonymous, export, erase": "state asked_at ready_at expires_at",
            "pseudonymous, erase": "id user attempts started_at",
        },
        "participants.RetentionChoice": {"none": "id key days"},
        **MAIL,
    }
)


def _messages(user: User) -> QuerySet[Message]:
    return Message.objects.filter(recipient=user).order_by("not_before", "pk")


def _about(message: Message) -> str:
    try:
        return registry.get(message.kind).description
    except registry.UnknownKind:
        return message.kind


PARTS = (
    Part("account", "Your account", DECLARED, lambda user: User.objects.filter(pk=user.pk)),
    Part("pauses", "When you paused", DECLARED, lambda user: Pause.objects.filter(user=user)),
    Part("roles", "Your roles in the organisation", DECLARED, lambda user: RoleGrant.objects.filter(user=user)),
    Part("messages", "When which message went to you", DECLARED, _messages, {"about": _about}),
    Part("mail_wishes", "Which messages you do not want", DECLARED, lambda u: MailPreference.objects.filter(user=u)),
    Part(
        "deeds",
        "What you did, as the record has it",
        DECLARED,
        lambda user: AuditEntry.objects.filter(by=user).order_by("at", "pk"),
    ),
    Part("data_files", "Files like this one", DECLARED, lambda u: DataExport.objects.filter(user=u).order_by("pk")),
)

RULES = (
    Rule("own_data_files", "Files of own data", "the file was made", 7, 1, 30, drop_expired),
    Rule(
        "mail_errors",
        "What the mail server said about a message",
        "it was queued",
        30,
        1,
        365,
        forget_mail_errors,
    ),
)
