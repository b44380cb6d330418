"""The rules editor: everything the UK Civil Service's program needs, by clicking."""

import pytest

from matching import definition, services
from matching.models import MatchingPlan, MatchRule
from programs.models import Role
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, TrackFactory

RULES = "/programs/town/matching/rules/mentoring/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def rules(town) -> list[dict]:
    return definition.dump_part(town.track)["rules"]


@pytest.fixture
def bare(town, alice):
    town.track.plan.rules.all().delete()
    program = town.track.program
    FieldFactory.create(
        program=program, slug="wants", label="Match with similar identity", kind="yesno", asked_of=["mentee"]
    )
    FieldFactory.create(program=program, slug="identity", label="Identity to match", kind="text", asked_of=["mentee"])
    options = ["Gay", "Trans"]
    FieldFactory.create(
        program=program, slug="traits", label="Characteristics", kind="multi", options=options, asked_of=["mentor"]
    )
    return town


def add(client, kind: str, **sent):
    data = {"strength": "mid", "label": "", "condition_side": "", "condition_field": "", "condition_equals": "", **sent}
    return client.post(f"{RULES}new/?kind={kind}", data)


def test_the_page_says_how_many_pairs_the_rules_leave(town, alice, client):
    page = text(client.get(RULES))
    assert "These rules allow 3 of 6 pairs" in page
    assert "1 step: 9 points, 2 steps: 12 points, others not allowed" in page
    assert "3 mentees" in page


def test_every_kind_of_rule_is_offered(town, alice, client):
    from matching.criteria import RULE_KINDS

    page = text(client.get(f"{RULES}new/"))
    for kind in RULE_KINDS.values():
        assert f"?kind={kind.slug}" in page
        assert client.get(f"{RULES}new/?kind={kind.slug}").status_code == 200


def test_the_civil_services_rules_are_made_by_clicking(bare, client):
    gap = {"taker_field": "level", "giver_field": "level", "strength": "points", "others_forbidden": "on"}
    gap |= {"gap_0_steps": "2", "gap_0_points": "12", "gap_1_steps": "1", "gap_1_points": "9", "label": "Grade"}
    among = {"taker_field": "identity", "giver_field": "traits", "strength": "points", "points": "6"}
    among |= {"condition_side": "taker", "condition_field": "wants", "condition_equals": "Yes", "label": "Identity"}
    done = [
        add(client, "differ", taker_field="department", giver_field="department", strength="must"),
        add(client, "gap", **gap),
        add(client, "among", **among),
    ]
    assert [response.status_code for response in done] == [302, 302, 302]
    assert rules(bare) == [
        {"kind": "differ", "label": "Different: Department", "field": "department", "strength": "must"},
        {
            "kind": "gap",
            "label": "Grade",
            "field": "level",
            "strength": "points",
            "by_gap": {"1": 9, "2": 12},
            "others_forbidden": True,
        },
        {
            "kind": "among",
            "label": "Identity",
            "mentee_field": "identity",
            "mentor_field": "traits",
            "strength": "points",
            "points": 6,
            "only_where": {"side": "mentee", "field": "wants", "is": True},
        },
    ]
    assert "only where the mentee’s “Match with similar identity” is “yes”" in text(client.get(RULES))


def test_a_form_only_offers_questions_that_are_asked_of_that_side(bare, client):
    form = client.get(f"{RULES}new/?kind=among").context["form"]
    assert [slug for slug, _ in form.fields["taker_field"].choices] == ["level", "department", "identity"]
    assert [slug for slug, _ in form.fields["giver_field"].choices] == ["level", "department", "traits"]


