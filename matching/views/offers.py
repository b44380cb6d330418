"""The page behind the link in an offer's mail. Looking changes nothing; a button answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mail.links import Link
from mail.pages import gone, token_page
from mail.tasks import ring
from matching import services
from matching.errors import OfferOver
from matching.forms import AnswerForm
from matching.mails import PURPOSE
from matching.queries import MyMatch, by_seat, is_over_for


@token_page(PURPOSE)
def offer(request: HttpRequest, link: Link) -> HttpResponse:
    """Meet the proposed person; say yes or no."""
    mine = by_seat(link.subject_id)
    if mine is None or mine.has_left or mine.seat.enrolment.user_id != link.user.pk:
        return gone(request)
    if request.method == "POST" and is_over_for(mine):
        return _after(request, mine)
    if request.method == "POST":
        return _answer(request, mine)
    return _show(request, mine)


def _after(request: HttpRequest, mine: MyMatch) -> HttpResponse:
    """Once it is over: whether this person wants somebody else."""
    wish = request.POST.get("after", "")
    if wish not in {"another", "nobody"}:
        return _show(request, mine, problem="Choose one of the two.", status=422)
    services.wish_another(seat=mine.seat, another=wish == "another", by=mine.seat.enrolment.user, now=timezone.now())
    return redirect(request.path)


def _answer(request: HttpRequest, mine: MyMatch) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, mine, form, status=422)
    try:
        services.answer_seat(seat=mine.seat, **form.cleaned_data, now=timezone.now())
    except OfferOver as error:
        return _show(request, mine, problem=str(error), status=409)
    ring()
    return redirect(request.path)


def _show(
    request: HttpRequest, mine: MyMatch, form: AnswerForm | None = None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "mine": mine,
        "other": mine.other,
        "heading_line": mine.program.name,
        "open": mine.is_open(timezone.now()),
        "declining": "decline" in request.GET or form is not None,
        "form": form or AnswerForm(),
        "problem": problem,
        "over_for_me": is_over_for(mine),
        "reason": mine.match.end_reason,
    }
    return render(request, "matching/offer.html", context, status=status)
