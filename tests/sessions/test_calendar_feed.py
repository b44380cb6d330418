"""Somebody's sessions in their own calendar: what stands in the feed, and when its address stops."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from matching.models import Match, Seat
from participants.models import AuditEntry, User
from programs import services as programs
from programs.models import Enrolment, Role
from sessions import calendar, services, tasks
from sessions.errors import NotInMatch
from sessions.feeds import feed_path
from sessions.models import CalendarFeed
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import NoteFactory, SessionFactory
from tests.sessions.reading import heading, text
from tests.sessions.test_mails import calendar_of, written

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def address(cast):
    """The path of bob's feed."""
    return path_of(cast.bob, services.renew_feed(by=cast.bob, now=NOW))


def path_of(user, made):
    return feed_path(user, made.key, made.feed.made_at)


def shown(response):
    """The path of the address on the page that has just made it."""
    assert response.status_code == 200
    return re.search(r'value="http://testserver(/t/[^"]+/calendar.ics)" readonly', response.content.decode())[1]


def events(response):
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_it_has_the_sessions_of_all_matches_and_programs(cast, client, plan, address):
    elsewhere = EnrolmentFactory.create(track=cast.other_match.track, user=cast.bob, role=Role.MENTEE)
    guide = EnrolmentFactory.create(track=cast.other_match.track, role=Role.MENTOR, user__first_name="Gus")
    later = SessionFactory.create(match=make_pair(guide, elsewhere), starts_at=NOW + 40 * DAY)
    first = plan()
    SessionFactory.create(match=cast.other_match)
    found = events(client.get(address))
    assert [str(each["UID"]) for each in found] == [f"{each.uid}@testserver" for each in (first, later)]
    assert [str(each["SUMMARY"]) for each in found] == ["Session with Mia", "Session with Gus"]


def test_it_says_when_and_with_whom_and_nothing_more(cast, client, plan, address):
    session = plan(place="canary-place")
    for visibility in ("shared", "private"):
        NoteFactory.create(session=session, author=cast.bob, visibility=visibility, body="canary-note")
    services.add_goal(match=cast.match, text="canary-goal", by=cast.bob, now=NOW)
    response = client.get(address)
    (event,) = events(response)
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS", "TRANSP"}
    assert (event["CLASS"], event["STATUS"]) == ("PRIVATE", "CONFIRMED")
    assert event.decoded("DTSTART") == dt.datetime(2027, 3, 8, 15, 0, tzinfo=dt.UTC)
    assert [word for word in ("canary", "@example.org", "Example", "Alice") if word in response.content.decode()] == []


def mailed(kind, user, sequence):
    """The event in the calendar file of a mail."""
    _, _, parsed = calendar_of(written(kind, user, NOW, sequence))
    return parsed.walk("VEVENT")[0]


def test_an_event_is_the_one_in_the_mails(cast, client, plan, address):
    session = plan()
    facts: dict[str, Any] = {
        "starts": dt.datetime(2027, 3, 9, 9, 0),
        "zone": "Europe/Berlin",
        "minutes": 30,
        "channel": "video",
    }
    services.move_session(session=session, **facts, by=cast.mia, now=NOW)
    for sequence, kind, status in ((1, "session-planned", "CONFIRMED"), (2, "session-cancelled", "CANCELLED")):
        if sequence == 2:
            services.cancel_session(session=session, by=cast.mia, now=NOW)
        (here,), there = events(client.get(address)), mailed(kind, cast.bob, sequence)
        alike = ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS", "TRANSP")
        assert [here.decoded(key) for key in alike] == [there.decoded(key) for key in alike]
        assert (here["SEQUENCE"], here["STATUS"]) == (sequence, status)


@pytest.mark.parametrize(
    "summary", ["Session", "Session with Zoë\\, Ana; Bo", "Session with " + "Añé " * 40, "a" * 67, "a" * 68]
)
def test_its_bytes_are_those_of_the_library(summary):
    session = SessionFactory.build(starts_at=NOW, created_at=NOW)
    shown = [calendar.Entry(session, summary, cancelled=each) for each in (False, True)]
    whole = Calendar()
    for name, value in (("prodid", calendar.PRODUCT), ("version", "2.0"), ("x-wr-calname", calendar.FEED_NAME)):
        whole.add(name, value)
    whole.add("refresh-interval", calendar.FEED_EVERY, parameters={"VALUE": "DURATION"})
    for each in shown:
        whole.add_component(calendar._facts(each, session.planned_at or session.created_at))
    assert calendar.feed(shown) == whole.to_ical()


