"""Letting lots decide who is in which model."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.access import ProgramRequest, program_view
from programs.errors import ProgramError
from programs.models import Program
from programs.permissions import Right
from programs.queries.drawing import draws_of
from reports import services
from reports.forms import LotsForm
from reports.queries.lots import Candidates, candidates, fields_for_lots, tracks_for_lots
from reports.queries.opened import plan_of


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
            messages.info(request, f"Lots were drawn for {drawn.lots.count()} people. They are told by e-mail.")
            return redirect("reports:lots", program.slug)
    context = {
        "program": program,
        "form": form,
        "error": error,
        "plan": plan_of(program),
        "found": _found(form),
        "draws": draws_of(program),
    }
    return render(request, "reports/lots.html", context, status=422 if form.errors or error else 200)


def _form(request: ProgramRequest, program: Program) -> LotsForm:
    """Filled in with the first two tracks of different kinds, where nothing was chosen."""
    tracks, fields = tracks_for_lots(program), fields_for_lots(program)
    first = tracks[0] if tracks else None
    other = next((each for each in tracks if each.model != tracks[0].model), first)
    start = {"first": first and first.pk, "second": other and other.pk}
    data: Any = request.POST if request.method == "POST" else request.GET if "first" in request.GET else None
    return LotsForm(data, initial=start, tracks=tracks, fields=fields)


def _asked(form: LotsForm) -> dict[str, Any]:
    told = form.cleaned_data
    return {"first": told["first"], "second": told["second"], "stratum": told["stratum"]}


def _found(form: LotsForm) -> Candidates | None:
    """Who would be drawn between the chosen tracks."""
    if form.is_bound and form.is_valid():
        return candidates(**_asked(form))
    return None
