"""Lots: what chance, and nobody's wish, has decided about people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programs.models.offered import Program, Track
from programs.models.people import Enrolment


class Draw(models.Model):
    """One drawing of lots. It is done once, and anybody can work it out again from its seed."""

    class Kind(models.TextChoices):
        """What chance decided, as reports.verdicts.plan.Assignment says it."""

        LOTTERY = "lottery", "Who is in which of two tracks"
        WAITLIST = "waitlist", "Who begins now, and who in the next round"
        NUDGE = "nudge", "To which of two tracks somebody is invited"
        CROSSOVER = "crossover", "In which of two tracks somebody begins; later all change over to the other"

    program = models.ForeignKey(Program, models.CASCADE, related_name="draws")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LOTTERY)
    # Two tracks keep a draw from being forgotten: without them nobody could say what was compared.
    first = models.ForeignKey(Track, models.RESTRICT, related_name="+")
    second = models.ForeignKey(Track, models.RESTRICT, null=True, related_name="+")
    # How many begin now, where the others wait.
    places = models.PositiveSmallIntegerField(null=True)
    # From which day on those drawn are to be in their other track, and since when they are.
    changes_on = models.DateField(null=True)
    changed_at = models.DateTimeField(null=True)
    # The field within whose answers both sides get as many; empty: within all.
    stratum = models.CharField(max_length=60, blank=True)
    seed = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # From then on people know, and it stands.
    told_at = models.DateTimeField()
    # Taken back before anybody knew; its lots are gone and its seed stays, so that draws can be counted.
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    Q(kind__in=["lottery", "nudge", "crossover"], second__isnull=False, places__isnull=True),
                    ~Q(first=F("second")),
                )
                | Q(kind="waitlist", second__isnull=True, places__isnull=False, places__gte=1),
                name="draw_between_two",
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="draw_keeps_its_seed"),
            # Two draws give two chances of a place, and so two groups that are not alike.
            models.UniqueConstraint(
                fields=["program"], condition=Q(kind="waitlist", undone_at=None), name="places_drawn_once_a_program"
            ),
            # Two orders drawn at two times would change over at two times.
            models.UniqueConstraint(
                fields=["program"], condition=Q(kind="crossover", undone_at=None), name="orders_drawn_once_a_program"
            ),
            models.CheckConstraint(
                condition=Q(kind="crossover", changes_on__isnull=False)
                | Q(~Q(kind="crossover"), changes_on__isnull=True, changed_at__isnull=True),
                name="draw_changes_over_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True) | Q(changed_at__gte=F("told_at"), undone_at__isnull=True),
                name="draw_changes_over_once_told",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__lt=F("told_at")),
                name="draw_undone_before_it_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} or {self.second or 'waiting'}, by lot"


class Lot(models.Model):
    """What chance has given somebody. Whoever has one in a program gets no other, or it would not be chance."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="lots")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    came_from = models.ForeignKey(Track, models.RESTRICT, related_name="+")
    # Where they are, or (a nudge) where they were invited to, or (a crossover) where they began.
    track = models.ForeignKey(Track, models.RESTRICT, related_name="lots")
    # Whether they begin in the next round.
    waits = models.BooleanField(default=False)
    # Their place in the next round, once it is there.
    next_place = models.OneToOneField(Enrolment, models.SET_NULL, null=True, related_name="waited")
    # The answer within which it was drawn, as it was then.
    stratum = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "user"], name="one_lot_a_person_and_program"),
            models.CheckConstraint(
                condition=Q(waits=False, next_place__isnull=True) | Q(waits=True, track=F("came_from")),
                name="who_waits_stays_in_their_track",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track}, by lot"


class SetAside(models.Model):
    """Somebody whose place chance does not decide, and why. They begin now."""

    class Reason(models.TextChoices):
        URGENT = "urgent", "They need it now"
        PROMISED = "promised", "They were promised a place"
        TOGETHER = "together", "They begin together with somebody"

    program = models.ForeignKey(Program, models.CASCADE, related_name="set_aside")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "user"], name="set_aside_once_a_program"),
            models.CheckConstraint(
                condition=Q(reason__in=["urgent", "promised", "together"]), name="set_aside_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} begins now: {self.get_reason_display()}"
