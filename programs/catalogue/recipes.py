"""Rules that many models share, so that a model's file says only what is its own."""

from programs.catalogue.base import RecipeRule

LANGUAGE = RecipeRule(
    "language", "among", "A language in common", "language", "language", "must", params={"verb": "speak"}
)
SKILLS = RecipeRule(
    "skills", "covered", "Skills wanted and offered", "skills_wanted", "skills_offered", "high", instead="overlap"
)
OTHER_STRENGTHS = RecipeRule(
    "strengths", "variety", "Strengths that add to each other", "skills_offered", "skills_offered", "low"
)
GOALS = RecipeRule("goal", "overlap", "Goals in common", "goal", "goal", "mid")


def times(minutes: int, *, forbids: bool = True) -> RecipeRule:
    """Two people need the time of a session in common, and the more they have the better, up to twice as much.

    Who has not said when they are free is not left over for that. Larger groups and single sessions find their own
    dates: there it only gives points.
    """
    return RecipeRule(
        *("time", "time", "Times in common", "time", "time", "high"),
        others_forbidden=forbids,
        params={"full_minutes": 2 * minutes, "min_minutes": minutes, "silent_fits": True},
        instead="overlap",
        instead_params={"full_at": 2},
    )


def skill_known(key: str, label: str) -> RecipeRule:
    """At least one skill wanted is offered at the level wanted: without that there is nothing to meet for."""
    return RecipeRule(key, "covered", label, "skills_wanted", "skills_offered", "must", instead="among")


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


def no_rivals(purpose: str, label: str) -> RecipeRule:
    """Two who aim at one post are never matched; who aims at none, or does not say, is nobody's rival."""
    return RecipeRule("rivals", "differ", label, purpose, purpose, "must", params={"silent_fits": True})
