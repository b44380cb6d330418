"""The end of a match for the people in it: the same for the other whoever ended it, and a good close at its time."""

import datetime as dt
import operator
import re
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mail.models import Message
from mail.services import drain
from mail.services.composing import compose
from matching import hooks, services
from matching.models import Match, Seat, Thanks
from participants import paper
from programs.models import Role
from sessions import planning
from sessions import services as meetings
from sessions.errors import NotInMatch, SessionError
from sessions.models import Goal, Note, Session
from sessions.services.closing import give_thanks, rate_goals
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory
from tests.pdfs import unpacked

LATER = NOW + dt.timedelta(days=20)


@pytest.fixture
def pair(db) -> Match:
    """Bea mentors Ann; they have met once and planned to meet again."""
    ann = EnrolmentFactory.create(role=Role.MENTEE, user__first_name="Ann", user__email="ann@example.org")
    bea = EnrolmentFactory.create(
        track=ann.track, role=Role.MENTOR, user__first_name="Bea", user__email="bea@example.org"
    )
    match = make_pair(bea, ann)
    SessionFactory.create(match=match, held=True, starts_at=NOW + dt.timedelta(days=3))
    meetings.plan_session(
        match=match,
        starts=(LATER + dt.timedelta(days=1)).replace(tzinfo=None),
        zone="UTC",
        minutes=45,
        channel="video",
        by=ann.user,
        now=LATER - dt.timedelta(days=1),
    )
    return match


def seat(match: Match, name: str) -> Seat:
    return match.seats.select_related("enrolment__user").get(enrolment__user__first_name=name)


def leave(match: Match, name: str, **facts) -> None:
    found = seat(match, name)
    services.leave_match(seat=found, by=found.enrolment.user, now=LATER, **facts)


def finish(match: Match) -> None:
    services.set_last_day(match=match, ends_on=LATER.date(), by=seat(match, "Ann").enrolment.user, now=LATER)
    services.finish_due(now=LATER + dt.timedelta(days=1))


def page(user, match: Match, name: str = "closing", **more: Any) -> tuple[str, Client]:
    client = Client()
    client.force_login(user)
    return reverse(f"sessions:{name}", kwargs={"match_id": match.pk, **more}), client


# --- fear-proof -----------------------------------------------------------------------------------------------------
class Undone(Exception):
    """What was seen; raising it takes back what was done."""


def seen_by(match: Match, name: str, ended_by: str) -> list[str]:
    """All mails and pages one person gets, when this person has ended it; everything is taken back afterwards."""
    with pytest.raises(Undone) as found, transaction.atomic():  # noqa: PT012 - undone by what it raises
        leave(match, ended_by, reason="unsafe", words="canary of why", another=False)
        user = seat(match, name).enrolment.user
        with time_machine.travel(LATER, tick=False):  # also the mails' date
            mails = [
                compose(message, now=LATER).message().as_string()
                for message in Message.objects.filter(recipient=user, state="pending").order_by("kind", "pk")
            ]
            client = Client()
            client.force_login(user)
            addresses = [reverse("sessions:home"), reverse("sessions:calendar")]
            addresses += [reverse(f"sessions:{each}", args=[match.pk]) for each in ("closing", "match", "end")]
            pages = [client.get(each).content.decode() for each in addresses]
        raise Undone([*mails, *pages])
    return found.value.args[0]


def plain(texts: list[str]) -> list[str]:
    """Without the tokens of forms and the boundary of mails, which are new each time."""
    new = r'csrfmiddlewaretoken" value="[^"]+"|={10,}\d+==|form_key" value="[^"]+"|x-csrftoken[^>]+'
    return [re.sub(new, "", each) for each in texts]


@pytest.mark.parametrize("other", ["Ann", "Bea"])
def test_what_the_other_sees_is_the_same_byte_for_byte_whoever_ended_it(pair, other):
    one, two = (plain(seen_by(pair, other, ended_by)) for ended_by in ("Ann", "Bea"))
    assert len(one) >= 7
    assert one == two
    assert not any("canary" in text for text in one)


def test_the_two_get_the_same_mails_but_for_their_names(pair):
    leave(pair, "Ann")
    queued = Message.objects.filter(state="pending").values_list("recipient__first_name", "kind")
    by_person = {name: sorted(kind for person, kind in queued if person == name) for name in ("Ann", "Bea")}
    assert by_person["Ann"] == by_person["Bea"] == ["match-ended", "session-cancelled"]


