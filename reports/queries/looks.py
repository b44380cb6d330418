"""What before-and-after answers came to at one of the two dates: figures and sentences, of nobody alone.

What is made here is stored by reports.services and shown as it is. Nothing in it can be narrowed down to a person:
groups of fewer than five people or three units are left out with the next smallest, and a figure that would, together
with the figures already published of the surveys, say what one person answered is left out as well.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from matching.models import Ending
from programs.models import Program
from reports.figures import LEAST_PEOPLE
from reports.models import ComparisonLook, ComparisonPlan
from reports.privacy import Room, Row, Variable
from reports.queries.answers import BEFORE, BOTH, Gathered, core_answers, gather
from reports.queries.bounds import OF_ONE_GOAL, SCALE, at_both, said_of, shown_of, whole_of
from reports.queries.pseudonyms import Key
from reports.statistics import Learner, goal_attainment
from reports.verdicts import Analysis, Assignment, Kind, Look, Plan, Verdict, analyse, decide, withheld
from reports.verdicts.gates import LEAST_UNITS
from sessions.models import Goal
from surveys.models import Publication, Survey, Timing
from surveys.services.publishing import counts_shown
from surveys.wording import CORE, CORE_ITEMS, LATEST_HALF, TIMES

LOOKS = {ComparisonLook.Kind.MIDPOINT.value: Look.MIDPOINT, ComparisonLook.Kind.CLOSE.value: Look.CLOSE}
AFTER_OF = {Look.MIDPOINT: Survey.Kind.MIDPOINT.value, Look.CLOSE: Survey.Kind.CLOSING.value}
# Half of so short a program would come together with its end.
LEAST_FOR_HALF = dt.timedelta(days=42)
Content = dict[str, Any]


def due_at(program: Program, kind: str) -> dt.datetime | None:
    """When a look may be opened: once nobody can answer its survey any more. None where there is no such look."""
    return due_dates(program)[kind]


def due_dates(program: Program, moved: Mapping[str, int | None] | None = None) -> dict[str, dt.datetime | None]:
    """`due_at` of both looks. Queries: one, as a program may ask later than usual; none where that is handed over."""
    if moved is None:
        moved = dict(Timing.objects.filter(program=program).values_list("kind", "after_days"))
    return {kind: _due(program, kind, moved.get(AFTER_OF[look])) for kind, look in LOOKS.items()}


def half_way(program: Program, moved: int | None) -> dt.date | None:
    """The first day on which matches are asked half-way; None where the program is too short to be asked twice.

    moved  after how many days a program asks that does not ask at half of the time
    """
    length = program.ends_on - program.starts_on
    # Of people who change over only one of the two times is over half-way.
    if length < LEAST_FOR_HALF or program.by_lot == Assignment.CROSSOVER:
        return None
    half = min(length / 2, dt.timedelta(days=LATEST_HALF))
    return program.starts_on + (half if moved is None else dt.timedelta(days=moved))


def _due(program: Program, kind: str, moved: int | None) -> dt.datetime | None:
    closing = program.ends_on + dt.timedelta(days=moved or 0)
    day = closing if kind == ComparisonLook.Kind.CLOSE else half_way(program, moved)
    if day is None:
        return None
    times = TIMES[AFTER_OF[LOOKS[kind]]]
    rest = dt.timedelta(days=times.open_days + times.grace_days)
    return dt.datetime.combine(day + rest, dt.time(0), ZoneInfo(program.timezone))


def content_of(
    program: Program, kind: str, plan: ComparisonPlan | None, until: dt.datetime, before: Sequence[ComparisonLook] = ()
) -> Content:
    """All that a look at one program shows, of the answers sent until then, beside the looks before it. Queries: six,
    and two for each look before.

    {"comparison": see `compared`, or None with one family of models; "core": see `_core`; "goals": {"t", "people"} or
    None; "endings": [[words, number or None]]}; the last three only at the close.
    """
    look = LOOKS[kind]
    found = gather([program], after=AFTER_OF[look], until={program.pk: until})
    moments = [moment for _, moment in found.moments(program.pk)[1:]]
    room = Room([*_published([program], *moments), *(row for each in before for row in _seen_before(each))])
    fixed = planned(plan, look, drawn=found.drawn.get(program.pk, ""))
    if fixed.assignment is Assignment.NUDGE:
        fixed = replace(fixed, uptake=found.uptake(program.pk, _two(found)))
    made: Content = {"comparison": compared(found, room, fixed, [program])}
    if look is Look.CLOSE:
        made |= {"core": _core(found.between_models(), room), "goals": _goals(program), "endings": _endings(program)}
    return made


def content_of_all(
    programs: Sequence[Program], looks: Sequence[ComparisonLook], plans: Iterable[ComparisonPlan]
) -> Content:
    """The same across programs of which each has been looked at at its close, compared within them. Queries: four.

    People chose unless a coordinator, or lots, decided in all of them; no margin, as each program has its own.
    """
    decided = {plan.program_id for plan in plans if plan.assignment == ComparisonPlan.Assignment.COORDINATOR}
    until = {look.program_id: look.as_of for look in looks}
    found = gather(programs, after=AFTER_OF[Look.CLOSE], until=until)
    seen = (row for look in looks for row in _seen(_only(found, look.program_id), look.content))
    room = Room([*_published(programs, AFTER_OF[Look.CLOSE]), *seen])
    between = found.between_models()
    plan = Plan(assignment=_assignment({each.pk for each in programs}, between, decided), look=Look.CLOSE, scale=SCALE)
    return {"comparison": compared(between, room, plan, programs), "core": _core(between, room)}


def _assignment(programs: set[int], found: Gathered, decided: set[int]) -> Assignment:
    drawn = set(found.drawn)
    if programs <= drawn:
        return Assignment.LOTTERY
    return Assignment.COORDINATOR if programs <= decided - drawn else Assignment.CHOOSE


def _two(found: Gathered) -> tuple[str, str]:
    """The arms of a draw between two tracks, as they are compared."""
    arms = sorted({arm for arm in found.arms.values() if arm != BOTH})
    return (arms[0], arms[-1])


def _only(found: Gathered, program: int) -> Gathered:
    arms, chosen = ({key: arm for key, arm in each.items() if key[0] == program} for each in (found.arms, found.chosen))
    return replace(found, arms=arms, chosen=chosen)


def _seen_before(look: ComparisonLook) -> list[Row]:
    """What an earlier look has shown, from the answers it was made of. Queries: two."""
    after = AFTER_OF[LOOKS[look.kind]]
    found = gather([look.program], after=after, until={look.program_id: look.as_of})
    return _seen(found, look.content)


def _seen(found: Gathered, content: Content) -> list[Row]:
    comparison = content["comparison"] or _NOTHING
    rows = _rows(found, _groups(found)) if comparison["groups"] else []
    took_part = found.between_models()
    return rows + (_core_rows(took_part, _complete(took_part)) if content.get("core") else [])


def planned(plan: ComparisonPlan | None, look: Look, *, drawn: str = "") -> Plan:
    """The plan of a comparison as the program fixed it; where nobody fixed anything people chose.

    Lots count where they were drawn (a programs.models.Draw.Kind): announced alone, they have decided nothing.
    """
    assignment = Assignment(plan.assignment) if plan else Assignment.CHOOSE
    if drawn or assignment.by_lot:
        assignment = Assignment(drawn) if drawn else Assignment.CHOOSE
    return Plan(assignment=assignment, look=look, margin=plan.margin if plan else None, scale=SCALE)


# --- the comparison ----------------------------------------------------------------------------


def compared(found: Gathered, room: Room, plan: Plan, programs: Sequence[Program]) -> Content | None:
    """The verdict with its gates, and what may be drawn; None with fewer than two arms.

    {"arms", "assignment", "kind", "finding", "cautions", "basis", "method", "gates", "interval": {"difference", "low",
    "high", "level"} or None, "groups": [{"name", "before", "after", "people", "units"}], "in_both": a number or None}
    """
    arms = sorted({arm for arm in found.arms.values() if arm != BOTH})
    if len(arms) < 2:
        return None
    analysis = analyse(_learners(found, programs), (arms[0], arms[1]), plan)
    verdict, shown = decide(analysis), _groups(found)
    if verdict.shown and not room.admits(_rows(found, shown)):
        return {"arms": arms, "kind": Kind.SUPPRESSED.value, "finding": _SUPPRESSED, **_NOTHING}
    groups = [_group(found, name, keys) for name, keys in shown.items()] if verdict.shown else []
    verdict, in_numbers = said_of(analysis, verdict, groups)
    return {
        "arms": arms,
        "assignment": plan.assignment.value,
        **_said(verdict),
        "interval": _interval(analysis) if verdict.shown and in_numbers else None,
        "groups": groups,
        "in_both": _in_both(found),
    }


def _learners(found: Gathered, programs: Sequence[Program]) -> list[Learner]:
    """Everybody in one arm, in cohorts that bear their program's name."""
    known = Counter(each.name for each in programs)
    names = {each.pk: each.name if known[each.name] == 1 else f"{each.name} ({each.slug})" for each in programs}
    return [replace(found.learner(key), cohort=names[key[0]]) for key, arm in found.arms.items() if arm != BOTH]


