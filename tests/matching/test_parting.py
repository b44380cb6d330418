"""A match ended before its time: who ended it shows nowhere, everything about it stops, and nobody meets them again."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from matching import services
from matching.errors import MatchingError, MatchOver
from matching.models import Ending, Match, Seat
from matching.queries.endings import match_page
from matching.queries.inputs import inputs_of
from matching.queries.waiting import waiting_list
from participants.models import AuditEntry, User
from programs.models import Role
from programs.services.enrolments import leave
from tests.factories.matching import MatchFactory, SeatFactory, make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import SessionFactory

LATER = NOW + dt.timedelta(days=20)


def together(people, **facts) -> Match:
    """One active match of all these enrolments."""
    match = MatchFactory.create(
        track=people[0].track, state=Match.State.ACTIVE, offered_at=NOW, activated_at=NOW, **facts
    )
    for each in people:
        place = 1 + Seat.objects.filter(enrolment=each, live=True).count()
        SeatFactory.create(
            match=match, enrolment=each, answer="accepted", answered_at=NOW, live=True, place=place, places=5
        )
    return match


@pytest.fixture
def pair(town) -> Match:
    return make_pair(town.people["Mona"], town.people["Tom"])


def seat_of(match: Match, name: str) -> Seat:
    return match.seats.get(enrolment__user__first_name=name)


def user(name: str) -> User:
    return User.objects.get(first_name=name)


def test_ending_a_pair_frees_both_places_and_keeps_who_and_why_apart(pair):
    services.leave_match(
        seat=seat_of(pair, "Tom"), by=user("Tom"), now=LATER, reason="unsafe", words="I would rather not"
    )
    pair.refresh_from_db()
    assert (pair.state, pair.end_reason, pair.ended_at, pair.ended_by) == ("ended", "ended", LATER, user("Tom"))
    assert not pair.seats.filter(live=True).exists()
    ending = Ending.objects.get()
    assert (ending.by, ending.reason, ending.words) == (user("Tom"), "unsafe", "I would rather not")
    assert dict(pair.seats.values_list("enrolment__user__first_name", "rests")) == {"Tom": True, "Mona": False}


@pytest.mark.parametrize("name", ["Tom", "Mona"])
def test_ending_it_twice_is_ending_it_once(pair, name):
    for _ in range(2):
        services.leave_match(seat=seat_of(pair, name), by=user(name), now=LATER, reason="fit")
    services.end_match(match=pair, by=UserFactory.create(), now=LATER + dt.timedelta(hours=1))
    pair.refresh_from_db()
    assert (pair.ended_at, pair.ended_by) == (LATER, user(name))
    assert Message.objects.filter(kind="match-ended").count() == 2
    assert AuditEntry.objects.filter(verb="match ended").count() == 1
    assert Ending.objects.filter(seat=seat_of(pair, name)).count() == 1


def test_of_two_who_end_it_both_reasons_are_kept(pair):
    services.leave_match(seat=seat_of(pair, "Tom"), by=user("Tom"), now=LATER, reason="fit")
    services.leave_match(seat=seat_of(pair, "Mona"), by=user("Mona"), now=LATER, reason="schedule")
    assert set(Ending.objects.values_list("reason", flat=True)) == {"fit", "schedule"}
    pair.refresh_from_db()
    assert pair.ended_by == user("Tom")


def test_only_a_match_that_is_on_can_be_ended(town):
    offered = make_pair(town.people["Mona"], town.people["Tom"], state=Match.State.OFFERED)
    with pytest.raises(MatchOver):
        services.end_match(match=offered, by=UserFactory.create(), now=LATER)
    with pytest.raises(MatchOver):
        services.leave_match(seat=seat_of(offered, "Tom"), by=user("Tom"), now=LATER)
    assert not Ending.objects.exists()


def test_reasons_are_a_closed_list_and_words_have_an_end(pair):
    refusals: list[tuple[Any, str]] = [({"reason": "ugly"}, "reason"), ({"words": "a" * 2001}, "words")]
    for facts, field in refusals:
        with pytest.raises(MatchingError) as refused:
            services.leave_match(seat=seat_of(pair, "Tom"), by=user("Tom"), now=LATER, **facts)
        assert refused.value.field == field
    pair.refresh_from_db()
    assert pair.state == "active"


def test_the_programs_history_names_nobody_of_the_match(pair):
    services.leave_match(seat=seat_of(pair, "Tom"), by=user("Tom"), now=LATER, another=True)
    shown = AuditEntry.objects.filter(program_id=pair.track.program_id)
    assert [(each.verb, each.by) for each in shown.filter(verb__startswith="match ")] == [("match ended", None)]
    assert not shown.filter(by=user("Tom")).exists()
    assert AuditEntry.objects.filter(by=user("Tom"), verb="match ended by oneself", program_id=None).count() == 1


def test_coordinators_outside_the_match_are_told_to_look_and_those_in_it_learn_nothing(pair):
    outside = CoordinatorFactory.create(program=pair.track.program).user
    CoordinatorFactory.create(program=pair.track.program, user=user("Mona"))
    services.leave_match(seat=seat_of(pair, "Tom"), by=user("Tom"), now=LATER, reason="fit", words="Never again")
    assert [each.recipient for each in Message.objects.filter(kind="match-ended-why")] == [outside]
    page = match_page(pair.track.program, pair.pk, outside, LATER)
    assert [(told.who, told.words) for told in page.told] == [("Tom Town", "Never again")]
    within = match_page(pair.track.program, pair.pk, user("Mona"), LATER)
    assert (within.hidden, within.told) == (True, [])


def test_of_three_two_go_on_and_of_two_none(town):
    three = together([town.people[name] for name in ("Mona", "Tom", "Una")])
    services.leave_match(seat=seat_of(three, "Una"), by=user("Una"), now=LATER)
    three.refresh_from_db()
    assert (three.state, seat_of(three, "Una").left_at, seat_of(three, "Una").rests) == ("active", LATER, True)
    assert set(Message.objects.filter(kind="match-left").values_list("recipient__first_name", flat=True)) == {
        "Mona",
        "Tom",
    }
    services.leave_match(seat=seat_of(three, "Tom"), by=user("Tom"), now=LATER)
    three.refresh_from_db()
    assert (three.state, three.end_reason) == ("ended", "ended")


def test_who_leaves_the_program_leaves_a_triad_as_who_leaves_the_match(town):
    three = together([town.people[name] for name in ("Mona", "Tom", "Una")])
    meeting = SessionFactory.create(match=three, starts_at=LATER + dt.timedelta(days=3))
    leave(enrolment=town.people["Una"], by=user("Una"), now=LATER)
    three.refresh_from_db()
    assert (three.state, seat_of(three, "Una").left_at, seat_of(three, "Una").live) == ("active", LATER, False)
    told = Message.objects.filter(kind="match-left").values_list("recipient__first_name", flat=True)
    assert sorted(told) == ["Mona", "Tom"]
    meeting.refresh_from_db()
    assert meeting.state == "planned"
    # Out of the calendar of whoever has gone, and of nobody else.
    gone = Message.objects.filter(kind="session-not-yours").values_list("recipient__first_name", flat=True)
    assert list(gone) == ["Una"]
    leave(enrolment=town.people["Tom"], by=user("Tom"), now=LATER)
    three.refresh_from_db()
    assert (three.state, three.end_reason) == ("ended", "left")


def crowd(model: str, role: str, count: int):
    track = TrackFactory.create(program=ProgramFactory.create(), model=model)
    services.ensure_plan(track=track, now=NOW, with_rules=False)
    return [EnrolmentFactory.create(track=track, role=role) for _ in range(count)]


def test_a_pod_goes_on_until_too_few_are_left_who_then_wait_for_another(db):
    people = crowd("pod", Role.PEER, 4)
    pod = together(people)
    first, second = pod.seats.order_by("pk")[:2]
    services.leave_match(seat=first, by=first.enrolment.user, now=LATER)
    pod.refresh_from_db()
    assert pod.state == "active"
    services.leave_match(seat=second, by=second.enrolment.user, now=LATER)
    pod.refresh_from_db()
    assert (pod.state, pod.end_reason) == ("ended", "too_few")
    assert list(pod.seats.order_by("pk").values_list("rests", flat=True)) == [True, True, False, False]


def test_a_coordinator_ends_a_whole_group(db):
    pod = together(crowd("pod", Role.PEER, 4))
    services.end_match(match=pod, by=UserFactory.create(), now=LATER, reason="reached")
    pod.refresh_from_db()
    assert (pod.state, pod.end_reason) == ("ended", "ended")
    assert Message.objects.filter(kind="match-ended").count() == 4


def network(count: int = 4) -> Match:
    centre = crowd("distributed", Role.MENTEE, 1)[0]
    helpers = [EnrolmentFactory.create(track=centre.track, role=Role.MENTOR) for _ in range(count)]
    return together([centre, *helpers])


def test_a_network_goes_on_without_a_helper_and_ends_with_its_centre(db):
    match = network()
    centre, helper = match.seats.order_by("pk")[:2]
    services.leave_match(seat=helper, by=helper.enrolment.user, now=LATER)
    match.refresh_from_db()
    assert match.state == "active"
    services.leave_match(seat=centre, by=centre.enrolment.user, now=LATER)
    match.refresh_from_db()
    assert (match.state, match.end_reason) == ("ended", "ended")


def test_a_flash_session_called_off_gives_the_month_its_place_back(db):
    asker = crowd("flash", Role.MENTEE, 1)[0]
    expert = EnrolmentFactory.create(track=asker.track, role=Role.MENTOR)
    match = together([asker, expert], starts_at=LATER + dt.timedelta(days=3), minutes=30)
    services.leave_match(seat=match.seats.get(enrolment=asker), by=asker.user, now=LATER)
    match.refresh_from_db()
    assert match.state == "ended"
    inputs = inputs_of(asker.track.__class__.objects.select_related("plan").get(pk=asker.track_id), now=LATER)
    assert inputs.held == ()


# --- somebody else --------------------------------------------------------------------------------------------------
def published(town) -> None:
    services.publish(proposal=town.propose(capacity=1), by=None, now=NOW)


def test_who_wants_somebody_else_waits_and_is_not_proposed_the_same_person(town):
    published(town)
    pair = Match.objects.get(seats__enrolment=town.people["Tom"])
    for seat in pair.seats.all():
        services.answer_seat(seat=seat, accept=True, now=NOW)
    seat = seat_of(pair, "Tom")
    services.leave_match(seat=seat, by=user("Tom"), now=LATER)
    waiting = {each.person.name for each in waiting_list(town.track).waiting}
    assert "Tom Town" not in waiting
    services.wish_another(seat=seat, another=True, by=user("Tom"), now=LATER)
    listed = {each.person.name: each for each in waiting_list(town.track).waiting}
    assert "Tom Town" in listed
    partner = pair.seats.exclude(pk=seat.pk).get().enrolment.user.name
    assert listed["Tom Town"].without is None or listed["Tom Town"].without.partner.name != partner
    services.wish_another(seat=seat, another=False, by=user("Tom"), now=LATER)
    assert "Tom Town" not in {each.person.name for each in waiting_list(town.track).waiting}


def test_nobody_wishes_for_somebody_else_as_long_as_it_is_on(pair):
    with pytest.raises(MatchOver):
        services.wish_another(seat=seat_of(pair, "Tom"), another=True, by=user("Tom"), now=LATER)


# --- no repeat ------------------------------------------------------------------------------------------------------
SHAPES = {
    "traditional": ([Role.MENTOR, Role.MENTEE], "finished"),
    "near_peer": ([Role.MENTOR, Role.MENTEE], "finished"),
    "reverse": ([Role.MENTOR, Role.MENTEE], "finished"),
    "peer": ([Role.PEER] * 2, "finished"),
    "co_mentoring": ([Role.PEER] * 2, "finished"),
    "pod": ([Role.PEER] * 4, "finished"),
    "circle": ([Role.MENTOR, *[Role.MENTEE] * 6], "finished"),
    "distributed": ([Role.MENTEE, *[Role.MENTOR] * 3], "finished"),
}


def barred_after(model: str, roles, reason: str, *, repeats: bool) -> tuple[bool, bool, str]:
    """Whether the first two may meet again in the same track, and in another; and the fingerprint."""
    program = ProgramFactory.create()
    track, other = (TrackFactory.create(program=program, model=model, slug=slug) for slug in ("one", "two"))
    people = [EnrolmentFactory.create(track=track, role=role) for role in roles]
    again = [EnrolmentFactory.create(track=other, role=each.role, user=each.user) for each in people]
    match = together(people)
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=LATER, end_reason=reason)
    Seat.objects.filter(match=match).update(live=False)
    found = []
    for each in (track, other):
        plan = services.ensure_plan(track=each, now=NOW, with_rules=False)
        services.set_plan(plan=plan, objective=plan.objective, answer_days=14, allow_repeats=repeats, by=None, now=NOW)
        inputs = inputs_of(type(track).objects.select_related("plan", "program").get(pk=each.pk), now=LATER)
        pair = frozenset(one.pk for one in (people if each == track else again)[:2])
        found.append(pair in inputs.barred)
    return found[0], found[1], inputs.fingerprint


@pytest.mark.parametrize("model", SHAPES)
def test_no_earlier_match_is_repeated_unless_asked_in_no_shape_and_no_track(db, model):
    roles, reason = SHAPES[model]
    assert barred_after(model, roles, reason, repeats=False)[:2] == (True, True)
    assert barred_after(model, roles, reason, repeats=True)[:2] == (False, False)


@pytest.mark.parametrize("model", SHAPES)
def test_who_ended_it_early_never_meets_the_other_again_even_where_repeats_are_asked_for(db, model):
    roles, _ = SHAPES[model]
    assert barred_after(model, roles, "ended", repeats=True)[:2] == (True, True)


def test_whether_repeats_are_asked_for_is_part_of_what_a_run_is_computed_from(db, town):
    def fingerprint() -> str:
        return inputs_of(type(town.track).objects.select_related("plan").get(pk=town.track.pk)).fingerprint

    before = fingerprint()
    services.set_plan(plan=town.track.plan, objective="cover", answer_days=14, allow_repeats=True, by=None, now=NOW)
    assert fingerprint() != before


def test_the_helpers_of_one_network_may_meet_in_another(db):
    match = network()
    helpers = [seat.enrolment for seat in match.seats.order_by("pk")[1:3]]
    services.end_match(match=match, by=UserFactory.create(), now=LATER)
    inputs = inputs_of(type(match.track).objects.select_related("plan").get(pk=match.track_id), now=LATER)
    assert frozenset(each.pk for each in helpers) not in inputs.barred


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda match: Seat.objects.filter(match=match).update(rests=True), "seat_at_rest_is_not_live"),
        (
            lambda match: [Ending.objects.create(match=match, seat=match.seats.first(), at=NOW) for _ in range(2)],
            "one_ending_of_a_seat",
        ),
        (lambda match: [Ending.objects.create(match=match, at=NOW) for _ in range(2)], "one_ending_of_a_whole_match"),
        (lambda match: Ending.objects.create(match=match, reason="ugly", at=NOW), "ending_reason_known"),
    ],
)
def test_the_database_refuses_what_cannot_be(pair, change, name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change(pair)
    assert name in str(refused.value) or "UNIQUE" in str(refused.value)
