"""How many a group may have."""

from dataclasses import dataclass

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


def sizes_of(inputs: Inputs) -> Sizes:
    """What the model and the track say; where the track's places are too few, `most` is below `least`."""
    size = inputs.model.size
    if inputs.peers:
        return Sizes(size.least, size.most)
    most = min(size.most - size.mentors_most, inputs.capacity)
    return Sizes(size.least, most, size.mentors_least, size.mentors_most)
