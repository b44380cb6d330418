"""Going on, as the people of a match see it: nothing on any page or in any mail says what the other has said."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mail.models import Message
from mail.services.composing import compose
from matching import services
from matching.models import EndingToCome, GoesOn, Match
from programs.models import Program
from sessions.models import Goal
from surveys import services as surveys
from surveys.definition import load_part
from tests.factories.programs import CoordinatorFactory
from tests.factories.sessions import GoalFactory
from tests.sessions.test_closing import LATER, Undone, finish, page, pair, plain, seat

__all__ = ["pair"]
AFTER = LATER + dt.timedelta(days=2)


@pytest.fixture
def over(pair) -> Match:
    Program.objects.update(ends_on=(LATER + dt.timedelta(days=200)).date())
    for name in ("Ann", "Bea"):
        GoalFactory.create(match=pair, owner=seat(pair, name).enrolment.user, text=f"Goal of {name}")
    finish(Match.objects.select_related("track__program").get(pk=pair.pk))
    pair.refresh_from_db()
    return pair


def post(match: Match, name: str, **data: str) -> None:
    with time_machine.travel(AFTER, tick=False):
        url, client = page(seat(match, name).enrolment.user, match)
        assert client.post(url, {"part": "on", **data})["Location"] == url


def pages_of(match: Match, name: str, *said: str) -> list[str]:
    """What one sees after the other has said this; everything is taken back afterwards."""
    other = "Bea" if name == "Ann" else "Ann"
    with pytest.raises(Undone) as found, transaction.atomic():  # noqa: PT012 - undone by what it raises
        for each in said:
            post(match, other, go_on=each)
        user = seat(match, name).enrolment.user
        with time_machine.travel(AFTER, tick=False):
            client = Client()
            client.force_login(user)
            addresses = [reverse("sessions:home"), reverse("sessions:closing", args=[match.pk])]
            shown = [client.get(each).content.decode() for each in addresses]
            mine = Message.objects.filter(recipient=user, state="pending").order_by("kind", "pk")
            mails = [made.message().as_string() for each in mine if (made := compose(each, now=AFTER))]
        raise Undone([*shown, *mails])
    return found.value.args[0]


@pytest.mark.parametrize("name", ["Ann", "Bea"])
def test_a_yes_a_no_and_nothing_look_the_same_to_the_other_byte_for_byte(over, name):
    nothing, no, yes, changed = (plain(pages_of(over, name, *said)) for said in ((), ("no",), ("yes",), ("yes", "no")))
    assert len(nothing) >= 3
    assert nothing == no == yes == changed


def test_coordinators_see_no_single_wish_on_any_page_or_history(over):
    dana = CoordinatorFactory.create(program=over.track.program).user
    with time_machine.travel(AFTER, tick=False):
        client = Client()
        client.force_login(dana)
    slug = over.track.program.slug
    addresses = [reverse("matching:match", args=[slug, over.pk]), reverse("matching:over", args=[slug])]
    addresses += [reverse("reports:overview", args=[slug]), reverse("programs:history", args=[slug])]

    def seen() -> list[str]:
        with time_machine.travel(AFTER, tick=False):
            answers = [client.get(each) for each in addresses]
            assert {answer.status_code for answer in answers} == {200}
            return plain([answer.content.decode() for answer in answers])

    before = seen()
    post(over, "Ann", go_on="yes")
    assert seen() == before
    post(over, "Bea", go_on="no")
    assert seen() == before


def test_who_asks_takes_along_the_goals_that_are_left_and_there_is_an_agreement_to_sign(over):
    reached = GoalFactory.create(match=over, owner=seat(over, "Ann").enrolment.user, text="Done", level=1)
    post(over, "Ann", go_on="yes", goals="yes")
    post(over, "Bea", go_on="yes")
    fresh = Match.objects.get(continues=over)
    assert [goal.text for goal in Goal.objects.filter(match=fresh)] == ["Goal of Ann"]
    assert Goal.objects.filter(match=over).count() == 3
    assert reached.level == 1
    with time_machine.travel(AFTER, tick=False):
        url, client = page(seat(fresh, "Ann").enrolment.user, fresh, "agreement")
        assert client.get(url).context["agreement"].version == 0
        assert "You go on together" in client.get(reverse("sessions:closing", args=[over.pk])).content.decode()
    mail = compose(Message.objects.get(kind="match-on", recipient=seat(fresh, "Ann").enrolment.user), now=AFTER)
    assert mail.subject == "You and Bea go on"


def test_where_it_takes_the_coordinator_all_read_why_in_plain_words(over):
    Program.objects.update(ends_on=AFTER.date())
    for name in ("Ann", "Bea"):
        post(over, name, go_on="yes")
    with time_machine.travel(AFTER, tick=False):
        url, client = page(seat(over, "Ann").enrolment.user, over)
        shown = client.get(url).content.decode()
    assert "The program has no time left, so a new match cannot begin by itself." in shown
    mail = compose(Message.objects.get(kind="going-on-asked", recipient=seat(over, "Bea").enrolment.user), now=AFTER)
    assert "The program has no time left" in mail.body


def test_nobody_else_answers_and_nonsense_is_no_answer(over):
    with time_machine.travel(AFTER, tick=False):
        url, client = page(seat(over, "Ann").enrolment.user, over)
        assert client.post(url, {"part": "on", "go_on": "perhaps"}).status_code == 422
    assert not GoesOn.objects.exists()


# --- the end that waits ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["Ann", "Bea"])
def test_while_an_end_waits_the_other_sees_nothing_of_it(pair, name):
    other = seat(pair, "Bea" if name == "Ann" else "Ann")
    with time_machine.travel(LATER, tick=False):
        client = Client()
        client.force_login(seat(pair, name).enrolment.user)
    addresses = [reverse("sessions:home"), *(reverse(f"sessions:{each}", args=[pair.pk]) for each in ("match", "end"))]

    def seen() -> list[str]:
        with time_machine.travel(LATER, tick=False):
            answers = [client.get(each) for each in addresses]
            assert {answer.status_code for answer in answers} == {200}
            return plain([answer.content.decode() for answer in answers])

    before = seen()
    services.end_soon(match=pair, seat=other, by=other.enrolment.user, now=LATER, words="canary")
    assert seen() == before


def test_the_receipt_takes_it_back_within_its_time_and_says_so_afterwards(pair):
    with time_machine.travel(LATER, tick=False):
        receipt, client = page(seat(pair, "Ann").enrolment.user, pair, "ending")
    end, match = (reverse(f"sessions:{each}", args=[pair.pk]) for each in ("end", "match"))
    with time_machine.travel(LATER, tick=False):
        assert client.post(end)["Location"] == receipt
        assert "Nobody has been told" in client.get(receipt).content.decode()
        assert client.get(end)["Location"] == receipt
        assert reverse("sessions:ending", args=[pair.pk]) in client.get(match).content.decode()
        client.post(receipt, {"undo": "1"})
        assert client.get(receipt)["Location"] == match
        client.post(end)
    late = LATER + dt.timedelta(minutes=15)
    with time_machine.travel(late, tick=False):
        client.post(receipt, {"undo": "1"})
        assert "It is ending now" in client.get(receipt).content.decode()
    assert EndingToCome.objects.count() == 1
    services.end_due(now=late)
    with time_machine.travel(late, tick=False):
        answer = client.post(receipt, {"undo": "1"}, follow=True)
        assert "It can no longer be taken back." in answer.content.decode()
    pair.refresh_from_db()
    assert pair.state == "ended"


def test_a_coordinator_takes_back_what_they_began(pair):
    dana = CoordinatorFactory.create(program=pair.track.program).user
    with time_machine.travel(LATER, tick=False):
        client = Client()
        client.force_login(dana)
    where = {"slug": pair.track.program.slug, "match": pair.pk}
    shown = reverse("matching:match", kwargs=where)
    with time_machine.travel(LATER, tick=False):
        client.post(reverse("matching:end", kwargs=where))
        waiting = EndingToCome.objects.get()
        assert "It ends at" in client.get(shown).content.decode()
        client.post(shown, {"undo": str(waiting.pk)})
        assert not EndingToCome.objects.exists()
        assert client.post(shown, {"undo": str(waiting.pk)}).status_code == 302
        client.post(reverse("matching:end", kwargs=where))
        client.post(shown, {"at_once": str(EndingToCome.objects.get().pk)})
    pair.refresh_from_db()
    assert (pair.state, pair.ended_by) == ("ended", dana)


def test_the_closing_page_leads_to_the_last_survey_while_it_can_be_answered(over):
    asked = [{"slug": "hopes", "text": "What came of it?", "kind": "text"}]
    load_part(over.track.program, [{"kind": "closing", "name": "At the end", "questions": asked}])
    ann = seat(over, "Ann").enrolment.user
    surveys.invite(program=over.track.program, kind="closing", user=ann, match=over, now=AFTER)
    for name, offered in (("Ann", True), ("Bea", False)):
        with time_machine.travel(AFTER, tick=False):
            url, client = page(seat(over, name).enrolment.user, over)
            assert ("What came of it, in a few questions" in client.get(url).content.decode()) is offered
    with time_machine.travel(AFTER + dt.timedelta(days=60), tick=False):
        url, client = page(ann, over)
        assert "What came of it, in a few questions" not in client.get(url).content.decode()
