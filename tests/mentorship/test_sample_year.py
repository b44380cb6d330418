"""The finished year of the sample: what its reports say is what was planted in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from matching.models import Ending
from mentorship.sample import truth as planted
from mentorship.sample.truth import Truth
from mentorship.sample.year import Told, tell_year
from participants.services import ensure_account
from programs.catalogue import registry
from programs.models import Draw, Lot
from reports.queries.across import Across, across, compared_across
from reports.queries.outcome import Outcome, outcome
from reports.verdicts import Kind

# Long, and no more about how things are stored than other tests.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
# The mean of a hundred people's changes, rounded twice to one decimal.
TOLERANCE = 0.2
NAMES = [each.name for each in planted.YEAR]


@dataclass
class Year:
    told: dict[str, Told]
    reports: dict[str, Outcome]
    across: Across
    compared: dict[str, Any]


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker) -> Iterator[Year]:
    """Told once for all tests of this file, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        dana, _ = ensure_account(email="dana@example.org", first_name="Dana", last_name="I", timezone="Europe/Berlin")
        told = {each.truth.name: each for each in tell_year(dana=dana, now=NOW, zone="Europe/Berlin")}
        every = across(NOW)
        yield Year(
            told, {name: outcome(each.program, NOW) for name, each in told.items()}, every, compared_across(every)
        )
        transaction.set_rollback(True)


def comparison(year: Year, truth: Truth) -> dict[str, Any]:
    found = year.reports[truth.name].opened.comparison
    assert found is not None
    return found


def closed(found: dict[str, Any]) -> set[str]:
    return {gate["slug"] for gate in found["gates"] if gate["met"] is False}


def funnel_of(told: Told) -> dict[str, float]:
    tally = told.tally
    return {
        "enrolled": len(tally.enrolled),
        "matched_ever": len(tally.matched),
        "met": len(tally.met),
        "met_3": len(tally.met_3),
        "finished": len(tally.finished),
        "matches_ever": tally.matches,
        "sessions": tally.sessions,
        "hours": round(tally.minutes / 60, 1),
    }


def wrongs(truth: Truth, report: Outcome) -> list[str]:
    """What a report says otherwise than was planted: the rise, and the verdict with its interval."""
    found, said = report.opened.comparison, []
    core = report.opened.core
    if core and abs(core[0]["change"] - truth.rise) > TOLERANCE:
        said.append("rise")
    if found is None:
        return said + ([] if truth.verdict is None else ["verdict"])
    said += [] if (found["kind"], found.get("higher", "")) == (truth.verdict, truth.higher) else ["verdict"]
    interval = found["interval"]
    if interval and not interval["low"] <= difference_of(truth, found["arms"]) <= interval["high"]:
        said.append("interval")
    return said


def difference_of(truth: Truth, arms: list[str]) -> float:
    """Within a program all models of an arm rise alike."""
    rises = {name: {each.rise for each in truth.tracks if family(each.model) == name} for name in arms}
    (one,), (two,) = (rises[name] for name in arms)
    return one - two


def family(model: str) -> str:
    return "mentor-led" if registry.get(model).family == "mentor_led" else "peer"


def test_it_is_a_year_of_six_programs_twelve_models_and_a_thousand_people(year: Year) -> None:
    assert len(year.told) == 6
    assert {track.model for each in planted.YEAR for track in each.tracks} == {
        each.slug for each in registry.all_models()
    }
    assert 950 <= sum(each.people for each in planted.YEAR) <= 1100


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_the_way_from_enrolled_to_finished_is_exact(year: Year, name: str) -> None:
    told, figures = year.told[name], year.reports[name].figures
    assert {slug: figures[slug].numerator for slug in funnel_of(told)} == funnel_of(told)
    assert figures["enrolled"].numerator == told.truth.people
    assert figures["matches_ever"].numerator == sum(track.matches for track in told.truth.tracks)


@pytest.mark.parametrize("name", NAMES)
def test_rises_and_verdicts_are_what_was_planted(year: Year, name: str) -> None:
    assert wrongs(year.told[name].truth, year.reports[name]) == []


def test_another_truth_would_be_noticed(year: Year) -> None:
    """The check above can fail: on the rise, on a difference that is not there, and on one the other way round."""
    none, ahead = planted.NO_DIFFERENCE, planted.PEERS_AHEAD
    more = tuple(replace(each, rise=each.rise + 0.6 * (each.model == "peer")) for each in none.tracks)
    much = tuple(replace(each, rise=each.rise + 0.5) for each in ahead.tracks)
    assert wrongs(replace(none, tracks=more), year.reports[none.name]) == ["rise", "interval"]
    assert wrongs(replace(none, verdict=Kind.HIGHER, higher="peer"), year.reports[none.name]) == ["verdict"]
    assert wrongs(replace(ahead, higher="mentor-led"), year.reports[ahead.name]) == ["verdict"]
    assert wrongs(replace(ahead, tracks=much), year.reports[ahead.name]) == ["rise"]


