"""Who meets whom, and why. Every write goes through matching.services."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programs.models import Enrolment, ProfileField, Program, Role, Track


class MatchingPlan(models.Model):
    """How a track is matched."""

    class Objective(models.TextChoices):
        FLOOR = "floor", "Everybody placed, then the lowest score as high as it can be"
        COVER = "cover", "Everybody placed, then the best total"
        SCORE = "score", "The best total, even if fewer are placed"
        STABLE = "stable", "Everybody placed, then fewest pairs who would rather have each other"

    track = models.OneToOneField(Track, models.CASCADE, related_name="plan")
    objective = models.CharField(max_length=10, choices=Objective.choices, default=Objective.FLOOR)
    # Days people have to accept or decline an offered match.
    answer_days = models.PositiveSmallIntegerField(default=14)
    # Whether people whose match came to its planned end may be proposed to each other again. Those who said no, or
    # whose match was ended early, never are.
    allow_repeats = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(objective__in=["floor", "cover", "score", "stable"]), name="plan_objective_known"
            ),
            models.CheckConstraint(condition=Q(answer_days__range=(1, 60)), name="plan_answer_1_to_60_days"),
        ]

    def __str__(self) -> str:
        return f"Matching of {self.track}"


class MatchRule(models.Model):
    """One criterion of a track, as matching.criteria.Rule understands it."""

    class Strength(models.TextChoices):
        OFF = "off", "Off"
        LOW = "low", "Low"
        MID = "mid", "Mid"
        HIGH = "high", "High"
        MUST = "must", "Must"
        POINTS = "points", "Exact points"

    plan = models.ForeignKey(MatchingPlan, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    # The field of the person who receives (mentee; in peer tracks: either) and of the one who gives.
    taker_field = models.ForeignKey(ProfileField, models.RESTRICT, related_name="+")
    giver_field = models.ForeignKey(ProfileField, models.RESTRICT, related_name="+")
    strength = models.CharField(max_length=10, choices=Strength.choices, default=Strength.MID)
    points = models.SmallIntegerField(default=0)
    # Points for each gap in steps, as text keys: {"2": 12, "1": 9}.
    by_gap = models.JSONField(default=dict, blank=True)
    others_forbidden = models.BooleanField(default=False)
    params = models.JSONField(default=dict, blank=True)
    condition_side = models.CharField(max_length=10, blank=True)
    condition_field = models.ForeignKey(ProfileField, models.RESTRICT, null=True, blank=True, related_name="+")
    condition_equals = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(strength__in=["off", "low", "mid", "high", "must", "points"]), name="rule_strength_known"
            ),
            models.CheckConstraint(condition=Q(points__range=(-1000, 1000)), name="rule_points_within_1000"),
            models.CheckConstraint(
                condition=Q(condition_side="", condition_field__isnull=True)
                | Q(condition_side__in=["taker", "giver"], condition_field__isnull=False),
                name="rule_condition_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Proposal(models.Model):
    """A set of matches nobody but the coordinators can see until it is published."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        FAILED = "failed", "Failed"
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        REPLACED = "replaced", "Replaced by a later one"
        DISCARDED = "discarded", "Discarded"

    program = models.ForeignKey(Program, models.CASCADE, related_name="proposals")
    track = models.ForeignKey(Track, models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # What the run was asked: objective, capacity instead of the track's, and which proposal's locks to keep.
    objective = models.CharField(max_length=10, choices=MatchingPlan.Objective.choices)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    rules = models.JSONField(default=list)
    # What it was computed from, so that a proposal over changed people is never published.
    input_hash = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    model_version = models.CharField(max_length=20, blank=True)
    # What came out.
    placed = models.PositiveIntegerField(default=0)
    possible = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    bound = models.BigIntegerField(default=0)
    optimal = models.BooleanField(default=False)
    # How the bound is known, in words; and what each aim would have given, so that the price of the chosen one can be
    # stated: [{"objective", "placed", "total", "lowest", "optimal", "chosen"}].
    proof = models.CharField(max_length=200, blank=True)
    aims = models.JSONField(default=list)
    max_points = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    # The people left over, each with the reasons in words: [{"enrolment": 1, "reason": "…", "details": […]}].
    left_over = models.JSONField(default=list)
    step = models.CharField(max_length=80, blank=True)
    # How often a worker has taken it up: one that kills its worker again and again is given up.
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    # Raised by every change on the board: two people never overwrite each other.
    version = models.PositiveIntegerField(default=1)
    # Swaps and locks, newest last, so that each can be undone by name.
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="proposal_number_once_a_program"),
            models.UniqueConstraint(
                fields=["track"], condition=Q(state="published"), name="one_published_proposal_a_track"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__range=(1, 50)), name="proposal_capacity_1_to_50"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="proposal_progress_within_100"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="proposal_published_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.number}"


