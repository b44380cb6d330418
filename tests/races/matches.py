"""Races about who is matched with whom: races 1, 2, 3, 5 and 6."""

from collections.abc import Sequence
from typing import Any

from matching import services
from matching.errors import AlreadyPublished, CannotMatch, DataChanged, OfferOver
from matching.models import Match, Proposal, Seat
from matching.queries.inputs import inputs_for
from participants.models import User
from programs.models import Enrolment, Role, Track
from programs.services import change_enrolment
from tests.factories.programs import NOW
from tests.races.race import Race, Round, Said, gone, words
from tests.races.standing import LATER, alternately, enrolled, pairs, people, program, tracks

# What publishing writes once it has looked at everything: the places of the people.
TAKES_PLACES = r'UPDATE "matching_seat" SET'


def drafts(of: Sequence[tuple[Track, Sequence[tuple[Enrolment, Enrolment]]]]) -> list[Proposal]:
    """A draft each, with these pairs, computed from what stands now."""
    number: dict[int, int] = {}
    made = []
    for track, _ in of:
        number[track.program_id] = number.get(track.program_id, 0) + 1
        facts = {"program_id": track.program_id, "objective": "cover", "created_at": NOW}
        made.append(Proposal(track=track, number=number[track.program_id], state=Proposal.State.DRAFT, **facts))
    for each in (made := Proposal.objects.bulk_create(made)):
        each.input_hash = inputs_for(each).fingerprint
    Proposal.objects.bulk_update(made, ["input_hash"])
    couples = [(draft, couple) for draft, (_, some) in zip(made, of, strict=True) for couple in some]
    matches = Match.objects.bulk_create(
        [Match(track=draft.track, proposal=draft, score=1, created_at=NOW) for draft, _ in couples]
    )
    seats = [
        Seat(match=match, enrolment=each, role=each.role)
        for match, (_, couple) in zip(matches, couples, strict=True)
        for each in couple
    ]
    Seat.objects.bulk_create(seats)
    return made


def trios(rounds: int) -> list[tuple[Track, Enrolment, Enrolment, Enrolment]]:
    """A track each, with two mentors and a mentee."""
    places = tracks(program(), rounds)
    roles = (Role.MENTOR, Role.MENTOR, Role.MENTEE)
    everybody = enrolled([(track, role) for track in places for role in roles])
    return [(track, *everybody[3 * n : 3 * n + 3]) for n, track in enumerate(places)]  # type: ignore[misc]  # three each


def publish(draft: Proposal, by: User | None = None) -> str:
    services.publish(proposal=draft, by=by, now=LATER)
    return "published"


class PublishedTwice(Race):
    number = 1
    what = "One proposal is published by all at once"
    guard = "row locks: program, then proposal"
    refused = (AlreadyPublished,)

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        made = drafts([(track, [(mentor, mentee)]) for track, mentor, _, mentee in trios(rounds)])
        return [Round([(each,)] * clients) for each in made]

    def deed(self, *job: Any) -> str:
        return publish(*job)

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return words(said).count("published") != 1


class PublishedWhileEdited(Race):
    number = 2
    what = "A proposal is published while its people are edited"
    guard = "row locks: plan and people, before what they were is compared"
    refused = (AlreadyPublished, DataChanged)

    def leaders(self, clients: int) -> int:
        return clients // 2

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        there = trios(rounds)
        made = drafts([(track, [(mentor, mentee)]) for track, mentor, _, mentee in there])
        (by,) = people(1)
        first = self.leaders(clients)
        return [
            Round([(draft, None, 0, by)] * first + [(None, who[1], client, by) for client in range(first, clients)])
            for draft, who in zip(made, there, strict=True)
        ]

    def deed(self, *job: Any) -> str:
        draft, mentor, places, by = job
        if draft is not None:
            return publish(draft)
        change_enrolment(enrolment=mentor, answers={}, capacity=places + 1, by=by, now=LATER)
        return "edited"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        """Offered, though somebody had edited before the first offer was written."""
        return any(each.word == "published" and each.behind for each in said)


class AcceptedAndDeclined(Race):
    number = 3
    what = "One seat is accepted and declined at once"
    guard = "row lock: match"
    refused = (OfferOver,)

    def quorum(self, clients: int) -> int:
        return clients // 2 + 1

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        offers = pairs(program(), rounds, state=Match.State.OFFERED)
        return [Round([(each.seat, yes) for yes in alternately(clients, True, False)], each.seat) for each in offers]

    def deed(self, *job: Any) -> str:
        seat, yes = job
        services.answer_seat(seat=seat, accept=yes, now=LATER)
        return "accepted" if yes else "declined"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        told = {each for each in words(said) if each in ("accepted", "declined")}
        seat = Seat.objects.select_related("match").get(pk=was.facts.pk)
        as_told = {("accepted", "offered"), ("declined", "declined")}
        return told != {seat.answer} or (seat.answer, seat.match.state) not in as_told


class _TwoDrafts(Race):
    """Two drafts of one track are published at once."""

    refused = (AlreadyPublished, DataChanged, CannotMatch)
    at = TAKES_PLACES

    def quorum(self, clients: int) -> int:
        return clients // 2 + 1

    def couples(self, one: Enrolment, other: Enrolment, mentee: Enrolment) -> list[tuple[Enrolment, Enrolment]]:
        """Of each of the drafts."""
        raise NotImplementedError

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        there = trios(rounds)
        made = drafts([(track, [couple]) for track, *three in there for couple in self.couples(*three)])
        twos = zip(made[::2], made[1::2], there, strict=True)
        return [Round([(each,) for each in alternately(clients, one, two)], who[3]) for one, two, who in twos]

    def deed(self, *job: Any) -> str:
        return publish(*job)

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        """The mentee has one place, and so one offer."""
        live = Seat.objects.filter(enrolment=was.facts, live=True, match__state=Match.State.OFFERED)
        return words(said).count("published") != 1 or live.count() != 1


class PairMatchedTwice(_TwoDrafts):
    number = 5
    what = "The same pair is offered by two proposals at once"
    guard = "row locks, and unique: people of a live match, place of a person, published proposal of a track"
    constraints = (
        gone(Match, "people_key"),
        gone(Seat, "enrolment_id", "place"),
        gone(Proposal, "track_id"),
    )

    def couples(self, one: Enrolment, other: Enrolment, mentee: Enrolment) -> list[tuple[Enrolment, Enrolment]]:
        return [(one, mentee), (one, mentee)]


class TwoMentors(_TwoDrafts):
    number = 6
    what = "Two mentors are offered to one mentee at once"
    guard = "row locks, and unique: place of a person, published proposal of a track"
    constraints = (gone(Seat, "enrolment_id", "place"), gone(Proposal, "track_id"))

    def couples(self, one: Enrolment, other: Enrolment, mentee: Enrolment) -> list[tuple[Enrolment, Enrolment]]:
        return [(one, mentee), (other, mentee)]
