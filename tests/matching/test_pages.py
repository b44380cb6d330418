"""The coordinator's pages: who may open them, what they say, how many queries they take."""

import pytest
from django.urls import reverse
from django.utils import timezone

from mail.models import Message
from matching import services
from matching.models import Match, MatchRule, Proposal, Seat
from participants.models import AuditEntry
from programs.models import Enrolment, Role
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory
from tests.reading import READS

HOME = "/programs/town/matching/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def draft(town, alice) -> Proposal:
    return town.propose()


def test_only_coordinators_of_this_program_may_match(town, client):
    draft = town.propose()
    match = draft.matches.first()
    CoordinatorFactory.create(user=(dora := UserFactory.create()))
    names = (
        "proposals",
        "proposal",
        "why",
        "publish",
        "progress",
        "rules",
        "add_rule",
        "lock",
        "undo",
        "again",
        "discard",
    )
    for user in (town.people["Mona"].user, UserFactory.create(), dora):
        client.force_login(user)
        for name in names:
            kwargs = {"slug": "town"}
            kwargs |= {} if name in {"proposals", "rules", "add_rule"} else {"number": draft.number}
            kwargs |= {"track": "mentoring"} if name in {"rules", "add_rule"} else {}
            kwargs |= {"match": match.pk} if name in {"why", "lock"} else {}
            url = reverse(f"matching:{name}", kwargs=kwargs)
            post = name in {"lock", "undo", "again", "discard"}
            assert (client.post(url) if post else client.get(url)).status_code == 404, name
    assert Proposal.objects.count() == 1


