"""What the people of a match work with, side by side: agreement, preparation, balance, curriculum and next steps."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Sum

from participants.models import User
from participants.zones import zone
from programs.catalogue.working import PreparationForm
from sessions.models import Delivery, Given, NextStep, Preparation, Session, Week
from sessions.queries.agreements import AgreementState, agreement_of, people_of
from sessions.queries.courses import Course, course_of


@dataclass(frozen=True)
class Written:
    """What one person wrote beforehand: the form's labels with their words. Without lines: nothing yet."""

    user: User
    is_reader: bool
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Share:
    """How much one person has given, in minutes, and as a share of the larger amount for a bar beside the other's."""

    user: User
    is_reader: bool
    minutes: int
    most: int


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
    agreement: AgreementState
    # In the reader's zone: what was due before it is overdue.
    today: date
    form: PreparationForm | None = None
    may_write: bool = False
    written: list[Written] = field(default_factory=list)
    balance: list[Share] = field(default_factory=list)
    weeks: list[WeekView] = field(default_factory=list)
    steps: list[NextStep] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """Whether the reader has written what is asked of them."""
        return any(each.is_reader and each.lines for each in self.written)

    @property
    def week(self) -> WeekView | None:
        """The week it is now."""
        return next((each for each in self.weeks if each.is_now), None)


def together_of(course: Course, now: datetime) -> Together:
    """All of it for one page, in a query each for what the model has."""
    model = course.mine.model
    return Together(
        agreement=agreement_of(course),
        today=now.astimezone(zone(course.mine.seat.enrolment.user.timezone)).date(),
        form=model.preparation,
        may_write=model.preparation is not None and course.mine.seat.role in model.preparation.by,
        written=written_in(course) if model.preparation else [],
        balance=balance_of(course) if model.balance else [],
        weeks=weeks_of(course) if model.curriculum else [],
        steps=[each for each in steps_of(course) if each.done_at is None],
    )


def written_in(course: Course) -> list[Written]:
    """What everybody who is asked to has written before they meet, the reader first."""
    form = course.mine.model.preparation
    if form is None:
        return []
    said = {each.author_id: each.words for each in Preparation.objects.filter(match=course.pk)}
    seats = [seat for seat in course.mine.match.seats.all() if seat.left_at is None and seat.role in form.by]
    asked = {seat.enrolment.user_id for seat in seats}
    me = course.mine.seat.enrolment.user
    return [
        Written(user, user.pk == me.pk, _lines(form, said.get(user.pk, {})))
        for user in people_of(course)
        if user.pk in asked
    ]


def preparation_by(course: Course, user: User) -> Preparation | None:
    """What this person wrote themselves."""
    return Preparation.objects.filter(match=course.pk, author=user).first()


def _lines(form: PreparationForm, words: dict[str, str]) -> list[tuple[str, str]]:
    return [(each.label, words[each.key]) for each in form.fields if words.get(each.key)]


def balance_of(course: Course) -> list[Share]:
    """For how long everybody has given in all held sessions, the reader first; empty before anything was counted."""
    counted = Given.objects.filter(session__match=course.pk, session__state=Session.State.HELD)
    minutes = dict(counted.values("user").annotate(sum=Sum("minutes")).order_by().values_list("user", "sum"))
    if not minutes:
        return []
    me, most = course.mine.seat.enrolment.user_id, max(minutes.values())
    return [Share(user, user.pk == me, minutes.get(user.pk, 0), most) for user in people_of(course)]


def given_in(session: Session) -> dict[int, int]:
    """Minutes of giving in one session by the number of the account."""
    return dict(Given.objects.filter(session=session).values_list("user", "minutes"))


def weeks_of(course: Course) -> list[WeekView]:
    """The curriculum of a match with who has handed in what. It is the week after the last held session."""
    weeks = list(Week.objects.filter(track=course.mine.track).order_by("number"))
    done: dict[int, set[int]] = defaultdict(set)
    for week_id, user_id in Delivery.objects.filter(match=course.pk).values_list("week", "user"):
        done[week_id].add(user_id)
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
        for at, week in enumerate(weeks)
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
