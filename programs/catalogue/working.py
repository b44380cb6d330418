"""How the people of a match work together: what they are proposed to agree on, to write beforehand and to learn by.

Part of what a model states (programs.catalogue.base); the texts stand in the models' own files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

AGREEMENT_PARTS: Mapping[str, str] = {
    "goals": "Goals",
    "cadence": "How often and how long",
    "channel": "Where we meet and write",
    "confidentiality": "What stays between us, and its limits",
    "boundaries": "What this is for, and what not",
    "exit": "How any of us may end it",
}
"""The parts of an agreement, in the order in which they are read. The end date is a part of its own, as a date."""

LIMITS = (
    "This has its limits: where somebody is in danger, or the law asks for it, whoever hears of it tells the people "
    "in charge of safeguarding, and says so to the others first wherever that is safe."
)
"""What no promise of silence may cover; every model’s template says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementTemplate:
    """What the people of a match are proposed, part by part; they change it as they like.

    `{every}` and `{minutes}` stand for the track's own cadence and length, such as “14 days” and “45 minutes”.
    """

    goals: str
    cadence: str
    channel: str
    confidentiality: str
    boundaries: str
    exit: str

    def filled(self, *, every: str, minutes: str) -> dict[str, str]:
        """The texts by the keys of AGREEMENT_PARTS, with the limits of confidentiality."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        words = {key: text.replace("{every}", every).replace("{minutes}", minutes) for key, text in said.items()}
        return {**words, "confidentiality": f"{words['confidentiality']} {LIMITS}"}


@dataclass(frozen=True, slots=True)
class PreparationField:
    key: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PreparationForm:
    """What people write for the others of their match before they meet: two topics, a problem, a question.

    `by` are the roles who write it; `title` stands over what has been written, `ask` over the empty form.
    """

    title: str
    ask: str
    why: str
    by: tuple[str, ...]
    fields: tuple[PreparationField, ...]


@dataclass(frozen=True, slots=True)
class WeekTemplate:
    """One week of a curriculum to start from: what it is about, and what everybody hands in."""

    title: str
    deliverable: str
    reading: str = ""


GIVES_AND_WANTS = (
    PreparationField("gives", "What I can teach", "One topic, narrow enough for a few sessions"),
    PreparationField("wants", "What I want to learn", "One topic, and what you want to be able to do at the end"),
)
"""The two topics of models in which both give and take."""
