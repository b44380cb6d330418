"""What people are worried about, who looks after it, and when notes were opened for it. Written by services alone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from matching.models import Match
from participants.confidential import ConfidentialTextField


class Wording(models.Model):
    """The organisation's own words on what to do when somebody is in danger. One row, or none."""

    emergency = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_wording_of_safeguarding")]

    def __str__(self) -> str:
        return "What to do when somebody is in danger"


class Case(models.Model):
    """One concern, and what became of it. It belongs to no program, and no figure counts it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    class Outcome(models.TextChoices):
        ACTED = "acted", "Acted on here"
        REFERRED = "referred", "Handed to an authority or a service outside"
        NOTHING = "nothing", "Looked into, nothing further to do"
        MISTAKE = "mistake", "Reported by mistake"

    # What it is called in mails and on receipts; drawn by lot, so that it does not tell how many there are.
    number = models.CharField(max_length=9, unique=True)
    # The address of the receipt.
    receipt = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Of the form it was written in: sent twice, it is one case.
    key = models.UUIDField(unique=True)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    match = models.ForeignKey(Match, models.SET_NULL, null=True, related_name="+")
    # Everybody in the match it is about: none of them ever deals with it. It outlives the match.
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # Whose words are reported, where it is about an ask or a reply to one: never among those who deal with it, also if
    # a match is named later.
    wrote = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Their names and addresses as they were told: who has erased their account must still be found.
    concerned = ConfidentialTextField(blank=True)
    text = ConfidentialTextField()
    contact = ConfidentialTextField(blank=True)
    in_danger = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    # Who looks after it: a lead, or somebody a lead has asked to.
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    legal_hold = models.BooleanField(default=False)
    reported_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Raised with every change: who decides has seen what the others did.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "acted", "referred", "nothing", "mistake"]), name="case_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, outcome="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_an_outcome",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="case_says_something"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseNote(models.Model):
    """What somebody who deals with a case has written down. Nothing is changed afterwards."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    body = ConfidentialTextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="case_note_says_something")]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class Opening(models.Model):
    """That a lead may read the notes of one match for an hour, for one case and with a reason."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="openings")
    match = models.ForeignKey(Match, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Whose notes they are, and who is told.
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    reason = ConfidentialTextField()
    with_private = models.BooleanField(default=False)
    opened_at = models.DateTimeField(db_index=True)
    # When it was ended before its hour was over.
    ended_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(db_index=True)
    told_at = models.DateTimeField(null=True)
    # Why telling was put off; empty where it was not.
    delay_reason = ConfidentialTextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="opening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")), name="opening_ends_after_it_began"
            ),
            models.CheckConstraint(condition=Q(tell_at__gt=F("opened_at")), name="opening_told_of_afterwards"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(told_at__gte=F("tell_at")), name="opening_told_when_it_is_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Opening {self.pk}"
