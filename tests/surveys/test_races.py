"""One check-in in two tabs, and everybody's figures published by two workers."""

import datetime as dt

import pytest
from django.db import IntegrityError

from mail.models import Message
from matching.models import Match
from programs.models import Role
from sessions.models import Session
from sessions.planning import members_of
from surveys import definition, joining, services
from surveys.models import Answer, Invitation, Publication, Response, Survey
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.factories.surveys import ask_after
from tests.racing import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def match(transactional_db: None) -> Match:
    track = TrackFactory.create()
    return make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track))


@pytest.fixture
def session(match: Match) -> Session:
    return SessionFactory.create(match=match, held=True, starts_at=NOW)


@pytest.fixture
def invitation(session: Session) -> Invitation:
    joining.after_log(session, members_of(session.match_id), NOW)
    return Invitation.objects.order_by("pk")[0]


@pytest.mark.parametrize("_round", range(3))
def test_two_tabs_make_one_answer(invitation: Invitation, _round: int) -> None:
    CoordinatorFactory.create(program=invitation.survey.program)
    deeds = [
        lambda value=value: services.answer(invitation=invitation, answers={"useful": value}, now=NOW, contact_me=True)
        for value in (1, 3, 5)
    ]
    assert kinds(together(*deeds)) == ["Response"] * 3
    assert Response.objects.count() == 1
    assert Answer.objects.get().value in {1, 3, 5}
    assert Message.objects.filter(kind="contact_request").count() == 1


def test_an_answer_to_what_is_being_taken_back_is_closed_or_counts(session: Session, invitation: Invitation) -> None:
    results = together(
        lambda: services.answer(invitation=invitation, answers={"useful": 4}, now=NOW),
        lambda: services.withdraw(session=session, now=NOW),
    )
    assert kinds(results) in (["NoneType", "Response"], ["NoneType", "SurveyClosed"])
    assert Response.objects.count() == kinds(results).count("Response")


def test_an_answer_to_what_was_taken_back_is_closed(session: Session, invitation: Invitation) -> None:
    services.withdraw(session=session, now=NOW)
    with pytest.raises(services.SurveyClosed):
        services.answer(invitation=invitation, answers={"useful": 4}, now=NOW)


def test_figures_published_twice_at_once_are_published_once(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    for _ in range(5):
        asked = ask_after(session, UserFactory.create(), NOW)
        services.answer(invitation=asked, answers={"useful": 4}, now=NOW)
    later = NOW + dt.timedelta(hours=1)
    results = together(*[lambda: services.publish_figures(survey=survey, now=later)] * 3)
    assert kinds(results) == ["NoneType", "NoneType", "Publication"]
    assert Publication.objects.count() == 1


def test_two_first_logs_at_once_make_one_survey(match: Match) -> None:
    sessions = [SessionFactory.create(match=match, held=True, starts_at=NOW + dt.timedelta(days=n)) for n in range(3)]
    results = together(
        *[lambda each=each: joining.after_log(each, members_of(each.match_id), NOW) for each in sessions]
    )
    assert kinds(results) == ["NoneType"] * 3
    assert Survey.objects.count() == 1
    assert Invitation.objects.count() == 6


def test_words_changed_twice_at_once_are_two_versions(match: Match) -> None:
    program, by = match.track.program, UserFactory.create()
    survey = definition.pulse_of(program)
    items = [definition.dump_part(program)[0]["questions"] for _ in range(2)]
    for number, each in enumerate(items):
        each[0]["text"] = f"Words {number}"
    results = together(
        *[lambda each=each: services.change_questions(program=program, items=each, by=by, now=NOW) for each in items]
    )
    assert kinds(results) == ["Survey", "Survey"]
    assert list(Survey.objects.order_by("version").values_list("version", "active")) == [
        (survey.version, False),
        (2, False),
        (3, True),
    ]


def test_new_words_do_not_ask_again_about_the_same_session(session: Session, invitation: Invitation) -> None:
    program = session.match.track.program
    items = definition.dump_part(program)[0]["questions"]
    items[0]["text"] = "Other words"
    services.change_questions(program=program, items=items, by=UserFactory.create(), now=NOW)
    joining.after_log(session, members_of(session.match_id), NOW)
    assert Invitation.objects.count() == 2


def test_the_database_refuses_the_second_of_two_active_surveys(match: Match) -> None:
    """The last door behind the two tests of first logs and of changed words."""
    survey = definition.pulse_of(match.track.program)
    with pytest.raises(IntegrityError):
        Survey.objects.create(program=survey.program, kind=survey.kind, name="Second", version=2)