def _interval(analysis: Analysis) -> Content | None:
    """Of the estimate that the verdict rests on, first arm minus second; None where there is none to be trusted."""
    each = analysis.primary
    if each is None or each.low is None or analysis.dominated:
        return None
    return {"difference": each.difference, "low": each.low, "high": each.high, "level": each.level}


_SUPPRESSED = "Not shown: together with the figures of the surveys it would tell what one person answered."
_NOTHING: Content = {
    "cautions": [],
    "basis": "",
    "method": [],
    "gates": [],
    "interval": None,
    "groups": [],
    "in_both": None,
}


def _said(verdict: Verdict) -> Content:
    return {
        "kind": verdict.kind.value,
        "higher": verdict.higher,
        "finding": verdict.finding,
        "cautions": list(verdict.cautions),
        "basis": verdict.basis,
        "method": list(verdict.method),
        "gates": [
            {"slug": gate.slug, "met": gate.met, "rule": gate.rule, "found": gate.found, "otherwise": gate.otherwise}
            for gate in verdict.gates
        ],
    }


def _in_both(found: Gathered) -> int | None:
    people = found.people(key for key, arm in found.arms.items() if arm == BOTH)
    return people if people >= LEAST_PEOPLE else None


def _groups(found: Gathered) -> dict[str, list[Key]]:
    """Those who answered both times, by arm and "both"; without the groups that are too small to show."""
    keys: dict[str, list[Key]] = defaultdict(list)
    for key, arm in found.arms.items():
        if all(found.outcome(key, moment) is not None for _, moment in found.moments(key[0])):
            keys[arm].append(key)
    sizes = {arm: (found.people(own), len({found.units[key] for key in own})) for arm, own in keys.items()}
    hidden = withheld(sizes)
    return {arm: keys[arm] for arm in sorted(keys) if arm not in hidden}


