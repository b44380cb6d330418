"""Own data: ask for a file and fetch it, pause, wishes about mail, erase. Each page is its reader's own."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail.tasks import ring
from mentorship.own_data import pages
from mentorship.own_data.forms import EraseForm, PauseForm, RetentionForm
from mentorship.tasks import ring_for_export
from participants import queries, services
from participants.confirming import ask_who_it_is, is_confirmed
from participants.models import DataExport, User
from reports.views.organisation import admin_view

FORM = ["GET", "HEAD", "POST"]


class OwnRequest(HttpRequest):
    """A request of a signed-in person: LoginRequiredMiddleware sees to it."""

    user: User


@require_safe
def own_data(request: OwnRequest) -> HttpResponse:
    return render(request, "own_data/page.html", pages.overview(request.user, timezone.now()))


@require_safe
def progress(request: OwnRequest) -> HttpResponse:
    """The part of the page that waits; once there is nothing to wait for, the whole page again."""
    response = render(request, "own_data/_waiting.html")
    if not pages.is_waiting(queries.latest_export(request.user)):
        response["HX-Redirect"] = reverse("own_data:page")
    return response


@require_POST
def ask(request: OwnRequest) -> HttpResponse:
    export = services.ask_for_export(by=request.user, now=timezone.now())
    ring_for_export(export.pk)
    return redirect("own_data:page")


@require_safe
def file(request: OwnRequest, pk: int) -> HttpResponse:
    """The file, to the person whose it is, until its days are over."""
    export = DataExport.objects.filter(pk=pk, user=request.user, state=DataExport.State.READY).first()
    if export is None or export.expires_at is None or export.expires_at <= timezone.now():
        raise Http404("There is no such page")
    try:
        with export.file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError as error:
        raise Http404("There is no such page") from error
    headers = {"Content-Disposition": 'attachment; filename="own-data.zip"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_http_methods(FORM)
def pause(request: OwnRequest) -> HttpResponse:
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.pause(by=request.user, until=form.cleaned_data["until"], now=timezone.now())
        except services.BadPause as error:
            form.add_error("until", str(error))
        else:
            messages.info(request, "Your pause has begun.")
            return redirect("own_data:page")
    return render(request, "own_data/pause.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def resume(request: OwnRequest) -> HttpResponse:
    services.resume(by=request.user, now=timezone.now())
    messages.info(request, "Your pause is over.")
    return redirect("own_data:page")


@require_http_methods(FORM)
def erase(request: OwnRequest) -> HttpResponse:
    """What goes and what stays; the button works for some minutes after one has shown who one is."""
    now = timezone.now()
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not is_confirmed(request):
        return redirect("own_data:confirm")
    refused = services.why_not_erased(request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase(user=request.user, by=request.user, now=now)
        except services.CannotErase as error:
            refused = error.reasons
        else:
            ring()
            logout(request)
            return redirect("own_data:erased")
    context = {"form": form, "refused": refused, "confirmed": is_confirmed(request)}
    status = 422 if form.errors else 409 if request.method == "POST" else 200
    return render(request, "own_data/erase.html", context, status=status)


@require_http_methods(FORM)
def confirm(request: OwnRequest) -> HttpResponse:
    """Is it you? By password, or by a link that goes to one's address and signs in once more."""
    back, sent = reverse("own_data:erase"), reverse("own_data:link_sent")
    return ask_who_it_is(request, back=back, sent=sent, template="own_data/confirm.html")


@require_safe
def link_sent(request: OwnRequest) -> HttpResponse:
    context = {"address": request.user.email, "minutes": services.SIGN_IN_MINUTES}
    return render(request, "participants/link_sent.html", context)


@require_safe
@login_not_required
def erased(request: HttpRequest) -> HttpResponse:
    """What somebody reads who is nobody any more; it says nothing about anybody."""
    return render(request, "own_data/erased.html")


@require_http_methods(FORM)
@admin_view
def privacy(request: HttpRequest) -> HttpResponse:
    """For how long things are kept, for admins."""
    rules = queries.retention()
    form = RetentionForm(request.POST if request.method == "POST" else None, rules=rules)
    if request.method == "POST" and form.is_valid():
        by: User = request.user  # type: ignore[assignment]  # signed in: admin_view
        services.set_retention(days=form.cleaned_data, by=by, now=timezone.now())
        messages.info(request, "Saved. It holds from the next night on.")
        return redirect("privacy:retention")
    return render(request, "own_data/privacy.html", {"form": form}, status=422 if form.errors else 200)
