"""People without a match after publishing: latecomers and those who were declined, each with the next best."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mail.tasks import ring
from matching import services
from matching.errors import MatchingError
from matching.queries.inputs import model_of
from matching.queries.seated import PAIRED
from matching.queries.waiting import waiting_list
from matching.queries.waiting_many import places_to_offer
from matching.views.people import pair_sent
from matching.views.placing import change_sent
from programs.access import ProgramRequest, program_view
from programs.models import Program, Track
from programs.permissions import Right


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def waiting(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """A GET shows who waits and what could be done; a POST makes a small proposal of it."""
    found = Track.objects.select_related("plan").filter(program=program, slug=track).first()
    if found is None:
        raise Http404("There is no such track")
    found.program = program
    if model_of(found).shape not in PAIRED:
        return _of_many(request, found)
    if request.method == "POST":
        return _propose(request, found)
    listed = waiting_list(found)
    return render(request, "matching/waiting.html", {"program": program, "track": found, "listed": listed})


def _of_many(request: ProgramRequest, track: Track) -> HttpResponse:
    """Groups, networks and sessions: a POST offers a place at once, to those whom it is new to."""
    if request.method == "POST":
        return _offer(request, track)
    listed = places_to_offer(track, timezone.now())
    context = {"program": track.program, "track": track, "listed": listed}
    return render(request, "matching/waiting_many.html", context)


def _offer(request: ProgramRequest, track: Track) -> HttpResponse:
    sits, together, meetings, _ = change_sent(request)
    try:
        made = services.offer_places(
            track=track, sits=sits, together=together, meetings=meetings, by=request.user, now=timezone.now()
        )
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        ring()
        messages.info(request, f"{made} {'person gets' if made == 1 else 'people get'} an e-mail with the offer.")
    return redirect("matching:waiting", slug=track.program.slug, track=track.slug)


def _propose(request: ProgramRequest, track: Track) -> HttpResponse:
    pairs = [pair_sent(sent) for sent in request.POST.getlist("pair")[:100]]
    try:
        made = services.propose_for_waiting(track=track, pairs=pairs, by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:waiting", slug=track.program.slug, track=track.slug)
    return redirect("matching:proposal", slug=track.program.slug, number=made.number)
