"""Who pauses finds nothing due, may answer all the same, and is not one of those who do not answer."""

import datetime as dt

import pytest

from participants.models import Pause, User
from participants.services.pausing import pause, resume
from reports.health import Limits
from reports.queries.answering import _silent
from surveys.models import Invitation, Survey
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory
from tests.factories.surveys import ask_after
from tests.people import make_cast

DAY = dt.timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_cast()


def asked(cast, at):
    session = SessionFactory.create(match=cast.match, held=True, starts_at=at)
    return ask_after(session, cast.mia, at)


def test_nothing_is_due_in_a_pause(cast, client, time_machine):
    asked(cast, NOW)
    time_machine.move_to(NOW + DAY, tick=False)
    client.force_login(cast.mia)
    assert b"1 survey waits" in client.get("/me/surveys/").content
    pause(by=cast.mia, until=(NOW + 9 * DAY).date(), now=NOW + DAY)
    page = client.get("/me/surveys/").content.decode()
    assert "survey waits" not in page
    assert "btn-primary" not in page
    assert "Nothing is due until then. If you like to answer all the same, you can." in page


def test_check_ins_of_a_pause_are_not_left_unanswered(cast):
    limits = Limits({"unanswered": 2})
    first, second = (asked(cast, NOW + days * DAY) for days in (1, 20))
    survey, late = Survey.objects.get(kind="pulse"), second.closes_at + DAY
    assert _silent(survey, late, limits) == {cast.match.pk: {cast.mia.pk}}
    pause(by=cast.mia, until=(first.closes_at + DAY).date(), now=first.closes_at - DAY)
    resume(by=User.objects.get(pk=cast.mia.pk), now=first.closes_at + dt.timedelta(hours=1))
    assert Pause.objects.get().ends_at == first.closes_at + dt.timedelta(hours=1)
    assert _silent(survey, late, limits) == {}
    # What was answered in a pause counts as answered.
    Invitation.objects.filter(pk=first.pk).update(answered_at=first.closes_at)
    assert _silent(survey, late, limits) == {}
