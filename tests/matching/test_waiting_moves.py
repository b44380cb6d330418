"""A latecomer in every shape: first the place that moves nobody, and a single move only where it is better."""

from itertools import product

import pytest

from matching import services
from matching.models import Match, Proposal
from matching.queries.seating import Sit, seating_on
from matching.queries.waiting import waiting_list
from matching.queries.waiting_many import places_to_offer
from programs.models import Role
from tests.factories.programs import NOW
from tests.factories.villages import ALWAYS, FRIDAYS, TUESDAYS, Village, make_village

pytestmark = pytest.mark.django_db


def publish(village: Village) -> Proposal:
    draft = village.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    return draft


def groups_in(village: Village, proposal: Proposal) -> set[str]:
    return {village.names(match) for match in Match.objects.filter(proposal=proposal)}


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def peers() -> Village:
    """Ann and Ben speak English, and are offered to each other."""
    village = make_village("peer")
    village.join("Ann Ben", Role.PEER, "Art", language="English")
    return village


def test_a_late_peer_meets_another_one_who_waits_and_nobody_moves(peers):
    publish(peers)
    peers.join("Cal Dee", Role.PEER, "Art")
    [cal, dee] = waiting_list(peers.track).waiting
    assert (cal.without.partner.name, cal.without.score, cal.with_move) == ("Dee Hill", 10, None)
    assert (dee.without.partner.name, dee.with_move) == ("Cal Hill", None)


def test_the_cheapest_move_of_peers_places_both_who_wait():
    """Cal and Dee said no to each other; Ann and Ben are offered to each other, and each of them fits both."""
    village = make_village("peer")
    village.join("Cal Dee", Role.PEER, "Art")
    first = publish(village)
    services.answer_seat(seat=first.matches.get().seats.earliest("pk"), accept=False, now=NOW)
    village.join("Ann Ben", Role.PEER, "Art")
    draft = village.propose()
    services.rearrange(
        proposal=draft,
        pairs=[(village.id("Ann"), village.id("Ben"))],
        out=[],
        reason="",
        version=draft.version,
        by=None,
        now=NOW,
    )
    draft.refresh_from_db()
    services.publish(proposal=draft, by=None, now=NOW)
    assert groups_in(village, draft) == {"Ann Ben"}
    listed = {each.person.name: each for each in waiting_list(village.track).waiting}
    assert set(listed) == {"Cal Hill", "Dee Hill"}
    cal = listed["Cal Hill"]
    assert cal.without is None
    assert (cal.with_move.score, cal.with_move.gain, cal.with_move.moved_to.name) == (10, 10, "Dee Hill")
    made = services.propose_for_waiting(track=village.track, pairs=cal.with_move.pairs, by=None, now=NOW)
    partner, moved = cal.with_move.partner.person.name, cal.with_move.moved.person.name
    assert groups_in(village, made) == {" ".join(sorted(("Cal", partner))), " ".join(sorted(("Dee", moved)))}
    assert made.left_over == []


def test_an_odd_peer_joins_a_pair_as_a_third_where_the_model_has_threes(peers, client):
    publish(peers)
    peers.join("Cal", Role.PEER, "Art")
    [cal] = waiting_list(peers.track).waiting
    assert (cal.without, cal.with_move.third is not None, cal.with_move.score) == (None, True, 20)
    made = services.propose_for_waiting(track=peers.track, pairs=cal.with_move.pairs, by=None, now=NOW)
    assert (groups_in(peers, made), made.placed, made.total) == ({"Ann Ben Cal"}, 3, 30)
    services.publish(proposal=made, by=None, now=NOW)
    three = Match.objects.get(proposal=made)
    for seat in three.seats.all():
        services.answer_seat(seat=seat, accept=True, now=NOW)
    three.refresh_from_db()
    assert three.state == "active"


