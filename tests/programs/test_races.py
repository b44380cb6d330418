"""Two people at the same program at once. Each race has a barrier, so that all are on their way before one is done."""

import threading

import pytest

from participants.models import AuditEntry, User
from participants.services import LastAdmin, ensure_account, grant_role, revoke_role
from programs import services
from programs.errors import Outdated, ProgramError
from programs.models import Coordinator, Enrolment, Program, Role, Track
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.racing import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_who_remove_each_other_leave_one(_round: int) -> None:
    program = ProgramFactory.create()
    one, other = (CoordinatorFactory.create(program=program) for _ in range(2))
    results = together(
        lambda: services.remove_coordinator(coordinator=other, by=one.user, now=NOW),
        lambda: services.remove_coordinator(coordinator=one, by=other.user, now=NOW),
    )
    assert kinds(results) == ["NoneType", "ProgramError"]
    assert program.coordinators.count() == 1


def test_without_the_lock_two_who_remove_each_other_leave_nobody() -> None:
    """The negative control: both look before either has removed, which the lock of the service does not allow."""
    program = ProgramFactory.create()
    pair = [CoordinatorFactory.create(program=program).pk for _ in range(2)]
    looked = threading.Barrier(2)

    def naive(pk: int) -> None:
        others = Coordinator.objects.filter(program=program).exclude(pk=pk).exists()
        looked.wait(timeout=20)
        if others:
            Coordinator.objects.filter(pk=pk).delete()

    together(*[lambda pk=pk: naive(pk) for pk in pair])
    assert program.coordinators.count() == 0


def test_two_admins_who_take_the_role_from_each_other_leave_one() -> None:
    pair = [UserFactory.create() for _ in range(2)]
    for user in pair:
        grant_role(user=user, role="admin", by=None, now=NOW)
    deeds = [lambda user=user: revoke_role(user=user, role="admin", by=None, now=NOW) for user in pair]
    results = together(*deeds)
    assert [isinstance(result, LastAdmin) for result in results].count(True) == 1
    assert User.objects.filter(role_grants__role="admin").count() == 1


def test_of_two_who_change_what_both_have_seen_the_second_is_told() -> None:
    program = ProgramFactory.create(version=4)
    basics = [services.Basics(name, program.starts_on, program.ends_on) for name in ("Theirs", "Mine")]
    by = UserFactory.create()
    results = together(
        *[
            lambda each=each: services.change_program(program=program, basics=each, version=4, by=by, now=NOW)
            for each in basics
        ]
    )
    assert kinds(results) == ["Outdated", "Program"]
    first = next(result for result in results if isinstance(result, Program))
    program.refresh_from_db()
    assert (program.name, program.version) == (first.name, 5)
    assert AuditEntry.objects.filter(verb="program changed").count() == 1


def test_the_one_who_is_told_learns_how_it_is_now() -> None:
    program, by = ProgramFactory.create(), UserFactory.create()
    theirs = services.Basics("Theirs", program.starts_on, program.ends_on)
    services.change_program(program=program, basics=theirs, version=1, by=by, now=NOW)
    with pytest.raises(Outdated) as told:
        services.change_program(program=program, basics=theirs, version=1, by=by, now=NOW)
    assert getattr(told.value.now, "name", "") == "Theirs"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_who_remove_the_last_two_tracks_one_keeps_a_track(_round: int) -> None:
    program, by = ProgramFactory.create(), UserFactory.create()
    tracks = [TrackFactory.create(program=program) for _ in range(2)]
    results = together(*[lambda each=each: services.remove_track(track=each, by=by, now=NOW) for each in tracks])
    assert kinds(results) == ["NoneType", "ProgramError"]
    assert program.tracks.count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_person_enrolled_twice_at_once_is_enrolled_once(_round: int) -> None:
    track, user = TrackFactory.create(), UserFactory.create()
    deed = lambda: services.enrol(track=track, user=user, role=Role.MENTEE, answers={}, by=None, now=NOW)  # noqa: E731
    results = together(*[deed] * 3)
    assert kinds(results) == ["Enrolment"] * 3
    assert Enrolment.objects.filter(track=track, user=user).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_enrolling_and_leaving_at_once_ends_in_one_of_the_two(_round: int) -> None:
    enrolment, by = EnrolmentFactory.create(), UserFactory.create()
    track, user, role = enrolment.track, enrolment.user, enrolment.role
    results = together(
        lambda: services.enrol(track=track, user=user, role=role, answers={}, by=by, now=NOW),
        lambda: services.leave(enrolment=enrolment, by=by, now=NOW),
        lambda: services.take_back(enrolment=enrolment, by=by, now=NOW),
    )
    assert kinds(results) == ["Enrolment"] * 3
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.left_at) in {("active", None), ("left", NOW)}


def test_an_account_made_twice_at_once_is_one() -> None:
    results = together(*[lambda: ensure_account(email="New@Example.org")] * 4)
    assert len({result[0].pk for result in results}) == 1
    assert sorted(result[1] for result in results) == [False, False, False, True]


def test_a_field_removed_twice_at_once_is_gone_and_nobody_sees_an_error_page() -> None:
    program = ProgramFactory.create()
    by = UserFactory.create()
    field = services.add_field(program=program, spec=services.fields.FieldSpec("Town", "text"), by=by, now=NOW)
    results = together(*[lambda: services.remove_field(field=field, by=by, now=NOW)] * 2)
    assert kinds(results) == ["DoesNotExist", "NoneType"]


def test_taking_back_gives_the_answers_they_had_and_needs_no_new_ones() -> None:
    track, by = TrackFactory.create(), UserFactory.create()
    enrolment = EnrolmentFactory.create(track=track, answers={"town": "Lund"}, capacity=2)
    services.leave(enrolment=enrolment, by=by, now=NOW)
    spec = services.fields.FieldSpec("Since asked", "text", required=True)
    services.add_field(program=track.program, spec=spec, by=by, now=NOW)
    back = services.take_back(enrolment=enrolment, by=by, now=NOW)
    assert (back.state, back.left_at, back.answers, back.capacity) == ("active", None, {"town": "Lund"}, 2)
    services.take_back(enrolment=enrolment, by=by, now=NOW)
    assert AuditEntry.objects.filter(verb="taken back").count() == 1


def test_the_only_track_of_a_program_stays() -> None:
    track, by = TrackFactory.create(), UserFactory.create()
    with pytest.raises(ProgramError, match="needs a track"):
        services.remove_track(track=track, by=by, now=NOW)
    assert Track.objects.filter(pk=track.pk).exists()
