"""Many rows at once, for many rounds: people, tracks, pairs that are on."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from matching.models import Match, MatchingPlan, Seat
from matching.services.gathering import people_key
from participants.models import User
from programs.models import Enrolment, Program, Role, Track
from sessions.models import Session
from tests.factories.matching import ProposalFactory
from tests.factories.programs import NOW, ProgramFactory
from tests.factories.sessions import SessionFactory

_number = itertools.count()
LATER = NOW + dt.timedelta(hours=1)


def program(**facts: object) -> Program:
    return ProgramFactory.create(slug=f"race-{next(_number)}", **facts)


def people(count: int) -> list[User]:
    """Accounts with nothing to do yet."""
    made = [
        User(email=f"racer{next(_number)}@example.org", first_name="Rae", last_name="Example", password="!")
        for _ in range(count)
    ]
    return User.objects.bulk_create(made)


def tracks(where: Program, count: int, **facts: object) -> list[Track]:
    facts = {"model": "traditional", "capacity": 1, **facts}
    made = [Track(program=where, slug=f"t{next(_number)}", name="Track", **facts) for _ in range(count)]
    made = Track.objects.bulk_create(made)
    MatchingPlan.objects.bulk_create([MatchingPlan(track=each) for each in made])
    return made


def enrolled(places: Sequence[tuple[Track, str]]) -> list[Enrolment]:
    """Somebody new for each of these places."""
    users = people(len(places))
    return Enrolment.objects.bulk_create(
        [
            Enrolment(track=track, user=user, role=role, joined_at=NOW)
            for (track, role), user in zip(places, users, strict=True)
        ]
    )


@dataclass(frozen=True)
class Pair:
    match: Match
    mentor: Enrolment
    mentee: Enrolment
    # Of the mentee.
    seat: Seat


def pairs(where: Program, count: int, *, state: str = Match.State.ACTIVE) -> list[Pair]:
    """Pairs of one track that are on, or (offered) where nobody has answered."""
    (track,) = tracks(where, 1)
    everybody = enrolled([(track, Role.MENTOR)] * count + [(track, Role.MENTEE)] * count)
    return seated(track, list(zip(everybody[:count], everybody[count:], strict=True)), state)


def seated(track: Track, couples: Sequence[tuple[Enrolment, Enrolment]], state: str = Match.State.ACTIVE) -> list[Pair]:
    is_on = state == Match.State.ACTIVE
    plan = ProposalFactory.create(track=track, state="published", published_at=NOW)
    facts = {"track": track, "proposal": plan, "state": state, "created_at": NOW, "offered_at": NOW}
    matches = Match.objects.bulk_create([Match(**facts, activated_at=NOW if is_on else None, score=1) for _ in couples])
    place: dict[int, int] = {}
    seats = []
    for match, couple in zip(matches, couples, strict=True):
        for each in couple:
            place[each.pk] = place.get(each.pk, 0) + 1
            answer = {"answer": "accepted", "answered_at": NOW} if is_on else {}
            facts = {"place": place[each.pk], "places": 50 if each.role == Role.MENTOR else 1, "live": True}
            seats.append(Seat(match=match, enrolment=each, role=each.role, **facts, **answer))
        match.people_key = people_key(seats[-2:])
    seats = Seat.objects.bulk_create(seats)
    Match.objects.bulk_update(matches, ["people_key"])
    return [
        Pair(match, mentor, mentee, seat)
        for match, (mentor, mentee), seat in zip(matches, couples, seats[1::2], strict=True)
    ]


def planned(matches: Sequence[Match]) -> list[Session]:
    """One session of each, tomorrow."""
    return Session.objects.bulk_create([SessionFactory.build(match=each) for each in matches])


def alternately(clients: int, *deeds: object) -> list[object]:
    """These in turn, as many as there are clients."""
    return [deeds[client % len(deeds)] for client in range(clients)]
