"""Opening notes: who, for what, how long, who is told, and that every reading is on record."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mail.models import Message
from mail.services.composing import compose
from matching.models import Match
from participants.models import AuditEntry, RoleGrant
from safeguarding import queries, services
from safeguarding.errors import ConcernError, NotYours
from safeguarding.models import Opening
from tests.factories.programs import NOW
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
REASON = "She fears for her safety"
PASSWORD = "a long pass phrase"


@pytest.fixture
def notes(cast):
    """Shared and private ones of the match, and one of another pair."""
    session = SessionFactory.create(match=cast.match, held=True, starts_at=NOW)
    NoteFactory.create(session=session, author=cast.mia, visibility="shared", body="canaryshared")
    NoteFactory.create(session=session, author=cast.bob, visibility="private", body="canaryprivate")
    GoalFactory.create(match=cast.match, owner=cast.mia, text="canarygoal")
    other = SessionFactory.create(match=cast.other_match, held=True, starts_at=NOW)
    author = cast.other_match.seats.order_by("pk")[0].enrolment.user
    NoteFactory.create(session=other, author=author, visibility="shared", body="canaryelsewhere")


@pytest.fixture
def opened(cast, report):
    """Opens the notes of mia's match for the case about it."""

    def opened(case=None, **changes):
        case = case or report()
        facts = {"number": case.number, "reason": REASON, "with_private": False, "by": cast.sally, "now": NOW}
        return services.open_notes(case=case, **{**facts, **changes})

    return opened


def words_in(reading: queries.Reading) -> set[str]:
    return {note.body for page in reading.pages for note in page.notes} | {goal.text for goal in reading.goals}


def told(kind: str) -> set:
    return {message.recipient for message in Message.objects.filter(kind=kind).select_related("recipient")}


def test_it_shows_one_match_without_private_notes_unless_they_were_asked_for(cast, notes, opened):
    reading = services.read(opening=opened(), by=cast.sally, now=NOW)
    assert words_in(reading) == {"canaryshared", "canarygoal"}
    reading = services.read(opening=opened(with_private=True), by=cast.sally, now=NOW)
    assert words_in(reading) == {"canaryshared", "canaryprivate", "canarygoal"}


def test_each_reading_is_on_record_and_reading_at_a_loss_of_the_record_shows_nothing(cast, notes, opened, monkeypatch):
    opening = opened()
    for minute in range(3):
        services.read(opening=opening, by=cast.sally, now=NOW + dt.timedelta(minutes=minute))
    read = AuditEntry.objects.filter(verb="notes read", by=cast.sally, subject_id=opening.case_id)
    assert [entry.detail for entry in read] == [{"opening": opening.pk, "notes": 1}] * 3
    monkeypatch.setattr("safeguarding.services.opening.record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.read(opening=opening, by=cast.sally, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "x" * 19}, "reason"),
        ({"reason": f"   {'x' * 19}   "}, "reason"),
        ({"number": "AAAA-AAAA"}, "number"),
    ],
)
def test_it_takes_a_reason_and_the_number_of_the_case(opened, changes, field):
    with pytest.raises(ConcernError) as refused:
        opened(**changes)
    assert refused.value.field == field
    assert not Opening.objects.exists()


def test_it_takes_an_open_case_about_a_match(cast, report, opened):
    with pytest.raises(ConcernError):
        opened(report(match_id=None))
    case = services.close(case=report(), outcome="nothing", version=1, by=cast.sally, now=NOW)
    with pytest.raises(ConcernError):
        opened(case)


def test_nobody_but_a_lead_opens_it_and_no_lead_of_a_match_of_their_own(cast, report, opened):
    for role in ("admin", "safeguarding_lead"):
        RoleGrant.objects.create(user=cast.bob, role=role, granted_at=NOW)
    services.assign(case=(case := report()), to=cast.alice, version=1, by=cast.sally, now=NOW)
    for user in (cast.alice, cast.ada, cast.bob, cast.mia):
        with pytest.raises(NotYours):
            opened(case, by=user)


