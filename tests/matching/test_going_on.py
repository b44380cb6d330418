"""Going on after a planned end: only where all would, with nobody knowing who would before that."""

import datetime as dt
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from matching import services
from matching.errors import CannotMatch, MatchOver
from matching.models import GoesOn, Match, Seat
from matching.queries.endings import match_page
from matching.queries.going_on import my_wish, wishing_in
from participants.models import AuditEntry, User
from programs.models import Enrolment, Program, Role
from programs.services.enrolling_wishing import keep_apart
from tests.factories.matching import MatchFactory, make_pair, make_town
from tests.factories.programs import NOW, CoordinatorFactory
from tests.matching.test_parting import crowd, together
from tests.racing import together as at_once

LATER = NOW + dt.timedelta(days=60)


def finished(match: Match) -> Match:
    """It has come to its planned end, two months before its program does."""
    Program.objects.filter(pk=match.track.program_id).update(ends_on=(LATER + dt.timedelta(days=200)).date())
    match.refresh_from_db()
    services.set_last_day(match=match, ends_on=LATER.date(), by=match.seats.first().enrolment.user, now=LATER)
    services.finish_due(now=LATER + dt.timedelta(days=1))
    return Match.objects.select_related("track__program", "proposal").get(pk=match.pk)


AFTER = LATER + dt.timedelta(days=2)


@pytest.fixture
def pair(town) -> Match:
    return finished(make_pair(town.people["Mona"], town.people["Tom"]))


def seat_of(match: Match, name: str) -> Seat:
    return match.seats.get(enrolment__user__first_name=name)


def say(match: Match, name: str, *, yes: bool = True, now: dt.datetime = AFTER, goals: bool = False) -> Match | None:
    seat = seat_of(match, name)
    return services.say_going_on(seat=seat, wishes=yes, by=seat.enrolment.user, now=now, with_goals=goals)


def all_say_so(match: Match) -> Match | None:
    return [services.say_going_on(seat=s, wishes=True, by=s.enrolment.user, now=AFTER) for s in match.seats.all()][-1]


