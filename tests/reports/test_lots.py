"""Lots in a comparison: who can be drawn, what they bind, and that only they make a model the cause."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from matching import services as matching
from matching.models import Proposal
from programs.errors import ProgramError
from programs.models import Draw, Lot
from reports import services
from reports.models import ComparisonPlan
from reports.queries.answers import gather, paired
from reports.queries.looks import content_of
from reports.queries.lots import candidates
from tests.factories.finished import Finished
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
CLOSE = dt.datetime(2027, 10, 12, tzinfo=dt.UTC)


def program_of_two():
    program = ProgramFactory.create()
    led = TrackFactory.create(program=program, name="Led", slug="led")
    peers = TrackFactory.create(program=program, name="Peers", slug="peers", model="peer")
    for track, role in ((led, "mentee"), (peers, "peer")):
        for _ in range(3):
            EnrolmentFactory.create(track=track, role=role)
    return program, led, peers


def fix(program, assignment="lottery"):
    return services.fix_plan(program=program, assignment=assignment, margin=None, by=None, now=NOW)


def test_lots_are_drawn_only_where_they_were_announced():
    program, led, peers = program_of_two()
    by = UserFactory.create()
    with pytest.raises(ProgramError, match="Say first"):
        services.draw(first=led, second=peers, stratum=None, by=by, now=NOW)
    fix(program)
    draw = services.draw(first=led, second=peers, stratum=None, by=by, now=NOW)
    assert (draw.lots.count(), len(draw.seed)) == (6, 32)
    with pytest.raises(services.TooLate, match="Lots were drawn"):
        fix(program, "choose")
    assert ComparisonPlan.objects.get().assignment == "lottery"


def test_who_was_in_a_match_or_has_a_lot_is_not_drawn_and_mentors_never_are():
    program, led, peers = program_of_two()
    fix(program)
    mentor = EnrolmentFactory.create(track=led, role="mentor")
    mentee = led.enrolments.filter(role="mentee").order_by("pk")[0]
    match = make_pair(mentor, mentee)
    Proposal.objects.filter(pk=match.proposal_id).update(state="published", published_at=NOW)
    EnrolmentFactory.create(track=peers, user=led.enrolments.order_by("pk")[1].user, role="peer")
    found = candidates(led, peers, None, ())
    assert mentor not in found.people
    assert (len(found.people), dict(found.left_out)) == (
        4,
        {"are or were in both tracks": 2, "have been in a match": 1},
    )
    services.draw(first=led, second=peers, stratum=None, by=UserFactory.create(), now=NOW)
    assert candidates(led, peers, None, {"lottery"}).people == []


def test_an_open_proposal_is_in_the_way():
    program, led, peers = program_of_two()
    fix(program)
    matching.ensure_plan(track=led, now=NOW, with_rules=False)
    EnrolmentFactory.create(track=led, role="mentor")
    matching.start_proposal(track=led, by=None, now=NOW)
    with pytest.raises(ProgramError, match="Discard proposal"):
        services.draw(first=led, second=peers, stratum=None, by=UserFactory.create(), now=NOW)
    more = TrackFactory.create(program=program, model="near_peer")
    assert "same kind" in candidates(led, more, None, ()).obstacle


@pytest.fixture
def finished():
    """Ten led and ten pairs of peers, of whom the led rise by one point more, as their lots gave them."""
    made = Finished()
    for number in range(10):
        # Not all begin alike: a comparison of those who do would tell where each of them began.
        start = 2 + number // 2 % 2
        made.match("traditional", [([start] * 6, [start + 2 - number % 2] * 6)], led=True)
        made.match("peer", [([start] * 6, [start + 1] * 6), ([start] * 6, [start] * 6)])
    return made


def lots_as_they_are(program):
    """As if every learner were where a lot had put them."""
    led, peers = (program.tracks.get(model=model) for model in ("traditional", "peer"))
    draw = Draw.objects.create(program=program, first=led, second=peers, seed="s", at=NOW, told_at=NOW)
    for track, role in ((led, "mentee"), (peers, "peer")):
        for each in track.enrolments.filter(role=role):
            Lot.objects.create(draw=draw, program=program, user=each.user, came_from=track, track=track)
    program.by_lot = "lottery"
    program.save()
    return draw


def test_only_drawn_lots_make_the_model_the_cause(finished):
    announced = ComparisonPlan(program=finished.program, assignment="lottery", set_at=NOW)
    said = content_of(finished.program, "close", announced, CLOSE)["comparison"]
    assert "led to" not in said["finding"]
    lots_as_they_are(finished.program)
    by_lot = content_of(finished.program, "close", announced, CLOSE)["comparison"]
    assert by_lot["kind"] == "higher"
    assert "led to more improvement than" in by_lot["finding"]
    assert by_lot["interval"]["difference"] == pytest.approx(1.0)


def test_who_went_elsewhere_stays_in_the_arm_of_their_lot_and_who_has_no_match_is_counted(finished):
    draw = lots_as_they_are(finished.program)
    first = Lot.objects.filter(track=draw.first).order_by("pk")[0]
    Lot.objects.filter(pk=first.pk).update(track=draw.second)
    unmatched = EnrolmentFactory.create(track=draw.first)
    Lot.objects.create(draw=draw, program=finished.program, user=unmatched.user, came_from=draw.first, track=draw.first)
    found = gather([finished.program], after="closing")
    assert found.arms[finished.program.pk, first.user_id] == "peer"
    assert found.arms[finished.program.pk, unmatched.user_id] == "mentor-led"
    assert found.units[finished.program.pk, unmatched.user_id] not in {
        unit for key, unit in found.units.items() if key[1] != unmatched.user_id
    }
    assert sum(learner.arm == "peer" for learner in paired([finished.program]).learners) == 21


def test_a_coordinator_draws_on_the_page_and_an_admin_does_not(client: Client):
    program, led, peers = program_of_two()
    fix(program)
    client.force_login(CoordinatorFactory.create(program=program).user)
    url = reverse("reports:lots", kwargs={"slug": program.slug})
    asked = {"first": led.pk, "second": peers.pk, "stratum": ""}
    assert "6 people would be drawn now" in client.get(url, asked).content.decode()
    assert not Draw.objects.exists()
    wrong = client.post(url, {**asked, "second": led.pk})
    assert (wrong.status_code, "two different tracks" in wrong.content.decode()) == (422, True)
    page = client.post(url, asked, follow=True).content.decode()
    assert "Lots were drawn for 6 people" in page
    assert "the same" in page
    again = client.post(url, asked)
    assert (again.status_code, "fewer than two" in again.content.decode()) == (422, True)
    assert Draw.objects.count() == 1
