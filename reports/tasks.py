"""The minute tick: reminders and digests; once an hour, what the rules of health have to say is counted."""

import datetime as dt

from mail.services import take_slot
from programs.models import Program
from reports import planning, signalling


def tick(now: dt.datetime) -> None:
    planning.plan_all(now)
    if take_slot(name="signals", slot=now.replace(minute=0, second=0, microsecond=0)):
        for program in Program.objects.filter(state__in=[Program.State.OPEN, Program.State.RUNNING]).order_by("pk"):
            signalling.keep_count(program=program, now=now)
            signalling.count_answers(program=program, now=now)
