"""Proposals: the list, a new one, publishing, putting away."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mail.tasks import ring
from matching import services, tasks
from matching.errors import AlreadyPublished, ChangedMeanwhile, DataChanged, MatchingError
from matching.forms import NewProposalForm
from matching.models import Proposal
from matching.queries import board, board_list
from matching.queries.compare import READY
from matching.queries.tracks import tracks_of
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right


def newest_of_one_track(ready: Sequence[Proposal]) -> list[int]:
    """What is most likely compared: the two newest of one track, the older first; else the two newest."""
    seen: dict[int, Proposal] = {}
    for each in ready:
        if each.track_id in seen:
            return [each.number, seen[each.track_id].number]
        seen[each.track_id] = each
    return [each.number for each in ready[1::-1]]


def find(program: Program, number: int) -> Proposal:
    proposal = board.find(program, number)
    if proposal is None:
        raise Http404("There is no such proposal")
    return proposal


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def proposals(request: ProgramRequest, program: Program) -> HttpResponse:
    """All proposals of a program, and the form for a new one."""
    states = tracks_of(program)
    form = NewProposalForm(request.POST or None, states=states)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.start_proposal(**form.cleaned_data, by=request.user, now=timezone.now())
        except MatchingError as error:
            form.put_error(error)
        else:
            tasks.ring(made.pk)
            return redirect("matching:proposal", slug=program.slug, number=made.number)
    found = board_list.proposals_of(program)
    ready = [each.proposal for each in found if each.proposal.state in READY]
    context = {
        "program": program,
        "form": form,
        "states": states,
        "found": found,
        "comparable": ready if len(ready) > 1 else [],
        "chosen": newest_of_one_track(ready),
    }
    return render(request, "matching/proposals.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.MATCH)
def again(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    """The same once more over the people as they are now; locked pairs stay."""
    before = find(program, number)
    try:
        made = services.start_proposal(
            track=before.track,
            capacity=before.capacity,
            objective=before.objective,
            based_on=before,
            by=request.user,
            now=timezone.now(),
        )
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:proposal", slug=program.slug, number=number)
    tasks.ring(made.pk)
    return redirect("matching:proposal", slug=program.slug, number=made.number)


@require_POST
@program_view(Right.MATCH)
def discard(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    try:
        services.discard(proposal=find(program, number), by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:proposal", slug=program.slug, number=number)
    messages.info(request, f"Proposal {number} is put away.")
    return redirect("matching:proposals", slug=program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def publish(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    """First what would happen, with numbers and names; then, on POST, once."""
    proposal = find(program, number)
    if request.method == "POST":
        return _publish(request, program, proposal)
    try:
        check = board_list.publish_check(proposal, now=timezone.now())
    except MatchingError as error:
        return _refused(request, program, proposal, error)
    return render(request, "matching/publish.html", {"program": program, "proposal": proposal, "check": check})


def _publish(request: ProgramRequest, program: Program, proposal: Proposal) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        done = services.publish(
            proposal=proposal,
            version=int(version[:9]) if version.isdecimal() else None,
            by=request.user,
            now=timezone.now(),
        )
    except MatchingError as error:
        return _refused(request, program, proposal, error)
    ring()
    messages.success(request, f"Published: {done.offers} matches offered, {done.mails} e-mails on their way.")
    return redirect("matching:proposal", slug=program.slug, number=proposal.number)


def _refused(request: ProgramRequest, program: Program, proposal: Proposal, error: MatchingError) -> HttpResponse:
    context = {
        "program": program,
        "proposal": proposal,
        "error": error,
        "published": isinstance(error, AlreadyPublished),
        "changed": isinstance(error, DataChanged),
        "check_again": isinstance(error, ChangedMeanwhile),
    }
    return render(request, "matching/refused.html", context, status=409)
