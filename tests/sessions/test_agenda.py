"""The agenda of a session in its own minutes, and who leads what in a group."""

import datetime as dt
from collections import Counter

import pytest
import time_machine

from matching.models import Match, Seat
from participants.models import User
from programs.catalogue import registry
from programs.catalogue.base import AgendaItem
from programs.models import Role
from sessions.agenda import agenda_for, hot_seats, scaled, turn_of
from sessions.queries import course_of
from tests.factories.matching import MatchFactory, SeatFactory
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.sessions.reading import text

DAY = dt.timedelta(days=1)
NAMES = ("Ann", "Ben", "Cy", "Dee", "Eli", "Fay")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# --- minutes --------------------------------------------------------------------------------


@pytest.mark.pure
def test_whole_minutes_that_sum_exactly_for_every_model_and_length():
    for model in registry.all_models():
        for minutes in range(5, 481):
            found = scaled(model.agenda, minutes)
            assert (model.slug, minutes, sum(item.minutes for item in found)) == (model.slug, minutes, minutes)
            assert min(item.minutes for item in found) >= 1
            assert len(found) == min(len(model.agenda), minutes)
            # Nothing is further from its share than a minute, unless minutes are so few that shares are below one.
            exact = [item.minutes * minutes / model.session_minutes for item in model.agenda]
            if min(exact) >= 1:
                assert max(abs(item.minutes - share) for item, share in zip(found, exact, strict=True)) < 1
        assert tuple(scaled(model.agenda, model.session_minutes)) == model.agenda


@pytest.mark.pure
@pytest.mark.parametrize(
    ("minutes", "shares"),
    [(45, [4, 8, 22, 7, 4]), (90, [8, 15, 45, 15, 7]), (6, [1, 1, 2, 1, 1]), (5, [1, 1, 1, 1, 1]), (3, [1, 1, 1])],
)
def test_the_largest_remainders_get_what_is_left(minutes, shares):
    items = [AgendaItem(each, f"{at}") for at, each in enumerate((5, 10, 30, 10, 5))]
    assert [item.minutes for item in scaled(items, minutes)] == shares
    assert "2" in [item.text for item in scaled(items, minutes)]


# --- who leads ------------------------------------------------------------------------------


@pytest.mark.pure
@pytest.mark.parametrize("size", range(3, 11))
def test_hot_seats_go_round_and_never_to_the_facilitator(size):
    people = [User(pk=number) for number in range(1, size + 1)]
    had = Counter({each.pk: 0 for each in people})
    for turn in range(40):
        hot = [each.pk for each in hot_seats(people, turn)]
        assert len(set(hot)) == 2
        assert people[turn % size].pk not in hot
        had.update(hot)
        assert max(had.values()) - min(had.values()) <= 2
        # Nine sessions are what the model has: by then everybody has had one, in the largest group too.
        assert turn < 8 or min(had.values()) >= 1
    assert hot_seats([], 3) == []
    assert hot_seats(people[:1], 3) == []


def group(model, names, role=Role.PEER, mentors=()):
    """An active group with these first names."""
    track = TrackFactory.create(model=model)
    match = MatchFactory.create(track=track, state=Match.State.ACTIVE, offered_at=NOW, activated_at=NOW)
    for name in (*mentors, *names):
        as_ = Role.MENTOR if name in mentors else role
        person = EnrolmentFactory.create(track=track, role=as_, user__first_name=name, user__last_name="")
        SeatFactory.create(match=match, enrolment=person, answer="accepted", answered_at=NOW, live=True)
    return match


def found_course(user, match):
    course = course_of(user, match)
    assert course is not None
    return course


def member(match, name):
    return User.objects.get(first_name=name, enrolments__seats__match=match)


def parts(match, name, session):
    """Who does what in a session, as one of the members reads it."""
    agenda = agenda_for(found_course(member(match, name), match.pk), session)
    return {lead.label: "You" if lead.is_reader else lead.name for lead in agenda.leads}


def test_in_a_peer_group_facilitator_and_hot_seats_go_round(db):
    match = group("group_peer", NAMES)
    sessions = [SessionFactory.create(match=match, starts_at=NOW + days * DAY) for days in (1, 31, 61)]
    assert parts(match, "Ann", sessions[0]) == {
        "Facilitator": "You",
        "Facilitator next time": "Ben",
        "First hot seat": "Ben",
        "Second hot seat": "Cy",
    }
    assert parts(match, "Cy", sessions[1]) == {
        "Facilitator": "Ben",
        "Facilitator next time": "You",
        "First hot seat": "Ann",
        "Second hot seat": "Dee",
    }
    assert parts(match, "Cy", sessions[2])["Facilitator"] == "You"


def test_what_is_called_off_or_did_not_happen_costs_nobody_their_turn(db):
    match = group("group_peer", NAMES)
    for days, state in ((1, "cancelled"), (2, "missed"), (3, "held")):
        logged = None if state == "cancelled" else NOW
        SessionFactory.create(match=match, starts_at=NOW - days * DAY, state=state, logged_at=logged)
    session = SessionFactory.create(match=match)
    course = found_course(member(match, "Ann"), match.pk)
    assert turn_of(course, session) == 1
    assert parts(match, "Ann", session)["Facilitator"] == "Ben"


