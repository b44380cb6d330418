"""Plan and rules in the program's file: a dump loads into the same, and what is wrong is named with its place."""

from typing import Any

import pytest

from matching import definition, services
from matching.models import MatchingPlan, MatchRule
from programs.models import ProfileField, Track
from tests.factories.programs import NOW, FieldFactory, TrackFactory

UK = {
    "objective": "cover",
    "answer_days": 10,
    "rules": [
        {"kind": "differ", "label": "Other department", "field": "department", "strength": "must"},
        {
            "kind": "gap",
            "label": "Grade above",
            "field": "grade",
            "strength": "points",
            "by_gap": {"1": 9, "2": 12},
            "others_forbidden": True,
            "params": {"unit": "grade"},
        },
        {"kind": "equal", "label": "Same profession", "field": "profession", "strength": "points", "points": 10},
        {
            "kind": "among",
            "label": "Identity",
            "mentee_field": "identity",
            "mentor_field": "characteristics",
            "strength": "points",
            "points": 6,
            "only_where": {"side": "mentee", "field": "wants-identity", "is": True},
        },
    ],
}


@pytest.fixture
def track(db):
    track = TrackFactory.create()
    kinds = {
        "department": ("text", []),
        "grade": ("ordered", ["AO", "EO", "HEO"]),
        "profession": ("text", []),
        "identity": ("text", []),
        "characteristics": ("multi", ["Gay", "Trans"]),
        "wants-identity": ("yesno", []),
    }
    for slug, (kind, options) in kinds.items():
        FieldFactory.create(program=track.program, slug=slug, label=slug, kind=kind, options=options)
    return track


def dumped(track: Track) -> dict[str, Any]:
    """As the database has it now."""
    return definition.dump_part(Track.objects.get(pk=track.pk))


def load(track, data):
    fields = {field.slug: field for field in ProfileField.objects.filter(program=track.program)}
    return definition.load_part(track, data, fields, now=NOW)


def test_what_is_loaded_is_dumped_again(track):
    load(track, UK)
    assert dumped(track) == UK


def test_a_dump_loads_into_an_equal_track(track):
    load(track, UK)
    other = TrackFactory.create(program=track.program)
    load(other, dumped(track))
    assert dumped(other) == UK


def test_loading_the_same_again_touches_no_rule(track):
    load(track, UK)
    before = list(MatchRule.objects.values_list("pk", flat=True))
    load(track, UK)
    assert list(MatchRule.objects.values_list("pk", flat=True)) == before


def test_rules_that_are_no_longer_in_the_file_go(track):
    load(track, UK)
    load(track, {**UK, "rules": UK["rules"][2:3]})
    assert [rule["label"] for rule in dumped(track)["rules"]] == ["Same profession"]


def test_a_track_whose_matching_is_not_set_up_has_nothing_to_dump(track):
    assert dumped(track) == {}


def test_without_rules_a_new_track_starts_with_those_of_its_model_that_the_fields_allow(db):
    track = TrackFactory.create(model="traditional")
    levels = ["Entry", "Junior", "Senior"]
    FieldFactory.create(program=track.program, slug="level", label="Level", kind="ordered", options=levels)
    FieldFactory.create(
        program=track.program, slug="skills-wanted", label="Skills wanted", kind="multi", options=["A", "B"]
    )
    load(track, {})
    assert [rule["label"] for rule in dumped(track)["rules"] if "level" in rule.get("field", "")] != []
    assert {rule.get("field") for rule in dumped(track)["rules"]} == {"level"}


def rule(**more):
    return {"kind": "equal", "label": "R", "field": "department", **more}


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (rule(field="nope"), "rules[1].field: there is no field “nope”"),
        (
            {"kind": "equal", "label": "R", "mentee_field": "department", "mentor_field": "nope"},
            "rules[1].mentor_field: there is no field “nope”",
        ),
        ({"kind": "equal", "label": "R"}, "rules[1]: say which field, or which mentee_field and mentor_field"),
        (rule(kind="magic"), "rules[1].kind: there is no kind of rule called “magic”"),
        (rule(by_gap={"x": 1}), "rules[1].by_gap: gaps have to be whole numbers"),
        (rule(by_gap={"1": 1}), "rules[1].by_gap: points by gap belong to rules about a gap"),
        (rule(strength="points"), "rules[1].points: say how many points it gives"),
        (rule(params={"colour": 1}), "rules[1].params: this kind of rule has no setting called “colour”"),
        (
            rule(kind="gap"),
            "rules[1]: “Gap between two levels” does not work with “department” (text)",
        ),
        (
            rule(only_where={"side": "mentee", "field": "nope", "is": True}),
            "rules[1].only_where.field: there is no field “nope”",
        ),
        (
            rule(only_where={"side": "boss", "field": "grade", "is": "AO"}),
            "rules[1].only_where.side: is mentee or mentor, not “boss”",
        ),
        (rule(only_where={"side": "mentee"}), "rules[1].only_where: needs side, field and is"),
        (
            rule(only_where={"side": "mentee", "field": "grade", "is": "King"}),
            "rules[1].only_where: the condition asks for “King”, which is no answer to “grade”",
        ),
    ],
)
def test_an_error_names_its_place_and_nothing_is_written(track, broken, message):
    with pytest.raises(ValueError, match=r"^rules") as caught:
        load(track, {**UK, "rules": [UK["rules"][0], broken]})
    assert str(caught.value) == message
    assert (MatchingPlan.objects.count(), MatchRule.objects.count()) == (0, 0)


def test_between_peers_a_gap_needs_to_look_both_ways(db):
    track = TrackFactory.create(model="peer")
    FieldFactory.create(program=track.program, slug="grade", label="Grade", kind="ordered", options=["A", "B"])
    data = {"rules": [{"kind": "gap", "label": "G", "field": "grade", "strength": "points", "by_gap": {"1": 5}}]}
    with pytest.raises(ValueError, match="only the size of the gap"):
        load(track, data)


def test_rules_move_up_and_down_and_stop_at_the_ends(track):
    plan = load(track, UK)
    first, last = plan.rules.first(), plan.rules.last()
    services.move_rule(rule=first, up=True, by=None, now=NOW)
    services.move_rule(rule=last, up=False, by=None, now=NOW)
    assert dumped(track) == UK
    services.move_rule(rule=last, up=True, by=None, now=NOW)
    labels = [each["label"] for each in dumped(track)["rules"]]
    assert labels == ["Other department", "Grade above", "Identity", "Same profession"]
