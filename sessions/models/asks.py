"""Asks in a network: a written question that goes to a few people who can help, and what they reply."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from participants.confidential import ConfidentialTextField
from programs.models import Enrolment, Track

LEAST_CAP, MOST_CAP = 1, 10
# Nobody has to read more than so many replies to one question; the database keeps it by numbered places.
MOST_REPLIES = 5


class AskTerms(models.Model):
    """How many asks one helper of a track gets in any seven days. A track without a row has its model's number."""

    track = models.OneToOneField(Track, models.CASCADE, related_name="ask_terms")
    weekly_cap = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekly_cap__range=(LEAST_CAP, MOST_CAP)), name="ask_terms_1_to_10_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"Asks in {self.track}"


class Ask(models.Model):
    """One question. Who it went to reads it, and nobody else; coordinators count it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        HELPED = "helped", "This helped"
        ELSEWHERE = "elsewhere", "Solved otherwise"
        DROPPED = "dropped", "Not any more"
        LAPSED = "lapsed", "Over after four weeks"

    class Help(models.TextChoices):
        ADVICE = "advice", "Advice on what to do"
        EXPERIENCE = "experience", "How somebody else has done it"
        FEEDBACK = "feedback", "A look at something I made"
        CONTACT = "contact", "Somebody to talk to, or a contact"
        RESOURCE = "resource", "Something to read or to use"

    asker = models.ForeignKey(Enrolment, models.CASCADE, related_name="asks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    help = models.CharField(max_length=10, choices=Help.choices)
    # One of the skills people of the program offer, and the level needed from 1 on; empty: no one skill.
    skill = models.CharField(max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    context = ConfidentialTextField()
    question = ConfidentialTextField()
    # Whether those who get it read who asks.
    named = models.BooleanField(default=True)
    # With how many people it is to be at a time: three to five, fewer where there are no more.
    wanted = models.PositiveSmallIntegerField()
    # When the minute tick looks at it next: an answer is due, or somebody may have become free.
    look_at = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # When its words, and those of the replies, were deleted by themselves.
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "look_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "helped", "elsewhere", "dropped", "lapsed"]), name="ask_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="ask_closed_has_a_date",
            ),
            models.CheckConstraint(condition=Q(wanted__range=(1, MOST_REPLIES)), name="ask_wants_1_to_5_people"),
        ]

    def __str__(self) -> str:
        return f"Ask {self.pk}"

    @property
    def who(self) -> str:
        """The one who asks, as those who get it read it."""
        return self.asker.user.short_name if self.named else "Somebody in your program"


class AskRoute(models.Model):
    """One person to whom an ask went."""

    class State(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        REPLIED = "replied", "Replied"
        NOT_MINE = "not_mine", "Not mine"
        NO_TIME = "no_time", "No time this week"
        # Somebody else was asked meanwhile; a reply is still welcome.
        LATE = "late", "Not answered in time"
        # The ask was closed, has enough replies, or this person left or paused.
        OVER = "over", "Not needed any more"

    ANSWERABLE = (State.WAITING, State.LATE)
    ANSWERED = (State.REPLIED, State.NOT_MINE, State.NO_TIME)

    ask = models.ForeignKey(Ask, models.CASCADE, related_name="routes")
    helper = models.ForeignKey(Enrolment, models.CASCADE, related_name="asked")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    routed_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["routed_at", "pk"]
        indexes = [models.Index(fields=["helper", "routed_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "replied", "not_mine", "no_time", "late", "over"]),
                name="ask_route_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["replied", "not_mine", "no_time"], answered_at__isnull=False)
                | (~Q(state__in=["replied", "not_mine", "no_time"]) & Q(answered_at__isnull=True)),
                name="ask_route_answer_has_a_date",
            ),
            models.CheckConstraint(condition=Q(answer_by__gt=F("routed_at")), name="ask_route_due_after_it_went"),
            models.UniqueConstraint(fields=["ask", "helper"], name="ask_goes_to_somebody_once"),
        ]

    def __str__(self) -> str:
        return f"Ask {self.ask_id} to enrolment {self.helper_id}"


class AskReply(models.Model):
    """What one of them replied: a strength, a question back, a suggestion."""

    route = models.OneToOneField(AskRoute, models.CASCADE, related_name="reply")
    ask = models.ForeignKey(Ask, models.CASCADE, related_name="replies")
    place = models.PositiveSmallIntegerField()
    strength = ConfidentialTextField()
    question = ConfidentialTextField(blank=True)
    suggestion = ConfidentialTextField(blank=True)
    created_at = models.DateTimeField()
    # By the one who asked.
    thanked_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        verbose_name_plural = "ask replies"
        constraints = [
            models.CheckConstraint(condition=Q(place__range=(1, MOST_REPLIES)), name="ask_has_5_replies_at_most"),
            models.UniqueConstraint(fields=["ask", "place"], name="ask_reply_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"Reply {self.pk}"


class AskFlag(models.Model):
    """A reply, or the ask itself, that somebody reports, with the words they chose to show."""

    class Reason(models.TextChoices):
        UNSAFE = "unsafe", "It threatens somebody, or somebody may be in danger"
        UNKIND = "unkind", "It is unkind"
        PRIVATE = "private", "It says what is not for others"
        NOISE = "noise", "It is not what asks are for"
        OTHER = "other", "Something else"

    # About this alone a coordinator hears. The rest is about how somebody behaves, or may be: that is for those who
    # look after people's safety, and leaves no words here.
    FOR_COORDINATORS = (Reason.NOISE,)

    ask = models.ForeignKey(Ask, models.CASCADE, related_name="flags")
    # Empty: the ask itself.
    reply = models.ForeignKey(AskReply, models.CASCADE, null=True, blank=True, related_name="flags")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    # A copy made because its reader asked for it: coordinators' pages read nothing else of an ask.
    shown = ConfidentialTextField(blank=True)
    # Whether it went to the safeguarding leads: then no coordinator hears that it exists.
    for_leads = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["unsafe", "unkind", "private", "noise", "other"]), name="ask_flag_reason_known"
            ),
            models.CheckConstraint(condition=Q(for_leads=False) | Q(shown=""), name="ask_flag_for_leads_has_no_words"),
            models.UniqueConstraint(
                fields=["ask", "by"], condition=Q(reply__isnull=True), name="ask_flagged_once_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["reply", "by"], condition=Q(reply__isnull=False), name="ask_reply_flagged_once_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"Flag {self.pk}"


class AskNotice(models.Model):
    """That a rule of health has once said something about an ask or a helper, and whether it was of no use there.

    It is what the precision of such a rule is counted from; whose ask it is, coordinators do not read.
    """

    ask = models.ForeignKey(Ask, models.CASCADE, null=True, related_name="notices")
    helper = models.ForeignKey(Enrolment, models.CASCADE, null=True, related_name="ask_notices")
    rule = models.CharField(max_length=20)
    raised_at = models.DateTimeField()
    # Since then the rule says nothing about it any more.
    muted_at = models.DateTimeField(null=True)
    muted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ask__isnull=True, helper__isnull=False) | Q(ask__isnull=False, helper__isnull=True),
                name="ask_notice_of_an_ask_or_a_helper",
            ),
            models.UniqueConstraint(fields=["ask", "rule"], name="one_ask_notice_of_a_rule_and_ask"),
            models.UniqueConstraint(fields=["helper", "rule"], name="one_ask_notice_of_a_rule_and_helper"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} of {f'ask {self.ask_id}' if self.ask_id else f'helper {self.helper_id}'}"
