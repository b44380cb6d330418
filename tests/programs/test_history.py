"""The history of a program as its coordinators read it."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from participants.models import AuditEntry, User
from participants.services import record
from programs.history import in_words
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("verb", "detail", "words"),
    [
        ("session planned", {"match": 23}, "Session planned"),
        ("session logged", {"state": "held", "match": 23}, "Session logged: it took place"),
        ("track added", {"model": "near_peer"}, "Track added: Near-peer mentoring"),
        ("rule changed", {"label": "Times in common"}, "Rule changed: “Times in common”"),
        ("proposal published", {"offers": 1, "mails": 2, "withdrawn": 0}, "Proposal published: 1 offer, 2 mails"),
        (
            "people imported",
            {"role": "mentee", "track": "peer", "new": 8, "changed": 0, "unchanged": 3, "skipped": 0, "accounts": 8},
            "File of mentees imported: 8 new, 3 unchanged",
        ),
        ("report exported", {"format": "csv", "rows": 48}, "Report exported: 48 rows as CSV"),
        ("match ended", {"why": "left"}, "Match ended: somebody left"),
        ("track removed", {}, "Track removed"),
        ("something new", {"name": "Pods", "match": 4}, "Something new: “Pods”"),
        ("something new", {"match": 4}, "Something new"),
    ],
)
def test_an_entry_is_a_sentence(verb: str, detail: dict[str, object], words: str) -> None:
    assert in_words(verb, detail) == words


@pytest.mark.django_db
def test_the_page_shows_sentences_and_no_numbers_of_rows(client: Client) -> None:
    coordinator = CoordinatorFactory.create(program__slug="spring")
    program_id = coordinator.program_id
    record(by=coordinator.user, verb="session planned", match=2317, now=NOW, program_id=program_id)
    record(by=None, verb="match ended", why="left", now=NOW, program_id=program_id)
    client.force_login(coordinator.user)
    page = client.get("/programs/spring/history/").content.decode()
    assert AuditEntry.objects.filter(program_id=coordinator.program_id).count() == 2
    assert "Match ended: somebody left" in page
    assert "Session planned" in page
    assert "2317" not in page


@pytest.fixture
def changes(client: Client) -> str:
    """Where five changes of a program are read, by three, over four days."""
    coordinator = CoordinatorFactory.create(program__slug="spring", user__first_name="Ines", user__last_name="Rule")
    other = UserFactory.create(first_name="Zoë", last_name="Abt")
    deeds: tuple[tuple[int, User | None, str, dict[str, Any]], ...] = (
        (0, coordinator.user, "field added", {"label": "Rule of thumb"}),
        (1, other, "rule changed", {"label": "Times"}),
        (1, None, "match ended", {"why": "left"}),
        (2, other, "swap undone", {}),
        (3, None, "offer ran out", {}),
    )
    for days, by, verb, detail in deeds:
        record(by=by, verb=verb, now=NOW + days * DAY, program_id=coordinator.program_id, **detail)
    client.force_login(coordinator.user)
    return "/programs/spring/history/"


def told(page: str) -> int:
    return len(re.findall(r'<th scope="row"', page))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, 5),
        ({"words": "zoë"}, 2),
        ({"words": "ABT zoë"}, 2),
        # A person's name and the words of a deed; what else an entry says is no word of the deed.
        ({"words": "rule"}, 2),
        ({"words": "thumb"}, 0),
        ({"words": "zoë changed"}, 1),
        ({"words": "question added"}, 1),
        ({"words": "system"}, 2),
        ({"words": "the system offer"}, 1),
        # By its verb alone where it has no sentence, and only there.
        ({"words": "swap"}, 1),
        ({"words": "field"}, 0),
        ({"words": "x" * 300}, 5),
        ({"since": (NOW + DAY).date().isoformat()}, 4),
        ({"until": (NOW + DAY).date().isoformat()}, 3),
        ({"since": (NOW + DAY).date().isoformat(), "until": (NOW + DAY).date().isoformat()}, 2),
        ({"since": (NOW + DAY).date().isoformat(), "until": NOW.date().isoformat()}, 0),
        ({"since": "no day"}, 5),
        ({"words": "zoë", "until": (NOW + DAY).date().isoformat()}, 1),
    ],
)
def test_a_change_is_found_by_who_what_and_when(
    client: Client, changes: str, wanted: dict[str, str], found: int
) -> None:
    page = client.get(changes, wanted).content.decode()
    assert told(page) == found
    assert ("No change fits this filter" in page) == (found == 0)


@pytest.mark.django_db
def test_a_filter_stays_over_the_pages_and_can_be_cleared(client: Client, changes: str) -> None:
    program_id = AuditEntry.objects.values_list("program_id", flat=True)[0]
    for each in range(60):
        record(by=None, verb="session planned", match=each, now=NOW + each * DAY, program_id=program_id)
    page = client.get(changes, {"words": "planned"}).content.decode()
    assert told(page) == 50
    assert "60 changes</span>" in page
    assert re.search(r'href="\?[^"]*words=planned[^"]*page=2|href="\?page=2[^"]*words=planned', page)
    assert f'<a class="btn btn-ghost" href="{changes}">Clear</a>' in page
