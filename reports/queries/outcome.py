"""The outcome report of one program: from enrolled to met, hours, goals, and what people said."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from mail.prepared import prepared
from matching.models import Match
from participants.models import User
from programs.models import Program, Role, Track
from reports.figures import LEAST_PEOPLE, MEASURES, Figure, Measure
from reports.models import Price
from reports.queries.base import MatchRow, ProgramData, load
from reports.queries.bounds import part_of, shown_parts
from reports.queries.departments import Crossing, crossing_of
from reports.queries.opened import WHOLE, Fixed, Opened, fixed_of, opened_by
from reports.statistics import components, wilson_clustered
from reports.verdicts.gates import LEAST_UNITS
from surveys.models import Publication, Survey
from surveys.wording import RELATIONSHIP_ITEMS

PULSE = Survey.Kind.PULSE.value
READ = (PULSE, Survey.Kind.MIDPOINT.value, Survey.Kind.CLOSING.value)
RELATIONSHIP_SLUGS = frozenset(item["slug"] for item in RELATIONSHIP_ITEMS)
FUNNEL = ("enrolled", "matched_ever", "met", "met_3", "finished")
ENDED_AS_PLANNED = frozenset({Match.EndReason.FINISHED.value, Match.EndReason.DONE.value})
# What a track's column shows; the rest is said of the whole program only.
BY_TRACK = (
    "enrolled",
    "matched_ever",
    "met",
    "met_3",
    "matches_ever",
    "matches_now",
    "sessions",
    "hours",
    "mentor_hours",
    "hours_cost",
    "goal_people",
)
MONEY = ("hours_cost", "match_cost")


@dataclass(frozen=True)
class PulseFigure:
    """One question of a survey: its words and its published mean."""

    slug: str
    text: str
    points: int
    figure: Figure


@dataclass(frozen=True)
class TrackReport:
    track: Track
    figures: dict[str, Figure]

    @property
    def shown(self) -> bool:
        return any(figure.shown for figure in self.figures.values())


@dataclass(frozen=True)
class Outcome:
    program: Program
    as_of: dt.datetime
    figures: dict[str, Figure]
    tracks: list[TrackReport]
    pulse: list[PulseFigure]
    relationship: list[PulseFigure]
    published: Publication | None
    opened: Opened
    crossing: Crossing
    fixed: Fixed
    heading: str
    lede: str
    # The rows that it was counted from; None in one that was kept.
    data: ProgramData | None = None

    @property
    def hidden_tracks(self) -> list[Track]:
        return [each.track for each in self.tracks if not each.shown]

    @property
    def goals_by_track(self) -> bool:
        """Whether who reached a goal may be shown of any track."""
        return any(each.figures["goal_people"].shown for each in self.tracks)

    @property
    def columns_by_track(self) -> int:
        """How many columns a track's row has beside its name."""
        return 5 + self.goals_by_track + (self.fixed.price is not None)

    def rows_of_whole(self) -> list[tuple[Measure, Figure]]:
        """The whole program's figures with their meanings."""
        return [(self._measure(figure.slug), figure) for figure in self.figures.values()]

    def _measure(self, slug: str) -> Measure:
        """What a figure means; of money, in which currency."""
        measure, price = MEASURES[slug], self.fixed.price
        return replace(measure, unit=price.currency) if price and slug in MONEY else measure

    def rows(self) -> list[tuple[Measure, str, Figure]]:
        """Every figure as an export lists it: what, of whom, and the figure."""
        parts = [*self.figures.values(), *(figure for each in self.tracks for figure in each.figures.values())]
        said = [(MEASURES[each.figure.slug], each.text, each.figure) for each in [*self.pulse, *self.relationship]]
        return [(self._measure(each.slug), "", each) for each in parts] + said + self.opened.rows()


