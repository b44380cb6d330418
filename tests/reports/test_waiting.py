"""Comparing those who begin with those who wait, and those invited to one way with those invited to another."""

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from programs.errors import ProgramError
from programs.models import Draw, Enrolment, Lot, SetAside
from reports import services
from reports.models import ComparisonPlan
from reports.queries.answers import BEGUN, WAITING, gather
from reports.queries.looks import content_of
from reports.queries.opened import title_of
from surveys.models import Invitation
from surveys.planning import plan_all
from surveys.queries import questions_for
from tests.factories.finished import Finished
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CLOSE = dt.datetime(2027, 10, 12, tzinfo=dt.UTC)


def planned(program, assignment):
    return ComparisonPlan(program=program, assignment=assignment, set_at=NOW)


def fix(program, assignment):
    return services.fix_plan(program=program, assignment=assignment, margin=None, by=None, now=NOW)


# --- who begins, and who waits -------------------------------------------------------------------


@pytest.fixture
def waited():
    """Twelve pairs whose mentees rise by two points, and twelve who wait and rise by half a point. All but two begin at
    3: did all, no number could be shown.
    """
    made = Finished()
    for number in range(12):
        began = {0: 2, 2: 4}.get(number, 3)
        made.match("traditional", [([began] * 6, [began + 2 + number % 2] * 6)], led=True)
    track = made.tracks["traditional"][0]
    draw = Draw.objects.create(
        program=made.program, kind="waitlist", first=track, places=12, seed="s", at=NOW, told_at=NOW
    )
    for each in list(track.enrolments.filter(role="mentee")):
        Lot.objects.create(draw=draw, program=made.program, user=each.user, came_from=track, track=track)
    for number in range(12):
        one = EnrolmentFactory.create(track=track, role="mentee", state="waiting")
        Lot.objects.create(draw=draw, program=made.program, user=one.user, came_from=track, track=track, waits=True)
        made.say(one.user, "baseline", [3] * 6, NOW)
        made.say(one.user, "closing", [3 + number % 2] * 6, NOW + 185 * DAY)
    made.program.by_lot = "waitlist"
    made.program.save()
    return made


def test_those_who_begin_are_compared_with_those_who_wait_and_lots_make_it_the_cause(waited):
    said = content_of(waited.program, "close", planned(waited.program, "waitlist"), CLOSE)
    found = said["comparison"]
    assert (found["arms"], found["kind"]) == ([BEGUN, WAITING], "higher")
    assert found["finding"].startswith("Lots decided who began, and the program led to more improvement than the wait")
    assert found["interval"]["difference"] == pytest.approx(2.0)
    assert "12 of 12 in the waiting group" in found["basis"]
    assert title_of(found) == "People in the program improved more"
    # What is said of those who took part is of them alone.
    assert said["core"][0]["people"] == 12


def test_who_was_set_aside_is_in_neither_group_and_who_began_later_stays_in_theirs(waited):
    lot = Lot.objects.filter(waits=True).first()
    Enrolment.objects.filter(user=lot.user).update(state="active")
    aside = Lot.objects.filter(waits=False).first()
    SetAside.objects.create(program=waited.program, user=aside.user, reason="urgent", at=NOW)
    aside.delete()
    found = gather([waited.program], after="closing")
    assert found.arms[waited.program.pk, lot.user_id] == WAITING
    assert (waited.program.pk, aside.user_id) not in found.arms
    assert found.between_models().arms[waited.program.pk, aside.user_id] == "mentor-led"


def wanted(people=6):
    """A program of half a year in which so many want to learn."""
    program = ProgramFactory.create(timezone="UTC")
    track = TrackFactory.create(program=program)
    fix(program, "waitlist")
    return program, track, [EnrolmentFactory.create(track=track, role="mentee") for _ in range(people)]


def test_whoever_waits_is_asked_the_outcome_at_the_same_times_and_nothing_else():
    program, track, _ = wanted()
    by = CoordinatorFactory.create(program=program).user
    services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=NOW)
    waiting = set(Enrolment.objects.filter(state="waiting").values_list("user", flat=True))
    last = dt.datetime.combine(program.ends_on, dt.time(18), ZoneInfo("UTC"))
    first = max(dt.datetime.combine(program.starts_on, dt.time(0), ZoneInfo("UTC")), Draw.objects.get().told_at)
    half = first + min((last - first) / 2, 90 * DAY)
    for kind, moment in (("midpoint", half), ("closing", last)):
        plan_all(moment - dt.timedelta(minutes=1))
        assert not Invitation.objects.filter(survey__kind=kind).exists()
        plan_all(moment)
        asked = list(Invitation.objects.filter(survey__kind=kind))
        assert {each.user_id for each in asked} == waiting
        assert {each.construct for each in questions_for(asked[0])} == {"growth", "problem_solving", "connection"}
        assert len(questions_for(asked[0])) == 6
        plan_all(moment)
        assert Invitation.objects.filter(survey__kind=kind).count() == 4


def test_lots_give_places_only_where_that_was_said_and_not_beside_an_open_proposal():
    program, track, people = wanted()
    by = CoordinatorFactory.create(program=program).user
    mentor = EnrolmentFactory.create(track=track, role="mentor")
    match = make_pair(mentor, people[0])
    with pytest.raises(ProgramError, match="Discard proposal"):
        services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=NOW)
    match.proposal.state, match.proposal.published_at = "published", NOW
    match.proposal.save()
    draw = services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=NOW)
    # Who has been in a match is not drawn.
    assert draw.lots.count() == 5
    for _ in range(4):
        EnrolmentFactory.create(track=track, role="mentee")
    with pytest.raises(ProgramError, match="drawn here already"):
        services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=NOW)
    with pytest.raises(services.TooLate, match="Lots were drawn"):
        fix(program, "choose")
    services.take_back(draw=draw, by=by, now=NOW)
    fix(program, "choose")
    with pytest.raises(ProgramError, match="Say first that lots decide who begins"):
        services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=NOW)


