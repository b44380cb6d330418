"""Tracks and fields: the parts a program is set up from."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs import services
from programs.access import ProgramRequest, program_view
from programs.catalogue import registry
from programs.errors import Outdated, ProgramError
from programs.forms.basics import FieldForm, NewTrackForm, TrackForm, put_error
from programs.models import ProfileField, Program, Track
from programs.permissions import Right
from programs.seen import FIELD, TRACK, mark_of


def _track(program: Program, slug: str) -> Track:
    track = program.tracks.filter(slug=slug).first()
    if track is None:
        raise Http404("There is no such track")
    return track


def _field(program: Program, slug: str) -> ProfileField:
    field = program.fields.filter(slug=slug).first()
    if field is None:
        raise Http404("There is no such field")
    return field


def _initial(item: Track | ProfileField) -> dict[str, Any]:
    """What a form over it shows at first, and the mark of that."""
    texts = {name: getattr(item, name) for name in (TRACK if isinstance(item, Track) else FIELD)}
    if isinstance(item, ProfileField):
        texts["options"] = "\n".join(item.options)
    return {**texts, "seen": mark_of(item)}


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def add_track(request: ProgramRequest, program: Program) -> HttpResponse:
    form = NewTrackForm(request.POST or None, initial={"model": request.GET.get("model", "")})
    if request.method == "POST" and form.is_valid():
        try:
            track = services.add_model_track(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("programs:track", slug=program.slug, track=track.slug)
    context = {"program": program, "form": form}
    return render(request, "programs/track_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def edit_track(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    found = _track(program, track)
    form = TrackForm(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_track(track=found, **form.cleaned_data, by=request.user, now=timezone.now())
        except Outdated:
            found = _track(program, track)
            fresh = TrackForm(initial=_initial(found))
            context = {"program": program, "track": found, "differences": fresh.written_again(form), "form": fresh}
            return render(request, "programs/track.html", context | {"model": registry.get(found.model)}, status=409)
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, "Saved.")
            return redirect("setup:tasks", slug=program.slug)
    context = {"program": program, "track": found, "form": form, "model": registry.get(found.model)}
    return render(request, "programs/track.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.EDIT)
def remove_track(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    try:
        services.remove_track(track=_track(program, track), by=request.user, now=timezone.now())
    except ProgramError as error:
        messages.error(request, str(error))
        return redirect("programs:track", slug=program.slug, track=track)
    return redirect("setup:tasks", slug=program.slug)


@require_safe
@program_view(Right.EDIT)
def fields(request: ProgramRequest, program: Program) -> HttpResponse:
    return render(request, "programs/fields.html", {"program": program, "fields": program.fields.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def add_field(request: ProgramRequest, program: Program) -> HttpResponse:
    form = FieldForm(request.POST or None, initial={"asked_of": services.fields.EVERYBODY})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_field(program=program, spec=form.spec(), by=request.user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("programs:fields", slug=program.slug)
    context = {"program": program, "form": form}
    return render(request, "programs/field.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def edit_field(request: ProgramRequest, program: Program, field: str) -> HttpResponse:
    found = _field(program, field)
    form = FieldForm(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            services.change_field(field=found, spec=form.spec(), by=request.user, now=timezone.now(), seen=seen)
        except Outdated:
            found = _field(program, field)
            fresh = FieldForm(initial=_initial(found))
            context = {"program": program, "field": found, "differences": fresh.written_again(form), "form": fresh}
            return render(request, "programs/field.html", context, status=409)
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("programs:fields", slug=program.slug)
    context = {"program": program, "field": found, "form": form}
    return render(request, "programs/field.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.EDIT)
def change_field_list(request: ProgramRequest, program: Program, field: str) -> HttpResponse:
    """Move a field up or down, or remove it: the button says which."""
    found, action = _field(program, field), request.POST.get("do", "")
    try:
        if action in {"up", "down"}:
            services.move_field(field=found, up=action == "up")
        elif action == "remove":
            services.remove_field(field=found, by=request.user, now=timezone.now())
        else:
            raise Http404("There is no such button")
    except ProgramError as error:
        messages.error(request, str(error))
    return redirect("programs:fields", slug=program.slug)
