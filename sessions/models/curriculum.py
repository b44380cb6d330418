"""What a track's groups learn week by week, and who has handed in what."""

import hashlib
import json

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from matching.models import Match
from programs.models import Track


class Week(models.Model):
    """One week of a track's curriculum, written by its coordinators and read by everybody in the track's matches."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="weeks")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    reading = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])
    deliverable = models.CharField(max_length=300)

    class Meta:
        ordering = ["track", "number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="one_week_of_a_number"),
            models.CheckConstraint(condition=Q(number__range=(1, 52)), name="week_1_to_52"),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://") | Q(link__startswith="http://"),
                name="week_links_to_the_web",
            ),
        ]

    def __str__(self) -> str:
        return f"Week {self.number}"

    @property
    def stamp(self) -> str:
        """Another one as soon as the week says something else, or another week stands in its place."""
        said = [self.pk, self.title, self.reading, self.link, self.deliverable]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]


class Delivery(models.Model):
    """A member of a match has handed in the deliverable of a week; they say so themselves."""

    week = models.ForeignKey(Week, models.CASCADE, related_name="deliveries")
    match = models.ForeignKey(Match, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["week", "match", "user"], name="delivered_once")]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"
