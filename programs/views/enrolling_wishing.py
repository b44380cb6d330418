"""Whom I would like, and whom never. What others have said of the reader is on none of these pages."""

import json
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from participants.models import User
from programs.errors import ProgramError
from programs.forms.basics import put_error
from programs.forms.enrolling import AvoidForm, WishesForm
from programs.models import Enrolment, Exclusion, Program
from programs.queries.enrolling import intake_of
from programs.queries.wishing import Candidate, found_among, own_exclusions, shown_candidates
from programs.services.enrolling_wishing import avoid, lift, save_wishes

PER_PAGE = 50


def _mine(user: User, **which: object) -> list[Enrolment]:
    related = ("track__program", "track__intake", "wishes")
    mine = Enrolment.objects.select_related(*related).filter(user=user, state=Enrolment.State.ACTIVE, **which)
    return list(mine.exclude(track__program__state=Program.State.CLOSED).order_by("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest, enrolment: int) -> HttpResponse:
    """Rank people of the other side of one's track."""
    user = cast("User", request.user)
    found = _mine(user, pk=enrolment)
    most = intake_of(found[0].track).wishes if found else 0
    if not most:
        raise Http404("There is no such page")
    mine, people = found[0], shown_candidates(found[0].track.program, found[0])
    data = request.POST if request.method == "POST" else None
    form = WishesForm(data, candidates=people, most=most, initial=_initial(mine))
    if request.method == "POST" and form.is_valid():
        try:
            save_wishes(enrolment=mine, liked=form.liked(), only=form.cleaned_data["only"], by=user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, "Saved. Only the coordinator sees it.")
            return redirect("joining:wishes", enrolment=mine.pk)
    wanted = request.GET.get("q", "").strip()[:60]
    page = Paginator(found_among(people, wanted), PER_PAGE).get_page(request.GET.get("page", "1")[:6])
    context = {"enrolment": mine, "program": mine.track.program, "people": people, "form": form}
    context |= {"page": page, "wanted": wanted}
    return render(request, "programs/joining_wishes.html", context, status=422 if form.errors else 200)


def _initial(mine: Enrolment) -> dict[str, object]:
    said = getattr(mine, "wishes", None)
    if said is None:
        return {}
    liked = json.loads(said.liked) if said.liked else []
    return {"only": said.only_liked, **{f"wish_{at}": str(pk) for at, pk in enumerate(liked, 1)}}


@require_http_methods(["GET", "HEAD", "POST"])
def apart(request: HttpRequest, slug: str) -> HttpResponse:
    """Name somebody never to be matched with. The page says the same whoever is named."""
    user = cast("User", request.user)
    mine = _mine(user, track__program__slug=slug)
    if not mine:
        raise Http404("There is no such page")
    program = mine[0].track.program
    form = AvoidForm(request.POST if request.method == "POST" else None, candidates=_nameable(mine))
    if request.method == "POST" and form.is_valid():
        try:
            avoid(
                program=program,
                user=user,
                enrolment_id=form.enrolment_id(),
                email=form.cleaned_data["email"],
                now=timezone.now(),
            )
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, "Saved. Only the coordinator sees it.")
            return redirect("joining:apart", slug=slug)
    context = {"program": program, "form": form, "kept": own_exclusions(program, user)}
    return render(request, "programs/joining_apart.html", context, status=422 if form.errors else 200)


def _nameable(mine: list[Enrolment]) -> list[Candidate]:
    """The names one sees on the page of wishes anyway; where that is off, none."""
    wishing = [each for each in mine if intake_of(each.track).wishes]
    return shown_candidates(mine[0].track.program, *wishing) if wishing else []


@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    user = cast("User", request.user)
    found = Exclusion.objects.filter(pk=pk, program__slug=slug, owner=user).first()
    if found is None or not _mine(user, track__program__slug=slug):
        raise Http404("There is no such page")
    lift(exclusion=found, by=user, now=timezone.now())
    messages.info(request, "Taken off your list.")
    return redirect("joining:apart", slug=slug)
