"""Random order crossover: lots decide who begins with which model, all change over on a day, and are compared then."""

import datetime as dt
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mail.models import Message
from matching.errors import MatchingError
from matching.models import EndingToCome, Match, Proposal, Seat
from matching.queries.endings import match_page
from matching.queries.going_on import may_be_asked, seats_of
from matching.services import change_over
from programs.errors import ProgramError
from programs.models import Draw, Enrolment, Lot
from programs.queries.drawing import draws_of
from programs.services.waiting import set_aside
from reports import services
from reports.models import ComparisonPlan
from reports.queries.answers import gather
from reports.queries.looks import content_of, due_dates
from reports.queries.opened import progress, title_of
from reports.queries.overview import overview
from reports.queries.todos import todos_of
from surveys.models import Invitation
from surveys.planning import plan_all
from tests.factories.finished import Finished
from tests.factories.matching import ProposalFactory, make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.racing import together

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
OVER = dt.date(2027, 6, 1)
THEN = dt.datetime(2027, 6, 1, 9, tzinfo=dt.UTC)
CLOSE = dt.datetime(2027, 10, 12, tzinfo=dt.UTC)


class Two:
    """A led track and one of peers with four learners each, in a program where lots decide the order."""

    def __init__(self):
        self.program = ProgramFactory.create(state="running")
        self.led = TrackFactory.create(program=self.program, name="Led", slug="led", capacity=1)
        self.peers = TrackFactory.create(program=self.program, name="Peers", slug="peers", model="peer")
        self.people = [
            EnrolmentFactory.create(track=track, role=role, capacity=None)
            for track, role in ((self.led, "mentee"), (self.peers, "peer"))
            for _ in range(4)
        ]
        self.by = CoordinatorFactory.create(program=self.program).user
        services.fix_plan(program=self.program, assignment="crossover", margin=None, by=self.by, now=NOW)
        self.program.refresh_from_db()

    def draw(self, day=OVER):
        told = {"first": self.led, "second": self.peers, "stratum": None, "changes_on": day}
        return services.draw(**told, by=self.by, now=NOW)

    def pair(self, state="active"):
        """A match of somebody who begins in the led track."""
        mentor = EnrolmentFactory.create(track=self.led, role="mentor")
        free = self.led.enrolments.filter(role="mentee", seats=None).order_by("pk")
        match = make_pair(mentor, free[0], state=state)
        Proposal.objects.filter(pk=match.proposal_id).update(state="replaced")
        return match

    def where(self):
        return Counter(
            Enrolment.objects.filter(user__in=[each.user for each in self.people]).values_list("track__slug")
        )


@pytest.fixture
def two():
    return Two()


def test_each_is_told_with_what_they_begin_and_a_draw_is_taken_back_until_then(two):
    for day in (None, dt.date(2027, 3, 20), dt.date(2027, 8, 20)):
        with pytest.raises(ProgramError, match="day"):
            two.draw(day)
    set_aside(enrolment=two.people[0], reason="urgent", by=two.by, now=NOW)
    before = {each.pk: each.track_id for each in Enrolment.objects.all()}
    draw = two.draw()
    assert Counter(draw.lots.values_list("track__slug", flat=True)) in ({"led": 4, "peers": 3}, {"led": 3, "peers": 4})
    assert not draw.lots.filter(user=two.people[0].user).exists()
    assert Message.objects.filter(kind="lot_order", not_before=draw.told_at).count() == 7
    (drawn,) = draws_of(two.program)
    assert (drawn.sides, drawn.same_again) == (("Led first", "Peers first"), True)
    with pytest.raises(ProgramError, match="one day"):
        two.draw()
    with pytest.raises(ProgramError, match="order is drawn"):
        set_aside(enrolment=two.people[1], reason="urgent", by=two.by, now=NOW)
    services.take_back(draw=draw, by=two.by, now=NOW)
    assert {each.pk: each.track_id for each in Enrolment.objects.all()} == before
    assert two.draw().lots.count() == 7


def test_the_overview_says_it_on_the_day_and_first_matches_last_until_then(two):
    def said(now):
        return [each for each in todos_of(overview(two.program, now), two.program, now) if "change over" in each.title]

    draw = two.draw()
    match = two.pair()
    until = [match_page(two.program, match.pk, two.by, NOW).last_day]
    assert said(THEN - DAY) == []
    (todo,) = said(THEN)
    assert (todo.title, todo.url) == (
        "The two models change over",
        reverse("reports:change_over", kwargs={"slug": two.program.slug}),
    )
    assert "01 June 2027" in todo.text
    change_over(draw=draw, by=two.by, now=THEN)
    assert said(THEN + DAY) == []
    until.append(match_page(two.program, two.pair().pk, two.by, THEN).last_day)
    assert until == [OVER, two.program.ends_on]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_over_at_once_one_does(two):
    """Everybody moves once and is told once, whoever was first."""
    draw = two.draw()
    match = two.pair()
    began = dict(draw.lots.values_list("user", "track"))
    found = together(*[lambda: change_over(draw=draw, by=two.by, now=THEN)] * 2, refused=MatchingError)
    assert sorted((each.people, each.matches) for each in found) == [(0, 0), (8, 1)]
    assert Message.objects.filter(kind="lot_changed_over").count() == 8
    now_in = Enrolment.objects.filter(user__in=began, state="active")
    assert [each.pk for each in now_in if each.track_id == began[each.user_id]] == []
    assert Match.objects.get(pk=match.pk).end_reason == "finished"


