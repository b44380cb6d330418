"""The last places of a track, and many who want them at once."""

import threading

import pytest

from programs.models import Application, Enrolment
from programs.services import leave
from programs.services.enrolling import IntakeSpec, set_intake
from programs.services.enrolling_applying import send_application, start_application
from programs.services.enrolling_deciding import accept_applications
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, ProgramFactory, TrackFactory
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, PLACES, MANY = 4, 2, 6


def started(spec: IntakeSpec) -> list[Application]:
    """So many applications for so few places, still to be sent."""
    track = TrackFactory.create(program=ProgramFactory.create(takes_applications=True))
    set_intake(track=track, spec=spec, by=UserFactory.create(), now=NOW)
    users = UserFactory.create_batch(MANY)
    return [start_application(track=track, role="mentee", by=user, now=NOW) for user in users]


def standing(applications: list[Application]) -> list[str]:
    return sorted(Application.objects.filter(pk__in=[each.pk for each in applications]).values_list("state", flat=True))


FULL = ["accepted"] * PLACES + ["waiting"] * (MANY - PLACES)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_places_are_given_once_when_all_apply_at_once(_round: int) -> None:
    wanted = started(IntakeSpec(screened=False, mentee_places=PLACES))
    deeds = [lambda each=each: send_application(application=each, by=each.user, now=NOW) for each in wanted]
    assert {type(result).__name__ for result in together(*deeds)} == {"Application"}
    assert standing(wanted) == FULL
    assert Enrolment.objects.filter(track=wanted[0].track, state="active").count() == PLACES


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_places_are_given_once_when_coordinators_accept_at_once(_round: int) -> None:
    wanted = started(IntakeSpec(mentee_places=PLACES))
    for each in wanted:
        send_application(application=each, by=each.user, now=NOW)
    program, boss = wanted[0].track.program, UserFactory.create()
    deeds = [lambda each=each: accept_applications(program=program, ids=[each.pk], by=boss, now=NOW) for each in wanted]
    assert {type(result).__name__ for result in together(*deeds)} == {"Outcome"}
    assert standing(wanted) == FULL


def test_places_that_become_free_at_once_are_passed_on_once_each() -> None:
    wanted = started(IntakeSpec(screened=False, mentee_places=PLACES))
    for each in wanted:
        send_application(application=each, by=each.user, now=NOW)
    seated = Enrolment.objects.filter(track=wanted[0].track)
    deeds = [lambda each=each: leave(enrolment=each, by=each.user, now=NOW) for each in seated]
    assert {type(result).__name__ for result in together(*deeds)} == {"Enrolment"}
    assert Enrolment.objects.filter(track=wanted[0].track, state="active").count() == PLACES
    assert standing(wanted) == ["accepted"] * 2 * PLACES + ["waiting"] * (MANY - 2 * PLACES)


def test_without_the_lock_the_last_place_is_given_to_everybody() -> None:
    """The negative control: all count before any has been accepted, which the lock of the service does not allow."""
    wanted = started(IntakeSpec(mentee_places=1))
    looked = threading.Barrier(MANY)

    def naive(application: Application) -> None:
        taken = Application.objects.filter(track=application.track, state="accepted").count()
        looked.wait(timeout=20)
        if taken < 1:
            Application.objects.filter(pk=application.pk).update(state="accepted", sent_at=NOW)

    together(*[lambda each=each: naive(each) for each in wanted])
    assert standing(wanted) == ["accepted"] * MANY
