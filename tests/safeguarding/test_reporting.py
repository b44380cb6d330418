"""Reporting a concern: who hears of it, what the receipt says, and what it never says."""

import datetime as dt
import uuid
from typing import Any

import pytest
from celery import Task
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from mail.models import Message
from mail.services import drain
from mail.services.composing import compose
from participants.models import AuditEntry, RoleGrant, User
from participants.services import erase, keep_to_retention
from safeguarding import queries, services
from safeguarding.errors import ConcernError, NotYours, OtherBody
from safeguarding.models import Case
from tests.factories.programs import NOW
from tests.safeguarding.concerning import WORDS

DAY = dt.timedelta(days=1)


def told(kind: str) -> set[User]:
    return {message.recipient for message in Message.objects.filter(kind=kind).select_related("recipient")}


def test_every_lead_hears_of_it_at_once_and_nobody_else(cast, second, report):
    case = report()
    assert told("concern-reported") == {cast.sally, second}
    assert set(Message.objects.values_list("kind", "not_before")) == {("concern-reported", NOW)}
    assert set(case.people.all()) == {cast.bob, cast.mia}
    assert (case.reporter, case.match_id, case.state) == (cast.mia, cast.match.pk, "open")


def test_the_mail_holds_the_number_and_neither_words_nor_names(cast, report, settings):
    settings.ORGANISATION_NAME = "Example"
    case = report(contact="canarycontact", in_danger=True)
    drain(clock=lambda: NOW, budget=dt.timedelta(seconds=20))
    (sent,) = mail.outbox
    text = sent.message().as_string()
    assert sent.to == [cast.sally.email]
    assert case.number in sent.subject
    assert "Danger now" in sent.subject
    for secret in (WORDS, "canarycontact", "Mia", "Bob", "Spring"):
        assert secret not in text


def test_who_is_in_the_match_does_not_hear_of_it_even_as_a_lead(cast, second, report):
    RoleGrant.objects.create(user=cast.bob, role="safeguarding_lead", granted_at=NOW)
    case = report()
    assert told("concern-reported") == {cast.sally, second}
    assert queries.case_of(cast.bob, case.number) is None
    assert not queries.cases_for(cast.bob).exists()


def test_with_nobody_named_the_admins_hear_that_nobody_reads_it_and_a_lead_named_later_is_told(cast, report):
    RoleGrant.objects.filter(user=cast.sally).delete()
    case = report()
    assert told("concern-unread") == {cast.ada}
    assert queries.case_of(cast.ada, case.number) is None
    assert not queries.somebody_leads()
    services.tell_all(NOW + DAY)
    assert Message.objects.count() == 1
    RoleGrant.objects.create(user=cast.sally, role="safeguarding_lead", granted_at=NOW)
    services.tell_all(NOW + DAY)
    services.tell_all(NOW + DAY)
    assert told("concern-reported") == {cast.sally}
    # And the admin’s, had it not left yet, would say what is not so any more.
    waiting = Message.objects.get(kind="concern-unread")
    assert compose(waiting, now=NOW + DAY) is None


def test_a_message_to_somebody_who_is_no_lead_any_more_is_not_sent(cast, report):
    report()
    RoleGrant.objects.filter(user=cast.sally).delete()
    assert compose(Message.objects.get(), now=NOW) is None


def test_sent_twice_it_is_one_case_and_other_words_are_refused(report):
    key = uuid.uuid4()
    assert report(key=key).pk == report(key=key).pk
    with pytest.raises(OtherBody):
        report(key=key, text="Something else")
    assert Case.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_no_words_and_far_too_many_are_refused(report, text):
    with pytest.raises(ConcernError):
        report(text=text)


def test_a_match_that_is_not_ones_own_is_no_choice(cast, report):
    for changes in ({"match_id": cast.other_match.pk}, {"by": None}, {"by": cast.paul}):
        with pytest.raises(NotYours):
            report(**changes)
    assert not Case.objects.exists()


