"""Offers, and that a match is on, wait for the morning of their reader, unless it were too late by then."""

import datetime as dt

import pytest

from mail.models import Message
from matching.models import Match
from matching.services import answer_seat, publish
from matching.services.gathering import by_day
from participants.models import User
from tests.people import make_cast

NIGHT = dt.datetime(2027, 3, 1, 22, 30, tzinfo=dt.UTC)
ZONES = {"Bob": "Europe/Berlin", "Mia": "America/New_York"}
MORNING = dt.datetime(2027, 3, 2, 7, 0, tzinfo=dt.UTC)


@pytest.fixture
def offered(db):
    """An offer to bob in Berlin, where it is night, and to mia in New York, where it is afternoon."""
    cast = make_cast()
    for name, zone in ZONES.items():
        User.objects.filter(first_name=name).update(timezone=zone)
    Match.objects.filter(pk=cast.match.pk).update(
        state="offered", activated_at=None, answer_until=NIGHT + dt.timedelta(days=7)
    )
    cast.match.seats.update(answer="waiting", answered_at=None)
    return cast


def leaves(kind):
    rows = Message.objects.filter(kind=kind).select_related("recipient")
    return {row.recipient.first_name: row.not_before for row in rows}


def test_that_a_match_is_on_is_told_by_day(offered):
    for seat in offered.match.seats.all():
        answer_seat(seat=seat, accept=True, now=NIGHT)
    assert leaves("match-on") == {"Bob": MORNING, "Mia": NIGHT}


def test_an_offer_published_at_night_leaves_by_day(town):
    User.objects.filter(first_name="Mona").update(timezone="America/New_York")
    User.objects.exclude(first_name="Mona").update(timezone="Europe/Berlin")
    publish(proposal=town.propose(capacity=2), by=None, now=NIGHT)
    assert leaves("match-offer") == dict.fromkeys(("Nils", "Tom", "Una", "Vera"), MORNING) | {"Mona": NIGHT}


def test_what_would_be_too_late_in_the_morning_leaves_at_once():
    for until, leaves_at in ((MORNING, NIGHT), (MORNING + dt.timedelta(seconds=1), MORNING)):
        assert by_day(NIGHT, "Europe/Berlin", until) == leaves_at
    assert by_day(NIGHT, "America/New_York", MORNING) == NIGHT
