"""The twenty rules as data. They add up; nothing else decides, and every one that spoke is shown with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from programs.catalogue.advisor import questions as q
from programs.catalogue.advisor.questions import Answers
from programs.catalogue.base import MentoringModel, Safeguard, Shape

ONE_TO_ONE, IN_GROUPS = "@one_to_one", "@in_groups"
"""In a rule's points: all models of that kind, also those that will be added."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition on one answer: equal to `equals`, or at least / above / at most / below a number.

    An open answer holds only where `or_open` says so.
    """

    question: str
    equals: str | bool | float | None = None
    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None
    or_open: bool = False

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.question)
        if given is None:
            return self.or_open
        if self.equals is not None:
            return given == self.equals
        return isinstance(given, int | float) and self._within(given)

    def _within(self, number: float) -> bool:
        return (
            (self.least is None or number >= self.least)
            and (self.above is None or number > self.above)
            and (self.most is None or number <= self.most)
            and (self.below is None or number < self.below)
        )


@dataclass(frozen=True, slots=True)
class Together:
    """Two models side by side in one program: the better placed of each list, or of all mentor-led and all peer
    models.
    """

    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdviceRule:
    """If all clauses of any one of the `when` lists hold: points up or down, models that go, others that alone
    remain.
    """

    number: int
    when: tuple[tuple[Clause, ...], ...]
    because: str
    points: Mapping[str, int] = field(default_factory=dict)
    excludes: tuple[str, ...] = ()
    leaves_only: tuple[str, ...] = ()
    together: Together | None = None
    safeguards: tuple[Safeguard, ...] = ()

    def speaks(self, answers: Answers) -> bool:
        """Whether the rule applies to these answers."""
        return any(all(clause.holds(answers) for clause in clauses) for clauses in self.when)

    def points_for(self, model: MentoringModel) -> int:
        """What the rule adds to a model's points, by its name or by its kind."""
        return self.points.get(model.slug, 0) + sum(self.points.get(kind, 0) for kind in _kinds(model))


def _kinds(model: MentoringModel) -> list[str]:
    if model.shape is Shape.GROUPS:
        return [IN_GROUPS]
    return [ONE_TO_ONE] if model.size.usual_most == 2 else []


def _goal(goal: str) -> tuple[tuple[Clause, ...], ...]:
    return ((Clause("goal", goal),),)


RULES: tuple[AdviceRule, ...] = (
    AdviceRule(
        1,
        _goal(q.CAREER),
        "A career grows over the long run, with someone who knows the way",
        {"traditional": 2, "circle": 1, "near_peer": 1},
    ),
    AdviceRule(
        2,
        _goal(q.PROBLEMS),
        "Current problems are solved best among equals who share their skills",
        {"peer": 2, "pod": 1, "group_peer": 1, "cross_functional": 1},
    ),
    AdviceRule(
        3,
        ((Clause("expertise", equals=True),),),
        "Specialised expertise is needed, and equals may not have it",
        {"traditional": 2, "flash": 2, "circle": 1, "peer": -1, "pod": -1, "lateral": -1},
    ),
    AdviceRule(
        4,
        _goal(q.SKILL),
        "A practical skill with material to follow is learned by doing and by teaching it",
        {"pod": 2, "near_peer": 2, "peer": 1},
    ),
    AdviceRule(
        5,
        _goal(q.ONBOARDING),
        "Whoever settles in learns most from someone who has just done it",
        {"near_peer": 2, "traditional": 1},
    ),
    AdviceRule(
        6,
        ((Clause("goal", q.BELONGING),), (Clause("inclusion", equals=True),)),
        "People who are few of their kind gain from role models within reach and from company",
        {"near_peer": 2, "circle": 1, "group_peer": 1, "traditional": 1},
    ),
    AdviceRule(
        7,
        _goal(q.INSIGHT),
        "Leaders learn about digital and cultural change from those who live it",
        {"reverse": 3, "co_mentoring": 1},
    ),
    AdviceRule(
        8,
        _goal(q.SILOS),
        "Silos open where people of different departments work on something together",
        {"cross_functional": 3, "lateral": 2},
    ),
    AdviceRule(
        9,
        ((Clause("seniors", below=0.1),),),
        "There is less than one mentor for ten learners",
        {"circle": 2, "distributed": 1, "pod": 1, "flash": 1},
        excludes=("traditional",),
    ),
    AdviceRule(
        10,
        ((Clause("seniors", least=0.1, below=0.5),),),
        "There is less than one mentor for two learners",
        {"circle": 2, "near_peer": 1, "flash": 1, "traditional": -1},
    ),
    AdviceRule(
        11,
        ((Clause("hours", below=1),),),
        "Mentors have less than an hour a month",
        {"flash": 2, "distributed": 1, "traditional": -2},
    ),
    AdviceRule(
        12,
        ((Clause("months", equals=q.ONE_OFF),),),
        "It is to be a single conversation",
        leaves_only=("flash", "distributed"),
    ),
    AdviceRule(
        13,
        ((Clause("months", above=q.ONE_OFF, most=3),),),
        "Three months are short: a relationship that needs time to grow will not get it",
        {"pod": 2, "peer": 1, "reverse": 1, "traditional": -1, "circle": -1},
    ),
    AdviceRule(
        14,
        ((Clause("levels", q.ONE_LEVEL),),),
        "All learners are on one level",
        {"peer": 1, "pod": 1, "lateral": 1, "group_peer": 1},
    ),
    AdviceRule(
        14,
        ((Clause("levels", q.ONE_LEVEL), Clause("seniors", most=0, or_open=True)),),
        "All learners are on one level, and nobody is known to be ahead of them",
        excludes=("near_peer", "traditional"),
    ),
    AdviceRule(
        15,
        ((Clause("learners", below=8),),),
        "There are fewer than eight learners",
        excludes=("circle", "distributed"),
    ),
    AdviceRule(
        16,
        ((Clause("learners", above=30), Clause("seniors", below=0.5)),),
        "There are many learners and few mentors: let equals carry the weeks, and experts look in once a month",
        together=Together(("flash", "circle"), ("near_peer", "pod")),
    ),
    AdviceRule(
        17,
        ((Clause("sensitive", equals=True),),),
        "Sensitive matters are for two people, not for a network",
        {ONE_TO_ONE: 1, "distributed": -2},
        safeguards=(Safeguard("reporting_lines_apart", "Nobody is matched within their own reporting line"),),
    ),
    AdviceRule(
        18,
        ((Clause("zones", equals=True),),),
        "People are spread over distant time zones, where common hours are rare",
        {"distributed": 2, "flash": 1, IN_GROUPS: -1},
    ),
    AdviceRule(
        19,
        ((Clause("expertise", equals=True), Clause("collaboration", equals=True)),),
        "Expertise and collaboration are both wanted: the best mentor-led and the best peer model together give both",
        together=Together(),
    ),
    AdviceRule(
        20,
        ((Clause("problem", q.DEPENDENCY),),),
        "Mentees leaned on their mentors too much before",
        {"peer": 1, "circle": 1},
        safeguards=(
            Safeguard("rotation", "Partners or facilitators rotate"),
            Safeguard("end_date", "An end date is agreed at the start; going on is a decision, not a habit"),
        ),
    ),
    AdviceRule(
        20,
        ((Clause("problem", q.NO_DIRECTION),),),
        "Nobody knew where it was going before",
        {"traditional": 1, "near_peer": 1},
        safeguards=(Safeguard("facilitation_guide", "A facilitation guide leads through every session"),),
    ),
)
