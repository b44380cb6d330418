"""Cases: who sees that there is one, what is done with it, and how it ends."""

import pytest
from django.test import Client
from django.urls import reverse

from mail.models import Message
from participants.models import AuditEntry, RoleGrant
from safeguarding import queries, services
from safeguarding.errors import CaseChanged, ConcernError, NotYours
from safeguarding.models import Case, CaseNote
from tests.factories.programs import NOW, CoordinatorFactory
from tests.safeguarding.concerning import WORDS


def page_of(case: Case) -> str:
    return reverse("safeguarding:case", kwargs={"number": case.number})


def post(client: Client, case: Case, what: str, **body: object):
    at = reverse(f"safeguarding:{what}", kwargs={"number": case.number})
    return client.post(at, {"version": case.version, **body})


def test_only_leads_see_a_case_and_only_while_they_are(cast, report, client: Client):
    case = report()
    for user in (cast.bob, cast.mia, cast.paul, cast.alice, cast.dora, cast.ada, cast.charlie):
        client.force_login(user)
        answers = {client.get(at).status_code for at in (page_of(case), "/org/safeguarding/")}
        assert (user.email, answers) == (user.email, {404})
    client.force_login(cast.sally)
    assert WORDS in post(client, case, "read_case").content.decode()
    assert case.number in client.get("/org/safeguarding/").content.decode()
    assert WORDS not in client.get("/org/safeguarding/").content.decode()
    RoleGrant.objects.filter(user=cast.sally).delete()
    for what in ("read_case", "note", "assign", "close", "change", "match", "open"):
        assert post(client, case, what).status_code == 404
    assert client.get(page_of(case)).status_code == client.get("/org/safeguarding/").status_code == 404


def test_a_superuser_and_an_admin_of_the_organisation_read_nothing(cast, report, client: Client):
    case = report()
    cast.ada.is_staff = cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)
    for at in (page_of(case), "/org/safeguarding/", reverse("safeguarding:open", kwargs={"number": case.number})):
        assert client.get(at).status_code == 404
    pages = ["/org/", "/org/roles/", "/org/safeguarding/settings/", "/programs/spring/history/", "/org/report/"]
    shown = "".join(client.get(at).content.decode() for at in pages)
    assert not [word for word in (WORDS, case.number) if word in shown]


def test_a_coordinator_sees_the_case_that_is_given_to_her_and_loses_it_with_her_role(cast, report, client: Client):
    case, other = report(), report()
    client.force_login(cast.sally)
    assert post(client, case, "assign", to=cast.alice.pk).status_code == 302
    assert Message.objects.get(kind="concern-assigned").recipient == cast.alice
    assert not Message.objects.filter(kind="concern-reported", subject_id=case.pk, state="pending").exists()
    client.force_login(cast.alice)
    assert WORDS in post(client, case, "read_case").content.decode()
    listed = client.get("/org/safeguarding/").content.decode()
    assert case.number in listed
    assert other.number not in listed
    assert post(client, case, "note", body="Spoke to her").status_code == 302
    assert {post(client, case, what).status_code for what in ("assign", "close", "change", "match", "open")} == {404}
    CoordinatorFactory.create(program=cast.program)
    cast.alice.coordinates.all().delete()
    assert client.get(page_of(case)).status_code == client.get("/org/safeguarding/").status_code == 404
    assert CaseNote.objects.get().body == "Spoke to her"


def test_each_reading_of_a_case_is_on_its_record_and_looking_shows_none_of_its_words(
    cast, second, report, client: Client
):
    case = report(contact="canarycontact")
    services.write_note(case=case, body="canarynote", by=second, now=NOW)
    secrets = (WORDS, "canarycontact", "canarynote", "bob@example.org")
    before = AuditEntry.objects.count()
    client.force_login(cast.sally)
    page = client.get(page_of(case)).content.decode()
    assert not [word for word in secrets if word in page]
    assert "case read" not in page
    assert AuditEntry.objects.count() == before
    read = post(client, case, "read_case").content.decode()
    assert [word for word in secrets if word not in read] == []
    post(client, case, "read_case")
    entries = AuditEntry.objects.filter(verb="case read", subject_type="safeguarding.case", subject_id=case.pk)
    assert [(each.by, each.program_id, each.detail) for each in entries] == [(cast.sally, None, {})] * 2
    client.force_login(second)
    assert client.get(page_of(case)).content.decode().count(f'case read, <span dir="auto">{cast.sally.name}') == 2


