import datetime as dt

import pytest

from mail.models import Message
from participants.models import AuditEntry
from sessions import hooks, services
from sessions.errors import NotInMatch, SessionError, TimeTaken, TooLate
from sessions.models import Note, Session
from tests.factories.programs import NOW

UTC = dt.UTC
State = Session.State


@pytest.fixture
def joined(monkeypatch):
    """What the floors above hear of."""
    heard = []
    monkeypatch.setattr(hooks, "logged", [lambda session, _people, now: heard.append((session.state, now))])
    return heard


def unplanned(cast, **changes):
    facts = {
        "match": cast.match,
        "starts": dt.datetime(2027, 3, 8, 10, 0),
        "zone": "Europe/Berlin",
        "minutes": 30,
        "channel": "phone",
        "by": cast.mia,
        "now": dt.datetime(2027, 3, 8, 18, 0, tzinfo=UTC),
    }
    return services.log_unplanned_session(**{**facts, **changes})


def test_a_held_session_keeps_its_facts_and_says_who_logged_it(cast, plan, over, joined):
    session = services.log_session(session=plan(), said=services.Said(held=True), by=cast.mia, now=over)
    assert (session.state, session.minutes, session.channel) == (State.HELD, 45, "video")
    assert (session.logged_by, session.logged_at) == (cast.mia, over)
    assert joined == [(State.HELD, over)]


def test_nothing_is_sent_about_a_session_that_was_logged(cast, plan, over):
    session = plan(starts=dt.datetime(2027, 3, 2, 16, 0))
    services.log_session(
        session=session, said=services.Said(held=True), by=cast.mia, now=dt.datetime(2027, 3, 2, 16, 0, tzinfo=UTC)
    )
    waiting = Message.objects.filter(subject_type="mentoring_sessions.session", state="pending")
    # What is too late by itself is left to expire.
    assert set(waiting.filter(expires_at__gt=dt.datetime(2027, 3, 2, 16, 0, tzinfo=UTC))) == set()


def test_logging_the_same_twice_is_logging_once(cast, plan, over, joined):
    session = plan()
    services.log_session(
        session=session, said=services.Said(held=True, minutes=45, note="Ask about Lisbon"), by=cast.mia, now=over
    )
    services.log_session(
        session=session, said=services.Said(held=True, minutes=45, note="Ask about Lisbon"), by=cast.mia, now=over
    )
    assert joined == [(State.HELD, over)]
    assert [note.body for note in Note.objects.all()] == ["Ask about Lisbon"]
    assert AuditEntry.objects.filter(verb__startswith="session log").count() == 1


def test_the_others_yes_to_the_same_facts_leaves_the_first_log(cast, plan, over):
    session = plan()
    services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=over)
    services.log_session(session=session, said=services.Said(held=True), by=cast.bob, now=over + dt.timedelta(hours=1))
    session.refresh_from_db()
    assert (session.logged_by, session.logged_at) == (cast.mia, over)


def test_details_can_be_given_with_the_log(cast, plan, over):
    session = services.log_session(
        session=plan(),
        said=services.Said(held=True, starts=dt.datetime(2027, 3, 5, 16, 0), minutes=90, channel="in_person"),
        by=cast.mia,
        now=over,
    )
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (
        dt.datetime(2027, 3, 5, 15, 0, tzinfo=UTC),
        dt.datetime(2027, 3, 5, 16, 30, tzinfo=UTC),
    )
    assert (session.minutes, session.channel) == (90, "in_person")


def test_a_session_that_did_not_happen(cast, plan, over, joined):
    session = services.log_session(session=plan(), said=services.Said(held=False), by=cast.bob, now=over)
    assert (session.state, session.logged_by) == (State.MISSED, cast.bob)
    assert joined == [(State.MISSED, over)]


def test_a_correction_replaces_the_log_and_is_recorded(cast, plan, over):
    session = services.log_session(session=plan(), said=services.Said(held=False), by=cast.bob, now=over)
    later = over + dt.timedelta(hours=1)
    services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=later)
    session.refresh_from_db()
    assert (session.state, session.logged_by, session.logged_at) == (State.HELD, cast.mia, later)
    verbs = AuditEntry.objects.filter(verb__startswith="session log").order_by("pk")
    assert [entry.verb for entry in verbs] == ["session logged", "session log corrected"]


def test_a_day_to_come_is_not_logged(cast, plan):
    with pytest.raises(SessionError) as caught:
        services.log_session(session=plan(), said=services.Said(held=True), by=cast.bob, now=NOW)
    assert caught.value.field == "day"


def test_on_the_day_itself_a_session_can_be_logged_before_its_hour(cast, plan):
    morning = dt.datetime(2027, 3, 8, 7, 0, tzinfo=UTC)
    assert (
        services.log_session(session=plan(), said=services.Said(held=True), by=cast.bob, now=morning).state
        == State.HELD
    )


def test_what_was_called_off_is_not_logged(cast, plan, over):
    session = services.cancel_session(session=plan(), by=cast.bob, now=NOW)
    with pytest.raises(TooLate):
        services.log_session(session=session, said=services.Said(held=True), by=cast.bob, now=over)


