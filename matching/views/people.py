"""One person of a draft: ways out, others for them, why not somebody else, and putting two together by hand."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from matching import services, tasks
from matching.errors import MatchingError
from matching.forms import ReasonForm
from matching.models import Proposal
from matching.queries.inputs import model_of
from matching.queries.person import person_page
from matching.queries.seated import PAIRED
from matching.views.proposals import find
from programs.access import ProgramRequest, program_view
from programs.models import Enrolment, Program, Role
from programs.permissions import Right


def _number(sent: str | None) -> int | None:
    return int(sent[:18]) if sent and sent.isdecimal() and sent.isascii() else None


def _draft(program: Program, number: int) -> Proposal:
    found = find(program, number)
    if found.state != Proposal.State.DRAFT:
        raise Http404("There is no such page")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def person(request: ProgramRequest, program: Program, number: int, person: int) -> HttpResponse:
    """Where somebody could be; a POST puts them there, and comes back to the row it was about."""
    found = _draft(program, number)
    if not Enrolment.objects.filter(track=found.track, pk=person).exists():
        raise Http404("There is no such person here")
    if model_of(found.track).shape not in PAIRED:
        return redirect("matching:place", slug=program.slug, number=number, person=person)
    form = ReasonForm(request.POST if request.method == "POST" and "reason" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        return _rearrange(request, found, person, form.cleaned_data["reason"] if form.is_bound else "")
    sent = request.POST if request.method == "POST" else request.GET
    page = person_page(found, person, other=_number(sent.get("with")))
    if page is None:
        raise Http404("There is no such person here")
    context = {"program": program, "proposal": found, "page": page, "form": form}
    return render(request, "matching/person.html", context, status=422 if form.errors else 200)


def _rearrange(request: ProgramRequest, proposal: Proposal, person: int, reason: str) -> HttpResponse:
    try:
        services.rearrange(
            proposal=proposal,
            pairs=[pair_sent(sent) for sent in request.POST.getlist("pair")[:1000]],
            out=[each for sent in request.POST.getlist("out")[:1000] if (each := _number(sent)) is not None],
            reason=reason,
            version=_number(request.POST.get("version")),
            by=request.user,
            now=timezone.now(),
        )
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:person", slug=proposal.program.slug, number=proposal.number, person=person)
    return redirect("matching:proposal", slug=proposal.program.slug, number=proposal.number)


def pair_sent(sent: str) -> tuple[int, int]:
    one, _, other = sent.partition("-")
    pair = _number(one), _number(other)
    if pair[0] is None or pair[1] is None:
        raise Http404("There is no such pair")
    return pair[0], pair[1]


@require_POST
@program_view(Right.MATCH)
def more_places(request: ProgramRequest, program: Program, number: int, person: int) -> HttpResponse:
    """One more place for a mentor, and the matching again; the page of the new proposal follows."""
    found = _draft(program, number)
    mentor = Enrolment.objects.select_related("user").filter(track=found.track, pk=person, role=Role.MENTOR).first()
    places = _number(request.POST.get("places"))
    if mentor is None or places is None:
        raise Http404("There is no such mentor")
    try:
        made = services.one_more_place(
            proposal=found, mentor=mentor, places=places, by=request.user, now=timezone.now()
        )
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect(reverse("matching:proposal", args=[program.slug, number]))
    tasks.ring(made.pk)
    return redirect("matching:proposal", slug=program.slug, number=made.number)
