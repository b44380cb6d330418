"""More people than places: lots decide who begins now, and a coordinator who cannot wait."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from programs.access import ProgramRequest, program_view
from programs.errors import ProgramError
from programs.models import Draw, Enrolment, Program, Track
from programs.permissions import Right
from programs.queries.drawing import set_aside_in, waiting_in
from programs.services.waiting import begin_next_round, set_aside
from reports import services
from reports.forms import AsideForm, NextForm, PlacesForm
from reports.queries.lots import Wanting, fields_for_lots, places_in, tracks_for_rounds
from reports.views.lots import shown_draws, told_of


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def places(request: ProgramRequest, program: Program) -> HttpResponse:
    """For which track and how many places, who would be drawn, who waits, and what was drawn. A POST draws."""
    tracks, others = tracks_for_rounds(program, request.user)
    form = _form(request, program, tracks)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            drawn = services.draw_who_begins(**form.cleaned_data, by=request.user, now=timezone.now())
        except ProgramError as refused:
            error = str(refused)
        else:
            messages.info(request, told_of(drawn))
            return redirect("reports:places", program.slug)
    context = {**_context(program, form), "next_form": NextForm(tracks=others), "error": error}
    return render(request, "reports/places.html", context, status=422 if request.method == "POST" else 200)


def _context(program: Program, form: PlacesForm) -> dict[str, Any]:
    draws = shown_draws(program, timezone.now())
    found = _found(form, {drawn.draw.kind for drawn, _ in draws if drawn.stands})
    return {
        "program": program,
        "form": form,
        "found": found,
        "aside_form": AsideForm(people=found.people) if found else None,
        "waiting": waiting_in(program, (drawn for drawn, _ in draws)),
        "set_aside": set_aside_in(program),
        "draws": draws,
        "is_over": timezone.now().date() > program.ends_on,
    }


def _form(request: ProgramRequest, program: Program, tracks: list[Track]) -> PlacesForm:
    data: Any = request.POST if request.method == "POST" else request.GET if "track" in request.GET else None
    return PlacesForm(data, tracks=tracks, fields=fields_for_lots(program))


def _found(form: PlacesForm, drawn: Collection[str]) -> Wanting | None:
    return places_in(form.cleaned_data["track"], drawn) if form.is_bound and form.is_valid() else None


@require_POST
@program_view(Right.MATCH)
def aside(request: ProgramRequest, program: Program) -> HttpResponse:
    """Let one person begin whatever the lots say."""
    here = Enrolment.objects.filter(track__program=program).exclude(state=Enrolment.State.LEFT)
    back = "reports:lots" if program.by_lot == Draw.Kind.CROSSOVER else "reports:places"
    form = AsideForm(request.POST, people=list(here.exclude(role="mentor").select_related("user")))
    if not form.is_valid():
        messages.error(request, "Choose a person and a reason.")
        return redirect(back, program.slug)
    who = form.cleaned_data["enrolment"]
    try:
        set_aside(enrolment=who, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
    except ProgramError as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, f"{who.user} begins now, whatever the lots say.")
    return redirect(back, program.slug)


@require_POST
@program_view(Right.MATCH)
def next_round(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    """Take those who wait into a track of another program."""
    draw = get_object_or_404(Draw, pk=pk, program=program)
    form = NextForm(request.POST, tracks=tracks_for_rounds(program, request.user)[1])
    if not form.is_valid():
        messages.error(request, "Choose the track of another program that you run.")
        return redirect("reports:places", program.slug)
    try:
        begun = begin_next_round(draw=draw, track=form.cleaned_data["track"], by=request.user, now=timezone.now())
    except ProgramError as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, f"{len(begun)} people have their place there. They are told by e-mail.")
    return redirect("reports:places", program.slug)
