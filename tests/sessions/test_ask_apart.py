"""Two people are kept apart after one was asked: it comes back, the next is asked, and neither reads why."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from mail.models import Message
from programs import hooks
from programs.services import enrolling_wishing as wishing
from sessions import tasks
from sessions.queries.asks import ask_of
from tests.factories.programs import NOW
from tests.sessions.test_asks import HOUR, RouteState, Web, mails, pks, went_to


@pytest.fixture
def web(db):
    return Web()


def by_the_helper(web):
    told: Any = {"enrolment_id": None, "email": web.mia.user.email, "now": NOW + HOUR}
    wishing.avoid(program=web.program, user=web.own[0].user, **told)


def by_the_asker(web):
    told: Any = {"enrolment_id": web.own[0].pk, "email": "", "now": NOW + HOUR}
    wishing.avoid(program=web.program, user=web.mia.user, **told)


def by_a_coordinator(web):
    told: Any = {"one": web.own[0].user.email, "other": web.mia.user.email, "note": "", "now": NOW + HOUR}
    wishing.keep_apart(program=web.program, by=web.coordinator, **told)


EVERYBODY = [by_the_helper, by_the_asker, by_a_coordinator]


@pytest.mark.parametrize("keep_apart", EVERYBODY)
def test_it_comes_back_with_its_mails_and_the_next_is_asked(web, keep_apart):
    ask = web.ask()
    keep_apart(web)
    assert went_to(ask, RouteState.OVER) == [web.own[0].pk]
    there = {each.recipient_id for each in mails("ask") + mails("ask-reminder")}
    assert there == {web.own[1].user_id, web.own[2].user_id}
    assert Message.objects.filter(recipient=web.own[0].user, state="cancelled").count() == 2
    tasks.tick(NOW + HOUR)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], web.others[0]])


def test_who_did_it_stands_on_neither_page(web):
    """Whoever asked for it, both read the same, and the asker the same as if somebody had no time."""
    pages = []
    for keep_apart in (*EVERYBODY, lambda web: web.decline(web.ask_sent.routes.first())):
        with transaction.atomic():
            web.ask_sent = ask = web.ask()
            route = ask.routes.first()
            keep_apart(web)
            tasks.tick(NOW + HOUR)
            shown = []
            for user, at in ((web.mia.user, f"/me/asks/{ask.pk}/"), (route.helper.user, f"/me/asks/to-me/{route.pk}/")):
                client = Client()
                client.force_login(user)
                text = client.get(at).content.decode().split("<main")[1].split("</main>")[0]
                shown.append(text.replace(f"asks/{ask.pk}/", "asks/").split("csrfmiddlewaretoken")[0])
            pages.append(shown)
            transaction.set_rollback(True)
    assert len({asker for asker, _ in pages}) == 1
    assert len({helper for _, helper in pages[:3]}) == 1
    assert "This ask needs no answer any more" in pages[0][1]
    assert "Where do I begin?" not in pages[0][1]


def test_it_all_happens_or_nothing(web, monkeypatch):
    """If the exclusion is not kept, the ask stays where it is."""

    def fail(exclusion, now):
        raise RuntimeError

    ask = web.ask()
    monkeypatch.setattr(hooks, "parting", [*hooks.parting, fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        by_the_helper(web)
    assert (went_to(ask, RouteState.OVER), len(mails("ask"))) == ([], 3)


def test_what_others_asked_and_what_was_replied_stays(web):
    ask = web.ask()
    reply = web.reply(ask.routes.first(), now=NOW)
    by_the_asker(web)
    assert (went_to(ask, RouteState.OVER), went_to(ask, RouteState.WAITING)) == ([], pks(web.own[1:]))
    assert ask_of(web.mia.user, ask.pk).replies == [reply]
    told: Any = {"enrolment_id": None, "email": "stranger@example.org", "now": NOW + HOUR}
    wishing.avoid(program=web.program, user=web.own[1].user, **told)
    assert went_to(ask, RouteState.OVER) == []
