"""What the rules of health say about asks and helpers, and what can be done about each."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mail.tasks import ring
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports import signalling
from reports.queries.around import limits_of
from reports.queries.asks import AskRow, asks_shown
from reports.queries.base import tracks_and_people
from sessions.errors import NotInMatch, SessionError
from sessions.services import ask_helping


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def asks(request: ProgramRequest, program: Program) -> HttpResponse:
    """Asks that nobody answers, helpers who get too many, and two things to do about each. Nobody's words or name."""
    if request.method == "POST":
        try:
            _do(request, program)
        except SessionError as error:
            messages.error(request, str(error))
        ring()
        return redirect("signals:asks", slug=program.slug)
    tracks, people = tracks_and_people(program)
    shown = asks_shown(program, tracks, people, limits_of(program), timezone.now())
    rows = [(row, _letter(program, row) if row.email else "") for row in shown.noticed] if shown else []
    return render(request, "reports/asks.html", {"program": program, "shown": shown, "rows": rows})


def _do(request: ProgramRequest, program: Program) -> None:
    """One button: `remind:ask`, `more:ask`, or `mute:kind:number:rule` and `show:` the same."""
    step, *rest = request.POST.get("do", "").split(":")
    numbers = [int(each) for each in rest if each.isascii() and each.isdigit() and len(each) < 18]
    if step not in ("remind", "more", "mute", "show") or len(numbers) != 1:
        raise Http404("There is no such page")
    try:
        if step in ("remind", "more"):
            _help(request, program, step, numbers[0])
        else:
            _mute(request, program, rest, muted=step == "mute")
    except (NotInMatch, ObjectDoesNotExist, KeyError, IndexError) as error:
        raise Http404("There is no such page") from error


def _help(request: ProgramRequest, program: Program, step: str, number: int) -> None:
    deed = ask_helping.remind_of_ask if step == "remind" else ask_helping.ask_more
    count = deed(program=program, ask_id=number, by=request.user, now=timezone.now())
    people = "1 person" if count == 1 else f"{count} people"
    messages.info(request, f"{people} {'get' if count > 1 else 'gets'} a mail about it.")


def _mute(request: ProgramRequest, program: Program, rest: list[str], *, muted: bool) -> None:
    kind, number, rule = rest
    if kind not in ("ask", "helper"):
        raise KeyError(kind)
    told: dict[str, Any] = {"kind": kind, "rule": rule, "by": request.user, "now": timezone.now()}
    signalling.mute_ask(program=program, pk=int(number), muted=muted, **told)


def _letter(program: Program, row: AskRow) -> str:
    """A mail to a helper, ready to be changed."""
    words = {
        "subject": f"{program.name}: are the asks too many?",
        "body": (
            f"Hello {row.first_name},\n\nthank you for all you do for those who ask. Is it more than you would like? "
            "Tell me, and fewer come to you.\n\nKind regards\n"
        ),
    }
    return f"mailto:{quote(row.email, safe='@')}?{urlencode(words, quote_via=quote)}"
