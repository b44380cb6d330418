"""Every form is sent once: its page gives it a key, and the same key again is answered as before and does nothing.

Why it is done here and not in each view: docs/decisions/0007-forms-are-sent-once.md.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import BadRequest
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from mail.pages import TooOften
from mentorship import crossing
from mentorship.ways_back import came_from
from participants import lasting, services
from participants.models import SentForm, User
from participants.sending import is_done

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# The name of the hidden field; the tag {% form_key %} writes it.
FIELD = "form_key"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
# Part of a form, but not of what somebody says with it.
ASIDE = frozenset({FIELD, "csrfmiddlewaretoken"})

_SESSION = "changes who is signed in, which is not ours to do once: allauth's page"
_FILE = "the page stays open and can give the file again; each that leaves is written down"
_LOOK = "shows a page, and does nothing but write down each time who has read it"
_OWN = "has a key of its own, kept with the row: it holds for longer than a day, and for what a phone sends later"
# Addresses that answer a POST without asking for the key, and why.
KEYLESS: Mapping[str, str] = {
    "account_login": _SESSION,
    "account_logout": _SESSION,
    "account_reauthenticate": _SESSION,
    "account_change_password": _SESSION,
    "account_set_password": _SESSION,
    "account_signup": "leads on to signing in",
    "account_reset_password": "leads on to signing in",
    "participants:sign_in_by_link": "its link works once",
    "participants:theme": "a colour, kept in a cookie",
    "mail:unsubscribe": "mail programs send it without seeing a form (RFC 8058); doing it twice is doing it once",
    "report_links:report": "shows what looking shows",
    "sessions:log": _OWN,
    "session_links:session": _OWN,
    "concern:report": _OWN,
    "reports:pdf": _FILE,
    "reports:export": _FILE,
    "exports:fetch": _FILE,
    "all_exports:fetch": _FILE,
    "organisation:pdf": _FILE,
    "organisation:comparison": _LOOK,
    "safeguarding:read": _LOOK,
    "safeguarding:read_case": _LOOK,
}


class FormsSentMiddleware:
    """Runs the view of a form in one transaction with the row that its key was used.

    The last of the middlewares: whoever may not send it, or not from where they are, has been turned away by then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        key = key_of(request)
        if key is None:
            return None
        owner, body = _owner(request, kwargs), digest(request)

        def once() -> HttpResponseBase:
            lasting.is_whole(request)
            with transaction.atomic():
                before = services.claim_form(owner=owner, key=key, body=body, now=timezone.now())
                if before is None:
                    return _first(view(request, *args, **kwargs), owner, key)
            return _again(request, view, before, is_same=before.body == body)

        try:
            return crossing.tried_again(request, once)
        except TooOften:
            return _too_often(request)
        except OperationalError as error:
            return self._busy(request, error, by_link=getattr(view, "csrf_exempt", False))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Of what is asked for without a key; that is not tried again, as it is not all in one transaction."""
        if isinstance(exception, TooOften):
            return _too_often(request)
        if isinstance(exception, OperationalError) and crossing.is_in_the_way(exception):
            by_link = bool(request.resolver_match and "tok" in request.resolver_match.kwargs)
            return self._busy(request, exception, by_link=by_link)
        return None

    def _busy(self, request: HttpRequest, error: OperationalError, *, by_link: bool) -> HttpResponse:
        """Nothing was saved, and the words that came can be sent again from here."""
        if not crossing.is_in_the_way(error):
            raise error
        logger.warning("A request met others at a lock, and is answered by asking to try again")
        context = _given_back(request, by_link=by_link) | {"resends": request.method == "POST"}
        response = render(request, "busy.html", context, status=503)
        response["Retry-After"] = "5"
        return _quiet(response) if by_link else response


def _too_often(request: HttpRequest) -> HttpResponse:
    """As when others are in the way: nothing was saved, and the words can be sent again from here, a little later."""
    context = _given_back(request, by_link=True) | {"resends": True, "too_often": True}
    response = render(request, "busy.html", context, status=429)
    response["Retry-After"] = "60"
    return _quiet(response)


def key_of(request: HttpRequest) -> str | None:
    """The key that a form came with; None where none is asked for, or none came. Raises BadRequest for rubbish."""
    if request.method != "POST" or (request.resolver_match and request.resolver_match.view_name in KEYLESS):
        return None
    key = request.POST.get(FIELD)
    if key is not None and not KEY.fullmatch(key):
        raise BadRequest("The key of the form is none of ours")
    return key


def digest(request: HttpRequest) -> str:
    """Of the address and of all that was typed and uploaded. Keyed, so that nobody can try out what it was."""
    told = salted_hmac("mentorship.forms_sent", request.get_full_path(), algorithm="sha256")
    for name in sorted(set(request.POST) - ASIDE):
        told.update(repr((name, request.POST.getlist(name))).encode(errors="surrogatepass"))
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            told.update(repr((name, file.name, file.size)).encode(errors="surrogatepass"))
            for chunk in file.chunks():
                told.update(chunk)
            file.seek(0)
    return told.hexdigest()


def _owner(request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
    """Behind a link its address, so that being signed in as well makes no difference."""
    user: AbstractBaseUser | Any = request.user
    if isinstance(user, User) and "tok" not in kwargs:
        return services.owner_of(user)
    return services.owner_of_address(request.path)


def _first(response: HttpResponseBase, owner: str, key: str) -> HttpResponseBase:
    if is_done(response):
        services.keep_form(owner=owner, key=key, led_to=response.headers.get("Location", ""))
    else:
        services.free_form(owner=owner, key=key)
    return response


def _again(request: HttpRequest, view: View, before: SentForm, *, is_same: bool) -> HttpResponse:
    """Where it led the first time; for something else with the same key a page that gives the words back."""
    by_link = getattr(view, "csrf_exempt", False)
    response: HttpResponse
    if is_same and before.led_to:
        response = HttpResponseRedirect(before.led_to)
    else:
        look = before.led_to or _way_back(request, by_link=by_link)
        context = {"is_same": is_same, "look": look} | _given_back(request, by_link=by_link)
        response = render(request, "sent_before.html", context, status=200 if is_same else 422)
    return _quiet(response) if by_link else response


def _quiet(response: HttpResponse) -> HttpResponse:
    """As every page behind a link: its address is told to nobody."""
    response["Referrer-Policy"], response["X-Robots-Tag"] = "no-referrer", "noindex"
    return response


def _given_back(request: HttpRequest, *, by_link: bool) -> dict[str, Any]:
    """What came, for a page from which it can be sent again."""
    typed = _typed(request)
    words = [value for _, value in typed if " " in value]
    back = _way_back(request, by_link=by_link)
    return {"typed": typed, "words": words, "had_file": bool(request.FILES), "by_link": by_link, "back_url": back}


def _way_back(request: HttpRequest, *, by_link: bool) -> str:
    """The page of the form; else the first page. Behind a link no browser says which, and it is the address itself."""
    return request.path if by_link else came_from(request) or "/"


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What came, to be sent on; a password has to be typed again."""
    names = [name for name in request.POST if name not in ASIDE and "password" not in name]
    return [(name, value) for name in names for value in request.POST.getlist(name)]
