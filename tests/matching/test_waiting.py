"""Latecomers and people who were declined: the next best, a small proposal, and nobody else disturbed."""

import pytest

from mail.models import Message
from matching import services
from matching.errors import CannotMatch, SwapRefused
from matching.models import Match, Proposal, Seat
from matching.queries.proposals import matches_by_email
from matching.queries.waiting import waiting_list
from programs.models import Role
from tests.factories.programs import NOW

PAGE = "/programs/town/matching/waiting/mentoring/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def names(draft) -> set[str]:
    return {" ".join(address.split("@")[0] for address in pair) for pair in matches_by_email(draft)}


@pytest.fixture
def published(town, alice) -> Proposal:
    draft = town.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    draft.refresh_from_db()
    return draft


def test_before_anything_is_published_there_is_nobody_to_wait(town, alice, client):
    assert "Nothing is published in Mentoring yet" in text(client.get(PAGE))
    with pytest.raises(CannotMatch):
        services.propose_for_waiting(track=town.track, by=None, now=NOW)
    assert client.get("/programs/town/matching/waiting/elsewhere/").status_code == 404


def test_a_latecomer_gets_a_free_place_and_everybody_else_keeps_theirs(town, published, client):
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    town.join("Wim", Role.MENTEE, "Starting", "Law")
    page = text(client.get(PAGE))
    assert "2 people wait for a match in Mentoring" in page
    assert "Olga Town</span> has a free place: 12 points. Nobody moves." in page
    before, mails = Match.objects.count(), Message.objects.count()
    client.get(PAGE)
    assert Match.objects.count() == before
    response = client.post(PAGE)
    draft = Proposal.objects.get(state="draft")
    assert response["Location"].endswith(f"/matching/{draft.number}/")
    assert {"mona tom", "nils una"} < names(draft)
    assert (draft.placed, draft.possible, len(draft.left_over), draft.optimal) == (3, 3, 1, True)
    assert Message.objects.count() == mails
    # The page reads the clock, the rest of this test has a time of its own.
    Proposal.objects.filter(pk=draft.pk).update(created_at=NOW)
    done = services.publish(proposal=draft, by=None, now=NOW)
    assert (done.offers, done.kept, done.withdrawn) == (1, 2, 0)


def test_a_single_move_is_shown_before_it_is_made(town, published, client):
    """Vera fits Mona alone, who is full; Tom could go to Olga, for fewer points than he has."""
    town.join("Olga", Role.MENTOR, "Experienced", "Chemistry")
    listed = waiting_list(town.track)
    [vera] = listed.waiting
    assert (vera.person.name, vera.without) == ("Vera Town", None)
    move = vera.with_move
    assert (move.partner.name, move.moved.name, move.moved_to.name) == ("Mona Town", "Tom Town", "Olga Town")
    assert (move.score, move.moved_before, move.moved_after, move.gain) == (9, 12, 9, 6)
    assert "Tom Town</span> would move from" in text(client.get(PAGE))
    client.post(PAGE, {"pair": [f"{one}-{other}" for one, other in move.pairs]})
    draft = Proposal.objects.get(state="draft")
    assert (names(draft), draft.total) == ({"mona vera", "olga tom", "nils una"}, published.total + 6)


def test_who_has_said_yes_never_moves(town, published):
    for name in ("Tom", "Mona"):
        services.answer_seat(seat=town.seat(published, name), accept=True, now=NOW)
    olga = town.join("Olga", Role.MENTOR, "Experienced", "Chemistry")
    [vera] = waiting_list(town.track).waiting
    assert (vera.without, vera.with_move) == (None, None)
    tom, mona, vera_ = (town.people[each].pk for each in ("Tom", "Mona", "Vera"))
    with pytest.raises(SwapRefused, match=r"^Tom Town has no free place left\.$"):
        services.propose_for_waiting(track=town.track, pairs=[(vera_, mona), (tom, olga.pk)], by=None, now=NOW)
    assert Seat.objects.get(enrolment=tom, live=True).match.state == "active"
    assert not Proposal.objects.filter(state="draft").exists()


def test_after_a_no_the_next_best_is_offered_and_not_the_same_again(town, published, client):
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    services.answer_seat(seat=town.seat(published, "Tom"), accept=False, now=NOW)
    shown = {each.person.name: each for each in waiting_list(town.track).waiting}
    assert set(shown) == {"Tom Town", "Vera Town"}
    assert shown["Tom Town"].without.partner.name == "Olga Town"
    board = text(client.get(f"/programs/town/matching/{published.number}/"))
    assert 'Next best<span class="vh"> for Tom Town' in board


def test_a_rule_stands_against_a_place_and_nothing_is_left_behind(town, published, client):
    town.join("Olga", Role.MENTOR, "Lead", "Chemistry")
    vera, olga = town.people["Vera"].pk, town.people["Olga"].pk
    refused = client.post(PAGE, {"pair": f"{vera}-{olga}"}, follow=True)
    assert "“Other department” forbids it." in text(refused)
    assert not Proposal.objects.filter(state="draft").exists()
