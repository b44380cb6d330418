"""Links by which somebody without an account reads a report: their list, and the page they lead to."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from mail.links import url as full_address
from mail.pages import gone
from participants.models import User
from participants.sending import done
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports.forms_sharing import LinkForm
from reports.models import SharedReport
from reports.queries.frozen import kept_across, kept_outcome
from reports.services import sharing
from reports.tasks import note_opening
from reports.views.drawing import across_context, outcome_context
from reports.views.organisation import admin_view

# From one address; a class or an office behind one line is not locked out.
MOST_A_MINUTE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.REPORT)
def links(request: ProgramRequest, program: Program) -> HttpResponse:
    return _links(request, program, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def all_links(request: HttpRequest) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]  # signed in: admin_view
    return _links(request, None, by)


def _links(request: HttpRequest, program: Program | None, by: User) -> HttpResponse:
    """The list, and a form for another. A new address is in the answer to the POST alone: nobody can show it again."""
    now = timezone.now()
    form = LinkForm(request.POST or None, initial={"days": sharing.USUAL_DAYS})
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = sharing.share_report(program=program, days=form.cleaned_data["days"], by=by, now=now)
        except (sharing.TooManyLinks, sharing.WrongDays) as error:
            form.add_error("days", str(error))
        else:
            address = full_address(reverse("report_links:report", args=[key]))
    context = {
        "program": program,
        "form": form,
        "address": address,
        "now": now,
        "shared": sharing.links_of(program).select_related("made_by").defer("content")[:200],
        "report_url": _report_url(program),
    }
    response = render(request, "reports/links.html", context, status=422 if form.errors else 200)
    return done(response) if address else response


def _report_url(program: Program | None) -> str:
    return reverse("reports:outcome", args=[program.slug]) if program else reverse("organisation:report")


@require_POST
@program_view(Right.REPORT)
def withdraw(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    sharing.withdraw_link(program=program, pk=pk, by=request.user, now=timezone.now())
    messages.info(request, "Withdrawn. The link opens nothing any more.")
    return redirect("reports:links", program.slug)


@require_POST
@admin_view
def withdraw_of_all(request: HttpRequest, pk: int) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]  # signed in: admin_view
    try:
        sharing.withdraw_link(program=None, pk=pk, by=by, now=timezone.now())
    except SharedReport.DoesNotExist as error:
        raise Http404("There is no such page") from error
    messages.info(request, "Withdrawn. The link opens nothing any more.")
    return redirect("organisation:links")


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, tok: str) -> HttpResponse:
    """The report as it stood, for whoever has the link; the same page for every link that does not hold.

    Nothing on it leads into the app. A POST shows it too, so that no method tells good keys from bad ones.
    """
    if _asks_too_often(request):
        slower: HttpResponse = respond_429(request)
        return slower
    found = sharing.read_link(tok, now=timezone.now())
    response = _show(request, found) if found else gone(request)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _asks_too_often(request: HttpRequest) -> bool:
    """Drawing a report takes a while: nobody has it drawn all the time, with a good key or without."""
    place = f"shared-report:{get_adapter(request).get_client_ip(request)}:{timezone.now():%H%M}"
    cache.add(place, 0, timeout=120)
    return int(cache.incr(place)) > MOST_A_MINUTE


def _show(request: HttpRequest, found: SharedReport) -> HttpResponse:
    if request.method == "GET":
        note_opening(found.pk)
    context: dict[str, Any] = {"shared": found}
    if found.program_id:
        context |= outcome_context(kept_outcome(found.content))
        return render(request, "reports/shared_outcome.html", context)
    context |= across_context(kept_across(found.content))
    return render(request, "reports/shared_across.html", context)
