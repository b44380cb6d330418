"""From people and rules to a stored proposal, against answers found by hand."""

import datetime as dt

import pytest

from matching import services
from matching.errors import CannotMatch, MatchingError
from matching.models import Match, Proposal
from matching.queries.proposals import matches_by_email, unplaced
from matching.services.shapes import SHAPES
from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Enrolment, Role
from programs.services import change_enrolment, leave
from tests.factories.matching import ABOVE
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, TrackFactory

MINUTE = dt.timedelta(minutes=1)


def outcome(proposal: Proposal) -> tuple[str, int, int, int, int, bool]:
    p = proposal
    return p.state, p.placed, p.possible, p.total, p.bound, p.optimal


def test_the_best_matching_is_stored_with_its_proof(town):
    done = town.propose()
    assert outcome(done) == ("draft", 2, 2, 21, 21, True)
    assert matches_by_email(done) == [
        ["mona@example.org", "tom@example.org"],
        ["nils@example.org", "una@example.org"],
    ]
    assert done.max_points == 12


def test_a_capacity_for_one_run_replaces_the_tracks_own_but_not_a_mentors_word(town):
    assert outcome(town.propose(capacity=2)) == ("draft", 3, 3, 30, 30, True)
    Enrolment.objects.filter(pk=town.people["Mona"].pk).update(capacity=1)
    assert outcome(town.propose(capacity=2)) == ("draft", 2, 2, 21, 21, True)
    Enrolment.objects.filter(pk=town.people["Mona"].pk).update(capacity=0)
    assert outcome(town.propose(capacity=2)) == ("draft", 1, 1, 9, 9, True)


def test_who_is_left_over_hears_of_the_rules_and_of_who_is_full(town):
    assert unplaced(town.propose()) == [
        {
            "email": "vera@example.org",
            "reason": "The only mentor who fits has no free place: Mona Town. "
            "“Level above” keeps 1 of 2 mentors away, 1 of them for no other reason.",
        }
    ]
    town.join("Zoe", Role.MENTEE, "Lead", "Art")
    assert unplaced(town.propose())[1] == {
        "email": "zoe@example.org",
        "reason": "None of 2 mentors fits. “Level above” keeps 2 of 2 mentors away, 1 of them for no other reason. "
        "“Other department” keeps 1 of 2 mentors away.",
    }


def test_the_order_in_which_people_joined_decides_nothing(town):
    for name in ("Ida", "Jim"):
        town.join(name, Role.MENTEE, "Starting", "Biology")
    first = matches_by_email(town.propose())
    users = {name: enrolment.user for name, enrolment in town.people.items()}
    rows = [(e.user, e.role, e.answers) for e in town.people.values()]
    Enrolment.objects.all().delete()
    for user, role, answers in reversed(rows):
        EnrolmentFactory.create(track=town.track, user=user, role=role, answers=answers)
    assert users
    assert matches_by_email(town.propose()) == first


def test_each_member_has_reasons_in_words_that_add_up(town):
    match = town.match(town.propose(), "Mona", "Tom")
    mona, tom = str(town.people["Mona"].pk), str(town.people["Tom"].pk)
    assert [(s["label"], s["points"], s["max_points"], s["met"]) for s in match.shares] == [
        ("Other department", 0, 0, True),
        ("Level above", 12, 12, True),
    ]
    assert match.shares[1]["sentence"] == "Level: Lead is 2 levels above Starting"
    assert match.shares[1]["told"] == {tom: "Two levels ahead of you", mona: "Two levels behind you"}
    assert sum(share["points"] for share in match.shares) == match.score == 12


def test_what_is_not_shared_is_told_to_nobody(town):
    town.track.program.fields.update(shared=False)
    assert [share["told"] for share in town.match(town.propose(), "Mona", "Tom").shares] == [{}, {}]


