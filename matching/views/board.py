"""One proposal: its pairs, why they are so, locks and swaps."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mail.tasks import ring
from matching import services, tasks
from matching.errors import MatchingError
from matching.models import Match, Proposal, Seat
from matching.queries.board import board_of, row_of
from matching.views.proposals import find
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right

UNDER_WAY = (Proposal.State.QUEUED, Proposal.State.RUNNING)


@require_safe
@program_view(Right.MATCH)
def proposal(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    found = find(program, number)
    if found.state in UNDER_WAY:
        return render(request, "matching/progress.html", {"program": program, "proposal": found})
    if found.state == Proposal.State.FAILED:
        return render(request, "matching/failed.html", {"program": program, "proposal": found})
    swap = request.GET.get("swap", "")
    try:
        board = board_of(
            found,
            swap=int(swap[:18]) if swap.isdecimal() else None,
            page=request.GET.get("page", "1")[:6],
            all_left=request.GET.get("left") == "all",
        )
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:proposal", slug=program.slug, number=number)
    context = {"program": program, "proposal": found, "board": board, "page": board.page}
    return render(request, "matching/proposal.html", context)


@require_safe
@program_view(Right.MATCH)
def progress(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    """The part of the page that asks again while a run is going on; when it is over the whole page is fetched."""
    found = find(program, number)
    response = render(request, "matching/_progress.html", {"program": program, "proposal": found})
    if found.state not in UNDER_WAY:
        response["HX-Redirect"] = reverse("matching:proposal", args=[program.slug, number])
    return response


@require_safe
@program_view(Right.MATCH)
def why(request: ProgramRequest, program: Program, number: int, match: int) -> HttpResponse:
    """What a pair's score is made of."""
    found = find(program, number)
    row = row_of(found, match)
    if row is None:
        raise Http404("There is no such pair")
    return render(request, "matching/why.html", {"program": program, "proposal": found, "row": row})


def _match(proposal: Proposal, pk: int) -> Match:
    match = Match.objects.filter(proposal=proposal, pk=pk).first()
    if match is None:
        raise Http404("There is no such pair")
    return match


def _version(request: ProgramRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent[:9]) if sent.isdecimal() else None


def back(request: ProgramRequest, proposal: Proposal, anchor: int | None = None) -> HttpResponse:
    """To the page of the list the reader came from, at the row it was about."""
    page = request.POST.get("page", "")
    address = reverse("matching:proposal", args=[proposal.program.slug, proposal.number])
    query = f"?page={page}" if page.isdecimal() and page != "1" else ""
    return redirect(f"{address}{query}" + (f"#pair-{anchor}" if anchor else ""))


@require_POST
@program_view(Right.MATCH)
def lock(request: ProgramRequest, program: Program, number: int, match: int) -> HttpResponse:
    found = find(program, number)
    locked = request.POST.get("locked") == "1"
    try:
        services.set_lock(
            match=_match(found, match), locked=locked, version=_version(request), by=request.user, now=timezone.now()
        )
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        tasks.recount(found.pk)
    return back(request, found, match)


@require_POST
@program_view(Right.MATCH)
def swap(request: ProgramRequest, program: Program, number: int, one: int, other: int) -> HttpResponse:
    found = find(program, number)
    try:
        services.swap(
            one=_match(found, one),
            other=_match(found, other),
            version=_version(request),
            by=request.user,
            now=timezone.now(),
        )
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        tasks.recount(found.pk)
    return back(request, found, other)


@require_POST
@program_view(Right.MATCH)
def undo(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    found = find(program, number)
    try:
        services.undo(proposal=found, version=_version(request), by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        tasks.recount(found.pk)
    return back(request, found)


@require_POST
@program_view(Right.MATCH)
def redo(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    found = find(program, number)
    try:
        services.redo(proposal=found, version=_version(request), by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        tasks.recount(found.pk)
    return back(request, found)


@require_POST
@program_view(Right.MATCH)
def answer(request: ProgramRequest, program: Program, number: int, seat: int) -> HttpResponse:
    """Answer for somebody who has said yes or no elsewhere; it is written down who did."""
    found = find(program, number)
    present = Seat.objects.filter(match__proposal=found, pk=seat).first()
    sent = request.POST.get("answer", "")
    if present is None or sent not in {"accept", "decline"}:
        raise Http404("There is no such offer")
    try:
        services.answer_seat(seat=present, accept=sent == "accept", by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        ring()
    return back(request, found, present.match_id)


@require_POST
@program_view(Right.MATCH)
def withdraw(request: ProgramRequest, program: Program, number: int, match: int) -> HttpResponse:
    found = find(program, number)
    try:
        services.withdraw(match=_match(found, match), by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        ring()
        messages.info(request, "The offer is taken back, and both get an e-mail that says so.")
    return back(request, found)
