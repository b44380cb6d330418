"""Letting lots decide who is in which model, or to which one somebody is invited."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from matching.errors import MatchingError
from matching.queries.changing_over import changing_of
from matching.services import change_over
from programs.access import ProgramRequest, program_view
from programs.errors import ProgramError
from programs.models import Draw, Program
from programs.permissions import Right
from programs.queries.drawing import Drawn, draws_of, set_aside_in, to_change_over
from reports import services
from reports.forms import AsideForm, LotsForm
from reports.queries.lots import Candidates, candidates, fields_for_lots, tracks_for_lots


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def lots(request: ProgramRequest, program: Program) -> HttpResponse:
    """Between which tracks, who would be drawn, and what was drawn already. A POST draws."""
    form = _form(request, program)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            drawn = services.draw(**_asked(form), by=request.user, now=timezone.now())
        except ProgramError as refused:
            error = str(refused)
        else:
            messages.info(request, told_of(drawn))
            return redirect("reports:lots", program.slug)
    draws = shown_draws(program, timezone.now())
    stand = [each for each, _ in draws if each.stands]
    found = _found(form, stand)
    context = {
        "program": program,
        "form": form,
        "error": error,
        "found": found,
        "aside_form": AsideForm(people=found.people) if found and found.people else None,
        "set_aside": set_aside_in(program),
        "to_change": next((each.draw for each in stand if each.is_to_change), None),
        "draws": draws,
    }
    return render(request, "reports/lots.html", context, status=422 if form.errors or error else 200)


def told_of(draw: Draw) -> str:
    """What has happened, and how long it can be undone."""
    people = draw.lots.count()
    return f"Lots were drawn for {people} people. They are told by e-mail in an hour; until then you can undo it."


def shown_draws(program: Program, now: dt.datetime) -> list[tuple[Drawn, bool]]:
    """Every draw, and whether it can still be taken back."""
    return [(each, each.may_undo(now)) for each in draws_of(program)]


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def change(request: ProgramRequest, program: Program) -> HttpResponse:
    """How many matches end and how many people change over, before it is done; a POST does it."""
    draw = to_change_over(program)
    if draw is None:
        messages.info(request, "Nobody has to change over.")
        return redirect("reports:lots", program.slug)
    error = ""
    if request.method == "POST":
        try:
            found = change_over(draw=draw, by=request.user, now=timezone.now())
        except MatchingError as refused:
            error = str(refused)
        else:
            messages.info(request, f"{found.people} people have changed over and are told. They can be matched now.")
            return redirect("matching:proposals", program.slug)
    context = {"program": program, "draw": draw, "found": changing_of(draw), "error": error}
    return render(request, "reports/change_over.html", context, status=422 if error else 200)


@require_POST
@program_view(Right.MATCH)
def undo(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    """Take a draw back before anybody is told."""
    draw = get_object_or_404(Draw, pk=pk, program=program)
    try:
        services.take_back(draw=draw, by=request.user, now=timezone.now())
    except ProgramError as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, "Taken back. Nobody was told, and everybody is where they were.")
    return redirect("reports:places" if draw.kind == Draw.Kind.WAITLIST else "reports:lots", program.slug)


def _form(request: ProgramRequest, program: Program) -> LotsForm:
    """Filled in with the first two tracks of different kinds, where nothing was chosen."""
    tracks, fields = tracks_for_lots(program), fields_for_lots(program)
    orders = program.by_lot == Draw.Kind.CROSSOVER
    first = tracks[0] if tracks else None
    other = next((each for each in tracks if each.model != tracks[0].model), first)
    start: dict[str, Any] = {"first": first and first.pk, "second": other and other.pk}
    start["changes_on"] = program.starts_on + (program.ends_on - program.starts_on) / 2
    data: Any = request.POST if request.method == "POST" else request.GET if "first" in request.GET else None
    return LotsForm(data, initial=start, tracks=tracks, fields=fields, orders=orders)


def _asked(form: LotsForm) -> dict[str, Any]:
    told = form.cleaned_data
    return {name: told[name] for name in ("first", "second", "stratum", "changes_on") if name in told}


def _found(form: LotsForm, stand: Iterable[Drawn]) -> Candidates | None:
    """Who would be drawn between the chosen tracks, beside the draws that stand."""
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        return candidates(told["first"], told["second"], told["stratum"], {each.draw.kind for each in stand})
    return None