def test_what_was_never_agreed_or_did_not_happen_is_not_in_it(cast, client, plan, address, clock):
    held, missed = plan(), plan(starts=dt.datetime(2027, 3, 8, 18, 0))
    now = dt.datetime(2027, 3, 9, 12, 0, tzinfo=dt.UTC)
    services.log_session(session=held, said=services.Said(held=True), by=cast.bob, now=now)
    services.log_session(session=missed, said=services.Said(held=False), by=cast.bob, now=now)
    logged = {"match": cast.match, "starts": dt.datetime(2027, 3, 7, 9, 0), "zone": "UTC", "minutes": 30}
    services.log_unplanned_session(**logged, channel="video", by=cast.bob, now=now)
    assert [str(each["UID"]) for each in events(client.get(address))] == [f"{held.uid}@testserver"]
    clock.move_to(NOW + 375 * DAY)
    assert events(client.get(address)) == []


def test_an_offer_that_waits_for_an_answer_shows_nothing(cast, client, plan, address):
    plan()
    Seat.objects.filter(match=cast.match, enrolment__user=cast.bob).update(answer="waiting", answered_at=None)
    assert events(client.get(address)) == []


def test_after_the_other_has_left_what_was_called_off_stands_so(cast, client, plan, address):
    plan()
    programs.leave(enrolment=Enrolment.objects.get(user=cast.mia), by=cast.alice, now=NOW)
    cast.match.refresh_from_db()
    assert cast.match.state == Match.State.ENDED
    assert [str(each["STATUS"]) for each in events(client.get(address))] == ["CANCELLED"]


def gone(client):
    """What an address says that never was one."""
    return client.get("/t/1.2.3.4.5.nothing/calendar.ics")


def same(one, other):
    assert (one.status_code, one["Content-Type"], one["Cache-Control"]) == (
        404,
        other["Content-Type"],
        other["Cache-Control"],
    )
    return one.content.replace(one.wsgi_request.path.encode(), b"") == other.content.replace(
        other.wsgi_request.path.encode(), b""
    )


def test_a_new_address_ends_the_one_before_at_once(cast, client, plan, address):
    plan()
    browser = type(client)()
    browser.force_login(cast.bob)
    new = shown(browser.post("/me/calendar/", {"do": "new"}))
    assert new != address
    assert same(client.get(address), gone(client))
    assert len(events(client.get(new))) == 1
    assert browser.post("/me/calendar/", {"do": "off"}).status_code == 302
    assert same(client.get(new), gone(client))
    assert same(browser.get(new), gone(browser))
    assert not CalendarFeed.objects.exists()
    verbs = list(AuditEntry.objects.filter(by=cast.bob).order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if "address" in verb] == [
        "calendar address made",
        "calendar address replaced",
        "calendar address turned off",
    ]


@pytest.mark.parametrize("how", ["left", "withdrawn", "inactive"])
def test_the_address_ends_with_its_person(cast, client, plan, address, how):
    plan()
    if how == "left":
        programs.leave(enrolment=Enrolment.objects.get(user=cast.bob), by=cast.alice, now=NOW)
    else:
        changes: dict[str, dict[str, Any]] = {"withdrawn": {"link_version": 2}, "inactive": {"is_active": False}}
        change = changes[how]
        User.objects.filter(pk=cast.bob.pk).update(**change)
    assert same(client.get(address), gone(client))


def test_the_key_of_one_person_opens_nothing_of_another(cast, client, plan, address):
    plan()
    services.renew_feed(by=cast.paul, now=NOW)
    mine = services.renew_feed(by=cast.bob, now=NOW)
    assert same(client.get(feed_path(cast.paul, mine.key, NOW)), gone(client))
    # Nor does what is kept of it.
    assert same(client.get(feed_path(cast.bob, mine.feed.key, NOW)), gone(client))
    assert client.get(feed_path(cast.bob, mine.key, NOW)).status_code == 200
    with pytest.raises(NotInMatch):
        services.renew_feed(by=cast.charlie, now=NOW)


