"""One person of a draft: where they are, where else they could be, and why not somewhere else."""

from dataclasses import dataclass

from matching.criteria import max_points
from matching.models import Proposal
from matching.queries.inputs import Entrant
from matching.queries.others import Option, options_for, points_of, scores_with
from matching.queries.places import Places
from matching.queries.seated import Seated, seated_in
from matching.queries.ways import Ways, ways_for
from matching.queries.why_not import Answer, people_to_ask_about, why_not
from programs.models import Role

# More names than these are no list to choose from.
MOST_ASKED = 100
SHOWN_AT_ONCE = 50


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
    # Whom one can ask about: of very many the best, or those found by name.
    others: list[Entrant]
    asked: int
    wanted: str
    answer: Answer | None
    places: Places | None = None

    @property
    def many(self) -> bool:
        """Whether somebody is looked for by name rather than in a list of all."""
        return self.asked > MOST_ASKED

    @property
    def partner_names(self) -> str:
        return " and ".join(each.name for each in self.partners)


def person_page(proposal: Proposal, person: int, *, other: int | None = None, wanted: str = "") -> PersonPage | None:
    """None for somebody who does not take part in the track, as it is now. `wanted` is part of a name to ask about."""
    seated = seated_in(proposal)
    if person not in seated.people:
        return None
    group, asked = seated.with_whom(person), people_to_ask_about(seated, person)
    mine = [each for each in seated.groups if person in each]
    return PersonPage(
        seated.people[person],
        [seated.people[p] for each in mine for p in each if p != person],
        sum(points_of(seated, each) for each in mine),
        max_points(seated.inputs.rules) * max(1, sum(len(each) * (len(each) - 1) // 2 for each in mine)),
        group in seated.locked,
        options_for(seated, person),
        ways_for(seated, person),
        _to_choose_from(seated, person, asked, wanted, other),
        len(asked),
        wanted,
        _answer(seated, person, other),
        _places(seated, seated.people[person]),
    )


def _places(seated: Seated, person: Entrant) -> Places | None:
    if seated.inputs.peers or person.role != Role.MENTOR:
        return None
    return Places(person.places - person.free + seated.load[person.enrolment_id], person.places)


def _to_choose_from(seated: Seated, person: int, asked: list[Entrant], wanted: str, other: int | None) -> list[Entrant]:
    """All by name where they are few; else the best first of those whose name has the wanted words, and who was asked
    about."""
    if len(asked) <= MOST_ASKED:
        return asked
    words = wanted.casefold().split()
    found = [each for each in asked if all(word in each.name.casefold() for word in words)]
    scores = scores_with(seated, person)
    best = sorted(found, key=lambda each: -(scores.get(each.enrolment_id) or 0))[:SHOWN_AT_ONCE]
    return best + [each for each in asked if each.enrolment_id == other and each not in best]


def _answer(seated: Seated, person: int, other: int | None) -> Answer | None:
    return None if other is None else why_not(seated, person, other)
