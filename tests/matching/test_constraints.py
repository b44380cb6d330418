"""Each rule the database keeps by itself, broken on purpose."""

import pytest
from django.db import IntegrityError, connection, transaction

from matching.models import Match, MatchingPlan, MatchRule, Proposal, Seat
from programs.models import ProfileField
from tests.factories.matching import MatchFactory, PlanFactory, ProposalFactory, SeatFactory, make_pair
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, TrackFactory

pytestmark = pytest.mark.django_db


def refused(constraint: str, do) -> None:
    """Doing it raises, and PostgreSQL names the constraint (SQLite names it for checks only)."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        do()
    if connection.vendor == "postgresql" or "CHECK" in str(caught.value):
        assert constraint in str(caught.value)


def proposal(**more) -> Proposal:
    return ProposalFactory.create(**more)


def test_only_one_proposal_of_a_track_is_published():
    track = TrackFactory.create()
    proposal(track=track, number=1, state="published", published_at=NOW)
    refused(
        "one_published_proposal_a_track",
        lambda: proposal(track=track, number=2, state="published", published_at=NOW),
    )
    proposal(track=track, number=3, state="draft")
    proposal(track=TrackFactory.create(program=track.program), number=4, state="published", published_at=NOW)


def test_a_number_is_given_once_in_a_program():
    track = TrackFactory.create()
    proposal(track=track, number=1)
    refused("proposal_number_once_a_program", lambda: proposal(track=track, number=1))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("proposal_capacity_1_to_50", {"capacity": 0}),
        ("proposal_capacity_1_to_50", {"capacity": 51}),
        ("proposal_progress_within_100", {"progress": 101}),
        ("proposal_published_has_a_date", {"state": "published", "published_at": None}),
    ],
)
def test_a_proposal_makes_sense(constraint, values):
    refused(constraint, lambda: proposal(**values))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("match_state_known", {"state": "maybe"}),
        ("match_ended_has_a_date", {"state": "ended", "ended_at": None}),
        ("match_ended_has_a_date", {"state": "declined", "ended_at": None}),
        ("match_ended_has_a_date", {"state": "offered", "ended_at": NOW}),
        ("match_active_has_a_date", {"state": "active", "activated_at": None}),
        ("match_start_has_a_length", {"starts_at": NOW, "minutes": None}),
        ("match_start_has_a_length", {"starts_at": None, "minutes": 30}),
        ("match_start_has_a_length", {"starts_at": NOW, "minutes": 4}),
    ],
)
def test_a_match_makes_sense(constraint, values):
    if constraint == "match_state_known":  # an unknown state breaks the rule about dates as well
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchFactory.create(**values)
        return
    refused(constraint, lambda: MatchFactory.create(**values))


@pytest.mark.parametrize(
    ("state", "allowed"), [("offered", False), ("active", False), ("draft", True), ("ended", True)]
)
def test_the_same_people_are_joined_once_at_a_time(state, allowed):
    MatchFactory.create(state="offered", people_key="4-7")
    dates = {"activated_at": NOW if state == "active" else None, "ended_at": NOW if state == "ended" else None}
    if allowed:
        assert MatchFactory.create(state=state, people_key="4-7", **dates).pk
    else:
        refused("same_people_matched_once", lambda: MatchFactory.create(state=state, people_key="4-7", **dates))


def test_a_place_is_taken_once_while_it_is_live():
    mentor = EnrolmentFactory.create(role="mentor")
    SeatFactory.create(enrolment=mentor, live=True, place=1, places=2)
    SeatFactory.create(enrolment=mentor, live=True, place=2, places=2)
    SeatFactory.create(enrolment=mentor, live=False, place=1, places=2)
    refused("place_taken_once", lambda: SeatFactory.create(enrolment=mentor, live=True, place=2, places=2))


@pytest.mark.parametrize("values", [{"place": 0}, {"place": 3, "places": 2}, {"place": 1, "places": 51}])
def test_a_place_is_one_of_the_places(values):
    refused("seat_within_places", lambda: SeatFactory.create(live=True, **values))


def test_an_answer_has_a_date_and_no_answer_has_none():
    refused("seat_answer_has_a_date", lambda: SeatFactory.create(answer="accepted", answered_at=None))
    refused("seat_answer_has_a_date", lambda: SeatFactory.create(answer="waiting", answered_at=NOW))


def test_who_has_left_a_match_takes_no_place_in_it():
    refused("seat_that_was_left_is_not_live", lambda: SeatFactory.create(live=True, left_at=NOW))
    assert SeatFactory.create(live=False, left_at=NOW).pk


def test_a_helper_is_one_of_the_known_kinds():
    refused("seat_part_known", lambda: SeatFactory.create(part="guru"))


def test_a_person_sits_once_in_a_match():
    seat = SeatFactory.create()
    refused("one_seat_each_in_a_match", lambda: SeatFactory.create(match=seat.match, enrolment=seat.enrolment))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("plan_objective_known", {"objective": "best"}),
        ("plan_answer_1_to_60_days", {"answer_days": 0}),
        ("plan_answer_1_to_60_days", {"answer_days": 61}),
    ],
)
def test_a_plan_makes_sense(constraint, values):
    refused(constraint, lambda: PlanFactory.create(**values))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("rule_strength_known", {"strength": "huge"}),
        ("rule_points_within_1000", {"points": 1001}),
        ("rule_condition_whole", {"condition_side": "taker"}),
        ("rule_condition_whole", {"condition_side": "somebody"}),
    ],
)
def test_a_rule_makes_sense(constraint, values):
    plan, field = PlanFactory.create(), FieldFactory.create()
    refused(
        constraint,
        lambda: MatchRule.objects.create(
            plan=plan, kind="equal", label="x", taker_field=field, giver_field=field, **values
        ),
    )


def test_a_field_a_rule_needs_cannot_be_deleted_under_it():
    from django.db.models import RestrictedError

    plan, field = PlanFactory.create(), FieldFactory.create()
    MatchRule.objects.create(plan=plan, kind="equal", label="x", taker_field=field, giver_field=field)
    with pytest.raises(RestrictedError):
        field.delete()
    assert ProfileField.objects.filter(pk=field.pk).exists()


def test_a_track_has_one_plan():
    plan = PlanFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingPlan.objects.create(track=plan.track)


def test_a_pair_of_the_factory_is_live_in_both_seats():
    track = TrackFactory.create()
    pair = make_pair(EnrolmentFactory.create(track=track, role="mentor"), EnrolmentFactory.create(track=track))
    assert (Match.objects.get().state, Seat.objects.filter(match=pair, live=True).count()) == ("active", 2)