def test_looking_writes_nothing(town, draft, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    match = draft.matches.first()
    rule = MatchRule.objects.first()
    pages = ["", f"{draft.number}/", f"{draft.number}/?swap={match.pk}", f"{draft.number}/why/{match.pk}/"]
    pages += [f"{draft.number}/publish/", f"{draft.number}/progress/", "rules/mentoring/", "rules/mentoring/new/"]
    pages += ["rules/mentoring/new/?kind=gap", f"rules/mentoring/{rule.pk}/"]
    for page in pages:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(HOME + page).status_code == 200, page
        assert [q["sql"] for q in asked if not q["sql"].startswith(READS)] == [], page


def test_the_list_shows_every_proposal_and_makes_new_ones(town, draft, client, monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr("matching.tasks.ring", rung.append)
    assert "One proposal so far" in text(client.get(HOME))
    response = client.post(HOME, {"track": "mentoring", "capacity": "2", "objective": ""})
    made = Proposal.objects.get(number=draft.number + 1)
    assert (response.status_code, response["Location"]) == (302, f"{HOME}{made.number}/")
    assert (made.state, made.capacity, made.objective, rung) == ("queued", 2, "cover", [made.pk])


@pytest.mark.parametrize("capacity", ["0", "51", "x"])
def test_a_capacity_out_of_range_is_an_error_at_its_field(town, alice, client, capacity):
    response = client.post(HOME, {"track": "mentoring", "capacity": capacity, "objective": ""})
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    assert Proposal.objects.count() == 0


def test_a_waiting_run_shows_its_progress_and_a_finished_one_sends_the_reader_on(town, alice, client):
    queued = services.start_proposal(track=town.track, by=alice, now=NOW)
    page = client.get(f"{HOME}{queued.number}/")
    assert "The matching is running" in text(page)
    part = client.get(f"{HOME}{queued.number}/progress/")
    assert "HX-Redirect" not in part
    services.run_proposal(queued.pk, clock=lambda: NOW)
    assert client.get(f"{HOME}{queued.number}/progress/")["HX-Redirect"] == f"{HOME}{queued.number}/"


def test_a_failed_run_says_why(town, alice, client):
    town.track.program.fields.filter(slug="level").update(kind="text", options=[])
    failed = town.propose()
    assert "“Gap between two levels” does not work with “Level” (text)." in text(client.get(f"{HOME}{failed.number}/"))


def test_a_proposal_says_who_is_left_over_and_what_is_proven(town, draft, client):
    page = text(client.get(f"{HOME}{draft.number}/"))
    assert "2 placed, 1 left over" in page
    assert "21 points in all" in page
    assert "proven optimal" in page
    assert "The only mentor who fits has no free place: Mona Town." in page
    assert page.index("Vera Town") < page.index("Nils Town") < page.index("Tom Town")
    assert "12 of 12 points" in page


def test_a_bound_is_said_where_nothing_is_proven(town, draft, client):
    Proposal.objects.update(optimal=False, bound=30)
    assert "at most 30 points are possible" in text(client.get(f"{HOME}{draft.number}/"))


def test_the_page_takes_six_queries_for_two_pairs_and_for_three_hundred(town, draft, client, django_assert_num_queries):
    url = f"{HOME}{draft.number}/"
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
    for _ in range(150):
        match = Match.objects.create(track=town.track, proposal=draft, score=9, created_at=NOW)
        for role in (Role.MENTEE, Role.MENTOR):
            Seat.objects.create(match=match, enrolment=EnrolmentFactory.create(track=town.track, role=role), role=role)
    with django_assert_num_queries(6):
        page = client.get(url)
    assert page.content.decode().count('class="pair"') == 50
    assert "1 to 50 of 152 pairs" in text(page)
    with django_assert_num_queries(6):
        assert client.get(f"{url}?page=4").content.decode().count('class="pair"') == 2


def test_lock_undo_and_swap_work_by_plain_forms(town, draft, client):
    tom = town.match(draft, "Mona", "Tom")
    url = f"{HOME}{draft.number}/"
    client.post(f"{url}lock/{tom.pk}/", {"locked": "1", "version": "1"})
    assert Match.objects.get(pk=tom.pk).locked
    assert "Undo: lock Tom and Mona" in text(client.get(url))
    stale = client.post(f"{url}lock/{tom.pk}/", {"locked": "0", "version": "1"}, follow=True)
    assert "Somebody else has changed proposal 1 meanwhile." in text(stale)
    client.post(f"{url}undo/", {"version": "2"})
    assert not Match.objects.get(pk=tom.pk).locked
    una = town.match(draft, "Nils", "Una")
    refused = client.post(f"{url}swap/{tom.pk}/{una.pk}/", {"version": "3"}, follow=True)
    assert "“Other department” forbids it." in text(refused)


def test_choosing_a_swap_shows_both_scores_and_a_button_that_swaps(town, client, alice):
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    town.join("Wim", Role.MENTEE, "Starting", "Law")
    draft = town.propose()
    mona = Match.objects.get(proposal=draft, seats__enrolment=town.people["Mona"])
    olga = Match.objects.get(proposal=draft, seats__enrolment=town.people["Olga"])
    page = text(client.get(f"{HOME}{draft.number}/?swap={mona.pk}"))
    assert "Swap here" in page
    assert "A rule forbids it" in page
    assert f"/swap/{mona.pk}/{olga.pk}/" in page
    assert "Check and publish" not in page
    client.post(f"{HOME}{draft.number}/swap/{mona.pk}/{olga.pk}/", {"version": "1"})
    draft.refresh_from_db()
    assert [step["verb"] for step in draft.steps] == ["swap"]
    gone = client.get(f"{HOME}{draft.number}/?swap=999999999", follow=True)
    assert "This pair cannot be swapped." in text(gone)


def test_why_shows_points_that_add_up(town, draft, client):
    match = town.match(draft, "Mona", "Tom")
    page = text(client.get(f"{HOME}{draft.number}/why/{match.pk}/"))
    assert "Why Mona and Tom score 12 of 12 points" in page
    assert "Level: Lead is 2 levels above Starting" in page
    assert client.get(f"{HOME}{draft.number}/why/999/").status_code == 404


def test_the_check_page_counts_the_mails_and_names_who_gets_none(town, draft, client):
    page = text(client.get(f"{HOME}{draft.number}/publish/"))
    assert "4 e-mails go out when you publish" in page
    assert "1 person stays without a match and without an offer." in page
    assert "Publish and send 4 e-mails" in page
    assert Message.objects.count() == 0


def test_publishing_from_the_page_and_a_second_time(town, draft, alice, client):
    url = f"{HOME}{draft.number}/publish/"
    done = client.post(url, {"version": "1"}, follow=True)
    assert "Published: 2 matches offered, 4 e-mails on their way." in text(done)
    again = client.post(url, {"version": "1"})
    assert again.status_code == 409
    assert f"Proposal 1 was already published by {alice.name}." in text(again)
    assert client.get(url).status_code == 409
    assert Message.objects.count() == 4


def test_changed_people_are_refused_with_a_way_out(town, draft, client):
    Enrolment.objects.filter(pk=town.people["Tom"].pk).update(answers={"level": "Lead", "department": "X"})
    refused = client.post(f"{HOME}{draft.number}/publish/", {"version": "1"})
    assert refused.status_code == 409
    assert "People, answers, places or rules have changed" in text(refused)
    assert "Run again, locked pairs stay" in text(refused)


def test_a_draft_changed_by_somebody_else_is_checked_again(town, draft, client):
    services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    refused = client.post(f"{HOME}{draft.number}/publish/", {"version": "1"})
    assert (refused.status_code, "Check it again" in text(refused)) == (409, True)


def test_running_again_keeps_locks_and_discarding_puts_away(town, draft, client, monkeypatch):
    monkeypatch.setattr("matching.tasks.ring", lambda pk: services.run_proposal(pk, clock=lambda: NOW))
    services.lock(match=town.match(draft, "Nils", "Una"), by=None, now=NOW)
    client.post(f"{HOME}{draft.number}/again/")
    second = Proposal.objects.get(number=draft.number + 1)
    assert town.match(second, "Nils", "Una").locked
    client.post(f"{HOME}{draft.number}/discard/")
    assert Proposal.objects.get(pk=draft.pk).state == "discarded"


def test_after_publishing_the_coordinator_sees_answers_and_reasons_and_takes_offers_back(town, draft, client):
    services.publish(proposal=draft, by=None, now=NOW)
    services.answer_seat(seat=town.seat(draft, "Tom"), accept=False, reason="I know her", now=NOW)
    page = text(client.get(f"{HOME}{draft.number}/"))
    assert "I know her" in page
    assert "no answer yet" in page
    assert "<span>1 waiting for an answer</span><span>1 over</span>" in page
    una = town.match(draft, "Nils", "Una")
    client.post(f"{HOME}{draft.number}/withdraw/{una.pk}/")
    assert Match.objects.get(pk=una.pk).end_reason == "withdrawn"
    late = client.post(f"{HOME}{draft.number}/withdraw/{una.pk}/", follow=True)
    assert "This match is not on offer any more." in text(late)


def test_a_coordinator_answers_for_somebody_and_it_is_written_down(town, draft, alice, client):
    services.publish(proposal=draft, by=None, now=timezone.now())
    tom, mona = town.seat(draft, "Tom"), town.seat(draft, "Mona")
    client.post(f"{HOME}{draft.number}/answer/{tom.pk}/", {"answer": "accept"})
    client.post(f"{HOME}{draft.number}/answer/{mona.pk}/", {"answer": "accept"})
    assert town.match(draft, "Mona", "Tom").state == "active"
    assert list(AuditEntry.objects.filter(verb="offer accepted").values_list("by", flat=True)) == [alice.pk] * 2
    refused = client.post(f"{HOME}{draft.number}/answer/{tom.pk}/", {"answer": "decline"}, follow=True)
    assert "This offer was answered already." in text(refused)
    assert client.post(f"{HOME}{draft.number}/answer/{tom.pk}/", {"answer": "x"}).status_code == 404
    assert client.post(f"{HOME}999/answer/{tom.pk}/", {"answer": "accept"}).status_code == 404


def test_names_are_escaped(town, draft, client):
    town.people["Tom"].user.first_name = "<script>x</script>"
    town.people["Tom"].user.save()
    town.people["Vera"].answers["department"] = "<b>bold</b>"
    town.people["Vera"].save()
    for page in ("", "publish/"):
        shown = client.get(f"{HOME}{draft.number}/{page}").content.decode()
        assert "<script>x" not in shown
        assert "<b>bold" not in shown
