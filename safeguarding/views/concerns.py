"""Reporting a concern, signed in or not, and the receipt of it."""

import uuid
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from participants.models import User
from safeguarding import queries, services
from safeguarding.errors import ConcernError, OtherBody
from safeguarding.forms import ConcernForm
from safeguarding.permissions import is_lead


def _reader(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def report(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    matches = queries.matches_of(user) if user else []
    initial = {"key": uuid.uuid4(), "about": request.GET.get("match", "")[:20]}
    data = request.POST if request.method == "POST" else None
    form = ConcernForm(data, user=user, matches=matches, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="concern"):
            return render(request, "safeguarding/too_often.html", _around(user), status=429)
        try:
            case = services.report(**form.facts(), by=user, now=timezone.now())
        except ConcernError as error:
            _put(form, error)
        else:
            ring()
            return redirect("concern:receipt", receipt=str(case.receipt))
    context = {**_around(user), "form": form, "reported": queries.reported_by(user) if user else []}
    return render(request, "safeguarding/report.html", context, status=422 if form.errors else 200)


def _put(form: ConcernForm, error: ConcernError) -> None:
    """At its field; what was sent before gets a fresh key, so that the words can be sent as something more."""
    if isinstance(error, OtherBody):
        form.data = {**{name: form.data[name] for name in form.data}, "key": str(uuid.uuid4())}
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _around(user: User | None) -> dict[str, Any]:
    return {
        "leads": queries.leads(),
        "emergency": queries.emergency_words(),
        "is_lead": user is not None and is_lead(user),
    }


@require_safe
@login_not_required
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    case = queries.receipt_of(_reader(request), receipt)
    if case is None:
        raise Http404("There is no such page")
    response = render(request, "safeguarding/receipt.html", {"case": case, "emergency": queries.emergency_words()})
    # The address is the right to read it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
