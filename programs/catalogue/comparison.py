"""Two models side by side: the seven aspects, and what each would ask of people."""

from dataclasses import dataclass

from programs.catalogue.base import HARD_FACTS, MentoringModel, Shape

FIRST_PAIR = ("traditional", "peer")
"""What is compared before anybody has chosen: mentor-led and peer."""


@dataclass(frozen=True, slots=True)
class Row:
    heading: str
    first: str
    second: str


def compare(first: MentoringModel, second: MentoringModel) -> list[Row]:
    """The aspects in the comparison's order, then size, time and matching, as sentences of one kind for both."""
    sides = [(*model.aspects, *facts(model)) for model in (first, second)]
    return [Row(heading, mine, theirs) for (heading, mine), (_, theirs) in zip(*sides, strict=True)]


def facts(model: MentoringModel) -> tuple[tuple[str, str], ...]:
    """Size, time and matching in words, from the model's own numbers."""
    musts = [rule.label for rule in model.recipe.rules if rule.strength == "must"]
    return (
        ("People together", _people(model)),
        ("Time", _time(model)),
        ("Must be so in a match", "; ".join(musts)),
        ("Always true", "; ".join(HARD_FACTS[fact] for fact in model.recipe.hard_facts)),
    )


def _people(model: MentoringModel) -> str:
    size = model.size
    people = f"{size.least}" if size.least == size.most else f"{size.least} to {size.most}"
    if not size.mentors_least or model.shape is Shape.CONSTELLATION:
        return f"{people} people"
    mentors = "1 mentor" if size.mentors_most == 1 else f"{size.mentors_least} to {size.mentors_most} mentors"
    each = (
        f"; a mentor may have up to {model.capacity} mentees" if size.mentors_most == 1 and model.capacity > 1 else ""
    )
    return f"{people} people, {mentors} among them{'' if model.shape is Shape.SLOTS else each}"


def _time(model: MentoringModel) -> str:
    length = f"{model.session_minutes} minutes"
    if model.shape is Shape.SLOTS:
        return f"One session of {length}"
    if model.rolling:
        return f"About {length} every {model.cadence_days} days, without an end date"
    return f"{model.months} months: {model.sessions} sessions of {length}, one every {model.cadence_days} days"
