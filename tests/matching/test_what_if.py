"""Other weights tried out: what a GET says is what keeping them then gives, and a GET keeps nothing."""

import pytest

from matching import services
from matching.models import Match, MatchRule, Proposal
from matching.queries.whatif import trial
from tests.factories.crowds import make_crowd
from tests.factories.programs import NOW

HOME = "/programs/town/matching/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def draft(town, alice) -> Proposal:
    return town.propose()


@pytest.fixture
def far(draft) -> MatchRule:
    return MatchRule.objects.get(plan=draft.track.plan, kind="differ")


@pytest.fixture
def above(draft) -> MatchRule:
    return MatchRule.objects.get(plan=draft.track.plan, kind="gap")


def test_looking_compares_and_keeps_nothing(town, draft, far, client):
    url = f"{HOME}{draft.number}/what-if/"
    assert "Choose another weight to see what it would change." in text(client.get(url))
    page = text(client.get(url, {f"rule{far.pk}": "off"}))
    assert "of 3 people would move" in page or "Nobody would move" in page
    assert "Keep it and run again" in page
    far.refresh_from_db()
    assert (far.strength, Proposal.objects.count()) == ("must", 1)
    assert "These are the saved weights" in text(client.get(url, {f"rule{far.pk}": "must"}))


def test_what_was_said_is_what_keeping_it_gives(town, draft, above, client, monkeypatch):
    monkeypatch.setattr("matching.tasks.ring", lambda pk: services.run_proposal(pk, clock=lambda: NOW))
    strengths = {above.pk: "off"}
    said = trial(draft, strengths, "cover")
    assert (said.changed, said.saved.left, said.tried.left, said.saved.scores) == (True, 1, 1, (100, 75))
    client.post(f"{HOME}{draft.number}/what-if/", {f"rule{above.pk}": "off", "objective": "cover"})
    above.refresh_from_db()
    made = Proposal.objects.get(number=draft.number + 1)
    assert (above.strength, made.based_on_id, made.placed) == ("off", draft.pk, 2)


def test_a_realistic_trial_is_the_run_that_follows(db):
    draft = make_crowd("traditional", {"mentor": 6, "mentee": 10}).propose()
    rules = MatchRule.objects.filter(plan=draft.track.plan).exclude(strength="must")
    strengths = {rule.pk: "high" if at % 2 else "low" for at, rule in enumerate(rules)}
    said = trial(draft, strengths, draft.objective)
    queued = services.keep_trial(proposal=draft, strengths=strengths, objective=draft.objective, by=None, now=NOW)
    made = services.run_proposal(queued.pk, clock=lambda: NOW)
    together = {frozenset(m.seats.values_list("enrolment_id", flat=True)) for m in Match.objects.filter(proposal=made)}
    before = {frozenset(m.seats.values_list("enrolment_id", flat=True)) for m in Match.objects.filter(proposal=draft)}
    assert len(said.moved) == len(together - before)
    assert made.placed == len(said.tried.scores)


def test_locked_pairs_stay_and_rules_that_cannot_be_used_are_said(town, draft, far, above, client):
    services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    said = trial(draft, {far.pk: "off", above.pk: "off"}, "cover")
    assert (said.locked, "Tom Town" in [each.name for each in said.moved]) == (1, False)
    url = f"{HOME}{draft.number}/what-if/"
    assert client.get(url, {f"rule{far.pk}": "enormous"}).status_code == 422
    services.discard(proposal=draft, by=None, now=NOW)
    assert client.get(url).status_code == 404
    refused = client.post(url, {f"rule{far.pk}": "off"})
    assert refused.status_code == 404
    far.refresh_from_db()
    assert far.strength == "must"