def test_a_locked_pair_stays_in_the_next_run_and_stays_locked(town):
    first = town.propose()
    vera = services.start_proposal(track=town.track, by=None, now=NOW)
    assert vera.number == first.number + 1
    town.join("Wim", Role.MENTEE, "Starting", "Chemistry")
    services.lock(match=town.match(first, "Nils", "Una"), by=None, now=NOW)
    again = town.propose(based_on=first)
    assert town.match(again, "Nils", "Una").locked is True
    assert [match.locked for match in again.matches.order_by("-locked")] == [True, False]


def test_a_lock_changes_the_answer_where_the_best_would_be_another(town):
    first = town.propose()
    tom_and_mona, una_and_nils = town.match(first, "Mona", "Tom"), town.match(first, "Nils", "Una")
    Enrolment.objects.filter(pk=town.people["Vera"].pk).update(answers={"level": "Starting", "department": "Chemistry"})
    services.lock(match=una_and_nils, by=None, now=NOW)
    Enrolment.objects.filter(pk=town.people["Una"].pk).update(answers={"level": "Starting", "department": "Dance"})
    again = town.propose(based_on=first)
    assert (again.total, town.match(again, "Nils", "Una").score) == (21, 9)
    assert tom_and_mona.proposal_id == first.pk


def test_a_lock_that_breaks_a_rule_by_now_is_an_error_that_names_the_pair(town):
    first = town.propose()
    services.lock(match=town.match(first, "Nils", "Una"), by=None, now=NOW)
    Enrolment.objects.filter(pk=town.people["Una"].pk).update(answers={"level": "Lead", "department": "Art"})
    failed = town.propose(based_on=first)
    assert (failed.state, failed.error) == (
        "failed",
        "Nils Town and Una Town are locked, but a rule forbids them now or one has left. Unlock them first.",
    )


def test_people_who_said_no_to_each_other_are_not_proposed_again(town):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    services.answer_seat(seat=town.seat(first, "Tom"), accept=False, now=NOW)
    again = town.propose()
    assert matches_by_email(again) == [
        ["mona@example.org", "vera@example.org"],
        ["nils@example.org", "una@example.org"],
    ]
    assert unplaced(again)[0]["reason"] == (
        "None of 2 mentors fits. “Other department” keeps 1 of 2 mentors away, 1 of them for no other reason. "
        "1 mentor cannot be proposed again: they are matched, or said no."
    )


def test_an_accepted_offer_keeps_its_place_and_an_unanswered_one_does_not(town):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    services.answer_seat(seat=town.seat(first, "Nils"), accept=True, now=NOW)
    again = town.propose()
    assert matches_by_email(again) == [["mona@example.org", "tom@example.org"]]
    assert [entry["email"] for entry in unplaced(again)] == ["vera@example.org"]


def test_who_has_left_is_not_matched(town):
    leave(enrolment=town.people["Tom"], by=town.people["Tom"].user, now=NOW)
    assert matches_by_email(town.propose()) == [
        ["mona@example.org", "vera@example.org"],
        ["nils@example.org", "una@example.org"],
    ]


def test_one_human_under_two_roles_is_never_matched_with_themselves(town):
    both = EnrolmentFactory.create(
        track=town.track,
        user=town.people["Mona"].user,
        role=Role.MENTEE,
        answers={"level": "Starting", "department": "Dance"},
    )
    town.propose(capacity=5)
    pairs = [set(match.seats.values_list("enrolment__user", flat=True)) for match in Match.objects.all()]
    assert [len(pair) for pair in pairs] == [2] * len(pairs)
    assert Match.objects.filter(seats__enrolment=both).count() == 1


# --- peers ------------------------------------------------------------------------------


