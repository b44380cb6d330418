from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from programs.models import Program
from surveys.models import Publication


class ExportLog(models.Model):
    """Every file of figures or people that left the building: who took what, when."""

    # Empty: of the whole organisation.
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what}.{self.format}"


class ExportJob(models.Model):
    """A long table that somebody has asked for. Written only by reports.services.exporting."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.QUEUED, State.RUNNING)

    # Empty: of the whole organisation.
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="export_jobs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="export_jobs")
    table = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    # Which part of the table, as its declaration offers it; empty: all of it.
    part = models.CharField(max_length=100, blank=True)
    # Whether a CSV begins with the mark by which Excel knows UTF-8.
    mark = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="exports/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # When it was first fetched; that is written down once.
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "ready", "failed", "cancelled"]),
                name="export_job_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(ready_at__isnull=False, expires_at__isnull=False) & ~Q(file="")),
                name="export_job_ready_has_a_file",
            ),
            models.UniqueConstraint(
                fields=["program", "by", "table", "format", "part", "mark"],
                condition=Q(state__in=["queued", "running"], program__isnull=False),
                name="one_open_export_of_a_program_each",
            ),
            models.UniqueConstraint(
                fields=["by", "table", "format", "part", "mark"],
                condition=Q(state__in=["queued", "running"], program__isnull=True),
                name="one_open_export_of_the_whole_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.format}: {self.state}"


class ComparisonPlan(models.Model):
    """What is fixed about a program's comparison before its results are known; without one people chose."""

    class Assignment(models.TextChoices):
        """How people come to their model, as reports.verdicts.plan.Assignment says it."""

        CHOOSE = "choose", "People choose"
        COORDINATOR = "coordinator", "A coordinator decides"
        LOTTERY = "lottery", "Lots decide who is in which model"
        WAITLIST = "waitlist", "Lots decide who begins now, and who in the next round"
        NUDGE = "nudge", "Lots decide to which of two models somebody is invited; they choose themselves"
        CROSSOVER = "crossover", "Lots decide who begins with which of two models; later all change over to the other"

    program = models.OneToOneField(Program, models.CASCADE, related_name="comparison_plan")
    assignment = models.CharField(max_length=12, choices=Assignment.choices, default=Assignment.CHOOSE)
    # A smaller difference, in points of the scale, would not change anybody's decision; empty: nobody has said.
    margin = models.FloatField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(assignment__in=["choose", "coordinator", "lottery", "waitlist", "nudge", "crossover"]),
                name="assignment_known",
            ),
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


class Price(models.Model):
    """What an hour of a mentor costs and what a program costs beside, so that a relationship has a price."""

    program = models.OneToOneField(Program, models.CASCADE, related_name="price")
    hour = models.DecimalField(max_digits=10, decimal_places=2)
    # What the program costs whoever meets: people who run it, rooms, this software.
    costs = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__gt=0, costs__gte=0), name="price_of_something"),
            models.CheckConstraint(condition=~Q(currency=""), name="price_has_a_currency"),
        ]

    def __str__(self) -> str:
        return f"Price of {self.program}"


class SharedReport(models.Model):
    """A report as it stood when its link was made, to be read by whoever has the link, for a time."""

    # Empty: the report of the organisation.
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="shared_reports")
    # Of the address nothing else is kept: who reads this table cannot open the report.
    token_hash = models.CharField(max_length=64, unique=True)
    # The figures of that moment, as reports.queries.frozen writes them; of nobody alone.
    content = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # Counted, and when last; never by whom.
    openings = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="shared_report_expires_later"),
            models.CheckConstraint(condition=~Q(token_hash=""), name="shared_report_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"Shared report {self.pk}"
