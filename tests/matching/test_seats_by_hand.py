"""Groups, networks and one-off sessions changed by hand: the scores shown are those that come, and rules hold."""

import datetime as dt

import pytest
from django.urls import reverse

from matching import services
from matching.errors import ChangedMeanwhile, SwapRefused
from matching.models import Proposal
from matching.queries.board import board_of
from matching.queries.booked import Meeting
from matching.queries.choices import place_page
from matching.queries.seating import Sit
from participants.models import AuditEntry
from programs.models import Enrolment, LineManager, Role
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory
from tests.factories.villages import ALWAYS, FRIDAYS, TUESDAYS, Village, make_village, parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def pods() -> Village:
    """Four of Art, four of Biology: two pods of four, 60 points each. A pod has three to five people."""
    village = make_village("pod")
    village.join("Ada Ann Abe Ali", Role.PEER, "Art")
    village.join("Bea Bob Ben Bo", Role.PEER, "Biology")
    return village


def reseat(proposal: Proposal, *sits: Sit, **more: object) -> Proposal:
    return services.reseat(proposal=proposal, sits=sits, by=None, now=NOW, **more)  # type: ignore[arg-type]


# --- groups ------------------------------------------------------------------------------


def test_a_move_and_a_swap_show_the_scores_that_come(pods):
    draft = pods.propose()
    art, biology = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    assert (art.score, biology.score, draft.total) == (60, 60, 120)
    move = pods.choice(draft, "Ada", f"Pod {biology.number}")
    effects = (f"Pod {biology.number}: 60 → 60.", f"Pod {art.number}: 60 → 30.")
    assert (move.gain, move.effects, move.hard, move.rules) == (-30, effects, "", "")
    swap = pods.choice(draft, "Ada", f"Bea Hill in Pod {biology.number}")
    assert (swap.gain, swap.effects[0]) == (-60, f"Pod {biology.number}: 60 → 30.")
    moved = reseat(draft, pods.sit("Ada", art, biology))
    assert (moved.total, moved.placed, moved.optimal) == (90, 8, False)
    assert pods.names(biology) == "Ada Bea Ben Bo Bob"
    assert board_of(moved).undo_name == "move Ada"
    undone = services.undo(proposal=draft, by=None, now=NOW)
    assert (undone.total, undone.optimal, board_of(undone).redo_name) == (120, True, "move Ada")
    swapped = reseat(draft, pods.sit("Ada", art, biology), pods.sit("Bea", biology, art))
    assert (swapped.total, board_of(swapped).undo_name) == (60, "swap Ada and Bea")
    assert (pods.names(art), pods.names(biology)) == ("Abe Ali Ann Bea", "Ada Ben Bo Bob")
    services.undo(proposal=draft, by=None, now=NOW)
    assert pods.names(art) == "Abe Ada Ali Ann"


def test_who_is_taken_out_is_left_over_with_a_cause_and_gets_a_place_again(pods):
    draft = pods.propose()
    art = pods.of(draft, "Ada")
    out = reseat(draft, pods.sit("Ada", art, None))
    assert (out.total, out.placed) == (90, 7)
    [entry] = out.left_over
    assert entry["enrolment"] == pods.id("Ada")
    assert entry["reason"] == "Left over by hand: Pod 1 has room for them."
    back = reseat(draft, pods.sit("Ada", None, art))
    assert (back.total, back.left_over, board_of(back).undo_name) == (120, [], "place Ada")


def test_who_is_left_over_can_take_somebodys_place(pods):
    draft = pods.propose()
    art = pods.of(draft, "Ada")
    reseat(draft, pods.sit("Ada", art, None))
    choice = pods.choice(draft, "Ada", "Ann Hill in")
    assert (choice.gain, choice.button, choice.effects[-1]) == (0, "Put in this place", "Ann Hill would be left over.")
    instead = reseat(draft, pods.sit("Ada", None, art), pods.sit("Ann", art, None))
    assert board_of(instead).undo_name == "put Ada in place of Ann"
    assert [entry["enrolment"] for entry in instead.left_over] == [pods.id("Ann")]


