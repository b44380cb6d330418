"""Is it you? Asked before what cannot be taken back, of somebody who is signed in."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mail.tasks import ring
from participants import services
from participants.forms import PasswordForm
from participants.models import User
from participants.views import confirm_session, confirmed_until, go_on_with


def is_confirmed(request: HttpRequest) -> bool:
    """Whether this browser's person has shown who they are some minutes ago."""
    until = confirmed_until(request)
    return until is not None and timezone.now() < until  # noqa: TID251  part of the views that ask


def ask_who_it_is(request: HttpRequest, *, back: str, sent: str, template: str, **context: Any) -> HttpResponse:
    """By password, or by a link that goes to one's address and signs in once more; both lead to the path `back`.

    `sent` is the path of the page that says a link is on its way.
    """
    user: User = request.user  # type: ignore[assignment]  # signed in: LoginRequiredMiddleware
    now = timezone.now()  # noqa: TID251  part of the views that ask
    form = PasswordForm(request.POST if "password" in request.POST else None)
    if request.method == "POST" and "password" not in request.POST:
        services.send_sign_in_link(email=user.email, now=now)
        go_on_with(request, back)
        ring()
        return redirect(sent)
    if request.method == "POST" and not ratelimit.consume(request, action="reauthenticate", user=user):
        return render(request, "participants/too_often.html", status=429)
    if request.method == "POST" and form.is_valid():
        if user.check_password(form.cleaned_data["password"]):
            confirm_session(request, now)
            return redirect(back)
        form.add_error("password", "This is not your password")
    return render(request, template, {"form": form, "back": back, **context}, status=422 if form.errors else 200)
