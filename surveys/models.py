"""What people said. Single answers are for the person who gave them; everybody else sees groups of five or more."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from participants.confidential import ConfidentialTextField
from programs.models import Program
from sessions.models import Session

# Fewer people than this are never shown, and figures move only when as many have something new to say.
GROUP = 5


def drawn_by_lot() -> int:
    """A key that does not tell which row came first."""
    return secrets.randbelow(2**63 - 1) + 1


class Survey(models.Model):
    """A set of questions a program asks at one kind of moment."""

    class Kind(models.TextChoices):
        BASELINE = "baseline", "Before a match"
        PULSE = "pulse", "After a session"
        TWO_WEEKS = "two_weeks", "Two weeks after a match"
        MIDPOINT = "midpoint", "Half-way"
        CLOSING = "closing", "At the end"

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


class Timing(models.Model):
    """Whether and when a program asks at one kind of moment, where that differs from surveys.wording.TIMES."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="survey_timings")
    kind = models.CharField(max_length=10, choices=Survey.Kind.choices)
    on = models.BooleanField(default=True)
    # Days after the moment that the kind counts from; empty at half-way: as far as half of the time.
    after_days = models.PositiveSmallIntegerField(null=True)
    # Days after the first mail on which somebody who has not answered hears of it again.
    reminder_days = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "kind"], name="one_timing_of_a_kind"),
            models.CheckConstraint(
                condition=Q(after_days__isnull=True) | Q(after_days__lte=366), name="survey_within_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} in {self.program}"


class Question(models.Model):
    class Kind(models.TextChoices):
        SCALE = "scale", "Scale"
        CHOICE = "choice", "Choice"
        TEXT = "text", "Text"

    class Construct(models.TextChoices):
        """What an item of the product's own stands for. The first three make the outcome core."""

        GROWTH = "growth", "Growth"
        PROBLEM_SOLVING = "problem_solving", "Problem solving"
        CONNECTION = "connection", "Connection"
        RELATIONSHIP = "relationship", "Relationship"
        POWER = "power", "Power"
        DEPENDENCY = "dependency", "Dependency"
        DIRECTION = "direction", "Direction"
        EXPERTISE = "expertise", "Expertise"
        EXIT = "exit", "Why it ended early"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    slug = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SCALE)
    text = models.CharField(max_length=200)
    # A scale runs from its lowest number over so many points.
    lowest = models.PositiveSmallIntegerField(default=1)
    points = models.PositiveSmallIntegerField(default=5)
    # What can be chosen; the answer is the number of the option, from 1.
    options = models.JSONField(default=list)
    construct = models.CharField(max_length=20, choices=Construct.choices, blank=True)
    # Where a scale that the organisation holds a licence for comes from; it is shown under the question.
    source = models.CharField(max_length=300, blank=True)
    low_label = models.CharField(max_length=40, blank=True)
    high_label = models.CharField(max_length=40, blank=True)
    # Unscored questions (who mostly talked) never enter a mean.
    scored = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "slug"], name="question_slug_once_a_survey"),
            models.CheckConstraint(condition=Q(points__range=(2, 11)), name="question_2_to_11_points"),
            models.CheckConstraint(condition=Q(lowest__lte=1), name="question_from_0_or_1"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def values(self) -> range:
        """The numbers that answer it; none for words."""
        if self.kind == self.Kind.TEXT:
            return range(0)
        if self.kind == self.Kind.CHOICE:
            return range(1, len(self.options) + 1)
        return range(self.lowest, self.lowest + self.points)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Each number with the words beside it, which scales have at their ends only."""
        if self.kind == self.Kind.CHOICE:
            return list(enumerate(self.options, start=1))
        ends = {self.lowest: self.low_label, self.lowest + self.points - 1: self.high_label}
        return [(number, ends.get(number, "")) for number in self.values]


class Invitation(models.Model):
    """One person asked once about one thing: a session, a match, or (with neither) how they stand themselves."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="survey_invitations")
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="invitations")
    match = models.ForeignKey(Match, models.CASCADE, null=True, related_name="survey_invitations")
    # Whether the outcome core is part of it: asked of those who learn, once however many matches they have.
    with_core = models.BooleanField(default=False)
    # Whether the match ended before its time, and so why is asked.
    early = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # When it was sent; once cut the moment it closed, and in the end nothing.
    answered_at = models.DateTimeField(null=True)
    # Since then nothing leads from here to what was answered, if anything was.
    cut_at = models.DateTimeField(null=True)
    # When it goes by mail if it is not answered by then; nothing once it is answered or the mail is in the outbox.
    mail_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            # Looked at each minute.
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="invitation_to_mail")
        ]
        constraints = [
            models.UniqueConstraint(fields=["survey", "user", "session"], name="invited_once_a_session"),
            models.UniqueConstraint(
                fields=["survey", "user", "match"], condition=Q(match__isnull=False), name="invited_once_a_match"
            ),
            models.UniqueConstraint(
                fields=["survey", "user"],
                condition=Q(match__isnull=True, session__isnull=True),
                name="invited_once_a_person",
            ),
            models.CheckConstraint(
                condition=Q(match__isnull=True) | Q(session__isnull=True), name="invited_about_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("created_at")), name="invitation_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(cut_at__isnull=True) | Q(cut_at__gt=F("closes_at")), name="invitation_cut_once_closed"
            ),
            models.CheckConstraint(
                condition=Q(cut_at__isnull=True) | Q(answered_at__isnull=True) | Q(answered_at=F("closes_at")),
                name="invitation_cut_tells_no_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class AnswerKey(models.Model):
    """What a program's pseudonyms are made with (see surveys.pseudonyms)."""

    program = models.OneToOneField(Program, models.CASCADE, related_name="answer_key")
    # Empty once destroyed: from then on nothing leads from a person to their answers.
    key = ConfidentialTextField(blank=True)
    # When it was first destroyed; comparisons rest since then on what stands with the pseudonyms.
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(key="") | Q(destroyed_at__isnull=False), name="answer_key_or_when_it_was_destroyed"
            ),
        ]

    def __str__(self) -> str:
        return f"Key of the answers in {self.program}"


