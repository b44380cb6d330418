"""What must be true of every model there is, and of a thirteenth."""

import dataclasses
import re

import pytest

from mentorship.look.glyphs import DRAWINGS
from programs.catalogue import registry
from programs.catalogue.base import (
    ASPECTS,
    COMMON_SAFEGUARDS,
    FIRST,
    HARD_FACTS,
    HEALTH_SIGNALS,
    HOT_SEATS,
    MENTEE,
    MENTOR,
    PEER,
    SECOND,
    Booking,
    Direction,
    Family,
    MentoringModel,
    Network,
    Shape,
)
from programs.catalogue.fields import STANDARD_FIELDS
from programs.catalogue.working import AGREEMENT_PARTS, LIMITS

MODELS = registry.all_models()
ROLES: dict[Shape, set[tuple[str, ...]]] = {
    Shape.TWO_SIDED: {(MENTOR, MENTEE)},
    Shape.ONE_SIDED: {(PEER,)},
    Shape.GROUPS: {(PEER,), (MENTOR, MENTEE)},
    Shape.SLOTS: {(MENTOR, MENTEE)},
    Shape.CONSTELLATION: {(MENTOR, MENTEE, PEER)},
}
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.slug)


def texts(model: MentoringModel) -> list[str]:
    """Every sentence a person may read of a model."""
    return [
        model.name,
        model.one_line,
        *(text for _, text in model.aspects),
        *(item.text for item in model.agenda),
        *(risk.text for risk in model.risks),
        *(safeguard.text for safeguard in model.all_safeguards),
        *(rule.label for rule in model.recipe.rules),
        *model.questions,
        *model.goals,
        *model.agreement.filled(every="14 days", minutes="45 minutes").values(),
        *(week.title for week in model.curriculum),
        *(week.deliverable for week in model.curriculum),
        *(text for form in [model.preparation] if form for text in (form.title, form.ask, form.why)),
    ]


@each_model
def test_it_says_everything_and_says_it_well(model):
    assert [label for label, text in model.aspects] == list(ASPECTS.values())
    for text in texts(model):
        assert text == text.strip()
        assert text[0].isupper()
        assert "  " not in text
        assert "'" not in text
        assert not re.search(r"\b(please|successfully|e\.g\.|i\.e\.)|!", text, re.IGNORECASE)
    assert len(set(texts(model))) == len(texts(model))
    assert all(text.endswith(".") for _, text in model.aspects)
    assert all(
        len(text) >= 80 or label in {"Focus", "Level of expertise", "Relationship"} for label, text in model.aspects
    )
    assert model.one_line.endswith(".")
    assert len(model.one_line) <= 100
    assert all(question.endswith("?") for question in model.questions)
    assert len(model.questions) == len(model.goals) == 3


@each_model
def test_its_agenda_fills_its_session(model):
    assert sum(item.minutes for item in model.agenda) == model.session_minutes
    assert all(item.minutes > 0 for item in model.agenda)


@each_model
def test_its_size_fits_its_shape(model):
    size = model.size
    assert 2 <= size.least <= size.usual_least <= size.usual_most <= size.most
    assert 0 <= size.mentors_least <= size.mentors_most < size.most
    assert (size.mentors_least > 0) is (MENTOR in model.roles)
    if model.shape in {Shape.TWO_SIDED, Shape.SLOTS}:
        assert (size.least, size.most, size.mentors_most) == (2, 2, 1)
    if model.shape is Shape.ONE_SIDED:
        assert (size.least, size.usual_most) == (2, 2)
        assert model.triads is (size.most > 2)
    else:
        assert model.triads is False
    if model.shape is Shape.GROUPS:
        assert size.least >= 3


@each_model
def test_its_roles_and_words_fit_its_shape(model):
    assert model.roles in ROLES[model.shape]
    assert model.first_contact in model.roles
    assert (PEER in model.roles) is (model.family is Family.PEER)
    assert (model.words.taker == PEER) is (model.roles == (PEER,))
    assert model.words.one != model.words.many
    if model.family is Family.PEER:
        assert model.direction in {Direction.BOTH_WAYS, Direction.MANY_TO_MANY}


@each_model
def test_its_rhythm_is_one_a_track_can_have(model):
    assert 1 <= model.capacity <= model.capacity_most <= 50
    assert 1 <= model.cadence_days <= 180
    assert 15 <= model.session_minutes <= 180
    assert 1 <= model.months <= 12
    days = model.months * 365 / 12
    if not model.rolling:
        assert days - 2 * model.cadence_days < model.sessions * model.cadence_days <= days
    if model.roles == (PEER,):
        assert model.capacity_most == 1


@each_model
def test_its_risks_are_watched_and_guarded_against(model):
    assert len(model.risks) >= 2
    assert {risk.signal for risk in model.risks} <= set(HEALTH_SIGNALS)
    keys = [safeguard.key for safeguard in model.all_safeguards]
    assert len(set(keys)) == len(keys)
    assert len(model.safeguards) >= 2
    assert model.all_safeguards[-4:] == COMMON_SAFEGUARDS
    assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)


@each_model
def test_its_recipe_speaks_of_standard_fields_that_its_people_are_asked(model):
    recipe = model.recipe
    assert set(recipe.purposes) <= set(STANDARD_FIELDS)
    asked = {role for purpose in recipe.purposes for role in STANDARD_FIELDS[purpose].asked_of}
    assert set(model.roles) <= asked
    assert len({rule.key for rule in recipe.rules}) == len(recipe.rules)
    assert set(recipe.hard_facts) <= set(HARD_FACTS)
    assert {"both_accept", "reporting_lines_apart", "no_repeat"} == set(recipe.hard_facts)
    assert any(rule.key == "language" and rule.strength == "must" for rule in recipe.rules)
    asking = [rule for rule in recipe.rules if rule.strength == "must" and not rule.params.get("silent_fits")]
    musts = {purpose for rule in asking for purpose in (rule.taker, rule.giver)}
    assert all(STANDARD_FIELDS[purpose].required for purpose in musts)