@pytest.mark.parametrize("who", ["charlie", "paul", "alice", "dora", "ada", "sally"])
def test_only_the_people_of_the_match_log_and_undo(cast, plan, over, who):
    session = plan()
    with pytest.raises(NotInMatch):
        services.log_session(session=session, said=services.Said(held=True), by=getattr(cast, who), now=over)
    services.log_session(session=session, said=services.Said(held=True), by=cast.bob, now=over)
    with pytest.raises(NotInMatch):
        services.undo_log(session=session, by=getattr(cast, who), now=over)


def test_a_session_nobody_planned_can_be_logged(cast, joined):
    session = unplanned(cast, note="For me")
    assert (session.state, session.planned_at, session.logged_by) == (State.HELD, None, cast.mia)
    assert session.starts_at == dt.datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
    assert [(note.author, note.visibility, note.body) for note in session.notes.all()] == [
        (cast.mia, "private", "For me")
    ]
    assert [state for state, _ in joined] == [State.HELD]
    assert Message.objects.filter(subject_type="mentoring_sessions.session").count() == 0


def test_logging_an_unplanned_session_twice_is_once(cast, joined):
    assert unplanned(cast) == unplanned(cast)
    assert len(joined) == 1


def test_an_unplanned_log_at_a_planned_time_is_that_session(cast, plan, over):
    session = plan()
    logged = unplanned(cast, starts=dt.datetime(2027, 3, 8, 16, 0), now=over)
    assert (logged, logged.minutes, logged.state) == (session, 30, State.HELD)


def test_two_sessions_cannot_be_logged_at_one_time(cast, plan, over):
    session = plan()
    unplanned(cast, starts=dt.datetime(2027, 3, 5, 16, 0))
    with pytest.raises(TimeTaken):
        services.log_session(
            session=session, said=services.Said(held=True, starts=dt.datetime(2027, 3, 5, 16, 0)), by=cast.bob, now=over
        )


@pytest.mark.parametrize("starts", [dt.datetime(2027, 3, 9, 10, 0), dt.datetime(2027, 1, 1, 10, 0)])
def test_an_unplanned_session_lies_between_the_matchs_beginning_and_today(cast, starts):
    with pytest.raises(SessionError) as caught:
        unplanned(cast, starts=starts)
    assert caught.value.field == "day"


def test_undo_puts_everything_back(cast, plan, over, joined):
    session = plan()
    services.log_session(
        session=session,
        said=services.Said(held=True, starts=dt.datetime(2027, 3, 5, 9, 0), minutes=90),
        by=cast.mia,
        now=over,
    )
    for _ in range(2):
        left = services.undo_log(session=session, by=cast.mia, now=over + dt.timedelta(minutes=5))
    session.refresh_from_db()
    assert left == session
    assert (session.state, session.minutes, session.wall_start) == (State.PLANNED, 45, "2027-03-08T16:00")
    assert (session.logged_by, session.logged_at, session.before_log) == (None, None, None)
    assert [state for state, _ in joined] == [State.HELD, State.PLANNED]


def test_undo_of_a_correction_gives_the_first_log_back(cast, plan, over):
    session = plan()
    services.log_session(session=session, said=services.Said(held=False), by=cast.bob, now=over)
    services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=over + dt.timedelta(hours=1))
    services.undo_log(session=session, by=cast.mia, now=over + dt.timedelta(hours=2))
    session.refresh_from_db()
    assert (session.state, session.logged_by, session.logged_at) == (State.MISSED, cast.bob, over)


def test_undo_of_an_unplanned_log_leaves_nothing(cast, joined):
    session = unplanned(cast)
    now = dt.datetime(2027, 3, 8, 19, 0, tzinfo=UTC)
    assert services.undo_log(session=session, by=cast.mia, now=now) is None
    assert Session.objects.count() == 0
    assert [state for state, _ in joined] == [State.HELD, State.CANCELLED]


def test_undo_of_an_unplanned_log_never_takes_what_the_other_wrote(cast):
    session = unplanned(cast)
    now = dt.datetime(2027, 3, 8, 19, 0, tzinfo=UTC)
    services.write_note(session=session, by=cast.bob, visibility="shared", body="Good talk", version=0, now=now)
    with pytest.raises(TooLate):
        services.undo_log(session=session, by=cast.mia, now=now)
    assert Session.objects.get().state == State.HELD


def test_undo_is_for_whoever_logged_and_for_eight_hours(cast, plan, over):
    session = plan()
    services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=over)
    with pytest.raises(TooLate):
        services.undo_log(session=session, by=cast.bob, now=over)
    with pytest.raises(TooLate):
        services.undo_log(session=session, by=cast.mia, now=over + dt.timedelta(hours=8))
    session.refresh_from_db()
    assert session.state == State.HELD


def test_the_surveys_above_are_asked_and_take_their_question_back(cast, plan, over):
    from surveys.models import Invitation

    session = plan()
    services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=over)
    asked = set(Invitation.objects.filter(session=session).values_list("user", flat=True))
    assert asked == {cast.bob.pk, cast.mia.pk}
    services.undo_log(session=session, by=cast.mia, now=over)
    assert Invitation.objects.count() == 0
