"""A match as its coordinator sees it: end it, take somebody out, propose them to others, give it another day."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from matching import services
from matching.ending_forms import EndForm, GoOnForm, LastDayForm
from matching.errors import MatchingError, MatchOver
from matching.models import EndingToCome
from matching.queries.endings import MatchPage, match_page, over_matches, over_row
from matching.queries.going_on import wishing_in
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right

PER_PAGE = 50


@require_safe
@program_view(Right.MATCH)
def over(request: ProgramRequest, program: Program) -> HttpResponse:
    """The matches that are over, and who of them would like somebody else."""
    page = Paginator(over_matches(program), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "program": program,
        "page": page,
        "rows": [over_row(match) for match in page],
        "wishing": wishing_in(program),
    }
    return render(request, "matching/over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def match(request: ProgramRequest, program: Program, match: int) -> HttpResponse:
    """One match that is or was on. A POST gives it another last day, or says who would like somebody else."""
    page = _page(request, program, match)
    if request.method != "POST":
        return _show(request, page)
    for name, deed in (
        ("another", _wish),
        ("undo", _undo),
        ("at_once", _hasten),
        ("go_on", _go_on),
        ("settle", _settle),
    ):
        if name in request.POST:
            return _done(request, page, partial(deed, request, page))
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
        seat = leaver.seat if leaver else None
        return _done(request, page, lambda: services.end_soon(match=page.match, seat=seat, **facts))
    context = {"program": program, "shown": page, "leaver": leaver, "form": form}
    return render(request, "matching/end.html", context, status=422 if form.errors else 200)


def _page(request: ProgramRequest, program: Program, match: int) -> MatchPage:
    found = match_page(program, match, request.user, timezone.now())
    if found is None:
        raise Http404("There is no such match")
    return found


def _wish(request: ProgramRequest, page: MatchPage) -> None:
    wish = request.POST.get("wish") == "another"
    member = next((each for each in page.members if str(each.seat.pk) == request.POST["another"]), None)
    if member is None:
        raise Http404("There is no such person")
    services.wish_another(seat=member.seat, another=wish, by=request.user, now=timezone.now())


def _deeds() -> dict[str, Callable[[ProgramRequest, MatchPage], None]]:
    """The buttons of the page by their names."""
    return {"another": _wish, "undo": _undo, "at_once": _hasten, "go_on": _go_on, "settle": _settle}


def _waiting(request: ProgramRequest, page: MatchPage, name: str) -> EndingToCome:
    """The end that a button is about, among those the reader may see."""
    found = next((each for each in page.waiting if str(each.pk) == request.POST[name]), None)
    if found is None:
        raise MatchOver("It has taken effect, or was taken back.")
    return found


def _undo(request: ProgramRequest, page: MatchPage) -> None:
    services.undo_ending(ending=_waiting(request, page, "undo"), by=request.user, now=timezone.now())
    messages.info(request, "It goes on. Nobody was told.")


def _hasten(request: ProgramRequest, page: MatchPage) -> None:
    services.hasten_ending(ending=_waiting(request, page, "at_once"), now=timezone.now())


def _go_on(request: ProgramRequest, page: MatchPage) -> None:
    """Their new match; without a day of its own it lasts as long as the program."""
    form = GoOnForm(request.POST)
    day = form.cleaned_data["ends_on"] if form.is_valid() else None
    if "ends_on" in request.POST and day is None:
        raise MatchingError("Give a day, such as 2027-05-14")
    services.continue_match(match=page.match, ends_on=day, by=request.user, now=timezone.now())
    messages.info(request, "Their new match has begun, and they are told.")


def _settle(request: ProgramRequest, page: MatchPage) -> None:
    services.settle_wish(match=page.match, by=request.user, now=timezone.now())


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
    context = {"program": request.program, "shown": page, "form": form, "day": GoOnForm(), "now": timezone.now()}
    return render(request, "matching/match.html", context, status=status)
