"""Two proposals side by side: only what differs, and nothing that is not of the same track."""

from matching import services
from matching.queries.compare import comparison
from tests.factories.crowds import make_crowd
from tests.factories.programs import NOW

PAGE = "/programs/town/matching/compare/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_only_people_who_are_with_others_are_shown(town, alice, client):
    assert "There are no two proposals to compare yet" in text(client.get(PAGE))
    one, other = town.propose(), town.propose(capacity=2)
    found = comparison(one, other)
    assert [(d.name, d.one.names, d.one.score, d.other.names, d.other.score) for d in found.differences] == [
        ("Vera Town", "", None, "Mona Town", 9)
    ]
    shown = text(client.get(PAGE, {"a": one.number, "b": other.number}))
    assert "Vera Town</th>" in shown
    assert "Una Town" not in shown
    assert "Two side by side" in text(client.get("/programs/town/matching/"))


def test_the_same_matches_differ_in_nothing_and_a_change_by_hand_shows(town, alice, client):
    one, other = town.propose(), town.propose()
    assert "hold the same matches" in text(client.get(PAGE))
    vera, mona, tom = (town.people[name].pk for name in ("Vera", "Mona", "Tom"))
    services.rearrange(proposal=other, pairs=[(vera, mona)], out=[tom], by=None, now=NOW)
    found = comparison(one, other)
    assert [(d.name, d.one.names, d.other.names) for d in found.differences] == [
        ("Tom Town", "Mona Town", ""),
        ("Vera Town", "", "Mona Town"),
    ]
    other.refresh_from_db()
    assert comparison(one, other).figures[2] == ("Points in all", "21", "18")


def test_what_cannot_be_compared_is_said(town, alice, client):
    one = town.propose()
    peers = make_crowd("peer", {"peer": 4}).propose()
    assert client.get(PAGE, {"a": one.number, "b": 999}).status_code == 200
    town.propose()
    assert client.get(PAGE, {"a": one.number, "b": 999}).status_code == 404
    assert client.get(PAGE, {"a": one.number, "b": "x'"}).status_code == 404
    assert peers.program_id != one.program_id


def test_groups_are_compared_by_company(db):
    crowd = make_crowd("circle", {"mentor": 4, "mentee": 26})
    one, other = crowd.propose(), crowd.propose()
    assert comparison(one, other).differences == []
