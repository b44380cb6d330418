"""What the people of a match want to reach."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from matching.models import Match
from participants.confidential import ConfidentialTextField

# What the steps of goal attainment mean.
LEVEL_WORDS = {
    -2: "much less than expected",
    -1: "less than expected",
    0: "as expected",
    1: "more than expected",
    2: "much more than expected",
}


class Goal(models.Model):
    """Something a participant wants to reach. The text belongs to the match; coordinators see counts."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="goals")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = ConfidentialTextField()
    # Goal attainment: −2 much less than expected, 0 as expected, +2 much more; empty: not judged yet.
    level = models.SmallIntegerField(null=True, blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(-2, 2)), name="goal_level_minus_2_to_2"
            ),
            models.CheckConstraint(
                condition=Q(reached_at__isnull=True) | Q(dropped_at__isnull=True), name="goal_reached_or_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"Goal {self.pk}"

    @property
    def level_words(self) -> str:
        return "" if self.level is None else LEVEL_WORDS[self.level]

    @property
    def is_left(self) -> bool:
        """Whether it is still to be reached: neither ticked nor dropped, nor judged to be as expected or better."""
        return self.reached_at is None and self.dropped_at is None and (self.level is None or self.level < 0)


class NextStep(models.Model):
    """What somebody does until a day; its words belong to the match."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="next_steps")
    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, blank=True, related_name="next_steps")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = ConfidentialTextField()
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"Next step {self.pk}"
