"""Rules that many models share, so that a model's file says only what is its own."""

from programs.catalogue.base import RecipeRule

LANGUAGE = RecipeRule(
    "language", "among", "A language in common", "language", "language", "must", params={"verb": "speak"}
)
TIMES = RecipeRule("time", "overlap", "Times in common", "time", "time", "high", params={"full_at": 2})
SKILLS = RecipeRule("skills", "overlap", "Skills wanted and offered", "skills_wanted", "skills_offered", "high")
GOALS = RecipeRule("goal", "overlap", "Goals in common", "goal", "goal", "mid")


def level_gap(*, least: int | None = None, most: int | None = None, label: str) -> RecipeRule:
    """The mentor's level minus the mentee's has to lie between these."""
    limits = {name: value for name, value in (("min_gap", least), ("max_gap", most)) if value is not None}
    return RecipeRule("level", "gap", label, "level", "level", "must", params={**limits, "unit": "level"})


def years_gap(*, least: int, most: int | None = None, label: str) -> RecipeRule:
    """The same by years of experience: switched off, for organisations where levels say little."""
    limits = {"min_gap": least} if most is None else {"min_gap": least, "max_gap": most}
    return RecipeRule("years", "gap", label, "years", "years", "off", params={**limits, "unit": "year"})


def levels_apart_at_most(steps: int) -> RecipeRule:
    """Between equals: nobody is far ahead."""
    label = "On the same level" if steps == 0 else "Not more than one level apart"
    params = {"max_gap": steps, "absolute": True, "unit": "level"}
    return RecipeRule("level", "gap", label, "level", "level", "must", params=params)


def different(purpose: str, label: str, strength: str) -> RecipeRule:
    """The two answers are not the same."""
    return RecipeRule(f"different_{purpose}", "differ", label, purpose, purpose, strength)
