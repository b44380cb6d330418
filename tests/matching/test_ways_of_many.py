"""Ways out and reasons why not, in groups, networks and sessions: figures worked out by hand, and true when done."""

import datetime as dt

import pytest
from django.urls import reverse

from matching import services, tasks
from matching.errors import SwapRefused
from matching.models import MatchRule, Proposal
from matching.queries.booked import Meeting
from matching.queries.person_of_many import PersonOfMany, person_of_many
from matching.queries.seating import Sit
from matching.queries.steps import Step
from programs.models import Enrolment
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.few import make_circle, make_networks, make_odd_pods, make_pods, make_sessions
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def one(crowd: Crowd, name: str) -> Enrolment:
    return Enrolment.objects.get(track=crowd.track, user__first_name=name)


def page(crowd: Crowd, draft: Proposal, name: str, other: str = "") -> PersonOfMany:
    beside = one(crowd, other).pk if other else None
    found = person_of_many(draft, one(crowd, name).pk, now=NOW, other=beside)
    assert found is not None
    return found


def told(found: PersonOfMany) -> list[tuple[str, str, int, int]]:
    return [(way.kind, way.title, way.points, way.placed) for way in found.ways]


def do(draft: Proposal, step: Step | None, reason: str = "") -> Proposal:
    """As the page does it."""
    assert step is not None
    sent: dict[str, list[str]] = {}
    for name, value in step.fields:
        sent.setdefault(name, []).append(value)
    threes = {name: [[int(n) for n in each.split("-")] for each in sent.get(name, [])] for name in ("sit", "meeting")}
    numbers = {name: [int(each) for each in sent.get(name, [])] for name in ("together", "out")}
    if "meeting" in sent:
        meetings = [
            Meeting(asker, helper, dt.datetime.fromtimestamp(at, dt.UTC)) for asker, helper, at in threes["meeting"]
        ]
        return services.book(proposal=draft, meetings=meetings, out=numbers["out"], reason=reason, by=None, now=NOW)
    sits = [Sit(*each) for each in threes["sit"]]
    return services.reseat(proposal=draft, sits=sits, together=numbers["together"], reason=reason, by=None, now=NOW)


@pytest.fixture
def signed_in(client):
    def sign_in(program):
        user = UserFactory.create(email="dana@example.org")
        CoordinatorFactory.create(program=program, user=user)
        client.force_login(user)
        return client

    return sign_in


def test_a_rule_keeps_somebody_out_of_both_pods_and_a_reason_lets_her_in():
    crowd = make_odd_pods()
    draft = crowd.propose(objective="cover")
    found = page(crowd, draft, "Cleo")
    assert told(found) == [
        ("rule", "Join Pod 1", 10, 1),
        ("rule", "Join Pod 2", 5, 1),
        ("people", "Ask 2 more people, for another pod with those left over", 0, 1),
    ]
    assert [[label for _, label in way.rules] for way in found.ways] == [["Department"], ["Department"], []]
    with pytest.raises(SwapRefused):
        do(draft, found.ways[0].step)
    after = do(draft, found.ways[0].step, reason="She works with them")
    assert (after.placed, after.total) == (draft.placed + 1, draft.total + 10)


def test_the_board_says_how_many_ways_there_are_until_something_changes(signed_in):
    crowd = make_odd_pods()
    draft = crowd.propose(objective="cover")
    client = signed_in(draft.program)
    board = reverse("matching:proposal", args=[draft.program.slug, draft.number])
    assert "See 3 ways<" in text(client.get(board))
    shown = text(client.get(reverse("matching:person", args=["few", draft.number, one(crowd, "Cleo").pk])))
    assert "3 ways to a pod for" in shown
    assert "“Department” keeps Abe Crowd and Cleo Crowd apart. The same goes for 2 more pairs." in shown
    assert "see what would change without it" in shown
    services.lock(match=draft.matches.get(number=1), by=None, now=NOW)
    assert "See ways out<" in text(client.get(board))
    tasks.count_ways(draft.pk)
    assert "See 2 ways<" in text(client.get(board))
    more_people = "Ask 2 more people, for another pod with those left over"
    assert [way.title for way in page(crowd, draft, "Cleo").ways] == ["Join Pod 2", more_people]


def test_pairs_carry_their_number_too(town, alice, client):
    draft = town.propose()
    assert [(each["ways"], each["ways_at"]) for each in draft.left_over] == [(2, 1)]
    assert "See 2 ways<" in text(client.get(f"/programs/town/matching/{draft.number}/"))


def test_a_circle_takes_one_more_where_its_track_gave_it_few_places(signed_in, monkeypatch):
    crowd = make_circle()
    draft = crowd.propose()
    assert told(page(crowd, draft, "Eve")) == [
        ("size", "Let a circle have 5 mentees instead of 4", 0, 1),
        ("step", "Join Circle 1 in the place of Abe Crowd", -40, 0),
        ("step", "Join Circle 1 in the place of Bea Crowd", -40, 0),
    ]
    monkeypatch.setattr("matching.tasks.ring", lambda pk: services.run_proposal(pk, clock=lambda: NOW))
    client = signed_in(draft.program)
    url = reverse("matching:more_places", args=["few", draft.number, one(crowd, "Eve").pk])
    assert client.post(url, {"places": "x"}).status_code == 404
    client.post(url, {"places": "5"})
    made = Proposal.objects.get(number=draft.number + 1)
    assert (made.capacity, made.placed, made.total, made.left_over) == (5, 5, 100, [])