def test_sizes_hold_whatever_the_reason(pods):
    draft = pods.propose()
    art, biology = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    reseat(draft, pods.sit("Ada", art, biology))
    for wanted, words in (
        ([pods.sit("Ann", art, biology)], rf"^Pod {biology.number} is full: at most 5.$"),
        ([pods.sit("Ann", art, None)], rf"^Pod {art.number} would have 2, and needs at least 3.$"),
        ([pods.sit("Ann", biology, art)], rf"^Ann Hill is not in Pod {biology.number} any more.$"),
        ([pods.sit("Ann", None, biology)], r"^Ann Hill has no free place left.$"),
    ):
        with pytest.raises(SwapRefused, match=words):
            reseat(draft, *wanted, reason="I want it")
    assert pods.names(art) == "Abe Ali Ann"


def test_a_rule_is_overridden_with_a_reason_which_stays_locked_when_run_again(pods):
    pods.join("Cem", Role.PEER, "Art", "Turkish")
    draft = pods.propose()
    art = pods.of(draft, "Ada")
    assert [entry["enrolment"] for entry in draft.left_over] == [pods.id("Cem")]
    choice = pods.choice(draft, "Cem", f"Pod {art.number}")
    told = "“Same language” keeps Abe Hill and Cem Hill apart. The same goes for 3 more pairs."
    assert (choice.hard, choice.rules, choice.gain) == ("", told, 40)
    with pytest.raises(SwapRefused, match="Give a reason to do it all the same"):
        reseat(draft, pods.sit("Cem", None, art))
    done = reseat(draft, pods.sit("Cem", None, art), reason=" He learns English ")
    assert (done.total, done.placed, done.optimal) == (160, 9, False)
    art.refresh_from_db()
    assert (art.locked, art.shares[-1]["sentence"]) == (True, "Matched by hand: He learns English")
    assert sum(share["points"] for share in art.shares) == art.score == 100
    assert AuditEntry.objects.get(verb="matched by hand").detail == {"reason": "He learns English"}
    again = pods.propose(based_on=draft)
    kept = pods.of(again, "Cem")
    assert (pods.names(kept), kept.locked, kept.score) == ("Abe Ada Ali Ann Cem", True, 100)
    assert kept.shares[-1]["sentence"] == "Matched by hand: He learns English"
    services.publish(proposal=again, by=None, now=NOW)


def test_a_reason_is_for_those_it_was_given_for_and_no_others(pods):
    pods.join("Cem Can", Role.PEER, "Art", "Turkish")
    draft = pods.propose()
    art, biology = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    reseat(draft, pods.sit("Ada", art, biology))
    reseat(draft, pods.sit("Cem", None, art), reason="For Cem")
    art.refresh_from_db()
    services.unlock(match=art, by=None, now=NOW)
    with pytest.raises(SwapRefused, match=r"keeps .*Can Hill.* apart"):
        reseat(draft, pods.sit("Can", None, art))


def test_no_reason_brings_managers_and_their_people_or_locked_groups_together(pods):
    draft = pods.propose()
    art, biology = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    LineManager.objects.create(user=pods.people["Ada"].user, email="bea@example.org")
    with pytest.raises(SwapRefused, match=r"cannot be matched: one reports to the other.$"):
        reseat(draft, pods.sit("Ada", art, biology), reason="They asked")
    assert pods.choice(draft, "Ada", f"Pod {biology.number}").hard.endswith("one reports to the other.")
    services.lock(match=biology, by=None, now=NOW)
    with pytest.raises(SwapRefused, match=rf"^Pod {biology.number} is locked. Unlock it first.$"):
        reseat(draft, pods.sit("Ann", art, biology))
    with pytest.raises(ChangedMeanwhile):
        reseat(draft, pods.sit("Ann", art, biology), version=1)


def test_nobody_sits_with_themselves_under_two_roles():
    village = make_village("circle", capacity=8)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Ada Ann Abe Ali", Role.MENTEE, "Art")
    draft = village.propose()
    circle = village.of(draft, "Mo")
    answers = {"area": "Art", "tongue": "English"}
    both = EnrolmentFactory.create(
        track=village.track, user=village.people["Mo"].user, role=Role.MENTEE, answers=answers
    )
    with pytest.raises(SwapRefused, match=r"^Mo Hill cannot be matched with themselves.$"):
        reseat(draft, Sit(both.pk, 0, circle.pk), reason="Why not")