def outcome(program: Program, now: dt.datetime, reader: User | None = None) -> Outcome:
    """The report as of now, for somebody who has opened some of the looks, or (for commands) with what anybody has.

    Queries: those of load(), and one each for published surveys, for looks, and for what is settled.
    """
    data, fixed = load(program), fixed_of(program, reader)
    published = _last_published(program)
    figures = {figure.slug: figure for figure in _figures(data, WHOLE, now, fixed.price)}
    opened = opened_by(program, reader, now, fixed)
    return Outcome(
        program=program,
        as_of=now,
        figures=figures,
        tracks=_tracks(data, now, fixed.price, figures),
        pulse=_said(published.get(PULSE), "pulse"),
        relationship=_relationship(published),
        published=published.get(PULSE),
        opened=opened,
        crossing=_crossing(data),
        fixed=fixed,
        heading=opened.heading or _heading(figures),
        lede=_heading(figures) if opened.heading else "",
        data=data,
    )


def _crossing(data: ProgramData) -> Crossing:
    """Who is in several tracks counts once, with what they said last."""
    departments: dict[int, str] = {}
    for person in data.people:
        departments[person.user] = person.department or departments.get(person.user, "")
    began = {match.pk: {member.user for member in match.members} for match in data.matches if match.began}
    return crossing_of(departments, began)


def _last_published(program: Program) -> dict[str, Publication]:
    """The newest figures of each survey that the report reads. Queries: one."""
    return {each.survey.kind: each for each in _published(program.pk)}


@prepared
def _published(program: int) -> QuerySet[Publication]:
    rows = Publication.objects.filter(survey__program=program, survey__active=True, survey__kind__in=READ)
    return rows.select_related("survey").order_by("as_of", "pk")


def _relationship(published: dict[str, Publication]) -> list[PulseFigure]:
    """How working together was judged at the end, or before that half-way."""
    last = published.get(Survey.Kind.CLOSING) or published.get(Survey.Kind.MIDPOINT)
    return [each for each in _said(last, "relationship") if each.slug in RELATIONSHIP_SLUGS]


def _tracks(data: ProgramData, now: dt.datetime, price: Price | None, whole: Mapping[str, Figure]) -> list[TrackReport]:
    """Each track's figures; a program of one track has none of its own."""
    if len(data.tracks) < 2:
        return []
    reports = [
        TrackReport(track, {each.slug: each for each in figures if each.slug in BY_TRACK})
        for track in data.tracks
        for figures in [_figures(_only(data, track), track.name, now, price)]
    ]
    hidden = _hidden({each.track.pk: _people_in(data, each.track) for each in reports})
    kept = [replace(each, figures=_blank(each.figures)) if each.track.pk in hidden else each for each in reports]
    return _without_ends(_cover(kept), whole)


def _without_ends(reports: list[TrackReport], whole: Mapping[str, Figure]) -> list[TrackReport]:
    """Who reached a goal, by track, as far as nothing of any single person follows beside the whole (`shown_parts`)."""
    figure, own = whole["goal_people"], [each.figures["goal_people"] for each in reports]
    if not figure.shown:
        return reports
    parts = [_counts(each) for each in own if each.shown]
    allowed = iter(shown_parts(*_counts(figure), parts))
    kept = [each if not each.shown or next(allowed) is not None else each.blank for each in own]
    return [
        replace(each, figures={**each.figures, "goal_people": figure})
        for each, figure in zip(reports, kept, strict=True)
    ]


def _counts(figure: Figure) -> tuple[int, int]:
    return int(figure.numerator or 0), int(figure.denominator or 0)


def _cover(reports: list[TrackReport]) -> list[TrackReport]:
    """Hide a further track's figure wherever one hidden alone could be had by taking the others from the whole. A track
    in which nothing has begun has no costs, and hides none.
    """
    for slug in {slug: None for each in reports for slug in each.figures}:
        having = [each for each in reports if slug in each.figures]
        shown = [each for each in having if each.figures[slug].shown]
        if len(having) - len(shown) == 1 and shown:
            least = min(shown, key=lambda each: (each.figures[slug].people or 0, each.track.pk))
            hidden = {**least.figures, **_blank({slug: least.figures[slug]})}
            reports = [replace(each, figures=hidden) if each is least else each for each in reports]
    return reports