def test_a_coordinator_lets_one_begin_draws_undoes_and_draws_again_on_the_page(client: Client):
    program, track, people = wanted()
    client.force_login(CoordinatorFactory.create(program=program).user)
    url = reverse("reports:places", kwargs={"slug": program.slug})
    asked = {"track": track.pk, "number": 2, "stratum": ""}
    page = client.get(url, asked).content.decode()
    assert ("6 people would be drawn now" in page, Draw.objects.exists()) == (True, False)
    aside = reverse("reports:set_aside", kwargs={"slug": program.slug})
    assert "Choose a person" in client.post(aside, {"reason": "urgent"}, follow=True).content.decode()
    client.post(aside, {"enrolment": people[0].pk, "reason": "urgent"})
    assert "5 people would be drawn now" in client.get(url, asked).content.decode()
    assert client.post(url, {**asked, "number": 5}).status_code == 422
    # Sent twice with its key: drawn once.
    asked["form_key"] = "a-key-of-the-page-00001"
    page, again = (client.post(url, asked, follow=True).content.decode() for _ in range(2))
    assert "Lots were drawn for 5 people" in page
    assert ["3 people wait" in each for each in (page, again)] == [True, True]
    assert client.post(url, {**asked, "number": 3}).status_code == 422
    del asked["form_key"]
    draw = Draw.objects.get()
    undo = reverse("reports:undo_draw", kwargs={"slug": program.slug, "pk": draw.pk})
    page = client.post(undo, follow=True).content.decode()
    assert "taken back" in page
    assert "3 people wait" not in page
    client.post(url, asked)
    Draw.objects.filter(undone_at=None).update(told_at=F("at"))
    page = client.get(url).content.decode()
    assert "Undo this draw" not in page


# --- who is invited to which way -----------------------------------------------------------------


def invited(*, followed):
    """Ten mentees and ten pairs of peers, of whom the led rise by one point more; so many of the led were invited to
    what they are in, the rest to the other, and as many of the peers.
    """
    made = Finished()
    for number in range(20):
        made.match("traditional", [([3] * 6, [5 - number % 2] * 6)], led=True)
        made.match("peer", [([3] * 6, [4] * 6), ([3] * 6, [3] * 6)])
    led, peers = (made.tracks[model][0] for model in ("traditional", "peer"))
    draw = Draw.objects.create(
        program=made.program, kind="nudge", first=led, second=peers, seed="s", at=NOW, told_at=NOW
    )
    for mine, other, role in ((led, peers, "mentee"), (peers, led, "peer")):
        people = list(mine.enrolments.filter(role=role).order_by("pk"))
        for number, each in enumerate(people):
            to = mine if number < followed * len(people) else other
            Lot.objects.create(draw=draw, program=made.program, user=each.user, came_from=mine, track=to)
    made.program.by_lot = "nudge"
    made.program.save()
    return made.program


def test_people_are_counted_where_they_were_invited_to_whichever_way_they_went():
    program = invited(followed=0.9)
    found = gather([program], after="closing")
    # 18 of 20 led and 4 of 40 peers were invited to be led.
    assert sum(arm == "mentor-led" for arm in found.arms.values()) == 22
    assert found.uptake(program.pk, ("mentor-led", "peer")) == (Fraction(18, 22), Fraction(2, 38))
    said = content_of(program, "close", planned(program, "nudge"), CLOSE)["comparison"]
    uptake = next(gate for gate in said["gates"] if gate["slug"] == "uptake")
    assert (uptake["met"], uptake["found"]) == (True, "mentor-led: 81 %; peer: 5 %")
    assert "led to more improvement than inviting them to peer" in said["finding"]
    assert title_of(said) == "People invited to mentor-led improved more"
    assert any("has invited them to" in line for line in said["method"])


def test_where_too_few_followed_nothing_is_compared_and_it_is_said_why():
    program = invited(followed=0.5)
    said = content_of(program, "close", planned(program, "nudge"), CLOSE)["comparison"]
    assert (said["kind"], said["interval"], said["groups"]) == ("not compared", None, [])
    assert said["finding"] == (
        "We can’t compare. Being invited to mentor-led changed too little who took part in it. 33 % of those invited to"
        " it took part in it and 33 % of the others; it takes 20 points more."
    )
    assert "changed too little" in title_of(said)


def test_lots_that_invite_move_nobody(client: Client):
    program = ProgramFactory.create()
    led = TrackFactory.create(program=program, name="Led", slug="led")
    peers = TrackFactory.create(program=program, name="Peers", slug="peers", model="peer")
    people = [EnrolmentFactory.create(track=led, role="mentee") for _ in range(4)]
    fix(program, "nudge")
    client.force_login(CoordinatorFactory.create(program=program).user)
    url = reverse("reports:lots", kwargs={"slug": program.slug})
    asked: dict[str, int | str] = {"first": led.pk, "second": peers.pk, "stratum": ""}
    assert "invited to one of the two tracks" in client.get(url, asked).content.decode()
    client.post(url, asked)
    assert Draw.objects.get().kind == "nudge"
    assert led.enrolments.count() == len(people)
