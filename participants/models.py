from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from participants.confidential import ConfidentialTextField
from participants.emails import canonical_email
from participants.zones import validate_zone


def full_name(first_name: str, last_name: str, email: str) -> str:
    """What somebody is called on every page and in every mail."""
    return f"{first_name} {last_name}".strip() or email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account. Raises participants.emails.BadEmail for an address that cannot be one."""
        user = self.model(email=canonical_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by one e-mail address. What they do in a program is an Enrolment."""

    email = models.EmailField(unique=True, max_length=254)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raised when links already sent to this person must stop working.
    link_version = models.PositiveIntegerField(default=1)
    # Until then: no reminders, no surveys, no new match.
    paused_until = models.DateTimeField(null=True, blank=True)
    # Since then the row is nobody's: what others wrote and what is counted hangs on its number.
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(is_active=False, is_staff=False, email__endswith="@erased.invalid"),
                name="user_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name, self.email)

    @property
    def short_name(self) -> str:
        return self.first_name or self.name

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.short_name


class Browser(AbstractBaseSession):
    """A browser from its first visit that was to be remembered, such as a sign-in, until its time ends."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="browsers")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "browser"
        verbose_name_plural = "browsers"

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from participants.browsers import SessionStore  # noqa: PLC0415  which stores these

        return SessionStore


class Pause(models.Model):
    """From when to when somebody paused, so that what was quiet in that time is not held against them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="pauses")
    begins_at = models.DateTimeField()
    # As planned at first; earlier where it was ended before its time.
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["begins_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("begins_at")), name="pause_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="participant_user_id_pause_idx")]

    def __str__(self) -> str:
        return f"Pause {self.pk}"


class RoleGrant(models.Model):
    """A role a person holds in the whole organisation. Roles inside one program are programs.Coordinator."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        COORDINATOR = "coordinator", "Coordinator"
        SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="one_grant_of_a_role_each"),
            models.CheckConstraint(
                condition=models.Q(role__in=["admin", "coordinator", "safeguarding_lead"]), name="role_grant_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class SentForm(models.Model):
    """A form that was sent, by the key that its page gave it: the same sent again is answered, and does nothing.

    Written only by participants.services.forms_sent, in the transaction of the deed. Of who sent it and of what was
    sent there are keyed digests, and nothing else; a row goes after a day.
    """

    # Of the account; of the address, where the address is the right to what is behind it or nobody is signed in.
    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    # Of the address and of all that was typed or uploaded.
    body = models.CharField(max_length=64)
    # Where it led to, which can be an address that is itself a right; "" where it was answered by a page.
    led_to = ConfidentialTextField(default="")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="form_sent_once")]

    def __str__(self) -> str:
        return f"Form {self.pk}"


class AuditEntry(models.Model):
    """Who did what, when, to what. Written only by participants.services.record.

    Triggers of the database refuse to change or remove an entry, so nothing here may cascade: who did it stays as a
    plain number, which no longer leads to anybody once the account is gone.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    verb = models.CharField(max_length=60)
    # The program it belongs to, as a plain number: programs stand above participants.
    program_id = models.BigIntegerField(null=True, db_index=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    # Figures and names of things; never what somebody said or answered.
    detail = models.JSONField(default=dict)
    # Over all of the above, see participants.audit.digest.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class AuditLink(models.Model):
    """An entry's place in the chain: its hash covers the entry and the hash before. Append-only, as the entries are.

    A table of its own, since an entry gets its place only when its transaction ends (see participants.audit).
    """

    number = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class DataExport(models.Model):
    """A file of one's own data that somebody has asked for. Written only by participants.services.exporting."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    OPEN = (State.QUEUED, State.RUNNING)

    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    file = models.FileField(upload_to="own-data/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "ready", "failed"]), name="data_export_state_known"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state__in=["queued", "running"]), name="one_data_export_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready")
                | (models.Q(ready_at__isnull=False, expires_at__isnull=False) & ~models.Q(file="")),
                name="data_export_ready_has_a_file",
            ),
        ]

    def __str__(self) -> str:
        return f"Data export {self.pk}"


class RetentionChoice(models.Model):
    """For how many days something is kept, where an admin has said otherwise than the rule of participants.hooks."""

    key = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(days__range=(0, 3660)), name="retention_0_to_10_years")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.days} days"
