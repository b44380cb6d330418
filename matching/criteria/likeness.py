"""How much two texts, such as goals in people's own words, are about the same thing: an interface and its rule.

None is shipped. An installation that has a scorer of texts names it, and only then is there a rule of this kind.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.criteria.answers import Answer
from matching.criteria.kinds import offer
from matching.criteria.kinds.base import Bound, Encoded, Facts, Kind, Outcome, Param, portion
from matching.criteria.model import IntArray

_TEXT = frozenset({"text"})
_STEPS = 1000
_LEAST = 50


class TextScorer(Protocol):
    """What an installation's scorer of texts can do."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row a text, the same for the same text in any company. Texts about the same thing have a small angle
        between them; the length of a row does not matter, and a row of zeros is about nothing.
        """


class Likeness(Kind):
    """Points = full × the cosine of the angle between the two texts, none where it is below 0."""

    slug = "likeness"
    title = "Texts about the same thing"
    help = "The more two texts are about the same thing, the more points, as the installation’s own scorer sees it."
    order = 95
    taker_kinds = giver_kinds = _TEXT
    params: ClassVar[Mapping[str, Param]] = {
        "least": Param((int,), f"As a must: at least so many hundredths alike; {_LEAST} if not given."),
    }

    def __init__(self, scorer: TextScorer) -> None:
        self._scorer = scorer

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        del bound
        return self._directions(takers), self._directions(givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        alike = _hundredths(takers, givers)
        return Outcome(portion(bound.rule.full_points, alike, 100), alike >= bound.param("least", _LEAST))

    def sentence(self, facts: Facts) -> str:
        alike = int(_hundredths(self._directions([facts.taker_answer]), self._directions([facts.giver_answer]))[0, 0])
        return f"{facts.label}: the two texts are alike to {alike} of 100"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        del to_giver
        return f"{facts.label}: you wrote of similar things"

    def problems(self, bound: Bound) -> list[str]:
        return [] if 1 <= bound.param("least", 1) <= 100 else ["Texts are alike to 1 up to 100 of 100."]

    def _directions(self, texts: Sequence[Answer]) -> Encoded:
        """Rows of length 1 in whole thousandths, so that products are exact whatever the size of the block."""
        rows = np.atleast_2d(np.asarray(self._scorer.vectors([str(text) for text in texts]), dtype=np.float64))
        if len(rows) != len(texts) or not np.isfinite(rows).all():
            message = f"The scorer of texts gave {len(rows)} rows for {len(texts)} texts, or rows without a direction"
            raise ValueError(message)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.rint(_STEPS * np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


def _hundredths(takers: Encoded, givers: Encoded) -> IntArray:
    alike: IntArray = np.rint(np.clip(takers @ givers.T, 0, _STEPS**2)).astype(np.int64)
    return (alike + _STEPS**2 // 200) * 100 // _STEPS**2


def use_text_scorer(scorer: TextScorer) -> None:
    """From now on there is a rule about texts, scored by this."""
    offer(Likeness(scorer))
