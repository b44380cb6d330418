"""The rules behind the signals, and the numbers they stand on: from the field's practice, for programs to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Number:
    """One threshold: what it is called beside its field, its default, and between what it may be set."""

    slug: str
    label: str
    default: float
    least: float
    most: float
    help: str = ""

    @property
    def is_whole(self) -> bool:
        """Days and counts are whole; factors, shares of a scale and gaps are not."""
        return self.default == int(self.default) and self.most == int(self.most) and self.slug not in _BROKEN


# A whole default that may be set in between.
_BROKEN = frozenset({"pulse_mean", "overload_hours", "expertise_item", "dependency_item", "ask_load_times"})


@dataclass(frozen=True)
class Rule:
    """One kind of signal. Those that rest on answers are counted over all matches, and never shown of one."""

    slug: str
    title: str
    looks_for: str
    numbers: tuple[Number, ...]
    of_answers: bool = False
    # Of asks in a network and their helpers, not of matches.
    of_asks: bool = False


RULES: Mapping[str, Rule] = {
    rule.slug: rule
    for rule in (
        Rule(
            "first_session",
            "No first session",
            "Nothing has been held since the match is on.",
            (
                Number("first_watch", "To watch after, in days", 10, 3, 90, "Both are then reminded by mail."),
                Number("first_risk", "At risk after, in days", 14, 3, 120),
            ),
        ),
        Rule(
            "quiet",
            "Gone quiet",
            "Nothing has been held for longer than agreed, and nothing is planned.",
            (
                Number("quiet_watch_times", "To watch after, in agreed intervals", 1.5, 1, 10),
                Number(
                    "quiet_watch_days",
                    "and at least, in days",
                    21,
                    7,
                    180,
                    "All in the match are then reminded by mail.",
                ),
                Number("quiet_risk_times", "At risk after, in agreed intervals", 2.5, 1, 20),
                Number("quiet_risk_days", "and at least, in days", 45, 7, 365),
            ),
        ),
        Rule(
            "no_shows",
            "Sessions that did not happen",
            "Sessions were called off or nobody came.",
            (
                Number("no_show_count", "So many did not happen", 2, 1, 10, "Two in a row are among them."),
                Number("no_show_of", "of the last so many", 4, 2, 20),
            ),
        ),
        Rule(
            "direction",
            "Lack of direction",
            "There is no goal, or sessions end without a next step. Their words are not read, they are counted.",
            (
                Number("direction_days", "No goal after, in days", 30, 7, 180),
                Number("direction_sessions", "Sessions in a row without a next step", 3, 2, 20),
            ),
        ),
        Rule(
            "dependency",
            "Dependency",
            "They meet far more often than agreed and no goal has moved. The third sign, what somebody answered about "
            "managing without, only counts in “what people said”.",
            (
                Number("dependency_times", "More sessions than agreed over two months, times", 1.5, 1.1, 5),
                Number("dependency_weeks", "No goal or next step has changed for, in weeks", 6, 2, 26),
                Number("dependency_item", "“I am becoming more able to handle this without” at most, of 7", 3, 1, 6),
            ),
        ),
        Rule(
            "overload",
            "Overload",
            "Somebody is in more matches than they offered places, or has long met for more hours than agreed.",
            (
                Number("overload_days", "For so many days", 60, 14, 180),
                Number("overload_hours", "More hours than agreed, times", 1, 1, 5),
            ),
        ),
        Rule(
            "group",
            "Attendance of a group",
            "In matches of three or more: few were there.",
            (
                Number("group_share", "Fewer than so many per cent were there", 60, 10, 100),
                Number("group_times", "so many times running", 2, 1, 10),
                Number("group_least", "Or fewer people than this were there last time", 3, 2, 20),
            ),
        ),
        Rule(
            "facilitator",
            "One person always leads",
            "In groups: the log names the same person again and again as the one who led the session.",
            (Number("facilitator_times", "So many sessions running", 3, 2, 10),),
        ),
        Rule(
            "expert_wanted",
            "An expert is wanted",
            "Somebody has tapped “We need an expert” on the log of a session.",
            (
                Number("expert_count", "So many sessions", 2, 1, 10),
                Number("expert_of", "of the last so many that were held", 6, 1, 20),
            ),
        ),
        Rule(
            "low_pulse",
            "Low check-ins",
            "Answers after a session are low.",
            (
                Number("pulse_item", "One answer at most, of 5", 2, 1, 4),
                Number("pulse_mean", "Or two sessions with a mean of at most", 3, 1, 4.5),
            ),
            of_answers=True,
        ),
        Rule(
            "one_sided",
            "One-sided feedback",
            "The two of a pair find their sessions very differently useful, or one of them does not answer.",
            (
                Number("gap_points", "Their means are apart by at least", 1.5, 0.5, 4),
                Number("gap_sessions", "over so many sessions", 3, 2, 10),
                Number("unanswered", "Or so many check-ins in a row without an answer", 3, 2, 10),
            ),
            of_answers=True,
        ),
        Rule(
            "dominance",
            "Dominance",
            "Whoever is there to learn says that the other talked more.",
            (
                Number("talk_count", "So many times", 2, 1, 10),
                Number("talk_of", "in the last so many sessions", 3, 1, 10),
            ),
            of_answers=True,
        ),
        Rule(
            "expertise",
            "Limited expertise",
            "Somebody says that there is not enough know-how for their goal.",
            (Number("expertise_item", "“There is enough know-how here for my goal” at most, of 7", 3, 1, 6),),
            of_answers=True,
        ),
        Rule(
            "ask_silent",
            "An ask without an answer",
            "An ask is open and nobody has replied. Whose it is, and what it says, is not shown.",
            (
                Number("ask_watch_hours", "To watch after, in hours", 48, 12, 336),
                Number("ask_risk_hours", "At risk after, in hours", 96, 24, 360),
            ),
            of_asks=True,
        ),
        Rule(
            "ask_nobody_left",
            "Nobody left to ask",
            "An ask has no reply, and too few people who fit have it: the others said no, were silent, or have had as "
            "many asks as they get.",
            (Number("ask_people", "Fewer people have it than", 1, 1, 5),),
            of_asks=True,
        ),
        Rule(
            "ask_load",
            "A helper with too many",
            "Asks go to one helper far more often than to the others of the track.",
            (
                Number("ask_load_times", "More than the helpers of the track get on average, times", 2, 1.2, 10),
                Number("ask_load_least", "and at least so many in four weeks", 4, 2, 40),
            ),
            of_asks=True,
        ),
    )
}
NUMBERS: Mapping[str, Number] = {number.slug: number for rule in RULES.values() for number in rule.numbers}


@dataclass(frozen=True)
class Limits:
    """A program's thresholds: what it has changed, and the defaults for the rest."""

    changed: Mapping[str, float]

    def __getitem__(self, slug: str) -> float:
        """Raises KeyError for a number that no rule has."""
        return self.changed.get(slug, NUMBERS[slug].default)

    @cached_property
    def all(self) -> dict[str, float]:
        return {slug: self[slug] for slug in NUMBERS}


DEFAULT = Limits({})
