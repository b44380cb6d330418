"""Two models side by side."""

from itertools import combinations

import pytest

from programs.catalogue import registry
from programs.catalogue.base import ASPECTS
from programs.catalogue.comparison import FIRST_PAIR, compare, facts


def test_the_seven_aspects_come_first_with_each_model_on_its_side():
    traditional, peer = (registry.get(slug) for slug in FIRST_PAIR)
    rows = compare(traditional, peer)
    assert [row.heading for row in rows][:7] == list(ASPECTS.values())
    assert (rows[0].first, rows[0].second) == (traditional.definition, peer.definition)
    assert (rows[6].first, rows[6].second) == (traditional.challenges, peer.challenges)


@pytest.mark.parametrize(
    ("slug", "people", "time"),
    [
        (
            "traditional",
            "2 people, 1 mentor among them; a mentor may have up to 2 mentees",
            "6 months: 10 sessions of 60 minutes, one every 18 days",
        ),
        ("peer", "2 to 3 people", "3 months: 6 sessions of 45 minutes, one every 14 days"),
        (
            "circle",
            "4 to 10 people, 1 to 2 mentors among them",
            "6 months: 6 sessions of 90 minutes, one every 30 days",
        ),
        ("flash", "2 people, 1 mentor among them", "One session of 30 minutes"),
        ("distributed", "4 to 9 people", "About 30 minutes every 30 days, without an end date"),
    ],
)
def test_size_and_time_are_told_in_words(slug, people, time):
    told = dict(facts(registry.get(slug)))
    assert (told["People together"], told["Time"]) == (people, time)


def test_what_must_be_so_is_told():
    told = dict(facts(registry.get("reverse")))
    assert told["Must be so in a match"] == (
        "The mentor is at least two levels below; The junior knows a topic the senior wants; A language in common"
    )
    assert told["Always true"].split("; ")[1].startswith("Nobody is matched with their own manager")


@pytest.mark.parametrize(
    "pair", list(combinations(registry.all_models(), 2)), ids=lambda pair: f"{pair[0].slug}-{pair[1].slug}"
)
def test_any_two_can_be_compared(pair):
    rows = compare(*pair)
    assert len(rows) == 11
    assert all(row.first and row.second for row in rows)
    assert all(row.first != row.second for row in rows[:7])
