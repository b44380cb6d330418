"""Enrolment as the public page, applicants and coordinators see it. Every read takes a fixed number of queries."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When

from mail.prepared import prepared
from participants.finding import with_words
from participants.models import User
from participants.zones import zone
from programs.catalogue import registry
from programs.catalogue.advisor.capacity import DAYS_A_MONTH, PREPARATION_MINUTES
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Application, Enrolment, Intake, Program, Role, Track

State = Application.State
# So long a decision can be taken back, because so long nobody has been told of it.
UNDO = dt.timedelta(minutes=10)
# The order in which a coordinator has work with them.
_TURN = (State.APPLIED, State.WAITING, State.ACCEPTED, State.DECLINED, State.WITHDRAWN)


def today_in(program: Program, now: dt.datetime) -> dt.date:
    """The day it is where the program is at home."""
    return now.astimezone(zone(program.timezone)).date()


def window_of(program: Program, now: dt.datetime) -> str:
    """Whether one can apply now: "open"; "later" or "over" by its dates; "closed" by the coordinator's word."""
    if not program.takes_applications or program.state == Program.State.CLOSED:
        return "closed"
    today = today_in(program, now)
    if program.applications_from and today < program.applications_from:
        return "later"
    return "over" if program.applications_until and today > program.applications_until else "open"


def is_announced(program: Program) -> bool:
    """Whether its public page may be known: that of a program that has ever been open for applications."""
    return program.takes_applications or program.applications_from is not None


def intake_of(track: Track) -> Intake:
    """How people get into a track; the defaults, unsaved, where nobody has said anything."""
    return getattr(track, "intake", None) or Intake(track=track)


@dataclass(frozen=True)
class Effort:
    """What taking part costs, worked out from the track's own rhythm: sessions of so many minutes each, preparation
    beside them, and all of it in hours a month for `people` at once.
    """

    sessions: int
    minutes: int
    cadence_days: int
    hours_a_month: float
    people: int = 1
    preparation: int = PREPARATION_MINUTES


