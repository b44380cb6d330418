"""Finding the models."""

import pkgutil

import pytest

from programs.catalogue import models, registry

ORDER = [
    "traditional",
    "peer",
    "near_peer",
    "reverse",
    "lateral",
    "cross_functional",
    "co_mentoring",
    "group_peer",
    "pod",
    "circle",
    "flash",
    "distributed",
]


def test_every_file_is_a_model_named_like_it_and_all_are_listed_in_their_order():
    assert [model.slug for model in registry.all_models()] == ORDER
    assert sorted(info.name for info in pkgutil.iter_modules(models.__path__)) == sorted(ORDER)


def test_choices_are_slugs_and_names():
    choices = registry.choices()
    assert [slug for slug, _ in choices] == ORDER
    assert choices[0] == ("traditional", "Traditional mentoring")


def test_a_model_is_found_by_its_slug():
    assert registry.get("pod").short_name == "Peer learning pod"
    with pytest.raises(registry.UnknownModel, match="There is no mentoring model called “thirteenth”"):
        registry.get("thirteenth")


def test_the_list_can_be_changed_by_nobody_else():
    registry.all_models().clear()
    assert len(registry.all_models()) == 12
