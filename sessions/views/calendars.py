"""Sessions in one's own calendar: the page with its address, and the feed that calendar programs ask for."""

from datetime import UTC, datetime
from hashlib import sha256

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods

from mail import links
from mail.links import Link
from mail.pages import gone, token_page
from participants.sending import done
from sessions import calendar, services, tasks
from sessions.access import MemberRequest
from sessions.feeds import PURPOSE, address_of, feed_of, feed_path, owner_of
from sessions.models import CalendarFeed
from sessions.permissions import may_have_feed

# A program asks every few hours; somebody who tries an address out, some times a minute.
MOST_A_MINUTE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: MemberRequest) -> HttpResponse:
    """Shows the address; its buttons make one, replace it, or turn it off."""
    if not may_have_feed(request.user):
        raise Http404("There is no such page")
    if request.method == "POST":
        return _change(request)
    return _shown(request)


def _change(request: MemberRequest) -> HttpResponse:
    """The page with a new address is the only one that ever shows it: of its key a digest is kept."""
    step, now = request.POST.get("do", ""), timezone.now()
    if step == "off":
        services.end_feed(by=request.user, now=now)
        return redirect("sessions:calendar")
    if step != "new":
        return _shown(request, problem="Choose one of the buttons.", status=422)
    made = services.renew_feed(by=request.user, now=now)
    return done(_shown(request, address=links.url(feed_path(request.user, made.key, made.feed.made_at))))


def _shown(request: MemberRequest, *, problem: str = "", address: str = "", status: int = 200) -> HttpResponse:
    context = {"feed": address_of(request.user), "address": address, "problem": problem}
    return render(request, "sessions/calendar.html", context, status=status)


def _asked(key: str, now: datetime) -> int:
    """How often this address was asked for in this minute, this time included."""
    place = f"calendar-asked:{key}:{now:%H%M}"
    return 1 if cache.add(place, 1, timeout=120) else int(cache.incr(place))


@token_page(PURPOSE, find=owner_of)
def feed(request: HttpRequest, link: Link) -> HttpResponse:
    """All sessions of a person as one calendar. An address that was replaced is as one that never was."""
    now = timezone.now()
    count = _asked(CalendarFeed.digest_of(link.extra), now)
    if count > MOST_A_MINUTE:
        return HttpResponse("Too often. Ask again in a minute.", status=429, headers={"Retry-After": "60"})
    found = feed_of(link, now)
    if found is None:
        return gone(request)
    if count == 1 and found.used_on != now.astimezone(UTC).date():
        tasks.note_use(link.user.pk)
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    content = calendar.feed(found.entries)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="sessions.ics"'
    # No cache keeps it, as with every page; a program that has it already is told that nothing has changed.
    response["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
