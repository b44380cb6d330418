"""Latecomers and declined places in groups, networks and sessions: offered at once, and nobody who said yes moves."""

import datetime as dt
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mail.models import Message
from matching import services
from matching.errors import CannotMatch, SwapRefused
from matching.models import Match, Seat
from matching.queries.booked import Meeting
from matching.queries.late import late_check
from matching.queries.seating import Sit
from matching.queries.waiting_many import places_to_offer
from programs.models import LineManager, Role
from programs.services import leave
from tests.factories.programs import NOW, CoordinatorFactory
from tests.factories.villages import ALWAYS, FRIDAYS, TUESDAYS, Village, make_village, parts

pytestmark = pytest.mark.django_db


def published(village: Village, by_name: str) -> Match:
    """What is published, with the match of one of its people."""
    draft = village.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    return village.of(draft, by_name)


def say(village: Village, match: Match, accept: bool, *names: str) -> None:
    for name in names:
        seat = match.seats.get(enrolment=village.people[name])
        services.answer_seat(seat=seat, accept=accept, now=NOW)
    match.refresh_from_db()


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def offer(village: Village, *sits: Sit, together: Sequence[int] = (), meetings: Sequence[Meeting] = ()) -> int:
    """By way of the check, which has to say how many e-mails really go out."""
    before = Message.objects.count()
    check = late_check(village.track, sits, together, meetings, NOW)
    made = services.offer_places(
        track=village.track, sits=sits, together=together, meetings=meetings, by=None, now=NOW,
        checked=check.stamp if check else "",
    )  # fmt: skip
    assert check is not None
    assert (len(check.asked), check.mails) == (made, Message.objects.count() - before)
    return made


def present(village: Village, match: Match) -> str:
    known = {enrolment.pk: name for name, enrolment in village.people.items()}
    return " ".join(sorted(known[pk] for pk in match.seats.filter(left_at=None).values_list("enrolment_id", flat=True)))


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def pods() -> Village:
    """A full pod of five of Art, and one of three of Biology with room for two more."""
    village = make_village("pod")
    village.join("Ada Ann Abe Ali Amy", Role.PEER, "Art", "Turkish")
    village.join("Bea Bob Ben", Role.PEER, "Biology")
    return village


def test_a_latecomer_is_offered_a_place_in_a_pod_that_is_on_and_the_others_hear_when_it_is_taken(pods):
    pod = published(pods, "Bea")
    say(pods, pod, True, "Bea", "Bob", "Ben")
    assert pod.state == "active"
    pods.join("Lea", Role.PEER, "Biology")
    listed = places_to_offer(pods.track, NOW)
    assert listed is not None
    [lea] = listed.waiting
    assert (lea.person.name, lea.without.title, lea.without.effects) == (
        "Lea Hill",
        f"Pod {pod.number}",
        (f"Pod {pod.number}: 30 → 60.",),
    )
    mails = told("match-offer")
    assert offer(pods, pods.sit("Lea", None, pod)) == 1
    pod.refresh_from_db()
    assert (told("match-offer"), told("match-joined"), pod.state, pod.score) == (mails + 1, 0, "active", 60)
    seat = pod.seats.get(enrolment=pods.people["Lea"])
    assert (seat.live, seat.place, seat.answer) == (True, 1, "waiting")
    services.answer_seat(seat=seat, accept=True, now=NOW)
    assert (told("match-joined"), told("match-on")) == (3, 4)
    assert places_to_offer(pods.track, NOW).count == 0


def test_who_was_offered_late_and_says_no_leaves_and_is_not_asked_again(pods):
    pod = published(pods, "Bea")
    say(pods, pod, True, "Bea", "Bob", "Ben")
    pods.join("Lea", Role.PEER, "Biology")
    offer(pods, pods.sit("Lea", None, pod))
    say(pods, pod, False, "Lea")
    assert (pod.state, present(pods, pod)) == ("active", "Bea Ben Bob")
    [lea] = places_to_offer(pods.track, NOW).waiting
    assert (lea.without, lea.with_move) == (None, None)
    with pytest.raises(SwapRefused, match="and has left it"):
        offer(pods, pods.sit("Lea", None, pod))


