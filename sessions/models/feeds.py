"""The private address of somebody's calendar."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CalendarFeed(models.Model):
    """Somebody's sessions under an address that calendar programs ask by themselves, once they have made one.

    The address is signed and holds the key: neither this row nor the server's secret alone gives it away.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    # Replaced for a new address; the address made with the one before is then as if it had never been.
    key = models.CharField(max_length=40, editable=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="calendar_feed_has_a_key")]

    def __str__(self) -> str:
        return f"Calendar feed {self.pk}"
