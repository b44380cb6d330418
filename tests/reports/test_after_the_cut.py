"""Answers cut from people: every figure stays, and nothing leads from a person to what they answered."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from participants import hooks, queries
from participants.models import AuditEntry, User
from participants.services import erase, keep_to_retention
from reports import signalling
from reports.models import AnswerSignal, ComparisonLook
from reports.queries.answers import consented_rows, gather, paired
from reports.queries.looks import content_of, content_of_all, due_at
from reports.queries.opened import progress
from surveys import services
from surveys.definition import survey_of
from surveys.models import Answer, AnswerKey, Invitation, Publication, Question, Respondent, Response
from surveys.pseudonyms import person_code
from surveys.queries import figures_of, own_answers
from surveys.services.erasing import forget_words
from surveys.wording import CORE_ITEMS
from tests.factories.finished import DAY, Finished
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, ProgramFactory
from tests.people import make_cast
from tests.reports.test_looks import CLOSE
from tests.reports.test_signals import answered

pytestmark = pytest.mark.django_db
# Baselines have been closed for 30 days by then, and by the second day everything has.
HALF_WAY, AFTERWARDS = NOW + 90 * DAY, CLOSE + 31 * DAY


def finished(*, more: int = 0, pairs: int = 8) -> Finished:
    """So many mentees of their own mentors and pairs of peers, who rise by different numbers; all say yes."""
    made = Finished(ProgramFactory.create())
    for number in range(pairs):
        made.match("traditional", [([3] * 6, [5 + more - number % 2] * 6)], led=True)
        made.match("peer", [([3] * 6, [4 + more] * 6), ([3] * 6, [3 + more, 4, 3, 4, 3, 4])])
    Response.objects.update(consent=True)
    for kind in ("baseline", "closing"):
        services.publish_figures(survey=survey_of(made.program, kind), now=CLOSE - DAY)
    return made


@transaction.atomic
def cut(now: dt.datetime) -> int:
    return services.cut_links(now - 30 * DAY, now)


def plain(found: Any) -> Any:
    """Without the last digits of sums, which depend on the order in which they are added up."""
    if isinstance(found, float):
        return round(found, 9)
    if isinstance(found, dict):
        return {key: plain(value) for key, value in found.items()}
    return [plain(each) for each in found] if isinstance(found, list | tuple) else found


def told(made: Finished) -> Any:
    """Everything that is ever shown of a program's answers."""
    program = made.program
    return plain(
        [
            content_of(program, "close", None, CLOSE),
            consented_rows(program),
            sorted((each.arm, each.before, each.after) for each in paired([program], by="model").learners),
            progress(program),
            [
                (each.invited_people, each.answered_people, each.published and each.published.figures)
                for each in (figures_of(program, kind) for kind in ("baseline", "closing"))
                if each
            ],
        ]
    )


def test_every_figure_is_the_same_before_and_after() -> None:
    made = finished()
    before = told(made)
    assert before[0]["comparison"]["groups"]
    assert len(before[1]) == 24
    assert (cut(HALF_WAY), told(made) == before) == (24, True)
    assert AnswerKey.objects.get().key
    assert (cut(AFTERWARDS), told(made) == before) == (24, True)
    assert AnswerKey.objects.get().key == ""
    assert cut(AFTERWARDS + DAY) == 0
    assert AuditEntry.objects.filter(verb="answers cut from people").count() == 1


def test_programs_together_come_to_the_same() -> None:
    """With somebody who learns in both: of two programs that person counts once, also when nobody knows who it is."""
    first, second = finished(pairs=5), finished(more=1, pairs=5)
    both = first.program.tracks.get(model="peer").enrolments.earliest("pk").user
    for seat in second.program.tracks.get(model="peer").enrolments.order_by("pk")[:1]:
        code = person_code(AnswerKey.objects.get(program=second.program).key, both.pk)
        of_seat = person_code(AnswerKey.objects.get(program=second.program).key, seat.user_id)
        Respondent.objects.filter(code=of_seat).update(code=code)
        Invitation.objects.filter(user=seat.user, survey__program=second.program).update(user=both)
        seat.user = both
        seat.save()
    programs = [first.program, second.program]
    nothing = {"comparison": None}
    looks = [ComparisonLook(program=each, kind="close", as_of=CLOSE, content=nothing) for each in programs]
    before = plain(content_of_all(programs, looks, []))
    assert sum(each["people"] for each in before["comparison"]["groups"]) == 29
    cut(AFTERWARDS)
    assert plain(content_of_all(programs, looks, [])) == before


