import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from participants.models import AuditEntry, User
from programs import hooks, services
from programs.errors import InUse, ProgramError
from programs.models import Coordinator, Enrolment, ProfileField, Program, Role, Track
from programs.services.fields import FieldSpec
from programs.services.programs import slug_for
from tests.factories.participants import UserFactory
from tests.factories.programs import (
    NOW,
    CoordinatorFactory,
    EnrolmentFactory,
    FieldFactory,
    ProgramFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db
BASICS = services.Basics("Spring", dt.date(2027, 3, 1), dt.date(2027, 8, 31), timezone="Europe/Berlin")


def create(**change: object) -> Program:
    basics = services.Basics(**{**BASICS.__dict__, **change})
    return services.create_program(basics=basics, models=["traditional", "peer"], by=UserFactory.create(), now=NOW)


# --- making one --------------------------------------------------------------------------


def test_a_new_program_has_its_tracks_its_questions_and_its_coordinator() -> None:
    program = create()
    tracks = [(track.slug, track.model, track.capacity, track.session_minutes) for track in program.tracks.all()]
    assert tracks == [("traditional", "traditional", 2, 60), ("peer", "peer", 1, 45)]
    assert {"level", "department", "skills-wanted", "skills-offered"} <= set(
        program.fields.values_list("slug", flat=True)
    )
    assert program.fields.get(slug="skills-wanted").asked_of == ["mentee", "peer"]
    assert not program.fields.filter(required=True).exists()
    assert not program.fields.filter(shared=False).exists()
    assert [each.user for each in program.coordinators.all()] == [program.created_by]
    assert program.state == Program.State.DRAFT


def test_two_programs_of_one_name_get_two_addresses() -> None:
    assert [create().slug, create().slug, create(name="Späte Gruppe").slug] == ["spring", "spring-2", "spate-gruppe"]


@pytest.mark.parametrize(("name", "slug"), [("New", "new-program"), ("日本", "program"), ("a" * 80, "a" * 50)])
def test_an_address_never_hides_a_page_and_always_is_one(name: str, slug: str) -> None:
    assert slug_for(name) == slug


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": dt.date(2027, 3, 1)}, "ends_on"),
        ({"timezone": "Europe/../../etc/passwd"}, "timezone"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_made(change: dict[str, object], field: str) -> None:
    with pytest.raises(ProgramError) as refused:
        create(**change)
    assert refused.value.field == field
    assert not Program.objects.exists()


def test_a_program_needs_a_model() -> None:
    with pytest.raises(ProgramError):
        services.create_program(basics=BASICS, models=[], by=None, now=NOW)


def test_every_change_is_written_down() -> None:
    program = create()
    assert program.created_by is not None
    services.change_program(program=program, basics=BASICS, version=1, by=program.created_by, now=NOW)
    verbs = list(AuditEntry.objects.filter(program_id=program.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["track added", "track added", "program created", "program changed"]


# --- tracks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"), [("capacity", 0), ("capacity", 51), ("cadence_days", 0), ("session_minutes", 481)]
)
def test_a_track_out_of_range_is_refused(field: str, value: int) -> None:
    numbers: dict[str, Any] = {"capacity": 2, "cadence_days": 14, "session_minutes": 60, field: value}
    with pytest.raises(ProgramError) as refused:
        services.change_track(track=TrackFactory.create(), name="", **numbers, by=None, now=NOW)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "wrong", [{"capacity": 51}, {"capacity": 0}, {"cadence_days": 0}, {"session_minutes": 4}, {"session_minutes": 481}]
)
def test_the_database_refuses_a_track_out_of_range(wrong: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackFactory.create(**wrong)


def test_the_database_refuses_dates_that_cross() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramFactory.create(ends_on=dt.date(2027, 3, 1))


def test_a_track_with_people_stays() -> None:
    track = EnrolmentFactory.create().track
    TrackFactory.create(program=track.program)
    with pytest.raises(InUse, match="1 people"):
        services.remove_track(track=track, by=None, now=NOW)
    assert Track.objects.filter(pk=track.pk).exists()


# --- fields ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (FieldSpec(" ", "text"), "label"),
        (FieldSpec("Grade", "ladder"), "kind"),
        (FieldSpec("Grade", "ordered", ["A"]), "options"),
        (FieldSpec("Grade", "ordered", ["A", "B", " a "]), "options"),
        (FieldSpec("Grade", "text", ["A", "B"]), "options"),
        (FieldSpec("Grade", "text", asked_of=[]), "asked_of"),
        (FieldSpec("Grade", "text", asked_of=["boss"]), "asked_of"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(spec: FieldSpec, field: str) -> None:
    with pytest.raises(ProgramError) as refused:
        services.add_field(program=ProgramFactory.create(), spec=spec, by=None, now=NOW)
    assert refused.value.field == field


def answered(kind: str, options: list[str], answer: object) -> ProfileField:
    track = TrackFactory.create()
    field = FieldFactory.create(program=track.program, slug="grade", label="Grade", kind=kind, options=options)
    EnrolmentFactory.create(track=track, answers={"grade": answer})
    return field


def test_an_option_somebody_chose_stays() -> None:
    field = answered("ordered", ["AA", "AO"], "AO")
    with pytest.raises(InUse, match="1 people answered “AO”"):
        services.change_field(field=field, spec=FieldSpec("Grade", "ordered", ["AA", "EO"]), by=None, now=NOW)
    services.change_field(field=field, spec=FieldSpec("Grade", "ordered", ["EO", "AO"]), by=None, now=NOW)
    field.refresh_from_db()
    assert field.options == ["EO", "AO"]


def test_an_option_among_several_stays_too_and_so_does_the_kind() -> None:
    field = answered("multi", ["A", "B", "C"], ["A", "C"])
    with pytest.raises(InUse):
        services.change_field(field=field, spec=FieldSpec("Grade", "multi", ["A", "B"]), by=None, now=NOW)
    with pytest.raises(InUse):
        services.change_field(field=field, spec=FieldSpec("Grade", "choice", ["A", "B", "C"]), by=None, now=NOW)
    with pytest.raises(InUse, match="1 people have answered"):
        services.remove_field(field=field, by=None, now=NOW)


def test_fields_change_places_and_the_last_cannot_fall_off() -> None:
    program = ProgramFactory.create()
    one, two = (FieldFactory.create(program=program, slug=slug, position=n) for n, slug in enumerate(("one", "two")))
    services.move_field(field=two, up=True)
    assert [field.slug for field in program.fields.all()] == ["two", "one"]
    services.move_field(field=one, up=False)
    assert [field.slug for field in program.fields.all()] == ["two", "one"]


# --- people ------------------------------------------------------------------------------


def track_with_fields() -> Track:
    track = TrackFactory.create()
    for slug, kind, options in (
        ("grade", "ordered", ["AA", "AO"]),
        ("skills", "multi", ["A", "B", "C"]),
        ("years", "number", []),
        ("agrees", "yesno", []),
        ("bio", "text", []),
    ):
        FieldFactory.create(program=track.program, slug=slug, label=slug, kind=kind, options=options)
    return track


def enrol(track: Track, answers: dict[str, object], **more: object) -> Enrolment:
    user = more.pop("user", None) or UserFactory.create()
    return services.enrol(track=track, user=user, role=Role.MENTEE, answers=answers, by=None, now=NOW, **more)  # type: ignore[arg-type]


def test_answers_are_kept_in_one_form_and_empty_ones_are_not_kept() -> None:
    answers = {"grade": "AO", "skills": ["C", "A"], "years": 7, "agrees": False, "bio": ""}
    assert enrol(track_with_fields(), answers).answers == {
        "grade": "AO",
        "skills": ["A", "C"],
        "years": 7,
        "agrees": False,
    }


@pytest.mark.parametrize(
    ("slug", "value"),
    [
        ("grade", "ao"),
        ("grade", ["AO"]),
        ("skills", "A"),
        ("skills", ["A", "Z"]),
        ("years", "7"),
        ("years", True),
        ("years", float("nan")),
        ("years", 1e12),
        ("agrees", "yes"),
        ("bio", "x" * 2001),
        ("unknown", "x"),
    ],
)
def test_an_answer_the_field_does_not_allow_is_refused(slug: str, value: object) -> None:
    with pytest.raises(ProgramError) as refused:
        enrol(track_with_fields(), {slug: value})
    assert refused.value.field == slug
    assert not Enrolment.objects.exists()


def test_a_required_answer_is_asked_only_of_those_who_are_asked() -> None:
    track = TrackFactory.create()
    FieldFactory.create(program=track.program, slug="for-mentors", required=True, asked_of=["mentor"])
    enrol(track, {})
    FieldFactory.create(program=track.program, slug="for-all", required=True)
    with pytest.raises(ProgramError):
        enrol(track, {})


def test_enrolling_again_changes_the_answers_and_brings_back_who_left() -> None:
    track, user = track_with_fields(), UserFactory.create()
    first = enrol(track, {"grade": "AA"}, user=user)
    services.leave(enrolment=first, by=user, now=NOW)
    again = enrol(track, {"grade": "AO"}, user=user)
    assert (again.pk, again.state, again.left_at, again.answers) == (first.pk, "active", None, {"grade": "AO"})


def test_leaving_tells_the_floors_above_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Enrolment] = []
    monkeypatch.setattr(hooks, "leaving", [lambda enrolment, _now: told.append(enrolment)])
    enrolment = EnrolmentFactory.create()
    for _ in range(2):
        services.leave(enrolment=enrolment, by=enrolment.user, now=NOW)
    assert told == [enrolment]


def test_the_database_refuses_the_same_person_twice_and_left_without_a_date() -> None:
    enrolment = EnrolmentFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory.create(track=enrolment.track, user=enrolment.user, role=enrolment.role)
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory.create(state=Enrolment.State.LEFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory.create(capacity=51)


# --- coordinators, the end ---------------------------------------------------------------


def test_the_last_coordinator_stays() -> None:
    only = CoordinatorFactory.create()
    with pytest.raises(ProgramError):
        services.remove_coordinator(coordinator=only, by=only.user, now=NOW)
    services.add_coordinator(program=only.program, email="Second@Example.org", by=only.user, now=NOW)
    services.remove_coordinator(coordinator=only, by=only.user, now=NOW)
    assert [each.user.email for each in Coordinator.objects.all()] == ["second@example.org"]


def test_adding_a_coordinator_twice_is_once() -> None:
    program = ProgramFactory.create()
    for address in ("dana@example.org", " DANA@example.org"):
        services.add_coordinator(program=program, email=address, by=None, now=NOW)
    assert program.coordinators.count() == 1


def test_only_a_running_program_can_be_closed() -> None:
    user = UserFactory.create()
    with pytest.raises(ProgramError):
        services.close_program(program=ProgramFactory.create(state="draft"), by=user, now=NOW)
    closed = services.close_program(program=ProgramFactory.create(), by=user, now=NOW)
    assert services.close_program(program=closed, by=user, now=NOW).state == Program.State.CLOSED
    with pytest.raises(ProgramError):
        services.start_meeting(program=closed, by=user, now=NOW)


def test_deleting_the_sample_takes_its_people_and_leaves_everybody_else() -> None:
    sample = TrackFactory.create(program__is_sample=True)
    invented = EnrolmentFactory.create(track=sample).user
    both = EnrolmentFactory.create(track=sample).user
    EnrolmentFactory.create(user=both)
    runs_it = CoordinatorFactory.create(program=sample.program).user
    services.delete_program(program=sample.program, by=runs_it, now=NOW)
    left = set(User.objects.values_list("pk", flat=True))
    assert invented.pk not in left
    assert {both.pk, runs_it.pk} <= left
    assert not Program.objects.filter(pk=sample.program.pk).exists()


def test_a_program_people_are_in_is_not_deleted() -> None:
    track = EnrolmentFactory.create(track__program__state="draft").track
    with pytest.raises(ProgramError):
        services.delete_program(program=track.program, by=UserFactory.create(), now=NOW)
    empty = ProgramFactory.create(state="draft")
    services.delete_program(program=empty, by=UserFactory.create(), now=NOW)
    assert list(Program.objects.all()) == [track.program]
