"""The history of a program as its coordinators read it."""

import pytest
from django.test import Client

from participants.models import AuditEntry
from participants.services import record
from programs.history import in_words
from tests.factories.programs import NOW, CoordinatorFactory


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
