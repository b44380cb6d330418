"""The reports as PDF. A POST, because taking it is written down."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from participants.models import User
from participants.paper import NoPdf
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports import services
from reports.paper import pdf_of
from reports.queries.across import across
from reports.queries.outcome import outcome
from reports.views.drawing import across_context, outcome_context
from reports.views.organisation import admin_view


@require_POST
@program_view(Right.REPORT)
def outcome_pdf(request: ProgramRequest, program: Program) -> HttpResponse:
    """Where the machine cannot draw one, the page says so and can be printed."""
    now = timezone.now()
    report = outcome(program, now, request.user)
    try:
        content = pdf_of("reports/outcome_pdf.html", outcome_context(report), request)
    except NoPdf:
        return redirect(f"{reverse('reports:outcome', args=[program.slug])}?no-pdf=1")
    rows = len(report.rows())
    services.log_export(program=program, what="outcome", ending="pdf", rows=rows, by=request.user, now=now)
    return _file(content, f"{program.slug}-report.pdf")


@require_POST
@admin_view
def across_pdf(request: HttpRequest) -> HttpResponse:
    """The report of the organisation, without what comparing its programs came to."""
    now, by = timezone.now(), request.user
    report = across(now)
    try:
        content = pdf_of("reports/across_pdf.html", across_context(report), request)
    except NoPdf:
        return redirect(f"{reverse('organisation:report')}?no-pdf=1")
    signed_in: User = by  # type: ignore[assignment]  # signed in: admin_view
    rows = len(report.whole) + sum(len(each.figures) for each in report.programs)
    services.log_export(program=None, what="organisation", ending="pdf", rows=rows, by=signed_in, now=now)
    return _file(content, "report.pdf")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
