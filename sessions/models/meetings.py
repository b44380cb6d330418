"""Sessions and what was noted in them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match, Seat
from participants.confidential import ConfidentialTextField
from participants.zones import validate_zone


class Session(models.Model):
    """One meeting of a match, planned or held. Coordinators see this row and never the notes."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        MISSED = "missed", "Did not happen"
        CANCELLED = "cancelled", "Cancelled"

    class Channel(models.TextChoices):
        VIDEO = "video", "Video call"
        IN_PERSON = "in_person", "In person"
        PHONE = "phone", "Phone"
        CHAT = "chat", "Chat"

    match = models.ForeignKey(Match, models.CASCADE, related_name="sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # What the planner wrote: the wall clock in a named zone wins if the zone's rules change later.
    wall_start = models.CharField(max_length=16)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.VIDEO)
    place = models.CharField(max_length=300, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # iCalendar SEQUENCE: every move or cancellation raises it, and with it the key of the reminders.
    sequence = models.PositiveIntegerField(default=0)
    # Sessions planned together, at the same wall time each; each can still go its own way.
    series = models.UUIDField(null=True, editable=False, db_index=True)
    # When the present time was agreed; empty where a session was only logged afterwards.
    planned_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # What was called off at one moment is told in one mail.
    cancelled_at = models.DateTimeField(null=True, editable=False)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    logged_at = models.DateTimeField(null=True)
    # Who led a group's session, as its log says; of a session that was not held, nobody.
    facilitated_by = models.ForeignKey(Seat, models.SET_NULL, null=True, related_name="+")
    # What the last log replaced, for its undo: {} where there was no session, empty where nothing can be undone.
    before_log = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "starts_at"]), models.Index(fields=["match", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held", "missed", "cancelled"]), name="session_state_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(minutes__range=(5, 480)), name="session_5_to_480_minutes"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "missed"], logged_at__isnull=False)
                | Q(state__in=["planned", "cancelled"], logged_at__isnull=True),
                name="session_logged_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(planned_at__isnull=False), name="session_planned_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(facilitated_by=None), name="session_facilitated_if_held"
            ),
            models.UniqueConstraint(
                fields=["match", "starts_at"], condition=~Q(state="cancelled"), name="one_session_of_a_match_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk}"

    @property
    def stamp(self) -> str:
        """What somebody has seen of it when they write down what came of it: the time agreed, and the last log."""
        return f"{self.sequence}.{self.logged_at.isoformat() if self.logged_at else ''}"


class ExpertWanted(models.Model):
    """The people of a match need somebody who knows more: one tap on the log of a session, by one for all."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="expert_wanted")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "experts wanted"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"ExpertWanted {self.pk}"


class Note(models.Model):
    """What somebody wrote about a session: for both (shared) or for themselves (private)."""

    class Visibility(models.TextChoices):
        SHARED = "shared", "Shared with your match"
        PRIVATE = "private", "Only you"

    session = models.ForeignKey(Session, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    body = ConfidentialTextField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "author", "visibility"], name="one_note_of_a_kind_each"),
            models.CheckConstraint(condition=Q(visibility__in=["shared", "private"]), name="note_visibility_known"),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"
