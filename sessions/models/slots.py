"""One-off sessions that people book themselves: the times an expert offers, who asks for one, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from participants.confidential import ConfidentialTextField
from participants.zones import validate_zone
from programs.models import Enrolment

MOST_TOPICS, LONGEST_TOPIC = 5, 80


class Slot(models.Model):
    """One time at which an expert would hold a session, as everybody in the track may read it."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # As sessions keep it: the wall clock in a named zone is what was meant.
    wall_start = models.CharField(max_length=16)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField()
    # What one can ask about then, as the expert wrote it; empty: anything.
    topics = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["enrolment", "starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(minutes__range=(5, 480)), name="slot_5_to_480_minutes"),
            models.UniqueConstraint(
                fields=["enrolment", "starts_at"],
                condition=Q(withdrawn_at=None),
                name="one_slot_of_an_expert_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Slot {self.pk}"


class SlotAsk(models.Model):
    """Somebody's wish for a slot, with the question they bring. While it waits, and once accepted, it holds it."""

    class State(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Not answered in time"
        WITHDRAWN = "withdrawn", "Taken back"

    HOLDS = (State.WAITING, State.ACCEPTED)

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="asks")
    asker = models.ForeignKey(Enrolment, models.CASCADE, related_name="slot_asks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # One of the slot's topics, or empty. Coordinators read it on the match; the question they never do.
    topic = models.CharField(max_length=LONGEST_TOPIC, blank=True)
    question = ConfidentialTextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    match = models.OneToOneField(Match, models.SET_NULL, null=True, blank=True, related_name="slot_ask")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "accepted", "declined", "expired", "withdrawn"]),
                name="slot_ask_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="slot_ask_answer_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="slot_ask_expires_after_it_was_made"
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=["waiting", "accepted"]), name="one_ask_holds_a_slot"
            ),
            models.UniqueConstraint(fields=["asker"], condition=Q(state="waiting"), name="one_waiting_ask_of_an_asker"),
        ]

    def __str__(self) -> str:
        return f"Ask {self.pk} for a slot"


class SlotReview(models.Model):
    """What one of the two says two weeks after a one-off session: whether it helped, and whether they would go on."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="slot_reviews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Asked of the one who had the question alone.
    helped = models.BooleanField(null=True, blank=True)
    goes_on = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # When a coordinator has seen to it that both go on.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["match", "user"], name="one_review_of_a_session_each"),
            models.CheckConstraint(
                condition=Q(goes_on__isnull=True, answered_at__isnull=True)
                | Q(goes_on__isnull=False, answered_at__isnull=False),
                name="slot_review_answer_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of match {self.match_id}"
