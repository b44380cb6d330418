"""What a match costs, how a program stands by the standards, and two cohorts side by side."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from matching.models import Match
from programs.models import Intake, Program, Role
from reports.models import Price
from reports.queries.cohorts import compare_cohorts, finding_of
from reports.queries.outcome import outcome
from reports.queries.standards import MET, NOT_YET, PARTLY, UNKNOWN, assess
from reports.services.pricing import set_price
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import GoalFactory
from tests.reports.test_outcome import DAY, pairs

pytestmark = pytest.mark.django_db
COSTS = ("hours_cost", "match_cost")


def priced(program: Program) -> dict[str, float | None]:
    set_price(program=program, hour=Decimal(40), costs=Decimal(120), currency="EUR", by=UserFactory.create(), now=NOW)
    figures = outcome(program, NOW).figures
    return {slug: figures[slug].numerator for slug in COSTS if slug in figures}


# --- prices -------------------------------------------------------------------------------


def test_costs_by_hand() -> None:
    """Four pairs of three sessions of 45 minutes are 9 mentor hours: 360 by four is 90, and with 120 beside 120."""
    track = TrackFactory.create()
    pairs(track, 4, held=3)
    assert priced(track.program) == {"hours_cost": 90, "match_cost": 120}
    units = {measure.slug: measure.unit for measure, _ in outcome(track.program, NOW).rows_of_whole()}
    assert (units["match_cost"], units["hours"]) == ("EUR", "hours")


def test_two_matches_have_no_price_and_neither_has_a_program_without_one() -> None:
    """Two circles of nine people are fewer than three units."""
    track = TrackFactory.create()
    pairs(track, 2, held=3)
    EnrolmentFactory.create_batch(9, track=track)
    assert set(priced(track.program).values()) == {None}
    other = TrackFactory.create()
    pairs(other, 6, held=3)
    assert not set(COSTS) & set(outcome(other.program, NOW).figures)


@pytest.mark.parametrize("idle_first", [True, False])
def test_a_track_in_which_nothing_has_begun_has_no_price(*, idle_first: bool) -> None:
    """And beside it a track whose price is hidden still hides another's."""
    program, sizes = ProgramFactory.create(), [0, 5, 4, 1] if idle_first else [1, 4, 5, 0]
    tracks = [TrackFactory.create(program=program, position=at) for at, _ in enumerate(sizes)]
    for track, size in zip(tracks, sizes, strict=True):
        pairs(track, size, held=1)
        EnrolmentFactory.create_batch(6, track=track)
    priced(program)
    shown = [each.figures.get("hours_cost") for each in outcome(program, NOW).tracks]
    assert [figure and figure.shown for figure in shown] == [{0: None, 5: True}.get(size, False) for size in sizes]


def test_a_price_taken_back_is_gone() -> None:
    track = TrackFactory.create()
    pairs(track, 4, held=3)
    priced(track.program)
    set_price(program=track.program, hour=None, costs=Decimal(0), currency="EUR", by=UserFactory.create(), now=NOW)
    assert not set(COSTS) & set(outcome(track.program, NOW).figures)


def test_no_hour_is_free() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(program=ProgramFactory.create(), hour=0, currency="EUR", set_at=NOW)


def test_peers_hide_no_other_tracks_mentor_hours() -> None:
    """Among equals nobody is mentored; that is no secret, so it takes no track of mentors with it."""
    program = ProgramFactory.create()
    led, equal = (TrackFactory.create(program=program, model=model) for model in ("traditional", "peer"))
    pairs(led, 6, held=2)
    pairs(equal, 6, held=2)
    for match in Match.objects.filter(track=equal):
        match.seats.update(role=Role.PEER)
    tracks = {each.track.pk: each.figures["mentor_hours"] for each in outcome(program, NOW).tracks}
    assert tracks[led.pk].numerator == 1.5
    assert (tracks[equal.pk].numerator, tracks[equal.pk].denominator) == (0, 0)


# --- standards ----------------------------------------------------------------------------


def states(program: Program, days: int = 40) -> dict[str, str]:
    return {row.standard: row.state for row in assess(program, NOW + days * DAY).rows}


def test_a_bare_program_claims_nothing() -> None:
    found = states(TrackFactory.create(program=ProgramFactory.create(description="")).program)
    assert MET not in {state for name, state in found.items() if "ends as planned" not in name and "Notes" not in name}
    assert found["Mentors are screened, and when and by whom is on record"] == UNKNOWN
    assert found["They meet within 14 days"] == UNKNOWN
    assert found["Nobody starts before an orientation"] == NOT_YET


def test_a_state_follows_the_data() -> None:
    track = TrackFactory.create()
    made = pairs(track, 6, held=1)
    Match.objects.update(activated_at=NOW - DAY)
    assert states(track.program)["They meet within 14 days"] == MET
    for match in made[:3]:
        match.sessions.update(starts_at=NOW + 20 * DAY, ends_at=NOW + 21 * DAY)
    assert states(track.program)["They meet within 14 days"] == PARTLY
    Intake.objects.create(track=track, orientation="Read this", orientation_points=["I have"])
    assert states(track.program)["Nobody starts before an orientation"] == MET
    goals = "They set goals within 30 days, and look at them half-way"
    assert states(track.program)[goals] == NOT_YET
    for match in made:
        GoalFactory.create(match=match, owner=match.seats.first().enrolment.user)
    assert states(track.program)[goals] in {MET, PARTLY}


def test_the_page_says_what_it_is_and_links_only_where_its_reader_may_go(client) -> None:
    from participants.models import RoleGrant

    program = TrackFactory.create().program
    ada = UserFactory.create()
    RoleGrant.objects.create(user=ada, role="admin", granted_at=NOW)
    client.force_login(ada)
    page = client.get(reverse("reports:standards", args=[program.slug])).content.decode()
    assert "Self-assessment, not accreditation" in page
    assert reverse("reports:pairs", args=[program.slug]) not in page
    assert reverse("programs:history", args=[program.slug]) in page


# --- cohorts ------------------------------------------------------------------------------


def cohort(met: int, of: int) -> Program:
    track = TrackFactory.create()
    pairs(track, met, held=3)
    pairs(track, of - met)
    return track.program


def test_cohorts_that_differ_and_why_is_not_said() -> None:
    rows = compare_cohorts(cohort(12, 12), cohort(2, 12), NOW.date())
    met = rows[0]
    # Neither is over, so who came to its end is not compared; and nobody set a goal.
    assert [row.label for row in rows] == ["Met", "Met 3 times", "Reached a goal"]
    assert met.first.share == 1
    assert met.second.share == pytest.approx(1 / 6)
    assert met.second.people == 24
    assert met.difference == pytest.approx(5 / 6)
    assert met.low is not None
    assert met.low > 0
    assert finding_of(rows) == "The two cohorts differ in 2 of 2 shares"
    banned = ("because", "better", "best", "winner", "proves", "worked")
    assert [word for row in rows for word in banned if word in row.words.lower()] == []


def test_cohorts_alike_are_not_called_equal() -> None:
    rows = compare_cohorts(cohort(8, 12), cohort(7, 12), NOW.date())
    assert finding_of(rows) == "No clear difference between the two cohorts"
    assert "not proof that they are equal" in rows[0].words


@pytest.mark.parametrize(("size", "words"), [(2, "Too few people"), (3, "Too few relationships"), (6, "Early")])
def test_small_cohorts_say_less(size: int, words: str) -> None:
    rows = compare_cohorts(cohort(12, 12), cohort(1, size), NOW.date())
    assert rows[0].words.startswith(words)
    assert (rows[0].second.share is None) == (size == 2)
