"""What the database itself keeps of asks: ciphertext, constraints, and one of two who come at once."""

from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from mail.models import Message
from programs.services import leave
from sessions import tasks
from sessions.errors import SessionError
from sessions.models import Ask, AskFlag, AskReply, AskRoute, AskTerms
from sessions.services import ask_replies
from tests.factories.programs import NOW
from tests.racing import together as at_once
from tests.sessions.test_asks import HOUR, RouteState, Web, went_to


@pytest.fixture
def web(db):
    return Web()


def test_only_ciphertext_reaches_the_database(web):
    ask = web.ask(question="Canary of the ask")
    ask_replies.flag_reply(reply=web.reply(ask.routes.first(), strength="Canary"), reason="other", show=True,
                           by=web.mia.user, now=NOW)  # fmt: skip
    with connection.cursor() as cursor:
        for table in ("ask", "askreply", "askflag"):
            cursor.execute(f"SELECT * FROM mentoring_sessions_{table}")  # noqa: S608 - our own names
            assert "Canary" not in str(cursor.fetchall())


@pytest.mark.parametrize(
    "break_it",
    [
        lambda ask: Ask.objects.filter(pk=ask.pk).update(state="gone"),
        lambda ask: Ask.objects.filter(pk=ask.pk).update(state="helped"),
        lambda ask: Ask.objects.filter(pk=ask.pk).update(wanted=6),
        lambda ask: AskRoute.objects.filter(ask=ask).update(state="gone"),
        lambda ask: AskRoute.objects.filter(ask=ask).update(state="replied"),
        lambda ask: AskRoute.objects.filter(ask=ask).update(answer_by=NOW),
        lambda ask: AskRoute.objects.filter(ask=ask).update(helper=ask.routes.first().helper),
        lambda ask: AskTerms.objects.create(track=ask.asker.track, weekly_cap=11),
        lambda ask: AskFlag.objects.create(ask=ask, by=ask.asker.user, reason="gone", created_at=NOW),
        lambda ask: AskFlag.objects.bulk_create(
            [AskFlag(ask=ask, by=ask.asker.user, reason="noise", created_at=NOW) for _ in range(2)]
        ),
    ],
)  # fmt: skip
def test_the_database_itself_refuses(web, break_it):
    ask = web.ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        break_it(ask)


# What is no refusal of asks is an error of the test.
together = partial(at_once, refused=SessionError)


@pytest.mark.django_db(transaction=True)
def test_replies_declines_and_double_submits_at_once_leave_one_of_each():
    web = Web(others=6)
    first = web.ask()
    assert len(went_to(first)) == 3
    one, two, three = first.routes.all()
    results = together(
        lambda: web.reply(one), lambda: web.reply(one), lambda: web.reply(two), lambda: web.decline(three),
        lambda: leave(enrolment=web.others[0], by=web.others[0].user, now=NOW + HOUR),
    )  # fmt: skip
    assert [type(each).__name__ for each in results] == ["AskReply"] * 3 + ["AskRoute", "Enrolment"]
    assert sorted(AskReply.objects.values_list("place", flat=True)) == [1, 2]
    tasks.tick(NOW + HOUR)
    assert len(went_to(first, RouteState.WAITING)) == 1
    assert Message.objects.filter(kind="ask").count() == len(went_to(first))
