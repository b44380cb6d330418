"""Two proposals side by side: only what differs, and nothing that is not of the same track."""

import datetime as dt

from matching import services
from matching.models import MatchRule
from matching.queries.compare import comparison
from tests.factories.crowds import make_crowd
from tests.factories.few import make_pods
from tests.factories.programs import NOW, CoordinatorFactory

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


def test_groups_are_laid_beside_those_they_share_most_people_with(alice, client, town):
    crowd = make_pods()
    one = crowd.propose(objective="cover")
    assert comparison(one, crowd.propose(objective="cover")).differences == []
    department = MatchRule.objects.get(plan=crowd.track.plan, label="Department")
    services.set_strength(rule=department, strength="off", by=None, now=NOW)
    other = crowd.propose(objective="cover")
    found = comparison(one, other)
    assert [
        (d.one.title, d.one.names, d.one.score, d.other.title, d.other.names, d.other.score, d.stay)
        for d in found.differences
    ] == [
        ("Pod 1", "Abe Crowd", 65, "Pod 2", "Bea Crowd", 15, 2),
        ("Pod 2", "Bea Crowd", 65, "Pod 1", "Abe Crowd", 15, 2),
    ]
    assert found.figures[-1] == ("Pods", "2", "2")
    CoordinatorFactory.create(program=one.program, user=alice)
    shown = text(client.get("/programs/few/matching/compare/", {"a": one.number, "b": other.number}))
    assert "2 pods are made up otherwise in proposal 3 than in proposal 1" in shown
    assert "2 people stay" in shown


def test_a_group_without_counterpart_stands_alone(db):
    crowd = make_pods()
    one = crowd.propose(objective="cover")
    for rule in MatchRule.objects.filter(plan=crowd.track.plan):
        services.set_strength(rule=rule, strength="must", by=None, now=NOW)
    found = comparison(one, crowd.propose(objective="cover"))
    assert [(d.name, d.other.title, d.other.score) for d in found.differences] == [
        ("Pod 1", "", None),
        ("Pod 2", "", None),
    ]
    assert ("Left over", "0", "6") in found.figures


def test_of_a_network_only_those_it_is_around_are_told_and_a_session_at_another_time_differs(db):
    crowd = make_crowd("distributed", {"mentor": 5, "mentee": 5, "peer": 12})
    one, other = crowd.propose(), crowd.propose()
    helper = other.matches.first().seats.exclude(role="mentee").first()
    helper.delete()
    [difference] = comparison(one, other).differences
    assert difference.role == "mentee"
    assert helper.enrolment.user.name in difference.one.names
    assert helper.enrolment.user.name not in difference.other.names
    flash = make_crowd("flash", {"mentor": 4, "mentee": 5})
    early, late = flash.propose(), flash.propose()
    moved = late.matches.first()
    assert moved is not None
    assert moved.starts_at is not None
    moved.starts_at += dt.timedelta(days=7)
    moved.save()
    [difference] = comparison(early, late).differences
    assert difference.one.names == difference.other.names
    assert difference.other.starts_at == moved.starts_at
    assert difference.one.starts_at == moved.starts_at - dt.timedelta(days=7)
