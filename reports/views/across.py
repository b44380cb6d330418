"""The organisation's report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from participants.models import User
from reports.queries.across import across
from reports.queries.opened import named, title_of
from reports.services import open_comparison
from reports.views.drawing import across_context, comparison_tables
from reports.views.organisation import admin_view


@require_safe
@admin_view
def report(request: HttpRequest) -> HttpResponse:
    context = {**across_context(across(timezone.now())), "no_pdf": "no-pdf" in request.GET}
    return render(request, "reports/report_across.html", context)


@require_POST
@admin_view
def comparison(request: HttpRequest) -> HttpResponse:
    """The same with the comparison. A POST, because who has seen it is written down."""
    by: User = request.user  # type: ignore[assignment]  # signed in: admin_view
    found, content = open_comparison(by=by, now=timezone.now())
    core = named(content["core"])
    context = {
        **across_context(found),
        "opened": True,
        "found": content["comparison"],
        "title": title_of(content["comparison"]),
        "core": core,
        **comparison_tables(content["comparison"], core),
    }
    return render(request, "reports/report_across.html", context)
