"""What was sent in already, so that sending it again does nothing."""

from django.conf import settings
from django.db import models

from sessions.models.meetings import Session


class SentLog(models.Model):
    """A log under the key that the page it was written on gave it: on a phone without network it may arrive twice.

    Of what was written only a digest is kept, made with the server's key.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="log_sent_once")]

    def __str__(self) -> str:
        return f"Sent log {self.pk}"
