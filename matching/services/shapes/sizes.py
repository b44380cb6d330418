"""How large groups are: what the model says, within what the track and its people allow."""

from dataclasses import dataclass

from matching.errors import CannotMatch
from matching.queries.inputs import Inputs


@dataclass(frozen=True)
class Sizes:
    """Members of one group without those who lead it, and how many lead it."""

    least: int
    most: int
    leaders_least: int = 0
    leaders_most: int = 0

    def room(self, members: int, leaders: int) -> int:
        """How many of these members can be in groups at once, rules aside."""
        groups = members // self.least
        if self.leaders_least:
            groups = min(groups, leaders // self.leaders_least)
        return max((min(members, number * self.most) for number in range(1, groups + 1)), default=0)


def limits_of(inputs: Inputs) -> Sizes:
    """The smallest and the largest group there may be. Raises CannotMatch where the track's places are too few."""
    size = inputs.model.size
    if inputs.peers:
        return Sizes(size.least, size.most)
    most = min(size.most - size.mentors_most, inputs.capacity)
    if most < size.least:
        one = inputs.model.words.one
        raise CannotMatch(f"A {one} needs at least {size.least} mentees, but the track gives it {most} places.")
    return Sizes(size.least, most, size.mentors_least, size.mentors_most)


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
