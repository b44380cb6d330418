from datetime import datetime, timedelta
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from mail import links
from mail.tasks import ring
from participants import services
from participants.forms import LinkForm, ProfileForm
from participants.mails import PURPOSE
from participants.models import User
from participants.sending import done

BACKEND = "participants.browsers.AccountBackend"
NEXT = "sign_in_next"
YEAR = 365 * 24 * 3600
LONGEST_PATH = 2000


# Kept in the session: until when somebody who has just shown who they are may do what cannot be taken back.
CONFIRMED = "confirmed_until"
CONFIRMED_FOR = timedelta(minutes=15)


def confirm_session(request: HttpRequest, now: datetime) -> None:
    """Note that this browser's person has just shown who they are."""
    request.session[CONFIRMED] = (now + CONFIRMED_FOR).isoformat()


def confirmed_until(request: HttpRequest) -> datetime | None:
    """Until when this browser's person has shown who they are; None if they have not since they signed in."""
    kept = request.session.get(CONFIRMED)
    return datetime.fromisoformat(kept) if kept else None


def forget_confirmation(request: HttpRequest) -> None:
    """What was done with it was done once; the next such deed asks again."""
    request.session.pop(CONFIRMED, None)


def go_on_with(request: HttpRequest, path: str) -> None:
    """Where a sign-in link opened in this browser leads."""
    request.session[NEXT] = _own_page(path)


def _own_page(url: str) -> str:
    """The address if it is a page of this site, else the home page. Only ever a path: a word could name a view."""
    is_path = url.startswith("/") and len(url) <= LONGEST_PATH
    return url if is_path and url_has_allowed_host_and_scheme(url, None) else "/"


@require_POST
@login_not_required
def send_link(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        return render(request, "participants/link_form.html", {"form": form}, status=422)
    address = form.cleaned_data["email"].strip().lower()
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return render(request, "participants/too_often.html", status=429)
    request.session[NEXT] = _own_page(request.POST.get("next", ""))
    services.send_sign_in_link(email=address, now=timezone.now())
    ring()
    context = {"address": address, "minutes": services.SIGN_IN_MINUTES}
    return done(render(request, "participants/link_sent.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def sign_in_by_link(request: HttpRequest, tok: str) -> HttpResponse:
    """Opening the link changes nothing; its button signs in, once."""
    try:
        link = links.read(tok, PURPOSE, now=timezone.now())
    except (links.LinkInvalid, links.LinkExpired):
        return _no_longer(request)
    user: User = link.user
    if link.extra != services.sign_in_mark(user):
        return _no_longer(request)
    if request.method == "POST":
        if not services.use_sign_in_link(user=user, mark=link.extra, now=timezone.now()):
            return _no_longer(request)
        after = request.session.pop(NEXT, "/")
        login(request, user, backend=BACKEND)
        confirm_session(request, timezone.now())
        return redirect(_own_page(after))
    response = render(request, "participants/sign_in_by_link.html", {"person": user})
    response["X-Robots-Tag"] = "noindex"
    return response


def _no_longer(request: HttpRequest) -> HttpResponse:
    context = {"form": LinkForm(), "no_longer": True}
    response = render(request, "participants/link_form.html", context, status=410)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says; kept in a cookie of this browser."""
    response = redirect(_own_page(request.POST.get("next", "")))
    chosen = request.POST.get("theme", "")
    if chosen in {"light", "dark"}:
        options: dict[str, Any] = {"max_age": YEAR, "samesite": "Lax", "secure": settings.SECURE, "httponly": True}
        response.set_cookie(settings.THEME_COOKIE_NAME, chosen, **options)
    else:
        response.delete_cookie(settings.THEME_COOKIE_NAME)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # signed in: LoginRequiredMiddleware
    names = ("first_name", "last_name", "timezone")
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in names})
    if request.method == "POST" and form.is_valid():
        services.update_profile(by=user, **form.cleaned_data, now=timezone.now())
        messages.info(request, "Saved.")
        return redirect("participants:profile")
    return render(request, "participants/profile.html", {"form": form}, status=422 if form.errors else 200)
