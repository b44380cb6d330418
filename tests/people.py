"""The cast of every access test: who is who, in two programs of the same shape."""

from dataclasses import dataclass

from matching.models import Match
from participants.models import RoleGrant, User
from programs.models import Program, Role, Track
from tests.factories.matching import PlanFactory, make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory


@dataclass(frozen=True)
class Cast:
    alice: User  # coordinates the program
    bob: User  # mentors mia in it
    mia: User  # is mentored by bob
    paul: User  # takes part in the same program, in another pair
    charlie: User  # has an account and nothing else
    dora: User  # coordinates another program
    ada: User  # is the organisation's admin
    sally: User  # is the safeguarding lead
    xena: User  # left the program
    program: Program
    track: Track
    match: Match
    other_program: Program
    other_match: Match


def person(name: str) -> User:
    return UserFactory.create(email=f"{name.lower()}@example.org", first_name=name, last_name="Example")


def make_cast() -> Cast:
    people = {name: person(name.title()) for name in "alice bob mia paul charlie dora ada sally xena".split()}
    program = ProgramFactory.create(slug="spring", name="Spring program")
    other = ProgramFactory.create(slug="autumn", name="Autumn program")
    CoordinatorFactory.create(program=program, user=people["alice"])
    CoordinatorFactory.create(program=other, user=people["dora"])
    for name, role in (("ada", RoleGrant.Role.ADMIN), ("sally", RoleGrant.Role.SAFEGUARDING_LEAD)):
        RoleGrant.objects.create(user=people[name], role=role, granted_at=NOW)
    track = TrackFactory.create(program=program, slug="mentoring", name="Mentoring", capacity=2)
    other_track = TrackFactory.create(program=other, slug="mentoring", name="Mentoring", capacity=2)
    PlanFactory.create(track=track)
    PlanFactory.create(track=other_track)
    bob = EnrolmentFactory.create(track=track, user=people["bob"], role=Role.MENTOR)
    mia = EnrolmentFactory.create(track=track, user=people["mia"], role=Role.MENTEE)
    second = EnrolmentFactory.create(track=track, role=Role.MENTOR)
    paul = EnrolmentFactory.create(track=track, user=people["paul"], role=Role.MENTEE)
    EnrolmentFactory.create(track=track, user=people["xena"], role=Role.MENTEE, state="left", left_at=NOW)
    make_pair(second, paul)
    elsewhere = make_pair(
        EnrolmentFactory.create(track=other_track, role=Role.MENTOR),
        EnrolmentFactory.create(track=other_track, role=Role.MENTEE),
    )
    return Cast(
        **people,
        program=program,
        track=track,
        match=make_pair(bob, mia),
        other_program=other,
        other_match=elsewhere,
    )
