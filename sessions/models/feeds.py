"""The private address of somebody's calendar."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q


class CalendarFeed(models.Model):
    """Somebody's sessions under an address that calendar programs ask by themselves, once they have made one.

    The address is signed and holds a key of 160 bits, of which a digest is kept: this row gives the address away to
    nobody, not even with the server's secret. It is shown once, to who has just made it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    # The digest of the key. Replaced for a new address; the one before is then as if it had never been.
    key = models.CharField(max_length=40, editable=False)
    made_at = models.DateTimeField()
    # The last day, by UTC, on which a calendar program asked for it.
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="calendar_feed_has_a_key")]

    def __str__(self) -> str:
        return f"Calendar feed {self.pk}"

    @staticmethod
    def digest_of(key: str) -> str:
        """What is kept of a key, which is random and long enough for a plain digest: as many bits as it has."""
        return hashlib.sha256(key.encode()).hexdigest()[:40]
