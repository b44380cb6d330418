"""Where everybody starts, and what a machine asks to see whether the installation lives."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from mail import queries as mail
from mentorship.context import plain
from mentorship.ways_back import came_from
from participants.permissions import is_admin, may_create_programs
from programs.models import Coordinator, Enrolment
from safeguarding.permissions import is_lead
from safeguarding.queries import opened_in


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the place of the reader's work: programs for those who run them, their own matches for everybody else."""
    user = request.user
    runs = Coordinator.objects.filter(user=user.pk).exists()
    takes_part = Enrolment.objects.filter(user=user.pk).exists()
    if runs or (may_create_programs(user) and not takes_part and not is_admin(user)):
        return redirect("programs:list")
    if is_admin(user):
        return redirect("organisation:programs")
    return redirect("safeguarding:cases" if not takes_part and is_lead(user) else "sessions:home")


@require_safe
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """The web process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def ready(_request: HttpRequest) -> HttpResponse:
    """The web process reaches its database, the tick rings, and mail that is due leaves; otherwise 503 and what not."""
    complaints = mail.complaints(timezone.now())
    text = "\n".join(complaints) or "ready"
    return HttpResponse(text, content_type="text/plain", status=503 if complaints else 200)


@require_safe
@login_not_required
def plain_page(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template)


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """Who sees what, and how often notes were opened for safeguarding this year: the same for everybody."""
    year = timezone.now().year
    return render(request, "mentorship/privacy.html", {"year": year, "opened": opened_in(year)})


def broken(request: HttpRequest) -> HttpResponse:
    """Django's own gives this page no context: it would show neither whose site it is nor the colours chosen."""
    return HttpResponseServerError(render_to_string("500.html", plain(request)))


def grown_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # the log has the reason
    """In place of what a form asks for whose token is missing or old."""
    return render(request, "403_csrf.html", {"back_url": came_from(request)}, status=403)
