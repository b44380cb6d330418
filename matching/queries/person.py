"""One person of a draft: where they are, where else they could be, and why not somewhere else."""

from dataclasses import dataclass

from matching.criteria import max_points
from matching.models import Proposal
from matching.queries.inputs import Entrant
from matching.queries.others import Option, options_for, points_of
from matching.queries.seated import Seated, seated_in
from matching.queries.ways import Ways, ways_for
from matching.queries.why_not import Answer, people_to_ask_about, why_not


@dataclass(frozen=True)
class PersonPage:
    """What the page about one person of a draft says."""

    person: Entrant
    partners: list[Entrant]
    score: int
    most: int
    locked: bool
    options: list[Option]
    ways: Ways | None
    others: list[Entrant]
    answer: Answer | None

    @property
    def partner_names(self) -> str:
        return " and ".join(each.name for each in self.partners)

    @property
    def is_taker(self) -> bool:
        """Whether it is this person who is moved; between peers anybody is."""
        return self.ways is not None or bool(self.options) or self.person.role != "mentor"


def person_page(proposal: Proposal, person: int, *, other: int | None = None) -> PersonPage | None:
    """None for somebody who does not take part in the track, as it is now."""
    seated = seated_in(proposal)
    if person not in seated.people:
        return None
    group = seated.with_whom(person)
    mine = [each for each in seated.groups if person in each]
    return PersonPage(
        seated.people[person],
        [seated.people[p] for each in mine for p in each if p != person],
        sum(points_of(seated, each) for each in mine),
        max_points(seated.inputs.rules) * max(1, sum(len(each) * (len(each) - 1) // 2 for each in mine)),
        group in seated.locked,
        options_for(seated, person),
        ways_for(seated, person),
        people_to_ask_about(seated, person),
        _answer(seated, person, other),
    )


def _answer(seated: Seated, person: int, other: int | None) -> Answer | None:
    return None if other is None else why_not(seated, person, other)
