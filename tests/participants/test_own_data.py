"""A file of one's own data, a pause, and what is deleted after its time."""

import datetime as dt

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.test import Client

from mail.models import Message
from mail.services import drain, enqueue
from matching.models import Seat
from matching.queries.inputs import inputs_of
from mentorship.tasks import tick_own_data
from participants import hooks, queries, services
from participants.models import AuditEntry, DataExport, RetentionChoice, User
from programs.models import Enrolment, Role
from sessions.models import Note
from surveys import planning
from surveys.models import Invitation
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import NoteFactory, SessionFactory
from tests.people import Cast, make_cast, person

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def made(user: User, *, now: dt.datetime = NOW, content: bytes = b"zip") -> DataExport:
    asked = services.ask_for_export(by=user, now=now)
    services.run_export(asked.pk, make=lambda _: content, clock=lambda: now)
    return DataExport.objects.get(pk=asked.pk)


def test_one_file_at_a_time_and_a_mail_that_says_so():
    user = UserFactory.create()
    first = services.ask_for_export(by=user, now=NOW)
    assert services.ask_for_export(by=user, now=NOW) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        DataExport.objects.create(user=user, asked_at=NOW)
    done = services.run_export(first.pk, make=lambda _: b"zip", clock=lambda: NOW)
    assert done is not None
    assert (done.state, done.size, done.expires_at) == ("ready", 3, NOW + 7 * DAY)
    assert Message.objects.get(recipient=user).kind == "own_data_ready"
    assert services.run_export(first.pk, make=lambda _: b"again", clock=lambda: NOW) is None
    assert services.ask_for_export(by=user, now=NOW).pk != first.pk


def test_a_file_that_cannot_be_made_says_so_and_a_lost_worker_is_given_up_in_the_end():
    broken = services.ask_for_export(by=UserFactory.create(), now=NOW)

    def fail(_: User) -> bytes:
        raise RuntimeError("disk full")

    failed = services.run_export(broken.pk, make=fail, clock=lambda: NOW)
    assert failed is not None
    assert failed.state == "failed"
    lost = services.ask_for_export(by=UserFactory.create(), now=NOW)
    for attempt in (1, 2, 3):
        DataExport.objects.filter(pk=lost.pk).update(state="running", started_at=NOW, attempts=attempt)
        again = services.due_exports(now=NOW + dt.timedelta(minutes=11))
        assert again == ([lost.pk] if attempt < 3 else [])
    assert DataExport.objects.get(pk=lost.pk).state == "failed"


def test_it_is_fetched_signed_in_by_its_owner_alone_until_its_days_are_over(cast, time_machine):
    time_machine.move_to(NOW)
    file = made(cast.mia)
    at, mine, others = f"/me/data/file/{file.pk}/", Client(), Client()
    mine.force_login(cast.mia)
    others.force_login(cast.bob)
    assert mine.get(at).content == b"zip"
    assert "no-store" in mine.get(at)["Cache-Control"]
    assert (others.get(at).status_code, Client().get(at).status_code) == (404, 302)
    time_machine.move_to(NOW + 7 * DAY)
    mine.force_login(cast.mia)
    assert mine.get(at).status_code == 404


def test_a_file_goes_with_its_days_and_with_whoever_is_in_it(cast, django_capture_on_commit_callbacks):
    file = made(cast.bob)
    storage, name = file.file.storage, file.file.name or ""
    assert storage.exists(name)
    services.keep_to_retention(now=NOW + 6 * DAY)
    assert DataExport.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        services.keep_to_retention(now=NOW + 8 * DAY)
    assert (DataExport.objects.count(), storage.exists(name)) == (0, False)
    made(cast.bob)
    services.erase(user=cast.mia, by=cast.mia, now=NOW)
    assert DataExport.objects.count() == 0


