"""Asks on the overview and as signals: figures, reasons, two actions, mute, precision, and nobody's name who asked."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.models import Message
from participants.models import AuditEntry
from programs.models import Role
from reports import signalling
from reports.health import Limits
from reports.health.asks import signals_of_ask, signals_of_helper
from reports.queries.around import limits_of
from reports.queries.asks import asks_shown
from reports.queries.base import tracks_and_people
from reports.queries.signals import told_of
from sessions import tasks
from sessions.errors import NotInMatch, SessionError
from sessions.models import AskNotice, AskRoute
from sessions.queries.ask_lines import AskLine, HelperLine
from sessions.services import ask_helping
from sessions.services import asks as asking
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory
from tests.sessions.test_asks import DAY, HOUR, KNOWS, RouteState, Web, mails, went_to

AT = "/programs/{}/pairs/asks/signals/"


@pytest.fixture
def web(db):
    return Web(others=4)


def asks(web, now):
    return asks_shown(web.program, *tracks_and_people(web.program), limits_of(web.program), now)


def signals(web, now):
    return [(row.kind, each.rule, each.level) for row in asks(web, now).rows for each in row.signals]


def line(hours, waiting=3, replied=()):
    routes: dict[int, str] = {**dict.fromkeys(range(waiting), RouteState.WAITING), 99: RouteState.NO_TIME}
    return AskLine(1, 1, 1, "open", NOW - hours * HOUR, None, routes, list(replied))


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        (line(47), []),
        (line(48), [("ask_silent", "warn")]),
        (line(96), [("ask_silent", "risk")]),
        (line(96, replied=[NOW]), []),
        (line(1, waiting=0), [("ask_nobody_left", "risk")]),
        (line(50, waiting=0), [("ask_nobody_left", "risk"), ("ask_silent", "warn")]),
    ],
)
def test_an_ask_is_watched_from_its_time_on_and_where_nobody_is_left(ask, found):
    assert [(each.rule, each.level) for each in signals_of_ask(ask, NOW)] == found


def test_the_numbers_of_the_rules_move_them():
    assert signals_of_ask(line(20), NOW, Limits({"ask_watch_hours": 20}))[0].reason == (
        "Open for 20 hours without a reply."
    )
    (few,) = signals_of_ask(line(1, waiting=1), NOW, Limits({"ask_people": 2}))
    assert (few.level, few.reason) == ("warn", "2 people were asked, and 1 has it still.")


@pytest.mark.parametrize(
    ("went", "average", "found"), [(3, 1, []), (4, 2, []), (5, 2, ["ask_load"]), (4, 1, ["ask_load"])]
)
def test_a_helper_with_far_more_than_the_others_is_named(went, average, found):
    helper = HelperLine(1, 1, 1, "Ines Roth", "i@example.org", "Ines", dict.fromkeys(range(went), NOW - DAY))
    shown = signals_of_helper(helper, average, NOW)
    assert [each.rule for each in shown] == found
    assert all(each.reason.startswith(f"{went} asks went to Ines in four weeks") for each in shown)
    # What is over four weeks old is over.
    assert signals_of_helper(helper, average, NOW + 28 * DAY) == []


def test_figures_are_of_all_and_shares_of_five_people(web):
    asking.set_weekly_cap(track=web.track, cap=10, by=web.coordinator, now=NOW)
    first = web.ask()
    web.reply(first.routes.first())
    asker = EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS)
    web.ask(asker, few_will_do=True)
    shown = asks(web, NOW + HOUR)
    assert (shown.sent, shown.open, shown.waiting, shown.in_time.of, shown.most) == (2, 2, 1, 0, 1)
    assert [tuple(part)[:2] for part in shown.spread] == [("had 3 or more", 0), ("had 1 or 2", 6), ("had none", 1)]
    for _ in range(4):
        asker = EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS)
        web.ask(asker, few_will_do=True, now=NOW + HOUR)
    assert (asks(web, NOW + 50 * HOUR).in_time.count, asks(web, NOW + 50 * HOUR).in_time.of) == (1, 5)


def test_nobody_left_is_raised_where_all_have_said_no_and_counted_once_until_it_is_of_no_use(web):
    ask = web.ask()
    while route := AskRoute.objects.filter(ask=ask, state=RouteState.WAITING).first():
        web.decline(route)
    assert signals(web, NOW + HOUR) == [("ask", "ask_nobody_left", "risk")]
    for _ in range(2):
        signalling.keep_count(program=web.program, now=NOW + HOUR)
    assert AskNotice.objects.count() == 1
    deed = {"program": web.program, "kind": "ask", "pk": ask.pk, "rule": "ask_nobody_left", "by": web.coordinator}

    def precision():
        return next(each for each in told_of(web.program, with_asks=True) if each.rule.slug == "ask_nobody_left")

    assert (precision().raised, precision().precision) == (1, 100)
    signalling.mute_ask(**deed, muted=True, now=NOW + HOUR)
    assert (signals(web, NOW + HOUR), precision().precision) == ([], 0)
    assert len(asks(web, NOW + HOUR).silenced) == 1
    signalling.mute_ask(**deed, muted=False, now=NOW + HOUR)
    assert precision().precision == 100
    # The history says that it was done, and not of which ask.
    entries = AuditEntry.objects.filter(program_id=web.program.pk, verb__startswith="signal")
    assert {entry.subject_type for entry in entries} == {"programs.program"}


def test_a_helper_far_above_the_others_is_raised_and_muted_by_their_place(web):
    ines = web.own[0]
    for _ in range(5):
        asker = EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS)
        ask = web.ask(asker, few_will_do=True)
        AskRoute.objects.filter(ask=ask).exclude(helper=ines).delete()
        AskRoute.objects.update_or_create(
            ask=ask, helper=ines, defaults={"routed_at": NOW, "answer_by": NOW + 2 * DAY, "state": "waiting"}
        )
    assert signals(web, NOW + HOUR) == [("helper", "ask_load", "warn")]
    told = {"program": web.program, "pk": ines.pk, "by": web.coordinator, "now": NOW, "muted": True}
    with pytest.raises(KeyError):
        signalling.mute_ask(kind="helper", rule="ask_silent", **told)
    signalling.mute_ask(kind="helper", rule="ask_load", **told)
    assert signals(web, NOW + HOUR) == []


def test_reminding_reaches_those_who_have_it_once_a_day(web):
    ask = web.ask()
    web.decline(ask.routes.first(), now=NOW)
    told = {"program": web.program, "ask_id": ask.pk, "by": web.coordinator}
    Message.objects.filter(kind="ask-reminder").delete()
    for hour in (5, 6):
        assert ask_helping.remind_of_ask(**told, now=NOW + hour * HOUR) == 3
    waiting = {AskRoute.objects.get(ask=ask, helper=pk).helper.user for pk in went_to(ask, RouteState.WAITING)}
    assert ({each.recipient for each in mails("ask-reminder")}, len(mails("ask-reminder"))) == (waiting, 3)
    with pytest.raises(NotInMatch):
        ask_helping.remind_of_ask(**{**told, "program": ProgramFactory.create()}, now=NOW)


def test_two_more_get_it_until_nobody_is_free(web):
    ask = web.ask()
    told = {"program": web.program, "ask_id": ask.pk, "by": web.coordinator}
    for sent in (2, 2):
        assert ask_helping.ask_more(**told, now=NOW + HOUR) == sent
    assert len(went_to(ask, RouteState.WAITING)) == 7
    with pytest.raises(SessionError, match=r"^Nobody who fits is free"):
        ask_helping.ask_more(**told, now=NOW + HOUR)
    tasks.tick(NOW + HOUR)
    assert len(went_to(ask)) == 7


def test_the_pages_show_no_name_of_who_asked_and_do_what_their_buttons_say(web):
    ask = web.ask(now=NOW)
    client = Client()
    with time_machine.travel(NOW + 50 * HOUR, tick=False):
        client.force_login(web.coordinator)
        overview = client.get(f"/programs/{web.program.slug}/").content.decode()
        assert "1 ask needs help to be answered" in overview
        assert "Waiting for a first reply" in overview
        page = client.get(AT.format(web.program.slug)).content.decode()
        assert "Open for 50 hours without a reply." in page
        for each in (overview.split("h-rh")[0], page):
            assert web.mia.user.name not in each
        do = {"do": f"more:{ask.pk}"}
        assert client.post(AT.format(web.program.slug), do).status_code == 302
        assert len(went_to(ask)) == 5
        client.post(AT.format(web.program.slug), {"do": f"mute:ask:{ask.pk}:ask_silent"})
        muted = client.get(AT.format(web.program.slug)).content.decode()
        assert "Not shown, because it was of no use" in muted
        client.post(AT.format(web.program.slug), {"do": f"show:ask:{ask.pk}:ask_silent"})
        assert "Not shown, because" not in client.get(AT.format(web.program.slug)).content.decode()
        for wrong in (
            "",
            "more:0",
            "more",
            "mute:ask",
            "mute:match:1:quiet",
            "mute:ask:1:quiet",
            "explode:1",
            "more:x",
        ):
            assert (wrong, client.post(AT.format(web.program.slug), {"do": wrong}).status_code) == (wrong, 404)


def test_who_asked_does_not_stand_on_the_page_of_messages(web):
    ask = web.ask()
    web.reply(ask.routes.first())
    client = Client()
    client.force_login(web.coordinator)
    page = client.get(f"/programs/{web.program.slug}/messages/").content.decode()
    assert "Somebody asks you something" in page
    assert "There is a reply to what you asked" not in page
    assert web.mia.user.name not in page


def test_rules_of_asks_stand_only_where_people_ask(web):
    other = ProgramFactory.create()
    assert not any(told.rule.of_asks for told in told_of(other, with_asks=False))
    client = Client()
    client.force_login(web.coordinator)
    at = f"/programs/{web.program.slug}/pairs/signals/"
    assert "A helper with too many" in client.get(at).content.decode()
    assert client.post(at, {"ask_watch_hours": "24"}).status_code == 302
    assert limits_of(web.program)["ask_watch_hours"] == 24
    assert client.post(at, {"ask_watch_hours": "200"}).status_code == 422


def test_a_thousand_asks_take_one_query(web):
    tracks, people = tracks_and_people(web.program)
    ask = web.ask()
    web.reply(ask.routes.first())
    for number in range(2):
        AskNotice.objects.create(ask=ask, rule=f"rule {number}", raised_at=NOW, muted_at=NOW)
        AskNotice.objects.create(helper=web.own[0], rule=f"rule {number}", raised_at=NOW, muted_at=NOW)
    with CaptureQueriesContext(connection) as asked:
        shown = asks_shown(web.program, tracks, people, Limits({}), NOW + dt.timedelta(hours=1))
    # A row for each notice, and yet each ask and each reply is counted once.
    assert (len(asked), shown.sent, shown.most) == (1, 1, 1)


@pytest.mark.parametrize("both", [{}, {"ask": True, "helper": True}])
def test_a_notice_is_of_an_ask_or_of_a_helper(web, both):
    ask = web.ask()
    told = {"ask": ask} if "ask" in both else {}
    told |= {"helper": web.own[0]} if "helper" in both else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        AskNotice.objects.create(**told, rule="ask_load", raised_at=NOW)
