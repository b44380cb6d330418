"""Rules about weekly times and skills: made by clicking, kept in files, and told in words."""

import pytest
from django.urls import reverse

from matching.definition import dump_part
from matching.queries.offers import facts_of
from matching.services.rules import ensure_plan
from programs.models import Enrolment
from tests.factories.programs import NOW, FieldFactory, TrackFactory

pytestmark = pytest.mark.django_db
WEEK = {"zone": "Europe/Berlin", "times": ["Mon 09:00-12:00"]}


@pytest.fixture
def asking(town, alice):
    town.track.plan.rules.all().delete()
    program, options = town.track.program, ["Writing", "Budgets"]
    FieldFactory.create(program=program, slug="time", label="Times", kind="week", shared=True)
    for slug, label in (("skills-wanted", "Skills wanted"), ("skills-offered", "Skills offered")):
        FieldFactory.create(program=program, slug=slug, label=label, kind="skills", options=options, shared=True)
    return town


def add(client, asking, kind, **sent):
    url = reverse("matching:add_rule", args=[asking.track.program.slug, asking.track.slug])
    data = {"strength": "mid", "label": "", "condition_side": "", "condition_field": "", "condition_equals": "", **sent}
    return client.post(f"{url}?kind={kind}", data)


def test_times_and_skills_are_ruled_by_clicking(asking, client):
    time = {"taker_field": "time", "giver_field": "time", "strength": "must", "param_min_minutes": "45"}
    skills = {"taker_field": "skills-wanted", "giver_field": "skills-offered", "param_margin": "1"}
    assert [add(client, asking, "time", **time).status_code, add(client, asking, "covered", **skills).status_code] == [
        302,
        302,
    ]
    assert dump_part(asking.track)["rules"] == [
        {
            "kind": "time",
            "label": "Weekly times in common: Times",
            "field": "time",
            "strength": "must",
            "params": {"min_minutes": 45},
        },
        {
            "kind": "covered",
            "label": "Skills wanted, offered at the level wanted: Skills offered",
            "mentee_field": "skills-wanted",
            "mentor_field": "skills-offered",
            "strength": "mid",
            "params": {"margin": 1},
        },
    ]


def test_the_weeks_a_file_named_stay_when_the_rule_is_changed_by_clicking(asking, client):
    add(client, asking, "time", taker_field="time", giver_field="time")
    rule = asking.track.plan.rules.get()
    rule.params = {"weeks": ["2027-03-15"]}
    rule.save()
    url = reverse("matching:rule", args=[asking.track.program.slug, asking.track.slug, rule.pk])
    page = client.get(url).content.decode()
    assert "param_full_minutes" in page
    assert "param_weeks" not in page
    sent = {"taker_field": "time", "giver_field": "time", "strength": "high", "param_full_minutes": "90"}
    assert client.post(url, sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.strength, rule.params) == ("high", {"weeks": ["2027-03-15"], "full_minutes": 90})


def test_a_match_reads_shared_times_and_skills_in_words(asking):
    enrolment = Enrolment.objects.filter(track=asking.track, role="mentor").first()
    assert enrolment is not None
    enrolment.answers = {"time": WEEK, "skills-offered": {"Writing": 4}}
    fields = list(asking.track.program.fields.filter(shared=True))
    told = dict(facts_of(enrolment, fields))
    assert told["Times"] == "Mon 09:00–12:00 (Europe/Berlin)"
    assert told["Skills offered"] == "Writing (expert)"


def test_a_recipe_makes_do_with_plain_lists_where_a_program_asks_them_so():
    track = TrackFactory.create(model="co_mentoring")
    for slug in ("skills-wanted", "skills-offered", "time", "goal", "language"):
        FieldFactory.create(program=track.program, slug=slug, label=slug, kind="multi", options=["A", "B"])
    plan = ensure_plan(track=track, now=NOW)
    assert list(plan.rules.values_list("kind", "strength", "params", "others_forbidden")) == [
        ("among", "must", {}, False),
        ("overlap", "high", {}, False),
        ("overlap", "mid", {}, False),
        ("overlap", "high", {"full_at": 2}, False),
        ("among", "must", {"verb": "speak"}, False),
    ]
    track.program.fields.filter(slug="time").update(kind="week")
    other = TrackFactory.create(model="co_mentoring", program=track.program)
    rule = ensure_plan(track=other, now=NOW).rules.get(taker_field__slug="time")
    assert (rule.kind, rule.others_forbidden) == ("time", True)