def test_a_mentors_seat_moves_and_a_circle_is_never_without_one():
    village = make_village("circle", capacity=8)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Ada Ann Abe Ali", Role.MENTEE, "Art")
    draft = village.propose()
    circle = village.of(draft, "Mo")
    assert (circle.score, draft.total) == (100, 100)
    village.join("Max", Role.MENTOR, "Biology")
    with pytest.raises(SwapRefused, match="would be without the mentor it needs"):
        reseat(draft, village.sit("Mo", circle, None))
    two = reseat(draft, village.sit("Max", None, circle))
    assert (two.placed, two.total, board_of(two).undo_name) == (4, 100, "place Max")
    one = reseat(draft, village.sit("Mo", circle, None))
    assert (one.placed, one.total, one.left_over) == (4, 60, [])
    assert circle.seats.get(role="mentor").enrolment_id == village.id("Max")
    swapped = reseat(draft, village.sit("Mo", None, circle), village.sit("Max", circle, None))
    assert (swapped.total, board_of(swapped).undo_name) == (100, "put Mo in place of Max")


# --- networks ----------------------------------------------------------------------------


@pytest.fixture
def networks() -> Village:
    """Tom's network has a mentor and three of four peers; one mentor and one peer are spare."""
    village = make_village("distributed", capacity=1)
    village.join("Mo", Role.MENTOR, "Art")
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Tom", Role.MENTEE, "Art")
    village.join("Pat Pia", Role.PEER, "Art")
    village.join("Paul", Role.PEER, "Biology")
    return village


def test_helpers_are_replaced_taken_out_and_added_by_kind(networks):
    draft = networks.propose()
    network = networks.of(draft, "Tom")
    assert parts(network, networks) == {"Mo": "mentor", "Pat": "peer", "Pia": "peer"}
    assert (network.score, draft.placed) == (30, 1)
    choice = networks.choice(draft, "Tom", "Max Hill instead of Mo Hill")
    assert (choice.gain, choice.effects) == (-10, ("Tom’s network: 30 → 20.",))
    replaced = reseat(draft, networks.sit("Max", None, network), networks.sit("Mo", network, None))
    assert (replaced.total, replaced.placed, board_of(replaced).undo_name) == (20, 1, "put Max in place of Mo")
    assert parts(network, networks) == {"Max": "mentor", "Pat": "peer", "Pia": "peer"}
    services.undo(proposal=draft, by=None, now=NOW)
    for wanted, words in (
        ([networks.sit("Max", None, network)], r"^Tom’s network has room for 1 mentor.$"),
        ([networks.sit("Paul", None, network)], r"^Tom’s network has room for 2 peers.$"),
        ([networks.sit("Pat", network, None)], r"^Tom’s network would have 2, and needs at least 3 around Tom Hill.$"),
    ):
        with pytest.raises(SwapRefused, match=words):
            reseat(draft, *wanted, reason="I want it")


def test_a_network_is_dissolved_and_put_together_again(networks):
    draft = networks.propose()
    network = networks.of(draft, "Tom")
    gone = reseat(draft, networks.sit("Tom", network, None))
    assert (gone.placed, gone.total, gone.matches.count()) == (0, 0, 0)
    assert gone.left_over[0]["reason"] == "Left over by hand: 3 helpers are free for a network around them."
    choice = networks.choice(draft, "Tom", "The best who are free")
    assert (choice.gain, choice.people) == (30, "Pat Hill (peer), Pia Hill (peer), Mo Hill (mentor)")
    together = [int(value) for _, value in choice.fields]
    made = services.reseat(proposal=draft, together=together, by=None, now=NOW)
    assert (made.placed, made.total, made.left_over, board_of(made).undo_name) == (1, 30, [], "place Tom")
    assert parts(networks.of(draft, "Tom"), networks) == {"Mo": "mentor", "Pat": "peer", "Pia": "peer"}


def test_an_exception_in_a_network_stays_when_run_again(networks):
    Enrolment.objects.filter(pk=networks.id("Max")).update(answers={"area": "Art", "tongue": "Turkish"})
    draft = networks.propose()
    network = networks.of(draft, "Tom")
    sits = networks.sit("Max", None, network), networks.sit("Mo", network, None)
    with pytest.raises(SwapRefused, match="“Same language” keeps Tom Hill and Max Hill apart"):
        reseat(draft, *sits)
    reseat(draft, *sits, reason="They know each other")
    again = networks.propose(based_on=draft)
    assert parts(networks.of(again, "Tom"), networks) == {"Max": "mentor", "Pat": "peer", "Pia": "peer"}
    assert networks.of(again, "Tom").shares[-1]["sentence"] == "Matched by hand: They know each other"


