"""What a phone keeps so that a session can be logged without network: one page, and nothing after signing out."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the top of the site, as one may only look after what is below it."""
    return TemplateResponse(request, "sessions/offline_worker.js", content_type="text/javascript; charset=utf-8")


def forgotten(sign_out: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever signs out leaves nothing on the phone: no page, no log that waits, no note in it."""

    @wraps(sign_out)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = sign_out(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"storage"'
        return response

    return view
