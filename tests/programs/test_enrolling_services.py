"""From an address to a place in a track: what services allow, and what follows from free places."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from participants.models import AuditEntry, User
from programs.errors import ProgramError
from programs.models import Application, Enrolment, Intake, Program
from programs.queries.enrolling import UNDO, joining_of, openings_of, place_in_line, shown_state, window_of
from programs.services import leave
from programs.services.enrolling import IntakeSpec, close_enrolment, open_enrolment, set_intake
from programs.services.enrolling_applying import (
    EnrolmentClosed,
    confirm_orientation,
    forget_unconfirmed,
    save_step,
    send_application,
    send_join_link,
    start_application,
    withdraw_application,
)
from programs.services.enrolling_deciding import (
    TooLate,
    accept_applications,
    decline_application,
    put_on_waiting_list,
    undo_decisions,
)
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
State = Application.State
SOON = NOW + dt.timedelta(minutes=1)
TOLD = NOW + UNDO


@pytest.fixture
def boss():
    return UserFactory.create()


@pytest.fixture
def track():
    program = ProgramFactory.create(takes_applications=True, contact_email="dana@example.org", state="open")
    return TrackFactory.create(program=program)


def take_in(track, boss, **spec) -> Intake:
    intake = set_intake(track=track, spec=IntakeSpec(**spec), by=boss, now=NOW)
    track.refresh_from_db()
    return intake


def apply(track, role="mentee", at=NOW, **person) -> Application:
    user = UserFactory.create(**person)
    application = start_application(track=track, role=role, by=user, now=at)
    return send_application(application=application, by=user, now=at)


def kinds(user: User) -> list[tuple[str, str]]:
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("kind", "state"))


def again(application: Application) -> Application:
    return Application.objects.select_related("track__program", "track__intake", "user", "enrolment").get(
        pk=application.pk
    )


def test_the_days_of_enrolment_are_those_of_the_programs_zone(boss):
    program = ProgramFactory.create(state="draft", contact_email="", timezone="Pacific/Auckland")
    with pytest.raises(ProgramError, match="where questions go"):
        open_enrolment(program=program, first=None, last=None, by=boss, now=NOW)
    program.contact_email = "dana@example.org"
    program.save()
    with pytest.raises(ProgramError, match="must not come before"):
        open_enrolment(program=program, first=dt.date(2027, 3, 9), last=dt.date(2027, 3, 8), by=boss, now=NOW)
    with pytest.raises(ProgramError, match="is over"):
        open_enrolment(program=program, first=None, last=dt.date(2027, 2, 28), by=boss, now=NOW)
    program = open_enrolment(program=program, first=dt.date(2027, 3, 3), last=dt.date(2027, 3, 4), by=boss, now=NOW)
    assert program.state == Program.State.OPEN
    # Auckland is thirteen hours ahead.
    hours = {"2027-03-02T10": "later", "2027-03-02T12": "open", "2027-03-04T10": "open", "2027-03-04T12": "over"}
    found = {at: window_of(program, dt.datetime.fromisoformat(f"{at}:00:00+00:00")) for at in hours}
    assert found == hours
    program = close_enrolment(program=program, by=boss, now=NOW)
    assert (window_of(program, NOW), program.state) == ("closed", Program.State.DRAFT)


def test_a_link_goes_to_whom_it_concerns_and_an_account_is_made_for_a_new_address(track):
    known = UserFactory.create(email="known@example.org")
    for email in (" Known@Example.org ", "new@example.org"):
        send_join_link(track=track, role="mentee", email=email, now=NOW)
    new = User.objects.get(email="new@example.org")
    assert (kinds(known), kinds(new)) == ([("join_link", "pending")],) * 2
    assert (new.has_usable_password(), new.timezone) == (False, "Europe/Berlin")
    assert Application.objects.count() == 0
    with pytest.raises(ProgramError, match="not an e-mail address"):
        send_join_link(track=track, role="mentee", email="no address", now=NOW)
    with pytest.raises(ProgramError, match="roles listed"):
        send_join_link(track=track, role="peer", email="new@example.org", now=NOW)
    Program.objects.update(takes_applications=False)
    track.program.refresh_from_db()
    with pytest.raises(EnrolmentClosed):
        send_join_link(track=track, role="mentee", email="new@example.org", now=NOW)


def test_who_never_opens_the_link_is_forgotten(track):
    for email in ("never@example.org", "named@example.org", "applied@example.org"):
        send_join_link(track=track, role="mentee", email=email, now=NOW)
    User.objects.update(created_at=NOW)
    User.objects.filter(email="named@example.org").update(first_name="Named")
    start_application(track=track, role="mentee", by=User.objects.get(email="applied@example.org"), now=NOW)
    unasked = UserFactory.create(first_name="", last_name="")
    User.objects.filter(pk=unasked.pk).update(created_at=NOW)
    assert forget_unconfirmed(now=NOW + dt.timedelta(days=29)) == 0
    assert forget_unconfirmed(now=NOW + dt.timedelta(days=31)) == 1
    assert not User.objects.filter(email="never@example.org").exists()


def test_answers_are_kept_one_by_one_and_all_are_asked_for_at_the_end(track):
    grade = FieldFactory.create(
        program=track.program, slug="grade", kind="choice", options=["A", "B"], required=True, label="Grade"
    )
    FieldFactory.create(program=track.program, slug="mentors-only", asked_of=["mentor"], required=True)
    user = UserFactory.create(first_name="")
    application = start_application(track=track, role="mentee", by=user, now=NOW)
    with pytest.raises(ProgramError, match="what you are called"):
        send_application(application=application, by=user, now=NOW)
    user.first_name = "Mia"
    with pytest.raises(ProgramError, match="“Grade” needs an answer"):
        send_application(application=application, by=user, now=NOW)
    step: dict[str, Any] = {"application": application, "field": grade, "capacity": None, "steps_done": 2}
    for wrong in ({"grade": "C"}, {}):
        with pytest.raises(ProgramError):
            save_step(**step, answers=wrong)
    save_step(**step, answers={"grade": "B"})
    # Coming back finds it; starting again finds the same application.
    found = start_application(track=track, role="mentee", by=user, now=SOON)
    assert (found.pk, found.answers, found.steps_done) == (application.pk, {"grade": "B"}, 2)
    sent = send_application(application=application, by=user, now=NOW)
    assert (sent.state, sent.sent_at) == (State.APPLIED, NOW)
    send_application(application=application, by=user, now=SOON)
    assert kinds(user) == [("application_received", "pending")]
    save_step(**step, answers={"grade": "A"})
    assert again(application).answers == {"grade": "A"}
    accept_applications(program=track.program, ids=[application.pk], by=user, now=NOW)
    with pytest.raises(ProgramError, match="is decided"):
        save_step(**step, answers={"grade": "B"})
    assert Enrolment.objects.get(user=user).answers == {"grade": "A"}


def test_accepting_several_fills_the_places_and_the_waiting_list_in_order(track, boss):
    take_in(track, boss, mentee_places=2)
    three = [apply(track, at=NOW + dt.timedelta(minutes=minute)) for minute in (2, 0, 1)]
    elsewhere = apply(TrackFactory.create(program=ProgramFactory.create(takes_applications=True)))
    ids = [each.pk for each in (*three, elsewhere)]
    outcome = accept_applications(program=track.program, ids=ids, by=boss, now=TOLD)
    assert (outcome.accepted, outcome.waiting, outcome.problems) == (2, 1, [])
    assert [again(each).state for each in three] == [State.WAITING, State.ACCEPTED, State.ACCEPTED]
    assert again(elsewhere).state == State.APPLIED
    assert Enrolment.objects.filter(track=track, state="active").count() == 2
    mentor, mentee = openings_of(track.program, NOW)
    assert (mentor.left, mentee.left, mentee.taken, mentee.waiting) == (None, 0, 2, 1)
    # The mails wait until the decision can no longer be taken back.
    due = Message.objects.get(kind="application_accepted", recipient=three[1].user).not_before
    assert due == TOLD + UNDO
    assert shown_state(again(three[1]), TOLD) == State.APPLIED
    assert shown_state(again(three[1]), TOLD + UNDO) == State.ACCEPTED


def test_a_batch_is_taken_back_until_the_mails_leave(track, boss):
    take_in(track, boss, mentee_places=1)
    one, other = apply(track), apply(track, at=SOON)
    accept_applications(program=track.program, ids=[one.pk, other.pk], by=boss, now=NOW)
    with pytest.raises(TooLate):
        undo_decisions(program=track.program, ids=[one.pk, other.pk], by=boss, now=NOW + UNDO)
    assert undo_decisions(program=track.program, ids=[one.pk, other.pk], by=boss, now=SOON) == 2
    assert {again(each).state for each in (one, other)} == {State.APPLIED}
    assert Enrolment.objects.count() == 0
    assert kinds(one.user) == [("application_received", "cancelled"), ("application_accepted", "cancelled")]
    # Decided anew, it is a new message.
    accept_applications(program=track.program, ids=[one.pk], by=boss, now=SOON)
    assert kinds(one.user)[-1] == ("application_accepted", "pending")


def test_a_decline_taken_back_cannot_take_a_place_that_was_given_on(track, boss):
    take_in(track, boss, mentee_places=1, orientation_points=["Be kind"])
    one, other = apply(track), apply(track)
    accept_applications(program=track.program, ids=[one.pk], by=boss, now=NOW)
    put_on_waiting_list(application=other, by=boss, now=NOW)
    with pytest.raises(ProgramError, match="Say why"):
        decline_application(application=one, reason=" \u200b ", by=boss, now=NOW)
    decline_application(application=one, reason="Full", by=boss, now=NOW)
    assert again(other).state == State.ACCEPTED
    with pytest.raises(TooLate, match="given on"):
        undo_decisions(program=track.program, ids=[one.pk], by=boss, now=SOON)


def test_who_takes_part_is_not_declined_and_is_not_undone_once_matched(track, boss, monkeypatch):
    application = apply(track)
    accept_applications(program=track.program, ids=[application.pk], by=boss, now=NOW)
    with pytest.raises(ProgramError, match="takes part already"):
        decline_application(application=application, reason="No", by=boss, now=NOW)
    monkeypatch.setattr("programs.hooks.standing", [lambda _ids: "1 match was offered"])
    with pytest.raises(ProgramError, match="1 match was offered"):
        undo_decisions(program=track.program, ids=[application.pk], by=boss, now=SOON)
    with pytest.raises(ProgramError, match="matched already"):
        withdraw_application(application=application, by=application.user, now=SOON)
    assert again(application).state == State.ACCEPTED


def test_without_screening_one_is_in_at_once_or_waits_and_free_places_are_passed_on(track, boss):
    take_in(track, boss, screened=False, mentee_places=1)
    first, second, third = (apply(track, at=NOW + dt.timedelta(minutes=minute)) for minute in range(3))
    assert [again(each).state for each in (first, second, third)] == ["accepted", "waiting", "waiting"]
    assert (place_in_line(second), place_in_line(third)) == (1, 2)
    assert kinds(first.user) == [("application_accepted", "pending")]
    # Somebody leaves.
    leave(enrolment=Enrolment.objects.get(user=first.user), by=boss, now=SOON)
    assert [again(each).state for each in (second, third)] == ["accepted", "waiting"]
    assert kinds(second.user) == [("application_waiting", "cancelled"), ("application_accepted", "pending")]
    # Somebody withdraws.
    withdraw_application(application=again(second), by=second.user, now=SOON)
    assert again(third).state == State.ACCEPTED
    assert again(second).state == State.WITHDRAWN
    # Who withdrew may apply again, at the end of the line.
    begun = start_application(track=track, role="mentee", by=second.user, now=SOON)
    assert (begun.pk, begun.state, begun.sent_at) == (second.pk, State.STARTED, None)
    assert send_application(application=begun, by=second.user, now=SOON).state == State.WAITING
    # More places.
    take_in(track, boss, screened=False, mentee_places=2)
    assert again(second).state == State.ACCEPTED
    assert Enrolment.objects.filter(track=track, state="active").count() == 2


def test_nobody_is_matched_before_they_have_confirmed_every_point(track, boss):
    take_in(track, boss, screened=False, mentee_places=1, orientation="Read this", orientation_points=["A", "B"])
    application = apply(track)
    assert (again(application).state, Enrolment.objects.count()) == (State.ACCEPTED, 0)
    assert [each.what for each in joining_of(application.user, [], NOW)] == ["orient"]
    # The place is taken all the same.
    assert again(apply(track)).state == State.WAITING
    with pytest.raises(ProgramError, match="every point"):
        confirm_orientation(application=application, ticked={0}, by=application.user, now=SOON)
    confirm_orientation(application=application, ticked={0, 1}, by=application.user, now=SOON)
    confirm_orientation(application=application, ticked=set(), by=application.user, now=SOON)
    assert list(Enrolment.objects.values_list("user", "state")) == [(application.user_id, "active")]
    with pytest.raises(ProgramError, match="take part in this already"):
        start_application(track=track, role="mentee", by=application.user, now=SOON)
    assert AuditEntry.objects.filter(verb="enrolled").count() == 1


def test_once_there_is_nothing_to_read_the_accepted_take_part(track, boss):
    take_in(track, boss, screened=False, orientation="Read this")
    application = apply(track)
    take_in(track, boss, screened=False)
    assert again(application).enrolment.state == Enrolment.State.ACTIVE


def test_answers_that_no_longer_fit_stop_one_and_not_the_others(track, boss):
    field = FieldFactory.create(program=track.program, slug="grade", label="Grade", asked_of=["mentee"])
    one, other = apply(track, first_name="Amara", last_name="Okafor"), apply(track)
    Application.objects.filter(pk=other.pk).update(answers={"grade": "x"})
    field.required = True
    field.save()
    outcome = accept_applications(program=track.program, ids=[one.pk, other.pk], by=boss, now=NOW)
    assert (outcome.accepted, outcome.problems) == (1, ["Amara Okafor: “Grade” needs an answer"])
    assert (again(one).state, again(one).before, again(other).state) == (State.APPLIED, "", State.ACCEPTED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "applied"},
        {"state": "waiting", "sent_at": NOW},
        {"state": "elsewhere"},
        {"role": "teacher"},
    ],
)
def test_what_the_database_refuses(track, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            **{"track": track, "user": UserFactory.create(), "role": "mentee", "started_at": NOW, **wrong}
        )


def test_one_application_a_role_and_only_the_accepted_are_enrolled(track):
    enrolment = EnrolmentFactory.create(track=track)
    one = {"track": track, "user": enrolment.user, "role": "mentee", "started_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(**one, state="applied", sent_at=NOW, enrolment=enrolment)
    Application.objects.create(**one)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(**one)
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.update(applications_from=dt.date(2027, 3, 2), applications_until=dt.date(2027, 3, 1))