# --- one-off sessions --------------------------------------------------------------------

TUESDAY, FRIDAY = (dt.datetime(2027, 3, day, 9, tzinfo=dt.UTC) for day in (9, 5))


@pytest.fixture
def sessions() -> Village:
    """Tess has time on Tuesdays, Fred on Fridays; both hold two sessions a month."""
    village = make_village("flash", capacity=2)
    village.join("Tess", Role.MENTOR, "Art", time=TUESDAYS)
    village.join("Fred", Role.MENTOR, "Biology", time=FRIDAYS)
    village.join("Ada", Role.MENTEE, "Art", time=ALWAYS)
    village.join("Bea", Role.MENTEE, "Biology", time=ALWAYS)
    return village


def book(village: Village, draft: Proposal, *meetings: tuple[str, str, dt.datetime], **more: object) -> Proposal:
    asked = [Meeting(village.id(asker), village.id(helper), start) for asker, helper, start in meetings]
    return services.book(proposal=draft, meetings=asked, by=None, now=NOW, **more)  # type: ignore[arg-type]


def test_a_session_moves_to_another_time_or_expert_and_back(sessions):
    draft = sessions.propose()
    mine = sessions.of(draft, "Ada")
    assert (sessions.names(mine), draft.total) == ("Ada Tess", 20)
    later = mine.starts_at + dt.timedelta(days=7)
    moved = book(sessions, draft, ("Ada", "Tess", later))
    mine.refresh_from_db()
    assert (mine.starts_at, moved.total, board_of(moved).undo_name) == (later, 20, "move Ada")
    services.undo(proposal=draft, by=None, now=NOW)
    mine.refresh_from_db()
    assert mine.starts_at == later - dt.timedelta(days=7)
    choice = sessions.choice(draft, "Ada", "Fred Hill")
    assert (choice.gain, choice.effects) == (-10, ("Ada Hill with Fred Hill: 10 → 0.",))
    other = book(sessions, draft, ("Ada", "Fred", choice.start))
    assert (other.total, sessions.names(mine)) == (10, "Ada Fred")


def test_a_locked_session_keeps_its_time_when_run_again(sessions):
    draft = sessions.propose()
    week = dt.timedelta(days=7)
    book(sessions, draft, ("Ada", "Tess", TUESDAY + 2 * week))
    services.lock(match=sessions.of(draft, "Ada"), by=None, now=NOW)
    sessions.join("Cem", Role.MENTEE, "Art", time=TUESDAYS)
    again = sessions.propose(based_on=draft)
    mine = sessions.of(again, "Ada")
    assert (sessions.names(mine), mine.starts_at, mine.locked) == ("Ada Tess", TUESDAY + 2 * week, True)
    assert (again.placed, again.possible, again.total, again.bound, again.optimal) == (3, 3, 30, 30, True)
    assert sessions.of(again, "Cem").starts_at == TUESDAY
    # Both of hers in March are taken: a fourth person reads so, and nobody moves.
    sessions.join("Dee", Role.MENTEE, "Art", time=TUESDAYS)
    full = sessions.propose(based_on=again)
    assert (full.placed, sessions.of(full, "Ada").starts_at) == (3, TUESDAY + 2 * week)
    Enrolment.objects.filter(pk=sessions.id("Ada")).update(
        answers={"area": "Art", "tongue": "English", "time": FRIDAYS}
    )
    queued = services.start_proposal(track=sessions.track, based_on=again, by=None, now=NOW)
    failed = services.run_proposal(queued.pk, clock=lambda: NOW)
    assert failed is not None
    assert failed.error == "The locked sessions cannot all stay: some have no time left. Unlock them first."


