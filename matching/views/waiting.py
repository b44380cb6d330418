"""People without a match after publishing: latecomers and those who were declined, each with the next best."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mail.tasks import ring
from matching import services
from matching.errors import ChangedMeanwhile, MatchingError
from matching.queries.inputs import model_of
from matching.queries.late import late_check
from matching.queries.seated import PAIRED
from matching.queries.waiting import waiting_list
from matching.queries.waiting_many import places_to_offer
from matching.views.people import people_sent
from matching.views.placing import change_sent
from programs.access import ProgramRequest, program_view
from programs.models import Program, Track
from programs.permissions import Right


def _track(program: Program, slug: str) -> Track:
    found = Track.objects.select_related("plan").filter(program=program, slug=slug).first()
    if found is None:
        raise Http404("There is no such track")
    found.program = program
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def waiting(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """A GET shows who waits and what could be done; a POST makes a small proposal of pairs of it. Places in groups,
    networks and sessions are offered by way of their check page."""
    found = _track(program, track)
    context = {"program": program, "track": found}
    if model_of(found).shape not in PAIRED:
        if request.method == "POST":
            return redirect("matching:waiting", slug=program.slug, track=track)
        listed = places_to_offer(found, timezone.now())
        return render(request, "matching/waiting_many.html", {**context, "listed": listed})
    if request.method == "POST":
        return _propose(request, found)
    return render(request, "matching/waiting.html", {**context, "listed": waiting_list(found)})


def _propose(request: ProgramRequest, track: Track) -> HttpResponse:
    pairs = [people_sent(sent) for sent in request.POST.getlist("pair")[:100]]
    try:
        made = services.propose_for_waiting(track=track, pairs=pairs, by=request.user, now=timezone.now())
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:waiting", slug=track.program.slug, track=track.slug)
    return redirect("matching:proposal", slug=track.program.slug, number=made.number)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def offer(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """First who would get which e-mail, and what changes; then, on POST, the offer."""
    found = _track(program, track)
    if model_of(found).shape in PAIRED:
        return redirect("matching:waiting", slug=program.slug, track=track)
    return _offer(request, found) if request.method == "POST" else _check(request, found, request.GET)


def _check(request: ProgramRequest, track: Track, sent: QueryDict, *, changed: str = "") -> HttpResponse:
    sits, together, meetings, _ = change_sent(sent)
    check = late_check(track, sits, together, meetings, timezone.now())
    if check is None:
        return redirect("matching:waiting", slug=track.program.slug, track=track.slug)
    context = {"program": track.program, "track": track, "check": check, "changed": changed}
    status = 409 if changed or check.problem else 200
    return render(request, "matching/offer_check.html", context, status=status)


def _offer(request: ProgramRequest, track: Track) -> HttpResponse:
    sits, together, meetings, _ = change_sent(request.POST)
    try:
        made = services.offer_places(
            track=track,
            sits=sits,
            together=together,
            meetings=meetings,
            checked=request.POST.get("checked", ""),
            by=request.user,
            now=timezone.now(),
        )
    except ChangedMeanwhile as error:
        return _check(request, track, request.POST, changed=str(error))
    except MatchingError as error:
        messages.error(request, str(error))
    else:
        ring()
        messages.info(request, f"{made} {'person gets' if made == 1 else 'people get'} an e-mail with the offer.")
    return redirect("matching:waiting", slug=track.program.slug, track=track.slug)
