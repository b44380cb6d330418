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
from matching.queries.person_of_many import person_of_many
from matching.queries.seated import PAIRED
from matching.views.board import back
from matching.views.proposals import find
from programs.access import ProgramRequest, program_view
from programs.catalogue.base import Shape
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
    """Ways out, others, and why not somebody; a POST puts two together, and comes back to the board."""
    found = _draft(program, number)
    if request.method == "POST" and not Enrolment.objects.filter(track=found.track, pk=person).exists():
        raise Http404("There is no such person here")
    if model_of(found.track).shape not in PAIRED:
        return _of_many(request, found, person)
    form = ReasonForm(request.POST if request.method == "POST" and "reason" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        return _rearrange(request, found, person, form.cleaned_data["reason"] if form.is_bound else "")
    sent = request.POST if request.method == "POST" else request.GET
    page = person_page(found, person, other=_number(sent.get("with")), wanted=sent.get("q", "").strip()[:60])
    if page is None:
        raise Http404("There is no such person here")
    context = {"program": program, "proposal": found, "page": page, "form": form}
    return render(request, "matching/person.html", context, status=422 if form.errors else 200)


def _of_many(request: ProgramRequest, proposal: Proposal, person: int) -> HttpResponse:
    """In tracks of groups, networks and sessions all changes are made on the page of changes by hand."""
    if request.method == "POST":
        return redirect("matching:place", slug=proposal.program.slug, number=proposal.number, person=person)
    page = person_of_many(proposal, person, now=timezone.now(), other=_number(request.GET.get("with")))
    if page is None:
        raise Http404("There is no such person here")
    context = {"program": proposal.program, "proposal": proposal, "page": page}
    return render(request, "matching/person_in_groups.html", context)


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
    tasks.recount(proposal.pk)
    now_in = proposal.matches.filter(seats__enrolment=person).values_list("pk", flat=True).last()
    return back(request, proposal, now_in)


def pair_sent(sent: str) -> tuple[int, int]:
    one, other = people_sent(sent, most=2)
    return one, other


def people_sent(sent: str, most: int = 3) -> tuple[int, ...]:
    """Two or three people of one match, as “12-34”. Raises Http404."""
    people = [_number(each) for each in sent.split("-")]
    if None in people or not 2 <= len(people) <= most:
        raise Http404("There is no such pair")
    return tuple(each for each in people if each is not None)


@require_POST
@program_view(Right.MATCH)
def more_places(request: ProgramRequest, program: Program, number: int, person: int) -> HttpResponse:
    """One more place for a mentor, or in each group, and the matching again; the page of the new proposal follows."""
    found, places = _draft(program, number), _number(request.POST.get("places"))
    if places is None:
        raise Http404("There is no such number of places")
    try:
        made = _with_places(request, found, person, places)
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect(reverse("matching:proposal", args=[program.slug, number]))
    tasks.ring(made.pk)
    return redirect("matching:proposal", slug=program.slug, number=made.number)


def _with_places(request: ProgramRequest, proposal: Proposal, person: int, places: int) -> Proposal:
    """In tracks of groups `person` is who is left over, and every group has so many places in the new run."""
    by, now = request.user, timezone.now()
    if model_of(proposal.track).shape == Shape.GROUPS:
        return services.start_proposal(
            track=proposal.track,
            capacity=places,
            objective=proposal.objective,
            based_on=proposal,
            by=by,
            now=now,
        )
    mentors = Enrolment.objects.select_related("user").filter(track=proposal.track, role=Role.MENTOR)
    mentor = mentors.filter(pk=person).first()
    if mentor is None:
        raise Http404("There is no such mentor")
    return services.one_more_place(proposal=proposal, mentor=mentor, places=places, by=by, now=now)