def test_a_network_is_given_a_place_or_takes_that_of_another():
    crowd = make_networks()
    draft = crowd.propose(objective="cover")
    found = page(crowd, draft, "Zoe")
    assert told(found) == [
        ("place", "Give Mona Crowd 2 networks instead of 1", 0, 1),
        ("step", "In the place of Abe Crowd", -30, 0),
    ]
    after = do(draft, found.ways[1].step)
    assert (after.placed, after.total) == (1, 0)
    answer = page(crowd, draft, "Abe", "Mona").answer
    assert (answer.room, answer.places) == ("Mona Crowd has 1 of 1 place taken.", 2)
    assert answer.cost == "All together would gain 30 points."
    assert do(after, answer.step).total == 30


def test_a_session_is_one_more_a_month_or_somebody_elses():
    crowd = make_sessions()
    draft = crowd.propose()
    assert told(page(crowd, draft, "Bea")) == [
        ("place", "Give Mona Crowd 2 sessions a month instead of 1", 10, 1),
        ("step", "In the place of Abe Crowd, with Mona Crowd", 0, 0),
    ]
    assert page(crowd, draft, "Tia").ways == []
    assert page(crowd, draft, "Tia", "Mona").answer.problems == ("Tia Crowd has no time then.",)
    answer = page(crowd, draft, "Cid", "Mona").answer
    assert (answer.points, answer.most, answer.cost) == (0, 10, "All together would lose at most 10 points.")
    assert answer.step.effects == ("Cid Crowd with Mona Crowd: 0 points.", "Abe Crowd would be left over.")
    after = do(draft, answer.step)
    assert (after.placed, after.total) == (1, 0)


def test_somebody_whose_times_differ_is_told_which_would_do():
    crowd = make_sessions()
    Enrolment.objects.filter(pk=one(crowd, "Mona").pk).update(capacity=4)
    draft = crowd.propose()
    [way] = [way for way in page(crowd, draft, "Tia").ways if way.kind == "times"]
    assert (way.giver.name, way.points, way.step.start.strftime("%a %H:%M")) == ("Mona Crowd", 10, "Mon 09:30")


def test_why_not_in_one_pod_names_the_score_the_cost_and_what_stands_against_it(signed_in):
    crowd = make_pods()
    draft = crowd.propose(objective="cover")
    assert page(crowd, draft, "Abe", "Ann").answer.together == "Pod 1"
    answer = page(crowd, draft, "Abe", "Bea").answer
    assert (answer.points, answer.most, answer.rules, answer.step.placed) == (0, 25, (), 0)
    # The cheapest way: one of the two changes places with somebody of the other pod.
    after = do(draft, answer.step)
    assert after.total == draft.total + answer.step.gain
    services.undo(proposal=after, by=None, now=NOW)
    services.lock(match=draft.matches.get(number=2), by=None, now=NOW)
    refused = page(crowd, draft, "Abe", "Bea").answer
    assert (refused.step, refused.problems) == (None, ("Pod 2 is locked. Unlock it first.",))
    client = signed_in(draft.program)
    url = reverse("matching:person", args=["few", draft.number, one(crowd, "Abe").pk])
    shown = text(client.get(url, {"with": one(crowd, "Bea").pk}))
    assert "would score 0 of 25 with" in shown
    assert "Pod 2 is locked. Unlock it first." in shown
    assert client.get(url, {"with": "999999"}).status_code == 200


def test_a_rule_between_two_is_named_and_can_be_overridden():
    crowd = make_odd_pods()
    draft = crowd.propose(objective="cover")
    answer = page(crowd, draft, "Cleo", "Amy").answer
    [(key, label)] = answer.rules
    assert (label, key) == ("Department", str(MatchRule.objects.get(label="Department").pk))
    assert answer.cost == "All together would gain 10 points, and 1 person more would have a place."
    assert do(draft, answer.step, reason="They asked").total == draft.total + 10


@pytest.mark.parametrize(
    ("model", "counts"),
    [
        ("pod", {"peer": 14}),
        ("circle", {"mentor": 1, "mentee": 14}),
        ("distributed", {"mentor": 8, "mentee": 20, "peer": 20}),
        ("flash", {"mentor": 2, "mentee": 10}),
    ],
)
def test_every_step_that_is_offered_gives_what_was_said(model, counts):
    crowd = make_crowd(model, counts)
    draft, tried = crowd.propose(), 0
    assert draft.left_over
    for entry in draft.left_over[:3]:
        person = entry["enrolment"]
        found = person_of_many(draft, person, now=NOW)
        answers = [person_of_many(draft, person, now=NOW, other=o.enrolment_id).answer for o in found.others[:4]]
        steps = [way.step for way in found.ways if way.kind in ("step", "rule")]
        steps += [answer.step for answer in answers if answer and answer.step]
        for step in steps:
            before = draft.total, draft.placed
            draft = do(draft, step, reason="Tried" if step.rules else "")
            assert (draft.total - before[0], draft.placed - before[1]) == (step.gain, step.placed)
            draft, tried = services.undo(proposal=draft, by=None, now=NOW), tried + 1
            assert (draft.total, draft.placed) == before
    assert tried > 0


def test_the_number_of_queries_is_the_same_with_few_and_many_people(django_assert_max_num_queries):
    few, many = make_crowd("pod", {"peer": 11}), make_crowd("circle", {"mentor": 1, "mentee": 20})
    for draft in (few.propose(), many.propose()):
        person = draft.track.enrolments.exclude(role="mentor").order_by("-pk").first()
        with django_assert_max_num_queries(12):
            person_of_many(draft, person.pk, now=NOW)
