"""The organisation's report: the figures of every program, of all together, and what comparing them came to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Sum

from matching.models import Match, Seat
from programs.models import Enrolment, Program, Role
from reports.figures import LEAST_PEOPLE, MEASURES, Figure, Measure
from reports.models import ComparisonLook, ComparisonPlan
from reports.queries.base import DEPARTMENT, department_of
from reports.queries.bounds import part_of, whole_of_parts
from reports.queries.costing import MONEY, Costed, Spent, costs_of
from reports.queries.departments import Crossing, crossing_of
from reports.queries.looks import content_of_all, due_dates
from reports.queries.opened import change_of
from reports.queries.outcome import ENDED_AS_PLANNED, with_interval
from reports.statistics import components
from sessions.models import Attendance, Goal, Session

# A person and whether they mentor. Pairs and no objects: of a large organisation there are tens of thousands, and each
# object would be looked at again and again by the collector of garbage.
_Sitting = tuple[int, bool]
ALL = "All programs"
SHOWN = (
    "enrolled",
    "matched_ever",
    "matched_now",
    "met",
    "finished",
    "sessions",
    "hours",
    "mentor_hours",
    "goal_people",
)


@dataclass
class Rows:
    """What one program's figures are counted from: numbers of accounts, matches and minutes."""

    enrolled: set[int]
    active: set[int]
    matched: set[int]
    live: set[int]
    met: set[int]
    finished: set[int]
    mentees: set[int]
    setters: set[int]
    reachers: set[int]
    matches: set[int]
    sessions: int = 0
    minutes: int = 0
    mentor_minutes: int = 0

    @classmethod
    def empty(cls) -> "Rows":
        return cls(set(), set(), set(), set(), set(), set(), set(), set(), set(), set())

    def with_(self, other: "Rows") -> "Rows":
        """Both together; who is in both counts once."""
        return Rows(**{name: _joined(value, getattr(other, name)) for name, value in vars(self).items()})


def _joined(one: Any, other: Any) -> Any:  # noqa: ANN401 - two sets or two numbers
    return one | other if isinstance(one, set) else one + other


@dataclass(frozen=True)
class ProgramReport:
    program: Program
    figures: dict[str, Figure]
    look: ComparisonLook | None
    # Whether its close could be opened, where it asks when programs mostly do.
    due: bool = False

    @property
    def shown(self) -> bool:
        return any(figure.shown for figure in self.figures.values())

    @property
    def change(self) -> float | None:
        """How far people rose by their own answers, as the program's opened look has it."""
        core = self.look.content.get("core") if self.look else None
        return change_of(core[0])["change"] if core else None

    @property
    def change_bound(self) -> str:
        """Whether that is a bound: "or more", "or less", or ""."""
        core = self.look.content.get("core") if self.look else None
        return str(change_of(core[0])["bounds"]["change"]) if core else ""

    @property
    def no_change(self) -> str:
        """Why it is not said; "" where it is."""
        if self.look is not None:
            return "" if self.change is not None else "too few answered both times"
        return "not opened yet" if self.due else "comes six weeks after the end"


@dataclass(frozen=True)
class Across:
    as_of: dt.datetime
    whole: dict[str, Figure]
    programs: list[ProgramReport]
    crossing: Crossing
    costed: Costed

    @property
    def looked_at(self) -> list[ProgramReport]:
        """Programs whose close somebody has opened: only their answers are compared."""
        return [each for each in self.programs if each.look]

    @property
    def heading(self) -> str:
        matched, enrolled = self.whole["matched_ever"], self.whole["enrolled"]
        if not enrolled.shown:
            return "Figures come when five people take part"
        if not matched.shown or not matched.numerator:
            return f"{enrolled.numerator:,.0f} people are enrolled; nobody is matched yet"
        return f"{matched.numerator:,.0f} of {enrolled.numerator:,.0f} people were matched, in all programs together"

    def rows_of_whole(self) -> list[tuple[Measure, Figure]]:
        """Every figure with what it means; of money, in which currency."""
        money = {slug: replace(MEASURES[slug], unit=self.costed.currency) for slug in MONEY}
        return [(money.get(slug, MEASURES[slug]), figure) for slug, figure in self.whole.items()]


