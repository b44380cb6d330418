"""What is planted in the finished year: so many people, matches and endings, and rises that reports are to find again.

Tests hold reports against it. Rises are points of the scale from 1 to 7; comparisons are those between mentor-led and
peer. Nothing here is drawn by lot: what is, is drawn around these numbers in mentorship.sample.year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from reports.verdicts import Assignment, Kind

# Standard deviations: of people's first answers, of what people of one relationship share, of each one's own rise, and
# of what a relationship rises beyond its model.
SD_PEOPLE, SD_SHARED, SD_OWN_RISE, SD_SHARED_RISE = 0.6, 0.25, 0.4, 0.25
# Of those asked before their match so many answer; of those whose match ended early a smaller share answers at the end.
ANSWER_BEFORE, ANSWER_EARLY = 0.92, 0.6
FIRST_ANSWERS = 4.2


@dataclass(frozen=True)
class TrackTruth:
    """One model in a program.

    learners  in each match; in a network the one in the centre and their peers
    each      so many matches every mentor has
    early     reasons for ending early, and in how many matches each was given
    a_month   sessions planned a month
    left_over  people never matched
    """

    model: str
    matches: int
    learners: int
    rise: float
    mentors: int = 0
    each: int = 1
    early: Mapping[str, int] = field(default_factory=dict)
    a_month: float = 2.0
    left_over: int = 0

    @property
    def mentor_count(self) -> int:
        return -(-self.matches // self.each) * self.mentors

    @property
    def people(self) -> int:
        return self.matches * self.learners + self.mentor_count + self.left_over

    @property
    def drop_out(self) -> float:
        """The share of matches that ended early."""
        return sum(self.early.values()) / self.matches


@dataclass(frozen=True)
class Truth:
    """One program.

    response  the share of learners in matches that last who answer at the end
    verdict   what its comparison must come to; None where it has nothing to compare
    higher    the arm that rises more, where one does enough to be found
    hour, costs  what an hour of a mentor costs, and the program beside
    """

    name: str
    description: str
    tracks: tuple[TrackTruth, ...]
    verdict: Kind | None
    higher: str = ""
    response: float = 0.88
    assignment: Assignment = Assignment.CHOOSE
    hour: Decimal | None = None
    costs: Decimal = Decimal(0)
    weeks_ago: int = 60
    seed: int = 1

    @property
    def people(self) -> int:
        return sum(track.people for track in self.tracks)

    @property
    def rise(self) -> float:
        """Of all who learn, each counted."""
        rises = {track.model: track.matches * track.learners for track in self.tracks}
        return sum(track.rise * rises[track.model] for track in self.tracks) / sum(rises.values())

    @property
    def endings(self) -> dict[str, int]:
        reasons = [reason for track in self.tracks for reason in track.early]
        return {reason: sum(track.early.get(reason, 0) for track in self.tracks) for reason in reasons}


NO_DIFFERENCE = Truth(
    "Growing at work",
    "Mentors two levels ahead, mentors from the newest hires, and peers. All three helped about as much.",
    (
        TrackTruth("traditional", 72, 1, 0.8, 1, 2, {"schedule": 6, "moved": 5, "no_contact": 5}, 1.5, 14),
        TrackTruth("reverse", 30, 1, 0.8, 1, 1, {"fit": 5}, 1.0, 6),
        TrackTruth("peer", 48, 2, 0.8, early={"schedule": 5}, a_month=2.0, left_over=8),
    ),
    Kind.SIMILAR,
    weeks_ago=60,
    seed=101,
)
BY_LOT = Truth(
    "First steps as a lead",
    "Lots within levels decided who got a mentor one level ahead and who a pod. Mentors led to more.",
    (
        TrackTruth("near_peer", 56, 1, 1.1, 1, 2, {"schedule": 5}, 2.0),
        TrackTruth("pod", 14, 4, 0.5, early={"focus": 1}, a_month=2.0),
    ),
    Kind.HIGHER,
    "mentor-led",
    assignment=Assignment.LOTTERY,
    weeks_ago=58,
    seed=107,
)
PEERS_AHEAD = Truth(
    "Learning together",
    "Circles with a mentor, groups of peers and pairs across offices. Whoever learned among peers rose more.",
    (
        TrackTruth("circle", 14, 6, 0.5, 1, early={"focus": 1, "schedule": 1}, a_month=1.0, left_over=4),
        TrackTruth("group_peer", 12, 7, 1.1, early={"moved": 1}, a_month=1.5, left_over=5),
        TrackTruth("lateral", 24, 2, 1.1, early={"moved": 4, "reached": 5}, a_month=2.0, left_over=5),
    ),
    Kind.HIGHER,
    "peer",
    weeks_ago=56,
    seed=103,
)
TOO_FEW_ANSWERED = Truth(
    "Across departments",
    "Single sessions with somebody who knows, and pairs of two departments. Too few answered at the end.",
    (
        TrackTruth("flash", 96, 1, 0.5, 1, 4, a_month=0.0, left_over=12),
        TrackTruth("cross_functional", 32, 2, 0.5, early={"no_contact": 5}, a_month=1.5, left_over=6),
    ),
    Kind.EARLY,
    response=0.45,
    weeks_ago=54,
    seed=103,
)
TOO_SMALL = Truth(
    "A pilot of eight",
    "Two mentors and two pairs, to try it out. Too few for a comparison to be shown.",
    (TrackTruth("reverse", 2, 1, 0.8, 1, a_month=2.0), TrackTruth("lateral", 2, 2, 0.8, a_month=2.0)),
    Kind.SUPPRESSED,
    response=1.0,
    weeks_ago=53,
    seed=105,
)
WITH_A_PRICE = Truth(
    "Both ways",
    "Pairs who teach each other, and a network around each person. Mentors’ hours have a price.",
    (
        TrackTruth("co_mentoring", 36, 2, 0.9, early={"schedule": 5, "fit": 5}, a_month=2.0, left_over=6),
        TrackTruth("distributed", 16, 4, 0.9, 1, a_month=1.5, left_over=5),
    ),
    None,
    hour=Decimal(60),
    costs=Decimal(9000),
    weeks_ago=52,
    seed=106,
)
YEAR = (NO_DIFFERENCE, BY_LOT, PEERS_AHEAD, TOO_FEW_ANSWERED, TOO_SMALL, WITH_A_PRICE)
