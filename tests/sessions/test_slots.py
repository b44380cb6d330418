"""Sessions people book themselves: who may ask for what, one of two who ask at once, and what follows a yes."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mail import links
from mail.models import Message
from matching.models import Match, Proposal, Seat
from matching.services.ending import finish_sessions
from programs.models import Enrolment, LineManager, Role
from programs.services import enrolling_wishing as wishing
from programs.services import leave
from sessions import services as sessions
from sessions import tasks
from sessions.errors import NotInMatch, SessionError, TimeTaken, TooLate
from sessions.models import Preparation, Session, Slot, SlotAsk, SlotReview
from sessions.queries.slots import bookable, bookings_of, going_on_in
from sessions.services import slot_reviews
from sessions.services import slots as services
from tests.factories.matching import PlanFactory, ProposalFactory, make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory
from tests.sessions.bureau import AT, DAY, HOUR, UTC, WALL, Bureau
from tests.sessions.linking import snapshot, text


@pytest.fixture
def bureau(db):
    return Bureau()


@pytest.fixture
def slot(bureau):
    return bureau.offer()


def see(bureau, asker=None, now=NOW):
    return bookable(asker or bureau.asker, now)


def test_a_time_is_offered_by_the_clock_on_the_wall_whatever_the_clocks_do(bureau):
    skipped = bureau.offer(dt.datetime(2027, 3, 28, 2, 30))
    assert (skipped.starts_at, skipped.wall_start) == (dt.datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "2027-03-28T03:30")
    twice = bureau.offer(dt.datetime(2027, 10, 31, 2, 30))
    assert twice.starts_at == dt.datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert bureau.offer(dt.datetime(2027, 10, 31, 2, 30)) == twice


@pytest.mark.parametrize(
    ("wall", "more", "error", "field"),
    [
        (dt.datetime(2027, 3, 2, 9, 59), {}, SessionError, "day"),
        (dt.datetime(2029, 12, 1, 9), {}, SessionError, "day"),
        (WALL + HOUR / 4, {}, SessionError, "time"),
        (WALL, {"topics": [str(n) for n in range(6)], "wall": WALL}, SessionError, "topics"),
    ],
    ids=["short notice", "far", "overlapping", "many topics"],
)
def test_what_cannot_be_offered(bureau, slot, wall, more, error, field):
    more.pop("wall", None)
    with pytest.raises(error) as refused:
        bureau.offer(wall, **more)
    assert refused.value.field == field
    assert Slot.objects.count() == 1


def test_nobody_else_offers_or_withdraws_for_an_expert(bureau, slot):
    with pytest.raises(NotInMatch):
        bureau.offer(WALL + DAY, by=bureau.asker.user)
    with pytest.raises(NotInMatch):
        services.withdraw_slot(slot=slot, by=bureau.asker.user, now=NOW)


def test_the_page_of_times_asks_ten_questions_however_many_there_are(bureau, client, time_machine):
    bureau.offer()
    time_machine.move_to(NOW, tick=False)
    client.force_login(bureau.asker.user)
    page = f"/me/book/{bureau.asker.pk}/"
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for days in range(1, 12):
        bureau.offer(WALL + days * DAY)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(page).context["slots"]) == 12
    assert len(few) == len(many) <= 10


def test_an_ask_tells_the_expert_and_hides_the_time_from_the_others(bureau, slot):
    ask = bureau.ask(slot)
    told = Message.objects.get()
    assert (told.kind, told.recipient_id, told.expires_at) == ("slot-ask", bureau.expert.user_id, NOW + 5 * DAY)
    assert see(bureau, bureau.other) == []
    services.take_back_ask(ask=ask, by=bureau.asker.user, now=NOW)
    told.refresh_from_db()
    assert (told.state, see(bureau, bureau.other)) == ("cancelled", [slot])


def test_the_database_itself_gives_a_slot_to_one(bureau, slot):
    first = bureau.ask(slot)
    told = {"question": "x", "created_at": NOW, "expires_at": NOW + DAY}
    with pytest.raises(IntegrityError, match=r"one_ask_holds_a_slot|slot_id"), transaction.atomic():
        SlotAsk.objects.create(slot=slot, asker=bureau.other, **told)
    second = bureau.offer(WALL + DAY)
    with pytest.raises(IntegrityError, match=r"one_waiting_ask_of_an_asker|asker_id"), transaction.atomic():
        SlotAsk.objects.create(slot=second, asker=first.asker, **told)
    with pytest.raises(IntegrityError, match="slot_ask_answer_has_a_date"), transaction.atomic():
        SlotAsk.objects.filter(pk=first.pk).update(state="declined")


def test_yes_makes_a_match_a_session_and_a_question_on_its_page(bureau, slot):
    ask = bureau.booked(slot)
    match = ask.match
    assert (match.state, match.starts_at, match.minutes, match.topic) == ("active", AT, 30, "Budgets")
    assert set(match.seats.values_list("enrolment", "answer", "live")) == {
        (bureau.asker.pk, "accepted", True),
        (bureau.expert.pk, "accepted", True),
    }
    assert Session.objects.get(match=match).starts_at == AT
    assert Preparation.objects.get(match=match).words["question"] == "How do I begin?"
    people = [bureau.asker.user_id, bureau.expert.user_id]
    for kind in ("session-planned", "match-on"):
        assert sorted(Message.objects.filter(kind=kind).values_list("recipient", flat=True)) == sorted(people)
    assert bureau.answer(ask).match == match
    assert Match.objects.count() == 1
    with pytest.raises(TooLate):
        bureau.answer(ask, accept=False)


def test_a_booked_session_joins_the_proposal_that_is_out(bureau, slot):
    out = ProposalFactory.create(track=bureau.track, state=Proposal.State.PUBLISHED, published_at=NOW)
    assert bureau.booked(slot).match.proposal == out


def test_no_is_told_in_neutral_words_and_frees_the_time(bureau, slot):
    bureau.answer(bureau.ask(slot), accept=False)
    assert Message.objects.get(kind="slot-not-possible").recipient == bureau.asker.user
    assert see(bureau, bureau.other) == [slot]
    assert Match.objects.count() == 0


@pytest.mark.parametrize(
    ("days", "ends"), [(7, NOW + 5 * DAY), (3, dt.datetime(2027, 3, 3, 15, tzinfo=UTC))], ids=["five days", "notice"]
)
def test_an_ask_nobody_answers_ends_in_time(bureau, days, ends):
    slot = bureau.offer(dt.datetime(2027, 3, 1, 16) + days * DAY)
    ask = bureau.ask(slot)
    assert ask.expires_at == ends
    tasks.tick(ends - HOUR / 60)
    ask.refresh_from_db()
    assert ask.state == "waiting"
    for _ in range(2):
        tasks.tick(ends)
    ask.refresh_from_db()
    assert ask.state == "expired"
    assert Message.objects.filter(kind="slot-not-possible").count() == 1
    with pytest.raises(TooLate):
        bureau.answer(ask, now=ends)


def _manage(bureau):
    LineManager.objects.create(user=bureau.asker.user, email=bureau.expert.user.email)


def _avoid(bureau):
    expert = bureau.expert.user
    wishing.avoid(program=bureau.track.program, user=expert, enrolment_id=None, email=bureau.asker.user.email, now=NOW)


def _plan_elsewhere(bureau):
    other = EnrolmentFactory.create(role=Role.MENTOR)
    mine = EnrolmentFactory.create(track=other.track, role=Role.MENTEE, user=bureau.asker.user)
    sessions.plan_session(
        match=make_pair(other, mine), starts=WALL, zone="Europe/Berlin", minutes=30, channel="video",
        by=other.user, now=NOW,
    )  # fmt: skip


def _fill_the_month(bureau):
    for number in (1, 2):
        asker = EnrolmentFactory.create(track=bureau.track, role=Role.MENTEE)
        ask = bureau.ask(bureau.offer(WALL + number * DAY), asker)
        if number == 1:
            bureau.answer(ask)


def _meet_the_week_before(bureau):
    bureau.answer(bureau.ask(bureau.offer(WALL + 7 * DAY)))


@pytest.mark.parametrize("keep", [_manage, _avoid, _plan_elsewhere, _fill_the_month, _meet_the_week_before])
def test_whatever_keeps_them_apart_the_time_is_simply_not_there(bureau, slot, keep):
    assert see(bureau) == [slot]
    keep(bureau)
    assert slot not in see(bureau)
    with pytest.raises(TooLate, match=r"^This time is not open any more\. Choose another\.$"):
        bureau.ask(slot)


def test_a_wish_made_while_the_ask_waits_books_nothing(bureau, slot):
    ask = bureau.ask(slot)
    _avoid(bureau)
    with pytest.raises(TooLate):
        bureau.answer(ask)
    assert (Match.objects.count(), Session.objects.count()) == (0, 0)


def test_who_has_something_else_by_then_is_told_so(bureau, slot):
    ask = bureau.ask(slot)
    _plan_elsewhere(bureau)
    with pytest.raises(TimeTaken):
        bureau.answer(ask)
    ask.refresh_from_db()
    assert ask.state == "waiting"


def test_notice_leaves_the_expert_half_a_day_to_answer(bureau, slot):
    assert see(bureau, now=AT - 36 * HOUR) == [slot]
    assert see(bureau, now=AT - 36 * HOUR + HOUR / 60) == []


def test_the_expert_sets_how_many_a_month(bureau, slot):
    services.set_monthly_cap(enrolment=bureau.expert, cap=0, by=bureau.expert.user, now=NOW)
    assert see(bureau) == []
    with pytest.raises(SessionError):
        services.set_monthly_cap(enrolment=bureau.expert, cap=9, by=bureau.expert.user, now=NOW)


@pytest.mark.parametrize("who", ["asker", "expert"])
def test_who_leaves_takes_what_waits_along(bureau, slot, who):
    ask = bureau.ask(slot)
    by = CoordinatorFactory.create(program=bureau.track.program).user
    leave(enrolment=getattr(bureau, who), by=by, now=NOW)
    ask.refresh_from_db()
    assert ask.state == {"asker": "withdrawn", "expert": "declined"}[who]
    assert Message.objects.get(kind="slot-ask").state == "cancelled"
    assert see(bureau, bureau.other) == ([slot] if who == "asker" else [])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_it():
    bureau = Bureau()
    for number in range(6):
        slot = bureau.offer(WALL + number * HOUR)
        start = Barrier(2)

        def ask(asker, slot=slot, start=start):
            try:
                start.wait(10)
                return bureau.ask(slot, asker)
            except TooLate as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(ask, (bureau.asker, bureau.other)))
        assert sorted(type(each).__name__ for each in results) == ["SlotAsk", "TooLate"]
        (won,) = [each for each in results if isinstance(each, SlotAsk)]
        services.take_back_ask(ask=won, by=won.asker.user, now=NOW)
        Slot.objects.filter(pk=slot.pk).update(withdrawn_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_taps_on_accept_make_one_match():
    bureau = Bureau()
    ask = bureau.ask(bureau.offer())
    start = Barrier(2)

    def accept(_):
        try:
            start.wait(10)
            return bureau.answer(ask).match_id
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(accept, range(2))
    assert first == second == Match.objects.get().pk


def test_the_page_behind_the_mail_changes_nothing_until_a_tap(bureau, slot, client):
    ask = bureau.ask(slot)
    token = links.make("slot", bureau.expert.user, ask.pk, days=14, now=NOW)
    with time_machine.travel(NOW, tick=False):
        before = snapshot()
        assert "How do I begin?" in text(client.get(f"/t/{token}/slot/"))
        assert snapshot() == before
        stranger = links.make("slot", bureau.asker.user, ask.pk, days=14, now=NOW)
        assert client.get(f"/t/{stranger}/slot/").status_code == 404
        assert client.post(f"/t/{token}/slot/", {"answer": "accept"}).status_code == 302
        assert "meet Monday 8 March" in text(client.get(f"/t/{token}/slot/"))


def test_two_weeks_later_both_are_asked_once_and_a_longer_match_can_be_proposed(bureau, slot):
    ask = bureau.booked(slot)
    later = bureau.held(ask)
    for _ in range(2):
        tasks.tick(later)
    asker, expert = (SlotReview.objects.get(user=each.user) for each in (bureau.asker, bureau.expert))
    assert Message.objects.filter(kind="slot-review").count() == SlotReview.objects.count() == 2
    program = bureau.track.program
    with pytest.raises(SessionError):
        slot_reviews.answer_review(review=asker, helped=None, goes_on=True, by=asker.user, now=later)
    slot_reviews.answer_review(review=asker, helped=True, goes_on=True, by=asker.user, now=later)
    assert going_on_in(program) == []
    slot_reviews.answer_review(review=expert, helped=None, goes_on=True, by=expert.user, now=later)
    (wish,) = going_on_in(program)
    assert (wish.track, wish.pair) == (None, None)
    # One answer says nothing about anybody: it is not shown.
    assert (bookings_of(program, later).said, bookings_of(program, later).helped) == (0, 0)

    long = TrackFactory.create(program=program, slug="long")
    PlanFactory.create(track=long)
    ProposalFactory.create(track=long, state=Proposal.State.PUBLISHED, published_at=NOW)
    pair = tuple(
        EnrolmentFactory.create(track=long, user=each.user, role=each.role).pk for each in (bureau.asker, bureau.expert)
    )
    (wish,) = going_on_in(program)
    assert (wish.track, wish.pair) == (long, pair)
    by = CoordinatorFactory.create(program=program).user
    draft = slot_reviews.propose_going_on(program=program, match_id=ask.match_id, by=by, now=later)
    assert draft.state == "draft"
    assert set(Seat.objects.filter(match__proposal=draft).values_list("enrolment", flat=True)) == set(pair)
    assert going_on_in(program) == []
    with pytest.raises(TooLate):
        slot_reviews.answer_review(review=asker, helped=True, goes_on=False, by=asker.user, now=later)


def test_nobody_is_asked_about_a_session_that_was_not_held(bureau, slot):
    ask = bureau.booked(slot)
    sessions.log_session(
        session=Session.objects.get(match=ask.match),
        said=sessions.Said(held=False),
        by=bureau.expert.user,
        now=AT + HOUR,
    )
    finish_sessions(now=AT + 14 * DAY)
    tasks.tick(AT + 14 * DAY)
    assert SlotReview.objects.count() == 0


def test_after_the_two_weeks_they_may_meet_again(bureau, slot):
    later = bureau.held(bureau.booked(slot))
    again = bureau.offer(dt.datetime(2027, 3, 29, 16), now=later)
    assert see(bureau, now=later) == [again]
    assert Enrolment.objects.filter(pk=bureau.asker.pk, state="active").exists()


def test_the_whole_way_on_pages_without_script(bureau, client):
    """Offer, ask, accept: each page says what is so, and one sees only one's own."""
    expert, asker = bureau.expert, bureau.asker
    with time_machine.travel(NOW, tick=False):
        client.force_login(expert.user)
        page = f"/me/slots/{expert.pk}/"
        told = {"day": "2027-03-28", "time": "02:30", "zone": "Europe/Berlin", "topics": "Budgets\nTeams"}
        said = client.post(page, told, follow=True)
        assert "The clocks in Berlin skip 02:30 that day. It is 03:30 instead. The time is offered." in text(said)
        assert client.post(page, {**told, "day": "2027-03-01"}).status_code == 422
        assert client.post(page, {"do": "cap", "cap": "3"}).status_code == 302
        assert client.get(f"/me/book/{asker.pk}/").status_code == 404
        client.force_login(asker.user)
        slot = Slot.objects.get()
        assert "1 time is open for you" in text(client.get(f"/me/book/{asker.pk}/"))
        ask = f"/me/book/{asker.pk}/{slot.pk}/"
        assert client.post(ask, {"topic": "Budgets", "question": " "}).status_code == 422
        assert client.post(ask, {"topic": "Budgets", "question": "How?"}).status_code == 302
        assert client.get(page).status_code == client.get(ask).status_code == 404
        client.force_login(expert.user)
        assert "1 person asks for a time of yours" in text(client.get(page))
        assert client.post(page, {"do": f"accept:{SlotAsk.objects.get().pk}"}).status_code == 302
        assert "Booked" in text(client.get(page))
    assert Session.objects.get().wall_start == "2027-03-28T03:30"


def test_many_times_and_experts_cost_no_more_questions_than_few(bureau, slot, client):
    """Both lists, looked at with one time and with twelve."""
    asked: dict[str, list[int]] = {}
    with time_machine.travel(NOW, tick=False):
        for size in (1, 12):
            for number in range(1, size):
                bureau.offer(WALL + number * DAY)
                expert = EnrolmentFactory.create(track=bureau.track, role=Role.MENTOR)
                bureau.offer(WALL + number * DAY, expert)
            for person, page in ((bureau.expert, "slots"), (bureau.asker, "book")):
                client.force_login(person.user)
                with CaptureQueriesContext(connection) as caught:
                    assert client.get(f"/me/{page}/{person.pk}/").status_code == 200
                asked.setdefault(page, []).append(len(caught))
    assert {page: counts[0] for page, counts in asked.items()} == {page: counts[1] for page, counts in asked.items()}
    assert max(asked["slots"]) <= 8
    assert max(asked["book"]) <= 17
