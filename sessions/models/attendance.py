"""Who was there, in matches of more than two."""

from django.db import models

from matching.models import Seat
from sessions.models.meetings import Session

# From this many people on it is asked who was there.
GROUP = 3


class Attendance(models.Model):
    """Whether somebody was at a group's session. A held session without rows was one of all its people."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+")
    present = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "seat"], name="attendance_of_a_seat_once")]

    def __str__(self) -> str:
        return f"Attendance {self.pk}"
