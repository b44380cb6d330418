"""What a light form, and a calendar program, may cost the database: every statement is counted, and none is one a row.

The transaction of a form itself is not counted: in a test it is a savepoint, in production a BEGIN and a COMMIT.
"""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.models import Message
from sessions import services
from sessions.feeds import feed_path
from sessions.models import Session
from surveys import definition
from surveys import services as asking
from surveys.mails import survey_path
from surveys.models import Answer, Invitation
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast
from tests.sessions.linking import address, token

OVER = NOW + dt.timedelta(hours=2)
FRAME = re.compile(r"^(BEGIN|SAVEPOINT|RELEASE|COMMIT)")


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cast = make_cast()
    definition.pulse_of(cast.match.track.program)  # made when a program first asks
    with time_machine.travel(OVER, tick=False):
        yield cast


def posted(client: Client, path: str, sent: dict[str, str]) -> tuple[int, int]:
    """How many statements, and how many more that only open or close a part of the transaction."""
    with CaptureQueriesContext(connection) as asked:
        assert client.post(path, sent).status_code == 302
    return _counted(asked)


def _counted(asked: CaptureQueriesContext) -> tuple[int, int]:
    frame = [each for each in asked.captured_queries if FRAME.match(each["sql"])]
    return len(asked) - len(frame), len(frame)


def form_of(client: Client, path: str) -> dict[str, str]:
    page = client.get(path).content.decode()
    return dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', page))


def logged(cast: Cast, client: Client, held: Session) -> tuple[int, int]:
    path = address(token(cast.bob, held, now=OVER))
    as_planned = {"day": "2027-03-01", "minutes": str(held.minutes), "channel": held.channel}
    sent = {**form_of(client, path), **as_planned}
    return posted(client, path, sent)


def test_did_you_meet_takes_nine_statements(cast: Cast, client: Client) -> None:
    """Whose link it is. In the transaction: the session and its match, locked; who is in it; the key; the session
    written; its mails dropped; whether and how the program asks; two questions; the entry in the record,
    which SQLite has no trigger to give its place: two more.
    """
    meeting = SessionFactory.create(match=cast.match, starts_at=NOW)
    count, frame = logged(cast, client, meeting)
    assert (count, frame) == (9 if connection.vendor == "postgresql" else 11, 2)
    assert Invitation.objects.filter(session=meeting, mail_at__gt=OVER).count() == 2
    assert not Message.objects.filter(kind="pulse").exists()


def test_a_group_takes_no_more_statements_for_its_questions_than_a_pair(cast: Cast) -> None:
    held = SessionFactory.create(match=cast.match, held=True, starts_at=NOW)
    counts = []
    for people in ([cast.bob], [cast.mia, cast.paul, cast.dora]):
        with CaptureQueriesContext(connection) as asked:
            asking.invite_after(session=held, users=people, now=OVER)
        counts.append(len(asked))
    assert counts == [2, 2]


def test_a_second_tap_takes_five_statements(cast: Cast, client: Client) -> None:
    path = address(token(cast.bob, SessionFactory.create(match=cast.match, starts_at=NOW), now=OVER))
    sent = {"day": "2027-03-01", "minutes": "45", "channel": "video", **form_of(client, path)}
    assert posted(client, path, sent)[0] > posted(client, path, sent)[0] == 5
    assert Invitation.objects.count() == 2


def test_a_feed_takes_two_statements(cast: Cast, client: Client) -> None:
    """Whose address it is, with the people of all their matches; the sessions."""
    path = feed_path(cast.bob, services.renew_feed(by=cast.bob, now=OVER).key, OVER)
    SessionFactory.create(match=cast.match, starts_at=OVER + dt.timedelta(days=3))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert _counted(asked) == (2, 0)


def test_a_survey_is_answered_in_eighteen_statements_whatever_it_asks(cast: Cast, client: Client) -> None:
    """After the first, with which a program's key and a person's pseudonym are made."""
    counts = []
    for number, said in enumerate(({"useful": "4"}, {"useful": "4"}, {"useful": "4", "heard": "5", "next": "4"})):
        held = SessionFactory.create(match=cast.match, starts_at=NOW - dt.timedelta(days=number))
        services.log_session(session=held, said=services.Said(held=True), by=cast.bob, now=OVER)
        path = survey_path(Invitation.objects.get(session=held, user=cast.bob), now=OVER)
        counts.append(posted(client, path, {"form_key": form_of(client, path)["form_key"], **said})[0])
    assert counts == [20, 18, 18]
    assert Answer.objects.count() == 5