def test_where_no_place_is_free_one_who_has_not_answered_moves_and_the_others_hear_it():
    """Lea may not sit with Bea, who is her manager; the other circle is full."""
    village = make_village("circle", capacity=5)
    village.join("Mo Max", Role.MENTOR, "Art")
    village.join("Abe Ada Ali Amy Ann", Role.MENTEE, "Art")
    village.join("Bea Bob Ben Bo", Role.MENTEE, "Biology")
    full = published(village, "Abe")
    other = village.of(full.proposal, "Bea")
    assert [match.seats.filter(role="mentee").count() for match in (full, other)] == [5, 4]
    say(village, full, True, "Abe")
    village.join("Lea", Role.MENTEE, "Art")
    LineManager.objects.create(user=village.people["Lea"].user, email="bea@example.org")
    [lea] = places_to_offer(village.track, NOW).waiting
    title = f"Circle {full.number}, while Ada Hill moves to Circle {other.number}"
    effects = f"Circle {full.number}: 150 → 150.", f"Circle {other.number}: 60 → 70."
    assert lea.without is None
    assert (lea.with_move.title, lea.with_move.effects, lea.with_move.gain) == (title, effects, 10)
    before = told("match-offer")
    sits = village.sit("Lea", None, full), village.sit("Ada", full, other)
    assert offer(village, *sits) == 2
    assert (told("match-offer") - before, told("match-left")) == (2, 5)
    assert "Ada" not in present(village, full)
    assert {"Ada", "Bea"} <= set(present(village, other).split())
    assert Seat.objects.filter(enrolment=village.people["Ada"], live=True).get().match_id == other.pk


def test_nobody_who_said_yes_moves_and_a_group_is_not_left_too_small(pods):
    art = published(pods, "Ada")
    biology = pods.of(art.proposal, "Bea")
    say(pods, art, True, "Ada")
    with pytest.raises(SwapRefused, match=r"^Ada Hill has said yes and does not move.$"):
        offer(pods, pods.sit("Ada", art, biology))
    with pytest.raises(SwapRefused, match="would have 2, and needs at least 3"):
        offer(pods, pods.sit("Bea", biology, None))
    with pytest.raises(SwapRefused, match="“Same language” keep"):
        offer(pods, pods.sit("Ann", art, biology))


def test_nothing_is_offered_before_publishing(pods):
    assert places_to_offer(pods.track, NOW) is None
    with pytest.raises(CannotMatch, match="Nothing is published"):
        offer(pods, Sit(1, 0, 1))


def test_a_network_that_lost_a_helper_gets_the_next_best_and_a_latecomer_a_network():
    village = make_village("distributed", capacity=1)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Tom", Role.MENTEE, "Art")
    village.join("Pat Pia", Role.PEER, "Art")
    network = published(village, "Tom")
    say(village, network, True, "Mo", "Tom", "Pat", "Pia")
    leave(enrolment=village.people["Pia"], by=village.people["Pia"].user, now=NOW)
    village.join("Paul", Role.PEER, "Biology")
    village.join("Pam", Role.PEER, "Art")
    listed = places_to_offer(village.track, NOW)
    gaps = {gap.lacks: gap.without.title if gap.without else "" for gap in listed.gaps}
    assert gaps == {"near-peer": "", "peer": "Pam Hill"}
    assert offer(village, village.sit("Pam", None, network)) == 1
    say(village, network, False, "Pam")
    assert (network.state, told("match-left")) == ("active", 6)
    gaps = {gap.lacks: gap.without.title for gap in places_to_offer(village.track, NOW).gaps if gap.without}
    assert gaps == {"peer": "Paul Hill"}
    assert offer(village, village.sit("Paul", None, network)) == 1
    assert parts(network, village)["Paul"] == "peer"
    village.join("Una", Role.MENTEE, "Biology")
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Pru Pip", Role.PEER, "Biology")
    [una] = places_to_offer(village.track, NOW).waiting
    assert una.without.gain == 30
    together = [int(value) for name, value in una.without.fields if name == "together"]
    assert offer(village, together=together) == 4
    fresh = Match.objects.get(seats__enrolment=village.people["Una"])
    assert (fresh.state, fresh.score, fresh.seats.filter(live=True).count()) == ("offered", 30, 4)