class Respondent(models.Model):
    """One person's answers in one program, under a pseudonym. Everything that is counted is counted from here."""

    id = models.BigIntegerField(primary_key=True, default=drawn_by_lot, editable=False)
    program = models.ForeignKey(Program, models.CASCADE, related_name="respondents")
    code = models.CharField(max_length=32)
    # How many surveys were sent under it.
    sent = models.PositiveIntegerField(default=0)
    # Where it stands in comparisons, written when the key is destroyed; empty for whoever is not compared.
    unit = models.PositiveIntegerField(null=True)
    arm = models.CharField(max_length=80, blank=True)
    arm_by_model = models.CharField(max_length=80, blank=True)
    chosen = models.CharField(max_length=80, blank=True)
    chosen_by_model = models.CharField(max_length=80, blank=True)
    # Whether its person learns in an older program too, so that across programs nobody is counted twice.
    again = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="one_respondent_of_a_code"),
            models.CheckConstraint(
                condition=Q(unit__isnull=False)
                | Q(arm="", arm_by_model="", chosen="", chosen_by_model="", again=False),
                name="respondent_stands_in_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"Respondent {self.pk}"


class Response(models.Model):
    """What one person answered to one invitation. Until it is sent it is theirs alone and counts nowhere."""

    # By lot, as numbers in a row would tell whose came first.
    id = models.BigIntegerField(primary_key=True, default=drawn_by_lot, editable=False)
    # Whose it is, for as long as they may read and change it; empty once cut.
    invitation = models.OneToOneField(Invitation, models.CASCADE, null=True, related_name="response")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="responses")
    # The pseudonym of the match it is about, if it is about one.
    about = models.CharField(max_length=32, blank=True)
    # The how-manieth its respondent has sent; of several to one moment the last counts.
    number = models.PositiveIntegerField(default=0)
    # Once cut: a moment in the same stretch between two publications, and no closer.
    submitted_at = models.DateTimeField(null=True)
    # Once cut: the first day of the month in which it closed, from which on its words are kept for their time.
    closed_in = models.DateField(null=True)
    # Whether the answers may be in a file of single rows without names; empty where nobody asked or answered.
    consent = models.BooleanField(null=True)
    # A private request for help: goes to a human, never into statistics.
    contact_me = models.BooleanField(default=False)

    class Meta:
        # Each minute: in which surveys somebody has spoken just now.
        indexes = [models.Index(fields=["submitted_at"], name="response_submitted")]
        constraints = [
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, closed_in__isnull=True)
                | Q(invitation__isnull=True, submitted_at__isnull=False, closed_in__isnull=False, contact_me=False),
                name="response_cut_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"Response {self.pk}"


class Answer(models.Model):
    id = models.BigIntegerField(primary_key=True, default=drawn_by_lot, editable=False)
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.RESTRICT, related_name="+")
    value = models.PositiveSmallIntegerField(null=True)
    text = ConfidentialTextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="one_answer_a_question"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__range=(0, 11)), name="answer_0_to_11"),
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
    # [{"slug", "text", "points", "mean" (one decimal) or null, "people", "as_of"}], in the survey's order; of a mean
    # "range" and, where it is a bound, "end" (surveys.coding); of a choice "counts" ([[option, people or null]]) and of
    # words "words" (numbers of answers, shuffled); of a scale asked after sessions "spread" ([people or null], one for
    # each rating from its lowest up).
    figures = models.JSONField(default=list)

    class Meta:
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=GROUP), name="publication_of_five_people_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} as of {self.as_of:%Y-%m-%d}"