def _group(found: Gathered, name: str, keys: Sequence[Key]) -> Content:
    """Means over units, so that their difference is the one of the comparison."""
    units = _by_unit(found, keys)
    largest = 1 / (len(units) * min(len(own) for own in units.values()))
    return {
        "name": name,
        "people": found.people(keys),
        "units": len(units),
        **at_both({word: _unit_mean(units.values(), found, at) for word, at in found.moments(keys[0][0])}, largest),
    }


def _moments(found: Gathered) -> list[tuple[str, str]]:
    return [("before", BEFORE), ("after", found.after)]


def _by_unit(found: Gathered, keys: Iterable[Key]) -> dict[str, list[Key]]:
    units: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        units[found.units[key]].append(key)
    return units


def _unit_mean(units: Collection[Sequence[Key]], found: Gathered, moment: str) -> float:
    means = [sum(found.outcome(key, moment) or 0 for key in own) / len(own) for own in units]
    return sum(means) / len(means)


def _rows(found: Gathered, shown: Mapping[str, Sequence[Key]]) -> list[Row]:
    """What a comparison says of answers, as sums: each shown group's mean at each time."""
    return [_row_of_units(found, keys, moment) for keys in shown.values() for _, moment in found.moments(keys[0][0])]


def _row_of_units(found: Gathered, keys: Sequence[Key], moment: str) -> Row:
    units, row = _by_unit(found, keys), {}
    for own in units.values():
        for key in own:
            answers = found.said[*key, moment]
            for each in answers:
                row[each.respondent, each.pk] = 1 / (len(units) * len(own) * len(answers))
    return row


# --- the outcome core --------------------------------------------------------------------------


