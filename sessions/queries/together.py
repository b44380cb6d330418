"""What the people of a match work with, side by side: agreement, preparation, balance, curriculum and next steps."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Sum

from matching.models import Seat
from participants.models import User
from participants.zones import zone
from programs.catalogue.base import Shape
from programs.catalogue.working import PreparationForm
from sessions.models import ExpertWanted, Given, NextStep, Preparation, Session, Week
from sessions.queries.agreements import AgreementState, agreement_of, people_of
from sessions.queries.courses import Course, course_of
from sessions.queries.slots import desks_of, parts_with_waiting

PAIR = 2
LIMITED = "limited_expertise"


@dataclass(frozen=True)
class Written:
    """What one person wrote beforehand: the form's labels with their words. Without lines: nothing yet."""

    user: User
    is_reader: bool
    lines: list[tuple[str, str]]


class Heard(NamedTuple):
    """What somebody wrote before they meet, by the keys of the form, and for how many minutes they gave, if counted."""

    words: dict[str, str]
    minutes: int | None


@dataclass(frozen=True)
class Share:
    """How much one person has given, in minutes, and as a share of the larger amount for a bar beside the other's."""

    user: User
    is_reader: bool
    minutes: int
    most: int


@dataclass(frozen=True)
class Guess:
    """One way in which a session's minutes may have been shared, to be chosen by one tap."""

    value: str
    words: str
    minutes: dict[int, int]


@dataclass(frozen=True)
class Giving:
    """Who gave for how long in one held session; `shares` is empty before anybody has said so."""

    shares: list[Share]
    guesses: list[Guess]


@dataclass(frozen=True)
class Expert:
    """Whether somebody has said in a held session's log that an expert is needed, and where one can be asked."""

    wanted: bool
    # The reader's enrolment in a track whose single sessions they can book.
    book: int | None = None


@dataclass(frozen=True)
class WeekView:
    """One week of the curriculum in one match: who has handed in, and whether the reader has."""

    week: Week
    done: list[User]
    missing: list[User]
    is_done: bool
    is_now: bool


@dataclass(frozen=True)
class Together:
    # None where a page does not show it.
    agreement: AgreementState | None
    # In the reader's zone: what was due before it is overdue.
    today: date
    form: PreparationForm | None = None
    may_write: bool = False
    written: list[Written] = field(default_factory=list)
    balance: list[Share] = field(default_factory=list)
    giving: Giving | None = None
    weeks: list[WeekView] = field(default_factory=list)
    steps: list[NextStep] = field(default_factory=list)
    expert: Expert | None = None

    @property
    def is_written(self) -> bool:
        """Whether the reader has written what is asked of them."""
        return any(each.is_reader and each.lines for each in self.written)

    @property
    def week(self) -> WeekView | None:
        """The week it is now."""
        return next((each for each in self.weeks if each.is_now), None)


def together_of(course: Course, now: datetime, session: Session | None = None) -> Together:
    """What one page shows of it, in a query each: that of the match all of it, that of a session what it needs.

    Before a session: the agreement, what was written, and the week; afterwards only what was agreed to be done.
    """
    model = course.mine.model
    ahead = session is None or session.state == Session.State.PLANNED
    heard = heard_of(course) if ahead and (model.preparation or model.balance) else {}
    called_off = session is not None and session.state == Session.State.CANCELLED
    return Together(
        agreement=agreement_of(course) if ahead else None,
        today=now.astimezone(zone(course.mine.seat.enrolment.user.timezone)).date(),
        form=model.preparation,
        may_write=model.preparation is not None and course.mine.seat.role in model.preparation.by,
        written=written_in(course, heard) if ahead else [],
        balance=balance_of(course, heard) if session is None and model.balance else [],
        giving=giving_in(course, session) if session else None,
        weeks=weeks_of(course) if ahead and model.curriculum else [],
        expert=expert_in(course, session) if session else None,
        steps=[] if called_off else [each for each in steps_of(course) if each.done_at is None],
    )


def heard_of(course: Course) -> dict[int, Heard]:
    """By account, what everybody in the match wrote before they meet, and how long they gave: one query."""
    user = OuterRef("enrolment__user")
    body = Preparation.objects.filter(match=course.pk, author=user).values("body")
    held = Given.objects.filter(session__match=course.pk, session__state=Session.State.HELD, user=user)
    minutes = held.order_by().values("user").annotate(sum=Sum("minutes")).values("sum")
    seats = Seat.objects.filter(match=course.pk).order_by()
    rows = seats.values_list("enrolment__user", Subquery(body), Subquery(minutes))
    return {user: Heard(Preparation(body=said).words if said else {}, given) for user, said, given in rows}


