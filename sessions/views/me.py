"""Where a mentor, mentee or peer starts: the one next thing, then their matches."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mail.tasks import ring
from matching.errors import OfferOver
from matching.forms import AnswerForm
from matching.queries import my_match
from matching.services import answer_seat
from participants.models import User
from programs.queries.enrolling import joining_of, parts_of
from sessions.access import MemberRequest
from sessions.queries import home_of
from sessions.queries.slots import desks_of, parts_with_waiting
from sessions.views import parts


@require_safe
def home(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    return render(request, "sessions/home.html", _context(request.user, now))


def _context(user: User, now: datetime) -> dict[str, Any]:
    taken = parts_with_waiting(user)
    return {
        "home": home_of(user, taken, now),
        "joining": joining_of(user, taken, now),
        "desks": desks_of(taken),
        "now": now,
    }


@require_safe
def offline(request: MemberRequest) -> HttpResponse:
    """The sessions one can log without network. A phone keeps this page; no note, goal or place stands on it."""
    now = timezone.now()
    home = home_of(request.user, parts_of(request.user.pk), now)
    rows = parts.offline_rows(home, request.user)
    return render(request, "sessions/offline.html", {"rows": rows, "now": now})


@require_POST
def answer(request: MemberRequest, match_id: int) -> HttpResponse:
    """Yes or no to an offer, from the home page."""
    mine = my_match(user=request.user, match_id=match_id)
    if mine is None or mine.has_left:
        raise Http404("There is no such page")
    form = AnswerForm(request.POST)
    problem = "Choose Accept or Decline."
    if form.is_valid():
        try:
            answer_seat(seat=mine.seat, **form.cleaned_data, now=timezone.now())
            ring()
            return redirect("sessions:home")
        except OfferOver as error:
            problem = str(error)
    now = timezone.now()
    context = {**_context(request.user, now), "problem": problem}
    return render(request, "sessions/home.html", context, status=409)
