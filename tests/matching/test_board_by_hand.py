"""Putting people together by hand: moves, room made for them, rules overridden with a reason, and all of it undone."""

import pytest

from matching import services
from matching.errors import MatchingError, SwapRefused
from matching.models import Match
from matching.queries.proposals import matches_by_email
from participants.models import AuditEntry
from programs.models import Enrolment, Role
from tests.factories.programs import NOW


def by_hand(town, draft, *pairs, out=(), **more):
    ids = [tuple(town.people[name].pk for name in pair) for pair in pairs]
    gone = [town.people[name].pk for name in out]
    return services.rearrange(proposal=draft, pairs=ids, out=gone, by=None, now=NOW, **more)


def names(draft) -> set[str]:
    return {" ".join(address.split("@")[0] for address in pair) for pair in matches_by_email(draft)}


def left(draft, town) -> list[str]:
    by_id = {enrolment.pk: name for name, enrolment in town.people.items()}
    return sorted(by_id[entry["enrolment"]] for entry in draft.left_over)


def run_again(draft):
    queued = services.start_proposal(track=draft.track, based_on=draft, by=None, now=NOW)
    done = services.run_proposal(queued.pk, clock=lambda: NOW)
    assert done.state == "draft", done.error
    return done


def test_somebody_left_over_takes_a_place_and_the_other_is_left_over_with_a_reason(town):
    draft = town.propose()
    after = by_hand(town, draft, ("Vera", "Mona"), out=["Tom"])
    assert names(draft) == {"mona vera", "nils una"}
    assert (after.placed, after.total, after.optimal) == (2, 18, False)
    assert left(after, town) == ["Tom"]
    assert after.left_over[0]["reason"] == "The only mentor who fits has no free place: Mona Town."
    undone = services.undo(proposal=draft, by=None, now=NOW)
    assert names(draft) == {"mona tom", "nils una"}
    assert (undone.placed, undone.total, undone.optimal, left(undone, town)) == (2, 21, True, ["Vera"])
    services.redo(proposal=draft, by=None, now=NOW)
    assert names(draft) == {"mona vera", "nils una"}


def test_a_free_place_is_taken_without_moving_anybody(town):
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    draft = town.propose()
    with_olga = next(pair for pair in names(draft) if "olga" in pair)
    person = with_olga.removeprefix("olga ").title()
    out = by_hand(town, draft, out=[person])
    assert (out.placed, left(out, town)) == (2, [person])
    assert out.left_over[0]["reason"].startswith("The 2 mentors who fit have no free place")
    again = by_hand(town, draft, (person, "Olga"))
    assert (again.placed, left(again, town)) == (3, [])


def test_nobody_gets_more_people_than_places(town):
    draft = town.propose()
    with pytest.raises(SwapRefused) as caught:
        by_hand(town, draft, ("Vera", "Mona"))
    assert str(caught.value) == "Mona Town has no free place left."
    draft.refresh_from_db()
    assert (names(draft), draft.version) == ({"mona tom", "nils una"}, 1)


def test_a_rule_stands_unless_a_reason_is_given_which_is_kept(town):
    draft = town.propose()
    with pytest.raises(SwapRefused) as caught:
        by_hand(town, draft, ("Tom", "Nils"), out=["Una"])
    assert str(caught.value) == "Tom Town and Nils Town cannot be matched: “Other department” forbids it."
    by_hand(town, draft, ("Tom", "Nils"), out=["Una"], reason="  Both asked for it  ")
    match = town.match(draft, "Tom", "Nils")
    hand = match.shares[-1]
    assert (hand["sentence"], hand["points"], hand["told"]) == ("Matched by hand: Both asked for it", 0, {})
    assert sum(share["points"] for share in match.shares) == match.score
    entry = AuditEntry.objects.get(verb="matched by hand")
    assert entry.detail == {"reason": "Both asked for it"}
    draft.refresh_from_db()
    assert draft.optimal is False
    services.undo(proposal=draft, by=None, now=NOW)
    services.redo(proposal=draft, by=None, now=NOW)
    assert town.match(draft, "Tom", "Nils").shares[-1]["sentence"] == "Matched by hand: Both asked for it"


def test_what_stands_against_a_rule_is_locked_and_stays_with_its_reason_when_run_again(town):
    draft = town.propose()
    by_hand(town, draft, ("Tom", "Nils"), out=["Una"], reason="Both asked for it")
    assert town.match(draft, "Tom", "Nils").locked
    again = run_again(draft)
    kept = town.match(again, "Tom", "Nils")
    assert (kept.locked, kept.shares[-1]["sentence"]) == (True, "Matched by hand: Both asked for it")
    assert sum(share["points"] for share in kept.shares) == kept.score
    services.unlock(match=kept, by=None, now=NOW)
    assert "nils tom" not in names(run_again(again))


def test_an_exception_that_was_kept_can_be_published(town):
    draft = town.propose()
    by_hand(town, draft, ("Tom", "Nils"), out=["Una"], reason="Both asked for it")
    again = run_again(draft)
    assert services.publish(proposal=again, by=None, now=NOW).offers == again.matches.count()


def test_a_reason_covers_the_pair_it_is_given_for_and_no_other(town):
    draft = town.propose()
    with pytest.raises(SwapRefused) as caught:
        by_hand(town, draft, ("Vera", "Mona"), ("Tom", "Nils"), out=["Una"], reason="For Vera")
    assert str(caught.value) == "Tom Town and Nils Town cannot be matched: “Other department” forbids it."


def test_no_reason_overrides_what_nobody_may(town):
    both = Enrolment.objects.create(
        track=town.track, user=town.people["Tom"].user, role=Role.MENTOR, joined_at=NOW, answers={}
    )
    town.people["Tom as mentor"] = both
    draft = town.propose()
    with pytest.raises(SwapRefused, match=r"^Tom Town cannot be matched with themselves.$"):
        by_hand(town, draft, ("Tom", "Tom as mentor"), reason="Why not")


def test_who_said_no_is_not_matched_again_for_any_reason(town):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    services.answer_seat(seat=town.seat(first, "Tom"), accept=False, now=NOW)
    draft = town.propose()
    out = ["Vera"] if "mona vera" in names(draft) else []
    with pytest.raises(SwapRefused, match="cannot be proposed again: they are matched, or one of them said no"):
        by_hand(town, draft, ("Tom", "Mona"), out=out, reason="They talked")


def test_locked_pairs_stay_until_they_are_unlocked(town):
    draft = town.propose()
    services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    with pytest.raises(SwapRefused, match=r"^Tom Town and Mona Town are locked. Unlock them first.$"):
        by_hand(town, draft, ("Vera", "Mona"), out=["Tom"])


def test_nobody_is_put_in_two_places_and_nothing_is_not_a_step(town):
    draft = town.propose()
    with pytest.raises(SwapRefused, match=r"^Each person can be put in one place only.$"):
        by_hand(town, draft, ("Vera", "Mona"), out=["Vera"])
    with pytest.raises(MatchingError, match=r"^Say who is to be with whom.$"):
        by_hand(town, draft)
    with pytest.raises(MatchingError, match=r"^A reason has at most 300 letters.$"):
        by_hand(town, draft, ("Vera", "Mona"), out=["Tom"], reason="x" * 301)
    with pytest.raises(SwapRefused, match="does not take part any more"):
        services.rearrange(proposal=draft, pairs=[(town.people["Vera"].pk, 999_999)], by=None, now=NOW)
    assert Match.objects.filter(proposal=draft).count() == 2