class Match(models.Model):
    """Two or more people joined by the program."""

    class State(models.TextChoices):
        DRAFT = "draft", "In a proposal"
        OFFERED = "offered", "Offered"
        ACTIVE = "active", "Active"
        DECLINED = "declined", "Declined"
        ENDED = "ended", "Ended"

    class EndReason(models.TextChoices):
        DECLINED = "declined", "Somebody said no"
        EXPIRED = "expired", "Not everybody answered in time"
        REPLACED = "replaced", "A later proposal took its place"
        WITHDRAWN = "withdrawn", "The coordinator took it back"
        LEFT = "left", "Somebody left the program"
        TOO_FEW = "too_few", "Too few people were left in the group"
        DONE = "done", "Its one session is over"
        # The same words whoever did it: who and why is in Ending, for coordinators alone.
        ENDED = "ended", "It was ended early"
        FINISHED = "finished", "Its time was over"

    LIVE = (State.OFFERED, State.ACTIVE)

    track = models.ForeignKey(Track, models.CASCADE, related_name="matches")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="matches")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Its place in its proposal, from 1: what a group is called, however many people are in it.
    number = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0)
    # The most points that people in these places could have together; 0 where the shares alone say it.
    most = models.PositiveIntegerField(default=0)
    # A one-off session: when it starts, how long it is, and what it is about.
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    topic = models.CharField(max_length=200, blank=True)
    # Each rule's share of the score: [{"key", "label", "kind", "points", "max_points", "met", "forbids", "applies",
    # "sentence", "told"}]; the sentence is for coordinators, "told" has what each member may read, by enrolment.
    shares = models.JSONField(default=list)
    locked = models.BooleanField(default=False)
    # The enrolments in it, sorted: set when it is offered, so that the same people are never joined twice at once.
    people_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    answer_until = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)
    # Who ended it before its time, for coordinators alone; empty where nobody did.
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # Its last day; empty: the last day of the program.
    ends_on = models.DateField(null=True, blank=True)
    # A coordinator closes it at this moment; until then that can be taken back, as nobody has been told.
    closes_at = models.DateTimeField(null=True, blank=True)
    # The match that had come to its planned end and that this one goes on with: the same people, once.
    continues = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="continued_by")

    class Meta:
        verbose_name_plural = "matches"
        ordering = ["score", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "offered", "active", "declined", "ended"]), name="match_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["declined", "ended"], ended_at__isnull=False)
                | Q(state__in=["draft", "offered", "active"], ended_at__isnull=True),
                name="match_ended_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(activated_at__isnull=False), name="match_active_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, minutes__isnull=True)
                | Q(starts_at__isnull=False, minutes__isnull=False, minutes__range=(5, 480)),
                name="match_start_has_a_length",
            ),
            models.UniqueConstraint(
                fields=["people_key"],
                condition=Q(state__in=["offered", "active"]) & ~Q(people_key=""),
                name="same_people_matched_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Match {self.pk}"


class Seat(models.Model):
    """One person's place in a match.

    A live seat (its match is offered or active) takes one of the numbered places of its enrolment: `place` runs
    from 1 to `places`, and no two live seats may hold the same one. That is how the database itself keeps a mentor
    from having more mentees than agreed, whoever publishes or accepts at the same time.
    """

    class Answer(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    class Part(models.TextChoices):
        """What a helper is to the person at the centre of a network; elsewhere the role says it all."""

        MENTOR = "mentor", "Mentor"
        NEAR_PEER = "near_peer", "Near-peer"
        PEER = "peer", "Peer"

    match = models.ForeignKey(Match, models.CASCADE, related_name="seats")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=10, choices=Role.choices)
    part = models.CharField(max_length=10, choices=Part.choices, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=300, blank=True)
    live = models.BooleanField(default=False)
    # Set when this person goes and the others go on together: whose seat has no date here is in the match.
    left_at = models.DateTimeField(null=True, blank=True)
    # Set when a match has ended for somebody who asks for help: matching leaves them out until they want somebody else.
    rests = models.BooleanField(default=False)
    # Whether they keep what they wrote about its sessions; empty until they have said so.
    keeps_notes = models.BooleanField(null=True, blank=True)
    place = models.PositiveSmallIntegerField(default=1)
    places = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["match", "enrolment"], name="one_seat_each_in_a_match"),
            models.UniqueConstraint(fields=["enrolment", "place"], condition=Q(live=True), name="place_taken_once"),
            models.CheckConstraint(
                condition=Q(place__gte=1) & Q(place__lte=F("places")) & Q(places__lte=50), name="seat_within_places"
            ),
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at__isnull=True)
                | Q(answer__in=["accepted", "declined"], answered_at__isnull=False),
                name="seat_answer_has_a_date",
            ),
            models.CheckConstraint(condition=Q(part__in=["", "mentor", "near_peer", "peer"]), name="seat_part_known"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(live=False), name="seat_that_was_left_is_not_live"
            ),
            models.CheckConstraint(condition=Q(rests=False) | Q(live=False), name="seat_at_rest_is_not_live"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} in match {self.match_id}"
