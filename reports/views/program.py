from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mail import queries as mail
from mail.registry import all_kinds
from participants.finding import is_named, with_words
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from programs.views.paging import page_of
from reports.exports import MIME, WRITERS, export_outcome
from reports.forms import MessageFilterForm, PairFilterForm
from reports.planning import unanswered
from reports.queries.asks import AsksShown
from reports.queries.base import load
from reports.queries.opened import progress
from reports.queries.outcome import outcome
from reports.queries.overview import Overview, PairRow, contact_rate, overview, pair_rows
from reports.queries.sent import shown
from reports.queries.stages import Stage
from reports.queries.todos import todos_of
from reports.views.drawing import outcome_context
from surveys.coding import words_of


def _finding(shown: Overview) -> str:
    if not shown.live:
        return "No pair is active yet"
    steady = sum(row.keeps_rhythm for row in shown.pairs)
    if steady == shown.live:
        return f"All {shown.live} keep their rhythm" if shown.live > 1 else "The one pair keeps its rhythm"
    risky = sum(row.signal.level == "risk" for row in shown.pairs)
    return f"{risky} may need help, {steady} keep their rhythm"


@require_safe
@program_view(Right.SEE)
def program_overview(request: ProgramRequest, program: Program) -> HttpResponse:
    now = timezone.now()
    shown = overview(program, now)
    context = {
        "program": program,
        "shown": shown,
        "now": now,
        "todos": todos_of(shown, program, now),
        "stages": shown.stages,
        "note": _next(shown.stages),
        "finding": _finding(shown),
        "words": _words(shown),
        "tables": _tables(shown),
        "goal_parts": [
            ("reached", shown.goals["reached"], "good"),
            ("on the way", shown.goals["open"], "going"),
            ("dropped", shown.goals["dropped"], "none"),
        ],
    }
    return render(request, "reports/overview.html", context)


def _next(stages: list[Stage]) -> str:
    """What comes after the present stage, for a phone, where the journey is one line."""
    coming = next((stage for stage in stages if stage.state == "todo"), None)
    return f"Next: {coming.label}{f', {coming.when}' if coming.when else ''}." if coming else ""


def _tables(shown: Overview) -> dict[str, list[tuple[str, object]]]:
    """The same figures as the charts of the cards, row by row."""
    goals = shown.goals
    return {
        "met": [("Met in the last 30 days", shown.met_recently), ("Not met", shown.live - shown.met_recently)],
        "sessions": [("So far", _figure(shown.per_pair)), ("Planned by now", _figure(shown.plan_per_pair))],
        "spread": [(str(rating), "not shown" if count is None else count) for rating, count in shown.spread],
        "goals": [("Reached", goals["reached"]), ("On the way", goals["open"]), ("Dropped", goals["dropped"])],
    }


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _out_of(figure: dict[str, Any]) -> str:
    bound = words_of(figure.get("end", ""))
    return f"{bound}, of {figure['points']}" if bound else f"of {figure['points']}"


def _words(shown: Overview) -> dict[str, object]:
    """The words around the figures."""
    useful = shown.useful
    return {
        "live": f"of {shown.live} {'match' if shown.live == 1 else 'matches'}",
        "sessions": f"{shown.held} held, {shown.planned} planned",
        "useful": f"{useful['mean']:.1f}" if useful else "–",
        "useful_of": _out_of(useful) if useful else "",
        "useful_note": _response(shown),
        "goals_of": f"of {shown.goals['all']}",
        "goals_note": f"{shown.goals['open']} on the way, {shown.goals['dropped']} dropped",
        "week": _week(shown),
        "spread": [count for _, count in shown.spread],
        "lowest": shown.spread[0][0] if shown.spread else 1,
        "met_columns": ["Active matches", "Number"],
        "session_columns": ["Sessions a match", "Number"],
        "spread_columns": ["Rating", "People"],
        "goal_columns": ["Goals", "Number"],
        "weekday_columns": ["Day", "Sessions"],
        **(_words_of_asks(shown.asks) if shown.asks else {}),
    }


