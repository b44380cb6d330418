"""Times somebody has put to the others of a match, of which they choose one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from participants.zones import validate_zone
from sessions.models.meetings import Session


class TimeOffer(models.Model):
    """One to three times for one session. A match has one open offer; the next one takes its place."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CHOSEN = "chosen", "Chosen"
        REPLACED = "replaced", "Replaced"

    match = models.ForeignKey(Match, models.CASCADE, related_name="time_offers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # Wall times in the zone, as sessions keep them, by time.
    walls = models.JSONField()
    zone = models.CharField(max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Session.Channel.choices, default=Session.Channel.VIDEO)
    place = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    # An open offer is over from then on: there is no time left to choose, or nobody has answered for days.
    expires_at = models.DateTimeField()
    # The session it became.
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "chosen", "replaced"]), name="time_offer_state_known"
            ),
            models.CheckConstraint(condition=Q(minutes__range=(5, 480)), name="time_offer_5_to_480_minutes"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="time_offer_ends_after_it_begins"),
            models.UniqueConstraint(fields=["match"], condition=Q(state="open"), name="one_open_time_offer_of_a_match"),
        ]

    def __str__(self) -> str:
        return f"Time offer {self.pk}"
