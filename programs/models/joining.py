"""How people come in, whom they wish for, and whom they are kept apart from."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from participants.confidential import ConfidentialTextField
from programs.models.offered import Program, Role, Track
from programs.models.people import Enrolment


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
