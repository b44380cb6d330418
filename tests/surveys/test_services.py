import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from matching.models import Match
from participants.models import User
from programs.models import Role
from sessions.models import Session
from sessions.planning import members_of
from surveys import definition, joining, services, wording
from surveys.models import Answer, Invitation, Publication, Response
from surveys.services.publishing import spread_shown
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.factories.surveys import ask_after

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
# Nine in Berlin, the day after.
MORNING = dt.datetime(2027, 3, 2, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def match() -> Match:
    track = TrackFactory.create()
    mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR)
    return make_pair(mentor, EnrolmentFactory.create(track=track))


@pytest.fixture
def session(match: Match) -> Session:
    return SessionFactory.create(match=match, held=True, starts_at=NOW)


def invitations(session: Session) -> list[Invitation]:
    joining.after_log(session, members_of(session.match_id), NOW)
    return list(Invitation.objects.order_by("pk"))


def test_a_held_session_asks_everybody_in_it_once(session: Session) -> None:
    assert len(invitations(session)) == 2
    assert len(invitations(session)) == 2
    assert [services.mail_due(now=MORNING) for _ in range(2)] == [2, 0]
    assert Message.objects.filter(kind="pulse").count() == 2


def test_the_mail_waits_for_nine_the_next_morning_in_the_readers_zone(session: Session) -> None:
    first = invitations(session)[0]
    assert services.mail_due(now=MORNING - dt.timedelta(seconds=1)) == 0
    assert not Message.objects.exists()
    services.mail_due(now=MORNING)
    message = Message.objects.get(kind="pulse", subject_id=first.pk)
    assert message.not_before == MORNING
    assert message.expires_at == first.closes_at == NOW + dt.timedelta(days=14)


def test_many_mails_go_into_the_outbox_by_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.services.asking.AT_ONCE", 1)
    invitations(session)
    assert services.mail_due(now=MORNING) == Message.objects.filter(kind="pulse").count() == 2


def test_mails_of_a_morning_nobody_looked_at_go_later_and_of_a_closed_question_never(session: Session) -> None:
    first = invitations(session)[0]
    late = MORNING + 6 * HOUR
    Invitation.objects.exclude(pk=first.pk).update(closes_at=late)
    assert services.mail_due(now=late) == 2
    assert [each.not_before for each in Message.objects.all()] == [late]
    assert services.mail_due(now=late + HOUR) == 0


def test_nobody_who_is_gone_gets_the_mail(session: Session) -> None:
    gone, stays = invitations(session)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    services.mail_due(now=MORNING)
    assert [each.subject_id for each in Message.objects.all()] == [stays.pk]


def test_a_log_taken_back_takes_the_question_back_and_keeps_answers_given(session: Session) -> None:
    first, second = invitations(session)
    services.answer(invitation=first, answers={"useful": 5}, now=NOW)
    services.mail_due(now=MORNING)
    session.state, session.logged_at = Session.State.PLANNED, None
    session.save()
    joining.after_log(session, members_of(session.match_id), NOW)
    assert list(Invitation.objects.all()) == [first]
    assert Message.objects.get(kind="pulse", subject_id=second.pk).state == Message.State.CANCELLED


@pytest.mark.parametrize(("reason", "asked"), [("not_a_fit", 1), ("finished", 2)])
def test_after_an_early_end_nobody_is_asked_about_single_sessions(session: Session, reason: str, asked: int) -> None:
    first, second = invitations(session)
    services.answer(invitation=first, answers={"useful": 5}, now=NOW)
    services.mail_due(now=MORNING)
    match = session.match
    match.end_reason = reason
    joining.after_end(match, NOW)
    assert Invitation.objects.count() == asked
    state = Message.objects.get(kind="pulse", subject_id=second.pk).state
    assert state == (Message.State.PENDING if reason == "finished" else Message.State.CANCELLED)


def test_who_leaves_the_others_is_asked_no_more_and_they_are(session: Session) -> None:
    gone, stays = invitations(session)
    joining.after_parting(session.match.seats.get(enrolment__user=gone.user), NOW)
    assert list(Invitation.objects.all()) == [stays]


def test_answering_twice_replaces_and_keeps_one_row(session: Session) -> None:
    invitation = invitations(session)[0]
    services.answer(invitation=invitation, answers={"useful": 2, "heard": 4}, now=NOW)
    services.answer(invitation=invitation, answers={"useful": 5}, now=NOW + HOUR)
    values = dict(Answer.objects.values_list("question__slug", "value"))
    assert values == {"useful": 5, "heard": 4}
    assert Response.objects.count() == 1