# --- what stops -----------------------------------------------------------------------------------------------------
def test_planned_sessions_are_called_off_and_no_reminder_is_ever_sent(pair, mailoutbox):
    session = Session.objects.get(match=pair, state="planned")
    assert Message.objects.filter(kind="session-day-before", state="pending").exists()
    leave(pair, "Bea")
    session.refresh_from_db()
    assert (session.state, session.sequence) == ("cancelled", 1)
    assert not Message.objects.filter(kind__in=["session-day-before", "session-hour-before"], state="pending").exists()
    for hours in range(0, 72, 6):
        clock = partial(operator.add, LATER, dt.timedelta(hours=hours))
        planning.plan_all(clock())
        drain(clock=clock)
    subjects = sorted(mail.subject for mail in mailoutbox)
    assert len([each for each in subjects if each.startswith("Cancelled")]) == 2
    assert not any("reminder" in each.lower() or "did you" in each.lower() for each in subjects)
    files = [content for mail in mailoutbox for _, content, _ in mail.attachments]
    assert files
    assert all("METHOD:CANCEL" in (each.decode() if isinstance(each, bytes) else each) for each in files)


def test_the_floors_above_join_in_within_the_same_transaction(pair, monkeypatch):
    seen = []
    monkeypatch.setattr(hooks, "ended", [*hooks.ended, lambda match, _now: seen.append((match.pk, match.end_reason))])
    leave(pair, "Ann")
    assert seen == [(pair.pk, "ended")]


def test_who_leaves_a_group_keeps_no_reminder_and_the_others_keep_the_session(pair):
    third = EnrolmentFactory.create(track=pair.track, role=Role.MENTEE, user__first_name="Cem")
    Seat.objects.create(match=pair, enrolment=third, role="mentee", answer="accepted", answered_at=NOW, live=True)
    session = Session.objects.get(match=pair, state="planned")
    leave(pair, "Ann")
    session.refresh_from_db()
    assert session.state == "planned"
    reminded = Message.objects.filter(kind="session-day-before", state="pending")
    assert set(reminded.values_list("recipient__first_name")) == {("Bea",)}
    message = Message.objects.get(kind="session-not-yours")
    assert message.recipient.first_name == "Ann"
    assert compose(message, now=LATER) is not None


# --- pages ----------------------------------------------------------------------------------------------------------
def test_two_taps_end_it_from_the_match_page(pair):
    with time_machine.travel(LATER, tick=False):
        url, client = page(seat(pair, "Ann").enrolment.user, pair, "match")
        assert reverse("sessions:end", args=[pair.pk]) in client.get(url).content.decode()
        answer = client.post(reverse("sessions:end", args=[pair.pk]))
        receipt = reverse("sessions:ending", args=[pair.pk])
        assert answer["Location"] == receipt
        answer = client.post(receipt, {"at_once": "1"}, follow=False)
        answer = client.get(answer["Location"])
        assert answer["Location"] == reverse("sessions:closing", args=[pair.pk])
        assert client.get(answer["Location"]).status_code == 200
        assert client.get(url).status_code == 404
        assert client.post(reverse("sessions:end", args=[pair.pk])).status_code == 404
    pair.refresh_from_db()
    assert pair.end_reason == "ended"


def test_goals_and_thanks_on_the_closing_page(pair):
    ann, bea = (seat(pair, name).enrolment.user for name in ("Ann", "Bea"))
    mine, theirs = GoalFactory.create(match=pair, owner=ann), GoalFactory.create(match=pair, owner=bea)
    finish(pair)
    url, client = page(ann, pair)
    assert client.post(url, {"part": "goals", f"goal_{mine.pk}": "2", f"goal_{theirs.pk}": "-2"}).status_code == 302
    assert client.post(url, {"part": "thanks", "words": "For every Tuesday"}).status_code == 302
    assert list(Goal.objects.order_by("pk").values_list("level", flat=True)) == [2, None]
    other_url, other = page(bea, pair)
    assert "For every Tuesday" in other.get(other_url).content.decode()
    assert client.post(url, {"part": "thanks", "words": "x" * 1001}).status_code == 422
    assert client.post(url, {"part": "thanks", "words": ""}).status_code == 302
    assert not Thanks.objects.exists()


