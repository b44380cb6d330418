"""The pages of asks: what is told before anything is sent, one tap from the mail, and as many questions for many."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import Role
from programs.queries.enrolling import parts_of
from programs.services import leave
from sessions.ask_mails import route_path
from sessions.models import Ask, AskReply, AskRoute
from sessions.queries.asks import asks_of
from tests.factories.programs import NOW, EnrolmentFactory
from tests.sessions.test_asks import DAY, HOUR, KNOWS, Web


@pytest.fixture
def web(db):
    with time_machine.travel(NOW + HOUR, tick=False):
        yield Web(others=4)


def page_of(user):
    client = Client()
    client.force_login(user)
    return client


def form(**more):
    return {
        "context": "We plan.", "question": "Where do I begin?", "help": "advice",
        "skill": "Budgets", "level": 2, "named": "on", **more,
    }  # fmt: skip


def test_few_are_told_of_first_and_the_words_stay(web):
    for each in (*web.others, *web.own[:2]):
        leave(enrolment=each, by=each.user, now=NOW)
    client, at = page_of(web.mia.user), reverse("sessions:new_ask", kwargs={"enrolment_id": web.mia.pk})
    told = client.post(at, form())
    assert (told.status_code, Ask.objects.count()) == (422, 0)
    text = told.content.decode()
    assert "Only one person can be asked about this now" in text
    assert "We plan." in text
    assert "Send it to 1 person" in text
    data = form(few="yes", form_key="a-key-of-the-page-00001")
    for _ in range(2):
        assert client.post(at, data).status_code == 302
    assert AskRoute.objects.count() == 1


def test_one_tap_behind_the_link_says_no_and_looking_says_nothing(web):
    route = web.ask().routes.first()
    at = route_path(route, route.helper.user, now=NOW)
    anybody = Client()
    assert "Where do I begin?" in anybody.get(at).content.decode()
    assert AskRoute.objects.get(pk=route.pk).state == "waiting"
    for _ in range(2):
        assert anybody.post(at, {"do": "no_time"}).status_code == 302
    after = anybody.get(at).content.decode()
    assert "somebody else is asked" in after
    assert "Where do I begin?" not in after
    refused = anybody.post(at, {"do": "reply", "strength": "x", "suggestion": "y"})
    assert (refused.status_code, AskReply.objects.count()) == (422, 0)


def test_a_reply_without_its_strength_keeps_what_was_typed(web):
    route = web.ask(named=False).routes.first()
    client, at = page_of(route.helper.user), reverse("sessions:asked", kwargs={"route_id": route.pk})
    refused = client.post(at, {"do": "reply", "strength": "", "suggestion": "Begin small"})
    text = refused.content.decode()
    assert (refused.status_code, "Name a strength you see" in text, "Begin small" in text) == (422, True, True)
    assert "Somebody in your program" in text
    assert not re.search(rf"\b{web.mia.user.first_name}\b", text)
    assert client.post(at, {"do": "reply", "strength": "Clear", "suggestion": "Begin small"}).status_code == 302
    assert (
        "Clear" in page_of(web.mia.user).get(reverse("sessions:ask", kwargs={"ask_id": route.ask_id})).content.decode()
    )


def test_an_ask_that_waits_is_the_one_next_thing_of_the_home(web):
    route = web.ask().routes.first()
    assert (
        f"{web.mia.user.short_name}</span> asks you something"
        in page_of(route.helper.user).get("/me/").content.decode()
    )
    web.reply(route)
    assert "asks you something" not in page_of(route.helper.user).get("/me/").content.decode()


@pytest.mark.parametrize("address", ["/me/asks/", "/me/", "/me/asks/{ask}/", "/programs/{slug}/pairs/asks/"])
def test_a_page_takes_as_many_questions_for_many_asks_as_for_few(web, address):
    def look():
        at = address.format(ask=mine.pk, slug=web.program.slug)
        client = page_of(
            web.coordinator if "pairs" in at else web.own[0].user if at != f"/me/asks/{mine.pk}/" else web.mia.user
        )
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at).status_code == 200
        return len(asked)

    mine = web.ask()
    web.reply(mine.routes.last())
    few = look()
    for number in range(12):
        asker = EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS)
        ask = Ask.objects.create(
            asker=asker, help="advice", context="x", question="y", wanted=3, look_at=NOW, created_at=NOW
        )
        for each in (*web.own, *web.others):
            told = {"ask": ask, "helper": each, "routed_at": NOW, "answer_by": NOW + DAY}
            route = AskRoute.objects.create(**told)
        if number % 2:
            web.reply(route)
    for route in AskRoute.objects.filter(ask=mine, state="waiting"):
        web.reply(route)
    assert len(asks_of(web.own[0].user, parts_of(web.own[0].user.pk)).waiting) == 12
    assert look() == few
    assert few <= 14
