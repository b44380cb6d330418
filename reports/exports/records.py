"""What was sent to whom, and who did what: the two records of a program and of the organisation."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import CharField, OuterRef, Subquery

from mail.models import Message
from mail.registry import all_kinds
from participants.models import AuditEntry
from programs.history import in_words
from programs.models import Program
from programs.permissions import Right
from programs.queries import history_of
from reports.exports.declaring import Column, Reading, Scope, Table, Values
from reports.exports.saying import PROGRAM
from reports.queries.sent import shown

# Words somebody wrote by hand; the record names what was done.
_BY_HAND = frozenset({"reason", "note", "words"})
_WHO = (
    (Column("First name", "text", "Of the person it went to."), "recipient__first_name"),
    (Column("Last name", "text", "Of the same person."), "recipient__last_name"),
    (Column("E-mail address", "text", "The address of their account."), "recipient__email"),
)
_SENT = (
    (Column("State", "code", "What became of it.", dict(Message.State.choices)), "state"),
    (Column("Due", "moment", "From when it was to be sent."), "not_before"),
    (Column("Sent", "moment", "When the mail server took it."), "sent_at"),
    (Column("Attempts", "number", "How often it was tried."), "attempts"),
    (Column("Error", "text", "What went wrong the last time."), "last_error_class"),
)
_DONE = (
    Column("When", "moment", "When it was done."),
    Column("First name", "text", "Of who did it; empty where it went by itself, or the person was erased."),
    Column("Last name", "text", "Of the same person."),
    Column("What", "text", "In words, without anything that people wrote or answered."),
    Column("Thing", "text", "What it was done to."),
    Column("Number", "number", "The number of that thing."),
)


def _mail(scope: Scope) -> Reading:
    columns = [_kind_column(), *(column for column, _ in (*_WHO, *_SENT))]
    names = [name for _, name in (*_WHO, *_SENT)]
    messages = shown(Message.objects.filter(program_id=scope.of.pk)).order_by("pk")
    return Reading(columns, messages.values_list("kind", *names))


def _all_mail(_scope: Scope) -> Reading:
    """Without the people: contact data are for who runs a program."""
    name = Subquery(Program.objects.filter(pk=OuterRef("program_id")).values("name"), output_field=CharField())
    messages = shown(Message.objects.all()).order_by("pk").values_list(name, "kind", *(name for _, name in _SENT))
    return Reading([PROGRAM, _kind_column(), *(column for column, _ in _SENT)], messages)


def _kind_column() -> Column:
    return Column("Message", "code", "What it is about.", {kind.slug: kind.description for kind in all_kinds()})


def _history(scope: Scope) -> Reading:
    entries = history_of(scope.of).order_by("pk")
    return Reading(_DONE, entries.values_list(*_NAMES), _told(0))


def _all_history(_scope: Scope) -> Reading:
    name = Subquery(Program.objects.filter(pk=OuterRef("program_id")).values("name"), output_field=CharField())
    entries = AuditEntry.objects.order_by("pk").values_list(name, *_NAMES)
    return Reading((PROGRAM, *_DONE), entries, _told(1))


_NAMES = ("at", "by__first_name", "by__last_name", "verb", "detail", "subject_type", "subject_id")


def _told(before: int) -> Callable[[Sequence[Any]], Values]:
    """The deed in words; `before` columns stand in front."""

    def cells(row: Sequence[Any]) -> Values:
        verb, detail = row[before + 3 : before + 5]
        plain = {key: value for key, value in detail.items() if key not in _BY_HAND}
        thing = str(row[before + 5]).rpartition(".")[2]
        return [*row[: before + 3], in_words(verb, plain), thing, row[before + 6]]

    return cells


MAIL = Table(
    "mail",
    "Mail log",
    "Which message was due for whom and what became of it. Not the words, and of mails about surveys only those that "
    "failed: from the others one could see who has answered.",
    Right.SEE,
    _mail,
)
HISTORY = Table(
    "history",
    "Who changed what",
    "The record of the program. Nothing that people wrote or answered.",
    Right.HISTORY,
    _history,
)
ALL_MAIL = Table(
    "mail",
    "Mail log",
    "Which kind of message was due when and what became of it, in every program. Not to whom, and not the mails about "
    "surveys.",
    None,
    _all_mail,
)
ALL_HISTORY = Table(
    "history",
    "Who changed what",
    "The whole record of the organisation. Nothing that people wrote or answered.",
    None,
    _all_history,
)
