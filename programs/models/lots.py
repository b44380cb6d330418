"""Lots: that chance, and nobody's wish, has put people into one of two tracks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programs.models.offered import Program, Track


class Draw(models.Model):
    """One drawing of lots between two tracks. It is done once, and anybody can work it out again from its seed."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="draws")
    # Two tracks keep a draw from being forgotten: without them nobody could say what was compared.
    first = models.ForeignKey(Track, models.RESTRICT, related_name="+")
    second = models.ForeignKey(Track, models.RESTRICT, related_name="+")
    # The field within whose answers both tracks get as many; empty: within all.
    stratum = models.CharField(max_length=60, blank=True)
    seed = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="draw_between_two_tracks"),
            models.CheckConstraint(condition=~Q(seed=""), name="draw_keeps_its_seed"),
        ]

    def __str__(self) -> str:
        return f"{self.first} or {self.second}, by lot"


class Lot(models.Model):
    """What chance has given somebody. Whoever has one in a program gets no other, or it would not be chance."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="lots")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    came_from = models.ForeignKey(Track, models.RESTRICT, related_name="+")
    track = models.ForeignKey(Track, models.RESTRICT, related_name="lots")
    # The answer within which it was drawn, as it was then.
    stratum = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["program", "user"], name="one_lot_a_person_and_program")]

    def __str__(self) -> str:
        return f"{self.track}, by lot"
