"""An ask or a reply that somebody reports for how its writer behaves: it becomes a case of the safeguarding leads."""

import datetime as dt
import uuid

from django.db import transaction

from participants.models import User
from participants.services import record
from safeguarding.models import Case
from safeguarding.services.reporting import new_number
from safeguarding.services.telling import tell_of
from sessions.models import AskFlag
from sessions.queries.ask_figures import author_of

NOT_SHOWN = "Its words were not shown. Speak with whoever reports it first."


@transaction.atomic
def take_in(flag: AskFlag, words: str, now: dt.datetime) -> None:
    """Make a case of it and tell the leads at once, but none who wrote or reported it; without one, the admins hear
    that nobody is there to read it. Called once for a flag, in its transaction.
    """
    author: User = author_of(flag)
    what = "A reply to an ask" if flag.reply_id else "An ask"
    case = Case.objects.create(
        number=new_number(),
        key=uuid.uuid4(),
        reporter=flag.by,
        wrote=author,
        concerned=f"Reported by {_named(flag.by)}\nWritten by {_named(author)}\n{_program(flag)}",
        text=f"{what} is reported: {flag.get_reason_display()}.\n\n{words or NOT_SHOWN}",
        in_danger=flag.reason == AskFlag.Reason.UNSAFE,
        reported_at=now,
    )
    case.people.set({flag.by, author})
    record(by=flag.by, verb="concern reported", now=now, subject=case)
    tell_of(case, now)


def _named(user: User) -> str:
    return f"{user.name} <{user.email}>"


def _program(flag: AskFlag) -> str:
    return f"In {flag.ask.asker.track.program.name}"