def peers(*levels: str, model: str = "peer"):
    track = TrackFactory.create(
        program=FieldFactory.create(slug="level", kind="ordered", options=["A", "B", "C"]).program, model=model
    )
    plan = services.ensure_plan(track=track, now=NOW, with_rules=False)
    services.set_objective(plan=plan, objective="cover", by=None, now=NOW)
    spec = services.RuleSpec(
        kind="gap",
        label="Close",
        taker_field="level",
        giver_field="level",
        strength="points",
        by_gap={0: 10, 1: 4},
        others_forbidden=True,
        params={"absolute": True},
    )
    services.add_rule(plan=plan, spec=spec, by=None, now=NOW)
    for number, level in enumerate(levels):
        EnrolmentFactory.create(track=track, user__email=f"p{number}@x.org", role=Role.PEER, answers={"level": level})
    queued = services.start_proposal(track=track, by=None, now=NOW)
    return services.run_proposal(queued.pk, clock=lambda: NOW)


def test_peers_are_paired_one_with_another(db):
    done = peers("A", "B", "B", "A")
    assert outcome(done) == ("draft", 4, 4, 20, 20, True)
    assert matches_by_email(done) == [["p0@x.org", "p3@x.org"], ["p1@x.org", "p2@x.org"]]


def test_an_odd_peer_becomes_the_third_of_a_triad_where_the_model_has_them(db):
    assert registry.get("peer").triads
    done = peers("A", "A", "A")
    assert matches_by_email(done) == [["p0@x.org", "p1@x.org", "p2@x.org"]]
    match = done.matches.get()
    assert (match.score, done.total, done.placed, done.left_over) == (30, 30, 3, [])
    assert [share["max_points"] for share in match.shares] == [30]


def test_a_peer_whom_nobody_fits_is_told_why(db):
    done = peers("A", "A", "C")
    assert unplaced(done) == [
        {
            "email": "p2@x.org",
            "reason": "None of 2 peers fits. “Close” keeps 2 of 2 peers away, 2 of them for no other reason.",
        }
    ]


# --- what cannot be done ----------------------------------------------------------------


def test_every_model_has_a_solver():
    assert {model.shape for model in registry.all_models()} == set(SHAPES) == set(Shape)


def test_a_track_without_mentors_says_so(db):
    track = TrackFactory.create(name="Mentoring")
    EnrolmentFactory.create(track=track, role=Role.MENTEE)
    with pytest.raises(CannotMatch) as caught:
        services.start_proposal(track=track, by=None, now=NOW)
    assert str(caught.value) == "“Mentoring” has no mentors yet."


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"capacity": 0}, "capacity"), ({"capacity": 51}, "capacity"), ({"objective": "best"}, "objective")],
)
def test_numbers_and_words_out_of_range_are_refused(town, asked, field):
    with pytest.raises(MatchingError) as caught:
        services.start_proposal(track=town.track, by=None, now=NOW, **asked)
    assert caught.value.field == field
    assert Proposal.objects.count() == 0


def test_peers_are_not_asked_for_stability(db):
    track = TrackFactory.create(model="peer")
    plan = services.ensure_plan(track=track, now=NOW)
    with pytest.raises(MatchingError) as caught:
        services.set_objective(plan=plan, objective="stable", by=None, now=NOW)
    assert str(caught.value) == "“stable” is not one of floor, cover, score"


# --- the run as a job -------------------------------------------------------------------


def test_only_one_worker_gets_to_run_it(town):
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    assert services.run_proposal(queued.pk, clock=lambda: NOW) is not None
    assert services.run_proposal(queued.pk, clock=lambda: NOW) is None
    assert Match.objects.count() == 2


def test_a_queued_run_is_due_after_a_while_and_a_dead_one_again_until_it_is_given_up(town):
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    assert services.due(NOW + dt.timedelta(seconds=5)) == []
    assert services.due(NOW + MINUTE) == [queued.pk]
    for attempt in (1, 2):
        Proposal.objects.update(state="running", started_at=NOW, attempts=attempt)
        assert services.due(NOW + 10 * MINUTE) == []
        assert services.due(NOW + 16 * MINUTE) == [queued.pk]
    Proposal.objects.update(state="running", started_at=NOW, attempts=3)
    assert services.due(NOW + 16 * MINUTE) == []
    assert Proposal.objects.get().state == "failed"