def test_what_cannot_be_written_down_is_not_read(cast, report, monkeypatch: pytest.MonkeyPatch):
    case = report()

    def fail(**_: object) -> None:
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr("safeguarding.services.working.record", fail)
    with pytest.raises(RuntimeError):
        services.read_case(case=case, by=cast.sally, now=NOW)
    monkeypatch.undo()
    with pytest.raises(NotYours):
        services.read_case(case=case, by=cast.bob, now=NOW)
    assert not AuditEntry.objects.filter(verb="case read").exists()


def test_it_is_given_to_nobody_in_the_match_nor_to_strangers(cast, second, report):
    RoleGrant.objects.create(user=cast.bob, role="safeguarding_lead", granted_at=NOW)
    case = report()
    assert queries.may_take(case) == [cast.sally, second, cast.alice]
    for user in (cast.bob, cast.dora, cast.paul, cast.ada):
        with pytest.raises(ConcernError):
            services.assign(case=case, to=user, version=1, by=cast.sally, now=NOW)
    general = report(match_id=None)
    assert cast.alice not in queries.may_take(general)


def test_closing_opening_again_and_a_hold_are_on_record(cast, report, client: Client):
    case = report()
    client.force_login(cast.sally)
    assert post(client, case, "close").status_code == 422
    assert post(client, case, "close", outcome="acted").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "acted")
    assert post(client, case, "change", do="hold").status_code == 302
    case.refresh_from_db()
    assert post(client, case, "change", do="reopen").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_at, case.legal_hold) == ("open", "", None, True)
    verbs = list(AuditEntry.objects.filter(subject_id=case.pk).order_by("pk").values_list("verb", "program_id"))
    wanted = ["concern reported", "case closed", "legal hold set", "case opened again"]
    assert verbs == [(verb, None) for verb in wanted]


def test_who_looked_at_an_older_state_is_shown_what_stands_now(cast, second, report, client: Client):
    case = report()
    services.assign(case=case, to=second, version=1, by=second, now=NOW)
    client.force_login(cast.sally)
    answer = post(client, case, "close", outcome="mistake")
    assert answer.status_code == 409
    assert "Somebody has changed this case since you opened it" in answer.content.decode()
    case.refresh_from_db()
    assert (case.state, case.lead) == ("open", second)
    with pytest.raises(CaseChanged):
        services.set_hold(case=case, held=True, version=1, by=cast.sally, now=NOW)


def test_saying_which_match_it_is_about_takes_it_from_the_people_in_it(cast, second, report):
    RoleGrant.objects.create(user=cast.bob, role="safeguarding_lead", granted_at=NOW)
    case = report(match_id=None, by=None)
    assert queries.case_of(cast.bob, case.number) == case
    services.assign(case=case, to=cast.bob, version=1, by=cast.bob, now=NOW)
    for addresses in (["bob@example.org", "paul@example.org"], ["bob@example.org"] * 2, ["bob@example.org", "x"]):
        with pytest.raises(ConcernError):
            services.name_match(case=case, addresses=addresses, version=2, by=cast.sally, now=NOW)
    addresses = [" Bob@example.org", "mia@example.org"]
    named = services.name_match(case=case, addresses=addresses, version=2, by=cast.sally, now=NOW)
    assert (named.match, named.lead, set(named.people.all())) == (cast.match, None, {cast.bob, cast.mia})
    assert queries.case_of(cast.bob, case.number) is None
    with pytest.raises(NotYours):
        services.write_note(case=case, body="Mine", by=cast.bob, now=NOW)


def test_the_admins_pages_say_loudly_that_nobody_is_named(cast, client: Client):
    client.force_login(cast.ada)
    loud = "Nobody is named as safeguarding lead."
    assert [loud in client.get(at).content.decode() for at in ("/org/", "/org/roles/")] == [False, False]
    RoleGrant.objects.filter(user=cast.sally).delete()
    pages = ("/org/", "/org/roles/", "/org/safeguarding/settings/")
    assert [loud in client.get(at).content.decode() for at in pages] == [True, True, True]


def test_the_organisation_says_what_to_do_in_an_emergency(cast, client: Client):
    client.force_login(cast.ada)
    assert client.post("/org/safeguarding/settings/", {"emergency": "Call the gate: 4711."}).status_code == 302
    client.logout()
    page = client.get("/concern/").content.decode()
    assert "Call the gate: 4711." in page
    assert queries.EMERGENCY not in page


def test_a_lead_who_does_nothing_else_starts_at_the_cases(cast, client: Client):
    client.force_login(cast.sally)
    assert client.get("/")["Location"] == "/org/safeguarding/"