def test_a_helper_who_has_not_answered_moves_to_a_latecomer_whom_the_free_one_may_not_help():
    village = make_village("distributed", capacity=1)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Tom", Role.MENTEE, "Art")
    village.join("Pat Pia", Role.PEER, "Art")
    network = published(village, "Tom")
    village.join("Una", Role.MENTEE, "Art")
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Pru Pip", Role.PEER, "Art")
    LineManager.objects.create(user=village.people["Una"].user, email=village.people["Max"].user.email)
    [una] = places_to_offer(village.track, NOW).waiting
    assert (una.without, una.with_move.gain, una.with_move.button) == (None, 20, "Offer all places")
    assert "would be no more" not in " ".join(una.with_move.effects)
    assert any(effect.endswith(": 30 → 20.") for effect in una.with_move.effects)
    together = [int(value) for name, value in una.with_move.fields if name == "together"]
    sits = village.sit("Mo", network, None), village.sit("Max", None, network)
    assert offer(village, *sits, together=together) == 5
    assert present(village, network) == "Max Pat Pia Tom"
    fresh = Match.objects.get(seats__enrolment=village.people["Una"])
    assert parts(fresh, village) == {"Mo": "mentor", "Pru": "peer", "Pip": "peer"}


def test_who_said_yes_in_a_network_stays():
    village = make_village("distributed", capacity=1)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Tom", Role.MENTEE, "Art")
    village.join("Pat Pia", Role.PEER, "Art")
    network = published(village, "Tom")
    say(village, network, True, "Mo")
    village.join("Una", Role.MENTEE, "Art")
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Pru Pip", Role.PEER, "Art")
    LineManager.objects.create(user=village.people["Una"].user, email=village.people["Max"].user.email)
    [una] = places_to_offer(village.track, NOW).waiting
    assert (una.without, una.with_move) == (None, None)


def test_after_a_no_a_session_with_the_next_best_expert_is_offered():
    village = make_village("flash", capacity=2)
    village.join("Tess", Role.MENTOR, "Art", time=TUESDAYS)
    village.join("Fred", Role.MENTOR, "Biology", time=FRIDAYS)
    village.join("Ada", Role.MENTEE, "Art", time=ALWAYS)
    session = published(village, "Ada")
    assert village.names(session) == "Ada Tess"
    say(village, session, False, "Tess")
    assert session.state == "declined"
    [ada] = places_to_offer(village.track, NOW).waiting
    assert ada.without.title == "Fred Hill"
    assert ada.without.start is not None
    meeting = Meeting(village.id("Ada"), village.id("Fred"), ada.without.start)
    assert offer(village, meetings=[meeting]) == 2
    fresh = Match.objects.get(seats__enrolment=village.people["Fred"])
    assert (fresh.state, fresh.starts_at, village.names(fresh)) == ("offered", ada.without.start, "Ada Fred")
    assert places_to_offer(village.track, NOW).count == 0


def test_a_latecomer_takes_the_only_time_of_somebody_who_can_move():
    """Tess holds one session a month, and Lea has time when she has, only."""
    village = make_village("flash", capacity=1)
    village.join("Tess", Role.MENTOR, "Art", time=TUESDAYS)
    village.join("Fred", Role.MENTOR, "Biology", time=FRIDAYS)
    village.join("Ada", Role.MENTEE, "Art", time=ALWAYS)
    session = published(village, "Ada")
    assert village.names(session) == "Ada Tess"
    village.join("Lea", Role.MENTEE, "Art", time=TUESDAYS)
    [lea] = places_to_offer(village.track, NOW).waiting
    assert lea.without is None
    assert lea.with_move.effects == ("Lea Hill with Tess Hill: 10 points.", "Ada Hill with Fred Hill: 10 → 0.")
    sent = [value.split("-") for _, value in lea.with_move.fields]
    asked = [Meeting(int(a), int(b), dt.datetime.fromtimestamp(int(at), dt.UTC)) for a, b, at in sent]
    assert offer(village, meetings=asked) == 4
    session.refresh_from_db()
    assert (session.state, session.end_reason, told("match-over")) == ("ended", "replaced", 0)
    live = Match.objects.filter(track=village.track, state="offered")
    assert sorted(village.names(match) for match in live) == ["Ada Fred", "Lea Tess"]