def test_only_where_lots_decided_a_model_is_said_to_have_led_to_it(year: Year) -> None:
    by_lot, chosen = comparison(year, planted.BY_LOT), comparison(year, planted.PEERS_AHEAD)
    assert by_lot["finding"].startswith("In this program mentor-led led to more improvement than peer: ")
    assert chosen["finding"].startswith("People in peer improved more, by ")
    assert chosen["finding"].endswith("People chose their model, so part of this may be who chose it.")
    assert closed(by_lot) == closed(chosen) == set()


def test_lots_were_dealt_evenly_within_levels(year: Year) -> None:
    draw = Draw.objects.get(program=year.told[planted.BY_LOT.name].program)
    lots = Lot.objects.filter(draw=draw).values_list("stratum", "track")
    sides = [sum(lot == (stratum, draw.first_id) for lot in lots) for stratum, _ in set(lots)]
    assert draw.stratum == "level"
    assert sorted(set(sides)) == [14]


def test_a_gate_stays_closed_where_too_few_answered(year: Year) -> None:
    found = comparison(year, planted.TOO_FEW_ANSWERED)
    assert closed(found) == {"response"}
    assert found["finding"].endswith("That is not enough for a conclusion.")


def test_nothing_is_shown_of_the_pilot_that_would_tell_of_few(year: Year) -> None:
    found, report = comparison(year, planted.TOO_SMALL), year.reports[planted.TOO_SMALL.name]
    assert (found["interval"], found["groups"]) == (None, [])
    assert found["finding"].startswith("We can’t compare yet. Fewer than 3 mentor-led and fewer than 3 peer")
    assert [track.shown for track in report.tracks] == [False, False]
    assert report.figures["mentor_hours"].numerator is None


@pytest.mark.parametrize("name", NAMES)
def test_endings_have_their_reasons_where_five_or_more_gave_one(year: Year, name: str) -> None:
    truth, told = year.told[name].truth, year.told[name]
    words = dict(Ending.Reason.choices)
    assert dict(told.tally.endings) == truth.endings
    shown = {said: count for said, count in year.reports[name].opened.content["endings"] if count is not None}
    assert shown.items() <= {words[reason]: count for reason, count in truth.endings.items() if count >= 5}.items()
    if truth is planted.NO_DIFFERENCE:
        assert shown == {"No times that suit": 11, "No contact": 5, "Not the right fit": 5}


def test_a_price_of_hours_gives_the_cost_of_a_match_to_the_cent(year: Year) -> None:
    told, figures = year.told[planted.WITH_A_PRICE.name], year.reports[planted.WITH_A_PRICE.name].figures
    worth = told.tally.mentor_minutes / 60 * 60
    assert figures["hours_cost"].numerator == round(worth / told.tally.matches, 2)
    assert figures["match_cost"].numerator == round((worth + 9000) / told.tally.matches, 2)
    assert "hours_cost" not in year.reports[planted.NO_DIFFERENCE.name].figures


def test_mentor_hours_leave_out_who_was_missing(year: Year) -> None:
    told = year.told[planted.PEERS_AHEAD.name]
    given = round(told.tally.mentor_minutes / 60 / len(told.tally.mentees), 1)
    assert year.reports[told.truth.name].figures["mentor_hours"].numerator == given


def test_the_organisations_report_is_the_sum_of_its_programs(year: Year) -> None:
    tallies = [each.tally for each in year.told.values()]
    whole = year.across.whole
    for slug, name in (("enrolled", "enrolled"), ("matched_ever", "matched"), ("met", "met"), ("finished", "finished")):
        assert whole[slug].numerator == sum(len(getattr(tally, name)) for tally in tallies), slug
    assert whole["sessions"].numerator == sum(tally.sessions for tally in tallies)
    assert whole["hours"].numerator == round(sum(tally.minutes for tally in tallies) / 60, 1)
    assert (year.across.costed.programs, year.across.costed.currency) == (1, "EUR")
    assert len(year.across.looked_at) == 6


def test_who_misses_more_ends_early_and_people_share_what_they_share(year: Year) -> None:
    told = year.told[planted.NO_DIFFERENCE.name]
    shares = {True: [0, 0], False: [0, 0]}
    rows = told.program.tracks.values_list("matches__pk", "matches__end_reason", "matches__sessions__state")
    for _, reason, state in rows:
        counts = shares[reason == "ended"]
        counts[0] += state == "missed"
        counts[1] += 1
    assert shares[True][0] / shares[True][1] > 2 * shares[False][0] / shares[False][1]