def test_another_lead_is_told_at_once_else_the_admins_else_it_stays_closed(cast, report, opened):
    opened()
    assert told("notes-opened") == {cast.ada}
    mail = compose(Message.objects.get(kind="notes-opened"), now=NOW)
    assert mail is not None
    assert "Sally Example opened the shared notes of one match" in mail.body
    assert not [word for word in (REASON, "Mia", "Bob", "Spring") if word in mail.body]
    RoleGrant.objects.filter(user=cast.ada).delete()
    with pytest.raises(ConcernError, match="Nobody else could be told"):
        opened(by=cast.sally)


def test_a_second_lead_is_told_before_the_admins(cast, second, opened):
    opened()
    assert told("notes-opened") == {second}
    assert Message.objects.get(kind="notes-opened").not_before == NOW


def test_it_is_over_after_an_hour_by_the_button_with_the_case_and_with_the_role(cast, notes, report, opened):
    opening = opened()
    last = NOW + HOUR - dt.timedelta(seconds=1)
    assert services.read(opening=opening, by=cast.sally, now=last).notes == 1
    with pytest.raises(NotYours):
        services.read(opening=opening, by=cast.sally, now=NOW + HOUR)
    services.end(opening=opening, by=cast.sally, now=NOW)
    with pytest.raises(NotYours):
        services.read(opening=opening, by=cast.sally, now=NOW)
    other = opened()
    services.close(case=other.case, outcome="nothing", version=1, by=cast.sally, now=NOW)
    with pytest.raises(NotYours):
        services.read(opening=other, by=cast.sally, now=NOW)
    third = opened()
    RoleGrant.objects.filter(user=cast.sally).delete()
    with pytest.raises(NotYours):
        services.read(opening=third, by=cast.sally, now=NOW)


def test_what_is_open_to_one_lead_is_not_open_to_another(cast, second, notes, opened):
    opening = opened()
    with pytest.raises(NotYours):
        services.read(opening=opening, by=second, now=NOW)


def test_the_pair_is_told_after_three_days_once_by_day(cast, opened):
    opening = opened()
    late = dt.datetime.combine(NOW.date() + 4 * DAY, dt.time(2), dt.UTC)
    assert services.tell_due(NOW + 72 * HOUR - dt.timedelta(seconds=1)) == 0
    assert [services.tell_due(late), services.tell_due(late), services.tell_due(late + DAY)] == [1, 0, 0]
    assert told("notes-were-opened") == {cast.bob, cast.mia}
    due = Message.objects.filter(kind="notes-were-opened").order_by("pk").values_list("not_before", flat=True)
    assert {moment.astimezone(ZoneInfo("Europe/Berlin")).time() for moment in due} == {dt.time(8)}
    mail = compose(Message.objects.filter(kind="notes-were-opened")[0], now=late)
    assert mail is not None
    assert not [word for word in (REASON, opening.case.number, "Mia reported") if word in mail.body]


def test_telling_is_put_off_with_a_reason_and_not_for_ever(cast, opened):
    opening = opened()
    for days, reason in ((7, "too short"), (365, REASON)):
        with pytest.raises(ConcernError):
            services.delay(opening=opening, days=days, reason=reason, by=cast.sally, now=NOW)
    services.delay(opening=opening, days=7, reason=REASON, by=cast.sally, now=NOW + DAY)
    assert services.tell_due(NOW + 8 * DAY - dt.timedelta(seconds=1)) == 0
    assert services.tell_due(NOW + 8 * DAY) == 1
    with pytest.raises(ConcernError):
        services.delay(opening=opening, days=7, reason=REASON, by=cast.sally, now=NOW + 9 * DAY)


def test_why_is_read_with_the_case_and_not_by_looking(cast, report, opened, client: Client):
    """Reasons may hold words of the case: each reading of them is on its record."""
    opening = opened(reason="canarywhy, long enough to be one")
    services.delay(opening=opening, days=7, reason="canarylater, long enough to be one", by=cast.sally, now=NOW + DAY)
    number = opening.case.number
    with time_machine.travel(NOW + DAY, tick=False):
        client.force_login(cast.sally)
        looked = client.get(reverse("safeguarding:case", args=[number])).content.decode()
        assert "canary" not in looked
        assert "Why is shown with what was reported." in looked
        read = client.post(reverse("safeguarding:read_case", args=[number])).content.decode()
    assert ["canarywhy" in read, "canarylater" in read] == [True, True]
    assert AuditEntry.objects.filter(verb="case read", by=cast.sally).count() == 1


