"""Locks, swaps and undo on a draft."""

import pytest

from matching import services
from matching.errors import ChangedMeanwhile, MatchingError, NotADraft, SwapRefused
from matching.models import Match
from matching.queries.board import board_of, find
from matching.queries.places import Places
from matching.queries.proposals import matches_by_email
from programs.models import Enrolment, Role
from tests.factories.matching import Town, make_pair
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory


@pytest.fixture
def wide(town: Town) -> Town:
    """Two more people, so that a swap is possible: Olga (Lead, Dance) takes Wim (Starting, Law)."""
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    town.join("Wim", Role.MENTEE, "Starting", "Law")
    return town


def test_a_swap_changes_both_pairs_their_scores_and_their_reasons(wide):
    draft = wide.propose()
    before = matches_by_email(draft)
    mona, olga = (Match.objects.get(proposal=draft, seats__enrolment=wide.people[name]) for name in ("Mona", "Olga"))
    total = draft.total
    after = services.swap(one=mona, other=olga, by=None, now=NOW)
    changed = matches_by_email(draft)
    assert changed != before
    assert [pair for pair in changed if pair[0] == "nils@example.org"] == [["nils@example.org", "una@example.org"]]
    assert after.total == sum(draft.matches.values_list("score", flat=True)) == total
    for match in draft.matches.all():
        assert sum(share["points"] for share in match.shares) == match.score
        members = {str(pk) for pk in match.seats.values_list("enrolment_id", flat=True)}
        assert set(match.shares[1]["told"]) == members
    assert after.optimal is True
    assert after.version == 2


def test_a_swap_for_the_worse_is_no_longer_called_optimal_and_undo_gives_that_back(wide):
    FieldFactory.create(program=wide.track.program, slug="hobby", label="Hobby")
    hobby = services.RuleSpec(kind="equal", label="Hobby", taker_field="hobby", giver_field="hobby", strength="mid")
    services.add_rule(plan=wide.track.plan, spec=hobby, by=None, now=NOW)
    for name in ("Mona", "Tom"):
        wide.people[name].answers["hobby"] = "Chess"
        wide.people[name].save()
    draft = wide.propose()
    assert (draft.total, draft.optimal) == (43, True)
    pairs = {frozenset(pair) for pair in matches_by_email(draft)}
    one, other = wide.match(draft, "Mona", "Tom"), wide.match(draft, "Olga", "Wim")
    after = services.swap(one=one, other=other, by=None, now=NOW)
    assert (after.optimal, after.total, after.bound) == (False, 33, 43)
    undone = services.undo(proposal=draft, by=None, now=NOW)
    assert (undone.optimal, undone.total, board_of(undone).undo_name) == (True, draft.total, "")
    assert {frozenset(pair) for pair in matches_by_email(draft)} == pairs
    assert board_of(undone).redo_name == "swap Tom and Wim"
    redone = services.redo(proposal=draft, by=None, now=NOW)
    assert (redone.optimal, redone.total, board_of(redone).redo_name) == (False, 33, "")
    assert services.redo(proposal=draft, by=None, now=NOW).version == redone.version


def test_a_swap_that_breaks_a_rule_is_refused_with_its_name_and_changes_nothing(town):
    draft = town.propose()
    before = matches_by_email(draft)
    with pytest.raises(SwapRefused) as caught:
        services.swap(one=town.match(draft, "Mona", "Tom"), other=town.match(draft, "Nils", "Una"), by=None, now=NOW)
    assert str(caught.value) == "Tom Town and Nils Town cannot be matched: “Other department” forbids it."
    draft.refresh_from_db()
    assert (matches_by_email(draft), draft.version, draft.steps) == (before, 1, [])


def test_a_locked_pair_is_not_swapped(wide):
    draft = wide.propose()
    mona, olga = (Match.objects.get(proposal=draft, seats__enrolment=wide.people[name]) for name in ("Mona", "Olga"))
    services.lock(match=olga, by=None, now=NOW)
    with pytest.raises(SwapRefused) as caught:
        services.swap(one=mona, other=olga, by=None, now=NOW)
    assert str(caught.value) == "Tom Town and Olga Town are locked. Unlock them first."


def test_two_mentees_of_one_mentor_have_nothing_to_swap(town):
    draft = town.propose(capacity=2)
    with pytest.raises(SwapRefused) as caught:
        services.swap(one=town.match(draft, "Mona", "Tom"), other=town.match(draft, "Mona", "Vera"), by=None, now=NOW)
    assert str(caught.value) == "Both are with the same mentor already."