def across(now: dt.datetime) -> Across:
    """Every program but samples, where there is any other. Queries: seven, whatever the size."""
    every = list(Program.objects.select_related("price"))
    programs = [each for each in every if not each.is_sample] or every
    looks = {
        look.program_id: look
        for look in ComparisonLook.objects.filter(program__in=programs, kind=ComparisonLook.Kind.CLOSE)
    }
    rows, seated, departments = _rows(programs)
    whole = Rows.empty()
    for each in rows.values():
        whole = whole.with_(each)
    reports = [
        ProgramReport(each, _figures(rows[each.pk], each.name, now), looks.get(each.pk), due=_is_due(each, now))
        for each in programs
    ]
    together = {match: [user for user, _ in sitting] for match, sitting in seated.items()}
    costs, costed = costs_of(_spent(programs, rows, seated), len(programs), ALL, now)
    figures = _figures(whole, ALL, now) | costs
    figures["goal_people"] = _whole_of_goals(figures["goal_people"], whole, [rows[each.pk] for each in programs])
    return Across(now, figures, _covered(reports), crossing_of(departments, together), costed)


def _is_due(program: Program, now: dt.datetime) -> bool:
    close = due_dates(program, {})[ComparisonLook.Kind.CLOSE.value]
    return close is not None and close <= now


def _spent(programs: Sequence[Program], rows: Mapping[int, Rows], seated: Mapping[int, list[_Sitting]]) -> list[Spent]:
    """What those with a price have spent."""
    found = []
    for program in programs:
        price, own = getattr(program, "price", None), rows[program.pk]
        if price is not None and own.matches:
            units = components([user for user, _ in seated[match]] for match in own.matches)
            count = len(set(units.values()))
            found.append(Spent(price, len(own.matches), own.mentor_minutes, frozenset(own.matched), count))
    return found


def compared_across(found: Across) -> dict[str, Any]:
    """The comparison over programs that were looked at, each within itself. Queries: five."""
    programs = [each.program for each in found.looked_at]
    looks = [each.look for each in found.looked_at if each.look]
    return content_of_all(programs, looks, ComparisonPlan.objects.filter(program__in=programs))


def _whole_of_goals(figure: Figure, whole: Rows, programs: Sequence[Rows]) -> Figure:
    """Who reached a goal, put together of bounds where it is one in a program: each program's own report shows its own,
    of five people or more.
    """
    sizes = [_size_of(each) for each in programs]
    shown = whole_of_parts(*_size_of(whole), [each for each in sizes if each[1] >= LEAST_PEOPLE])
    if shown is None or not figure.shown:
        return figure
    return replace(figure, numerator=shown.value, end=shown.end, interval=None if shown.end else figure.interval)


def _size_of(rows: Rows) -> tuple[int, int]:
    return len(rows.reachers), len(rows.setters)


def _covered(reports: list[ProgramReport]) -> list[ProgramReport]:
    """Figure by figure: where those hidden are fewer than two, or of fewer than five people together, the next smallest
    goes with them, or the whole less the others would show them.
    """
    for slug in SHOWN:
        for pk in _to_hide(slug, reports):
            reports = [_without(each, slug) if each.program.pk == pk else each for each in reports]
    return reports


def _to_hide(slug: str, reports: Sequence[ProgramReport]) -> list[int]:
    shown = [each for each in reports if each.figures[slug].shown]
    hidden = len(reports) - len(shown)
    # What is hidden has at most four people each; one alone would follow, and two of whom one has nobody as well.
    order = sorted(shown, key=lambda each: (each.figures[slug].people or 0, each.program.pk))
    return [order[0].program.pk] if hidden and order else []


def _without(report: ProgramReport, slug: str) -> ProgramReport:
    return replace(report, figures={**report.figures, slug: report.figures[slug].blank})


def _figures(rows: Rows, group: str, now: dt.datetime) -> dict[str, Figure]:
    def figure(slug: str, numerator: float, denominator: float | None, people: int) -> Figure:
        if people < LEAST_PEOPLE:
            return Figure(slug, group, None, None, None, now)
        return Figure(slug, group, numerator, denominator, people, now)

    size, matched, mentees = len(rows.enrolled), len(rows.matched), len(rows.mentees)
    hours = round(rows.mentor_minutes / 60 / mentees, 1) if mentees else 0
    figures = (
        figure("enrolled", size, None, size),
        figure("matched_ever", matched, size, size),
        figure("matched_now", len(rows.live & rows.active), len(rows.active), len(rows.active)),
        figure("met", len(rows.met), matched, matched),
        figure("finished", len(rows.finished), matched, matched),
        figure("sessions", rows.sessions, None, matched),
        figure("hours", round(rows.minutes / 60, 1), None, matched),
        figure("mentor_hours", hours, mentees, mentees),
        with_interval(_of_goals(figure, *_size_of(rows)), len(rows.matches)),
    )
    return {each.slug: each for each in figures}