def test_who_has_said_yes_to_a_pair_gets_no_third(peers):
    draft = publish(peers)
    services.answer_seat(seat=draft.matches.get().seats.earliest("pk"), accept=True, now=NOW)
    peers.join("Cal", Role.PEER, "Art")
    [cal] = waiting_list(peers.track).waiting
    assert (cal.without, cal.with_move) == (None, None)


def test_where_there_are_no_threes_an_odd_person_waits():
    village = make_village("co_mentoring")
    village.join("Ann Ben", Role.PEER, "Art")
    publish(village)
    village.join("Cal", Role.PEER, "Art")
    [cal] = waiting_list(village.track).waiting
    assert (cal.without, cal.with_move) == (None, None)


def test_a_better_move_of_groups_stands_below_the_free_place_and_is_the_best_of_all():
    """The circle of Art is full, as Bix of Biology sits in it: Lea has room among strangers, or in the place of Bix."""
    village = make_village("circle", capacity=5)
    village.join("Mo Max", Role.MENTOR, "Art")
    village.join("Abe Ada Ali Amy", Role.MENTEE, "Art")
    village.join("Bea Bob Ben Bo Bix", Role.MENTEE, "Biology")
    draft = village.propose()
    sits = [village.sit("Bix", village.of(draft, "Bix"), village.of(draft, "Ada"))]
    services.reseat(proposal=draft, sits=sits, by=None, now=NOW)
    draft.refresh_from_db()
    services.publish(proposal=draft, by=None, now=NOW)
    village.join("Lea", Role.MENTEE, "Art")
    [lea] = places_to_offer(village.track, NOW).waiting
    seating = seating_on(village.track, NOW)
    person = village.id("Lea")
    alone = [seating.after([Sit(person, 0, table.pk)]) for table in seating.tables]
    assert lea.without.gain == max(
        sum(e.gain for e in each) for each in alone if not any(e.verdict.problem for e in each)
    )
    moves = [
        seating.after([Sit(person, 0, here.pk), Sit(other.enrolment_id, here.pk, there.pk)])
        for here, there in product(seating.tables, repeat=2)
        for other in here.members
        if here is not there and other.role == "mentee"
    ]
    best = max((sum(e.gain for e in each) for each in moves if not any(e.verdict.problem for e in each)), default=None)
    assert (lea.without.gain, best, lea.with_move.gain) == (10, 90, 90)
    assert "while Bix Hill moves to" in lea.with_move.title


def test_a_session_that_costs_less_by_a_move_is_named_beside_the_free_one():
    """Fred is free for Lea and worth nothing; Alma is worth 10, and Ada can have Fred without losing anything."""
    village = make_village("flash", capacity=1)
    village.join("Alma", Role.MENTOR, "Art", time=TUESDAYS)
    village.join("Ada", Role.MENTEE, "Biology", time=ALWAYS)
    draft = publish(village)
    assert groups_in(village, draft) == {"Ada Alma"}
    village.join("Fred", Role.MENTOR, "Dance", time=FRIDAYS)
    village.join("Lea", Role.MENTEE, "Art", time=ALWAYS)
    [lea] = places_to_offer(village.track, NOW).waiting
    assert (lea.without.title, lea.without.gain, lea.with_move.gain) == ("Fred Hill", 0, 10)
    assert lea.with_move.effects == ("Lea Hill with Alma Hill: 10 points.", "Ada Hill with Fred Hill: 0 → 0.")


def test_a_network_with_a_move_is_named_only_where_it_is_better():
    """Max is free and of Biology; Mo, who has not answered, is of Art as Una is, and costs Tom 10 points."""
    village = make_village("distributed", capacity=1)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Tom", Role.MENTEE, "Biology")
    village.join("Pat Pia", Role.PEER, "Biology")
    publish(village)
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Una", Role.MENTEE, "Art")
    village.join("Pru Pip", Role.PEER, "Art")
    [una] = places_to_offer(village.track, NOW).waiting
    assert (una.without.gain, una.with_move.gain) == (20, 40)
    assert any(effect.endswith(": 20 → 30.") for effect in una.with_move.effects)