def test_the_page_offers_by_a_plain_form(pods, client):
    pod = published(pods, "Bea")
    say(pods, pod, True, "Bea", "Bob", "Ben")
    pods.join("Lea", Role.PEER, "Biology")
    client.force_login(CoordinatorFactory.create(program=pods.track.program).user)
    url = reverse("matching:waiting", args=[pods.track.program.slug, pods.track.slug])
    page = text(client.get(url))
    assert "1 person waits for a pod" in page
    assert f"Pod {pod.number}: 30 → 60." in page
    sent = {"sit": f"{pods.id('Lea')}-0-{pod.pk}"}
    client.post(url, sent)
    assert present(pods, pod) == "Bea Ben Bob"
    check = client.get(f"{url}offer/", sent)
    said = text(check)
    assert "1 e-mail goes out when you offer this" in said
    assert f'<b dir="auto">Lea Hill</b> gets an offer: <span dir="auto">Pod {pod.number}</span>.' in said
    assert '<span dir="auto">Bea Hill, Ben Hill, Bob Hill</span> hear of it only when the place is taken.' in said
    assert Message.objects.filter(recipient=pods.people["Lea"].user).count() == 0
    sent["checked"] = check.context["check"].stamp
    done = client.post(f"{url}offer/", sent, follow=True)
    assert "1 person gets an e-mail with the offer." in text(done)
    assert present(pods, pod) == "Bea Ben Bob Lea"
    again = client.post(f"{url}offer/", sent, follow=True)
    assert f"Lea Hill is in Pod {pod.number} already." in text(again)
    refused = client.get(f"{url}offer/", sent)
    assert (refused.status_code, "This place cannot be offered" in text(refused)) == (409, True)
    assert "Nobody waits for a pod" in text(client.get(url))


def test_what_was_read_is_what_goes_out_and_otherwise_it_is_shown_again(pods, client):
    """Ben leaves between the look and the button."""
    pods.join("Bo", Role.PEER, "Biology")
    pod = published(pods, "Bea")
    say(pods, pod, True, "Bea", "Bob", "Ben", "Bo")
    pods.join("Lea", Role.PEER, "Biology")
    client.force_login(CoordinatorFactory.create(program=pods.track.program).user)
    url = reverse("matching:offer_late", args=[pods.track.program.slug, pods.track.slug])
    sent = {"sit": f"{pods.id('Lea')}-0-{pod.pk}"}
    sent["checked"] = client.get(url, sent).context["check"].stamp
    leave(enrolment=pods.people["Ben"], by=pods.people["Ben"].user, now=NOW)
    before = told("match-offer")
    changed = client.post(url, sent)
    assert changed.status_code == 409
    assert "Something has changed since you checked. Check it again." in text(changed)
    assert "Bea Hill, Bo Hill, Bob Hill</span> hear of it only" in text(changed)
    assert told("match-offer") == before
    sent["checked"] = changed.context["check"].stamp
    assert client.post(url, sent).status_code == 302
    assert told("match-offer") == before + 1


def test_the_page_asks_as_often_for_many_as_for_few(pods, django_assert_num_queries):
    published(pods, "Bea")
    pods.join("Lea", Role.PEER, "Biology")
    track = pods.track
    with CaptureQueriesContext(connection) as few:
        places_to_offer(track, NOW)
    pods.join(" ".join(f"Late{number}" for number in range(25)), Role.PEER, "Biology")
    with django_assert_num_queries(len(few)):
        assert places_to_offer(track, NOW).count == 26