def written_in(course: Course, heard: Mapping[int, Heard]) -> list[Written]:
    """What everybody who is asked to has written before they meet, the reader first."""
    form = course.mine.model.preparation
    if form is None:
        return []
    asked = {seat.enrolment.user_id for seat in course.mine.seats if seat.role in form.by}
    me = course.mine.seat.enrolment.user
    return [
        Written(user, user.pk == me.pk, _lines(form, heard[user.pk].words))
        for user in people_of(course)
        if user.pk in asked
    ]


def preparation_by(course: Course, user: User) -> Preparation | None:
    """What this person wrote themselves."""
    return Preparation.objects.filter(match=course.pk, author=user).first()


def _lines(form: PreparationForm, words: dict[str, str]) -> list[tuple[str, str]]:
    return [(each.label, words[each.key]) for each in form.fields if words.get(each.key)]


def balance_of(course: Course, heard: Mapping[int, Heard]) -> list[Share]:
    """For how long everybody has given in all held sessions, the reader first; empty before anything was counted."""
    minutes = {user: each.minutes for user, each in heard.items() if each.minutes is not None}
    if not minutes:
        return []
    me, most = course.mine.seat.enrolment.user_id, max(minutes.values())
    return [Share(user, user.pk == me, minutes.get(user.pk, 0), most) for user in people_of(course)]


def giving_in(course: Course, session: Session) -> Giving | None:
    """Giving and taking in one session; None where the model does not count it, or the session was not held."""
    if not course.mine.model.balance or session.state != Session.State.HELD:
        return None
    minutes = given_in(session)
    me, most = course.mine.seat.enrolment.user_id, max([1, *minutes.values()])
    shares = [Share(user, user.pk == me, minutes.get(user.pk, 0), most) for user in people_of(course)]
    said = [each for each in guesses_for(course, session) if each.minutes != minutes]
    return Giving(shares if minutes else [], said)


def expert_in(course: Course, session: Session) -> Expert | None:
    """None where the session was not held, or the match has its expert in it: where equals meet it is asked."""
    if session.state != Session.State.HELD or not _may_lack_an_expert(course):
        return None
    wanted = ExpertWanted.objects.filter(session=session).exists()
    desks = desks_of(parts_with_waiting(course.mine.seat.enrolment.user)) if wanted else []
    return Expert(wanted, next((each.enrolment.pk for each in desks if not each.is_expert), None))


def _may_lack_an_expert(course: Course) -> bool:
    """Groups, and models that name limited expertise as what may go wrong."""
    model = course.mine.model
    return model.shape == Shape.GROUPS or any(risk.signal == LIMITED for risk in model.risks)


def guesses_for(course: Course, session: Session) -> list[Guess]:
    """Equal parts, and of two people three quarters by one of them; whole minutes, what is left over to nobody."""
    people, minutes = people_of(course), session.minutes
    equal = dict.fromkeys((user.pk for user in people), minutes // len(people))
    if len(people) != PAIR:
        return [Guess("equal", "Equal parts", equal)]
    most, least = minutes - minutes // 4, minutes // 4
    me, other = people
    return [
        Guess("equal", "Half and half", equal),
        Guess("mine", "Mostly me", {me.pk: most, other.pk: least}),
        Guess("theirs", f"Mostly {other.short_name}", {me.pk: least, other.pk: most}),
    ]


def given_in(session: Session) -> dict[int, int]:
    """Minutes of giving in one session by the number of the account."""
    return dict(Given.objects.filter(session=session).values_list("user", "minutes"))


def weeks_of(course: Course) -> list[WeekView]:
    """The curriculum of a match with who has handed in what: one query. Each held session is a week."""
    here = FilteredRelation("deliveries", condition=Q(deliveries__match=course.pk))
    rows = Week.objects.filter(track=course.mine.track).annotate(here=here).annotate(who=F("here__user"))
    weeks: dict[int, Week] = {}
    done: dict[int, set[int]] = defaultdict(set)
    for row in rows.order_by("number"):
        weeks[row.pk] = row
        done[row.pk].add(row.who)
    people, me = people_of(course), course.mine.seat.enrolment.user_id
    now = min(len(course.held), len(weeks) - 1)
    return [
        WeekView(
            week,
            [user for user in people if user.pk in done[week.pk]],
            [user for user in people if user.pk not in done[week.pk]],
            me in done[week.pk],
            at == now,
        )
        for at, week in enumerate(weeks.values())
    ]


def steps_of(course: Course) -> list[NextStep]:
    """The next steps of a match: open ones first, the earliest day first, those without a day after them."""
    steps = NextStep.objects.filter(match=course.pk).select_related("owner", "goal")
    return sorted(
        steps, key=lambda each: (each.done_at is not None, each.due_on is None, each.due_on or each.created_at.date())
    )


def step_of(user: User, step_id: int) -> tuple[Course, NextStep] | None:
    """A next step in one of this person's active matches."""
    step = NextStep.objects.filter(pk=step_id).first()
    course = course_of(user, step.match_id) if step else None
    return (course, step) if step and course else None
