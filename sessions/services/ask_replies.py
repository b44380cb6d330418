"""What comes back to an ask: replies in three parts, thanks, and what is hidden or reported."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from mail.quiet import shift
from mail.services import Draft, cancel, enqueue_many
from participants.models import User
from participants.services import record
from programs.models import Coordinator, Program
from sessions import hooks
from sessions.errors import NotInMatch, SessionError, TooLate
from sessions.models import Ask, AskFlag, AskReply, AskRoute
from sessions.models.asks import MOST_REPLIES
from sessions.queries.ask_figures import author_of
from sessions.services.asks import LONGEST, SUBJECT, checked, drop_mails, end_routes, lock_ask, lock_mine, lock_route

REPLIED, TO_CLOSE, FLAGGED = "ask-reply", "ask-close", "ask-flagged"
FLAG_SUBJECT = "mentoring_sessions.askflag"
# How long news of a reply is worth sending, and when it is asked whether the ask can be closed.
NEWS = timedelta(days=7)
RouteState = AskRoute.State


@transaction.atomic
def reply_to_ask(
    *, route: AskRoute, strength: str, question: str, suggestion: str, by: User, now: datetime
) -> AskReply:
    """Reply with a strength seen in the ask, and a question back or a suggestion or both. The asker gets a mail that
    says so, without the words; the fifth reply is the last.

    The same reply again gives the one that is there. Raises NotInMatch, SessionError naming the field of what is
    missing or too long, TooLate where one has answered already, or none is needed any more.
    """
    words = _words(strength, question, suggestion)
    found = lock_route(route, by)
    there = AskReply.objects.filter(route=found).first()
    if there and {name: getattr(there, name) for name in words} == words:
        return there
    if found.state not in AskRoute.ANSWERABLE or found.ask.state != Ask.State.OPEN:
        raise TooLate("This ask does not need an answer any more.")
    place = 1 + AskReply.objects.filter(ask=found.ask).count()
    found.state, found.answered_at = RouteState.REPLIED, now
    found.save(update_fields=["state", "answered_at"])
    drop_mails([found], now)
    reply = AskReply.objects.create(route=found, ask=found.ask, place=place, created_at=now, **words)
    if place == MOST_REPLIES:
        end_routes(found.ask.routes.filter(state__in=AskRoute.ANSWERABLE), now)
    _tell_asker(found.ask, place, now)
    record(by=by, verb="ask replied to", now=now, subject=found)
    return reply


def _words(strength: str, question: str, suggestion: str) -> dict[str, str]:
    words = {"strength": checked(strength, "strength")}
    for field, text in (("question", question), ("suggestion", suggestion)):
        words[field] = checked(text, field) if text.strip() else ""
    if not words["question"] and not words["suggestion"]:
        raise SessionError("Add a question back or a suggestion.", field="suggestion")
    return words


def _tell_asker(ask: Ask, place: int, now: datetime) -> None:
    """One mail for all replies that come before it leaves; a week after the first, whether the ask can be closed."""
    zone = ZoneInfo(ask.asker.user.timezone)
    told = Draft(
        kind=REPLIED,
        subject_type=SUBJECT,
        subject_id=ask.pk,
        sequence=place,
        recipient_id=ask.asker.user_id,
        not_before=shift(now, zone, "later"),
        expires_at=now + NEWS,
        program_id=ask.asker.track.program_id,
    )
    cancel(subject_type=SUBJECT, subject_id=ask.pk, kinds=[REPLIED], below_sequence=place, now=now)
    drafts = [told]
    if place == 1:
        later = shift(now + NEWS, zone, "later")
        drafts.append(
            Draft(
                kind=TO_CLOSE,
                subject_type=SUBJECT,
                subject_id=ask.pk,
                recipient_id=ask.asker.user_id,
                not_before=later,
                expires_at=later + NEWS,
                program_id=ask.asker.track.program_id,
            )
        )
    enqueue_many(drafts, now=now)


@transaction.atomic
def thank_for_reply(*, reply: AskReply, by: User, now: datetime) -> AskReply:
    """Say thank you for a reply to one's own ask; its writer reads it on their page. Twice is once. Raises
    NotInMatch."""
    found = _lock_reply(reply, by)
    if found.thanked_at is None:
        found.thanked_at = now
        found.save(update_fields=["thanked_at"])
        record(by=by, verb="reply thanked for", now=now, subject=found)
    return found


@transaction.atomic
def hide_reply(*, reply: AskReply, hidden: bool, by: User, now: datetime) -> AskReply:
    """Hide a reply to one's own ask from oneself, or show it again. Nobody is told. Raises NotInMatch."""
    found = _lock_reply(reply, by)
    if (found.hidden_at is not None) != hidden:
        found.hidden_at = now if hidden else None
        found.save(update_fields=["hidden_at"])
    return found