def test_locks_are_undone_by_name_newest_first(town):
    draft = town.propose()
    tom, una = town.match(draft, "Mona", "Tom"), town.match(draft, "Nils", "Una")
    services.lock(match=tom, by=None, now=NOW)
    services.lock(match=una, by=None, now=NOW)
    services.unlock(match=una, by=None, now=NOW)
    draft.refresh_from_db()
    assert board_of(draft).undo_name == "unlock Una and Nils"
    services.undo(proposal=draft, by=None, now=NOW)
    draft.refresh_from_db()
    assert board_of(draft).undo_name == "lock Una and Nils"
    services.undo(proposal=draft, by=None, now=NOW)
    services.undo(proposal=draft, by=None, now=NOW)
    assert services.undo(proposal=draft, by=None, now=NOW).version == 7
    assert Match.objects.filter(locked=True).count() == 0


def test_locking_what_is_locked_changes_nothing(town):
    draft = town.propose()
    tom = town.match(draft, "Mona", "Tom")
    services.lock(match=tom, by=None, now=NOW)
    assert services.lock(match=tom, by=None, now=NOW).version == 2


def test_two_people_never_overwrite_each_other(town):
    draft = town.propose()
    services.lock(match=town.match(draft, "Mona", "Tom"), version=1, by=None, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        services.lock(match=town.match(draft, "Nils", "Una"), version=1, by=None, now=NOW)
    assert Match.objects.filter(locked=True).count() == 1


def test_a_published_proposal_is_not_changed_any_more(town):
    draft = town.propose()
    services.publish(proposal=draft, by=None, now=NOW)
    with pytest.raises(NotADraft) as caught:
        services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    assert str(caught.value) == f"Proposal {draft.number} is published and cannot be changed."


def test_matches_of_two_proposals_are_not_swapped(town):
    one, two = town.propose(), town.propose()
    with pytest.raises(SwapRefused):
        services.swap(one=town.match(one, "Mona", "Tom"), other=town.match(two, "Nils", "Una"), by=None, now=NOW)


def test_the_board_puts_the_weakest_first_and_shows_swaps_by_gain(wide):
    draft = wide.propose()
    board = board_of(draft)
    assert [(row.section, row.match.score) for row in board.page] == [("good", 9), ("good", 12), ("good", 12)]
    assert {key: count for key, (_, _, count) in board.sections.items()} == {"good": 3}
    chosen = Match.objects.get(proposal=draft, seats__enrolment=wide.people["Mona"])
    board = board_of(find(draft.program, draft.number) or draft, swap=chosen.pk)
    assert board.page[0].match == board.swapping.match == chosen
    gains = [row.after.gain(row.match.score, chosen.score) for row in board.page[1:]]
    assert gains == sorted(gains, reverse=True)


def test_a_row_that_is_not_there_cannot_be_chosen_for_a_swap(town):
    draft = town.propose()
    with pytest.raises(MatchingError):
        board_of(find(draft.program, draft.number) or draft, swap=10**9)


def test_dots_say_how_many_places_of_a_mentor_are_taken(town, client, alice):
    """Those of earlier matches that are on count; offers nobody has answered do not, as publishing takes them back."""
    Enrolment.objects.filter(pk=town.people["Mona"].pk).update(capacity=3)
    draft = town.propose()
    mine = {row.giver.name: row.giver.places for row in board_of(draft).page}
    assert mine[town.people["Mona"].user.name] == Places(2, 3)
    make_pair(town.people["Mona"], EnrolmentFactory.create(track=town.track, role="mentee"))
    make_pair(town.people["Mona"], EnrolmentFactory.create(track=town.track, role="mentee"), state="offered")
    mine = {row.giver.name: row.giver.places for row in board_of(draft).page}
    assert mine[town.people["Mona"].user.name] == Places(3, 3)
    assert (Places(2, 3).filled, Places(2, 3).empty) == ([5, 16], [27])
    shown = client.get(f"/programs/town/matching/{draft.number}/").content.decode()
    assert "3 of 3 places taken" in " ".join(shown.split())
    page = client.get(f"/programs/town/matching/{draft.number}/for/{town.people['Mona'].pk}/").content.decode()
    assert "3 of 3 places taken" in " ".join(page.split())