def test_the_pair_is_told_although_the_match_is_gone(cast, opened):
    opened()
    Match.objects.filter(pk=cast.match.pk).delete()
    services.tell_due(NOW + 4 * DAY)
    assert told("notes-were-opened") == {cast.bob, cast.mia}
    assert compose(Message.objects.filter(kind="notes-were-opened")[0], now=NOW + 4 * DAY) is not None


def test_everybody_sees_how_often_this_year(cast, report, opened, client: Client):
    case = report()
    first = opened(case)
    assert opened(case).pk == first.pk  # the one that is still on
    opened(case, now=NOW + 2 * HOUR)
    with time_machine.travel(NOW + DAY, tick=False):
        assert f"In {NOW.year} notes were opened 2 times." in client.get("/privacy/").content.decode()
    assert queries.opened_in(NOW.year - 1) == 0


@pytest.fixture
def lead(cast, client: Client) -> Client:
    """Sally's browser. She has a password."""
    cast.sally.set_password(PASSWORD)
    cast.sally.save()
    with time_machine.travel(NOW, tick=False):
        client.force_login(cast.sally)
    return client


def test_on_the_pages_it_takes_a_fresh_proof_for_each_opening(cast, notes, report, lead: Client):
    with time_machine.travel(NOW, tick=False):
        case = report()
        at = reverse("safeguarding:open", kwargs={"number": case.number})
        confirm = reverse("safeguarding:confirm", kwargs={"number": case.number})
        body = {"number": case.number.lower(), "reason": REASON}
        assert lead.post(at, body)["Location"] == confirm
        assert lead.post(confirm, {"password": "something else"}).status_code == 422
        assert lead.post(at, body)["Location"] == confirm
        assert lead.post(confirm, {"password": PASSWORD})["Location"] == at
        assert lead.post(at, {**body, "reason": "short"}).status_code == 422
        opened = lead.post(at, body)["Location"]
        assert "canary" not in lead.get(opened).content.decode()
        reading = lead.post(f"{opened}read/")
        assert (reading.status_code, "no-store" in reading["Cache-Control"]) == (200, True)
        assert "canaryshared" in reading.content.decode()
        assert not [word for word in ("canaryprivate", "canaryelsewhere") if word in reading.content.decode()]
        assert lead.post(at, body)["Location"] == confirm
    with time_machine.travel(NOW + HOUR, tick=False):
        assert [lead.get(opened).status_code, lead.post(f"{opened}read/").status_code] == [404, 404]


def test_a_proof_is_old_after_a_quarter_of_an_hour(cast, report, lead: Client):
    case = report()
    at = reverse("safeguarding:open", kwargs={"number": case.number})
    confirm = reverse("safeguarding:confirm", kwargs={"number": case.number})
    with time_machine.travel(NOW, tick=False):
        lead.post(confirm, {"password": PASSWORD})
    with time_machine.travel(NOW + dt.timedelta(minutes=15), tick=False):
        assert lead.post(at, {"number": case.number, "reason": REASON})["Location"] == confirm


def test_a_link_by_mail_is_a_proof_too(cast, report, lead: Client):
    case = report()
    confirm = reverse("safeguarding:confirm", kwargs={"number": case.number})
    with time_machine.travel(NOW, tick=False):
        assert lead.post(confirm)["Location"] == reverse("safeguarding:link_sent", kwargs={"number": case.number})
        mail = compose(Message.objects.get(kind="sign_in"), now=NOW)
        assert mail is not None
        link = next(word for word in mail.body.split() if "/sign-in/" in word)
        path = link[link.index("/t/") :]
        assert lead.post(path)["Location"] == reverse("safeguarding:open", kwargs={"number": case.number})
        at = reverse("safeguarding:open", kwargs={"number": case.number})
        assert "/notes/" in lead.post(at, {"number": case.number, "reason": REASON})["Location"]
