"""What of a person goes from sessions when they are erased, and what goes by itself after its time."""

import datetime as dt
import json

from django.db.models import F, Q, QuerySet

from participants.models import User
from participants.personal_data import REMOVED
from programs.models import Enrolment
from sessions.models import (
    Agreement,
    Ask,
    AskFlag,
    AskReply,
    CalendarFeed,
    Goal,
    NextStep,
    Note,
    Preparation,
    SentLog,
    Session,
    Slot,
    SlotAsk,
    TimeOffer,
)


def erase_from_sessions(user: User, _now: dt.datetime) -> None:
    """Own private notes go; all other own words become "[removed]"; what the others wrote stays theirs."""
    Note.objects.filter(author=user, visibility=Note.Visibility.PRIVATE).delete()
    _remove_words(user)
    for agreement in Agreement.objects.filter(proposed_by=user):
        agreement.body = _emptied(agreement.body)
        agreement.save(update_fields=["body"])
    for preparation in Preparation.objects.filter(author=user):
        preparation.body = _emptied(preparation.body)
        preparation.save(update_fields=["body"])
    _forget_places(user)
    CalendarFeed.objects.filter(user=user).delete()
    SentLog.objects.filter(user=user).delete()


def _remove_words(user: User) -> None:
    # One by one, as an encrypted column makes its own ciphertext for each row.
    for note in Note.objects.filter(author=user):
        note.body, note.version = REMOVED, note.version + 1
        note.save(update_fields=["body", "version"])
    for goal in Goal.objects.filter(owner=user):
        goal.text = REMOVED
        goal.save(update_fields=["text"])
    for step in NextStep.objects.filter(Q(owner=user) | Q(added_by=user)):
        step.text = REMOVED
        step.save(update_fields=["text"])
    for ask in SlotAsk.objects.filter(asker__user=user):
        ask.question = REMOVED
        ask.save(update_fields=["question"])
    Slot.objects.filter(enrolment__user=user).update(topics=[])
    _empty_asks(Ask.objects.filter(asker__user=user), AskReply.objects.filter(route__helper__user=user))
    # What somebody showed of another's words, and what others showed of theirs.
    theirs = Q(by=user) | Q(reply__route__helper__user=user) | Q(reply__isnull=True, ask__asker__user=user)
    for flag in AskFlag.objects.filter(theirs).exclude(shown=""):
        flag.shown = REMOVED
        flag.save(update_fields=["shown"])


def _empty_asks(asks: QuerySet[Ask], replies: QuerySet[AskReply]) -> None:
    for ask in asks:
        ask.context = ask.question = REMOVED
        ask.save(update_fields=["context", "question"])
    for reply in replies:
        reply.strength = REMOVED
        reply.question, reply.suggestion = (REMOVED if words else "" for words in (reply.question, reply.suggestion))
        reply.save(update_fields=["strength", "question", "suggestion"])


def _emptied(body: str) -> str:
    """The same keys, so that the page that shows them still knows its parts."""
    return json.dumps({key: REMOVED if words else "" for key, words in json.loads(body).items()})


def _forget_places(user: User) -> None:
    """Where they meant to meet, often a link to a room of their own; also in what an undo would bring back."""
    Session.objects.filter(planned_by=user).exclude(place="").update(place="")
    TimeOffer.objects.filter(by=user).exclude(place="").update(place="")
    mine = Session.objects.filter(match__seats__enrolment__user=user, before_log__isnull=False)
    Session.objects.filter(pk__in=mine.values("pk")).update(before_log=None)


def forget_shared_notes(before: dt.datetime, _now: dt.datetime) -> int:
    """Delete the shared notes of matches that were over by then, unless their author chose to keep them."""
    over = Note.objects.filter(visibility=Note.Visibility.SHARED, session__match__ended_at__lt=before)
    chosen = Q(session__match__seats__keeps_notes=True, session__match__seats__enrolment__user=F("author"))
    kept = over.filter(chosen).values("pk")
    return over.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()[0]


def forget_private_notes(before: dt.datetime, _now: dt.datetime) -> int:
    """Delete the private notes of people who had left the track of the match by then."""
    gone = Q(
        session__match__seats__enrolment__user=F("author"),
        session__match__seats__enrolment__state=Enrolment.State.LEFT,
        session__match__seats__enrolment__left_at__lt=before,
    )
    private = Note.objects.filter(gone, visibility=Note.Visibility.PRIVATE)
    return Note.objects.filter(pk__in=list(private.values_list("pk", flat=True))).delete()[0]


def forget_asks(before: dt.datetime, now: dt.datetime) -> int:
    """Empty the asks that were closed by then, their replies, and what was shown of them; figures stay."""
    over = Ask.objects.filter(closed_at__lt=before, emptied_at=None)
    ids = list(over.values_list("pk", flat=True))
    _empty_asks(Ask.objects.filter(pk__in=ids), AskReply.objects.filter(ask__in=ids))
    AskFlag.objects.filter(ask__in=ids).update(shown="")
    return Ask.objects.filter(pk__in=ids).update(emptied_at=now)