def _lock_reply(reply: AskReply, by: User) -> AskReply:
    lock_mine(Ask(pk=reply.ask_id), by)
    whole = AskReply.objects.select_for_update(of=("self",)).select_related("route__helper__user")
    return whole.get(pk=reply.pk)


@transaction.atomic
def flag_reply(*, reply: AskReply, reason: str, show: bool, by: User, now: datetime) -> AskFlag:
    """Report a reply to one's own ask, and hide it: to the coordinators if it is not what asks are for, and for any
    other reason to the safeguarding leads alone. Its writer never hears of it. With `show` its words are read there.

    Twice is once. Raises NotInMatch, SessionError naming the field `reason`, or without one where it is for
    coordinators and nobody but its writer coordinates the program.
    """
    found = _lock_reply(reply, by)
    shown = "\n\n".join(each for each in (found.strength, found.question, found.suggestion) if each)
    flag = _flag(lock_ask(found.ask_id), found, reason, shown if show else "", by, now)
    hide_reply(reply=found, hidden=True, by=by, now=now)
    return flag


@transaction.atomic
def flag_ask(*, route: AskRoute, reason: str, show: bool, by: User, now: datetime) -> AskFlag:
    """Report an ask that came to oneself, to the same people; one need not answer it then. Otherwise as above.

    Raises TooLate for an ask one may not read any more.
    """
    found = lock_route(route, by)
    there = AskFlag.objects.filter(ask=found.ask, by=by, reply__isnull=True).first()
    if there:
        return there
    if found.state not in (*AskRoute.ANSWERABLE, RouteState.REPLIED):
        raise TooLate("This ask does not need an answer any more.")
    shown = f"{found.ask.context}\n\n{found.ask.question}"
    flag = _flag(found.ask, None, reason, shown if show else "", by, now)
    if found.state in AskRoute.ANSWERABLE:
        end_routes([found], now)
        # The tick asks somebody else.
        Ask.objects.filter(pk=found.ask_id, state=Ask.State.OPEN).update(look_at=now)
    return flag


def _flag(ask: Ask, reply: AskReply | None, reason: str, shown: str, by: User, now: datetime) -> AskFlag:
    """Called with the ask locked."""
    if reason not in AskFlag.Reason.values:
        raise SessionError("Choose what is wrong with it.", field="reason")
    there = AskFlag.objects.filter(ask=ask, reply=reply, by=by).first()
    if there:
        return there
    words = shown[: 3 * LONGEST + 4]
    if reason not in AskFlag.FOR_COORDINATORS:
        flag = AskFlag.objects.create(ask=ask, reply=reply, by=by, reason=reason, for_leads=True, created_at=now)
        for take_in in hooks.reported:
            take_in(flag, words, now)
        return flag
    flag = AskFlag(ask=ask, reply=reply, by=by, reason=reason, shown=words, created_at=now)
    _tell_coordinators(flag, now)
    return flag


def _tell_coordinators(flag: AskFlag, now: datetime) -> None:
    ask, by = flag.ask, flag.by
    program_id = ask.asker.track.program_id
    readers = Coordinator.objects.filter(program=program_id).exclude(user__in=[author_of(flag), by])
    to_tell = list(readers.values_list("user", flat=True))
    if not to_tell:
        raise SessionError("Nobody else coordinates this program. Speak with somebody you trust in your organisation.")
    flag.save()
    told: dict[str, Any] = {
        "kind": FLAGGED,
        "subject_type": FLAG_SUBJECT,
        "subject_id": flag.pk,
        "program_id": program_id,
    }
    enqueue_many([Draft(recipient_id=each, not_before=now, expires_at=now + NEWS, **told) for each in to_tell], now=now)


@transaction.atomic
def settle_flag(*, program: Program, flag_id: int, by: User, now: datetime) -> None:
    """Take a report off the coordinators' list. Twice is once. Raises NotInMatch where there is none, or where `by`
    wrote what was reported."""
    flags = AskFlag.objects.select_for_update(of=("self",)).filter(pk=flag_id, for_leads=False)
    flag = flags.filter(ask__asker__track__program=program).first()
    if flag is None or author_of(flag).pk == by.pk:
        raise NotInMatch("There is no such report.")
    if flag.settled_at is None:
        flag.settled_at = now
        flag.save(update_fields=["settled_at"])
        cancel(subject_type=FLAG_SUBJECT, subject_id=flag.pk, now=now)
        record(by=by, verb="report seen to", now=now, program_id=program.pk, subject=flag)
