"""Asks in a network: who gets them, what comes back, what is passed on, and what nobody else reads."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from matching.models import Match, Seat
from participants.models import User
from participants.services.pausing import pause
from programs.models import Enrolment, LineManager, ProfileField, Role
from programs.queries.enrolling import parts_of
from programs.services import enrolling_wishing as wishing
from programs.services import leave
from sessions import tasks
from sessions.errors import NotInMatch, SessionError, TooFew, TooLate
from sessions.models import Ask, AskFlag, AskReply, AskRoute
from sessions.queries.ask_figures import ask_figures
from sessions.queries.asks import ask_of, asks_of, route_of
from sessions.services import ask_replies
from sessions.services import asks as services
from sessions.services.erasing import forget_asks
from tests.factories.matching import MatchFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SKILL = "Budgets"
KNOWS = {"skills-offered": {SKILL: 3}, "language": ["English"]}
State, RouteState = Ask.State, AskRoute.State


class Web:
    """A track of networks: mia asks; three of her own network and as many others help."""

    def __init__(self, others=2):
        self.track = TrackFactory.create(model="distributed", slug="web", capacity=4)
        self.program = self.track.program
        ProfileField.objects.create(
            program=self.program, slug="skills-offered", label="Skills offered", kind="skills", options=[SKILL, "Law"],
            asked_of=["mentor", "peer"],
        )  # fmt: skip
        ProfileField.objects.create(
            program=self.program, slug="language", label="Languages", kind="multi", options=["English", "Polish"],
            asked_of=["mentor", "mentee", "peer"],
        )  # fmt: skip
        self.coordinator = CoordinatorFactory.create(program=self.program).user
        self.mia = EnrolmentFactory.create(track=self.track, role=Role.MENTEE, answers={"language": ["English"]})
        self.own = [self.helper(role) for role in (Role.MENTOR, Role.PEER, Role.PEER)]
        self.others = [self.helper(Role.MENTOR) for _ in range(others)]
        match = MatchFactory.create(track=self.track, state=Match.State.ACTIVE, offered_at=NOW, activated_at=NOW)
        for each in (self.mia, *self.own):
            told = {"answer": "accepted", "answered_at": NOW, "live": True, "place": 1, "places": 4}
            Seat.objects.create(match=match, enrolment=each, role=each.role, **told)

    def helper(self, role=Role.MENTOR, **answers):
        return EnrolmentFactory.create(track=self.track, role=role, answers={**KNOWS, **answers})

    def ask(self, asker=None, now=NOW, **more):
        place = asker or self.mia
        told = {
            "context": "We plan next year.", "question": "Where do I begin?", "kind": "advice",
            "skill": SKILL, "level": 2, "named": True, "few_will_do": False, "by": place.user, **more,
        }  # fmt: skip
        return services.send_ask(asker=place, now=now, **told)

    def reply(self, route, now=NOW + HOUR, **more):
        told = {"strength": "A clear question", "question": "", "suggestion": "Begin small", **more}
        return ask_replies.reply_to_ask(route=route, by=route.helper.user, now=now, **told)

    def decline(self, route, why=RouteState.NO_TIME, now=NOW + HOUR):
        return services.decline_ask(route=route, why=why, by=route.helper.user, now=now)


@pytest.fixture
def web(db):
    return Web()


def went_to(ask, *states):
    routes = AskRoute.objects.filter(ask=ask, state__in=states or RouteState.values)
    return list(routes.values_list("helper", flat=True))


def mails(kind, state=Message.State.PENDING):
    return list(Message.objects.filter(kind=kind, state=state).order_by("pk"))


def pks(people):
    return [each.pk for each in people]


def test_an_ask_goes_to_the_own_network_who_get_a_mail_and_a_reminder_and_have_48_hours(web):
    ask = web.ask()
    assert (went_to(ask), ask.wanted) == (pks(web.own), 3)
    assert [each.recipient_id for each in mails("ask")] == [each.user_id for each in web.own]
    told, reminder, route = mails("ask")[0], mails("ask-reminder")[0], ask.routes.first()
    assert (told.not_before, told.expires_at, reminder.not_before) == (NOW, NOW + 48 * HOUR, NOW + 24 * HOUR)
    assert (route.answer_by, ask.look_at) == (NOW + 48 * HOUR, NOW + 48 * HOUR)


def test_at_night_the_two_days_begin_in_the_reader_s_morning(web):
    night = dt.datetime(2027, 3, 1, 22, 30, tzinfo=dt.UTC)
    User.objects.update(timezone="Europe/Berlin")
    route = web.ask(now=night).routes.first()
    morning = dt.datetime(2027, 3, 2, 7, tzinfo=dt.UTC)
    assert (mails("ask")[0].not_before, route.answer_by) == (morning, morning + 48 * HOUR)


def test_never_to_a_manager_their_manager_ones_own_staff_somebody_kept_apart_or_of_another_language(web):
    boss, top, staff, apart, polish, junior = (web.helper() for _ in range(6))
    polish.answers["language"] = ["Polish"]
    junior.answers["skills-offered"] = {SKILL: 1}
    for each in (polish, junior):
        each.save()
    LineManager.objects.create(user=web.mia.user, email=boss.user.email)
    LineManager.objects.create(user=boss.user, email=top.user.email)
    LineManager.objects.create(user=staff.user, email=web.mia.user.email)
    wishing.avoid(program=web.program, user=apart.user, enrolment_id=None, email=web.mia.user.email, now=NOW)
    ask = web.ask()
    while route := AskRoute.objects.filter(ask=ask, state=RouteState.WAITING).first():
        web.decline(route)
    assert sorted(went_to(ask)) == sorted(pks([*web.own, *web.others]))


def test_who_pauses_or_gives_nothing_at_present_is_passed_over_also_in_the_own_network(web):
    pause(by=web.own[0].user, until=(NOW + 9 * DAY).date(), now=NOW)
    Enrolment.objects.filter(pk=web.own[1].pk).update(capacity=0)
    assert went_to(web.ask()) == pks([web.own[2], *web.others])


def test_fewer_than_three_is_told_plainly_before_anything_is_sent(web):
    for each in web.others:
        leave(enrolment=each, by=each.user, now=NOW)
    leave(enrolment=web.own[0], by=web.own[0].user, now=NOW)
    with pytest.raises(TooFew, match=r"^Only 2 people can be asked") as few:
        web.ask()
    assert (few.value.count, Ask.objects.count(), mails("ask")) == (2, 0, [])
    assert went_to(web.ask(few_will_do=True)) == pks(web.own[1:])
    with pytest.raises(SessionError, match=r"^Nobody who offers this"):
        web.ask(skill="Law", few_will_do=True)


def test_nobody_gets_more_than_the_cap_in_seven_days_and_the_load_is_shared(web):
    others = [EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS) for _ in range(4)]
    helpers = pks([*web.own, *web.others])
    asks = [web.ask(asker, few_will_do=True) for asker in others[:3]]
    got = [AskRoute.objects.filter(helper=pk).count() for pk in helpers]
    assert (sum(got), max(got), min(got)) == (9, 2, 1)
    with pytest.raises(TooFew):
        web.ask(others[3])
    services.set_weekly_cap(track=web.track, cap=3, by=web.coordinator, now=NOW)
    assert len(went_to(web.ask(others[3]))) == 3
    # A week later they are free again.
    services.set_weekly_cap(track=web.track, cap=1, by=web.coordinator, now=NOW)
    with pytest.raises(SessionError, match=r"^Nobody"):
        web.ask(now=NOW + 7 * DAY - HOUR)
    assert len(went_to(web.ask(now=NOW + 7 * DAY))) == 3
    assert len(asks) == 3


@pytest.mark.parametrize("why", [RouteState.NOT_MINE, RouteState.NO_TIME])
def test_one_tap_passes_it_on_and_nobody_reads_whose_tap_it_was(web, why):
    ask = web.ask()
    first = ask.routes.first()
    for _ in range(2):
        web.decline(first, why)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], web.others[0]])
    assert first.helper.user not in ask_of(web.mia.user, ask.pk).people
    assert {each.recipient_id for each in mails("ask-reminder")} == {
        each.user_id for each in (*web.own[1:], web.others[0])
    }
    with pytest.raises(TooLate):
        web.reply(first)
    assert not route_of(first.helper.user, first.pk).may_read


def test_unanswered_after_48_hours_it_goes_on_once_and_a_late_reply_is_welcome(web):
    ask = web.ask()
    web.reply(ask.routes.first())
    tasks.tick(NOW + 48 * HOUR - HOUR / 60)
    assert went_to(ask, RouteState.LATE) == []
    for _ in range(2):
        tasks.tick(NOW + 48 * HOUR)
    assert went_to(ask, RouteState.LATE) == pks(web.own[1:])
    assert went_to(ask, RouteState.WAITING) == pks(web.others)
    late = ask.routes.get(helper=web.own[1])
    assert web.reply(late, now=NOW + 3 * DAY).place == 2


def test_with_nobody_left_it_waits_and_goes_on_as_soon_as_somebody_is_free(db):
    web = Web(others=0)
    ask = web.ask()
    web.decline(ask.routes.first())
    ask.refresh_from_db()
    assert ask.look_at == NOW + 7 * HOUR
    newcomer = web.helper()
    tasks.tick(NOW + 7 * HOUR)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], newcomer])


def test_the_mail_says_that_there_is_a_reply_and_one_mail_is_enough_for_two(web):
    ask = web.ask()
    routes = list(ask.routes.all())
    night = dt.datetime(2027, 3, 1, 22, tzinfo=dt.UTC)
    for route in routes[:2]:
        web.reply(route, now=night, strength="Honest words")
    (told,) = mails("ask-reply")
    assert (told.recipient, told.sequence, told.not_before.hour > 5) == (web.mia.user, 2, True)
    (closing,) = mails("ask-close")
    assert closing.not_before >= night + 7 * DAY
    view = ask_of(web.mia.user, ask.pk)
    assert [(each.strength, each.suggestion) for each in view.replies] == [("Honest words", "Begin small")] * 2


@pytest.mark.parametrize("outcome", [State.HELPED, State.ELSEWHERE, State.DROPPED])
def test_a_closed_ask_asks_and_reminds_nobody_any_more(web, outcome):
    ask = web.ask()
    web.reply(ask.routes.first())
    for _ in range(2):
        services.close_ask(ask=ask, outcome=outcome, by=web.mia.user, now=NOW + DAY)
    assert went_to(ask, RouteState.WAITING, RouteState.LATE) == []
    tasks.tick(NOW + 9 * DAY)
    assert not Message.objects.filter(kind__startswith="ask", state=Message.State.PENDING).exists()
    assert asks_of(web.own[1].user, parts_of(web.own[1].user.pk)).waiting == []
    with pytest.raises(TooLate):
        web.reply(ask.routes.last())
    other = State.HELPED if outcome != State.HELPED else State.DROPPED
    with pytest.raises(TooLate):
        services.close_ask(ask=ask, outcome=other, by=web.mia.user, now=NOW + DAY)


def test_leaving_closes_one_s_asks_and_passes_on_those_of_others(web):
    ask = web.ask()
    leave(enrolment=web.own[0], by=web.own[0].user, now=NOW + HOUR)
    tasks.tick(NOW + HOUR)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], web.others[0]])
    leave(enrolment=web.mia, by=web.mia.user, now=NOW + 2 * HOUR)
    ask.refresh_from_db()
    assert (ask.state, went_to(ask, RouteState.WAITING)) == (State.DROPPED, [])
    assert mails("ask") + mails("ask-reminder") == []


def test_a_pause_passes_it_on_and_the_pausing_are_not_reminded(web):
    ask = web.ask()
    pause(by=web.own[0].user, until=(NOW + 9 * DAY).date(), now=NOW + HOUR)
    tasks.tick(NOW + HOUR)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], web.others[0]])
    assert web.own[0].user_id not in {each.recipient_id for each in mails("ask-reminder")}


def test_the_fifth_reply_is_the_last(db):
    web = Web(others=4)
    ask = web.ask()
    for each in (NOW + 48 * HOUR, NOW + 96 * HOUR):
        tasks.tick(each)
    routes = list(ask.routes.all())
    assert len(routes) == 7
    for number, route in enumerate(routes[:5], 1):
        assert web.reply(route).place == number
    with pytest.raises(TooLate):
        web.reply(routes[5])
    assert went_to(ask, *AskRoute.ANSWERABLE) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        AskReply.objects.create(ask=ask, route=routes[5], place=6, strength="x", created_at=NOW)


def test_what_a_reply_and_an_ask_need(web):
    route = web.ask().routes.first()
    replies: tuple[tuple[dict[str, str], str], ...] = (
        ({"strength": " "}, "strength"),
        ({"suggestion": "", "question": " "}, "suggestion"),
        ({"question": "x" * 3001}, "question"),
    )
    for more, field in replies:
        with pytest.raises(SessionError) as refused:
            web.reply(route, **more)
        assert refused.value.field == field
    asks: tuple[tuple[dict[str, str | int], str], ...] = (
        ({"context": ""}, "context"),
        ({"question": "x" * 3001}, "question"),
        ({"kind": "money"}, "help"),
        ({"skill": "Singing"}, "skill"),
        ({"level": 5}, "level"),
    )
    for told, field in asks:
        with pytest.raises(SessionError) as refused:
            web.ask(**told)
        assert refused.value.field == field
    assert (Ask.objects.count(), AskReply.objects.count()) == (1, 0)
    for _ in range(2):
        web.ask(few_will_do=True, skill="")
    with pytest.raises(SessionError, match=r"^3 asks of yours are open"):
        web.ask(few_will_do=True)


def test_nobody_does_for_another_what_is_theirs_alone(web):
    ask, stranger = web.ask(), web.others[0].user
    route = ask.routes.first()
    reply = web.reply(route)
    told = {"by": stranger, "now": NOW}
    deeds = [
        lambda: web.ask(by=stranger),
        lambda: web.ask(web.own[0]),
        lambda: services.decline_ask(route=route, why=RouteState.NO_TIME, **told),
        lambda: ask_replies.reply_to_ask(route=route, strength="x", question="", suggestion="y", **told),
        lambda: services.close_ask(ask=ask, outcome=State.HELPED, **told),
        lambda: services.show_name(ask=ask, **told),
        lambda: ask_replies.thank_for_reply(reply=reply, **told),
        lambda: ask_replies.hide_reply(reply=reply, hidden=True, **told),
        lambda: ask_replies.flag_reply(reply=reply, reason="unkind", show=True, **told),
        lambda: ask_replies.flag_ask(route=route, reason="unkind", show=True, **told),
    ]
    for deed in deeds:
        with pytest.raises(NotInMatch):
            deed()
    assert (ask_of(stranger, ask.pk), route_of(stranger, route.pk)) == (None, None)
    assert (ask_of(route.helper.user, ask.pk), AskFlag.objects.count()) == (None, 0)


def test_a_name_is_hidden_until_it_is_shown(web):
    ask = web.ask(named=False)
    route = ask.routes.first()
    assert route_of(route.helper.user, route.pk).route.ask.who == "Somebody in your program"
    services.show_name(ask=ask, by=web.mia.user, now=NOW)
    assert route_of(route.helper.user, route.pk).route.ask.who == web.mia.user.short_name


@pytest.mark.parametrize("show", [True, False])
def test_a_report_goes_to_coordinators_with_the_words_only_if_its_reader_wants(web, show):
    ask = web.ask()
    reply = web.reply(ask.routes.first(), strength="Rude words")
    writer = CoordinatorFactory.create(program=web.program, user=reply.route.helper.user).user
    for _ in range(2):
        ask_replies.flag_reply(reply=reply, reason="noise", show=show, by=web.mia.user, now=NOW)
    assert [each.recipient for each in mails("ask-flagged")] == [web.coordinator]
    assert ask_figures(web.program, writer, NOW).flags == []
    (flagged,) = ask_figures(web.program, web.coordinator, NOW).flags
    assert (flagged.author, "Rude words" in flagged.flag.shown) == (writer, show)
    assert [each.pk for each in ask_of(web.mia.user, ask.pk).hidden] == [reply.pk]
    with pytest.raises(NotInMatch):
        ask_replies.settle_flag(program=web.program, flag_id=flagged.flag.pk, by=writer, now=NOW)
    ask_replies.settle_flag(program=web.program, flag_id=flagged.flag.pk, by=web.coordinator, now=NOW)
    assert (ask_figures(web.program, web.coordinator, NOW).flags, mails("ask-flagged")) == ([], [])


def test_a_reported_ask_need_not_be_answered_and_goes_on(web):
    ask = web.ask()
    route = ask.routes.first()
    ask_replies.flag_ask(route=route, reason="noise", show=False, by=route.helper.user, now=NOW + HOUR)
    tasks.tick(NOW + HOUR)
    assert went_to(ask, RouteState.WAITING) == pks([*web.own[1:], web.others[0]])


def test_shares_are_of_five_people_at_least_and_move_in_fives(db):
    web = Web(others=20)
    askers = [EnrolmentFactory.create(track=web.track, role=Role.MENTEE, answers=KNOWS) for _ in range(9)]
    later = NOW + 4 * DAY

    def shares():
        shown = ask_figures(web.program, web.coordinator, later)
        return (shown.in_time.count, shown.in_time.of), (shown.helped.count, shown.helped.of)

    for number, asker in enumerate(askers):
        ask = web.ask(asker)
        web.reply(ask.routes.first(), now=NOW + (HOUR if number % 2 else 49 * HOUR))
        services.close_ask(ask=ask, outcome=State.HELPED, by=asker.user, now=NOW + 50 * HOUR)
        assert shares() == (((0, 0), (0, 0)) if number < 4 else ((2, 5), (5, 5)))
    shown = ask_figures(web.program, web.coordinator, later)
    assert (shown.asks, shown.open, shown.unanswered, shown.replies) == (9, 0, 0, 9)
    assert sum(each.lately for each in shown.loads) == 27


def test_after_four_weeks_an_ask_ends_and_after_ninety_days_its_words_go(web):
    ask = web.ask()
    reply = web.reply(ask.routes.first())
    over = NOW + 28 * DAY
    tasks.tick(over)
    ask.refresh_from_db()
    assert (ask.state, ask.closed_at) == (State.LAPSED, over)
    assert forget_asks(over, over) == 0
    assert forget_asks(over + HOUR, over + 90 * DAY) == 1
    ask.refresh_from_db()
    reply.refresh_from_db()
    assert (ask.context, ask.question, reply.strength, reply.question) == ("[removed]",) * 3 + ("",)
    assert forget_asks(over + HOUR, over + 91 * DAY) == 0
