"""How a match ends: why it ended early, what still waits, who would go on, and thanks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models.matches import Match, Seat
from participants.confidential import ConfidentialTextField


class Ending(models.Model):
    """Why somebody ended a match, or their part in it, before its time: for the coordinators who are not in it."""

    class Reason(models.TextChoices):
        REACHED = "reached", "The goals are reached"
        SCHEDULE = "schedule", "No times that suit"
        MOVED = "moved", "A new job, a move or a leave"
        NO_CONTACT = "no_contact", "No contact"
        FIT = "fit", "Not the right fit"
        FOCUS = "focus", "Help with something else is needed"
        UNSAFE = "unsafe", "Not comfortable or not safe in it"
        OTHER = "other", "Something else"

    match = models.ForeignKey(Match, models.CASCADE, related_name="endings")
    # Whose part in it ended; empty where a coordinator ended all of it.
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="endings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    words = ConfidentialTextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat"], name="one_ending_of_a_seat"),
            models.UniqueConstraint(fields=["match"], condition=Q(seat=None), name="one_ending_of_a_whole_match"),
            models.CheckConstraint(
                condition=Q(
                    reason__in=["", "reached", "schedule", "moved", "no_contact", "fit", "focus", "unsafe", "other"]
                ),
                name="ending_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Ending of match {self.match_id}"


class EndingToCome(models.Model):
    """An early end that still waits, so that it can be taken back: until it takes effect nobody else knows of it."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="endings_to_come")
    # Whose part in it ends; empty where a coordinator ends all of it.
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="endings_to_come")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20, choices=Ending.Reason.choices, blank=True)
    words = ConfidentialTextField(blank=True)
    # Whether they want somebody else then.
    another = models.BooleanField(default=False)
    at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "endings to come"
        ordering = ["due_at", "pk"]
        constraints = [
            # Two may end the same thing without knowing of each other; nobody ends it twice.
            models.UniqueConstraint(fields=["seat", "by"], name="one_ending_to_come_of_a_seat_each"),
            models.UniqueConstraint(
                fields=["match", "by"], condition=Q(seat=None), name="one_ending_to_come_of_a_match_each"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("at")), name="ending_to_come_waits"),
        ]

    def __str__(self) -> str:
        return f"Ending to come of match {self.match_id}"


class GoesOn(models.Model):
    """Whether somebody would go on with the same people after a planned end: theirs alone until all of them would."""

    seat = models.OneToOneField(Seat, models.CASCADE, related_name="goes_on")
    wishes = models.BooleanField()
    # Whether they take along the goals they have not reached.
    with_goals = models.BooleanField(default=False)
    at = models.DateTimeField()
    # A coordinator has seen to what all of them wish.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "wishes to go on"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(wishes=True), name="only_a_wish_to_go_on_is_settled"
            )
        ]

    def __str__(self) -> str:
        return f"Wish of seat {self.seat_id}"


class Thanks(models.Model):
    """What somebody thanks the others of a match for when it is over: for those others, and nobody else."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="thanks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    words = ConfidentialTextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "thanks"
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["match", "author"], name="one_thank_you_each")]

    def __str__(self) -> str:
        return f"Thanks in match {self.match_id}"