def test_two_swap_their_sessions_or_one_has_none(sessions):
    draft = sessions.propose()
    one, other = sessions.of(draft, "Ada"), sessions.of(draft, "Bea")
    swap = sessions.choice(draft, "Ada", "Bea Hill, who meets Fred Hill")
    assert (swap.gain, swap.button) == (-20, "Swap")
    swapped = book(sessions, draft, ("Ada", "Fred", other.starts_at), ("Bea", "Tess", one.starts_at))
    assert (swapped.total, swapped.placed, board_of(swapped).undo_name) == (0, 2, "swap Ada and Bea")
    assert sessions.names(sessions.of(draft, "Ada")) == "Ada Fred"
    services.undo(proposal=draft, by=None, now=NOW)
    none = services.book(proposal=draft, meetings=[], out=[sessions.id("Ada")], by=None, now=NOW)
    assert (none.total, none.placed) == (10, 1)
    assert none.left_over[0]["reason"] == "Left over by hand: Tess Hill has a time free."
    assert sessions.page(draft, "Ada").here == "has no session"
    assert book(sessions, draft, ("Ada", "Tess", TUESDAY)).placed == 2


def test_nobody_is_booked_without_time_twice_at_once_or_above_the_cap(sessions):
    sessions.join("Cem", Role.MENTEE, "Art", "Turkish", time=TUESDAYS)
    draft = sessions.propose()
    week = dt.timedelta(days=7)
    book(sessions, draft, ("Ada", "Tess", TUESDAY))
    for wanted, words in (
        (("Bea", "Fred", TUESDAY), r"^Fred Hill has no time then.$"),
        (("Cem", "Fred", FRIDAY), r"^Cem Hill has no time then.$"),
        (("Bea", "Tess", TUESDAY), r"^Tess Hill is in another session then.$"),
        (("Bea", "Tess", TUESDAY - week), r"^Tess Hill has no time then.$"),
    ):
        with pytest.raises(SwapRefused, match=words):
            book(sessions, draft, wanted, reason="I want it")
    with pytest.raises(SwapRefused, match="“Same language” keeps Cem Hill and Tess Hill apart"):
        book(sessions, draft, ("Cem", "Tess", TUESDAY + week))
    done = book(sessions, draft, ("Cem", "Tess", TUESDAY + week), reason="She speaks Turkish, too")
    assert (done.placed, sessions.of(draft, "Cem").locked) == (3, True)
    with pytest.raises(SwapRefused, match=r"^Tess Hill holds 2 sessions that month already.$"):
        book(sessions, draft, ("Bea", "Tess", TUESDAY + 2 * week))


# --- the page ----------------------------------------------------------------------------


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_shows_every_change_and_does_it_by_plain_forms(pods, client):
    draft = pods.propose()
    coordinator = CoordinatorFactory.create(program=draft.program).user
    client.force_login(coordinator)
    art, biology = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    url = reverse("matching:place", args=[draft.program.slug, draft.number, pods.id("Ada")])
    page = text(client.get(url, {"with": pods.id("Bo")}))
    assert f"is in Pod {art.number}: 60 points" in page
    assert f"Pod {biology.number}: 60 → 30. Pod {art.number}: 60 → 30." in page
    version = Proposal.objects.get(pk=draft.pk).version
    sent = {"sit": f"{pods.id('Ada')}-{art.pk}-{biology.pk}", "version": version}
    assert client.post(url, sent)["Location"].endswith(f"/matching/{draft.number}/#pair-{biology.pk}")
    assert pods.names(biology) == "Ada Bea Ben Bo Bob"
    late = client.post(url, sent, follow=True)
    assert "Somebody else has changed proposal" in text(late)
    assert client.post(url, {"sit": "1-2"}).status_code == 404
    board = text(client.get(reverse("matching:proposal", args=[draft.program.slug, draft.number])))
    assert f'href="{url}"' in board
    services.publish(proposal=draft, by=None, now=NOW)
    assert client.get(url).status_code == 404


def test_the_page_asks_as_often_for_many_as_for_few(django_assert_max_num_queries):
    crowd: Crowd = make_crowd("circle", {"mentor": 6, "mentee": 40})
    draft = crowd.propose()
    with django_assert_max_num_queries(18):
        assert place_page(draft, crowd.people["mentee"][0].pk, now=NOW) is not None


def test_a_stranger_has_no_page(pods):
    draft = pods.propose()
    other = EnrolmentFactory.create(track__program=ProgramFactory.create())
    assert place_page(draft, other.pk, now=NOW) is None
