"""What people work with between and around sessions: next steps, preparation, giving and taking, a curriculum."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from mentorship.definition import BadProgramFile, dump_program, load_program
from participants.models import AuditEntry
from programs.models import Role
from sessions import services
from sessions.errors import AlreadyDelivered, NotInMatch, PreparationChanged, SessionError, WeekChanged
from sessions.mails import session_path
from sessions.models import Delivery, Given, NextStep, Preparation, Week
from sessions.queries import course_of
from sessions.queries.together import balance_of, giving_in, heard_of, steps_of, together_of, weeks_of
from sessions.services import curriculum, preparing, steps
from sessions.services.curriculum import WeekSpec
from tests.factories.matching import MatchFactory, SeatFactory
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.sessions.reading import heading, text

DAY = dt.timedelta(days=1)
CANARY = "canary-between-us"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def as_():
    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def together(cast, model, *people):
    """An active match of these people in a track of this model."""
    track = TrackFactory.create(program=cast.program, slug=model.replace("_", "-"), model=model)
    match = MatchFactory.create(track=track, state="active", offered_at=NOW, activated_at=NOW)
    for user in people:
        person = EnrolmentFactory.create(track=track, user=user, role=Role.PEER)
        SeatFactory.create(match=match, enrolment=person, answer="accepted", answered_at=NOW, live=True)
    return match


@pytest.fixture
def swap(cast):
    return together(cast, "co_mentoring", cast.bob, cast.mia)


@pytest.fixture
def pod(cast):
    return together(cast, "pod", cast.bob, cast.mia, cast.paul)


def course(user, match):
    found = course_of(user, match.pk)
    assert found is not None
    return found


# --- next steps -------------------------------------------------------------------------------


@pytest.fixture
def add(cast):
    def add(text=CANARY, owner=None, due_on=None, by=None, now=NOW, **more):
        owner = owner or cast.bob
        facts = {"text": text, "owner_id": owner.pk, "due_on": due_on, "goal": None, **more}
        return steps.add_step(match=cast.match, **facts, by=by or cast.mia, now=now)

    return add


def test_the_same_step_twice_is_one_and_open_ones_stand_first(cast, add):
    later, done = add("B", due_on=NOW.date() + 9 * DAY), add("A")
    assert add("B", due_on=NOW.date() + 2 * DAY) == later
    steps.tick_step(step=done, done=True, by=cast.bob, now=NOW)
    steps.tick_step(step=done, done=True, by=cast.bob, now=NOW + DAY)
    soon = add("C", due_on=NOW.date() + DAY)
    someday = add("D")
    assert steps_of(course(cast.mia, cast.match)) == [soon, later, someday, done]
    done.refresh_from_db()
    assert done.done_at == NOW
    # Done, it can be noted anew.
    assert add("A") != done


def test_only_who_does_a_step_ticks_it_and_nobody_elses_hand_is_in_it(cast, add):
    step = add(owner=cast.bob, by=cast.mia)
    with pytest.raises(NotInMatch):
        steps.tick_step(step=step, done=True, by=cast.mia, now=NOW)
    other = add("By Bob", owner=cast.bob, by=cast.bob)
    with pytest.raises(NotInMatch):
        steps.remove_step(step=other, by=cast.mia, now=NOW)
    with pytest.raises(NotInMatch):
        steps.remove_step(step=step, by=cast.paul, now=NOW)
    steps.remove_step(step=step, by=cast.mia, now=NOW)
    assert list(NextStep.objects.all()) == [other]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"due_on": NOW.date() - 2 * DAY}, "due_on"),
        ({"due_on": NOW.date() + 800 * DAY}, "due_on"),
        ({"owner": "paul"}, "owner"),
    ],
)
def test_what_is_no_step(cast, add, wrong, field):
    if "owner" in wrong:
        wrong = {"owner": getattr(cast, wrong["owner"])}
    with pytest.raises(SessionError) as refused:
        add(**wrong)
    assert (refused.value.field, NextStep.objects.count()) == (field, 0)


# --- preparation ------------------------------------------------------------------------------


def write(match, by, gives, version=0):
    words = {"gives": gives, "wants": ""}
    return preparing.write_preparation(match=match, words=words, version=version, by=by, now=NOW)


def test_two_windows_do_not_overwrite_each_other_unseen(cast, swap):
    write(swap, cast.bob, "Chess")
    write(swap, cast.bob, "Chess")
    write(swap, cast.bob, "Go", version=1)
    with pytest.raises(PreparationChanged) as refused:
        write(swap, cast.bob, "Bridge", version=1)
    assert (refused.value.stored["gives"], refused.value.version) == ("Go", 2)
    assert write(swap, cast.bob, "", version=2) is None
    assert not Preparation.objects.exists()
    with pytest.raises(NotInMatch):
        write(cast.match, cast.bob, "Chess")


def test_topics_are_read_by_the_two_and_by_nobody_else(cast, swap, as_):
    page = f"/me/match/{swap.pk}/before/"
    sent = {"gives": CANARY, "wants": "", "version": "0"}
    assert as_(cast.bob).post(page, sent).status_code == 302
    assert f"Bob What I can teach {CANARY}" in text(as_(cast.mia).get(f"/me/match/{swap.pk}/"))
    assert as_(cast.paul).get(page).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM mentoring_sessions_preparation")
        assert CANARY not in str(cursor.fetchall())
    assert CANARY not in str(list(AuditEntry.objects.values()))


# --- giving and taking ------------------------------------------------------------------------


def held(match, minutes=60, **facts):
    return SessionFactory.create(match=match, held=True, starts_at=NOW - DAY, minutes=minutes, **facts)


def given(user, match):
    found = course(user, match)
    return [(share.user.first_name, share.minutes) for share in balance_of(found, heard_of(found))]


def test_one_tap_on_the_receipt_counts_who_gave(cast, swap, as_, client):
    session = held(swap, logged_by=cast.bob)
    page = f"/me/session/{session.pk}/"
    assert "Who gave this time? A guess will do." in text(as_(cast.bob).get(page))
    as_(cast.bob).post(f"{page}log/", {"outcome": "given", "given": "mine"})
    assert given(cast.bob, swap) == [("Bob", 45), ("Mia", 15)]
    assert "You gave 45 minutes, Mia 15 minutes. Otherwise?" in text(as_(cast.bob).get(page))
    # The other one, from the mail and without signing in.
    link = session_path(session, cast.mia, now=NOW)
    assert client.post(link, {"outcome": "given", "given": "equal"}).url == f"{link}saved/"
    assert given(cast.mia, swap) == [("Mia", 30), ("Bob", 30)]
    receipt = text(client.get(f"{link}saved/"))
    assert "You gave 30 minutes, Bob 30 minutes." in receipt
    assert "Half and half" not in receipt


def test_a_tap_that_was_not_offered_counts_nothing(cast, swap, plan, as_):
    session = held(swap)
    refused = as_(cast.bob).post(f"/me/session/{session.pk}/log/", {"outcome": "given", "given": "all"})
    assert refused.status_code == 409
    # Neither does one where the model counts nothing.
    pair = held(cast.match)
    assert "Who gave" not in text(as_(cast.bob).get(f"/me/session/{pair.pk}/"))
    assert as_(cast.bob).post(f"/me/session/{pair.pk}/log/", {"outcome": "given", "given": "mine"}).status_code == 409
    assert not Given.objects.exists()


def test_a_longer_session_keeps_its_shares_and_one_that_was_not_held_counts_for_nobody(cast, swap):
    session = held(swap)
    preparing.log_given(session=session, minutes={cast.bob.pk: 40, cast.mia.pk: 20}, by=cast.bob, now=NOW)
    services.log_session(session=session, said=services.Said(held=True, minutes=30), by=cast.bob, now=NOW)
    assert given(cast.bob, swap) == [("Bob", 20), ("Mia", 10)]
    services.log_session(session=session, said=services.Said(held=False), by=cast.bob, now=NOW)
    assert given(cast.bob, swap) == []


def test_nobody_gives_more_than_there_was(cast, swap):
    session = held(swap)
    for minutes in ({cast.bob.pk: 61}, {cast.bob.pk: 31, cast.mia.pk: 30}, {cast.bob.pk: -1}, {cast.paul.pk: 5}):
        with pytest.raises(SessionError):
            preparing.log_given(session=session, minutes=minutes, by=cast.bob, now=NOW)
    assert giving_in(course(cast.bob, swap), session).shares == []
    facts = {"session": session, "user": cast.bob, "logged_at": NOW}
    for broken in ({"minutes": 481}, {"minutes": 5}):
        Given.objects.get_or_create(**facts, defaults={"minutes": 5})
        with pytest.raises(IntegrityError), transaction.atomic():
            Given.objects.create(**facts, **broken)


# --- curriculum -------------------------------------------------------------------------------


def test_the_week_follows_the_sessions_and_each_ticks_their_own(cast, pod):
    weeks = curriculum.start_curriculum(track=pod.track, by=cast.alice, now=NOW)
    assert curriculum.start_curriculum(track=pod.track, by=cast.alice, now=NOW) == weeks
    for _ in range(2):
        curriculum.deliver(match=pod, week=weeks[0], done=True, by=cast.mia, now=NOW)
    held(pod)
    found = weeks_of(course(cast.bob, pod))
    assert [view.week.number for view in found if view.is_now] == [2]
    assert ([user.first_name for user in found[0].done], found[0].is_done) == (["Mia"], False)
    assert len(found[0].missing) == 2
    assert together_of(course(cast.mia, pod), NOW).weeks[0].is_done
    with pytest.raises(AlreadyDelivered):
        curriculum.remove_week(week=weeks[0], by=cast.alice, now=NOW)
    curriculum.remove_week(week=weeks[1], by=cast.alice, now=NOW)
    assert list(Week.objects.values_list("number", flat=True)) == list(range(1, len(weeks)))
    curriculum.move_week(week=weeks[0], up=False, by=cast.alice, now=NOW)
    assert Delivery.objects.get().week.number == 2


def test_two_coordinators_do_not_overwrite_each_others_week_unseen(cast, pod, as_):
    curriculum.start_curriculum(track=pod.track, by=cast.alice, now=NOW)
    page, client = "/programs/spring/set-up/tracks/pod/weeks/1/", as_(cast.alice)
    seen = Week.objects.get(number=1).stamp
    sent = {"title": "Theirs", "deliverable": "A page", "reading": "", "link": "", "seen": seen}
    assert client.post(page, sent).status_code == 302
    mine = {**sent, "title": "Mine"}
    refused = client.post(page, mine)
    assert refused.status_code == 409
    assert "What stands now Theirs" in text(refused)
    assert 'value="Mine"' in refused.content.decode()
    assert heading(refused) == "What is week 1 about?"
    stamp = Week.objects.get(number=1).stamp
    assert f'value="{stamp}"' in refused.content.decode()
    assert client.post(page, {**mine, "seen": stamp}).status_code == 302
    assert Week.objects.get(number=1).title == "Mine"
    # A week that has changed places is another week.
    other = Week.objects.get(number=2)
    with pytest.raises(WeekChanged):
        curriculum.change_week(week=other, spec=WeekSpec("A", "B"), seen=stamp, by=cast.alice, now=NOW)


def test_weeks_travel_in_the_program_file_and_stay_with_what_was_handed_in(cast, pod):
    weeks = curriculum.start_curriculum(track=pod.track, by=cast.alice, now=NOW)
    spec = WeekSpec("Sums", "Ten sums", "Chapter 1", "https://example.org/1")
    curriculum.change_week(week=weeks[0], spec=spec, seen=weeks[0].stamp, by=cast.alice, now=NOW)
    curriculum.deliver(match=pod, week=weeks[2], done=True, by=cast.mia, now=NOW)
    data = dump_program(cast.program)
    track = next(each for each in data["tracks"] if each["slug"] == "pod")
    assert track["weeks"][0] == {
        "title": "Sums",
        "deliverable": "Ten sums",
        "reading": "Chapter 1",
        "link": "https://example.org/1",
    }
    copy, _ = load_program({**data, "slug": "copy"}, by=None, now=NOW)
    assert [each.get("weeks") for each in dump_program(copy)["tracks"]] == [None, track["weeks"]]
    del track["weeks"][3]
    track["weeks"][2]["deliverable"] = "Two pages"
    load_program(data, by=None, now=NOW)
    assert Week.objects.filter(track=pod.track).count() == len(weeks) - 1
    assert Delivery.objects.get().week.deliverable == "Two pages"
    for bad, said in (
        (track["weeks"][:2], "weeks: week 3, “.*”, has been handed in and has to stay"),
        (track["weeks"][1:], "weeks: week 3, “.*”, has been handed in and has to stay"),
        ([{**track["weeks"][0], "link": "javascript:1"}, *track["weeks"][1:]], r"weeks\[0\]\.link: "),
    ):
        track["weeks"] = bad
        with pytest.raises(BadProgramFile, match=said):
            load_program(data, by=None, now=NOW)
