from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

# So often a message may end its worker, or break the mail server's line, before it is given up and listed.
STRIKES = 5


class Message(models.Model):
    """One message to one person: the only record that it is due. Written by mail.services alone.

    The body is not kept: it is rendered when the message leaves, from what is true at that moment.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNKNOWN = "unknown", "Perhaps sent"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Too late to send"
        FAILED = "failed", "Failed"
        HELD = "held", "Held back"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField(default=0)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    # The program it belongs to, as a plain number: programs stand above mail.
    program_id = models.BigIntegerField(null=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    # How often whoever had it in hand died, or lost the line to the mail server while that had it.
    strikes = models.PositiveSmallIntegerField(default=0)
    # Set by the fence just before the mail server gets the message; kept while delivery is in doubt.
    handed_over_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=300)
    last_error_class = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-not_before", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "sequence", "recipient", "channel"],
                name="one_message_of_a_kind_each",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "sending", "sent", "unknown", "cancelled", "expired", "failed", "held"]
                ),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="message_sending_is_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_has_a_time"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("not_before")), name="message_expires_after_due"),
            models.CheckConstraint(
                condition=Q(strikes__lt=STRIKES) | Q(strikes=STRIKES) & ~Q(state__in=["pending", "sending", "held"]),
                name="message_given_up_stays_so",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # In the order of the claim, which then reads ten rows of it however many are due.
            models.Index(
                fields=["not_before", "id"], name="message_due", condition=Q(state__in=["pending", "sending"])
            ),
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["program_id", "not_before"], name="message_program"),
            models.Index(fields=["message_id"], name="message_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}.{self.sequence}: {self.state}"


class Tick(models.Model):
    """A slot of time in which a named job has run, so that two clocks do not run it twice."""

    name = models.CharField(max_length=60)
    slot = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "slot"], name="one_tick_a_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.slot:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """When a part of the machinery last showed life."""

    component = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.component} {self.at:%Y-%m-%d %H:%M:%S}"


class Hold(models.Model):
    """While its one row is there nothing leaves: the copy may be older than what has been sent from the original."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="one_hold"),
        ]

    def __str__(self) -> str:
        return f"Held since {self.since:%Y-%m-%d %H:%M}"


class MailPreference(models.Model):
    """A person's wish not to get a group of messages from one program, for a while or for good.

    No row means everything is sent. Rows without a program concern the messages that belong to none.
    """

    ALL = ""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences")
    program_id = models.BigIntegerField(null=True)
    kind_group = models.CharField(max_length=20, blank=True, default=ALL)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "program_id", "kind_group"],
                condition=Q(program_id__isnull=False),
                name="one_preference_a_program_and_group",
            ),
            models.UniqueConstraint(
                fields=["user", "kind_group"],
                condition=Q(program_id__isnull=True),
                name="one_preference_a_group_without_program",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: not {self.kind_group or 'anything'}"


class SuppressedAddress(models.Model):
    """An address the mail server has refused for good; nothing but sign-in links is tried there again."""

    email = models.EmailField(max_length=254, unique=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "suppressed addresses"

    def __str__(self) -> str:
        return self.reason
