"""Times put to the others: one tap from the mail plans one of them, once, and nobody chooses what is over."""

import datetime as dt
from typing import Any

import pytest

from mail import links
from mail.models import Message
from programs.models import Enrolment, Role
from sessions import services
from sessions.errors import NotActive, NotInMatch, SessionError, TimeTaken, TooLate
from sessions.models import Session, TimeOffer
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory
from tests.sessions.linking import snapshot, text

UTC = dt.UTC
WALLS = [dt.datetime(2027, 3, 8, 16), dt.datetime(2027, 3, 9, 9, 30), dt.datetime(2027, 3, 10, 12)]
SECOND = dt.datetime(2027, 3, 9, 8, 30, tzinfo=UTC)
FACTS: dict[str, Any] = {"zone": "Europe/Berlin", "minutes": 45, "channel": "video"}


@pytest.fixture
def offer(cast):
    return services.offer_times(match=cast.match, starts=WALLS, **FACTS, by=cast.bob, now=NOW)


def choose(offer, by, at=SECOND, now=NOW):
    return services.choose_time(offer=offer, at=at, by=by, now=now)


def page(cast, offer, user=None):
    return f"/t/{links.make('time', user or cast.mia, offer.pk, days=14, now=NOW)}/time/"


def test_the_others_are_asked_and_nothing_is_planned(cast, offer):
    asked = Message.objects.get()
    assert (asked.kind, asked.recipient, asked.expires_at) == ("time-offer", cast.mia, NOW + dt.timedelta(days=5))
    assert Session.objects.count() == 0


def test_choosing_plans_that_session_and_twice_is_once(cast, offer):
    session = choose(offer, cast.mia)
    assert (session.starts_at, session.wall_start, session.planned_by) == (SECOND, "2027-03-09T09:30", cast.mia)
    assert choose(offer, cast.mia) == session
    offer.refresh_from_db()
    assert (offer.state, offer.session) == ("chosen", session)
    assert Message.objects.get(kind="time-offer").state == "cancelled"


def test_another_of_the_times_cannot_be_chosen_after_that(cast, offer):
    choose(offer, cast.mia)
    with pytest.raises(TooLate):
        choose(offer, cast.mia, at=dt.datetime(2027, 3, 8, 15, tzinfo=UTC))
    assert Session.objects.count() == 1


def test_new_times_take_the_place_of_the_old(cast, offer):
    again = services.offer_times(match=cast.match, starts=WALLS[:1], **FACTS, by=cast.mia, now=NOW)
    with pytest.raises(TooLate):
        choose(offer, cast.mia)
    assert list(TimeOffer.objects.values_list("state", flat=True)) == ["replaced", "open"]
    assert again.by == cast.mia
    assert services.offer_times(match=cast.match, starts=WALLS[:1], **FACTS, by=cast.mia, now=NOW) == again


@pytest.mark.parametrize(
    ("who", "at", "now", "error"),
    [
        ("bob", SECOND, NOW, NotInMatch),
        ("paul", SECOND, NOW, NotInMatch),
        ("alice", SECOND, NOW, NotInMatch),
        ("mia", SECOND, NOW + dt.timedelta(days=5), TooLate),
        ("mia", SECOND + dt.timedelta(minutes=30), NOW, SessionError),
    ],
    ids=["own", "stranger", "coordinator", "expired", "not offered"],
)
def test_who_may_not_or_too_late_chooses_nothing(cast, offer, who, at, now, error):
    with pytest.raises(error):
        choose(offer, getattr(cast, who), at=at, now=now)
    assert Session.objects.count() == 0


def test_a_time_taken_meanwhile_is_refused_and_the_others_stand(cast, offer):
    second = EnrolmentFactory.create(track=cast.track, role=Role.MENTEE)
    other = make_pair(Enrolment.objects.get(user=cast.bob), second)
    services.plan_session(match=other, starts=WALLS[1], **FACTS, by=second.user, now=NOW)
    with pytest.raises(TimeTaken):
        choose(offer, cast.mia)
    assert choose(offer, cast.mia, at=dt.datetime(2027, 3, 8, 15, tzinfo=UTC)).state == "planned"


def test_nobody_chooses_in_a_match_that_is_over(cast, offer):
    cast.match.state, cast.match.ended_at = "ended", NOW
    cast.match.save()
    with pytest.raises(NotActive):
        choose(offer, cast.mia)


def test_opening_the_page_changes_nothing_and_one_tap_plans(cast, offer, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    before = snapshot()
    shown = client.get(page(cast, offer) + "?at=2027-03-09T08:30Z")
    assert snapshot() == before
    assert "Tuesday 9 March, 09:30" in text(shown)
    planned = client.post(page(cast, offer), {"choose": "2027-03-09T08:30Z"}, follow=True)
    assert "meet Tuesday 9 March" in text(planned)
    assert Session.objects.get().starts_at == SECOND


@pytest.mark.parametrize("junk", ["", "2027-03-09", "x" * 400, "2027-03-09T08:30", "9999-12-31T23:59Z"])
def test_what_is_no_time_plans_nothing(cast, offer, client, time_machine, junk):
    time_machine.move_to(NOW, tick=False)
    assert client.post(page(cast, offer), {"choose": junk}).status_code == 409
    assert Session.objects.count() == 0


def test_the_link_is_for_those_who_were_asked(cast, offer, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    for user in (cast.bob, cast.paul, cast.alice):
        assert client.get(page(cast, offer, user)).status_code == 404
        assert client.post(page(cast, offer, user), {"choose": "2027-03-09T08:30Z"}).status_code == 404
    assert Session.objects.count() == 0