def test_in_a_circle_only_mentees_chair(db):
    match = group("circle", ("Mia", "Noa", "Oli"), Role.MENTEE, mentors=("Max",))
    sessions = [SessionFactory.create(match=match, starts_at=NOW + days * DAY) for days in range(1, 5)]
    chairs = [parts(match, "Max", each)["Chair"] for each in sessions]
    assert chairs == ["Mia", "Noa", "Oli", "Mia"]


def test_who_has_left_or_not_said_yes_leads_nothing(db):
    match = group("group_peer", NAMES)
    session = SessionFactory.create(match=match)
    Seat.objects.filter(enrolment__user__first_name="Ann").update(left_at=NOW, live=False)
    Seat.objects.filter(enrolment__user__first_name="Ben").update(answer="waiting", answered_at=None)
    found = parts(match, "Cy", session)
    assert (found["Facilitator"], found["First hot seat"], found["Second hot seat"]) == ("You", "Dee", "Eli")


def test_nobody_leads_where_the_model_has_no_rota(cast, plan):
    session = plan()
    assert agenda_for(found_course(cast.bob, cast.match.pk), session).leads == []
    pod = group("pod", ("Ann", "Ben", "Cy"))
    assert parts(pod, "Ann", SessionFactory.create(match=pod)) == {}


# --- who has the floor --------------------------------------------------------------------------


def floors(match, name, session):
    """Minutes and who has the floor in each part, as one of the members reads it."""
    agenda = agenda_for(found_course(member(match, name), match.pk), session)
    assert sum(part.minutes for part in agenda.parts) == session.minutes
    return [(part.minutes, part.floor) for part in agenda.parts]


def test_in_co_mentoring_roles_swap_at_half_time_and_who_begins_changes(db):
    match = group("co_mentoring", ("Ann", "Ben"))
    first, second = (SessionFactory.create(match=match, starts_at=NOW + days * DAY, minutes=60) for days in (1, 26))
    assert floors(match, "Ann", first) == [(25, "You"), (5, "Ben"), (25, "Ben"), (5, "You")]
    assert floors(match, "Ben", first) == [(25, "Ann"), (5, "You"), (25, "You"), (5, "Ann")]
    assert floors(match, "Ann", second) == [(25, "Ben"), (5, "You"), (25, "You"), (5, "Ben")]
    agenda = agenda_for(found_course(member(match, "Ann"), match.pk), first)
    assert [part.swaps for part in agenda.parts] == [False, True, False, True]
    begins = [first.starts_at + dt.timedelta(minutes=minutes) for minutes in (0, 25, 30, 55)]
    assert [part.starts_at for part in agenda.parts] == begins
    assert agenda.parts[-1].ends_at == first.ends_at


def test_in_a_triad_of_peers_all_three_have_an_equal_turn(db):
    pair, triad = group("peer", ("Ann", "Ben")), group("peer", ("Cy", "Dee", "Eli"))
    sessions = [SessionFactory.create(match=triad, starts_at=NOW + days * DAY, minutes=60) for days in (1, 15, 29)]
    turns = [[(minutes, floor) for minutes, floor in floors(triad, "Cy", each) if floor] for each in sessions]
    assert [[floor for _, floor in each] for each in turns] == [
        ["You", "Dee", "Eli"],
        ["Dee", "Eli", "You"],
        ["Eli", "You", "Dee"],
    ]
    for each in turns:
        lengths = [minutes for minutes, _ in each]
        assert max(lengths) - min(lengths) <= 1
    two = SessionFactory.create(match=pair, starts_at=NOW + DAY, minutes=60)
    assert [floor for _, floor in floors(pair, "Ann", two) if floor] == ["You", "Ben"]


# --- pages ----------------------------------------------------------------------------------


def test_the_agenda_stands_on_the_pages_of_a_session_until_it_ends(cast, client, plan, clock):
    client.force_login(cast.mia)
    before = text(client.get(f"/me/match/{cast.match.pk}/"))
    assert "A session, minute by minute 1 hour in all." in before
    session = plan()
    said = text(client.get(f"/me/match/{cast.match.pk}/"))
    assert "The next session, minute by minute 45 minutes in all." in said
    assert "4 min Check in: how are you both today?" in said
    page = f"/me/session/{session.pk}/"
    assert "4 min Check in: how are you both today?" in text(client.get(page))
    clock.move_to(session.ends_at - dt.timedelta(minutes=1))
    assert "4 min Check in: how are you both today?" in text(client.get(page))
    clock.move_to(session.ends_at)
    assert "Check in" not in text(client.get(page))


def test_a_member_reads_who_leads(client, db):
    match = group("group_peer", NAMES)
    session = SessionFactory.create(match=match)
    client.force_login(member(match, "Ben"))
    for page in (f"/me/match/{match.pk}/", f"/me/session/{session.pk}/"):
        assert "Facilitator Ann Facilitator next time You First hot seat You Second hot seat Cy" in text(
            client.get(page)
        )


def test_opening_questions_stand_until_the_first_session_was_held(cast, client, plan, over):
    client.force_login(cast.mia)
    question = "What would have to happen in the next six months"
    page = f"/me/match/{cast.match.pk}/"
    assert text(client.get(page)).count(question) == 1
    session = plan()
    assert text(client.get(page)).count(question) == 1
    type(session).objects.filter(pk=session.pk).update(state="held", logged_at=over)
    assert question not in text(client.get(page))
