"""Who led a group's session, and that an expert is wanted: on the log, and in the signals that need them."""

import datetime as dt

import pytest

from matching.models import Seat
from programs.models import Enrolment, Track
from reports.queries.around import limits_of
from reports.queries.base import load
from reports.queries.overview import raised_in
from sessions import services
from sessions.errors import NotInMatch, SessionError
from sessions.models import ExpertWanted, Session
from tests.factories.matching import SeatFactory
from tests.factories.programs import EnrolmentFactory
from tests.sessions.linking import address, details, text, token

WEEK = dt.timedelta(days=7)


@pytest.fixture
def group(cast):
    """Bob, mia, paul and pia, who lead in turn in this order."""
    Track.objects.filter(pk=cast.track.pk).update(model="group_peer")
    cast.match.track.refresh_from_db()
    Enrolment.objects.filter(track=cast.track).update(role="peer")
    Seat.objects.filter(match=cast.match).update(role="peer")
    pia = EnrolmentFactory.create(track=cast.track, role="peer", user__first_name="Pia")
    for enrolment in (Enrolment.objects.get(user=cast.paul), pia):
        facts = {"answer": "accepted", "answered_at": cast.match.created_at, "role": "peer"}
        SeatFactory.create(match=cast.match, enrolment=enrolment, **facts)
    return {each.enrolment.user.first_name: each.pk for each in Seat.objects.filter(match=cast.match).order_by("pk")}


def log(session, by, now, **changes):
    said = services.Said(**{"held": True, **changes})
    return services.log_session(session=session, said=said, by=by, now=now)


def test_two_taps_from_the_mail_keep_whose_turn_it_was(cast, plan, over, group, client, time_machine):
    session = plan()
    time_machine.move_to(over, tick=False)
    url = address(token(cast.mia, session, now=over))
    page = client.get(url)
    first = min(group, key=lambda name: group[name])
    assert f'<option value="{group[first]}" selected>{first}</option>' in page.content.decode()
    sent = details(present=list(group.values()), led=group[first], seen=session.stamp)
    receipt = client.post(url, sent, follow=True)
    assert f"led by {first}" in text(receipt)
    assert Session.objects.get().facilitated_by_id == group[first]


def test_somebody_else_may_have_led_and_a_correction_says_so(cast, plan, over, group):
    session = log(plan(), cast.bob, over, led=group["Bob"])
    assert log(session, cast.mia, over, led=group["Mia"]).facilitated_by_id == group["Mia"]
    assert log(session, cast.mia, over, minutes=60).facilitated_by_id == group["Mia"]
    services.undo_log(session=session, by=cast.mia, now=over)
    assert Session.objects.get().facilitated_by_id == group["Mia"]
    assert log(session, cast.bob, over, led=0).facilitated_by_id is None
    log(session, cast.bob, over, led=group["Bob"])
    assert log(session, cast.bob, over, held=False).facilitated_by_id is None


def test_nobody_leads_who_was_not_there(cast, plan, over, group):
    session, there = plan(), [group["Mia"], group["Paul"], group["Pia"]]
    stranger = Seat.objects.exclude(match=cast.match).first().pk
    for led in (group["Bob"], stranger, 10**6):
        with pytest.raises(SessionError) as refused:
            log(session, cast.mia, over, present=there, led=led)
        assert refused.value.field == "led"
    assert Session.objects.get().state == "planned"


def test_an_expert_is_wanted_by_one_tap_and_not_any_more_by_another(cast, plan, over, group, client, time_machine):
    session = log(plan(), cast.bob, over)
    time_machine.move_to(over, tick=False)
    client.force_login(cast.mia)
    url = f"/me/session/{session.pk}/log/"
    for _ in range(2):
        assert client.post(url, {"outcome": "expert", "expert": "yes"}).status_code == 302
    assert ExpertWanted.objects.get().said_by == cast.mia
    assert "You said that you need an expert" in text(client.get(f"/me/session/{session.pk}/"))
    receipt = address(token(cast.bob, session, now=over))
    client.post(receipt, {"outcome": "expert", "expert": "no"})
    assert not ExpertWanted.objects.exists()
    client.post(receipt, {"outcome": "expert", "expert": "yes"})
    log(session, cast.bob, over, held=False)
    assert not ExpertWanted.objects.exists()


def test_an_expert_is_not_asked_for_by_strangers_or_before_a_session(cast, plan, over, group):
    session = plan()
    with pytest.raises(SessionError):
        services.want_expert(session=session, wanted=True, by=cast.mia, now=over)
    log(session, cast.bob, over)
    with pytest.raises(NotInMatch):
        services.want_expert(session=session, wanted=True, by=cast.charlie, now=over)
    assert not ExpertWanted.objects.exists()


def test_a_pair_with_a_mentor_is_asked_for_neither(cast, plan, over, client, time_machine):
    session = log(plan(), cast.bob, over)
    time_machine.move_to(over, tick=False)
    client.force_login(cast.mia)
    page = text(client.get(f"/me/session/{session.pk}/"))
    assert "We need an expert" not in page
    assert "Who led it" not in page


def test_both_become_signals_of_the_group(cast, plan, over, group):
    for week in range(3):
        session = plan(starts=dt.datetime(2027, 3, 8, 16, 0) + week * WEEK)
        log(session, cast.bob, over + week * WEEK, led=group["Bob"])
        if week:
            services.want_expert(session=session, wanted=True, by=cast.mia, now=over + week * WEEK)
    found = raised_in(load(cast.program), limits_of(cast.program), over + 2 * WEEK)[cast.match.pk]
    assert {each.rule for each in found} >= {"facilitator", "expert_wanted"}