def _core(found: Gathered, room: Room) -> list[Content]:
    """Means before and after of the core and its three kinds, of those who answered every item both times.

    [{"construct": "" or a kind, "before", "after", "people"}]; empty where those are too few.
    """
    keys = _complete(found)
    people = found.people(keys)
    if people < LEAST_PEOPLE or len({found.units[key] for key in keys}) < LEAST_UNITS:
        return []
    if not room.admits(_core_rows(found, keys)):
        return []
    means = {
        str(construct): {word: _mean(found, keys, at, str(construct)) for word, at in _moments(found)}
        for construct in ("", *CORE)
    }
    kinds = {construct: at_both(each, 1 / len(keys)) for construct, each in means.items() if construct}
    shown = {"": whole_of(means[""], 1 / len(keys), list(kinds.values())), **kinds}
    return [{"construct": construct, "people": people, **each} for construct, each in shown.items()]


def _complete(found: Gathered) -> list[Key]:
    whole = len(CORE_ITEMS)
    return [key for key in found.arms if all(len(found.said.get((*key, at), ())) == whole for _, at in _moments(found))]


def _core_rows(found: Gathered, keys: Sequence[Key]) -> list[Row]:
    return [_row_of_people(found, keys, at, construct) for construct in CORE for _, at in _moments(found)]


def _mean(found: Gathered, keys: Sequence[Key], moment: str, construct: str) -> float:
    return sum(found.outcome(key, moment, construct) or 0 for key in keys) / len(keys)


def _row_of_people(found: Gathered, keys: Sequence[Key], moment: str, construct: str) -> Row:
    return {
        (each.respondent, each.pk): 1.0
        for key in keys
        for each in found.said[*key, moment]
        if each.construct == construct
    }


def _published(programs: Sequence[Program], *after: str) -> list[Row]:
    """What the published figures of the surveys say of the core, as sums of answers. Queries: two."""
    answers = _answers(programs, after)
    rows: dict[tuple[str, str, int], Row] = {}
    published = Publication.objects.filter(survey__program__in=programs, survey__kind__in=(BEFORE, *after))
    for each in published.order_by("as_of"):
        for figure in each.figures:
            as_of = figure.get("as_of", each.as_of.isoformat())
            known = answers.get((each.survey_id, figure["slug"]), ())
            if figure["mean"] is not None:
                cut = dt.datetime.fromisoformat(as_of)
                rows[figure["slug"], as_of, each.survey_id] = {name: 1.0 for name, sent in known if sent <= cut}
    return list(rows.values())


def _answers(
    programs: Sequence[Program], after: Sequence[str]
) -> dict[tuple[int, str], list[tuple[Variable, dt.datetime]]]:
    rows = core_answers(programs, after)
    columns = ("question__survey", "question__slug", "response__respondent", "pk", "response__submitted_at")
    found: dict[tuple[int, str], list[tuple[Variable, dt.datetime]]] = defaultdict(list)
    for survey, slug, respondent, pk, sent in rows.values_list(*columns):
        found[survey, slug].append(((respondent, pk), sent))
    return found


# --- goals and endings -------------------------------------------------------------------------


def _goals(program: Program) -> Content | None:
    """The mean of people's own goal attainment T, where five or more judged a goal."""
    rows = Goal.objects.filter(match__track__program=program, level__isnull=False, dropped_at=None).only(
        "owner", "level"
    )
    levels: dict[int, list[int]] = defaultdict(list)
    for goal in rows:
        levels[goal.owner_id].append(goal.level or 0)
    if len(levels) < LEAST_PEOPLE:
        return None
    shown = shown_of(sum(map(goal_attainment, levels.values())) / len(levels), OF_ONE_GOAL, 1 / len(levels))
    judged: Content = {"t": shown.value, "people": len(levels)}
    return {**judged, "end": shown.end} if shown.end else judged


def _endings(program: Program) -> list[list[Any]]:
    """Why matches ended before their time; a reason given fewer than five times has no number, and none stands alone
    in being left out. Empty where fewer than five endings are known.
    """
    reasons = Ending.Reason
    given = Ending.objects.filter(match__track__program=program, match__activated_at__isnull=False).exclude(reason="")
    chosen = [reasons.values.index(reason) + 1 for reason in given.order_by("pk").values_list("reason", flat=True)]
    return counts_shown(list(reasons.labels), chosen) if len(chosen) >= LEAST_PEOPLE else []
