"""What is offered and who is in it. Every write goes through programs.services."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from participants.confidential import ConfidentialTextField
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


class Enrolment(models.Model):
    """A person taking part in a track in one role, with the answers matching uses."""

    class State(models.TextChoices):
        ACTIVE = "active", "Taking part"
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
                condition=Q(state="active", left_at__isnull=True) | Q(state="left", left_at__isnull=False),
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


class Intake(models.Model):
    """How people get into a track by applying. A track without one takes the defaults below."""

    track = models.OneToOneField(Track, models.CASCADE, related_name="intake")
    # Whether a coordinator looks at each application; otherwise there is room or there is not.
    screened = models.BooleanField(default=True)
    # Empty: as many as come.
    mentor_places = models.PositiveSmallIntegerField(null=True, blank=True)
    mentee_places = models.PositiveSmallIntegerField(null=True, blank=True)
    peer_places = models.PositiveSmallIntegerField(null=True, blank=True)
    # What somebody accepted reads, and ticks point by point, before they take part; both empty: nothing.
    orientation = models.TextField(max_length=5000, blank=True)
    orientation_points = models.JSONField(default=list, blank=True)
    # How many people one may wish for; 0: wishes are not asked, and nobody is listed.
    wishes = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wishes__range=(0, 10)), name="intake_0_to_10_wishes"),
        ]

    def __str__(self) -> str:
        return f"Intake of {self.track}"

    def places(self, role: str) -> int | None:
        """How many may take part in this role; None: as many as come."""
        number: int | None = getattr(self, f"{Role(role).value}_places")
        return number

    @property
    def asks_orientation(self) -> bool:
        return bool(self.orientation or self.orientation_points)


class Application(models.Model):
    """A person's way into a track in one role. Accepted, and with the orientation read, it becomes an Enrolment."""

    class State(models.TextChoices):
        STARTED = "started", "Not sent yet"
        APPLIED = "applied", "Applied"
        WAITING = "waiting", "Waiting list"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    track = models.ForeignKey(Track, models.CASCADE, related_name="applications")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    role = models.CharField(max_length=10, choices=Role.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    answers = models.JSONField(default=dict)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many of the questions have been gone through, to go on from there.
    steps_done = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # The order of the waiting list; kept once it is over, so that a decision taken back gives the old place again.
    waiting_since = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # Empty where there was room and nobody had to decide.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Why somebody was declined, for them to read.
    reason = ConfidentialTextField(max_length=1000, blank=True)
    # How it was before the last decision, to take that back; empty once it cannot be taken back.
    before = models.CharField(max_length=10, choices=State.choices, blank=True)
    # Counts what was written to the applicant, so that each news is one message.
    news = models.PositiveSmallIntegerField(default=0)
    oriented_at = models.DateTimeField(null=True)
    enrolment = models.OneToOneField(Enrolment, models.SET_NULL, null=True, related_name="application")

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["track", "user", "role"], name="applied_once_a_track_and_role"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "applied", "waiting", "accepted", "declined", "withdrawn"]),
                name="application_state_known",
            ),
            models.CheckConstraint(condition=Q(role__in=["mentor", "mentee", "peer"]), name="application_role_known"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "withdrawn"]) | Q(sent_at__isnull=False),
                name="application_sent_before_it_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_since__isnull=False), name="application_waits_since_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) | Q(state__in=["accepted", "started", "withdrawn"]),
                name="application_enrols_only_the_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.track} ({self.get_role_display().lower()})"


class Wishes(models.Model):
    """Whom somebody would like to be matched with. Read by coordinators and by matching, by nobody else."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="wishes")
    # JSON: numbers of enrolments in the same track, best first.
    liked = ConfidentialTextField(blank=True)
    only_liked = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"Wishes of {self.enrolment}"


class Exclusion(models.Model):
    """Two people never to be matched in a program. Whoever it names may never learn of it, nor that there is one."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="exclusions")
    # The participant who asked for it about themselves; empty: a coordinator's.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # JSON: two of them, each a number of an account or the address of somebody who may have none yet.
    people = ConfidentialTextField()
    note = ConfidentialTextField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"An exclusion in {self.program}"
