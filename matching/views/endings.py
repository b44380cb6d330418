"""A match as its coordinator sees it: end it, take somebody out, propose them to others, give it another day."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from matching import services
from matching.ending_forms import EndForm, LastDayForm
from matching.errors import MatchingError
from matching.queries.endings import MatchPage, match_page, over_matches, over_row
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right

PER_PAGE = 50


@require_safe
@program_view(Right.MATCH)
def over(request: ProgramRequest, program: Program) -> HttpResponse:
    """The matches that are over, and who of them would like somebody else."""
    page = Paginator(over_matches(program), PER_PAGE).get_page(request.GET.get("page"))
    context = {"program": program, "page": page, "rows": [over_row(match) for match in page]}
    return render(request, "matching/over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def match(request: ProgramRequest, program: Program, match: int) -> HttpResponse:
    """One match that is or was on. A POST gives it another last day, or says who would like somebody else."""
    page = _page(request, program, match)
    if request.method != "POST":
        return _show(request, page)
    if "another" in request.POST:
        wish = request.POST.get("wish") == "another"
        return _done(request, page, lambda: _wish(request, page, wish))
    form = LastDayForm(request.POST)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    return _done(
        request,
        page,
        lambda: services.set_last_day(
            match=page.match, ends_on=form.cleaned_data["ends_on"], by=request.user, now=timezone.now()
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def end(request: ProgramRequest, program: Program, match: int) -> HttpResponse:
    """The check before a match is ended, for all in it or, with ?seat=, for one of them."""
    page = _page(request, program, match)
    sent = request.GET.get("seat", "")
    leaver = next((each for each in page.members if str(each.seat.pk) == sent and not each.over), None)
    if not page.is_on or (sent and leaver is None):
        raise Http404("There is no such page")
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "by": request.user, "now": timezone.now()}
        facts.pop("another", None)
        deed = (
            (lambda: services.leave_match(seat=leaver.seat, **facts))
            if leaver
            else (lambda: services.end_match(match=page.match, **facts))
        )
        return _done(request, page, deed)
    context = {"program": program, "shown": page, "leaver": leaver, "form": form}
    return render(request, "matching/end.html", context, status=422 if form.errors else 200)


def _page(request: ProgramRequest, program: Program, match: int) -> MatchPage:
    found = match_page(program, match, request.user)
    if found is None:
        raise Http404("There is no such match")
    return found


def _wish(request: ProgramRequest, page: MatchPage, wish: bool) -> None:  # noqa: FBT001 - one of two buttons
    member = next((each for each in page.members if str(each.seat.pk) == request.POST["another"]), None)
    if member is None:
        raise Http404("There is no such person")
    services.wish_another(seat=member.seat, another=wish, by=request.user, now=timezone.now())


def _done(request: ProgramRequest, page: MatchPage, deed: Callable[[], object]) -> HttpResponse:
    try:
        deed()
        ring()
    except MatchingError as error:
        messages.error(request, str(error))
    return redirect("matching:match", slug=request.program.slug, match=page.match.pk)


def _show(
    request: ProgramRequest, page: MatchPage, form: LastDayForm | None = None, *, status: int = 200
) -> HttpResponse:
    form = form or LastDayForm(initial={"ends_on": page.match.ends_on})
    return render(
        request, "matching/match.html", {"program": request.program, "shown": page, "form": form}, status=status
    )