def _people_in(data: ProgramData, track: Track) -> int:
    return len({person.user for person in data.people if person.track == track.pk})


def _hidden(sizes: dict[int, int]) -> set[int]:
    """Groups under five people; and if that is a single one, the next smallest too, or a subtraction would show it."""
    small = {key for key, size in sizes.items() if size < LEAST_PEOPLE}
    rest = sorted((size, key) for key, size in sizes.items() if key not in small)
    if small and sum(sizes[key] for key in small) < LEAST_PEOPLE and rest:
        small.add(rest[0][1])
    return small


def _blank(figures: dict[str, Figure]) -> dict[str, Figure]:
    return {slug: each.blank for slug, each in figures.items()}


def _only(data: ProgramData, track: Track) -> ProgramData:
    matches = [match for match in data.matches if match.track == track.pk]
    own = {match.pk for match in matches}
    people = [person for person in data.people if person.track == track.pk]
    return ProgramData(data.program, [track], people, matches, [goal for goal in data.goals if goal.match in own])


def _users(matches: Iterable[MatchRow]) -> set[int]:
    return {member.user for match in matches for member in match.members}


def _who_met(matches: Iterable[MatchRow], least: int) -> set[int]:
    """Who was at so many sessions of one match: in a group each counts for those who were there."""
    return {member.user for match in matches for member in match.members if match.met_by(member.user) >= least}


def _mentored(matches: Iterable[MatchRow]) -> set[int]:
    """Who was matched with a mentor and is none there."""
    led = [match for match in matches if any(member.role == Role.MENTOR for member in match.members)]
    return {member.user for match in led for member in match.members if member.role != Role.MENTOR}


def _mentor_hours(matches: Iterable[MatchRow]) -> float:
    """Hours of mentors, each counted; who was missing from a group's session gave none."""
    minutes = sum(
        meeting.minutes
        for match in matches
        for meeting in match.held
        for member in match.members
        if member.role == Role.MENTOR and member.user not in meeting.absent
    )
    return minutes / 60


def _costs(hours: float, matches: int, price: Price | None) -> list[tuple[str, float]]:
    """What a match cost: its mentors' hours alone, and with what the program cost beside. Nothing without a price."""
    if price is None or not matches:
        return []
    worth = hours * float(price.hour)
    return [
        ("hours_cost", round(worth / matches, 2)),
        ("match_cost", round((worth + float(price.costs)) / matches, 2)),
    ]


def _figures(data: ProgramData, group: str, now: dt.datetime, price: Price | None) -> list[Figure]:
    """All figures of a group of people; a group under five has its sizes and nothing else."""
    began = [match for match in data.matches if match.began]
    enrolled = {person.user for person in data.people}
    active = {person.user for person in data.people if person.active}
    matched, live = _users(began), [match for match in began if match.live]
    held = [meeting for match in began for meeting in match.held]
    goals = [goal for goal in data.goals if not goal.dropped]
    over = [match for match in began if not match.live]
    finished = [match for match in over if match.end_reason in ENDED_AS_PLANNED]
    mentored = _mentored(began)
    setters = {goal.owner for goal in goals}
    reachers = {goal.owner for goal in goals if goal.reached}
    most = max(Counter(goal.owner for goal in goals).values(), default=1)

    def figure(slug: str, numerator: float, denominator: float | None, people: int) -> Figure:
        hidden = people < LEAST_PEOPLE
        return Figure(
            slug,
            group,
            None if hidden else numerator,
            None if hidden else denominator,
            None if hidden else people,
            now,
        )

    met, met_3 = (_who_met(began, least) for least in (1, 3))
    size, given = len(enrolled), _mentor_hours(began)
    of_few = len(_units(began)) < LEAST_UNITS
    return [
        figure("enrolled", size, None, size),
        figure("matched_ever", len(matched), size, size),
        figure("matched_now", len(_users(live) & active), len(active), len(active)),
        figure("met", len(met), len(matched), len(matched)),
        figure("met_3", len(met_3), len(matched), len(matched)),
        figure("finished", len(_users(finished)), len(matched), len(matched)),
        figure("matches_ever", len(began), None, len(matched)),
        figure("matches_now", len(live), len(began), len(matched)),
        figure("lasted", len(finished), len(over), len(_users(over))),
        figure("sessions", len(held), None, len(matched)),
        figure("sessions_per_match", round(len(held) / len(began), 1) if began else 0, len(began), len(matched)),
        figure("hours", round(sum(meeting.minutes for meeting in held) / 60, 1), None, len(matched)),
        _none_mentored(group, now)
        if began and not mentored
        else figure("mentor_hours", round(given / len(mentored), 1) if mentored else 0, len(mentored), len(mentored)),
        *(
            figure(slug, cost, len(began), 0 if of_few else len(matched))
            for slug, cost in _costs(given, len(began), price)
        ),
        figure("goals_set", len(goals), None, len(setters)),
        _part(figure, "goals_reached", (sum(goal.reached for goal in goals), len(goals)), len(setters), most),
        with_interval(_part(figure, "goal_people", (len(reachers), len(setters)), len(setters)), len(began)),
    ]