def test_counts_of_signals_are_the_same_after_a_cut() -> None:
    cast = make_cast()
    answered(cast, 6, 3)
    survey = survey_of(cast.program, "pulse")
    services.publish_figures(survey=survey, now=NOW + 3 * DAY)
    signalling.count_answers(program=cast.program, now=NOW + 3 * DAY)
    before = list(AnswerSignal.objects.order_by("rule").values_list("rule", "matches", "out_of"))
    AnswerSignal.objects.all().delete()
    assert cut(NOW + 60 * DAY) == 12
    signalling.count_answers(program=cast.program, now=NOW + 60 * DAY)
    assert list(AnswerSignal.objects.order_by("rule").values_list("rule", "matches", "out_of")) == before
    assert ("low_pulse", 3, 6) in before


# --- nothing leads back ---------------------------------------------------------------------


def moments(rows: models.QuerySet[Any]) -> Iterator[dt.datetime]:
    for row in rows:
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            if isinstance(value, dt.datetime):
                yield value


def leads_to_people(model: type[models.Model]) -> bool:
    return any(each.related_model is User for each in model._meta.get_fields() if each.many_to_one or each.one_to_one)


def test_no_column_leads_from_a_person_to_their_answers() -> None:
    made = finished()
    assert Answer.objects.filter(response__invitation__user__isnull=False).exists()
    cut(AFTERWARDS)
    assert not Answer.objects.filter(response__invitation__isnull=False).exists()
    assert not leads_to_people(Response)
    assert not leads_to_people(Respondent)
    # No moment, to the microsecond, and no number stands on both sides.
    about_people = [each for each in apps.get_models() if leads_to_people(each)] + [User]
    theirs = {at for model in about_people for at in moments(model._default_manager.all())}
    sent = set(moments(Response.objects.all()))
    assert theirs
    assert not theirs & sent
    # Of 48 answers two moments are left: before the mid-point's look, and after.
    looked = due_at(made.program, "midpoint") or NOW
    assert sent == {dt.datetime(2000, 1, 1, tzinfo=dt.UTC), looked + dt.timedelta(microseconds=1)}
    keys = [set(model.objects.values_list("pk", flat=True)) for model in (Response, Respondent, Answer)]
    assert min(min(each) for each in keys) > 10**6
    # And who answered at all, which pseudonyms would have as a pattern too, is told of nobody.
    assert not Invitation.objects.filter(answered_at__isnull=False).exists()
    assert not Response.objects.exclude(about="").exists()
    assert made.program.respondents.filter(unit__isnull=False).count() == 24


def test_the_order_of_units_is_not_the_order_of_matches() -> None:
    made = finished()
    key = AnswerKey.objects.get().key
    seats = made.program.tracks.get(model="traditional").enrolments.filter(role="mentee").order_by("pk")
    codes = [person_code(key, seat.user_id) for seat in seats]
    cut(AFTERWARDS)
    stood = made.program.respondents.filter(unit__isnull=False)
    units = {each.code: each.unit or 0 for each in stood}
    assert [units[code] for code in sorted(codes)] == sorted(units[code] for code in codes)
    assert gather([made.program], after="closing").units.keys() == {(made.program.pk, code) for code in units}


def test_an_answer_stays_on_its_side_of_every_figure_and_no_closer() -> None:
    made = Finished()
    for number in range(6):
        user = UserFactory.create()
        made.say(user, "baseline", [3] * 6, NOW + number * DAY)
    survey = survey_of(made.program, "baseline")
    first = services.publish_figures(survey=survey, now=NOW + 4 * DAY)
    assert first is not None
    assert first.answers == 5
    cut(HALF_WAY)
    assert Response.objects.filter(submitted_at__lte=first.as_of).count() == 5
    assert {(each - first.as_of) for each in moments(Response.objects.filter(number=1)) if each > first.as_of} == {
        dt.timedelta(microseconds=1)
    }


def test_a_later_survey_still_finds_the_earlier_one() -> None:
    made = Finished()
    match = made.match("traditional", [([3] * 6, [])], led=True)
    mentee = match.seats.get(role="mentee").enrolment.user
    assert cut(HALF_WAY) == 1
    asked = services.invite(program=made.program, kind="closing", user=mentee, with_core=True, now=NOW + 185 * DAY)
    assert asked is not None
    questions = Question.objects.filter(survey=asked.survey, construct__in=("growth", "problem_solving", "connection"))
    for each in questions:
        services.save_answer(invitation=asked, slug=each.slug, value=6, now=NOW + 186 * DAY)
    services.send(invitation=asked, consent=None, contact_me=False, now=NOW + 186 * DAY)
    assert [(each.before, each.after) for each in paired([made.program]).learners] == [(3.0, 6.0)]