def test_a_storage_that_cannot_delete_one_file_deletes_the_others_and_says_which_is_left(
    cast, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    left, other = made(cast.bob).file, made(cast.mia).file
    names = (str(left.name), str(other.name))
    delete = left.storage.delete

    def refuse_one(name: str) -> None:
        if name == left.name:
            raise OSError("no route to the storage")
        delete(name)

    monkeypatch.setattr(type(storages["default"]), "delete", lambda _, name: refuse_one(name))
    with django_capture_on_commit_callbacks(execute=True):
        services.keep_to_retention(now=NOW + 8 * DAY)
    assert DataExport.objects.count() == 0
    assert [left.storage.exists(name) for name in names] == [True, False]
    assert f"Nobody needs {left.name} any more" in caplog.text


def test_a_file_made_while_its_owner_is_erased_is_not_kept():
    user = UserFactory.create()
    asked = services.ask_for_export(by=user, now=NOW)

    def erased_meanwhile(of: User) -> bytes:
        services.erase(user=of, by=of, now=NOW)
        return b"zip"

    assert services.run_export(asked.pk, make=erased_meanwhile, clock=lambda: NOW) is None
    assert DataExport.objects.count() == 0


def test_an_erased_row_is_nobody():
    user = UserFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(erased_at=NOW)


@pytest.mark.parametrize("days", [0, -1, 200])
def test_a_pause_is_to_come_and_at_most_half_a_year(days):
    user = UserFactory.create()
    with pytest.raises(services.BadPause):
        services.pause(by=user, until=(NOW + days * DAY).date(), now=NOW)


def test_who_pauses_is_proposed_to_nobody_and_back_by_themselves(cast):
    waiting = EnrolmentFactory.create(track=cast.track, role=Role.MENTEE)
    services.pause(by=waiting.user, until=(NOW + 5 * DAY).date(), now=NOW)

    def free() -> int:
        return next(each.free for each in inputs_of(cast.track).takers if each.enrolment_id == waiting.pk)

    assert free() == 0
    tick_own_data(NOW + 4 * DAY)
    assert free() == 0
    tick_own_data(NOW + 6 * DAY)
    assert free() == 1


def test_who_pauses_gets_no_reminder_and_no_survey_but_hears_what_happened(cast):
    match = cast.match
    session = SessionFactory.create(match=match, starts_at=NOW + 2 * DAY)
    services.pause(by=cast.bob, until=(NOW + 9 * DAY).date(), now=NOW)
    rows = {
        kind: enqueue(
            kind=kind,
            subject_type="mentoring_sessions.session",
            subject_id=session.pk,
            recipient=cast.bob,
            not_before=NOW,
            expires_at=NOW + DAY,
            program_id=cast.program.pk,
            now=NOW,
        )
        for kind in ("session-day-before", "session-planned")
    }
    drain(clock=lambda: NOW)
    states = dict(Message.objects.filter(pk__in=[row.pk for row in rows.values() if row]).values_list("kind", "state"))
    assert states == {"session-day-before": "cancelled", "session-planned": "sent"}
    moment = NOW + 15 * DAY
    Seat.objects.filter(match=match).update(answer="accepted", answered_at=NOW)
    User.objects.filter(pk=cast.bob.pk).update(paused_until=moment + DAY)
    planning.plan_all(moment)
    asked = set(Invitation.objects.filter(match=match).values_list("user", flat=True))
    assert cast.mia.pk in asked
    assert cast.bob.pk not in asked
    planning.plan_all(moment + DAY)
    assert Invitation.objects.filter(match=match, user=cast.bob).exists()


def test_the_partner_sees_until_when_and_nobody_else(cast, time_machine):
    time_machine.move_to(NOW)
    services.pause(by=cast.bob, until=dt.date(2027, 3, 20), now=NOW)
    client, other = Client(), Client()
    client.force_login(cast.mia)
    other.force_login(cast.paul)
    page = client.get(f"/me/match/{cast.match.pk}/").content.decode()
    assert "pauses until 20 March 2027" in page
    assert "pauses until" not in other.get("/me/").content.decode()


def note(author: User, pair, visibility: str = "shared", body: str = "Word") -> Note:
    session = SessionFactory.create(match=pair, held=True, starts_at=NOW - 300 * DAY + pair.sessions.count() * DAY)
    return NoteFactory.create(session=session, author=author, visibility=visibility, body=body)


def test_shared_notes_go_ninety_days_after_unless_kept_and_private_ones_when_their_author_has_left(cast):
    one, other = (
        cast.match,
        make_pair(
            EnrolmentFactory.create(track=cast.track, role=Role.MENTOR),
            EnrolmentFactory.create(track=cast.track, role=Role.MENTEE),
        ),
    )
    kept, gone, running = note(cast.bob, one), note(cast.mia, one), note(other.seats.first().enrolment.user, other)
    private, left = note(cast.bob, one, "private"), note(cast.mia, one, "private")
    type(one).objects.filter(pk=one.pk).update(state="ended", ended_at=NOW, end_reason="finished")
    Seat.objects.filter(match=one).update(live=False)
    Seat.objects.filter(match=one, enrolment__user=cast.bob).update(keeps_notes=True)
    Enrolment.objects.filter(user=cast.mia).update(state="left", left_at=NOW)

    def there(now: dt.datetime) -> set[int]:
        services.keep_to_retention(now=now)
        return set(Note.objects.values_list("pk", flat=True))

    assert there(NOW + 29 * DAY) == {kept.pk, gone.pk, running.pk, private.pk, left.pk}
    assert there(NOW + 31 * DAY) == {kept.pk, gone.pk, running.pk, private.pk}
    assert there(NOW + 91 * DAY) == {kept.pk, running.pk, private.pk}
    counted = AuditEntry.objects.filter(verb="deleted after its time").order_by("pk").values_list("detail", flat=True)
    assert [(each["what"], each["count"]) for each in counted] == [("private_notes", 1), ("shared_notes", 1)]


def test_accounts_are_erased_a_year_after_their_last_program_unless_they_run_one(cast):
    cast.program.starts_on, cast.program.ends_on = (NOW - 500 * DAY).date(), (NOW - 366 * DAY).date()
    cast.program.save()
    stays = EnrolmentFactory.create(track=cast.other_match.track, user=cast.mia, role=Role.MENTEE)
    EnrolmentFactory.create(track=cast.track, user=cast.alice, role=Role.MENTEE)
    services.keep_to_retention(now=NOW)
    erased = set(User.objects.filter(erased_at__isnull=False).values_list("pk", flat=True))
    assert {cast.bob.pk, cast.paul.pk} <= erased
    assert erased & {stays.user_id, cast.alice.pk, cast.charlie.pk, cast.ada.pk, cast.dora.pk} == set()


def test_it_runs_once_a_day_and_what_breaks_is_tried_again_and_stops_nothing_else(monkeypatch):
    calls: list[str] = []

    def breaks(_before: dt.datetime, _now: dt.datetime) -> int:
        calls.append("breaks")
        if len(calls) == 1:
            raise RuntimeError("lock")
        return 0

    def counts(_before: dt.datetime, _now: dt.datetime) -> int:
        calls.append("counts")
        return 3

    rule = hooks.retaining[0]
    rules = [type(rule)("one", "One", "it", 5, 1, 9, breaks), type(rule)("two", "Two", "it", 5, 1, 9, counts)]
    monkeypatch.setattr(hooks, "retaining", rules)
    with pytest.raises(ExceptionGroup):
        services.keep_to_retention(now=NOW)
    assert services.keep_to_retention(now=NOW + dt.timedelta(minutes=1)) == {"one": 0}
    assert services.keep_to_retention(now=NOW + dt.timedelta(hours=2)) == {}
    assert calls == ["breaks", "counts", "breaks"]
    assert services.keep_to_retention(now=NOW + DAY) == {"one": 0, "two": 3}


def test_an_admin_sets_the_days_within_bounds(cast, time_machine):
    time_machine.move_to(NOW)
    client = Client()
    client.force_login(cast.ada)
    usual = queries.all_days_kept()
    answer = client.post("/org/privacy/", {**usual, "shared_notes": "120"})
    assert answer.status_code == 302
    assert queries.days_kept("shared_notes") == 120
    assert RetentionChoice.objects.count() == 1
    assert client.post("/org/privacy/", {**usual, "shared_notes": "0"}).status_code == 422
    with pytest.raises(ValueError, match="shared_notes"):
        services.set_retention(days={"shared_notes": 99_999}, by=cast.ada, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionChoice.objects.create(key="x", days=4000)
    assert queries.days_kept("shared_notes") == 120


def test_a_link_that_signs_in_once_more_is_proof_enough_and_an_old_sign_in_is_not(cast, time_machine, mailoutbox):
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(person("Nora"))
    sent = client.post("/me/data/erase/confirm/")
    assert sent["Location"] == "/me/data/erase/link/"
    drain(clock=lambda: NOW)
    link = next(word for word in mailoutbox[-1].body.split() if "/sign-in/" in word)
    back = client.post(link[link.index("/t/") :])
    assert back["Location"] == "/me/data/erase/"
    assert "Type “erase my data”" in client.get(back["Location"]).content.decode()
    time_machine.move_to(NOW + dt.timedelta(minutes=16), tick=False)
    assert client.post(back["Location"], {"words": "erase my data"})["Location"] == "/me/data/erase/confirm/"
