"""Showing and setting up the second factor. Whoever is no superuser finds no page here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentorship.administration import second_factor as factor
from mentorship.administration.forms import CodeForm
from participants.confirming import ask_who_it_is, is_confirmed
from participants.models import User

View = Callable[..., HttpResponse]
FORM = ["GET", "HEAD", "POST"]


class OperatorsRequest(HttpRequest):
    user: User


def is_operator(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff and user.is_superuser


def for_operators(view: View) -> View:
    """For everybody else, signed in or not, there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request):
            raise Http404("There is no such page")
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(guarded))


@for_operators
@require_http_methods(FORM)
def show(request: OperatorsRequest) -> HttpResponse:
    """A code from the app, or one of those written down."""
    if not factor.is_enrolled(request.user):
        return redirect("admin:set_up")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        now = timezone.now()
        try:
            factor.check_tries(request.user, now)
        except factor.TooOften:
            return render(request, "administration/too_often.html", status=429)
        if form.is_valid() and factor.fits(request.user, form.cleaned_data["code"]):
            factor.note_shown(request, now)
            return redirect("admin:index")
        factor.note_refused(request.user, now)
        form.add_error("code", "This code does not fit, or was used already")
    return render(request, "administration/show.html", {"form": form}, status=422 if form.errors else 200)


@for_operators
@require_http_methods(FORM)
def set_up(request: OperatorsRequest) -> HttpResponse:
    """Once, by somebody who has just shown who they are; another one only after an operator took the first away."""
    if factor.is_enrolled(request.user):
        return redirect("admin:show")
    if not is_confirmed(request):
        return redirect("admin:confirm")
    form = CodeForm(request.POST if request.method == "POST" else None)
    secret = factor.new_secret(again=request.method == "POST")
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if factor.proves(secret, form.cleaned_data["code"]):
            codes = factor.enrol(user=request.user, secret=secret, now=now)
            clear_totp_secret(request)
            factor.note_shown(request, now)
            return render(request, "administration/codes.html", {"codes": codes})
        form.add_error("code", "This is not the code that belongs to this key at this moment")
    context = {"form": form, "secret": secret, "picture": factor.picture(request.user, secret)}
    return render(request, "administration/set_up.html", context, status=422 if form.errors else 200)


@for_operators
@require_http_methods(FORM)
def confirm(request: OperatorsRequest) -> HttpResponse:
    """Is it you? By password, or by a link."""
    back = reverse("admin:set_up")
    return ask_who_it_is(request, back=back, sent=reverse("own_data:link_sent"), template="administration/confirm.html")
