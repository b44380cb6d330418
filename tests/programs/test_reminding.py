"""Who has begun an application, or has a place, and left it there: on which day they are reminded, and once."""

import datetime as dt

import pytest

from mail.models import Message
from participants.services.pausing import pause
from programs.models import Application, Program
from programs.planning import UNCONFIRMED, UNFINISHED, plan_all
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, TrackFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
State = Application.State
# By state: which reminder, and after how long.
DUE = {State.STARTED: (UNFINISHED, 7 * DAY), State.ACCEPTED: (UNCONFIRMED, 14 * DAY)}


def waiting(state: str) -> Application:
    track = TrackFactory.create(program__takes_applications=True)
    decided = {"sent_at": NOW, "decided_at": NOW} if state == State.ACCEPTED else {}
    user = UserFactory.create(timezone="UTC")
    return Application.objects.create(track=track, user=user, role="mentee", state=state, started_at=NOW, **decided)


@pytest.mark.parametrize("state", DUE)
def test_one_reminder_on_its_day_and_none_again(state: State) -> None:
    application = waiting(state)
    kind, after = DUE[state]
    assert plan_all(NOW + after - MINUTE) == 0
    assert plan_all(NOW + after) == 1
    assert plan_all(NOW + after + 3 * DAY) == 0
    message = Message.objects.get()
    assert (message.kind, message.subject_id, message.recipient) == (kind, application.pk, application.user)
    assert (message.not_before, message.expires_at) == (NOW + after, NOW + after + 7 * DAY)


@pytest.mark.parametrize("state", DUE)
def test_after_a_break_of_two_weeks_it_is_too_late(state: State) -> None:
    waiting(state)
    _, after = DUE[state]
    assert plan_all(NOW + after + 14 * DAY) == 0
    assert plan_all(NOW + after + 14 * DAY - MINUTE) == 1


@pytest.mark.parametrize("state", DUE)
@pytest.mark.parametrize("what", ["went on", "closed", "paused", "no account"])
def test_nobody_is_reminded_of_what_is_done_or_cannot_be_done(state: State, what: str) -> None:
    application = waiting(state)
    now = NOW + DUE[state][1]
    if what == "went on":
        Application.objects.update(state=State.WITHDRAWN, decided_at=NOW)
    elif what == "closed":
        Program.objects.update(state=Program.State.CLOSED)
    elif what == "paused":
        pause(by=application.user, until=(now + 9 * DAY).date(), now=now - DAY)
    else:
        type(application.user).objects.update(is_active=False)
    assert plan_all(now) == 0


def test_an_application_that_can_be_sent_no_more_is_not_asked_for_and_a_place_is() -> None:
    waiting(State.STARTED)
    waiting(State.ACCEPTED)
    Program.objects.update(takes_applications=False)
    assert plan_all(NOW + 14 * DAY) == 1
    assert Message.objects.get().kind == UNCONFIRMED
