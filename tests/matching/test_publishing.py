"""Publishing: once, over unchanged people, and never more matches than places."""

import datetime as dt

import pytest

from mail.models import Message
from matching import services
from matching.errors import AlreadyPublished, CannotMatch, ChangedMeanwhile, DataChanged, NotADraft
from matching.models import Match, Proposal, Seat
from participants.models import AuditEntry
from programs.models import Enrolment, Program, Role
from tests.factories.programs import NOW

LATER = NOW + dt.timedelta(hours=1)


def mails(kind: str) -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind=kind).order_by("recipient__email", "pk")
    return [(row.recipient.email.split("@")[0], row.state) for row in rows]


def test_every_match_is_offered_and_everybody_in_it_gets_one_mail(town):
    draft = town.propose(capacity=2)
    done = services.publish(proposal=draft, by=None, now=NOW)
    assert (done.offers, done.mails, done.kept, done.withdrawn) == (3, 6, 0, 0)
    assert mails("match-offer") == [
        ("mona", "pending"),
        ("mona", "pending"),
        ("nils", "pending"),
        ("tom", "pending"),
        ("una", "pending"),
        ("vera", "pending"),
    ]
    offered = Match.objects.get(pk=town.match(draft, "Mona", "Tom").pk)
    assert (offered.state, offered.offered_at, offered.answer_until) == ("offered", NOW, NOW + dt.timedelta(days=14))
    assert Message.objects.filter(expires_at=NOW + dt.timedelta(days=14)).count() == 6
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == ("published", NOW)
    assert Program.objects.get().state == "running"


def test_a_mentor_with_two_mentees_holds_two_numbered_places(town):
    services.publish(proposal=town.propose(capacity=2), by=None, now=NOW)
    seats = Seat.objects.filter(enrolment=town.people["Mona"]).order_by("place")
    assert [(seat.live, seat.place, seat.places) for seat in seats] == [(True, 1, 2), (True, 2, 2)]
    assert {(s.place, s.places) for s in Seat.objects.filter(role=Role.MENTEE)} == {(1, 1)}


def test_it_is_written_down_who_published(town, alice):
    draft = town.propose()
    services.publish(proposal=draft, by=alice, now=NOW)
    entry = AuditEntry.objects.get(verb="proposal published")
    assert (entry.by, entry.program_id, entry.detail) == (
        alice,
        town.track.program_id,
        {"offers": 2, "mails": 4, "withdrawn": 0},
    )


def test_the_second_coordinator_hears_who_was_first(town, alice):
    draft = town.propose()
    services.publish(proposal=draft, by=alice, now=NOW)
    with pytest.raises(AlreadyPublished) as caught:
        services.publish(proposal=draft, by=None, now=NOW)
    assert str(caught.value) == f"Proposal {draft.number} was already published by {alice.name}."
    assert Message.objects.count() == 4


def test_an_older_draft_is_not_published_over_a_newer_one(town, alice):
    older, newer = town.propose(), town.propose()
    services.publish(proposal=newer, by=alice, now=LATER)
    with pytest.raises(AlreadyPublished) as caught:
        services.publish(proposal=older, by=None, now=LATER)
    assert str(caught.value) == (
        f"Proposal {newer.number} was already published by {alice.name}. Proposal {older.number} is older than that."
    )
    assert Proposal.objects.get(state="published") == newer


@pytest.mark.parametrize("change", ["answers", "places", "rules", "leaves", "joins"])
def test_over_changed_data_nothing_is_published(town, change):
    draft = town.propose()
    tom = Enrolment.objects.filter(pk=town.people["Tom"].pk)
    {
        "answers": lambda: tom.update(answers={"level": "Starting", "department": "Dance"}),
        "places": lambda: Enrolment.objects.filter(pk=town.people["Mona"].pk).update(capacity=2),
        "rules": lambda: services.remove_rule(rule=town.track.plan.rules.first(), by=None, now=NOW),
        "leaves": lambda: tom.update(state="left", left_at=NOW),
        "joins": lambda: town.join("Zoe", Role.MENTEE, "Starting", "Art"),
    }[change]()
    with pytest.raises(DataChanged):
        services.publish(proposal=draft, by=None, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, Message.objects.count(), Seat.objects.filter(live=True).count()) == ("draft", 0, 0)


def test_a_draft_changed_since_it_was_checked_is_not_published(town):
    draft = town.propose()
    services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        services.publish(proposal=draft, version=1, by=None, now=NOW)
    assert services.publish(proposal=draft, version=2, by=None, now=NOW).offers == 2


@pytest.mark.parametrize("state", ["queued", "running", "failed", "discarded"])
def test_only_a_draft_can_be_published(town, state):
    draft = town.propose()
    Proposal.objects.update(state=state)
    with pytest.raises(NotADraft):
        services.publish(proposal=draft, by=None, now=NOW)


def test_a_closed_program_is_not_matched_any_more(town):
    draft = town.propose()
    Program.objects.update(state="closed")
    with pytest.raises(CannotMatch) as caught:
        services.publish(proposal=draft, by=None, now=NOW)
    assert str(caught.value) == "The program is closed: nothing is published in it any more."
    assert Message.objects.count() == 0
    with pytest.raises(CannotMatch):
        services.start_proposal(track=town.track, by=None, now=NOW)


def test_a_later_proposal_takes_back_what_nobody_has_accepted_and_keeps_what_is_the_same(town):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    same, gone = town.match(first, "Nils", "Una"), town.match(first, "Mona", "Tom")
    Enrolment.objects.filter(pk=town.people["Tom"].pk).update(answers={"level": "Lead", "department": "Biology"})
    second = town.propose()
    Proposal.objects.filter(pk=second.pk).update(created_at=LATER)
    second.refresh_from_db()
    done = services.publish(proposal=second, by=None, now=LATER)
    assert (done.offers, done.mails, done.kept, done.withdrawn) == (1, 2, 1, 1)
    same.refresh_from_db()
    gone.refresh_from_db()
    assert (same.state, same.proposal_id, same.offered_at) == ("offered", second.pk, NOW)
    assert (gone.state, gone.end_reason, gone.ended_at) == ("ended", "replaced", LATER)
    assert Seat.objects.filter(match=gone, live=True).count() == 0
    # Mona has another offer instead; only Tom, who has none, is told.
    assert mails("match-over") == [("tom", "pending")]
    assert [p.state for p in Proposal.objects.order_by("number")] == ["replaced", "published"]
    assert Message.objects.filter(subject_id=gone.pk, kind="match-offer", state="cancelled").count() == 2


def test_a_match_that_is_on_outlives_the_proposal_it_came_from(town):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    for name in ("Mona", "Tom"):
        services.answer_seat(seat=town.seat(first, name), accept=True, now=NOW)
    second = town.propose()
    Proposal.objects.filter(pk=second.pk).update(created_at=LATER)
    second.refresh_from_db()
    services.publish(proposal=second, by=None, now=LATER)
    kept = town.match(first, "Mona", "Tom")
    assert (kept.state, kept.seats.filter(live=True).count()) == ("active", 2)


def test_nobody_gets_more_than_their_places_even_if_the_proposal_says_so(town):
    """A wrong proposal, of which the hash knows nothing: the last door is the numbering of places."""
    draft = town.propose(capacity=2)
    Seat.objects.filter(enrolment=town.people["Nils"]).update(enrolment=town.people["Mona"])
    with pytest.raises(CannotMatch) as caught:
        services.publish(proposal=draft, by=None, now=NOW)
    assert str(caught.value) == "Mona Town has no free place left."
    assert (Seat.objects.filter(live=True).count(), Message.objects.count()) == (0, 0)
