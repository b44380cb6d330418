"""Two tabs, two workers, two people at once: one draft, one sending, one invitation, one series, one chosen time."""

import datetime as dt
from typing import Any

import pytest

from mail.models import Message
from matching.models import Match
from participants.models import User
from programs.models import Role
from sessions import services as sessions
from sessions.models import Session, TimeOffer
from surveys import definition, services
from surveys.models import Answer, Invitation, Response, Survey
from tests.factories.matching import SeatFactory, make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.racing import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
WALL = dt.datetime(2027, 3, 9, 16, 0)
WEEK = dt.timedelta(days=7)
FACTS: dict[str, Any] = {"zone": "Europe/Berlin", "minutes": 45, "now": NOW}


@pytest.fixture
def match(transactional_db: None) -> Match:
    track = TrackFactory.create()
    return make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track))


def people(match: Match) -> list[User]:
    return [seat.enrolment.user for seat in match.seats.order_by("pk")]


def invite(match: Match, user: User) -> Invitation | None:
    return services.invite(program=match.track.program, kind="closing", user=user, match=match, with_core=True, now=NOW)


def scale(invitation: Invitation) -> str:
    return str(invitation.survey.questions.filter(kind="scale").order_by("position").values_list("slug", flat=True)[0])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_one_question_answered_in_three_tabs_is_one_answer(match: Match, _round: int) -> None:
    asked = invite(match, people(match)[1])
    assert asked is not None
    slug = scale(asked)
    deeds = [
        lambda value=value: services.save_answer(invitation=asked, slug=slug, value=value, now=NOW)
        for value in (1, 2, 3)
    ]
    assert kinds(together(*deeds)) == ["Response"] * 3
    assert Response.objects.count() == 1
    assert Answer.objects.get().value in {1, 2, 3}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_what_is_sent_twice_is_sent_once_and_nothing_is_added_afterwards(match: Match, _round: int) -> None:
    asked = invite(match, people(match)[1])
    assert asked is not None
    slug = scale(asked)
    services.save_answer(invitation=asked, slug=slug, value=1, now=NOW)
    results = together(
        lambda: services.send(invitation=asked, consent=True, contact_me=False, now=NOW),
        lambda: services.send(invitation=asked, consent=False, contact_me=False, now=NOW),
        lambda: services.save_answer(invitation=asked, slug=slug, value=2, now=NOW),
    )
    sent = [each for each in results[:2] if isinstance(each, Response)]
    assert kinds(results[:2]) == ["AlreadySent", "Response"]
    stored = Response.objects.get()
    assert (stored.consent, stored.submitted_at) == (sent[0].consent, NOW)
    # Either the change came before it was sent, or it was refused.
    assert Answer.objects.get().value == (2 if isinstance(results[2], Response) else 1)


@pytest.mark.parametrize("about", ["match", "person"])
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_workers_ask_once_also_while_the_words_change(match: Match, about: str, _round: int) -> None:
    program, user = match.track.program, people(match)[1]
    definition.survey_of(program, "closing")
    items = next(each for each in definition.dump_part(program) if each["kind"] == "closing")["questions"]
    items.append({"slug": "own", "text": "What did you miss?", "kind": "text"})
    told: dict[str, Any] = {"program": program, "kind": "closing", "user": user, "now": NOW}
    told |= {"match": match} if about == "match" else {}
    results = together(
        *[lambda: services.invite(**told)] * 2,
        lambda: services.change_questions(
            program=program, items=items, kind="closing", by=UserFactory.create(), now=NOW
        ),
        *[lambda: services.invite(**told)] * 2,
    )
    assert kinds(results) == ["Invitation", "NoneType", "NoneType", "NoneType", "Survey"]
    assert Invitation.objects.count() == 1
    assert Message.objects.filter(kind="survey-closing").count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_workers_that_ask_first_make_one_survey(match: Match, _round: int) -> None:
    results = together(*[lambda user=user: invite(match, user) for user in people(match)] * 2)
    assert kinds(results) == ["Invitation", "Invitation", "NoneType", "NoneType"]
    assert Survey.objects.filter(kind="closing").count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_both_plan_the_same_series_at_once(match: Match, _round: int) -> None:
    starts = [WALL + n * WEEK for n in range(4)]
    deed: dict[str, Any] = {"match": match, "starts": starts, "channel": "video", **FACTS}
    results = together(*[lambda by=by: sessions.plan_series(**deed, by=by) for by in people(match)])
    assert kinds(results) == ["list", "list"]
    assert Session.objects.count() == 4
    assert Message.objects.filter(kind="session-series").count() == 2


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_series_that_cross_one_is_planned_whole(match: Match, _round: int) -> None:
    mentor, mentee = people(match)
    other = make_pair(match.seats.order_by("pk")[0].enrolment, EnrolmentFactory.create(track=match.track))
    results = together(
        lambda: sessions.plan_series(match=match, starts=[WALL, WALL + WEEK], channel="video", by=mentee, **FACTS),
        lambda: sessions.plan_series(match=other, starts=[WALL + WEEK, WALL], channel="video", by=mentor, **FACTS),
    )
    assert kinds(results) == ["TimeTaken", "list"]
    assert Session.objects.count() == 2
    assert Session.objects.values("match").distinct().count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_who_choose_two_times_one_plans(match: Match, _round: int) -> None:
    third = EnrolmentFactory.create(track=match.track)
    SeatFactory.create(match=match, enrolment=third, answer="accepted", answered_at=NOW)
    mentor, mentee = people(match)[:2]
    offer = sessions.offer_times(match=match, starts=[WALL, WALL + WEEK], channel="video", by=mentor, **FACTS)
    first, second = (dt.datetime(2027, 3, day, 15, 0, tzinfo=dt.UTC) for day in (9, 16))
    results = together(
        lambda: sessions.choose_time(offer=offer, at=first, by=mentee, now=NOW),
        lambda: sessions.choose_time(offer=offer, at=second, by=third.user, now=NOW),
        lambda: sessions.choose_time(offer=offer, at=first, by=mentee, now=NOW),
    )
    planned = Session.objects.get()
    assert {each for each in results if isinstance(each, Session)} == {planned}
    assert kinds(results).count("Session") in {1, 2}
    assert kinds(results).count("TooLate") == 3 - kinds(results).count("Session")
    assert TimeOffer.objects.get().session == planned