def test_a_worker_that_was_given_up_stores_nothing(town, monkeypatch):
    """Its proposal has been taken up by another one meanwhile."""
    from matching.services import proposing

    solve = proposing._solve

    def slow(proposal):
        result = solve(proposal)
        Proposal.objects.update(started_at=NOW + 20 * MINUTE)
        return result

    monkeypatch.setattr(proposing, "_solve", slow)
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    services.run_proposal(queued.pk, clock=lambda: NOW)
    assert (Match.objects.count(), Proposal.objects.get().state) == (0, "running")


def test_a_fault_is_shown_as_failed_and_not_swallowed(town, monkeypatch):
    from matching.services import proposing

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(proposing, "inputs_for", broken)
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    with pytest.raises(ZeroDivisionError):
        services.run_proposal(queued.pk, clock=lambda: NOW)
    assert (Proposal.objects.get().state, Proposal.objects.get().error) == ("failed", proposing.BROKEN)


def test_rules_that_no_longer_fit_a_field_fail_in_words(town):
    town.track.program.fields.filter(slug="level").update(kind="text", options=[])
    failed = town.propose()
    assert failed.state == "failed"
    assert failed.error == "Level above: “Gap between two levels” does not work with “Level” (text)."


# --- the input hash ---------------------------------------------------------------------


def fingerprint(town) -> str:
    from matching.queries.inputs import inputs_of
    from programs.models import Track

    return inputs_of(Track.objects.get(pk=town.track.pk)).fingerprint


def test_the_hash_changes_with_everything_a_run_depends_on(town):
    before = fingerprint(town)
    assert fingerprint(town) == before
    tom, seen = town.people["Tom"], {before}
    change_enrolment(
        enrolment=tom, answers={"level": "Starting", "department": "Art"}, capacity=None, by=tom.user, now=NOW
    )
    seen.add(fingerprint(town))
    town.people["Mona"].capacity = 2
    town.people["Mona"].save()
    seen.add(fingerprint(town))
    rule = town.track.plan.rules.last()
    services.save_rule(rule=rule, spec=services.RuleSpec(**{**vars_of(ABOVE), "by_gap": {1: 8}}), by=None, now=NOW)
    seen.add(fingerprint(town))
    services.set_objective(plan=town.track.plan, objective="score", by=None, now=NOW)
    seen.add(fingerprint(town))
    leave(enrolment=tom, by=tom.user, now=NOW)
    seen.add(fingerprint(town))
    assert len(seen) == 6


def vars_of(spec):
    from dataclasses import asdict

    return asdict(spec)


def test_the_hash_does_not_change_with_names_or_with_loading_the_same_rules_again(town):
    before = fingerprint(town)
    town.people["Tom"].user.first_name = "Thomas"
    town.people["Tom"].user.save()
    specs = [services.rules.spec_of(rule) for rule in town.track.plan.rules.all()]
    town.track.plan.rules.all().delete()
    for spec in specs:
        services.add_rule(plan=town.track.plan, spec=spec, by=None, now=NOW)
    assert fingerprint(town) == before


def test_the_inputs_take_the_same_queries_for_three_and_for_thirty_people(town, django_assert_num_queries):
    from matching.queries.inputs import inputs_of
    from programs.models import Track

    for count in (0, 30):
        for number in range(count):
            town.join(f"P{number}", Role.MENTEE, "Starting", "Art")
        track = Track.objects.select_related("plan", "program").get(pk=town.track.pk)
        with django_assert_num_queries(5):
            assert inputs_of(track).scores.points.shape == (3 + count, 2)


def test_discarding_is_for_drafts_and_twice_changes_nothing(town):
    draft = town.propose()
    assert services.discard(proposal=draft, by=None, now=NOW).state == "discarded"
    assert services.discard(proposal=draft, by=None, now=NOW).state == "discarded"
    published = town.propose()
    services.publish(proposal=published, by=None, now=NOW)
    with pytest.raises(MatchingError) as caught:
        services.discard(proposal=published, by=None, now=NOW)
    assert str(caught.value) == f"Proposal {published.number} is published and cannot be discarded."
