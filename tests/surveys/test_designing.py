"""What coordinators change: new versions, and what stays as it is."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from participants.models import AuditEntry
from programs.errors import ProgramError
from programs.models import Program
from surveys import definition, services
from surveys.forms import SendForm
from surveys.models import Invitation, Publication, Question, Timing
from surveys.queries import figures_of
from surveys.services.publishing import counts_shown
from surveys.wording import STANDARD
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return ProgramFactory.create()


@pytest.fixture
def client(program: Program) -> Client:
    client = Client()
    client.force_login(CoordinatorFactory.create(program=program).user)
    return client


def at(name: str, program: Program, kind: str = "closing") -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": program.slug, "kind": kind})


def asked(program: Program, people: int, kind: str = "closing") -> list[Invitation]:
    track = TrackFactory.create(program=program)
    made = []
    for _ in range(people):
        user = EnrolmentFactory.create(track=track).user
        made.append(services.invite(program=program, kind=kind, user=user, with_core=True, now=NOW))
    return [each for each in made if each is not None]


def test_an_own_question_and_a_licensed_scale_are_a_new_version_with_source(client: Client, program: Program) -> None:
    services.answer(invitation=asked(program, 1)[0], answers={"skills": 7}, now=NOW)
    choice = {"text": "Which?", "kind": "choice", "options": "This\n\n That \n", "points": "5"}
    assert client.post(at("add_question", program), choice).status_code == 302
    scale = {"source": "Doe 2020", "items_text": "One\nTwo", "lowest": "0", "points": "4", "licence": "on"}
    assert client.post(at("add_scale", program), scale).status_code == 302
    survey = definition.survey_of(program, "closing")
    last = [(each.slug, each.text, each.options, each.source) for each in survey.questions.all()][-3:]
    assert survey.version == 3
    assert last == [
        ("own-1", "Which?", ["This", "That"], ""),
        ("own-2", "One", [], "Doe 2020"),
        ("own-3", "Two", [], "Doe 2020"),
    ]
    assert list(survey.questions.all())[-1].values == range(4)
    assert program.surveys.get(version=1).questions.count() == len(STANDARD["closing"]["questions"])
    assert AuditEntry.objects.filter(verb="scale licence confirmed").count() == 1


@pytest.mark.parametrize("left_out", ["licence", "source", "items_text"])
def test_a_scale_without_its_licence_or_source_is_refused(client: Client, program: Program, left_out: str) -> None:
    scale = {"source": "Doe 2020", "items_text": "One", "lowest": "1", "points": "4", "licence": "on"}
    del scale[left_out]
    assert client.post(at("add_scale", program), scale).status_code == 422
    assert not program.surveys.exists()


def test_the_products_own_items_can_be_neither_changed_nor_left_out(client: Client, program: Program) -> None:
    by = CoordinatorFactory.create(program=program).user
    with pytest.raises(services.QuestionFixed):
        services.remove_question(program=program, kind="closing", slug="skills", by=by, now=NOW)
    client.post(
        at("questions", program),
        {"skills": "Other words", "recommend": "Tell others?", "looking-back": "a", "made-the-difference": "b"},
    )
    texts = dict(definition.survey_of(program, "closing").questions.values_list("slug", "text"))
    assert (texts["skills"], texts["recommend"]) == ("I have the skills my program goal needs.", "Tell others?")


def test_a_file_may_word_the_core_otherwise_until_somebody_has_answered_it(program: Program) -> None:
    def worded(words: str) -> list[dict[str, Any]]:
        files: list[dict[str, Any]] = []
        for kind in ("baseline", "midpoint", "closing"):
            first, *rest = STANDARD[kind]["questions"]
            files.append({"kind": kind, "name": kind, "questions": [{**first, "text": words}, *rest]})
        return files

    definition.load_part(program, worded("I can do it."))
    with pytest.raises(ProgramError, match="outcome core"):
        definition.load_part(program, worded("Anything")[:1])
    services.answer(invitation=asked(program, 1, "baseline")[0], answers={"skills": 7}, now=NOW)
    with pytest.raises(ProgramError, match="outcome core"):
        definition.load_part(program, worded("I can do it well."))
    definition.load_part(program, worded("I can do it."))
    assert [each.version for each in program.surveys.order_by("pk")] == [1, 1, 1]


def test_what_is_dumped_loads_as_the_same(program: Program) -> None:
    by = CoordinatorFactory.create(program=program).user
    item = {"text": "Which?", "kind": "choice", "options": ["a", "b"]}
    services.add_questions(program=program, kind="two_weeks", items=[item], by=by, now=NOW)
    services.set_timing(
        program=program, kind="closing", on=False, after_days=3, reminder_days=[9, 2, 9], by=by, now=NOW
    )
    dumped, other = definition.dump_part(program), ProgramFactory.create()
    definition.load_part(other, dumped)
    assert definition.dump_part(other) == dumped
    assert [(each["kind"], each.get("on"), each.get("reminder_days")) for each in dumped] == [
        ("two_weeks", None, None),
        ("closing", False, [2, 9]),
    ]


def test_times_are_set_on_their_page_and_wrong_ones_refused(client: Client, program: Program) -> None:
    good = {"on": "on", "after_days": "10", "reminder_days": "3, 5"}
    assert client.post(at("timing", program, "midpoint"), {**good, "reminder_days": "3; 5"}).status_code == 422
    assert client.post(at("timing", program, "closing"), {"on": "on", "after_days": ""}).status_code == 422
    assert client.post(at("timing", program, "midpoint"), good).status_code == 302
    timing = Timing.objects.get()
    assert (timing.kind, timing.on, timing.after_days, timing.reminder_days) == ("midpoint", True, 10, [3, 5])


def test_words_and_choices_are_shown_of_five_people_and_not_of_four(client: Client, program: Program) -> None:
    people = asked(program, 5)
    items = dict(zip(people, ["zred", "zblue", "zgreen", "zgrey", "zblack"], strict=True))
    for invitation, word in list(items.items())[:4]:
        services.answer(invitation=invitation, answers={"made-the-difference": word, "recommend": 0}, now=NOW)
    survey = definition.survey_of(program, "closing")
    url = reverse("surveys:list", kwargs={"slug": program.slug})
    assert services.publish_figures(survey=survey, now=NOW) is None
    assert not [word for word in items.values() if word in client.get(url).content.decode()]
    services.answer(invitation=people[4], answers={"made-the-difference": "zblack", "recommend": 10}, now=NOW)
    services.publish_figures(survey=survey, now=NOW)
    figures = figures_of(program, "closing")
    assert figures
    shown = {each.text: each for each in figures.shown}
    words = shown["What made a difference, or would have made one?"].words
    assert sorted(words) == ["zblack", "zblue", "zgreen", "zgrey", "zred"]
    recommend = shown["Would you recommend this program to a colleague or friend?"]
    assert (recommend.mean, recommend.points, recommend.people) == (2.0, 10, 5)
    assert "zgrey" in client.get(url).content.decode()


def test_drafts_are_in_no_figure(program: Program) -> None:
    for invitation in asked(program, 6):
        services.save_answer(invitation=invitation, slug="recommend", value=3, now=NOW)
    survey = definition.survey_of(program, "closing")
    assert services.publish_figures(survey=survey, now=NOW + dt.timedelta(days=1)) is None
    assert not Publication.objects.exists()


@pytest.mark.pure
@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ([1] * 9 + [2] * 8 + [3] * 7, [9, 8, 7]),
        ([1] * 9 + [2] * 8 + [3] * 2, [9, None, None]),
        ([1] * 9 + [2] * 2 + [3] * 2, [None, None, None]),
        ([1] * 9 + [2] * 3 + [3] * 3, [9, None, None]),
        ([1] * 9, [None, None, None]),
    ],
)
def test_no_option_of_few_people_follows_by_subtraction(chosen: list[int], shown: list[int | None]) -> None:
    assert [count for _, count in counts_shown(["a", "b", "c"], chosen)] == shown


def test_consent_is_asked_before_and_at_the_end_only() -> None:
    assert "consent" in SendForm(asks_consent=True).fields
    assert "consent" not in SendForm(asks_consent=False).fields


def test_the_database_refuses_a_second_invitation_about_one_match_or_person(program: Program) -> None:
    (invitation,) = asked(program, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(survey=invitation.survey, user=invitation.user, created_at=NOW, closes_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(survey=invitation.survey, slug="x", text="x", lowest=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Timing.objects.create(program=program, kind="closing", after_days=367)