@pytest.mark.parametrize(
    ("kind", "sent", "message"),
    [
        ("equal", {"strength": "points"}, "Enter the points."),
        ("equal", {"strength": "points", "points": "1001"}, "1000"),
        ("equal", {"condition_side": "taker"}, "Say which question and which answer."),
        (
            "equal",
            {"condition_side": "taker", "condition_field": "wants", "condition_equals": "perhaps"},
            "The condition asks for “perhaps”, which is no answer to “Match with similar identity”.",
        ),
        ("gap", {"taker_field": "level", "giver_field": "level"}, "No gap is named"),
        (
            "gap",
            {"taker_field": "level", "giver_field": "level", "gap_0_steps": "2"},
            "Give both: the steps and their points.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(bare, client, kind, sent, message):
    response = add(client, kind, **{"taker_field": "department", "giver_field": "department", **sent})
    assert response.status_code == 422
    assert message in text(response)
    assert "There is a problem" in text(response)
    assert MatchRule.objects.count() == 0


def test_a_rule_is_changed_and_shows_what_it_was(town, alice, client):
    rule = MatchRule.objects.get(kind="gap")
    form = client.get(f"{RULES}{rule.pk}/").context["form"]
    assert [(steps.value(), points.value()) for steps, points in form.gap_rows[:3]] == [(1, 9), (2, 12), (None, None)]
    data = {"taker_field": "level", "giver_field": "level", "strength": "must", "label": "Level above"}
    data |= {"gap_0_steps": "1", "gap_0_points": "0", "param_unit": "level"}
    assert client.post(f"{RULES}{rule.pk}/", data).status_code == 302
    assert rules(town)[1] == {
        "kind": "gap",
        "label": "Level above",
        "field": "level",
        "strength": "must",
        "by_gap": {"1": 0},
        "params": {"unit": "level"},
    }


def test_strength_order_and_removal_by_one_press_each(town, alice, client):
    far, above = MatchRule.objects.all()
    client.post(f"{RULES}{far.pk}/do/", {"do": "low"})
    client.post(f"{RULES}{above.pk}/do/", {"do": "up"})
    assert [(rule.label, rule.strength) for rule in MatchRule.objects.all()] == [
        ("Level above", "points"),
        ("Other department", "low"),
    ]
    client.post(f"{RULES}{above.pk}/do/", {"do": "remove"})
    assert MatchRule.objects.get() == far
    assert client.post(f"{RULES}{far.pk}/do/", {"do": "explode"}).status_code == 404
    refused = client.post(f"{RULES}{far.pk}/do/", {"do": "points"}, follow=True)
    assert "say how many points it gives" in text(refused)


def test_the_aim_and_the_days_are_saved(town, alice, client):
    client.post(RULES, {"objective": "floor", "answer_days": "7"})
    plan = MatchingPlan.objects.get()
    assert (plan.objective, plan.answer_days) == ("floor", 7)
    assert client.post(RULES, {"objective": "floor", "answer_days": "61"}).status_code == 422


def test_a_track_without_a_plan_is_set_up_by_a_button_and_not_by_looking(town, alice, client):
    TrackFactory.create(program=town.track.program, slug="second", model="near_peer")
    url = "/programs/town/matching/rules/second/"
    assert "Matching is not set up yet" in text(client.get(url))
    assert MatchingPlan.objects.count() == 1
    assert client.get(f"{url}new/").status_code == 404
    client.post(url, {"set_up": "1"})
    assert MatchingPlan.objects.count() == 2


def test_peers_choose_between_three_aims_and_are_called_peers(town, alice, client):
    track = TrackFactory.create(program=town.track.program, slug="peers", model="peer")
    plan = services.ensure_plan(track=track, now=NOW, with_rules=False)
    for _ in range(3):
        EnrolmentFactory.create(track=track, role=Role.PEER, answers={"department": "Art"})
    spec = services.RuleSpec(
        kind="differ", label="D", taker_field="department", giver_field="department", strength="must"
    )
    services.add_rule(plan=plan, spec=spec, by=None, now=NOW)
    page = client.get("/programs/town/matching/rules/peers/")
    assert [value for value, _ in page.context["form"].fields["objective"].choices] == ["floor", "cover", "score"]
    assert "These rules allow 0 of 3 pairs" in text(page)


@pytest.mark.parametrize(
    ("model", "aims"), [("pod", 3), ("group_peer", 3), ("circle", 3), ("distributed", 3), ("flash", 1)]
)
def test_only_aims_that_a_run_can_have_are_offered(town, alice, client, model, aims):
    track = TrackFactory.create(program=town.track.program, slug="other", model=model)
    plan = services.ensure_plan(track=track, now=NOW, with_rules=False)
    page = client.get("/programs/town/matching/rules/other/")
    fields, only = page.context["form"].fields, "Sessions have this one aim: as many people as possible get one"
    assert (only in text(page)) == (aims == 1)
    assert len(fields["objective"].choices if "objective" in fields else [""]) == aims
    sent = client.post("/programs/town/matching/rules/other/", {"objective": "floor", "answer_days": "9"})
    plan.refresh_from_db()
    assert (sent.status_code, plan.answer_days) == (302, 9)
    assert plan.objective == ("cover" if aims == 1 else "floor")


def test_rules_broken_by_a_changed_field_are_named_and_can_be_mended(town, alice, client):
    town.track.program.fields.filter(slug="level").update(kind="text", options=[])
    page = text(client.get(RULES))
    assert "The rules cannot be used as they are" in page
    assert "“Gap between two levels” does not work with “Level” (text)." in page
