"""The two answers are not the same."""

from typing import ClassVar

from matching.criteria.kinds.base import SILENT_FITS, Bound, Encoded, Facts, Outcome, Param, all_or_nothing
from matching.criteria.kinds.equal import Equal, same_or_different, told_same_or_different


class Differ(Equal):
    slug = "differ"
    title = "Different"
    help = "Fits where the two answers are not the same."
    order = 20
    params: ClassVar[dict[str, Param]] = {"silent_fits": SILENT_FITS}

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        return all_or_nothing(bound.rule, takers[:, None] != givers[None, :])

    def sentence(self, facts: Facts) -> str:
        return same_or_different(facts, same=not facts.met)

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        return told_same_or_different(facts, same=not facts.met, to_giver=to_giver)


KIND = Differ()
