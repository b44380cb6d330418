"""Other weights for groups, networks and sessions: the figures, and who would move, on cases worked out by hand."""

import pytest
from django.urls import reverse

from matching import services
from matching.errors import MatchingError
from matching.models import Match, MatchRule, Proposal
from matching.queries.whatif_many import trial_of_many
from matching.services.shapes import SHAPES
from programs.catalogue import registry
from programs.models import Enrolment, Role
from tests.factories.crowds import make_crowd
from tests.factories.few import make_pods
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def tried(draft: Proposal, strengths, objective="cover"):
    return trial_of_many(draft, strengths, objective, SHAPES[registry.get(draft.track.model).shape])


def rule(draft: Proposal, label: str) -> MatchRule:
    return MatchRule.objects.get(plan=draft.track.plan, label=label)


def people_in(draft: Proposal) -> list[tuple[str, ...]]:
    return sorted(
        tuple(sorted(seat.enrolment.user.first_name for seat in match.seats.all())) for match in draft.matches.all()
    )


@pytest.fixture
def signed_in(client):
    def sign_in(program):
        user = UserFactory.create(email="dana@example.org")
        CoordinatorFactory.create(program=program, user=user)
        client.force_login(user)
        return client

    return sign_in


def test_two_people_would_change_pods_if_only_the_team_counted():
    draft = make_pods().propose(objective="cover")
    assert people_in(draft) == [("Abe", "Amy", "Ann"), ("Bea", "Ben", "Bob")]
    found = tried(draft, {rule(draft, "Department").pk: "off"})
    assert (found.changed, found.saved.scores, found.tried.scores) == (True, (87, 87), (100, 100))
    assert [(m.name, m.before, m.after) for m in found.moved] == [
        ("Abe Crowd", "Pod 1", "Pod 2"),
        ("Bea Crowd", "Pod 2", "Pod 1"),
    ]
    assert [(line.label, line.before, line.after, line.better) for line in found.figures] == [
        ("Mean score", "87", "100", True),
        ("Lowest score", "87", "100", True),
        ("People left over", "0", "0", None),
        ("Smallest pod", "3", "3", None),
        ("Largest pod", "3", "3", None),
    ]
    assert (found.people, found.note) == (6, "")


def test_keeping_it_gives_what_was_shown_and_looking_stores_nothing(signed_in, monkeypatch):
    draft = make_pods().propose(objective="cover")
    client, department = signed_in(draft.program), rule(draft, "Department")
    url = reverse("matching:what_if", args=[draft.program.slug, draft.number])
    assert "Choose another weight to see what it would change." in text(client.get(url))
    page = text(client.get(url, {f"rule{department.pk}": "off"}))
    assert "2 of 6 people would move" in page
    assert "Abe Crowd: Pod 1 → Pod 2" in page
    department.refresh_from_db()
    assert (department.strength, Proposal.objects.count(), Match.objects.count()) == ("points", 1, 2)
    monkeypatch.setattr("matching.tasks.ring", lambda pk: services.run_proposal(pk, clock=lambda: NOW))
    client.post(url, {f"rule{department.pk}": "off"})
    made = Proposal.objects.get(number=draft.number + 1)
    assert people_in(made) == [("Abe", "Ben", "Bob"), ("Amy", "Ann", "Bea")]


def test_a_locked_pod_stays_and_a_must_against_it_is_said():
    draft = make_pods().propose(objective="cover")
    services.lock(match=draft.matches.get(number=1), by=None, now=NOW)
    found = tried(draft, {rule(draft, "Department").pk: "off"})
    assert (found.locked, found.moved) == (1, [])
    refused = tried(draft, {rule(draft, "Team").pk: "must"})
    assert refused.problem == "With these weights a rule stands against Pod 1, which is locked. Unlock it first."


def test_a_must_that_leaves_no_pod_leaves_everybody_over():
    draft = make_pods().propose(objective="cover")
    both = {rule(draft, "Department").pk: "must", rule(draft, "Team").pk: "must"}
    found = tried(draft, both)
    assert (found.tried.left, found.tried.scores) == (6, ())
    assert {(m.after, found.nobody) for m in found.moved} == {("", "no pod")}


@pytest.mark.parametrize(
    ("model", "counts"),
    [
        ("circle", {"mentor": 3, "mentee": 14}),
        ("distributed", {"mentor": 5, "mentee": 5, "peer": 12}),
        ("flash", {"mentor": 6, "mentee": 8}),
    ],
)
def test_a_realistic_trial_is_the_run_that_follows(model, counts):
    draft = make_crowd(model, counts).propose()
    rules = MatchRule.objects.filter(plan=draft.track.plan).exclude(strength="must").exclude(strength="points")
    strengths = {each.pk: "high" if at % 2 else "low" for at, each in enumerate(rules)}
    said = tried(draft, strengths, draft.objective)
    queued = services.keep_trial(proposal=draft, strengths=strengths, objective=draft.objective, by=None, now=NOW)
    made = services.run_proposal(queued.pk, clock=lambda: NOW)
    assert len(said.tried.scores) == made.matches.count()
    assert said.tried.left == len(made.left_over)
    if not said.note:
        assert sorted(said.tried.scores) == sorted(round(100 * m.score / m.most) for m in made.matches.all())


def test_networks_and_sessions_say_who_has_too_much_and_who_has_none():
    draft = make_crowd("distributed", {"mentor": 5, "mentee": 5, "peer": 12}).propose()
    held = [seat.enrolment_id for match in draft.matches.all() for seat in match.seats.exclude(role=Role.MENTEE)]
    helpers = Enrolment.objects.filter(track=draft.track).exclude(role=Role.MENTEE).count()
    load = {each.label: each.value for each in tried(draft, {}, draft.objective).saved.load}
    assert load == {
        "Helpers in all": len(held),
        "Helpers without a network": helpers - len(set(held)),
        "Most networks with one helper": max(held.count(each) for each in held),
    }


def test_so_many_people_that_nobody_waits_are_told_how_long_it_takes(monkeypatch):
    draft = make_pods().propose()
    monkeypatch.setattr("matching.queries.whatif_many.MOST_IN_GROUPS", 5)
    Proposal.objects.filter(pk=draft.pk).update(seconds=41.2)
    draft.refresh_from_db()
    with pytest.raises(MatchingError, match=r"6 people take too long .*: the last run took 41 seconds"):
        tried(draft, {})
