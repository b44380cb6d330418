"""What holds for every response: nothing private is cached, and times are shown in the reader's zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from mentorship.ways_back import came_from

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PrivateByDefaultMiddleware:
    """Pages are never stored by a cache unless a view has said otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
            patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        return response


class PolicyMiddleware:
    """Every response has the one policy for its contents, put into words once: no view changes it, and no page has a
    script or style of its own that would need a mark in it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response, self.policy = get_response, build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # The pages on which a developer reads what broke have styles of their own.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault(HEADER, self.policy)
        return response


class TimezoneMiddleware:
    """Times on pages are those of the person who reads them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            with timezone.override(ZoneInfo(request.user.timezone)):
                return self.get_response(request)
        return self.get_response(request)


class BodyLimitMiddleware:
    """A body larger than any page takes is refused by its announced size, before a byte of it is read."""

    ROOM = 1024 * 1024  # for the form around the largest file

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        # Ten digits are ten gigabytes; Python itself refuses to read numbers of thousands of digits.
        if len(announced) > 10 or (announced.isdecimal() and int(announced) > settings.IMPORT_MAX_BYTES + self.ROOM):
            limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
            context = {"limit": limit, "back_url": came_from(request)}
            return render(request, "413.html", context, status=413)
        return self.get_response(request)


class OnlyButtonsMiddleware:
    """An address that only takes what a button sends is opened after signing in again, or from the list of addresses
    that a browser remembers: in place of an empty page it says what it is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            response.content = render_to_string("405.html", request=request).encode()
        return response
