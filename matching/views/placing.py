"""One person of a draft of groups, networks or sessions: every change by hand, with the scores after it."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matching import services, tasks
from matching.errors import MatchingError
from matching.models import Proposal
from matching.queries.booked import Meeting
from matching.queries.choices import place_page
from matching.queries.seating import Sit
from matching.views.board import back
from matching.views.proposals import find
from programs.access import ProgramRequest, program_view
from programs.models import Enrolment, Program
from programs.permissions import Right

# More people than these are not moved at once.
MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def place(request: ProgramRequest, program: Program, number: int, person: int) -> HttpResponse:
    """Where somebody could be; a POST puts them there, and comes back to the board."""
    found = find(program, number)
    if found.state != Proposal.State.DRAFT:
        raise Http404("There is no such page")
    if request.method == "POST":
        if not Enrolment.objects.filter(track=found.track, pk=person).exists():
            raise Http404("There is no such person here")
        return _do(request, found, person)
    page = place_page(found, person, now=timezone.now(), other=_number(request.GET.get("with", "")))
    if page is None:
        raise Http404("There is no such person here")
    return render(request, "matching/place.html", {"program": program, "proposal": found, "page": page})


def _do(request: ProgramRequest, proposal: Proposal, person: int) -> HttpResponse:
    try:
        _change(request, proposal)
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:place", slug=proposal.program.slug, number=proposal.number, person=person)
    tasks.recount(proposal.pk)
    # By keyboard one goes on where the person is now, not at the top of the page.
    now_in = proposal.matches.filter(seats__enrolment=person).values_list("pk", flat=True).last()
    return back(request, proposal, now_in)


def _change(request: ProgramRequest, proposal: Proposal) -> None:
    sits, together, meetings, out = change_sent(request.POST)
    version, reason = _number(request.POST.get("version", "")), request.POST.get("reason", "")
    how: dict[str, Any] = {"reason": reason, "version": version, "by": request.user, "now": timezone.now()}
    if meetings or out:
        services.book(proposal=proposal, meetings=meetings, out=out, **how)
    else:
        services.reseat(proposal=proposal, sits=sits, together=together, **how)


def change_sent(sent: QueryDict) -> tuple[list[Sit], list[int], list[Meeting], list[int]]:
    """Who sits elsewhere, who is put together anew, which sessions are booked, and who has none. Raises Http404."""
    sits = [Sit(*each) for each in _threes(sent.getlist("sit"))]
    meetings = [Meeting(one, other, _moment(at)) for one, other, at in _threes(sent.getlist("meeting"))]
    return sits, _numbers(sent.getlist("together")), meetings, _numbers(sent.getlist("out"))


def _number(sent: str) -> int | None:
    return int(sent[:18]) if sent.isdecimal() and sent.isascii() else None


def _numbers(sent: list[str]) -> list[int]:
    found = [_number(each) for each in sent[:MOST]]
    return [each for each in found if each is not None]


def _threes(sent: list[str]) -> list[tuple[int, int, int]]:
    found = []
    for each in sent[:MOST]:
        numbers = [_number(part) for part in each.split("-")]
        if len(numbers) != 3 or None in numbers:
            raise Http404("There is no such place")
        found.append((numbers[0] or 0, numbers[1] or 0, numbers[2] or 0))
    return found


def _moment(timestamp: int) -> datetime:
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Http404("There is no such time") from error
