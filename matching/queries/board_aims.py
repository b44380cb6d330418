"""What the aim of a run costs against the other aims, in words."""

from collections.abc import Mapping
from typing import Any

from matching.models import MatchingPlan, Proposal
from programs.catalogue.base import Shape

AIMS = dict(MatchingPlan.Objective.choices)

# What is lowest, by "lowest_of": a whole match, the average pair of a group, or a network's helper.
LOWEST = {
    "": "a lowest score of {:,} instead of {:,}",
    "pair in a group": "{:,} instead of {:,} points for each pair of people in the lowest group",
    "helper": "{:,} instead of {:,} points with the helper who fits least",
}


# Why there is nothing to choose, for shapes with one aim.
ONLY_AIM = {
    Shape.SLOTS: "Sessions have this one aim: as many people as possible get one, then the scores count, then the "
    "earlier time. Nobody is tied to a low score for long, so none has to be raised at the cost of others."
}


def only_aim(shape: Shape) -> str:
    """Why a run over this shape has no other aim; "" where there is a choice."""
    return ONLY_AIM.get(shape, "")


def price_of_aim(proposal: Proposal) -> list[str]:
    """One sentence for each other aim that was looked at when the proposal was made; [] where none was.

    The figures are those of the run, whatever was changed by hand since.
    """
    chosen = next((aim for aim in proposal.aims if aim["chosen"]), None)
    if chosen is None:
        return []
    return [_sentence(chosen, aim) for aim in proposal.aims if not aim["chosen"]]


def _sentence(chosen: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    name = f"“{AIMS.get(other['objective'], other['objective'])}”"
    said = [
        _more(other["placed"] - chosen["placed"], "place filled", "places filled"),
        _more(other["total"] - chosen["total"], "point in all", "points in all"),
    ]
    if other["lowest"] is not None and chosen["lowest"] is not None and other["lowest"] != chosen["lowest"]:
        said.append(LOWEST[other.get("lowest_of", "")].format(other["lowest"], chosen["lowest"]))
    kept = [words for words in said if words]
    if not kept:
        return f"{name} would give the same figures."
    listed = kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} and {kept[-1]}"
    return f"{name} would give {listed}{'' if other['optimal'] else ', as far as was found'}."


def _more(difference: int, one: str, many: str) -> str:
    if not difference:
        return ""
    noun, more = one if abs(difference) == 1 else many, "more" if difference > 0 else "fewer"
    first, _, rest = noun.partition(" ")
    return f"{abs(difference):,} {more} {first} {rest}"
