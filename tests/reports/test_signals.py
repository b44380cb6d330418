"""Thresholds, what was of no use, and what answers may tell: pages and services."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from participants.models import AuditEntry
from programs.models import Role, Track
from reports import signalling
from reports.health import Limits
from reports.models import AnswerSignal, Flag, Threshold
from reports.queries.answering import hide_few
from reports.queries.around import limits_of
from reports.queries.signals import told_of
from surveys import definition
from surveys import services as surveys
from surveys.models import Invitation, Publication, Survey
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import SessionFactory
from tests.factories.surveys import ask_after
from tests.people import Cast, make_cast

DAY = dt.timedelta(days=1)
LATER = NOW + 20 * DAY


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Iterator[Client]:
    """Signed in, twenty days after the match."""
    with time_machine.travel(LATER, tick=False):
        client.force_login(cast.alice)
        yield client


def test_numbers_are_kept_only_where_they_differ_and_empty_is_the_default(alice: Client, cast: Cast) -> None:
    url = reverse("signals:rules", kwargs={"slug": "spring"})
    assert alice.post(url, {"first_watch": "12", "quiet_watch_times": "1.5"}).status_code == 302
    assert list(Threshold.objects.values_list("slug", "value")) == [("first_watch", 12.0)]
    assert (limits_of(cast.program)["first_watch"], limits_of(cast.program)["first_risk"]) == (12.0, 14)
    assert AuditEntry.objects.get(verb="signals changed").detail == {"first_watch": 12.0}
    alice.post(url, {})
    assert limits_of(cast.program) == Limits({})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first_watch": "15"}, "Choose 15 or more"),
        ({"quiet_watch_days": "0"}, "greater than or equal to 7"),
        ({"first_watch": "10.5"}, "whole number"),
    ],
)
def test_a_number_that_cannot_be_is_refused_at_its_field(alice: Client, given: dict[str, str], words: str) -> None:
    answer = alice.post(reverse("signals:rules", kwargs={"slug": "spring"}), given)
    assert answer.status_code == 422
    assert words in " ".join(str(each) for errors in answer.context["form"].errors.values() for each in errors)
    assert not Threshold.objects.exists()


def test_a_mute_silences_one_rule_for_one_match_and_can_be_taken_back(alice: Client, cast: Cast) -> None:
    SessionFactory.create(match=cast.match, held=True, starts_at=NOW - 90 * DAY)
    page = reverse("signals:pair", kwargs={"slug": "spring", "match": cast.match.pk})
    deed = reverse("signals:mute", kwargs={"slug": "spring", "match": cast.match.pk})
    with_quiet = {each.rule for each in alice.get(page).context["row"].signals}
    assert "quiet" in with_quiet
    for _ in range(2):
        assert alice.post(deed, {"rule": "quiet"}).status_code == 302
    row = alice.get(page).context["row"]
    assert ({each.rule for each in row.signals}, [each.rule for each in row.muted]) == (
        with_quiet - {"quiet"},
        ["quiet"],
    )
    assert Flag.objects.get().muted_by == cast.alice
    alice.post(deed, {"rule": "quiet", "do": "show"})
    assert {each.rule for each in alice.get(page).context["row"].signals} == with_quiet
    assert alice.post(deed, {"rule": "nonsense"}).status_code == 404


def test_the_two_actions_write_to_the_pair_and_lead_to_a_rematch(alice: Client, cast: Cast) -> None:
    html = alice.get(reverse("signals:pair", kwargs={"slug": "spring", "match": cast.match.pk})).content.decode()
    assert 'href="mailto:bob@example.org,mia@example.org?subject=Spring%20program' in html
    assert reverse("matching:end", kwargs={"slug": "spring", "match": cast.match.pk}) in html


def answered(cast: Cast, pairs: int, low: int) -> None:
    """So many pairs met; both of each answered; both of the first `low` of them found it of no use."""
    track = Track.objects.get(pk=cast.track.pk)
    for number in range(pairs):
        match = make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track))
        session = SessionFactory.create(match=match, held=True, starts_at=NOW + DAY)
        for seat in match.seats.select_related("enrolment__user"):
            asked = ask_after(session, seat.enrolment.user, NOW + 2 * DAY)
            value = 1 if number < low else 5
            surveys.answer(invitation=asked, answers={"useful": value, "talk": 3}, now=NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("pairs", "low", "shown"),
    [(6, 3, (3, 6)), (6, 2, (None, None)), (5, 3, (None, None)), (3, 3, (None, None))],
)
def test_answers_are_counted_only_where_five_people_are_on_either_side(
    cast: Cast, pairs: int, low: int, shown: tuple[int | None, int | None]
) -> None:
    answered(cast, pairs, low)
    survey = Survey.objects.get(program=cast.program, kind="pulse")
    surveys.publish_figures(survey=survey, now=NOW + 3 * DAY)
    assert signalling.count_answers(program=cast.program, now=NOW + 3 * DAY) == 3
    told = {each.rule.slug: each for each in told_of(cast.program)}["low_pulse"]
    assert (told.matches, told.out_of) == shown


def test_a_count_does_not_move_with_an_answer_or_a_threshold(cast: Cast) -> None:
    answered(cast, 6, 3)
    survey = Survey.objects.get(program=cast.program, kind="pulse")
    surveys.publish_figures(survey=survey, now=NOW + 3 * DAY)
    signalling.count_answers(program=cast.program, now=NOW + 3 * DAY)
    before = list(AnswerSignal.objects.values())
    changed = Invitation.objects.filter(response__answers__value=1).earliest("pk")
    surveys.answer(invitation=changed, answers={"useful": 5}, now=NOW + 4 * DAY)
    signalling.set_thresholds(program=cast.program, values={"pulse_item": 4.0}, by=cast.alice, now=NOW + 4 * DAY)
    surveys.publish_figures(survey=survey, now=NOW + 5 * DAY)
    signalling.count_answers(program=cast.program, now=NOW + 5 * DAY)
    assert list(AnswerSignal.objects.values()) == before


def test_no_page_of_one_match_tells_what_somebody_answered(alice: Client, cast: Cast) -> None:
    """The same page, to the letter, whether the two found it useful or not."""
    pages = []
    for value in (5, 1):
        session = SessionFactory.create(match=cast.match, held=True, starts_at=NOW + DAY)
        asked = ask_after(session, cast.mia, NOW + 2 * DAY)
        surveys.answer(invitation=asked, answers={"useful": value, "heard": value, "talk": value}, now=NOW + 2 * DAY)
        row = alice.get(reverse("signals:pair", kwargs={"slug": "spring", "match": cast.match.pk})).context["row"]
        pages.append(row.signals)
        session.delete()
    assert pages[0] == pages[1]


def test_of_all_matches_or_all_but_one_it_is_said_that_it_is_so_many_or_more(alice: Client, cast: Cast) -> None:
    """Of six of six pairs whoever did not say it would know that the other did."""
    survey = definition.pulse_of(cast.program)
    published = Publication.objects.create(survey=survey, as_of=NOW, people=12, answers=12, figures=[])
    signal = AnswerSignal.objects.create(publication=published, rule="low_pulse", matches=4, out_of=6)
    found = []
    for matches in (4, 5, 6):
        AnswerSignal.objects.filter(pk=signal.pk).update(matches=matches)
        told = {each.rule.slug: each for each in told_of(cast.program)}["low_pulse"]
        found.append((told.matches, told.bounded))
    assert found == [(4, False), (5, True), (5, True)]
    assert "in 5 or more of 6 matches" in alice.get("/programs/spring/pairs/signals/").content.decode()


@pytest.mark.pure
def test_few_are_hidden_on_either_side() -> None:
    heard = {1: {1, 2}, 2: {3, 4}, 3: {5, 6}, 4: {7, 8}, 5: {9, 10}}
    assert hide_few({1: {1, 2}, 2: {3, 4}, 3: {5}}, heard).matches == 3
    assert hide_few({1: {1, 2}, 2: {3, 4}}, heard).matches is None
    assert hide_few({1: {1, 2}, 2: {3, 4}, 3: {5, 6}}, heard).matches is None


@pytest.mark.parametrize(
    "row",
    [
        lambda cast: Threshold(program=cast.program, slug="first_watch", value=0),
        lambda cast: Threshold(program=cast.program, slug="first_watch", value=366),
        lambda cast: Flag(match=cast.match, rule="quiet", raised_at=NOW),
        lambda cast: Threshold(program=cast.program, slug="twice", value=2),
    ],
)
def test_the_database_refuses(cast: Cast, row) -> None:
    Flag.objects.create(match=cast.match, rule="quiet", raised_at=NOW)
    Threshold.objects.create(program=cast.program, slug="twice", value=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(cast).save()
