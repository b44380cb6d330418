"""Matches and messages of a program are found by words of a name, and by how they stand."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mail.models import Message
from programs.models import Role
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast

DAY = dt.timedelta(days=1)


def rows(page: str) -> list[str]:
    """Of each row of a list the text of its head."""
    heads = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", head).strip() for head in heads]


@pytest.fixture
def matches(db: None, client: Client) -> Iterator[str]:
    """Where the three matches of a program stand after two months; one has met lately."""
    track = TrackFactory.create(program__starts_on=(NOW - 60 * DAY).date())
    for first, met in (("Zoë", True), ("Amara", False), ("Bo", False)):
        mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, user__first_name=first)
        mentee = EnrolmentFactory.create(track=track, user__first_name="Mia", user__last_name=f"von {first}")
        match = make_pair(mentor, mentee)
        if met:
            SessionFactory.create(match=match, held=True, starts_at=NOW + 50 * DAY)
    with time_machine.travel(NOW + 60 * DAY, tick=False):
        client.force_login(CoordinatorFactory.create(program=track.program).user)
        yield reverse("reports:pairs", kwargs={"slug": track.program.slug})


@pytest.mark.parametrize(
    ("words", "found"),
    [("zoë", 1), ("ZOË", 1), ("mia", 3), ("bo mia", 1), ("mia bo", 1), ("amara zoë", 0), ("  ", 3), ("x" * 300, 3)],
)
def test_a_match_is_found_by_words_of_one_of_its_names(client: Client, matches: str, words: str, found: int) -> None:
    """All words are of one name; what the box cannot take filters nothing."""
    mias = {"bo mia": "Mia von Bo", "mia bo": "Mia von Bo"}
    page = client.get(matches, {"words": words}).content.decode()
    assert len(rows(page)) == found
    assert mias.get(words, "") in page
    assert ("No match fits this filter" in page) == (found == 0)


def test_matches_are_found_by_how_they_stand(client: Client, matches: str) -> None:
    page = client.get(matches, {"status": "risk"}).content.decode()
    assert len(rows(page)) == 2
    assert "2 matches</span>" in page
    assert "2 matches of 3 may need help" in page, "what stands above the list is of all"
    assert not any("Zoë" in head for head in rows(page))
    assert len(rows(client.get(matches, {"status": "none such"}).content.decode())) == 3


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    Message.objects.all().delete()
    due = {"not_before": NOW, "expires_at": NOW + 9 * DAY, "created_at": NOW}
    for number, (user, kind, state) in enumerate(
        [
            (cast.mia, "session-day-before", "sent"),
            (cast.bob, "session-day-before", "failed"),
            (cast.bob, "survey-reminder", "sent"),
        ]
    ):
        facts = {"kind": kind, "state": state, "recipient": user, "subject_id": number, "message_id": f"<{number}@x>"}
        sent_at = NOW if state == "sent" else None
        Message.objects.create(program_id=cast.program.pk, sent_at=sent_at, **facts, **due)
    return cast


def test_messages_are_found_by_address_and_state(client: Client, cast: Cast) -> None:
    """And no filter shows what the list does not: whether a survey was still sent to somebody says who answered."""
    client.force_login(cast.alice)
    url = reverse("reports:messages", kwargs={"slug": cast.program.slug})
    name, address = cast.bob.name, cast.bob.email.upper()
    assert len(rows(client.get(url).content.decode())) == 2
    assert rows(client.get(url, {"words": address}).content.decode()) == [name]
    assert rows(client.get(url, {"state": "sent"}).content.decode()) == [cast.mia.name]
    nothing = client.get(url, {"words": address, "state": "sent"}).content.decode()
    assert rows(nothing) == []
    assert "No message fits this filter" in nothing
    assert 'value="sent" selected' in nothing
