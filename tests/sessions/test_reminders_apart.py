"""The reminder of the day before and that of the hour before are switched off one by one."""

import datetime as dt
from functools import partial

import pytest

from mail import links, services
from mail.models import Message
from mail.registry import groups_in_use
from sessions import planning

AFTER = dt.datetime(2027, 3, 8, 14, 30, tzinfo=dt.UTC)
DAY_BEFORE = dt.datetime(2027, 3, 7, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("kept", ["day_before", "hour_before"])
def test_one_of_the_two_is_not_sent_to_who_has_switched_it_off(cast, plan, client, time_machine, kept):
    session = plan()
    time_machine.move_to(DAY_BEFORE - dt.timedelta(hours=2), tick=False)
    planning.plan_all(DAY_BEFORE - dt.timedelta(hours=2))
    tok = links.make("mail", cast.mia, cast.program.pk, days=365, now=DAY_BEFORE)
    wanted = [each for each in groups_in_use() if each not in {"day_before", "hour_before"} - {kept}]
    assert client.post(f"/t/{tok}/mail/", {"choice": "fewer", "groups": wanted}).status_code == 302
    for now in (DAY_BEFORE, AFTER):
        planning.plan_all(now)
        services.drain(clock=partial(dt.datetime.fromtimestamp, now.timestamp(), dt.UTC))
    reminders = Message.objects.filter(subject_id=session.pk, kind__endswith="before")
    mine = {each.kind: each.state for each in reminders.filter(recipient=cast.mia)}
    off = {"session-day-before", "session-hour-before"} - {f"session-{kept.replace('_', '-')}"}
    assert {kind for kind, state in mine.items() if state == "cancelled"} == off
    assert [state for state in mine.values() if state == "sent"] == ["sent"]
    assert {each.state for each in reminders.filter(recipient=cast.bob)} == {"sent"}