def _week(shown: Overview) -> str:
    """Which week it is, of how many; nothing before the first and after the last."""
    return f"Week {shown.now_week + 1} of {shown.weeks}" if shown.now_week < shown.weeks and shown.live else ""


def _words_of_asks(asks: AsksShown) -> dict[str, object]:
    return {
        "asks_open": f"{asks.open} open",
        "asks_in_time": f"Answered within {asks.hours} hours",
        "asks_of": f"of {asks.in_time.of}",
        "asks_waiting": f"of {asks.open} open",
        "asks_noticed": f"{len(asks.noticed)} to look at" if asks.noticed else "The next is asked after that time",
        "asks_columns": ["Helper", "Four weeks", "Seven days"],
    }


def _response(shown: Overview) -> str:
    """How many answer, and of when the figure is; nothing that could point at somebody."""
    if shown.survey is None or not shown.survey.rate_shown:
        return "Shown once five people have been asked"
    rate = f"{shown.survey.answered_people} of {shown.survey.invited_people} people asked have answered"
    published = shown.survey.published
    return f"{rate}; figure of {published.as_of:%-d %B}" if published else f"{rate}; the mean comes with the fifth"


@require_safe
@program_view(Right.SEE)
def pairs(request: ProgramRequest, program: Program) -> HttpResponse:
    """Every active match by risk, and the offers nobody has answered."""
    now = timezone.now()
    data = load(program)
    rows, form = pair_rows(data, now), PairFilterForm(request.GET)
    rate, risky, live = contact_rate(rows, now), sum(row.signal.level == "risk" for row in rows), len(rows)
    turn = unanswered(program, now) if request.GET.get("show") == "turn" else []
    if turn:
        rows = [row for row in rows if row.match.pk in turn]
    wanted = form.cleaned_data if form.is_valid() else {}
    filtered = any(wanted.values())
    if filtered:
        rows = [row for row in rows if _fits(row, **wanted)]
    context = {
        "program": program,
        "now": now,
        "form": form,
        "filtered": filtered,
        "rate": rate,
        "turn": len(turn),
        "page": Paginator(rows, 50).get_page(request.GET.get("page", "1")[:6]),
        "risky": risky,
        "live": live,
        "offered": [match for match in data.matches if match.state == "offered"],
        "ended": sum(match.state in {"ended", "declined"} for match in data.matches),
    }
    return render(request, "reports/pairs.html", context)


def _fits(row: PairRow, words: str, status: str) -> bool:
    return (not status or row.signal.level == status) and is_named((each.name for each in row.match.members), words)


@require_safe
@program_view(Right.SEE)
def messages(request: ProgramRequest, program: Program) -> HttpResponse:
    """What was sent to whom, and what could not be delivered."""
    form = MessageFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = shown(mail.messages_of_program(program.pk)).filter(with_words(wanted.get("words", ""), "recipient"))
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    context = {
        "program": program,
        "form": form,
        "filtered": any(wanted.values()),
        "page": page_of(request, rows, per_page=50),
        "titles": {kind.slug: kind.description for kind in all_kinds()},
    }
    return render(request, "reports/messages.html", context)


@require_safe
@program_view(Right.REPORT)
def outcome_report(request: ProgramRequest, program: Program) -> HttpResponse:
    """The figures of now, and the comparison as far as its dates have come and this reader has opened it."""
    report = outcome(program, timezone.now(), request.user)
    waiting = report.opened.look is None and not report.opened.next_kind
    context = {
        **outcome_context(report),
        "may_plan": Right.EDIT in request.program_rights,
        "progress": progress(program, report.data, report.fixed) if waiting else "",
        "no_pdf": "no-pdf" in request.GET,
    }
    return render(request, "reports/outcome.html", context)


@require_POST
@program_view(Right.REPORT)
def export(request: ProgramRequest, program: Program, ending: str) -> HttpResponse:
    """The report as a file. A POST, because taking it is written down."""
    if ending not in WRITERS:
        raise Http404("There is no such file")
    content = export_outcome(program=program, ending=ending, by=request.user, now=timezone.now())
    response = HttpResponse(content, content_type=MIME[ending])
    response["Content-Disposition"] = f'attachment; filename="{program.slug}-report.{ending}"'
    return response