def test_when_both_would_a_new_match_begins_and_the_coordinator_hears_of_it(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    assert say(pair, "Tom") is None
    fresh = say(pair, "Mona")
    assert (fresh.state, fresh.track, fresh.continues, fresh.activated_at) == ("active", pair.track, pair, AFTER)
    # As long again as it was, which is less than the program has left.
    assert fresh.ends_on == AFTER.date() + (pair.ended_at - pair.activated_at).days * dt.timedelta(days=1)
    places = fresh.seats.values_list("enrolment__user__first_name", "role", "answer", "live").order_by("pk")
    assert set(places) == {("Mona", "mentor", "accepted", True), ("Tom", "mentee", "accepted", True)}
    assert not seat_of(pair, "Tom").rests
    told = Message.objects.filter(kind__in=["match-on", "match-goes-on"]).values_list("kind", "recipient__pk")
    assert sorted(told) == sorted(
        [("match-on", each.enrolment.user_id) for each in fresh.seats.all()] + [("match-goes-on", dana.pk)]
    )


def test_one_yes_alone_changes_nothing_and_a_no_is_no_answer(pair):
    CoordinatorFactory.create(program=pair.track.program)
    before = Message.objects.count()
    say(pair, "Tom")
    say(pair, "Mona", yes=False)
    assert (Match.objects.count(), Message.objects.count()) == (1, before)
    mine = my_wish(pair, seat_of(pair, "Tom"), AFTER)
    assert (mine.said, mine.agreed, mine.following, mine.obstacle) == (True, False, None, None)
    assert wishing_in(pair.track.program) == []
    assert match_page(pair.track.program, pair.pk, User.objects.get(first_name="Mona"), AFTER).going_on is None
    assert not AuditEntry.objects.filter(verb__startswith="going on", program_id=pair.track.program_id).exists()


def test_it_can_be_said_otherwise_until_both_would(pair):
    say(pair, "Tom")
    say(pair, "Tom", yes=False)
    assert say(pair, "Mona") is None
    assert say(pair, "Tom") is not None
    with pytest.raises(MatchOver):
        say(pair, "Mona", yes=False)
    assert Match.objects.filter(continues=pair).count() == 1


@pytest.mark.parametrize("reason", ["ended", "left", "too_few"])
def test_it_is_asked_only_after_a_planned_end_of_people_who_all_take_part(pair, reason):
    Match.objects.filter(pk=pair.pk).update(end_reason=reason)
    with pytest.raises(MatchOver):
        say(pair, "Tom")
    Match.objects.filter(pk=pair.pk).update(end_reason="finished")
    Enrolment.objects.filter(user__first_name="Mona").update(state="left", left_at=AFTER)
    pair.refresh_from_db()
    assert my_wish(pair, seat_of(pair, "Tom"), AFTER) is None
    with pytest.raises(MatchOver):
        say(pair, "Tom")


def test_after_a_month_it_is_not_asked_any_more(pair):
    say(pair, "Tom")
    month = pair.ended_at + dt.timedelta(days=30)
    assert my_wish(pair, seat_of(pair, "Tom"), month) is None
    with pytest.raises(MatchOver):
        say(pair, "Mona", now=month)


def test_where_the_program_has_no_time_left_all_hear_of_it_and_a_coordinator_gives_them_a_day(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    Program.objects.update(ends_on=AFTER.date())
    pair.track.program.refresh_from_db()
    assert my_wish(pair, seat_of(pair, "Tom"), AFTER).obstacle.code == "over"
    assert all_say_so(pair) is None
    told = Message.objects.filter(kind__in=["match-goes-on", "going-on-asked"]).values_list("kind", flat=True)
    assert sorted(told) == ["going-on-asked", "going-on-asked", "match-goes-on"]
    assert [each.match for each in wishing_in(pair.track.program)] == [pair]
    with pytest.raises(CannotMatch):
        services.continue_match(match=pair, by=dana, now=AFTER)
    day = AFTER.date() + dt.timedelta(days=90)
    fresh = services.continue_match(match=pair, ends_on=day, by=dana, now=AFTER)
    assert (fresh.state, fresh.ends_on) == ("active", day)
    assert services.continue_match(match=pair, ends_on=day, by=dana, now=AFTER) == fresh
    assert wishing_in(pair.track.program) == []


def test_where_a_place_is_taken_or_the_program_closed_none_begins(pair, town):
    Match.objects.exclude(pk=pair.pk).delete()
    other = make_pair(town.people["Mona"], town.people["Una"])
    for seat in other.seats.filter(role=Role.MENTOR):
        Enrolment.objects.filter(pk=seat.enrolment_id).update(capacity=1)
    assert all_say_so(pair) is None
    shown = match_page(pair.track.program, pair.pk, User.objects.get(first_name="Una"), AFTER).going_on
    assert (shown.obstacle.code, shown.obstacle.words) == ("full", "Mona Town has no free place.")
    dana = User.objects.earliest("pk")
    services.end_match(match=other, by=dana, now=AFTER)
    Program.objects.update(state="closed")
    pair.track.program.refresh_from_db()
    assert my_wish(pair, seat_of(pair, "Tom"), AFTER).obstacle.code == "closed"
    with pytest.raises(CannotMatch):
        services.continue_match(match=pair, by=dana, now=AFTER)


def test_who_is_kept_apart_meanwhile_is_not_joined_and_reads_nothing_of_why(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    one, other = (seat_of(pair, name).enrolment.user.email for name in ("Mona", "Tom"))
    keep_apart(program=pair.track.program, one=one, other=other, note="canary", by=dana, now=AFTER)
    assert my_wish(pair, seat_of(pair, "Tom"), AFTER).obstacle is None
    assert all_say_so(pair) is None
    assert my_wish(pair, seat_of(pair, "Tom"), AFTER).obstacle.code == "apart"
    with pytest.raises(CannotMatch, match="not possible by a rule of this program"):
        services.continue_match(match=pair, by=dana, now=AFTER)


def test_a_coordinator_takes_it_off_the_list_once(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    with pytest.raises(MatchOver):
        services.settle_wish(match=pair, by=dana, now=AFTER)
    Program.objects.update(ends_on=AFTER.date())
    all_say_so(pair)
    for _ in range(2):
        services.settle_wish(match=pair, by=dana, now=AFTER)
    assert wishing_in(pair.track.program) == []
    assert AuditEntry.objects.filter(verb="going on seen to").count() == 1


def test_a_group_goes_on_when_the_last_of_them_would(db):
    pod = finished(together(crowd("pod", Role.PEER, 4), created_at=NOW))
    seats = list(pod.seats.order_by("pk"))
    said = [services.say_going_on(seat=seat, wishes=True, by=seat.enrolment.user, now=AFTER) for seat in seats]
    assert [each is not None for each in said] == [False, False, False, True]
    assert said[-1].seats.filter(live=True).count() == 4


def test_the_database_refuses_what_cannot_be(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        GoesOn.objects.create(seat=seat_of(pair, "Tom"), wishes=False, at=AFTER, settled_at=AFTER)
    MatchFactory.create(track=pair.track, continues=pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchFactory.create(track=pair.track, continues=pair)


def test_both_saying_yes_at_the_same_moment_make_one_match(transactional_db):
    town = make_town()
    pair = finished(make_pair(town.people["Mona"], town.people["Tom"]))
    found = at_once(*[partial(say, pair, name) for name in ("Mona", "Tom")])
    assert sorted(each is None for each in found) == [False, True]
    assert Match.objects.filter(continues=pair).count() == 1
    assert Message.objects.filter(kind="match-on").count() == 2
