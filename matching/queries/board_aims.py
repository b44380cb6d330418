"""What the aim of a run costs against the other aims, in words."""

from collections.abc import Mapping
from typing import Any

from matching.models import MatchingPlan, Proposal

AIMS = dict(MatchingPlan.Objective.choices)


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
        said.append(f"a lowest score of {other['lowest']} instead of {chosen['lowest']}")
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
