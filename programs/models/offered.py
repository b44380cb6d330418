"""What is offered: a program, who runs it, its tracks and what people are asked."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from participants.zones import validate_zone
from programs.catalogue import registry

SLUG = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$", "Use small letters, figures and hyphens.")


class Role(models.TextChoices):
    MENTOR = "mentor", "Mentor"
    MENTEE = "mentee", "Mentee"
    PEER = "peer", "Peer"


class Program(models.Model):
    """One run of mentoring with dates and people; it holds one or more tracks."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being set up"
        OPEN = "open", "Open for enrolment"
        RUNNING = "running", "Running"
        CLOSED = "closed", "Closed"

    slug = models.CharField(max_length=60, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    # Signs the mails and gets the replies; empty: the installation's own address.
    contact_name = models.CharField(max_length=100, blank=True)
    contact_email = models.EmailField(blank=True)
    # The coordinator's switch for the public page, and between which days it holds; both days included.
    takes_applications = models.BooleanField(default=False)
    applications_from = models.DateField(null=True, blank=True)
    applications_until = models.DateField(null=True, blank=True)
    # What chance decides here, as programs.models.Draw.Kind says it; said where people apply. Empty: nothing.
    by_lot = models.CharField(max_length=10, blank=True)
    is_sample = models.BooleanField(default=False)
    # Counts published changes of the definition; stands in the program's JSON file.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="program_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "running", "closed"]), name="program_state_known"
            ),
            models.CheckConstraint(
                condition=Q(applications_from__isnull=True)
                | Q(applications_until__isnull=True)
                | Q(applications_until__gte=F("applications_from")),
                name="program_applications_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(by_lot__in=["", "lottery", "waitlist", "nudge", "crossover"]), name="program_by_a_known_lot"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Coordinator(models.Model):
    """A person who runs one program. The last one of a program cannot be removed."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="coordinators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coordinates")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "user"], name="coordinator_once_a_program")]

    def __str__(self) -> str:
        return f"{self.user} coordinates {self.program}"


class Track(models.Model):
    """A part of a program that follows one mentoring model of the catalogue."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="tracks")
    slug = models.CharField(max_length=60, validators=[SLUG])
    name = models.CharField(max_length=80)
    model = models.CharField(max_length=30, choices=registry.choices)
    position = models.PositiveSmallIntegerField(default=0)
    # How many mentees one mentor may have unless the mentor says otherwise.
    capacity = models.PositiveSmallIntegerField(default=1)
    cadence_days = models.PositiveSmallIntegerField(default=14)
    session_minutes = models.PositiveSmallIntegerField(default=60)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="track_slug_once_a_program"),
            models.CheckConstraint(condition=Q(capacity__range=(1, 50)), name="track_capacity_1_to_50"),
            models.CheckConstraint(condition=Q(cadence_days__range=(1, 180)), name="track_cadence_1_to_180_days"),
            models.CheckConstraint(condition=Q(session_minutes__range=(5, 480)), name="track_session_5_to_480_minutes"),
        ]

    def __str__(self) -> str:
        return self.name


class ProfileField(models.Model):
    """Something the organisation asks people in this program, and may match on."""

    class Kind(models.TextChoices):
        CHOICE = "choice", "One of a list"
        ORDERED = "ordered", "One of an ordered list, such as grades"
        MULTI = "multi", "Several of a list"
        NUMBER = "number", "Number"
        TEXT = "text", "Text"
        YESNO = "yesno", "Yes or no"
        WEEK = "week", "Weekly times"
        SKILLS = "skills", "Skills with a level each"

    program = models.ForeignKey(Program, models.CASCADE, related_name="fields")
    slug = models.CharField(max_length=60, validators=[SLUG])
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # For the list kinds and for skills: the options, lowest first where they are ordered.
    options = models.JSONField(default=list, blank=True)
    asked_of = models.JSONField(default=list)
    required = models.BooleanField(default=False)
    # Whether the person they are matched with reads the answer.
    shared = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="field_slug_once_a_program"),
            models.CheckConstraint(
                condition=Q(kind__in=["choice", "ordered", "multi", "number", "text", "yesno", "week", "skills"]),
                name="field_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label
