"""Sessions in one's own calendar: the page with its address, and the feed that calendar programs ask for."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods

from mail import links
from mail.links import Link
from mail.pages import gone, token_page
from sessions import calendar, services
from sessions.access import MemberRequest
from sessions.feeds import PURPOSE, address_of, entries_of, feed_path
from sessions.permissions import may_have_feed

DEEDS = {"new": services.renew_feed, "off": services.end_feed}


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: MemberRequest) -> HttpResponse:
    """Shows the address; its buttons make one, replace it, or turn it off."""
    if not may_have_feed(request.user):
        raise Http404("There is no such page")
    if request.method == "POST":
        deed = DEEDS.get(request.POST.get("do", ""))
        if deed is None:
            return _shown(request, problem="Choose one of the buttons.", status=422)
        deed(by=request.user, now=timezone.now())
        return redirect("sessions:calendar")
    return _shown(request)


def _shown(request: MemberRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    feed = address_of(request.user)
    context = {"feed": feed, "address": links.url(feed_path(feed, request.user)) if feed else "", "problem": problem}
    return render(request, "sessions/calendar.html", context, status=status)


@token_page(PURPOSE)
def feed(request: HttpRequest, link: Link) -> HttpResponse:
    """All sessions of a person as one calendar. An address that was replaced is as one that never was."""
    entries = entries_of(link.user, link.extra, timezone.now())
    if entries is None:
        return gone(request)
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    content = calendar.feed(entries)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="sessions.ics"'
    # No cache keeps it, as with every page; a program that has it already is told that nothing has changed.
    response["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
