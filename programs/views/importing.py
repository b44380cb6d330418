"""The four steps of an import: file, columns, check, done. Nobody is enrolled before the last."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs import tasks
from programs.access import ProgramRequest, program_view
from programs.errors import ProgramError
from programs.exports_template import left_out_csv, template_csv, template_xlsx
from programs.forms.importing import ColumnsForm, UploadForm, track_and_role, who_choices
from programs.importing import Plan, guess_for, plan_rows, targets_for
from programs.importing.shown import groups_of
from programs.importing.targets import CAPACITY, OWN_FACTS
from programs.models import Import, Program
from programs.permissions import Right
from programs.reading import ENCODINGS, Table, UnreadableFile
from programs.services import importing, undoing

State = Import.State
_EARLIER = 10
_STEP = {
    State.QUEUED: "programs:import_progress",
    State.RUNNING: "programs:import_progress",
    State.DONE: "programs:import_done",
    State.UNDONE: "programs:import_done",
}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _import(program: Program, pk: int) -> Import:
    found = Import.objects.select_related("track__program", "created_by").filter(track__program=program, pk=pk).first()
    if found is None:
        raise Http404("There is no such import")
    return found


def _to(name: str, program: Program, item: Import) -> HttpResponse:
    return redirect(name, slug=program.slug, pk=item.pk)


def _unreadable(request: ProgramRequest, program: Program, error: UnreadableFile) -> HttpResponse:
    """The file was readable when it came; now it is gone or is read with other letters."""
    messages.error(request, str(error))
    return redirect("programs:import_upload", slug=program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.PEOPLE)
def upload(request: ProgramRequest, program: Program) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, program=program)
    if request.method == "POST" and form.is_valid():
        data, filename = form.content()
        chosen = track_and_role(program, form.cleaned_data["who"])
        if chosen is None:
            raise Http404("There is no such track")
        try:
            item, _ = importing.start_import(
                track=chosen[0], role=chosen[1], data=data, filename=filename, by=request.user, now=timezone.now()
            )
        except (UnreadableFile, ProgramError) as error:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(error))
        else:
            return _to("programs:import_map", program, item)
    status = 413 if form.too_large else 422 if form.errors else 200
    earlier = Import.objects.filter(track__program=program).select_related("track", "created_by")[:_EARLIER]
    return render(request, "programs/import_upload.html", _context(program, form=form, earlier=earlier), status=status)


def _context(program: Program, **more: Any) -> dict[str, Any]:
    return {"program": program, **more}


@require_safe
@program_view(Right.PEOPLE)
def template(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    """An empty file with the right columns, for the role and track asked for (or the first)."""
    first = next((value for value, _ in who_choices(program)), "")
    chosen = track_and_role(program, request.GET.get("who", first))
    if chosen is None:
        raise Http404("There is no such track")
    track, role = chosen
    # Whole names are understood but not asked for: two columns say more.
    targets = [target for target in targets_for(track, role) if target.kind != "name"]
    content = template_xlsx(targets) if kind == "xlsx" else template_csv(targets)
    return _attachment(content, kind, f"{program.slug}-{role}s")


def _attachment(content: bytes, kind: str, stem: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.PEOPLE)
def columns(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    item = _import(program, pk)
    if item.state in _STEP:
        return _to(_STEP[State(item.state)], program, item)
    encoding = (request.POST or request.GET).get("encoding", "") or item.encoding
    try:
        table = importing.read_import(item, encoding=encoding if encoding in ENCODINGS else None)
    except UnreadableFile as error:
        return _unreadable(request, program, error)
    form = _columns_form(request, item, table)
    if request.method == "POST" and form.is_valid():
        # Of a file that says what it is, nothing has to be remembered.
        letters = table.encoding if form.asks_for_letters else ""
        importing.set_mapping(item=item, mapping=form.mapping(), encoding=letters)
        return _to("programs:import_check", program, item)
    context = _context(program, item=item, form=form, table=table, encodings=ENCODINGS.items())
    return render(request, "programs/import_map.html", context, status=422 if form.errors else 200)


def _columns_form(request: ProgramRequest, item: Import, table: Table) -> ColumnsForm:
    targets = targets_for(item.track, item.role)
    is_guess = item.state == State.UPLOADED
    proposal = guess_for(table, targets, by_content=True) if is_guess else item.mapping
    # An encoding somebody chose needs their word as much as one that was guessed.
    chosen = "" if table.encoding == "utf-8" or table.encoding.startswith("utf-") else table.encoding
    return ColumnsForm(
        request.POST or None,
        table=table,
        targets=targets,
        proposal=proposal,
        is_guess=is_guess,
        initial={"encoding": chosen, "letters": bool(item.encoding) and item.encoding == chosen},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.PEOPLE)
def check(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    item = _import(program, pk)
    if item.state in _STEP:
        return _to(_STEP[State(item.state)], program, item)
    if item.state == State.UPLOADED:
        return _to("programs:import_map", program, item)
    try:
        table = importing.read_import(item)
    except UnreadableFile as error:
        return _unreadable(request, program, error)
    plan = plan_rows(track=item.track, role=item.role, table=table, mapping=item.mapping)
    problem = _queue(request, item, plan) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return _to("programs:import_progress", program, item)
    context = _context(program, item=item, table=table, plan=plan, problem=problem, **_shown(plan, item))
    context |= _not_taken(item, table)
    return render(request, "programs/import_check.html", context, status=422 if problem else 200)


def _queue(request: ProgramRequest, item: Import, plan: Plan) -> str:
    """Start the import that the page showed. Returns what stands in the way, or ""."""
    if request.POST.get("seen") != _seen(plan):
        return "People or fields have changed since this page was made. Look at it again."
    try:
        importing.queue_import(item=item, plan=plan, skip_bad_rows=True)
    except ProgramError as error:
        return str(error)
    tasks.ring(item.pk)
    return ""


def _seen(plan: Plan) -> str:
    """Stands for what the reader of the check page agreed to: how many come, and which rows are left out."""
    facts = [len(plan.new), len(plan.changed), len(plan.unchanged), plan.bad_rows]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]


def _shown(plan: Plan, item: Import) -> dict[str, Any]:
    parts = [
        ("Ready", len(plan.new) + len(plan.changed), "good"),
        ("Already here", len(plan.unchanged), "none"),
        ("To repair", len(plan.bad_rows), "warn"),
    ]
    return {
        "seen": _seen(plan),
        "parts": parts,
        "columns": ["", "Rows"],
        "rows": [(name, count) for name, count, _ in parts],
        "groups": groups_of(plan),
        "comes": len(plan.new) + len(plan.changed),
        "returning": sum(step.returns for step in plan.changed),
        "before": importing.earlier_import(item),
    }


def _not_taken(item: Import, table: Table) -> dict[str, Any]:
    """Columns of the file that nobody reads, and questions the program asks that no column answers."""
    used = {header for header in item.mapping.values() if header}
    asked = [target for target in targets_for(item.track, item.role) if target not in (*OWN_FACTS, CAPACITY)]
    return {
        "unused": [header for header in table.headers if header not in used],
        "unanswered": [target.label for target in asked if not item.mapping.get(target.key)],
    }


@require_safe
@program_view(Right.PEOPLE)
def left_out(_: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    """The rows that have to be repaired, with the reason for each."""
    item = _import(program, pk)
    if item.state == State.UPLOADED:
        raise Http404("The rows are not checked yet")
    try:
        table = importing.read_import(item)
    except UnreadableFile as error:
        raise Http404("The file is no longer kept") from error
    plan = plan_rows(track=item.track, role=item.role, table=table, mapping=item.mapping)
    return _attachment(left_out_csv(table, plan.problems), "csv", "left-out")


@require_safe
@program_view(Right.PEOPLE)
def progress(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    """How far it is. A script asks for this same page again and again; without one the page reloads."""
    item = _import(program, pk)
    if item.state in (State.QUEUED, State.RUNNING):
        part = bool(request.headers.get("HX-Request"))
        page = "programs/import_progress_part.html" if part else "programs/import_progress.html"
        text = f"{item.progress:,} of {item.total:,} rows"
        return render(request, page, _context(program, item=item, text=text))
    name = "programs:import_done" if item.state in _STEP else "programs:import_check"
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Redirect"] = reverse(name, kwargs={"slug": program.slug, "pk": item.pk})
        return response
    return _to(name, program, item)


@require_safe
@program_view(Right.PEOPLE)
def done(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    item = _import(program, pk)
    if item.state not in (State.DONE, State.UNDONE):
        return _to(_STEP.get(State(item.state), "programs:import_check"), program, item)
    reason = undoing.why_not(item, now=timezone.now())
    return render(request, "programs/import_done.html", _context(program, item=item, reason=reason))


@require_POST
@program_view(Right.PEOPLE)
def undo(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    item = _import(program, pk)
    try:
        undoing.undo_import(item=item, by=request.user, now=timezone.now())
    except ProgramError as error:
        messages.error(request, f"Not undone: {error}.")
    return _to("programs:import_done", program, item)


@require_POST
@program_view(Right.PEOPLE)
def discard(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    item = _import(program, pk)
    try:
        importing.discard_import(item=item)
    except ProgramError as error:
        messages.error(request, f"Not discarded: {error}.")
    return redirect("programs:import_upload", slug=program.slug)
