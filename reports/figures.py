"""What a figure is: never a bare number, always with what it counts, out of what, and of when."""

import datetime as dt
from dataclasses import dataclass

from surveys.coding import words_of

# Fewer people than this are never shown as a group: trust comes before completeness.
LEAST_PEOPLE = 5


@dataclass(frozen=True)
class Figure:
    """One number of a report.

    numerator    what was counted, or a mean; None where the group is too small to show.
    denominator  out of how many; None where nothing is a share.
    people       how many distinct people stand behind it; None where that would tell about a hidden group.
    interval     of who reached a goal, between which shares it lies with 95 % (reports.statistics.wilson_clustered);
                 None of a bound and of fewer than three relationships
    end          where the numerator is a bound, as of a mean near an end of its scale: which (surveys.coding); or "".
    """

    slug: str
    group: str
    numerator: float | None
    denominator: float | None
    people: int | None
    as_of: dt.datetime
    end: str = ""
    interval: tuple[float, float] | None = None

    @property
    def blank(self) -> "Figure":
        """The same, not shown."""
        return Figure(self.slug, self.group, None, None, None, self.as_of)

    @property
    def bound(self) -> str:
        """What has to be said after the numerator: "or more", "or less", or nothing."""
        return words_of(self.end)

    @property
    def shown(self) -> bool:
        return self.numerator is not None

    @property
    def share(self) -> float | None:
        """Numerator over denominator, or None where it is no share or is not shown."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True)
class Measure:
    """What a figure means, for the report, its table and the sheet of definitions."""

    slug: str
    label: str
    # people, matches, sessions, hours, goals or points; of money, its currency.
    unit: str
    definition: str
    out_of: str = ""


MEASURES: dict[str, Measure] = {
    measure.slug: measure
    for measure in (
        Measure("enrolled", "Enrolled", "people", "People enrolled at any time, each counted once."),
        Measure(
            "matched_ever",
            "Matched, ever",
            "people",
            "People who were at any time in a match that everybody in it had accepted.",
            "people enrolled at any time",
        ),
        Measure(
            "matched_now",
            "Matched, now",
            "people",
            "People who are in an active match on the as-of date.",
            "people taking part on the as-of date",
        ),
        Measure("met", "Met", "people", "People who were at one session of a match or more.", "people ever matched"),
        Measure(
            "met_3",
            "Met 3 times",
            "people",
            "People who were at three sessions of a match or more.",
            "people ever matched",
        ),
        Measure(
            "finished",
            "Finished",
            "people",
            "People in a match that came to its planned end.",
            "people ever matched",
        ),
        Measure("matches_ever", "Matches, ever", "matches", "Matches everybody in them accepted."),
        Measure(
            "matches_now",
            "Matches, now",
            "matches",
            "Matches active on the as-of date.",
            "matches that ever began",
        ),
        Measure("sessions", "Sessions held", "sessions", "Sessions logged as held, in matches that began."),
        Measure(
            "sessions_per_match",
            "Sessions a match",
            "sessions",
            "Sessions held, divided by the matches that ever began.",
            "matches that ever began",
        ),
        Measure(
            "lasted",
            "Matches that lasted",
            "matches",
            "Matches that came to their planned end.",
            "matches that are over",
        ),
        Measure(
            "hours", "Hours together", "hours", "Logged length of the sessions held; an hour of two people is one."
        ),
        Measure(
            "mentor_hours",
            "Mentor hours a mentee",
            "hours",
            "Hours of mentors at sessions held, each mentor counted, divided by the mentees matched with one.",
            "mentees ever matched with a mentor",
        ),
        Measure(
            "hours_cost",
            "Cost of mentor hours, a match",
            "money",
            "Hours of mentors at sessions held, each mentor counted, at the price of an hour; divided by the matches.",
            "matches that ever began",
        ),
        Measure(
            "match_cost",
            "Cost of a match",
            "money",
            "Hours of mentors at the price of an hour and what the program costs beside, divided by the matches.",
            "matches that ever began",
        ),
        Measure("goals_set", "Goals set", "goals", "Goals written down and not dropped."),
        Measure("goals_reached", "Goals reached", "goals", "Goals marked as reached.", "goals set and not dropped"),
        Measure(
            "goal_people",
            "People who reached a goal",
            "people",
            "People who marked at least one of their goals as reached.",
            "people who set a goal",
        ),
        Measure(
            "pulse",
            "Check-in",
            "points",
            "Mean of people’s mean answers to one question after sessions, on its scale.",
            "points of the scale",
        ),
        Measure(
            "relationship",
            "Relationship",
            "points",
            "Mean of people’s answers to one question about working together, on its scale.",
            "points of the scale",
        ),
        Measure(
            "core_before",
            "Outcome, at the start",
            "points",
            "Mean before a match, on a scale from 1 to 7, of the learners who answered every item both times.",
            "points of the scale",
        ),
        Measure(
            "core_after",
            "Outcome, at the end",
            "points",
            "Mean at the end, on a scale from 1 to 7, of the same learners.",
            "points of the scale",
        ),
        Measure(
            "goal_t",
            "Goal attainment",
            "points",
            "Mean T score of people’s own judgement of their goals: 50 where all came out as expected.",
        ),
        Measure("endings", "Ended early", "matches", "Times a reason was given for ending before the planned end."),
        Measure(
            "comparison",
            "Comparison",
            "points",
            "Difference in improvement between two kinds of models, first minus second, with the finding in words.",
        ),
    )
}
