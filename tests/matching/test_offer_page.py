"""The page behind the link in an offer's mail, and the mails themselves."""

import datetime as dt

import pytest
import time_machine
from django.utils.html import strip_tags

from mail import links
from mail.models import Message
from mail.services.composing import compose
from matching import services
from matching.mails import PURPOSE
from matching.models import Match, Seat
from tests.factories.programs import NOW
from tests.reading import READS

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered(town):
    proposal = town.propose()
    services.publish(proposal=proposal, by=None, now=NOW)
    return town.match(proposal, "Mona", "Tom")


def seat(match: Match, name: str) -> Seat:
    return match.seats.get(enrolment__user__first_name=name)


def page(match: Match, name: str) -> str:
    mine = seat(match, name)
    return f"/t/{links.make(PURPOSE, mine.enrolment.user, mine.pk, days=30, now=NOW)}/match/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_one_meets_the_other_with_reasons_and_without_points(offered, client):
    shown = text(client.get(page(offered, "Tom")))
    assert 'Meet <span dir="auto">Mona</span>, your mentor' in shown
    assert "Two levels ahead of you" in shown
    assert "Different department: Art" in shown
    words = strip_tags(shown)
    assert "12" not in words
    assert "point" not in words
    assert "mona@example.org" not in shown


def test_looking_a_hundred_times_answers_nothing(offered, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = page(offered, "Tom")
    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            assert client.get(url).status_code == 200
            assert client.head(f"{url}?decline=1").status_code == 200
    assert [q["sql"] for q in asked if not q["sql"].startswith(READS)] == []
    assert seat(offered, "Tom").answer == "waiting"


def test_the_page_tells_nobody_where_it_was(offered, client):
    response = client.get(page(offered, "Tom"))
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "script" not in response.content.decode()


def test_both_accept_in_two_taps_each(offered, client):
    done = client.post(page(offered, "Tom"), {"answer": "accept"}, follow=True)
    assert "You said yes to" in text(done)
    done = client.post(page(offered, "Mona"), {"answer": "accept"}, follow=True)
    assert 'You and <span dir="auto">Tom</span> are matched' in text(done)
    assert "tom@example.org" in text(done)
    offered.refresh_from_db()
    assert offered.state == "active"


def test_declining_asks_for_a_reason_that_the_other_never_reads(offered, client):
    assert "Only the coordinator sees this." in text(client.get(f"{page(offered, 'Tom')}?decline=1"))
    done = client.post(page(offered, "Tom"), {"answer": "decline", "reason": "canary"}, follow=True)
    assert "You declined" in text(done)
    other = text(client.get(page(offered, "Mona")))
    assert "does not come about" in other
    assert "canary" not in other
    assert "declined" not in other
    assert seat(offered, "Tom").decline_reason == "canary"


def test_who_answers_too_late_hears_it(offered, client):
    client.post(page(offered, "Tom"), {"answer": "decline"})
    late = client.post(page(offered, "Mona"), {"answer": "accept"})
    assert late.status_code == 409
    assert "This offer was taken back." in text(late)
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        una = Seat.objects.get(enrolment__user__first_name="Una", live=True).match
        assert "The time to answer is over" in text(client.get(page(una, "Una")))


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_answer_that_is_none_changes_nothing(offered, client, answer):
    assert client.post(page(offered, "Tom"), {"answer": answer}).status_code == 422
    assert seat(offered, "Tom").answer == "waiting"


def test_every_end_has_its_own_plain_words(town, offered, client):
    services.withdraw(match=offered, by=None, now=NOW)
    assert "does not come about" in text(client.get(page(offered, "Tom")))
    Match.objects.filter(pk=offered.pk).update(end_reason="left")
    assert "no longer takes part" in text(client.get(page(offered, "Tom")))
    Match.objects.filter(pk=offered.pk).update(end_reason="expired")
    assert "The time to answer is over" in text(client.get(page(offered, "Tom")))
    Match.objects.filter(pk=offered.pk).update(end_reason="", activated_at=NOW)
    assert "has ended" in text(client.get(page(offered, "Tom")))


def test_a_link_is_for_one_person_one_task_and_one_seat(town, offered, client):
    mona, tom = seat(offered, "Mona"), seat(offered, "Tom")
    wrong = [
        links.make(PURPOSE, mona.enrolment.user, tom.pk, days=9, now=NOW),
        links.make("survey", tom.enrolment.user, tom.pk, days=9, now=NOW),
        links.make(PURPOSE, tom.enrolment.user, 10**6, days=9, now=NOW),
        links.make(PURPOSE, tom.enrolment.user, tom.pk, days=9, now=NOW)[:-1] + "_",
        links.make(PURPOSE, tom.enrolment.user, tom.pk, days=1, now=NOW - 2 * DAY),
    ]
    for token in wrong:
        for send in (client.get, client.post):
            assert send(f"/t/{token}/match/", {"answer": "accept"}).status_code == 404
    assert Seat.objects.exclude(answer="waiting").count() == 0


def test_a_draft_has_no_page(town, offered, client):
    draft = town.match(town.propose(), "Mona", "Tom")
    assert client.get(page(draft, "Tom")).status_code == 404


# --- mails ------------------------------------------------------------------------------


def mail(kind: str, name: str):
    row = Message.objects.get(kind=kind, recipient__first_name=name)
    composed = compose(row, now=NOW)
    assert composed is not None
    return composed, str(composed.alternatives[0][0])


def test_the_offer_names_the_other_gives_reasons_and_one_button(offered):
    letter, html = mail("match-offer", "Mona")
    assert letter.subject == "Meet Tom, your mentee"
    assert "Tom Town (Level: Starting, Department: Biology)" in letter.body
    assert "- Two levels behind you" in letter.body
    assert "until Monday 15 March, 10:00 (Berlin)" in letter.body
    assert "http://testserver/t/" in letter.body
    assert html.count('class="bt"') == 1
    assert "12 of" not in letter.body + html
    assert letter.from_email.startswith("Dana <")


def test_an_answered_offer_is_not_sent_any_more(offered):
    services.answer_seat(seat=seat(offered, "Mona"), accept=True, now=NOW)
    assert compose(Message.objects.get(kind="match-offer", recipient__first_name="Mona"), now=NOW) is None


def test_the_match_is_on_says_who_writes_first_and_until_when(offered):
    for name in ("Tom", "Mona"):
        services.answer_seat(seat=seat(offered, name), accept=True, now=NOW)
    letter, html = mail("match-on", "Tom")
    assert letter.subject == "You and Mona are matched"
    assert "You write first, until Saturday 6 March." in letter.body
    assert "mona@example.org" in letter.body
    other, _ = mail("match-on", "Mona")
    assert "Tom writes first, until Saturday 6 March. You need not wait for it." in other.body
    assert letter.body.count("\n- ") == 3
    assert html.count('class="bt"') == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("declined", "It did not suit this time. Times and wishes differ; it says nothing about you."),
        ("withdrawn", "The program has been matched anew."),
        ("left", "Tom no longer takes part in the program."),
        ("expired", "Not everybody answered in time."),
    ],
)
def test_the_end_of_an_offer_blames_nobody(offered, how, words):
    if how == "declined":
        services.answer_seat(seat=seat(offered, "Tom"), accept=False, reason="canary", now=NOW)
    elif how == "withdrawn":
        services.withdraw(match=offered, by=None, now=NOW)
    elif how == "left":
        services.end_matches_of(seat(offered, "Tom").enrolment, NOW)
    else:
        services.expire_unanswered(now=NOW + 14 * DAY)
    letter, html = mail("match-over", "Mona")
    assert letter.subject == "The match with Tom does not come about"
    assert f"{words} Dana looks for somebody else for you." in letter.body
    assert "canary" not in letter.body + html