def with_interval(figure: Figure, matches: int) -> Figure:
    """A share of people, with its interval where it is shown as it is; people of one match count as one."""
    if not figure.shown or figure.end or matches < LEAST_UNITS:
        return figure
    found = wilson_clustered(int(figure.numerator or 0), int(figure.denominator or 0), matches)
    return replace(figure, interval=(round(found.low, 2), round(found.high, 2)))


def _part(make: Callable[..., Figure], slug: str, part: tuple[int, int], people: int, most: int = 1) -> Figure:
    """A share of what people said of themselves; hidden where not even a bound may be shown (`part_of`)."""
    shown = part_of(*part, most)
    return make(slug, *part, 0) if shown is None else replace(make(slug, shown.value, part[1], people), end=shown.end)


def _units(matches: Iterable[MatchRow]) -> set[int]:
    """The groups of matches that share nobody."""
    return set(components([[member.user for member in match.members] for match in matches if match.members]).values())


def _none_mentored(group: str, now: dt.datetime) -> Figure:
    """Among equals nobody is mentored by anybody: that follows from the model, so it hides nothing."""
    return Figure("mentor_hours", group, 0, 0, 0, now)


def _said(published: Publication | None, measure: str) -> list[PulseFigure]:
    """The published means of a survey, question by question."""
    if published is None:
        return []
    return [
        PulseFigure(
            each["slug"],
            each["text"],
            each["points"],
            Figure(
                measure,
                WHOLE,
                each["mean"],
                each["points"] if each["mean"] else None,
                each["people"],
                _moment(each, published),
                each.get("end", ""),
            ),
        )
        for each in published.figures
        if each["mean"] is not None
    ]


def _moment(figure: dict[str, Any], published: Publication) -> dt.datetime:
    """When a question's figure last moved, which may be before the publication it stands in."""
    return dt.datetime.fromisoformat(figure["as_of"]) if "as_of" in figure else published.as_of


def _heading(figures: dict[str, Figure]) -> str:
    """The finding in one sentence, read from the same figures."""
    enrolled, matched, met = figures["enrolled"], figures["matched_ever"], figures["met"]
    if not enrolled.shown:
        return "Figures come when five people take part"
    if not matched.shown or not matched.numerator:
        return f"{enrolled.numerator:.0f} people are enrolled; nobody is matched yet"
    if not met.shown:
        return f"{matched.numerator:.0f} of {enrolled.numerator:.0f} people are matched"
    if not met.numerator:
        return f"{matched.numerator:.0f} of {enrolled.numerator:.0f} people are matched; no session has been logged yet"
    held = figures["sessions"].numerator or 0
    sessions = "one session" if held == 1 else f"{held:.0f} sessions"
    return f"{met.numerator:.0f} of {enrolled.numerator:.0f} people have met their match, in {sessions}"
