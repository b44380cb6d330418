"""The mails of health and its coordinators. What each says is decided when it leaves; none quotes anybody."""

import datetime as dt
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from matching.queries import my_match
from participants.models import User
from programs.mails import signed_by
from programs.models import Coordinator, Program
from reports import planning
from reports.queries.around import limits_of
from reports.queries.overview import overview
from reports.queries.todos import todos_of
from sessions.permissions import may_open


def nudge(message: Message, now: dt.datetime) -> Context | None:
    """None once something is planned or held, the match is over, or somebody has left it or pauses."""
    silence = next(planning.silences(now, pk=message.subject_id), None)
    user: User = message.recipient
    if silence is None or silence.kind != message.kind or message.sequence not in _sequences(silence):
        return None
    mine = my_match(user=user, match_id=message.subject_id)
    if mine is None or not may_open(mine) or user.is_paused(now):
        return None
    if silence.due_at(limits_of(mine.program)) > now:
        return None
    role = mine.seat.get_role_display().lower()
    return {
        **signed_by(mine.program),
        "others": mine.others_named,
        "since": silence.since,
        "again": message.sequence == silence.sequence(1),
        "url": links.url(reverse("sessions:match", kwargs={"match_id": mine.match.pk})),
        "why": f"You get this because you are {mine.others_named}’s {role} in {mine.program.name}.",
    }


def _sequences(silence: planning.Silence) -> tuple[int, int]:
    return silence.sequence(0), silence.sequence(1)


def digest(message: Message, now: dt.datetime) -> Context | None:
    """Numbers and links, no names; None where nothing needs doing, or the reader does not coordinate any more."""
    at_it = Coordinator.objects.filter(program=message.subject_id, user=message.recipient_id)
    found = at_it.exclude(program__state=Program.State.CLOSED).select_related("program").first()
    if found is None or message.recipient.is_paused(now):
        return None
    program = found.program
    todos = todos_of(overview(program, now), program, now)
    if not todos:
        return None
    return {
        **signed_by(program),
        "todos": [(each.title, links.url(each.url)) for each in todos],
        "url": links.url(reverse("reports:overview", kwargs={"slug": program.slug})),
        "why": f"You get this on Mondays on which something needs doing, because you coordinate {program.name}.",
    }


def _nudge_kind(slug: str, description: str) -> Kind:
    common: dict[str, Any] = {"group": "sessions", "doubt": "hold", "quiet_hours": "later"}
    return Kind(slug=slug, template="reports/mail/nudge", description=description, context=nudge, **common)


KINDS = (
    _nudge_kind(planning.NOT_MET, "No first session is planned yet; once more after a week"),
    _nudge_kind(planning.QUIET, "No session for long, and none planned; once more after a week"),
    Kind(
        slug=planning.DIGEST,
        template="reports/mail/digest",
        description="What needs doing, on Monday at eight",
        context=digest,
        group="coordination",
        doubt="hold",
        quiet_hours="exempt",
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