def test_who_answers_after_the_key_is_gone_begins_anew() -> None:
    made = finished()
    user = made.program.tracks.get(model="peer").enrolments.earliest("pk").user
    cut(AFTERWARDS)
    before = told(made)
    made.program.survey_timings.all().delete()
    Invitation.objects.filter(user=user, survey__kind="closing").delete()
    made.say(user, "closing", [7] * 6, AFTERWARDS + DAY)
    assert made.program.respondents.filter(unit=None, sent=1).count() == 1
    assert told(made)[0] == before[0]
    cut(AFTERWARDS + 90 * DAY)
    assert AnswerKey.objects.get().key == ""


# --- what people are told, and what is theirs -------------------------------------------------


def own_file(user: User) -> dict[str, list[dict[str, Any]]]:
    return {part.name: part.read(user) for part in hooks.parts if part.name in {"surveys", "responses", "answers"}}


def test_the_file_of_own_data_says_what_was_cut() -> None:
    made = Finished()
    user = UserFactory.create()
    made.say(user, "baseline", [3] * 6, NOW)
    before = own_file(user)
    assert [len(before[name]) for name in ("surveys", "responses", "answers")] == [1, 1, 6]
    assert before["surveys"][0]["your_answers"] == "in this file, if you gave any"
    cut(HALF_WAY)
    after = own_file(user)
    assert (after["responses"], after["answers"]) == ([], [])
    said = after["surveys"][0]["your_answers"]
    assert said == f"cut from your name on {HALF_WAY:%Y-%m-%d}: kept without it, and in no file any more"
    assert own_answers(Invitation.objects.get()) == {}


def wrote(made: Finished, user: User, when: dt.datetime) -> Answer:
    """Words in a survey of their own, sent."""
    made.say(user, "baseline", [3] * 6, when)
    response = Response.objects.get(invitation__user=user)
    words = Question.objects.create(survey=response.survey, slug=f"words{user.pk}", text="Words", kind="text")
    return Answer.objects.create(response=response, question=words, text="It was hard.")


def test_erasing_takes_words_while_the_key_tells_whose_they_are_and_numbers_stay() -> None:
    made = finished()
    one, other = UserFactory.create(), UserFactory.create()
    words = [wrote(made, each, NOW) for each in (one, other)]
    cut(HALF_WAY)
    before = told(made)
    erase(user=one, by=one, now=HALF_WAY)
    texts = [Answer.objects.get(pk=each.pk).text for each in words]
    assert texts == ["", "It was hard."]
    assert told(made) == before
    cut(AFTERWARDS)
    erase(user=other, by=other, now=AFTERWARDS)
    # Nobody can say any more that they were theirs; they go in their own time.
    assert Answer.objects.get(pk=words[1].pk).text == "It was hard."
    assert told(made) == before
    month = (NOW + 30 * DAY).replace(day=1)
    forget_words(month, AFTERWARDS)
    assert Answer.objects.get(pk=words[1].pk).text
    forget_words(month + DAY, AFTERWARDS)
    assert Answer.objects.get(pk=words[1].pk).text == ""


def test_it_runs_by_itself_after_30_days_or_as_an_admin_has_said_and_drafts_go() -> None:
    made, user = Finished(), UserFactory.create()
    made.say(user, "baseline", [3] * 6, NOW)
    other = UserFactory.create()
    draft = services.invite(program=made.program, kind="baseline", user=other, with_core=True, now=NOW)
    assert draft is not None
    services.save_answer(invitation=draft, slug=CORE_ITEMS[0]["slug"], value=3, now=NOW)
    closes = max(Invitation.objects.values_list("closes_at", flat=True))
    assert queries.days_kept("survey_links") == 30
    keep_to_retention(now=closes + 29 * DAY)
    assert Response.objects.filter(invitation=draft).exists()
    keep_to_retention(now=closes + 31 * DAY)
    assert [(each.invitation, each.number) for each in Response.objects.all()] == [(None, 1)]
    assert not Invitation.objects.filter(cut_at=None).exists()


# --- what the database itself refuses ----------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Response.objects.update(invitation=None),
        lambda: Response.objects.update(closed_in=NOW.date()),
        lambda: Response.objects.update(invitation=None, closed_in=NOW.date(), contact_me=True),
        lambda: Response.objects.update(invitation=None, closed_in=NOW.date(), submitted_at=None),
        lambda: Invitation.objects.update(cut_at=NOW),
        lambda: Invitation.objects.update(cut_at=AFTERWARDS),
        lambda: AnswerKey.objects.update(key=""),
        lambda: Respondent.objects.update(arm="peer"),
        lambda: Respondent.objects.create(program=ProgramFactory.create(), code="a", again=True),
    ],
)
def test_half_a_cut_cannot_be_kept(broken: Any) -> None:
    Finished().say(UserFactory.create(), "baseline", [3] * 6, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken()
    assert Publication.objects.count() == 0
