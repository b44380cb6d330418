"""How large groups are: what the model says, within what the track and its people allow."""

from matching.errors import CannotMatch
from matching.queries.inputs import Inputs
from matching.queries.sizes import Sizes, sizes_of


def limits_of(inputs: Inputs) -> Sizes:
    """The smallest and the largest group there may be. Raises CannotMatch where the track's places are too few."""
    limits = sizes_of(inputs)
    if limits.most < limits.least:
        one = inputs.model.words.one
        raise CannotMatch(
            f"A {one} needs at least {limits.least} mentees, but the track gives it {limits.most} places."
        )
    return limits


def usual_of(inputs: Inputs) -> Sizes:
    """The sizes that are usual, within the limits."""
    limits, size = limits_of(inputs), inputs.model.size
    least = min(limits.most, max(limits.least, size.usual_least - limits.leaders_least))
    most = min(limits.most, max(least, size.usual_most - limits.leaders_most))
    return Sizes(least, most, limits.leaders_least, limits.leaders_most)


def sizes_for(inputs: Inputs, members: int, leaders: int) -> Sizes:
    """The usual sizes where they leave nobody out whom the limits would place; else the limits."""
    usual, limits = usual_of(inputs), limits_of(inputs)
    return usual if usual.room(members, leaders) == limits.room(members, leaders) else limits
