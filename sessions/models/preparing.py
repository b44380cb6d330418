"""What people write for each other before they meet, and what they count of giving and taking."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from matching.models import Match
from participants.confidential import ConfidentialTextField
from sessions.models.meetings import Session


class Preparation(models.Model):
    """Somebody's topics, problem or question, as their model's form asks for it; read by the match alone."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="preparations")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # JSON: the words by the keys of the form's fields.
    body = ConfidentialTextField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["match", "author"], name="one_preparation_each")]

    def __str__(self) -> str:
        return f"Preparation {self.pk}"

    @property
    def words(self) -> dict[str, str]:
        said: dict[str, str] = json.loads(self.body)
        return said


class Given(models.Model):
    """For how many minutes of a session somebody was the one who gave. For the people of the match alone."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    logged_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "given"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="given_once_a_session_and_person"),
            models.CheckConstraint(condition=Q(minutes__range=(0, 480)), name="given_0_to_480_minutes"),
        ]

    def __str__(self) -> str:
        return f"Given {self.pk}"
