"""One program with two tracks, as the advisor recommends: a person may be in both and is matched in each."""

import datetime as dt

import pytest
from django.test import Client

from matching import services as matching
from matching.models import Proposal, Seat
from participants.models import RoleGrant, User
from programs import services
from programs.catalogue.advisor import Answers
from programs.models import Enrolment, Role, Track
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def dana() -> User:
    user: User = UserFactory.create()
    RoleGrant.objects.create(user=user, role="coordinator", granted_at=NOW)
    return user


def join(track: Track, role: str, user: User, level: str) -> Enrolment:
    answers = {"level": level, "language": ["English"], "department": user.first_name}
    known = set(track.program.fields.values_list("slug", flat=True))
    given = {slug: answer for slug, answer in answers.items() if slug in known}
    return services.enrol(track=track, user=user, role=role, answers=given, by=None, now=NOW)


def solved(track: Track, by: User) -> Proposal:
    found = matching.run_proposal(matching.start_proposal(track=track, by=by, now=NOW).pk, clock=lambda: LATER)
    assert found is not None
    assert found.state == Proposal.State.DRAFT, found.error
    return found


def test_a_person_in_both_tracks_is_matched_in_each_and_sees_both(client: Client, dana: User) -> None:
    program = services.create_from_advice(answers=Answers(), models=["traditional", "peer"], by=dana, now=NOW)
    traditional, peer = program.tracks.order_by("position")
    both, other, mentor = (UserFactory.create(first_name=name) for name in ("Bea", "Olu", "Mia"))
    join(traditional, Role.MENTOR, mentor, "Director")
    join(traditional, Role.MENTEE, both, "Junior")
    for user in (both, other):
        join(peer, Role.PEER, user, "Junior")
    for track, partner in ((traditional, mentor), (peer, other)):
        proposal = solved(track, dana)
        mine = Seat.objects.get(match__proposal=proposal, enrolment__user=both)
        assert [seat.enrolment.user for seat in mine.match.seats.exclude(pk=mine.pk)] == [partner]
        matching.publish(proposal=proposal, by=dana, now=LATER)
    client.force_login(both)
    page = client.get("/me/").content.decode()
    assert "Mia" in page
    assert "Olu" in page
