"""Who was there, minutes in one tap, and logs that arrive twice."""

import datetime as dt
from uuid import uuid4

import pytest

from matching.models import Seat
from programs.models import Enrolment
from reports.queries.base import load
from sessions import services
from sessions.errors import ChangedSince, OtherBody, SessionError
from sessions.models import Session
from sessions.queries.attendance import thinly_attended
from tests.factories.matching import SeatFactory

BODY = {"outcome": "met", "day": "2027-03-08", "minutes": "45", "channel": "video", "note": ""}


@pytest.fixture
def three(cast):
    """Paul sits with bob and mia."""
    paul = Enrolment.objects.get(user=cast.paul)
    SeatFactory.create(match=cast.match, enrolment=paul, answer="accepted", answered_at=cast.match.created_at)
    return {seat.enrolment.user.first_name: seat.pk for seat in Seat.objects.filter(match=cast.match)}


def log(session, by, now, **changes):
    said = services.Said(**{"held": True, **changes})
    return services.log_session(session=session, said=said, by=by, now=now)


def test_who_was_there_counts_as_having_met_and_can_be_corrected(cast, plan, over, three):
    session = plan()
    log(session, cast.bob, over, present=[three["Bob"], three["Mia"]])
    row = next(each for each in load(cast.program).matches if each.pk == cast.match.pk)
    assert [row.met_by(user.pk) for user in (cast.bob, cast.mia, cast.paul)] == [1, 1, 0]
    assert thinly_attended([cast.match.pk]) == [session]
    log(session, cast.mia, over, present=list(three.values()))
    assert thinly_attended([cast.match.pk]) == []
    services.undo_log(session=session, by=cast.mia, now=over)
    assert thinly_attended([cast.match.pk]) == [session]


def test_nobody_there_or_a_stranger_is_refused(cast, plan, over, three):
    session = plan()
    for present in ([], [three["Bob"], 10**6]):
        with pytest.raises(SessionError):
            log(session, cast.bob, over, present=present)
    assert Session.objects.get().state == "planned"


def test_a_log_sent_twice_is_saved_once_and_another_under_its_key_is_refused(cast, plan, over, client, time_machine):
    session = plan()
    time_machine.move_to(over, tick=False)
    client.force_login(cast.bob)
    url, sent = f"/me/session/{session.pk}/log/", {**BODY, "key": str(uuid4()), "seen": session.stamp}
    assert client.post(url, sent).status_code == 302
    services.log_session(session=session, said=services.Said(held=True, minutes=60), by=cast.mia, now=over)
    # Sent again after mia has corrected it: nothing is put back.
    assert client.post(url, sent).status_code == 302
    assert Session.objects.get().minutes == 60
    assert client.post(url, {**sent, "minutes": "30"}).status_code == 422
    assert Session.objects.get().minutes == 60


def test_what_the_other_has_logged_meanwhile_is_not_overwritten(cast, plan, over):
    session = plan()
    log(session, cast.mia, over, minutes=60)
    with pytest.raises(ChangedSince):
        log(session, cast.bob, over, minutes=30, seen=session.stamp)
    assert Session.objects.get().minutes == 60
    # The same as what stands is no conflict.
    assert log(session, cast.bob, over, minutes=60, seen=session.stamp).minutes == 60


def test_a_refused_log_leaves_its_key_free(cast, plan, over):
    session, key = plan(), uuid4()

    def refuse():
        raise SessionError("no")

    with pytest.raises(SessionError):
        services.log_once(sent=services.Sent(key, {"a": 1}), match=cast.match, deed=refuse, by=cast.bob, now=over)
    deed = lambda: log(session, cast.bob, over)  # noqa: E731 - as short as what it stands for
    assert (
        services.log_once(sent=services.Sent(key, {"a": 2}), match=cast.match, deed=deed, by=cast.bob, now=over)
        == session
    )
    with pytest.raises(OtherBody):
        services.log_once(sent=services.Sent(key, {"a": 1}), match=cast.match, deed=deed, by=cast.bob, now=over)


def test_the_length_is_corrected_by_one_tap(cast, plan, over, client, time_machine):
    session = plan()
    log(session, cast.bob, over)
    time_machine.move_to(over + dt.timedelta(minutes=1), tick=False)
    client.force_login(cast.mia)
    url = f"/me/session/{session.pk}/log/"
    assert client.post(url, {"outcome": "minutes", "minutes": "90"}).status_code == 302
    assert Session.objects.get().minutes == 90
    for junk in ("", "x", "9999", "1", "²"):
        assert client.post(url, {"outcome": "minutes", "minutes": junk}).status_code == 409
    assert Session.objects.get().minutes == 90


def test_signing_out_clears_the_phone_and_the_worker_keeps_one_page(cast, client):
    client.force_login(cast.bob)
    worker = client.get("/offline-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert b'const PAGE = "/me/offline/"' in worker.content
    assert client.post("/sign-out/")["Clear-Site-Data"] == '"storage"'