def test_on_the_day_matches_end_as_planned_and_each_is_in_the_other_track_once(two):
    draw = two.draw()
    match, offer = two.pair(), two.pair("offered")
    began = dict(draw.lots.values_list("user", "track"))
    gone = two.peers.enrolments.filter(user__in=began).order_by("pk")[0]
    Enrolment.objects.filter(pk=gone.pk).update(state="left", left_at=NOW)
    with pytest.raises(MatchingError, match="01 June 2027"):
        change_over(draw=draw, by=two.by, now=THEN - DAY)
    open_one = ProposalFactory.create(track=two.peers)
    with pytest.raises(MatchingError, match="Discard proposal"):
        change_over(draw=draw, by=two.by, now=THEN)
    open_one.delete()
    ending = EndingToCome.objects.create(match=match, by=two.by, at=THEN, due_at=THEN + DAY)
    with pytest.raises(MatchingError, match="quarter of an hour"):
        change_over(draw=draw, by=two.by, now=THEN)
    ending.delete()
    found = change_over(draw=draw, by=two.by, now=THEN)
    assert (found.matches, found.offers, found.people, found.stay) == (1, 1, 7, 1)
    match.refresh_from_db()
    offer.refresh_from_db()
    assert (match.state, match.end_reason, match.ended_by) == (Match.State.ENDED, "finished", None)
    assert offer.state == Match.State.ENDED
    now_in = Enrolment.objects.filter(user__in=began, state="active")
    assert all(each.track_id != began[each.user_id] for each in now_in)
    assert {each.role for each in now_in.filter(track=two.led)} == {"mentee"}
    # They can be matched at once, and nobody is asked whether the match of before would go on.
    assert not Seat.objects.filter(enrolment__in=now_in, rests=True).exists()
    assert not may_be_asked(match, seats_of(match))
    assert Message.objects.filter(kind="lot_changed_over").count() == 7
    assert change_over(draw=draw, by=two.by, now=THEN + DAY).people == 0
    assert Message.objects.filter(kind="lot_changed_over").count() == 7
    with pytest.raises(ProgramError, match="draw stands"):
        services.take_back(draw=draw, by=two.by, now=THEN)


def test_the_core_is_asked_three_times_and_not_about_the_first_match(two):
    draw = two.draw()
    match = two.pair()
    learner = match.seats.get(role="mentee").enrolment.user
    mine = Invitation.objects.filter(user=learner, with_core=True)
    assert due_dates(two.program)["midpoint"] is None
    eve = dt.datetime(2027, 5, 31, 16, tzinfo=dt.UTC)
    plan_all(eve - DAY)
    assert not mine.filter(survey__kind="midpoint").exists()
    plan_all(eve + DAY / 24)
    assert mine.filter(survey__kind="midpoint", match=None).count() == 1
    assert Invitation.objects.filter(survey__kind="midpoint", with_core=True).count() == draw.lots.count()
    change_over(draw=draw, by=two.by, now=THEN)
    plan_all(THEN + DAY)
    about = Invitation.objects.get(user=learner, survey__kind="closing")
    assert (about.match, about.with_core) == (match, False)
    last = dt.datetime(2027, 8, 31, 19, tzinfo=dt.UTC)
    for _ in range(2):
        plan_all(last)
    assert mine.filter(survey__kind="closing", match=None).count() == 1


def test_a_coordinator_sees_what_will_happen_and_then_it_does(two, client: Client, monkeypatch):
    url, lots = (reverse(f"reports:{name}", kwargs={"slug": two.program.slug}) for name in ("change_over", "lots"))
    client.force_login(two.by)
    asked = {"first": two.led.pk, "second": two.peers.pk, "stratum": "", "changes_on": OVER.isoformat()}
    monkeypatch.setattr("reports.views.lots.timezone", SimpleNamespace(now=lambda: NOW))
    assert client.post(lots, {**asked, "changes_on": ""}).status_code == 422
    page = client.post(lots, asked, follow=True).content.decode()
    assert "Lots were drawn for 8 people" in page
    assert "All change over on 1 June 2027" in page
    two.pair()
    assert client.post(url).status_code == 422
    monkeypatch.setattr("reports.views.lots.timezone", SimpleNamespace(now=lambda: THEN))
    page = client.get(url).content.decode()
    assert "1 match ends as planned" in page
    assert "Change over 8 people" in page
    assert Match.objects.filter(state="active").count() == 1
    done = client.post(url, follow=True).content.decode()
    assert "8 people have changed over and are told" in done
    assert client.get(url).status_code == 302
    client.force_login(CoordinatorFactory.create(program=ProgramFactory.create(slug="other")).user)
    assert client.get(url).status_code == 404


