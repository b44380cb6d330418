"""What a coordinator does for an ask without knowing whose it is: remind those who have it, or put it to more."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from mail.quiet import shift
from mail.services import enqueue_many
from participants.models import User
from participants.services import record
from programs.models import Program
from sessions.errors import NotInMatch, SessionError
from sessions.models import Ask, AskRoute
from sessions.models.asks import MOST_REPLIES
from sessions.services.asks import MOST_PEOPLE, REMINDER, draft_for, find_next, lock_ask, look_again, send_to

# So many more at a time.
MORE = 2
NOBODY_HAS_IT = "Nobody has it at the moment. Put it to more people, or let each of them get more asks."
NOBODY_IS_FREE = "Nobody who fits is free. Let each helper get more asks a week, or bring in more helpers."


@transaction.atomic
def remind_of_ask(*, program: Program, ask_id: int, by: User, now: datetime) -> int:
    """Remind everybody who has an ask and has not answered, by day and once a day at most; returns how many are.

    Raises NotInMatch for no open ask of the program, SessionError where nobody has it.
    """
    ask = _locked(program, ask_id)
    waiting = ask.routes.filter(state=AskRoute.State.WAITING, answer_by__gt=now)
    routes = list(waiting.select_related("helper__user", "helper__track").order_by("pk"))
    if not routes:
        raise SessionError(NOBODY_HAS_IT)
    drafts = []
    for route in routes:
        at = shift(now, ZoneInfo(route.helper.user.timezone), "later")
        if at < route.answer_by:
            drafts.append(draft_for(route, REMINDER, at, sequence=1 + (now - route.routed_at).days))
    enqueue_many(drafts, now=now)
    # Not which ask: others read the history than may know whose it is.
    record(by=by, verb="helpers reminded of an ask", now=now, program_id=program.pk, subject=program)
    return len(drafts)


@transaction.atomic
def ask_more(*, program: Program, ask_id: int, by: User, now: datetime) -> int:
    """Put an ask to two more of those who would be asked next, of whom it then waits for as many more replies.

    Returns how many they are. Raises NotInMatch for no open ask of the program, SessionError where nobody is free, or
    ten have had it.
    """
    _open(program, ask_id)
    next_best = find_next(Ask(pk=ask_id), now)
    ask = _locked(program, ask_id)
    people = next_best[: min(MORE, MOST_PEOPLE - ask.routes.count())]
    if not people:
        raise SessionError(NOBODY_IS_FREE)
    send_to(ask, people, now)
    ask.wanted = min(MOST_REPLIES, ask.wanted + len(people))
    ask.save(update_fields=["wanted"])
    look_again(ask, now)
    record(by=by, verb="ask put to more people", now=now, program_id=program.pk, subject=program)
    return len(people)


def _open(program: Program, ask_id: int) -> None:
    there = Ask.objects.filter(pk=ask_id, asker__track__program=program, state=Ask.State.OPEN)
    if not there.exists():
        raise NotInMatch("There is no such ask.")


def _locked(program: Program, ask_id: int) -> Ask:
    _open(program, ask_id)
    ask = lock_ask(ask_id)
    if ask.state != Ask.State.OPEN:
        raise NotInMatch("There is no such ask.")
    return ask