def effort_of(track: Track, program: Program, role: str, today: dt.date) -> Effort:
    """Sessions = days left ÷ days between sessions, at least one; hours = people × (length + preparation) a month.

    A mentor has as many mentees at once as the track says, except where they all come to one session. One-off models
    have one session, and mentors as many a month as the model lets them give.
    """
    model = registry.get(track.model)
    days = max(1, (program.ends_on - max(today, program.starts_on)).days)
    sessions = 1 if model.shape is Shape.SLOTS else max(1, days // track.cadence_days)
    people = _at_once(model, track) if role == Role.MENTOR else 1
    monthly = min(sessions, DAYS_A_MONTH / track.cadence_days)
    if model.booking and role == Role.MENTOR:
        people, monthly = 1, model.booking.monthly_cap
    hours = people * monthly * (track.session_minutes + PREPARATION_MINUTES) / 60
    return Effort(sessions, track.session_minutes, track.cadence_days, round(hours, 1), people)


def _at_once(model: MentoringModel, track: Track) -> int:
    return 1 if model.shape is Shape.GROUPS else track.capacity


@dataclass(frozen=True)
class Opening:
    """One role in one track that people can apply for."""

    track: Track
    role: str
    model: MentoringModel
    effort: Effort
    # None: as many as come.
    places: int | None
    taken: int
    waiting: int

    @property
    def key(self) -> str:
        """As forms and links name it."""
        return f"{self.track.slug}.{self.role}"

    @property
    def left(self) -> int | None:
        return None if self.places is None else max(0, self.places - self.taken)

    @property
    def word(self) -> str:
        """What somebody in this role is called in this model."""
        return {Role.MENTEE: self.model.words.taker, Role.MENTOR: self.model.words.giver}.get(Role(self.role), "peer")


def openings_of(program: Program, now: dt.datetime) -> list[Opening]:
    """What one can apply for, in the order of the tracks. Four queries."""
    tracks = list(program.tracks.select_related("intake"))
    taken, waiting = taken_places(tracks), _waiting(tracks)
    today = today_in(program, now)
    return [
        Opening(
            track,
            role,
            registry.get(track.model),
            effort_of(track, program, role, today),
            intake_of(track).places(role),
            taken[track.pk, role],
            waiting[track.pk, role],
        )
        for track in tracks
        for role in registry.get(track.model).roles
    ]


def taken_places(tracks: list[Track]) -> Counter[tuple[int, str]]:
    """By track and role: who takes part, and who is accepted and still has the orientation to read. Two queries."""
    ids = [track.pk for track in tracks]
    active = Enrolment.objects.filter(track__in=ids, state=Enrolment.State.ACTIVE)
    pending = Application.objects.filter(track__in=ids, state=State.ACCEPTED, enrolment=None)
    return Counter([*active.values_list("track", "role"), *pending.values_list("track", "role")])


def _waiting(tracks: list[Track]) -> Counter[tuple[int, str]]:
    waiting = Application.objects.filter(track__in=[track.pk for track in tracks], state=State.WAITING)
    return Counter(waiting.values_list("track", "role"))


def in_line(track_id: int, role: str) -> QuerySet[Application]:
    """The waiting list of one role in a track, first come first."""
    return Application.objects.filter(track=track_id, role=role, state=State.WAITING).order_by("waiting_since", "pk")


def place_in_line(application: Application) -> int:
    """1 for whoever comes next."""
    ids = list(in_line(application.track_id, application.role).values_list("pk", flat=True))
    return ids.index(application.pk) + 1


@dataclass(frozen=True)
class ApplicationFilter:
    words: str = ""
    state: str = ""
    track: str = ""
    role: str = ""


def applications_of(program: Program, wanted: ApplicationFilter) -> QuerySet[Application]:
    """Those that were sent, in the order a coordinator deals with them. What is only started is nobody's business."""
    turn = Case(
        *(When(state=state, then=Value(number)) for number, state in enumerate(_TURN)), output_field=IntegerField()
    )
    found = Application.objects.filter(track__program=program, sent_at__isnull=False).exclude(state=State.STARTED)
    found = (
        found.select_related("user", "track", "enrolment")
        .annotate(turn=turn)
        .order_by("turn", "waiting_since", "sent_at", "pk")
    )
    found = found.filter(state=wanted.state) if wanted.state else found.exclude(state=State.WITHDRAWN)
    if wanted.track:
        found = found.filter(track__slug=wanted.track)
    if wanted.role:
        found = found.filter(role=wanted.role)
    return found.filter(with_words(wanted.words, "user"))


def application_counts(program: Program) -> Counter[str]:
    """How many applications were sent and stand how."""
    sent = Application.objects.filter(track__program=program, sent_at__isnull=False).exclude(state=State.STARTED)
    return Counter(sent.values_list("state", flat=True))


def application_in(program: Program, pk: int) -> Application | None:
    """One that was sent to this program."""
    return applications_of_any_state(program).filter(pk=pk).first()


def applications_of_any_state(program: Program) -> QuerySet[Application]:
    sent = Application.objects.filter(track__program=program, sent_at__isnull=False).exclude(state=State.STARTED)
    return sent.select_related("user", "track__program", "track__intake", "enrolment")


def my_application(user: User, pk: int) -> Application | None:
    """One's own, with all that its pages need."""
    mine = Application.objects.select_related("track__program", "track__intake", "user", "enrolment")
    return mine.filter(user=user, pk=pk).first()


# What somebody has to do comes before what they wait for.
_FIRST = ("orient", "go_on", "sent", "waiting", "declined")


def shown_state(application: Application, now: dt.datetime) -> str:
    """How it stands for the applicant: a decision that may still be taken back is none yet."""
    if application.before and application.decided_at and now < application.decided_at + UNDO:
        return application.before
    return application.state


@prepared
def _applied_for(user: int) -> QuerySet[Application]:
    """Of all applications of a person, those to programs that are not over."""
    sent = Application.objects.filter(user=user).exclude(track__program__state=Program.State.CLOSED)
    return sent.select_related("track__program", "track__intake", "enrolment").order_by("pk")


@dataclass(frozen=True)
class Joining:
    """One way into a program, or one part in it, as its owner's home page tells of it.

    `what`: go_on, sent, waiting, orient, declined; "" for somebody who takes part.
    """

    what: str
    track: Track
    application: Application | None = None
    enrolment: Enrolment | None = None
    asks_wishes: bool = False


def parts_of(user: int) -> QuerySet[Enrolment]:
    """Where somebody takes part, or waits for the next round, also in programs that are over."""
    found = Enrolment.objects.filter(user=user).exclude(state=Enrolment.State.LEFT)
    return found.select_related("user", "track__program", "track__intake", "track__plan").order_by("pk")


def joining_of(user: User, parts: Iterable[Enrolment], now: dt.datetime) -> list[Joining]:
    """What a person has applied for and takes part in, in programs that are not over; `parts` as parts_of has them. One
    query."""
    applied = _applied_for(user.pk)
    found = [each for application in applied if (each := _joining(application, now))]
    found.sort(key=lambda each: _FIRST.index(each.what))
    untold = {each.enrolment_id for each in applied if shown_state(each, now) != each.state}
    return found + [
        Joining(
            "next_round" if each.state == Enrolment.State.WAITING else "",
            each.track,
            enrolment=each,
            asks_wishes=intake_of(each.track).wishes > 0,
        )
        for each in parts
        if each.pk not in untold and each.track.program.state != Program.State.CLOSED
    ]


def _joining(application: Application, now: dt.datetime) -> Joining | None:
    state = shown_state(application, now)
    can_go_on = state == State.STARTED and window_of(application.track.program, now) == "open"
    what = {State.APPLIED: "sent", State.WAITING: "waiting", State.DECLINED: "declined"}.get(State(state))
    if can_go_on:
        what = "go_on"
    if state == State.ACCEPTED and application.enrolment is None:
        what = "orient"
    return Joining(what, application.track, application) if what else None


def just_decided(program: Program, since: dt.datetime) -> list[Application]:
    """Decisions of the last few minutes, which can still be taken back, the latest batch only."""
    recent = Application.objects.filter(track__program=program, decided_at__gt=since).exclude(before="")
    found = list(recent.select_related("user", "track").order_by("-decided_at", "pk"))
    return [each for each in found if each.decided_at == found[0].decided_at]