def test_nobody_thanks_for_a_match_that_was_ended_early_or_is_on(pair):
    ann = seat(pair, "Ann").enrolment.user
    with pytest.raises(NotInMatch):
        give_thanks(match=pair, words="Thanks", by=ann, now=LATER)
    leave(pair, "Bea")
    with pytest.raises(SessionError):
        give_thanks(match=pair, words="Thanks", by=ann, now=LATER)
    stranger = EnrolmentFactory.create(track=pair.track).user
    with pytest.raises(NotInMatch):
        rate_goals(match=pair, levels={}, by=stranger, now=LATER)
    url, client = page(stranger, pair)
    assert client.get(url).status_code == 404


def test_own_notes_are_erased_for_good_and_what_the_other_wrote_stays(pair):
    ann, bea = (seat(pair, name).enrolment.user for name in ("Ann", "Bea"))
    session = Session.objects.get(match=pair, state="held")
    for author in (ann, bea):
        for visibility in ("shared", "private"):
            NoteFactory.create(session=session, author=author, visibility=visibility, body=f"{author} {visibility}")
    finish(pair)
    url, client = page(ann, pair, "closing_notes")
    shown = client.get(url).content.decode()
    found = [f"{who} {how}" in shown for who in (bea, ann) for how in ("shared", "private")]
    assert found == [True, False, True, True]
    client.post(url, {"notes": "keep"})
    assert (Note.objects.count(), seat(pair, "Ann").keeps_notes) == (4, True)
    client.post(url, {"notes": "erase"})
    assert set(Note.objects.values_list("author", flat=True)) == {bea.pk}
    assert seat(pair, "Ann").keeps_notes is False


def test_the_certificate_says_what_was_held_and_is_a_tagged_file(pair):
    ann = seat(pair, "Ann").enrolment.user
    url, client = page(ann, pair, "certificate")
    assert client.get(url).status_code == 404
    finish(pair)
    shown = client.get(url).content.decode()
    assert [each in shown for each in (ann.name, "Sessions held", "45 minutes")] == [True] * 3
    answer = client.get(reverse("sessions:certificate_pdf", args=[pair.pk]))
    assert answer["Content-Type"] == "application/pdf"
    inside = unpacked(answer.content)
    for part in (b"pdfuaid:part", b"/MarkInfo", b"/StructTreeRoot", b"/FontFile", b"/Lang"):
        assert part in inside
    Session.objects.filter(match=pair).delete()
    assert client.get(url).status_code == 404


def test_a_name_never_makes_the_certificate_fetch_an_address(pair, monkeypatch):
    asked = []
    real = paper._font

    def listening(url, *_, **__):
        asked.append(url)
        return real(url)

    monkeypatch.setattr(paper, "_font", listening)
    ann = seat(pair, "Ann").enrolment.user
    finish(pair)
    ann.first_name = '<img src="http://evil.example/x.png">'
    ann.save()
    _, client = page(ann, pair)
    assert client.get(reverse("sessions:certificate_pdf", args=[pair.pk])).status_code == 200
    assert asked
    assert all(each.startswith("font:") for each in asked)


def test_without_pango_the_page_says_so_and_is_to_be_printed(pair, monkeypatch):
    def missing(*_):
        raise paper.NoPdf

    monkeypatch.setattr("sessions.certificate.pdf_of", missing)
    finish(pair)
    _, client = page(seat(pair, "Ann").enrolment.user, pair)
    answer = client.get(reverse("sessions:certificate_pdf", args=[pair.pk]), follow=True)
    assert "cannot make a PDF" in answer.content.decode()


def test_coordinators_preview_close_and_take_back(pair):
    coordinator = CoordinatorFactory.create(program=pair.track.program).user
    url = reverse("closing:all", args=[pair.track.program.slug])
    with time_machine.travel(LATER, tick=False):
        client = Client()
        client.force_login(coordinator)
        assert client.get(url).context["shown"].tracks[0].people == 2
        assert client.post(url, {"tracks": [pair.track_id]}).status_code == 302
        assert "Keep them open" in client.get(url).content.decode()
        client.post(url, {"undo": "1"})
        assert client.post(url, {}).status_code == 422
    pair.refresh_from_db()
    assert (pair.state, pair.closes_at) == ("active", None)
