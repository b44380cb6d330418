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


def make_pods(*, must: bool = False) -> Crowd:
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
    department = must_be_same("department", "Department") if must else same("department", 20, "Department")
    rules = [department, same("team", 5, "Team")]
    text = ProfileField.Kind.TEXT
    return make_few("pod", people, rules, {"department": text, "team": text})


def make_odd_pods() -> Crowd:
    """The pods of `make_pods` where nobody may be with another department, and Cleo of a third one: she is left over.

    She is in Amy's, Ann's and Bea's team: 10 points in the one pod, 5 in the other.
    """
    crowd = make_pods(must=True)
    crowd.join("peer", {"department": "Chemistry", "team": "X"}, "Cleo")
    return crowd


def make_circle() -> Crowd:
    """A circle for four around Mona, and five who would all fit: 10 points for each two of a team."""
    people = [("Mona", "mentor", {"team": "X"})]
    people += [
        (name, "mentee", {"team": team})
        for name, team in zip(("Abe", "Bea", "Cid", "Dan", "Eve"), "XXXXY", strict=True)
    ]
    return make_few("circle", people, [same("team", 10, "Team")], {"team": ProfileField.Kind.TEXT}, capacity=4)


def make_networks() -> Crowd:
    """Two who want a network, one mentor with one place, and four peers: Abe has a network, and Zoe lacks a mentor."""
    people = [("Abe", "mentee", {"team": "X"}), ("Zoe", "mentee", {"team": "Y"}), ("Mona", "mentor", {"team": "X"})]
    people += [(name, "peer", {"team": "X"}) for name in ("Pam", "Pat", "Pia", "Poe")]
    return make_few("distributed", people, [same("team", 10, "Team")], {"team": ProfileField.Kind.TEXT}, capacity=1)


MONDAYS, TUESDAYS = ({"zone": "UTC", "times": [f"{day} 09:00-10:00"]} for day in ("Mon", "Tue"))


def make_sessions() -> Crowd:
    """Mona holds one session a month on Mondays. Abe, Bea and Cid have time then, Tia only on Tuesdays."""
    people = [("Mona", "mentor", {"team": "X", "time": MONDAYS})]
    people += [
        (name, "mentee", {"team": team, "time": MONDAYS}) for name, team in (("Abe", "X"), ("Bea", "X"), ("Cid", "Y"))
    ]
    people += [("Tia", "mentee", {"team": "X", "time": TUESDAYS})]
    kinds = {"team": ProfileField.Kind.TEXT, "time": ProfileField.Kind.WEEK}
    return make_few("flash", people, [same("team", 10, "Team")], kinds, capacity=1)