def _of_goals(make: Callable[..., Figure], count: int, size: int) -> Figure:
    shown = part_of(count, size)
    if shown is None:
        return make("goal_people", 0, 0, 0)
    return replace(make("goal_people", shown.value, size, size), end=shown.end)


# --- reading ------------------------------------------------------------------------------


def _rows(programs: Sequence[Program]) -> tuple[dict[int, Rows], dict[int, list[_Sitting]], dict[int, str]]:
    """By program; people as numbers only. Beside it who is in which match, and in which department. Queries: five."""
    found = {each.pk: Rows.empty() for each in programs}
    departments = _count_people(found)
    seated = _count_matches(found)
    _count_sessions(found, seated)
    _count_goals(found)
    return found, seated, departments


def _count_people(found: Mapping[int, Rows]) -> dict[int, str]:
    rows = Enrolment.objects.filter(track__program__in=found)
    columns = ("track__program", "user", "state", f"answers__{DEPARTMENT}")
    departments: dict[int, str] = {}
    for program, user, state, department in rows.order_by("pk").values_list(*columns):
        found[program].enrolled.add(user)
        departments[user] = department_of(department) or departments.get(user, "")
        if state == Enrolment.State.ACTIVE:
            found[program].active.add(user)
    return departments


def _count_matches(found: Mapping[int, Rows]) -> dict[int, list[_Sitting]]:
    """Who was in which match that began."""
    rows = Seat.objects.filter(match__track__program__in=found, match__activated_at__isnull=False, left_at=None)
    columns = ("match__track__program", "match", "match__state", "match__end_reason", "enrolment__user", "role")
    seated: dict[int, list[_Sitting]] = defaultdict(list)
    of: dict[int, int] = {}
    for program, match, state, reason, user, role in rows.values_list(*columns).order_by():
        of[match] = program
        seated[match].append((user, role == Role.MENTOR))
        found[program].matches.add(match)
        found[program].matched.add(user)
        if state == Match.State.ACTIVE:
            found[program].live.add(user)
        elif reason in ENDED_AS_PLANNED:
            found[program].finished.add(user)
    for match, sitting in seated.items():
        if any(mentor for _, mentor in sitting):
            found[of[match]].mentees.update(user for user, mentor in sitting if not mentor)
    return seated


def _count_sessions(found: Mapping[int, Rows], seated: Mapping[int, list[_Sitting]]) -> None:
    """Summed up by match, as there are many sessions; then who was missing from how many of them is taken off."""
    held = Session.objects.filter(match__track__program__in=found, state=Session.State.HELD)
    missed: dict[tuple[int, int], tuple[int, int]] = {}
    absences = Attendance.objects.filter(present=False, session__in=held).order_by()
    by_person = absences.values_list("session__match", "seat__enrolment__user")
    for match, user, times, minutes in by_person.annotate(Count("pk"), Sum("session__minutes")):
        missed[match, user] = times, minutes
    by_match = held.order_by().values_list("match__track__program", "match")
    for program, match, times, minutes in by_match.annotate(Count("pk"), Sum("minutes")):
        if match not in seated:
            continue
        rows = found[program]
        rows.sessions += times
        rows.minutes += minutes
        for user, mentor in seated[match]:
            gone, lost = missed.get((match, user), (0, 0))
            rows.mentor_minutes += (minutes - lost) * mentor
            if times > gone:
                rows.met.add(user)


def _count_goals(found: Mapping[int, Rows]) -> None:
    rows = Goal.objects.filter(match__track__program__in=found, dropped_at=None)
    for program, owner, reached in rows.values_list("match__track__program", "owner", "reached_at").order_by():
        found[program].setters.add(owner)
        if reached is not None:
            found[program].reachers.add(owner)
