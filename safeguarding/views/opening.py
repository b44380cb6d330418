"""Opening the notes of a case's match: who it is, why, for an hour. Reading is a POST, as it is written down."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail.tasks import ring
from participants.confirming import ask_who_it_is, is_confirmed
from participants.services import SIGN_IN_MINUTES
from participants.views import forget_confirmation
from safeguarding import services
from safeguarding.access import CaseRequest, managed_view, opening_view
from safeguarding.errors import ConcernError
from safeguarding.forms import DelayForm, OpenForm
from safeguarding.models import Case, Opening
from safeguarding.permissions import HOUR

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@managed_view
def open_notes(request: CaseRequest, case: Case) -> HttpResponse:
    """One showing of who one is opens notes once."""
    form = OpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not is_confirmed(request):
        return redirect("safeguarding:confirm", number=case.number)
    if request.method == "POST" and form.is_valid():
        try:
            opening = services.open_notes(case=case, **form.cleaned_data, by=request.user, now=timezone.now())
        except ConcernError as error:
            form.add_error(error.field, str(error))
        else:
            forget_confirmation(request)
            ring()
            return redirect("safeguarding:opened", pk=opening.pk)
    context = {"case": case, "form": form, "confirmed": is_confirmed(request)}
    return render(request, "safeguarding/open.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@managed_view
def confirm(request: CaseRequest, case: Case) -> HttpResponse:
    back = reverse("safeguarding:open", kwargs={"number": case.number})
    sent = reverse("safeguarding:link_sent", kwargs={"number": case.number})
    return ask_who_it_is(request, back=back, sent=sent, template="safeguarding/confirm.html", case=case)


@require_safe
@managed_view
def link_sent(request: CaseRequest, _case: Case) -> HttpResponse:
    context = {"address": request.user.email, "minutes": SIGN_IN_MINUTES}
    return render(request, "participants/link_sent.html", context)


@require_safe
@opening_view
def opened(request: CaseRequest, opening: Opening) -> HttpResponse:
    context = {"opening": opening, "until": opening.opened_at + HOUR, "people": opening.people.order_by("pk")}
    return render(request, "safeguarding/opened.html", context)


@require_POST
@opening_view
def read(request: CaseRequest, opening: Opening) -> HttpResponse:
    reading = services.read(opening=opening, by=request.user, now=timezone.now())
    context = {"opening": opening, "reading": reading, "until": opening.opened_at + HOUR}
    return render(request, "safeguarding/reading.html", context)


@require_POST
@opening_view
def end(request: CaseRequest, opening: Opening) -> HttpResponse:
    services.end(opening=opening, by=request.user, now=timezone.now())
    messages.info(request, "The notes are closed.")
    return redirect("safeguarding:case", number=opening.case.number)


@require_http_methods(FORM)
@managed_view
def delay(request: CaseRequest, case: Case, pk: int) -> HttpResponse:
    opening = case.openings.select_related("case").filter(pk=pk, told_at=None).first()
    if opening is None:
        raise Http404("There is no such page")
    form = DelayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.delay(opening=opening, **form.cleaned_data, by=request.user, now=timezone.now())
        except ConcernError as error:
            form.add_error(error.field, str(error))
        else:
            return redirect("safeguarding:case", number=case.number)
    context = {"case": case, "opening": opening, "form": form}
    return render(request, "safeguarding/delay.html", context, status=422 if form.errors else 200)