def test_a_skipped_question_takes_the_answer_away(session: Session) -> None:
    invitation = invitations(session)[0]
    services.answer(invitation=invitation, answers={"useful": 2}, now=NOW)
    services.answer(invitation=invitation, answers={"useful": None}, now=NOW)
    assert not Answer.objects.exists()


def test_an_answer_cancels_the_mail_that_would_ask_for_it(session: Session) -> None:
    invitation = invitations(session)[0]
    services.mail_due(now=MORNING)
    services.answer(invitation=invitation, answers={"useful": 2}, now=MORNING)
    assert Message.objects.get(kind="pulse", subject_id=invitation.pk).state == Message.State.CANCELLED


def test_an_answer_on_the_receipt_is_followed_by_no_mail_and_nothing_says_that_it_came_so_early(
    session: Session,
) -> None:
    invitation, other = invitations(session)
    services.answer(invitation=invitation, answers={"useful": 2}, now=NOW)
    invitation.refresh_from_db()
    assert invitation.mail_at is None
    services.mail_due(now=MORNING)
    assert [each.subject_id for each in Message.objects.all()] == [other.pk]


@pytest.mark.parametrize("value", [0, 6, -1, True, "5", 2.5])
def test_an_answer_off_the_scale_is_refused_and_nothing_is_kept(session: Session, value: object) -> None:
    invitation = invitations(session)[0]
    with pytest.raises(services.BadAnswer) as refused:
        services.answer(invitation=invitation, answers={"heard": 3, "useful": value}, now=NOW)
    assert refused.value.field == "useful"
    assert not Response.objects.exists()


def test_an_unknown_question_is_refused(session: Session) -> None:
    with pytest.raises(services.BadAnswer):
        services.answer(invitation=invitations(session)[0], answers={"salary": 3}, now=NOW)


def test_after_the_last_day_nothing_can_be_answered(session: Session) -> None:
    invitation = invitations(session)[0]
    with pytest.raises(services.SurveyClosed):
        services.answer(invitation=invitation, answers={"useful": 3}, now=invitation.closes_at)


def test_please_contact_me_tells_each_coordinator_once_and_at_once(session: Session) -> None:
    program = session.match.track.program
    coordinators = CoordinatorFactory.create_batch(2, program=program)
    CoordinatorFactory.create()
    invitation = invitations(session)[0]
    for _ in range(2):
        services.answer(invitation=invitation, answers={}, contact_me=True, now=NOW)
    told = Message.objects.filter(kind="contact_request").order_by("pk")
    assert [message.recipient for message in told] == [each.user for each in coordinators]
    assert {message.not_before for message in told} == {NOW}


# --- what is published ------------------------------------------------------------------


def answered_by(people: int, session: Session, value: int, at: dt.datetime) -> None:
    """So many new people answer the first question."""
    for _ in range(people):
        enrolment = EnrolmentFactory.create(track=session.match.track)
        invitation = ask_after(session, enrolment.user, at)
        services.answer(invitation=invitation, answers={"useful": value}, now=at)