@each_model
def test_only_the_shapes_that_need_them_have_bookings_and_networks(model):
    assert (model.booking is not None) is (model.shape is Shape.SLOTS)
    assert (model.network is not None) is (model.shape is Shape.CONSTELLATION)


@each_model
def test_it_has_a_drawing_and_cannot_be_changed(model):
    assert model.glyph in DRAWINGS
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.months = 1


def test_names_and_places_are_given_once():
    for attribute in ("slug", "name", "short_name", "position", "one_line", "definition"):
        assert len({getattr(model, attribute) for model in MODELS}) == len(MODELS)


def test_safeguards_with_one_key_say_one_thing():
    said: dict[str, set[str]] = {}
    for model in MODELS:
        for safeguard in model.all_safeguards:
            said.setdefault(safeguard.key, set()).add(safeguard.text)
    assert {key: said_so for key, said_so in said.items() if len(said_so) > 1} == {}


def test_the_defaults_are_the_practitioners_values():
    values = {
        model.slug: (
            model.months,
            model.sessions,
            model.session_minutes,
            model.capacity,
            (model.size.least, model.size.most),
            model.triads,
        )
        for model in MODELS
    }
    assert values == {
        "traditional": (6, 10, 60, 2, (2, 2), False),
        "peer": (3, 6, 45, 1, (2, 3), True),
        "near_peer": (4, 8, 45, 3, (2, 2), False),
        "reverse": (6, 6, 45, 1, (2, 2), False),
        "lateral": (4, 4, 45, 1, (2, 3), True),
        "cross_functional": (3, 3, 60, 1, (2, 6), True),
        "co_mentoring": (6, 7, 60, 1, (2, 2), False),
        "group_peer": (9, 9, 120, 1, (6, 10), False),
        "pod": (3, 12, 60, 1, (3, 5), False),
        "circle": (6, 6, 90, 8, (4, 10), False),
        "flash": (6, 1, 30, 2, (2, 2), False),
        "distributed": (12, 12, 30, 4, (4, 9), False),
    }


def test_one_off_sessions_and_networks_have_their_limits():
    assert registry.get("flash").booking == Booking(
        monthly_cap=2, notice_hours=24, request_days=5, no_repeat_days=14, follow_up_days=14
    )
    assert registry.get("distributed").network == Network(
        mix={"mentor": 1, "near_peer": 1, "peer": 2}, weekly_cap=2, answer_hours=48, routed_least=3, routed_most=5
    )


@pytest.mark.parametrize("field", STANDARD_FIELDS.values(), ids=lambda field: field.purpose)
def test_standard_fields_can_be_asked(field):
    assert field.label[0].isupper()
    assert field.help.endswith(".")
    assert field.slug == field.purpose.replace("_", "-")
    assert set(field.asked_of) <= {MENTEE, MENTOR, PEER}
    assert bool(field.options) is (field.kind in {"choice", "ordered", "multi", "skills"})
    assert len(set(field.options)) == len(field.options)


# --- working together -------------------------------------------------------------------------


def test_no_model_borrows_its_agreement_from_another():
    """Twelve templates, each about its own kind of match; only the limits of silence are the same for all."""
    filled = [model.agreement.filled(every="14 days", minutes="45 minutes") for model in MODELS]
    assert {tuple(parts) for parts in filled} == {tuple(AGREEMENT_PARTS)}
    words = [text for parts in filled for text in parts.values()]
    assert len(set(words)) == len(MODELS) * len(AGREEMENT_PARTS)
    assert min(map(len, words)) >= 60
    assert not [text for text in words if "{" in text]
    assert all(parts["confidentiality"].endswith(LIMITS) for parts in filled)
    assert all("without" in parts["exit"] for parts in filled)


@each_model
def test_an_agreement_takes_its_rhythm_from_the_track(model):
    cadence = model.agreement.filled(every="17 days", minutes="35 minutes")["cadence"]
    assert "35 minutes" in cadence
    assert ("17 days" in cadence) is (not model.rolling)


@each_model
def test_who_has_the_floor_can_have_it(model):
    leads = [item.lead for item in model.agenda]
    assert {lead for lead in leads if lead in {MENTOR, MENTEE}} <= set(model.roles)
    assert (FIRST in leads) is (SECOND in leads)
    keys = {safeguard.key for safeguard in model.safeguards}
    assert ("hot_seat_rota" in keys) is (set(HOT_SEATS) <= set(leads))
    # Where a third may join two peers who take turns, there is a turn for them.
    assert any(item.third for item in model.agenda) is (model.triads and FIRST in leads)


@each_model
def test_a_safeguard_that_is_written_has_its_form(model):
    keys = {safeguard.key for safeguard in model.safeguards}
    written = keys & {"two_written_topics", "problem_statement", "preparation_form"}
    assert (model.preparation is not None) is (bool(written) or model.slug == "reverse")
    assert bool(model.curriculum) is ("curriculum" in keys)
    assert model.balance is (model.slug in {"co_mentoring", "reverse"})
    if model.preparation:
        assert set(model.preparation.by) <= set(model.roles)
        assert len({field.key for field in model.preparation.fields}) == len(model.preparation.fields) >= 2
