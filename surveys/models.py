"""What people said. Single answers are for the person who gave them; everybody else sees groups of five or more."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from participants.confidential import ConfidentialTextField
from programs.models import Program
from sessions.models import Session

# Fewer people than this are never shown, and figures move only when as many have something new to say.
GROUP = 5


class Survey(models.Model):
    """A set of questions a program asks at one kind of moment."""

    class Kind(models.TextChoices):
        PULSE = "pulse", "After a session"

    program = models.ForeignKey(Program, models.CASCADE, related_name="surveys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80)
    # Wording is fixed once somebody has answered; a change makes a new version.
    version = models.PositiveIntegerField(default=1)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "kind", "version"], name="survey_version_once"),
            models.UniqueConstraint(
                fields=["program", "kind"], condition=Q(active=True), name="one_active_survey_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    class Kind(models.TextChoices):
        SCALE = "scale", "Scale"
        TEXT = "text", "Text"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    slug = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SCALE)
    text = models.CharField(max_length=200)
    points = models.PositiveSmallIntegerField(default=5)
    low_label = models.CharField(max_length=40, blank=True)
    high_label = models.CharField(max_length=40, blank=True)
    # Unscored questions (who mostly talked) never enter a mean.
    scored = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "slug"], name="question_slug_once_a_survey"),
            models.CheckConstraint(condition=Q(points__range=(2, 11)), name="question_2_to_11_points"),
        ]

    def __str__(self) -> str:
        return self.text


class Invitation(models.Model):
    """One person asked once about one thing."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="survey_invitations")
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="invitations")
    created_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "user", "session"], name="invited_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class Response(models.Model):
    """What one person answered to one invitation; editable until the survey closes."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="response")
    submitted_at = models.DateTimeField()
    # A private request for help: goes to a human, never into statistics.
    contact_me = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Response {self.pk}"


class Answer(models.Model):
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.RESTRICT, related_name="+")
    value = models.PositiveSmallIntegerField(null=True)
    text = ConfidentialTextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="one_answer_a_question"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__range=(1, 11)), name="answer_1_to_11"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"


class Publication(models.Model):
    """Figures of a survey as coordinators may see them: taken when five new people have answered, then fixed.

    Figures that moved with every answer would give single answers away by the difference.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="publications")
    as_of = models.DateTimeField()
    people = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    # [{"slug", "text", "points", "mean" (one decimal) or null, "people", "as_of"}], in the survey's order.
    figures = models.JSONField(default=list)

    class Meta:
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=GROUP), name="publication_of_five_people_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} as of {self.as_of:%Y-%m-%d}"
