"""What grouping refuses before it looks for groups."""

import numpy as np
import pytest

from matching.engine import Seats, Spread, group

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": (4, 3)}, "size must be"),
        ({"size": (1, 2), "effort": 0}, "effort must be"),
        ({"size": (1, 2), "seats": Seats((9,))}, "seats must name"),
        ({"size": (1, 2), "seats": Seats((0,), 2, 1)}, "least <= most"),
        ({"size": (1, 2), "spread": [Spread(("a",))]}, "1 values for 3 people"),
        ({"size": (1, 2), "apart": [(0, 0)]}, "with themselves"),
        ({"size": (1, 2), "objective": "stable"}, "objective must be one of"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        group(np.zeros((3, 3)), **arguments)
