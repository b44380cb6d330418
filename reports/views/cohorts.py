"""Two programs side by side, for admins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.queries.cohorts import cohorts_to_choose, compare_cohorts, finding_of
from reports.views.organisation import admin_view


@require_safe
@admin_view
def cohorts(request: HttpRequest) -> HttpResponse:
    """Which two is in the address; with none or one chosen nothing is compared."""
    every = {each.slug: each for each in cohorts_to_choose()}
    chosen = [every.get(request.GET.get(name, "")) for name in ("one", "other")]
    context: dict[str, Any] = {
        "every": list(every.values()),
        "one": chosen[0],
        "other": chosen[1],
        "now": timezone.now(),
    }
    if chosen[0] and chosen[1] and chosen[0] != chosen[1]:
        rows = compare_cohorts(chosen[0], chosen[1], timezone.localdate())
        context |= {"rows": rows, "finding": finding_of(rows)}
    return render(request, "reports/cohorts.html", context)
