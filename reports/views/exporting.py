"""The tables somebody may take out of a program or of the organisation, and the long ones a worker makes for them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from participants.models import User
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports import services
from reports.exports import FORMATS, MIME, TITLES, Scope, find, meaning, tables, take
from reports.models import ExportJob
from reports.queries.exports import Files, file_of, files_of, log_of
from reports.tasks import ring_table
from reports.views.organisation import admin_view

# What the record calls the file of the outcome report.
NAMES = {**TITLES, "outcome": "Outcome report", "installation": "Whole installation"}
Rights = Collection[Right]


def _page(request: HttpRequest, program: Program | None, rights: Rights) -> HttpResponse:
    now = timezone.now()
    scope = Scope(program, now)
    offered = [
        {
            "table": table,
            "columns": [(column.title, meaning(column)) for column in table.read(scope).columns],
            "parts": table.parts(program) if table.parts and program else [],
            "from": table.open_from(program, now),
        }
        for table in tables(program, rights)
    ]
    log = Paginator(log_of(program), 25).get_page(request.GET.get("page", "1")[:6])
    context = {"offered": offered, "names": NAMES, "page": log, **_files(request, program)}
    return render(request, "reports/export_tables.html", context)


def _files(request: HttpRequest, program: Program | None) -> dict[str, Any]:
    files: Files = files_of(_user(request), program, timezone.now())
    return {"program": program, "files": files, "names": NAMES, "poll_url": _url(program, "progress")}


def _url(program: Program | None, page: str) -> str:
    return reverse(f"exports:{page}", args=[program.slug]) if program else reverse(f"all_exports:{page}")


def _progress(request: HttpRequest, program: Program | None) -> HttpResponse:
    """The list of files alone, asked for while one of them is being made."""
    return render(request, "reports/_export_files.html", _files(request, program))


def _take(request: HttpRequest, program: Program | None, rights: Rights, slug: str, ending: str) -> HttpResponseBase:
    table, now, part = find(program, rights, slug), timezone.now(), request.POST.get("part", "")
    if table is None or ending not in FORMATS or table.open_from(program, now):
        raise Http404("There is no such file")
    if part and part not in dict(table.parts(program) if table.parts and program else []):
        raise Http404("There is no such part")
    mark = "mark" in request.POST
    taken = take(table=table, scope=Scope(program, now, part), ending=ending, mark=mark, by=_user(request))
    if taken.job:
        ring_table(taken.job.pk)
        return redirect(f"{_url(program, 'page')}#files")
    name = "-".join(filter(None, (program.slug if program else "", slug, part.replace("/", "-"))))
    return _attached(taken.pieces or (), name, ending)


def _fetch(request: HttpRequest, program: Program | None, rights: Rights, pk: int) -> HttpResponseBase:
    """The file, to who asked for it and may still have it, until its time is over."""
    job = _job(request, program, pk)
    allowed = find(program, rights, job.table)
    ready = services.fetch_table(job=job, by=_user(request), now=timezone.now()) if allowed else None
    if ready is None:
        raise Http404("There is no such page")
    if not ready.file.storage.exists(str(ready.file.name)):
        raise Http404("There is no such page")
    return _attached(_read(ready.file), f"{program.slug if program else 'organisation'}-{job.table}", job.format)


def _attached(pieces: Iterable[bytes], name: str, ending: str) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return StreamingHttpResponse(pieces, content_type=MIME[ending], headers=headers)


def _read(file: FieldFile) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from opened.chunks()


def _cancel(request: HttpRequest, program: Program | None, pk: int) -> HttpResponse:
    services.cancel_table(job=_job(request, program, pk))
    return redirect(f"{_url(program, 'page')}#files")


def _job(request: HttpRequest, program: Program | None, pk: int) -> ExportJob:
    job = file_of(_user(request), program, pk)
    if job is None:
        raise Http404("There is no such page")
    return job


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # signed in: LoginRequiredMiddleware


@require_safe
@program_view(Right.REPORT)
def page(request: ProgramRequest, program: Program) -> HttpResponse:
    return _page(request, program, request.program_rights)


@require_safe
@program_view(Right.REPORT)
def progress(request: ProgramRequest, program: Program) -> HttpResponse:
    return _progress(request, program)


@require_POST
@program_view(Right.REPORT)
def take_table(request: ProgramRequest, program: Program, table: str, ending: str) -> HttpResponseBase:
    return _take(request, program, request.program_rights, table, ending)


@require_POST
@program_view(Right.REPORT)
def fetch(request: ProgramRequest, program: Program, pk: int) -> HttpResponseBase:
    return _fetch(request, program, request.program_rights, pk)


@require_POST
@program_view(Right.REPORT)
def cancel(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    return _cancel(request, program, pk)


@require_safe
@admin_view
def whole_page(request: HttpRequest) -> HttpResponse:
    return _page(request, None, ())


@require_safe
@admin_view
def whole_progress(request: HttpRequest) -> HttpResponse:
    return _progress(request, None)


@require_POST
@admin_view
def take_whole(request: HttpRequest, table: str, ending: str) -> HttpResponseBase:
    return _take(request, None, (), table, ending)


@require_POST
@admin_view
def fetch_whole(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _fetch(request, None, (), pk)


@require_POST
@admin_view
def cancel_whole(request: HttpRequest, pk: int) -> HttpResponse:
    return _cancel(request, None, pk)