def test_the_words_are_ciphertext_in_the_database_in_a_dump_and_in_no_record(report, tmp_path):
    case = report(contact="canarycontact")
    services.write_note(case=case, body="canarycasenote", by=User.objects.get(email="sally@example.org"), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, contact, concerned FROM safeguarding_case")
        (row,) = cursor.fetchall()
        cursor.execute("SELECT body FROM safeguarding_casenote")
        row += cursor.fetchone()
    assert all(cell.startswith("gAAAA") for cell in row)
    call_command("dumpdata", "participants", "mail", "matching", output=str(tmp_path / "dump.json"))
    dump = (tmp_path / "dump.json").read_text()
    records = str(list(AuditEntry.objects.values_list("verb", "detail")))
    assert not [word for word in (WORDS, "canarycontact", "canarycasenote") if word in dump + records]


def test_the_form_leads_to_a_receipt_that_says_number_and_state_alone(cast, client: Client):
    page = client.get("/concern/")
    assert b"Sally Example" in page.content
    assert queries.EMERGENCY.encode() in page.content
    sent = client.post("/concern/", {"text": WORDS, "in_danger": "yes", "key": str(uuid.uuid4())})
    case = Case.objects.get()
    assert (case.reporter, case.match, case.in_danger) == (None, None, True)
    receipt = client.get(sent["Location"])
    assert case.number.encode() in receipt.content
    assert WORDS.encode() not in receipt.content


def test_a_receipt_is_for_the_reporter_alone(cast, report, client: Client):
    case = report()
    at = f"/concern/{case.receipt}/"
    for user in (cast.bob, cast.alice, cast.ada, cast.sally):
        client.force_login(user)
        assert client.get(at).status_code == 404
    client.logout()
    assert client.get(at).status_code == 404
    client.force_login(cast.mia)
    page = client.get(at)
    assert (page.status_code, case.number in page.content.decode()) == (200, True)
    assert f"/concern/{case.receipt}/" in client.get("/concern/").content.decode()


def test_a_form_of_a_match_chooses_it_and_other_matches_are_no_choice(cast, client: Client):
    client.force_login(cast.mia)
    page = client.get(f"/concern/?match={cast.match.pk}").content.decode()
    assert f'<option value="{cast.match.pk}" selected>Bob Example, Spring program</option>' in page
    body = {"about": cast.other_match.pk, "text": WORDS, "key": str(uuid.uuid4())}
    assert client.post("/concern/", body).status_code == 422
    assert client.post("/concern/", {**body, "about": cast.match.pk}).status_code == 302


def test_other_words_under_the_same_key_come_back_with_a_fresh_one(cast, client: Client):
    body: dict[str, Any] = {"text": WORDS, "key": str(uuid.uuid4())}
    assert client.post("/concern/", body).status_code == client.post("/concern/", body).status_code == 302
    again = client.post("/concern/", {**body, "text": "Something else"})
    assert (again.status_code, Case.objects.count()) == (422, 1)
    fresh = again.context["form"]["key"].value()
    assert fresh != body["key"]
    assert client.post("/concern/", {"text": "Something else", "key": fresh}).status_code == 302


def test_it_can_be_asked_too_often(cast, client: Client):
    answers = [
        client.post("/concern/", {"text": f"{WORDS}{number}", "key": str(uuid.uuid4())}).status_code
        for number in range(21)
    ]
    assert answers == [302] * 20 + [429]


def test_an_account_that_goes_leaves_the_case_and_the_names_as_they_were(cast, report):
    case = report()
    for user in (cast.mia, cast.bob):
        erase(user=user, by=user, now=NOW + DAY)
    case.refresh_from_db()
    assert case.text == WORDS
    assert "Bob Example <bob@example.org>, mentor" in case.concerned
    assert "Reported by Mia Example <mia@example.org>" in case.concerned


def test_a_lead_who_is_erased_leaves_the_case_to_the_others(cast, second, report):
    case = services.assign(case=report(), to=cast.sally, version=1, by=cast.sally, now=NOW)
    Message.objects.all().delete()
    erase(user=cast.sally, by=cast.sally, now=NOW + DAY)
    case.refresh_from_db()
    assert case.lead is None
    assert second in told("concern-reported")


def test_closed_cases_go_after_their_time_unless_they_are_held(cast, report):
    cases = [report(), report(), report()]
    for case in cases[:2]:
        services.close(case=case, outcome="nothing", version=1, by=cast.sally, now=NOW)
    services.set_hold(case=cases[1], held=True, version=2, by=cast.sally, now=NOW)
    keep_to_retention(now=NOW + 2189 * DAY)
    assert Case.objects.count() == 3
    keep_to_retention(now=NOW + 2192 * DAY)
    assert list(Case.objects.order_by("pk")) == cases[1:]


def test_no_log_no_task_and_no_error_page_holds_a_word(
    cast, client: Client, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    """What goes to Redis is the bell alone, without arguments."""
    rung = []
    monkeypatch.setattr(Task, "apply_async", lambda _task, args=None, kwargs=None, **_: rung.append((args, kwargs)))
    client.force_login(cast.mia)
    body = {"about": cast.match.pk, "text": WORDS, "contact": "canarycontact", "key": str(uuid.uuid4())}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/concern/", body).status_code == 302
    assert rung
    assert not [each for each in rung if any(each)]
    monkeypatch.setattr(services, "report", lambda **_: 1 / 0)
    client.raise_request_exception = False
    broken = client.post("/concern/", body)
    shown = broken.content.decode() + caplog.text
    assert (broken.status_code, "ZeroDivisionError" in caplog.text) == (500, True)
    assert not [word for word in (WORDS, "canarycontact") if word in shown]