def test_four_people_are_never_published_and_the_fifth_opens_it(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    answered_by(4, session, 4, NOW)
    assert services.publish_figures(survey=survey, now=NOW) is None
    answered_by(1, session, 2, NOW)
    published = services.publish_figures(survey=survey, now=NOW)
    assert published is not None
    assert (published.people, published.figures[0]["mean"]) == (5, 3.6)


def test_figures_stand_still_until_five_more_have_spoken(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    answered_by(5, session, 4, NOW)
    first = services.publish_figures(survey=survey, now=NOW)
    assert first is not None
    assert first.figures[0]["spread"] == [None] * 5
    answered_by(4, session, 1, NOW + HOUR)
    assert services.publish_figures(survey=survey, now=NOW + HOUR) is None
    assert survey.publications.first() == first
    answered_by(1, session, 1, NOW + HOUR)
    second = services.publish_figures(survey=survey, now=NOW + 2 * HOUR)
    assert second is not None
    # With 4.0 before, 2.5 would tell that the five new ones all said 1; they may have said more.
    assert (second.people, second.figures[0]["mean"], second.figures[0]["end"]) == (10, 2.8, "less")
    assert second.figures[0]["spread"] == [None] * 5


@pytest.mark.parametrize(
    ("means", "spread"),
    [
        ([4.0] * 18 + [5.0] * 24 + [1.0, 2.0, 3.0, 3.0, 3.0], [None, None, None, 18, 24]),
        # One left out alone, or four together, would follow from the number of people.
        ([4.0] * 18 + [5.0] * 24 + [1.0, 2.0, 3.0, 3.0], [None, None, None, None, 24]),
        ([1.0] * 5 + [2.0] * 6 + [3.0] * 7 + [4.0] * 8 + [5.0] * 4, [None, 6, 7, 8, None]),
        ([1.0] * 5 + [2.0] * 6 + [3.0] * 7 + [4.0] * 8 + [5.0] * 9, [5, 6, 7, 8, 9]),
        ([2.5] * 6 + [4.4] * 6 + [1.0] * 5, [None, None, 6, 6, None]),
    ],
)
def test_ratings_are_shown_where_five_people_stand_and_none_follows_from_the_rest(
    means: list[float], spread: list[int | None]
) -> None:
    assert spread_shown(range(1, 6), means) == spread


def test_one_person_with_five_sessions_is_one_person(match: Match) -> None:
    user = match.seats.all()[0].enrolment.user
    survey = definition.pulse_of(match.track.program)
    for day in range(5):
        session = SessionFactory.create(match=match, held=True, starts_at=NOW + day * 24 * HOUR)
        invitation = ask_after(session, user, NOW)
        services.answer(invitation=invitation, answers={"useful": 1}, now=NOW)
    assert services.publish_figures(survey=survey, now=NOW) is None


def test_a_question_four_people_answered_has_no_mean_and_who_talked_never_has(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    for number in range(5):
        enrolment = EnrolmentFactory.create(track=session.match.track)
        invitation = ask_after(session, enrolment.user, NOW)
        answers = {"useful": 3, "talk": 2, **({"heard": 3} if number else {})}
        services.answer(invitation=invitation, answers=answers, now=NOW)
    published = services.publish_figures(survey=survey, now=NOW)
    assert published is not None
    shown = {figure["slug"]: (figure["mean"], figure["people"]) for figure in published.figures}
    assert shown == {"useful": (3.0, 5), "heard": (None, None), "next": (None, None), "talk": (None, None)}


def test_a_question_few_have_answered_anew_keeps_its_figure(session: Session) -> None:
    """Or a second mean of six people, beside the first of five, would say what the sixth said."""
    survey = definition.pulse_of(session.match.track.program)
    for number in range(10):
        enrolment, at = EnrolmentFactory.create(track=session.match.track), NOW + (HOUR if number >= 5 else 0 * HOUR)
        invitation = ask_after(session, enrolment.user, at)
        answers = {"useful": 3} if number > 5 else {"useful": 3, "heard": 1 if number == 5 else 5}
        services.answer(invitation=invitation, answers=answers, now=at)
        if number == 4:
            services.publish_figures(survey=survey, now=NOW)
    second = services.publish_figures(survey=survey, now=NOW + HOUR)
    assert second is not None
    shown = {figure["slug"]: (figure["mean"], figure["people"], figure["as_of"]) for figure in second.figures[:2]}
    assert shown == {"useful": (3.0, 10, (NOW + HOUR).isoformat()), "heard": (4.6, 5, NOW.isoformat())}


# --- what the database itself refuses ----------------------------------------------------


def test_the_database_refuses_figures_of_four_people(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(survey=survey, as_of=NOW, people=4, answers=4)


def test_the_database_refuses_a_second_invitation_and_a_second_response(session: Session) -> None:
    invitation = invitations(session)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            survey=invitation.survey, user=invitation.user, session=session, created_at=NOW, closes_at=NOW
        )
    Invitation.objects.filter(pk=invitation.pk).update(answered_at=NOW)
    invitation.refresh_from_db()
    services.store_sent([invitation])
    with pytest.raises(IntegrityError), transaction.atomic():
        services.store_sent([invitation])


def test_the_database_refuses_two_active_surveys_of_a_kind(session: Session) -> None:
    survey = definition.pulse_of(session.match.track.program)
    with pytest.raises(IntegrityError), transaction.atomic():
        survey.program.surveys.create(kind=survey.kind, name="Another", version=2)


# --- questions ---------------------------------------------------------------------------


def test_changed_words_make_a_new_version_and_old_answers_keep_theirs(session: Session) -> None:
    program = session.match.track.program
    invitation = invitations(session)[0]
    services.answer(invitation=invitation, answers={"useful": 5}, now=NOW)
    items = [{**question, "text": "Was it worth it?"} for question in wording.PULSE["questions"][:1]]
    survey = services.change_questions(program=program, items=items, by=CoordinatorFactory.create().user, now=NOW)
    assert survey.version == 2
    assert [question.text for question in survey.questions.all()] == ["Was it worth it?"]
    assert Answer.objects.get().question.text == "This session was useful for what I am working on."


def test_the_same_words_again_change_nothing(session: Session) -> None:
    program = session.match.track.program
    definition.pulse_of(program)
    definition.load_part(program, definition.dump_part(program))
    assert list(program.surveys.values_list("version", flat=True)) == [1]
