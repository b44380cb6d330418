"""Who takes part, to whom they report, and files of people."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from programs.models.offered import Role, Track


class Enrolment(models.Model):
    """A person taking part in a track in one role, with the answers matching uses."""

    class State(models.TextChoices):
        ACTIVE = "active", "Taking part"
        # Lots have given them a place in the next round: they are matched with nobody in this one.
        WAITING = "waiting", "Waiting for the next round"
        LEFT = "left", "Left"

    track = models.ForeignKey(Track, models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=10, choices=Role.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    # How many matches this person gives at once; empty: as the track says.
    capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(50)]
    )
    answers = models.JSONField(default=dict)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user__last_name", "user__first_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["track", "user", "role"], name="enrolled_once_a_track_and_role"),
            models.CheckConstraint(condition=Q(role__in=["mentor", "mentee", "peer"]), name="enrolment_role_known"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__range=(0, 50)), name="enrolment_capacity_0_to_50"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "waiting"], left_at__isnull=True)
                | Q(state="left", left_at__isnull=False),
                name="enrolment_left_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display().lower()})"


class LineManager(models.Model):
    """To whom somebody reports, in every program alike. The manager need not be here themselves.

    Only matching uses it, to keep reporting lines apart, and only coordinators read it: no match ever does.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="line_manager")
    email = models.EmailField(max_length=254, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")) & ~Q(email=""), name="line_manager_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} reports to {self.email}"


class Import(models.Model):
    """A file of people on its way into a track. Nobody is enrolled before its last step."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Columns to be checked"
        MAPPED = "mapped", "Rows to be checked"
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNDONE = "undone", "Undone"

    track = models.ForeignKey(Track, models.CASCADE, related_name="imports")
    role = models.CharField(max_length=10, choices=Role.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    filename = models.CharField(max_length=120)
    file = models.FileField(upload_to="imports/", max_length=200)
    sha256 = models.CharField(max_length=64)
    # Set once somebody has looked at the letters of a file that is not UTF-8.
    encoding = models.CharField(max_length=20, blank=True)
    mapping = models.JSONField(default=dict)
    skipped_rows = models.JSONField(default=list)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Counts (new, changed, unchanged) and, for undo, what each row did.
    result = models.JSONField(default=dict)
    effects = models.JSONField(default=list)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "role", "sha256"], condition=Q(state="done"), name="file_imported_once"
            ),
            models.CheckConstraint(condition=Q(progress__lte=F("total")), name="import_progress_within_total"),
        ]

    def __str__(self) -> str:
        return self.filename
