"""An ask or a reply that somebody reports: who hears of it by its reason, and never whoever wrote it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mail.models import Message
from mail.services import drain
from matching.models import Match, Seat
from participants.models import AuditEntry, RoleGrant
from safeguarding import queries, services
from safeguarding.models import Case
from sessions.models import AskFlag
from sessions.queries.ask_figures import ask_figures
from sessions.queries.asks import ask_of
from sessions.services import ask_replies
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory
from tests.people import person
from tests.sessions.test_asks import Web

RUDE = "canaryrudewords"


class Reported(Web):
    """A web with a safeguarding lead, and a reply that is to be reported."""

    def __init__(self):
        super().__init__()
        self.lead = _lead("Sally")
        self.reply_to = self.reply(self.ask().routes.first(), strength=RUDE)
        self.writer = self.reply_to.route.helper.user


@pytest.fixture
def web(db):
    return Reported()


def _lead(name):
    user = person(name)
    RoleGrant.objects.create(user=user, role="safeguarding_lead", granted_at=NOW)
    return user


def flag(web, reason="unkind", *, show=True):
    return ask_replies.flag_reply(reply=web.reply_to, reason=reason, show=show, by=web.mia.user, now=NOW)


def told(kind):
    return {each.recipient for each in Message.objects.filter(kind=kind).select_related("recipient")}


@pytest.mark.parametrize("reason", ["unsafe", "unkind", "private", "other"])
def test_conduct_and_safety_go_to_the_leads_at_once_and_no_coordinator_hears_of_it(web, reason):
    for _ in range(2):
        flag(web, reason)
    case = Case.objects.get()
    assert (told("concern-reported"), told("ask-flagged")) == ({web.lead}, set())
    assert (case.reporter, case.wrote, case.in_danger) == (web.mia.user, web.writer, reason == "unsafe")
    assert RUDE in case.text
    assert web.writer.email in case.concerned
    assert AskFlag.objects.get().shown == ""
    assert ask_figures(web.program, web.coordinator, NOW).flags == []
    assert not AuditEntry.objects.filter(program_id=web.program.pk, verb__contains="report").exists()
    assert [each.pk for each in ask_of(web.mia.user, web.reply_to.ask_id).hidden] == [web.reply_to.pk]


def test_what_is_not_an_ask_goes_to_coordinators_and_is_no_case(web):
    flag(web, "noise")
    assert (told("ask-flagged"), told("concern-reported"), Case.objects.count()) == ({web.coordinator}, set(), 0)


def test_words_that_were_not_shown_are_nowhere_in_the_case(web):
    flag(web, show=False)
    case = Case.objects.get()
    assert RUDE not in case.text
    assert "not shown" in case.text


def test_whoever_wrote_it_never_gets_it_as_lead_as_coordinator_or_once_a_match_is_named(web):
    RoleGrant.objects.create(user=web.writer, role="safeguarding_lead", granted_at=NOW)
    CoordinatorFactory.create(program=web.program, user=web.writer)
    flag(web)
    case = Case.objects.get()
    assert told("concern-reported") == {web.lead}
    assert queries.case_of(web.writer, case.number) is None
    assert not queries.cases_for(web.writer).exists()
    # A match in which the writer is not: naming it makes them no more free to read.
    other = make_pair(web.helper(), EnrolmentFactory.create(track=web.track, role="mentee"))
    Match.objects.filter(pk=other.pk).update(activated_at=NOW)
    addresses = list(Seat.objects.filter(match=other).values_list("enrolment__user__email", flat=True))
    named = services.name_match(case=case, addresses=addresses, version=case.version, by=web.lead, now=NOW)
    assert queries.case_of(web.writer, case.number) is None
    assert web.writer not in queries.may_take(named)
    # Whose notes are opened are told so, and the writer has none there.
    second = _lead("Tess")
    told_later = {"reason": "Somebody may come to harm", "with_private": False, "by": web.lead, "now": NOW}
    opening = services.open_notes(case=named, number=named.number, **told_later)
    assert set(opening.people.values_list("email", flat=True)) == set(addresses)
    assert told("notes-opened") == {second}


def test_without_a_lead_who_is_free_the_admins_hear_that_nobody_reads_it(web):
    RoleGrant.objects.filter(user=web.lead).delete()
    for user in (web.writer, admin := person("Ada")):
        RoleGrant.objects.create(user=user, role="admin", granted_at=NOW)
    flag(web)
    assert (told("concern-unread"), told("concern-reported")) == ({admin}, set())


def test_a_reported_ask_goes_the_same_way(web):
    route = web.reply_to.ask.routes.last()
    ask_replies.flag_ask(route=route, reason="unkind", show=True, by=route.helper.user, now=NOW)
    case = Case.objects.get()
    assert (case.wrote, case.reporter, "Where do I begin?" in case.text) == (web.mia.user, route.helper.user, True)
    assert told("concern-reported") == {web.lead}


def test_the_mail_says_a_number_alone_and_the_form_who_hears_of_it(web, mailoutbox):
    client = Client()
    client.force_login(web.mia.user)
    at = f"/me/asks/reply/{web.reply_to.pk}/report/"
    assert "safeguarding leads alone" in client.get(at).content.decode()
    after = client.post(at, {"reason": "unkind", "show": "on"}, follow=True).content.decode()
    assert "The safeguarding leads hear of it." in after
    assert Case.objects.get().number in client.get("/concern/").content.decode()
    Message.objects.exclude(kind="concern-reported").delete()
    due = Message.objects.get().not_before
    drain(clock=lambda: due, budget=dt.timedelta(seconds=20))
    (sent,) = mailoutbox
    assert sent.to == [web.lead.email]
    for secret in (RUDE, web.writer.name, web.mia.user.name):
        assert secret not in sent.message().as_string()


def test_the_database_keeps_no_words_of_what_is_for_leads(web):
    flag(web)
    with pytest.raises(IntegrityError), transaction.atomic():
        AskFlag.objects.update(shown="x")
