from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from programs.models import Program
from surveys.models import Publication


class ExportLog(models.Model):
    """Every file of figures that left the building: who took what, when."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what}.{self.format}"


class ComparisonPlan(models.Model):
    """What is fixed about a program's comparison before its results are known; without one people chose."""

    class Assignment(models.TextChoices):
        """How people come to their model, as reports.verdicts.plan.Assignment says it."""

        CHOOSE = "choose", "People choose"
        COORDINATOR = "coordinator", "A coordinator decides"

    program = models.OneToOneField(Program, models.CASCADE, related_name="comparison_plan")
    assignment = models.CharField(max_length=12, choices=Assignment.choices, default=Assignment.CHOOSE)
    # A smaller difference, in points of the scale, would not change anybody's decision; empty: nobody has said.
    margin = models.FloatField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(assignment__in=["choose", "coordinator"]), name="assignment_known"),
            models.CheckConstraint(
                condition=Q(margin__isnull=True) | Q(margin__gt=0, margin__lte=6), name="margin_within_the_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"Comparison of {self.program}"


class ComparisonLook(models.Model):
    """What answers came to at one of the two dates: worked out once, when first opened, and never again."""

    class Kind(models.TextChoices):
        MIDPOINT = "midpoint", "Mid-point"
        CLOSE = "close", "Close"

    program = models.ForeignKey(Program, models.CASCADE, related_name="looks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Answers sent until then are in it, whenever it was opened.
    as_of = models.DateTimeField()
    locked_at = models.DateTimeField()
    # Figures and sentences as reports.queries.looks makes them; of nobody alone.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["as_of"]
        constraints = [
            models.UniqueConstraint(fields=["program", "kind"], name="looked_once_at_each_date"),
            models.CheckConstraint(condition=Q(kind__in=["midpoint", "close"]), name="look_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.program}"


class LookView(models.Model):
    """Who has seen a look, and since when."""

    look = models.ForeignKey(ComparisonLook, models.CASCADE, related_name="views")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["look", "by"], name="look_seen_first_once")]

    def __str__(self) -> str:
        return f"{self.look} seen {self.at:%Y-%m-%d}"


class Threshold(models.Model):
    """A number of a signal's rule that a program has changed; the others are those of reports.health.limits."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="thresholds")
    slug = models.CharField(max_length=40)
    value = models.FloatField()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["program", "slug"], name="one_threshold_of_a_kind"),
            models.CheckConstraint(condition=Q(value__gt=0, value__lte=365), name="threshold_within_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} in {self.program}"


class Flag(models.Model):
    """That a rule has once said something about a match, and whether a coordinator has found it of no use there.

    It is what the precision of a rule is counted from.
    """

    match = models.ForeignKey(Match, models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=20)
    raised_at = models.DateTimeField()
    # Since then the rule says nothing about this match any more.
    muted_at = models.DateTimeField(null=True)
    muted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["match", "rule"], name="one_flag_of_a_rule_and_match")]

    def __str__(self) -> str:
        return f"{self.rule} of match {self.match_id}"


class AnswerSignal(models.Model):
    """In how many matches answers pointed to something, counted once when a survey's figures were published.

    Fixed like those figures, and for the same reason. Empty where fewer than five people stand on either side.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="signals")
    rule = models.CharField(max_length=20)
    matches = models.PositiveIntegerField(null=True)
    out_of = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["publication", "rule"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "rule"], name="one_answer_signal_of_a_rule"),
            models.CheckConstraint(
                condition=Q(matches__isnull=True, out_of__isnull=True)
                | Q(matches__isnull=False, out_of__isnull=False, matches__lte=F("out_of")),
                name="answer_signal_whole_or_hidden",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} in {self.publication}"
