"""How many ways out there are is counted for everybody, little by little, and never told of an earlier draft."""

import pytest

from matching import services
from matching.models import Proposal
from matching.queries.board import board_of
from programs.models import Role
from tests.factories.programs import NOW
from tests.factories.villages import make_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def strangers(monkeypatch) -> Proposal:
    """A draft in which five people of five languages are left over; their ways are counted two at a time."""
    monkeypatch.setattr("matching.queries.ways_counted.PORTION", 2)
    village = make_village("pod")
    village.join("Ada Ann Abe", Role.PEER, "Art")
    for number in range(5):
        village.join(f"Lone{number}", Role.PEER, "Art", f"Language {number}")
    return village.propose()


def test_ways_are_counted_for_everybody_left_over(strangers):
    strangers.refresh_from_db()
    assert [entry["ways_at"] for entry in strangers.left_over] == [strangers.version] * 5


def test_counting_stops_where_the_draft_has_changed(strangers, monkeypatch):
    counted: list[int] = []

    def slow(seating: object, person: object, booked: object) -> list[int]:
        counted.append(1)
        if len(counted) == 3:
            Proposal.objects.filter(pk=strangers.pk).update(version=2)
        return [1] * 7

    monkeypatch.setattr("matching.queries.ways_counted.ways_out", slow)
    services.count_ways(strangers.pk, now=NOW)
    strangers.refresh_from_db()
    assert len(counted) == 4
    assert [entry["ways"] == 7 for entry in strangers.left_over] == [True, True, False, False, False]
    shown = {person.ways for person in board_of(strangers, all_left=True).left_over}
    assert shown == {None}
