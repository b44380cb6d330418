"""What every mentoring model states. Each model is one file in programs/catalogue/models; this is the form they
fill in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from programs.catalogue.working import AgreementTemplate, PreparationForm, WeekTemplate


class Shape(StrEnum):
    """How people are put together: which problem the matching engine solves."""

    TWO_SIDED = "two_sided"
    ONE_SIDED = "one_sided"
    GROUPS = "groups"
    SLOTS = "slots"
    CONSTELLATION = "constellation"


class Family(StrEnum):
    """Who leads the learning: this is what integrated programs combine and reports compare."""

    MENTOR_LED = "mentor_led"
    PEER = "peer"


class Direction(StrEnum):
    """Which way knowledge flows along the hierarchy."""

    DOWN = "senior_to_junior"
    UP = "junior_to_senior"
    BOTH_WAYS = "both_ways"
    MANY_TO_MANY = "many_to_many"


MENTOR, MENTEE, PEER = "mentor", "mentee", "peer"

ASPECTS: Mapping[str, str] = {
    "definition": "Definition",
    "relationship": "Relationship",
    "expertise_level": "Level of expertise",
    "focus": "Focus",
    "learning_style": "Learning style",
    "benefits": "Benefits",
    "challenges": "Challenges",
}
"""The seven aspects of the comparison, in the order in which two models are laid side by side."""

HARD_FACTS: Mapping[str, str] = {
    "both_accept": "A match begins only when everyone in it has accepted",
    "reporting_lines_apart": "Nobody is matched with their own manager, their manager’s manager, or their own staff",
    "no_repeat": "Nobody is matched again with someone they have had before, unless they ask for it",
}
"""What matching takes from the organisation's own data rather than from answers, whatever the weights."""


HEALTH_SIGNALS = (
    "no_first_session",
    "gone_quiet",
    "low_pulse",
    "one_sided_feedback",
    "dominance",
    "dependency",
    "lack_of_direction",
    "limited_expertise",
    "no_shows",
    "overload",
    "group",
    "safeguarding",
)
"""What a match is watched for; a model's risks name the signal that would notice them."""


# Who has the floor in a part of an agenda, beside MENTOR and MENTEE: two peers in turn, who change places from session
# to session; everybody, for an equal share each; or whoever the rota names.
FIRST, SECOND, EACH = "first", "second", "each"
HOT_SEATS = ("First hot seat", "Second hot seat")


@dataclass(frozen=True, slots=True)
class AgendaItem:
    minutes: int
    text: str
    # Empty: nobody in particular.
    lead: str = ""
    # On the item of the second: what the third of a triad does, in a share equal to the others'.
    third: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """What goes wrong in practice, and the health signal that notices it."""

    text: str
    signal: str


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What the program switches on against a risk. The key is what the rest of the program asks for."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in one match: the limits, what is usual, and how many seats are for mentors."""

    least: int
    most: int
    usual_least: int
    usual_most: int
    mentors_least: int = 0
    mentors_most: int = 0


@dataclass(frozen=True, slots=True)
class StandardField:
    """A question that recipes speak of. Set-up proposes it where the organisation has no field for the purpose."""

    purpose: str
    label: str
    help: str
    kind: str
    asked_of: tuple[str, ...] = (MENTEE, MENTOR, PEER)
    options: tuple[str, ...] = ()
    required: bool = False
    # Whether the match reads the answer; what is not shared is in no reason either.
    shared: bool = True

    @property
    def slug(self) -> str:
        """The slug of a program's field for this purpose."""
        return self.purpose.replace("_", "-")


@dataclass(frozen=True, slots=True)
class RecipeRule:
    """One rule a new track starts with. `taker` and `giver` are purposes of STANDARD_FIELDS, the rest is as in a
    match rule.
    """

    key: str
    kind: str
    label: str
    taker: str
    giver: str
    strength: str
    points: int = 0
    by_gap: Mapping[int, int] = field(default_factory=dict)
    others_forbidden: bool = False
    params: Mapping[str, object] = field(default_factory=dict)
    # The kind, and its settings, where the organisation asks the question as a plain list instead.
    instead: str = ""
    instead_params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How people of this model are matched by default.

    `two_way` says how the two directions between equals become one score: each rule by its weaker direction, or the
    direction with the smaller total as a whole.
    """

    rules: tuple[RecipeRule, ...]
    hard_facts: tuple[str, ...] = ("both_accept", "reporting_lines_apart", "no_repeat")
    two_way: str = "each_rule"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The fields the rules need, in the order of their first use."""
        return tuple(dict.fromkeys(purpose for rule in self.rules for purpose in (rule.taker, rule.giver)))


@dataclass(frozen=True, slots=True)
class Booking:
    """One-off sessions: what a mentor offers and how a request lives."""

    monthly_cap: int
    notice_hours: int
    request_days: int
    no_repeat_days: int
    follow_up_days: int


@dataclass(frozen=True, slots=True)
class Network:
    """A constellation: which givers each person has, and how an ask is routed."""

    mix: Mapping[str, int]
    weekly_cap: int
    answer_hours: int
    routed_least: int
    routed_most: int


@dataclass(frozen=True, slots=True)
class Words:
    """What one match of this model is called, and its people where the usual names would mislead."""

    one: str
    many: str
    taker: str = MENTEE
    giver: str = MENTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class MentoringModel:
    """All that the product knows about one mentoring model. `version` grows whenever the matching of old proposals
    would differ.
    """

    slug: str
    version: int
    position: int
    name: str
    short_name: str
    one_line: str
    family: Family
    shape: Shape
    direction: Direction
    roles: tuple[str, ...]
    words: Words

    definition: str
    relationship: str
    expertise_level: str
    focus: str
    learning_style: str
    benefits: str
    challenges: str

    size: Size
    months: int
    sessions: int
    cadence_days: int
    session_minutes: int
    capacity: int = 1
    capacity_most: int = 1
    triads: bool = False
    rolling: bool = False
    first_contact: str = MENTEE

    agenda: tuple[AgendaItem, ...]
    risks: tuple[Risk, ...]
    safeguards: tuple[Safeguard, ...]
    recipe: Recipe
    questions: tuple[str, ...]
    goals: tuple[str, ...]
    agreement: AgreementTemplate
    preparation: PreparationForm | None = None
    # Whether the minutes of giving and taking are counted, for the people of the match alone.
    balance: bool = False
    curriculum: tuple[WeekTemplate, ...] = ()
    booking: Booking | None = None
    network: Network | None = None

    @property
    def glyph(self) -> str:
        """The name of its drawing."""
        return self.slug

    @property
    def all_safeguards(self) -> tuple[Safeguard, ...]:
        """Its own, then those that every model has."""
        return (*self.safeguards, *COMMON_SAFEGUARDS)

    @property
    def aspects(self) -> tuple[tuple[str, str], ...]:
        """The comparison's rows: heading and text."""
        return tuple((label, getattr(self, name)) for name, label in ASPECTS.items())


COMMON_SAFEGUARDS = (
    Safeguard(
        "agreement",
        "Everyone signs a two-sided agreement: goals, cadence, channel, confidentiality and its limits, boundaries, "
        "an end date, and a way out that is nobody’s fault",
    ),
    Safeguard("private_notes", "Notes stay between the people in the match"),
    Safeguard("pulse", "A short pulse after each session shows early when something is wrong"),
    Safeguard("unseen_contact", "Everyone can reach the coordinator without the others seeing it"),
)
