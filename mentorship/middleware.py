"""What holds for every response: nothing private is cached, and times are shown in the reader's zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

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
