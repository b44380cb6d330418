"""Small tracks of groups, networks and sessions whose best matching is found by hand."""

from collections.abc import Mapping, Sequence

from matching import services
from programs.models import ProfileField
from programs.services import add_track
from tests.factories.crowds import Crowd
from tests.factories.programs import NOW, FieldFactory, ProgramFactory

ART, BIO = "Art", "Biology"


def same(field: str, points: int, label: str) -> services.RuleSpec:
    """So many points where both have given the same answer."""
    return services.RuleSpec(
        kind="equal", label=label, taker_field=field, giver_field=field, strength="points", points=points
    )


def must_be_same(field: str, label: str) -> services.RuleSpec:
    return services.RuleSpec(kind="equal", label=label, taker_field=field, giver_field=field, strength="must")


def make_few(
    model: str,
    people: Sequence[tuple[str, str, Mapping[str, object]]],
    rules: Sequence[services.RuleSpec],
    kinds: Mapping[str, str],
    **track: object,
) -> Crowd:
    """People as (name, role, answers); `kinds` has the fields that are asked, each with the kind of its answer."""
    program = ProgramFactory.create(slug="few", name="Few people", contact_name="Dana")
    made = add_track(program=program, model=model, by=None, now=NOW)
    for name, value in track.items():
        setattr(made, name, value)
    made.save()
    for slug, kind in kinds.items():
        FieldFactory.create(program=program, slug=slug, label=slug.title(), kind=kind, options=[], shared=True)
    plan = services.ensure_plan(track=made, now=NOW, with_rules=False)
    for spec in rules:
        services.add_rule(plan=plan, spec=spec, by=None, now=NOW)
    crowd = Crowd(made)
    for name, role, answers in people:
        crowd.join(role, answers, name)
    return crowd


def make_pods() -> Crowd:
    """Two pods of three: by department, 20 points for it and 5 for the team; by team it would be the other two.

    Amy, Ann and Abe are of Art, Bea, Ben and Bob of Biology; Amy, Ann and Bea are in one team, the others in another.
    Art comes to 3 × 20 + 5, Biology to the same: 130 points of 150.
    """
    people = [
        ("Abe", "peer", {"department": ART, "team": "Y"}),
        ("Amy", "peer", {"department": ART, "team": "X"}),
        ("Ann", "peer", {"department": ART, "team": "X"}),
        ("Bea", "peer", {"department": BIO, "team": "X"}),
        ("Ben", "peer", {"department": BIO, "team": "Y"}),
        ("Bob", "peer", {"department": BIO, "team": "Y"}),
    ]
    rules = [same("department", 20, "Department"), same("team", 5, "Team")]
    text = ProfileField.Kind.TEXT
    return make_few("pod", people, rules, {"department": text, "team": text})