def test_the_database_keeps_the_shapes_of_orders(two):
    fine = {"program": two.program, "first": two.led, "second": two.peers, "seed": "s", "at": NOW, "told_at": NOW}
    for wrong in (
        {"kind": "crossover"},
        {"kind": "lottery", "changes_on": OVER},
        {"kind": "crossover", "changes_on": OVER, "second": None},
        {"kind": "crossover", "changes_on": OVER, "changed_at": NOW - DAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.create(**{**fine, **wrong})
    Draw.objects.create(**fine, kind="crossover", changes_on=OVER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.create(**fine, kind="crossover", changes_on=OVER)


# --- what came of it -----------------------------------------------------------------------------


@pytest.fixture
def crossed():
    """Twelve who begin led and twelve among peers: two points up with a mentor, half a point with a peer."""
    made = Finished()
    draw = None
    for number in range(12):
        # In twos and in fours, or everybody would gain alike and no number could be shown.
        half, more = number % 2, number // 2 % 2 * 2
        for model, values in (
            ("traditional", (3, 4 + more, 4 + more + half)),
            ("peer", (3, 3 + half, 4 + more + half)),
        ):
            # All but two begin at 3, for the same reason.
            lift = {0: -1, 4: 1}.get(number, 0) if model == "traditional" else 0
            made.match(model, [([values[0] + lift] * 6, [values[2] + lift] * 6)], led=model == "traditional")
            track = made.tracks[model][0]
            one = track.enrolments.exclude(role="mentor").order_by("-pk")[0]
            made.say(one.user, "midpoint", [values[1] + lift] * 6, THEN)
            if draw is None:
                draw = Draw(program=made.program, kind="crossover", first=track, seed="s", at=NOW, told_at=NOW)
                draw.changes_on, draw.changed_at = OVER, THEN
                draw.second = TrackFactory.create(program=made.program, name="Other", slug="other")
                draw.save()
            Lot.objects.create(draw=draw, program=made.program, user=one.user, came_from=track, track=track)
    made.program.by_lot = "crossover"
    made.program.save()
    return made


def test_models_are_compared_within_people_and_lots_make_it_the_cause(crossed):
    plan = ComparisonPlan(program=crossed.program, assignment="crossover", set_at=NOW)
    said = content_of(crossed.program, "close", plan, CLOSE)
    found = said["comparison"]
    assert (found["arms"], found["kind"]) == (["mentor-led", "peer"], "higher")
    assert found["finding"].startswith("Because of the model, answers came out 1.50 points higher (")
    assert "over the time in mentor-led than over the time in peer" in found["finding"]
    # (2 − ½) ⁄ 2 of those who begin led, less (½ − 2) ⁄ 2 of the others.
    assert found["interval"]["difference"] == pytest.approx(1.5)
    assert title_of(found) == "Answers came out higher over the time in mentor-led"
    assert [(each["name"], each["before"], each["middle"], each["after"]) for each in found["groups"]] == [
        ("mentor-led", 3.0, 5.0, 5.5),
        ("peer", 3.0, 3.5, 5.5),
    ]
    assert any("what came first mattered cannot be ruled out" in line for line in found["method"])
    assert progress(crossed.program).startswith("Results come at the end. So far 12 of 12 people who begin with")


def test_who_leads_in_both_halves_makes_no_one_unit_of_the_two_orders(crossed):
    first = Match.objects.filter(track__model="traditional").order_by("pk")[0]
    mentor, later = first.seats.get(role="mentor").enrolment, first.track
    one = Lot.objects.filter(track__model="peer").order_by("pk")[0]
    second = EnrolmentFactory.create(track=later, user=one.user, role="mentee")
    make_pair(mentor, second)
    found = gather([crossed.program], after="closing")
    began = first.seats.get(role="mentee").enrolment.user_id
    units = found.units
    assert units[crossed.program.pk, began] != units[crossed.program.pk, one.user_id]
    # Beside programs in which everybody is in one model they are in both, and in no arm.
    assert set(found.between_models().arms.values()) == {"both"}


def test_before_they_change_over_it_is_a_lottery_so_far_and_nothing_is_said(crossed):
    Draw.objects.update(changed_at=None)
    assert set(gather([crossed.program], after="closing").drawn.values()) == {"lottery"}
    assert "So far 0 of 12" in progress(crossed.program)