def test_it_is_only_read_and_kept_by_nobody_else(cast, client, plan, address, clock):
    plan()
    first = client.get(address)
    assert {"private", "no-store"} <= set(first["Cache-Control"].split(", "))
    assert first["X-Robots-Tag"] == "noindex"
    assert [client.head(address).status_code, client.post(address).status_code] == [200, 405]
    clock.shift(dt.timedelta(hours=5))
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    services.cancel_session(session=cast.match.sessions.get(), by=cast.mia, now=NOW)
    changed = client.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_more_matches_and_sessions_cost_no_more_questions(cast, client, plan, address):
    plan()
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            events(client.get(address))
        costs.append(len(asked))
        for number in range(5):
            track = TrackFactory.create()
            mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, user=cast.bob)
            match = make_pair(mentor, EnrolmentFactory.create(track=track, role=Role.MENTEE))
            for days in (9, 19):
                SessionFactory.create(match=match, starts_at=NOW + (number + days) * DAY)
    assert costs[0] == costs[1] <= 7
    assert len(events(client.get(address))) == 21


def test_the_page_shows_the_address_once(cast, client):
    client.force_login(cast.mia)
    page = client.get("/me/calendar/")
    assert heading(page) == "Your sessions in your own calendar"
    assert "/calendar.ics" not in page.content.decode()
    assert not CalendarFeed.objects.exists()
    path = shown(client.post("/me/calendar/", {"do": "new"}))
    assert len(events(client.get(path))) == 0
    later = client.get("/me/calendar/")
    assert "/calendar.ics" not in later.content.decode()
    assert "The address was shown when it was made" in text(later)
    refused = client.post("/me/calendar/", {"do": "canary"})
    assert (refused.status_code, "Choose one of the buttons." in text(refused)) == (422, True)
    assert client.get(path).status_code == 200


def test_its_owner_sees_when_it_was_last_asked_for(cast, client, address, clock, monkeypatch):
    """Written by a worker, at most once a day; that looking writes nothing is in tests/house."""
    rung: list[int] = []
    monkeypatch.setattr(tasks.note_feed_use, "delay", rung.append)
    client.force_login(cast.bob)
    assert "No calendar program has asked for it yet" in text(client.get("/me/calendar/"))
    for _ in range(3):
        assert client.get(address).status_code == 200
    clock.shift(DAY)
    assert client.get(address, headers={"if-none-match": "x"}).status_code == 200
    assert rung == [cast.bob.pk] * 2
    tasks.note_feed_use(cast.bob.pk)
    assert "last asked for it on 2 March 2027" in text(client.get("/me/calendar/"))
    renewed = services.renew_feed(by=cast.bob, now=NOW)
    assert renewed.feed.used_on is None
    # An address that is none, and a broker that is gone, note nothing and break nothing.
    assert client.get(address).status_code == 404
    monkeypatch.setattr(tasks.note_feed_use, "delay", broken)
    assert client.get(path_of(cast.bob, renewed)).status_code == 200
    assert len(rung) == 2


def broken(_):
    raise OSError


def test_an_address_that_is_asked_for_all_the_time_waits_for_the_next_minute(cast, client, plan, address, clock):
    plan()
    other = path_of(cast.mia, services.renew_feed(by=cast.mia, now=NOW))
    assert [client.get(address).status_code for _ in range(31)] == [200] * 30 + [429]
    with CaptureQueriesContext(connection) as asked:
        refused = client.get(address)
    # Only who the address is of, which its signature says.
    assert (refused["Retry-After"], len(asked)) == ("60", 1)
    assert client.get(other).status_code == 200
    clock.shift(dt.timedelta(minutes=1))
    assert client.get(address).status_code == 200


def test_one_address_each_and_never_without_a_key(cast, address):
    for facts in ({"user": cast.bob, "key": "x"}, {"user": cast.mia, "key": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarFeed.objects.create(**facts, made_at=NOW)
