"""A report behind a link: as it stood, for a time, and of nobody's opening anything but a count."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from participants.models import AuditEntry, User
from programs.models import Program
from reports.models import SharedReport
from reports.queries.frozen import keep_outcome, kept_outcome
from reports.queries.outcome import outcome
from reports.services import open_look
from reports.services.pricing import set_price
from reports.services.sharing import TooManyLinks, WrongDays, count_opening, read_link, share_report, withdraw_link
from tests.factories.finished import Finished
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.reports.test_looks import CLOSE
from tests.reports.test_outcome import pairs

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def program() -> Program:
    track = TrackFactory.create(program=ProgramFactory.create(name="Spring"))
    pairs(track, 6, held=3)
    CoordinatorFactory.create(program=track.program)
    return track.program


def maker(program: Program) -> User:
    return program.coordinators.get().user


def opened(key: str, when: dt.datetime = NOW) -> tuple[int, str]:
    with time_machine.travel(when, tick=False):
        response = Client().get(reverse("report_links:report", args=[key]))
    return response.status_code, response.content.decode()


def test_the_link_shows_the_report_as_it_stood(program: Program) -> None:
    _, key = share_report(program=program, days=30, by=maker(program), now=NOW)
    EnrolmentFactory.create_batch(9, track=program.tracks.get())
    status, page = opened(key, NOW + 29 * DAY)
    assert (status, "12 of 12 people have met their match" in page) == (200, True)
    assert re.findall(r'href="(?!/static/|#main)', page) == []
    assert "<form" not in page
    assert [user.email for user in User.objects.all() if user.email in page or user.last_name in page] == []


def test_every_figure_comes_back_as_it_was_kept() -> None:
    """Also tracks, answers, looks and costs."""
    made = Finished(ProgramFactory.create())
    for number in range(6):
        made.match("traditional", [([3] * 6, [5 - number % 2] * 6)], led=True)
        made.match("peer", [([3] * 6, [4] * 6), ([3] * 6, [4] * 6)])
    by = CoordinatorFactory.create(program=made.program).user
    set_price(program=made.program, hour=Decimal(50), costs=Decimal(100), currency="EUR", by=by, now=NOW)
    open_look(program=made.program, kind="close", by=by, now=CLOSE)
    report = outcome(made.program, CLOSE, by)
    again = kept_outcome(keep_outcome(report))
    assert [(each, figure) for _, each, figure in again.rows()] == [(each, f) for _, each, f in report.rows()]
    assert (again.heading, again.lede, again.crossing) == (report.heading, report.lede, report.crossing)
    assert again.opened.comparison == report.opened.comparison


def test_what_is_too_small_is_not_even_kept() -> None:
    track = TrackFactory.create()
    pairs(track, 2, held=3)
    shared, _ = share_report(program=track.program, days=1, by=CoordinatorFactory.create().user, now=NOW)
    assert {each["numerator"] for each in shared.content["figures"]} == {None}


@pytest.mark.parametrize(
    "end", ["expired", "withdrawn", "cut", "other", "asleep", "links withdrawn", "maker gone", "no number", "long"]
)
def test_a_link_that_does_not_hold_opens_nothing(program: Program, end: str) -> None:
    by = maker(program)
    shared, key = share_report(program=program, days=30, by=by, now=NOW)
    other, _ = share_report(program=program, days=30, by=by, now=NOW)
    when, secret = NOW, key.partition(".")[2]
    match end:
        case "expired":
            when = NOW + 30 * DAY
        case "withdrawn":
            withdraw_link(program=program, pk=shared.pk, by=by, now=NOW)
        case "cut":
            key = key[:-1]
        case "other":
            key = f"{other.pk}.{secret}"
        case "asleep":
            User.objects.filter(pk=by.pk).update(is_active=False)
        case "links withdrawn":
            User.objects.filter(pk=by.pk).update(link_version=9)
        case "maker gone":
            SharedReport.objects.update(made_by=None)
        case "no number":
            key = f"{'z' * 20}.{secret}"
        case "long":
            key = key + "a" * 60
    status, page = opened(key, when)
    assert (status, "This link no longer works" in page, "Spring" in page) == (404, True, False)


def test_the_key_is_nowhere_in_the_database(program: Program) -> None:
    shared, key = share_report(program=program, days=30, by=maker(program), now=NOW)
    secret = key.partition(".")[2]
    kept = [*SharedReport.objects.values_list("token_hash", flat=True), *map(str, AuditEntry.objects.values())]
    assert [each for each in kept if secret in each] == []
    assert read_link(key, now=NOW) == shared


def test_a_link_holds_for_a_day_to_a_year_and_there_are_fifty(program: Program) -> None:
    by = maker(program)
    for days in (0, 366, -1):
        with pytest.raises(WrongDays):
            share_report(program=program, days=days, by=by, now=NOW)
    share_report(program=program, days=365, by=by, now=NOW)
    first = SharedReport.objects.get()
    SharedReport.objects.bulk_create(
        SharedReport(program=program, token_hash=str(n), made_at=NOW, expires_at=first.expires_at) for n in range(49)
    )
    with pytest.raises(TooManyLinks):
        share_report(program=program, days=1, by=by, now=NOW)


def test_openings_are_counted_and_nothing_else_of_them(program: Program) -> None:
    shared, _ = share_report(program=program, days=30, by=maker(program), now=NOW)
    count_opening(pk=shared.pk, now=NOW + DAY)
    shared.refresh_from_db()
    assert (shared.openings, shared.opened_at) == (1, NOW + DAY)


def test_who_asks_all_the_time_waits(program: Program) -> None:
    _, key = share_report(program=program, days=30, by=maker(program), now=NOW)
    url, client = reverse("report_links:report", args=[key[:-1]]), Client()
    with time_machine.travel(NOW, tick=False):
        assert [client.get(url).status_code for _ in range(61)][-2:] == [404, 429]


def test_a_link_ends_after_it_begins(program: Program) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedReport.objects.create(program=program, token_hash="x", made_at=NOW, expires_at=NOW)


def test_the_list_is_that_of_the_program(program: Program) -> None:
    """Another program's coordinator neither sees nor withdraws it."""
    shared, _ = share_report(program=program, days=30, by=maker(program), now=NOW)
    other = CoordinatorFactory.create().program
    with pytest.raises(SharedReport.DoesNotExist):
        withdraw_link(program=other, pk=shared.pk, by=maker(other), now=NOW)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(maker(program))
        made = client.post(reverse("reports:links", args=[program.slug]), {"days": "7"})
    [address] = re.findall(r'value="https?://[^/]+(/t/[^"]+)"', made.content.decode())
    with time_machine.travel(NOW + 6 * DAY, tick=False):
        response = Client().get(address)
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert response["Referrer-Policy"] == "no-referrer"
