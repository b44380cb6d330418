"""What every page behind an e-mailed link has in common."""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mail import links
from mail.links import Find, Link, LinkExpired, LinkInvalid

LinkView = Callable[..., HttpResponse]
TokenView = Callable[..., HttpResponse]


class TooOften(Exception):
    """What came for an address behind a link came too often in a minute, and was not looked at."""


def token_page(
    purpose: str, *, expired: LinkView | None = None, find: Find = links.active
) -> Callable[[LinkView], TokenView]:
    """Turn `view(request, link, …)` into a page at a URL with `<str:tok>`, for tokens made for `purpose`.

    A token that does not hold gets a page that names nobody (404); one whose time is over goes to
    `expired(request, link, …)` if given. Times are shown in the person's zone. A page that asks about the person in
    one question with who they are gives its own `find` (links.read).

    No sign-in, and no CSRF cookie: the token is the right to do this one thing, and a browser that sends no referrer
    calls the origin of its form "null", which the CSRF check refuses.

    Raises TooOften where ACCOUNT_RATE_LIMITS["link"] says so of a form; looking is not counted.
    """

    def decorate(view: LinkView) -> TokenView:
        @wraps(view)
        def page(request: HttpRequest, tok: str, **kwargs: object) -> HttpResponse:
            shown, link = _read(tok, purpose, find, view, expired)
            if link and request.method == "POST" and not ratelimit.consume(request, action="link", key=request.path):
                raise TooOften
            with timezone.override(ZoneInfo(link.user.timezone) if link else None):
                response = shown(request, link, **kwargs) if link else gone(request)
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex"
            return response

        return login_not_required(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(page)))

    return decorate


def _read(tok: str, purpose: str, find: Find, view: LinkView, expired: LinkView | None) -> tuple[LinkView, Link | None]:
    """The view a token leads to and what it says; None if it leads nowhere."""
    try:
        now = timezone.now()  # noqa: TID251  part of every view behind a link
        return view, links.read(tok, purpose, now=now, find=find)
    except LinkInvalid:
        return view, None
    except LinkExpired as error:
        return (view, None) if expired is None else (expired, error.link)


def gone(request: HttpRequest) -> HttpResponse:
    """The same for every link that does not hold, whatever the reason. Also for what the link was about being gone."""
    return render(request, "mail/link_gone.html", status=404)
