"""Closing a program's matches in one go: a preview, a quarter of an hour to take it back, and then the mails."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matching.errors import MatchingError
from matching.services import close_all, keep_open
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from sessions.closing_forms import CloseAllForm
from sessions.queries.closing_all import closing_all


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def everything(request: ProgramRequest, program: Program) -> HttpResponse:
    """A GET shows who would get what; a POST begins it, or takes it back."""
    if request.method == "POST" and "undo" in request.POST:
        stay = keep_open(program=program, by=request.user, now=timezone.now())
        messages.info(request, f"{stay} {'match stays' if stay == 1 else 'matches stay'} open. Nobody was told.")
        return redirect("closing:all", slug=program.slug)
    shown = closing_all(program, timezone.now())
    form = CloseAllForm(
        request.POST if request.method == "POST" else None, tracks=[each.track for each in shown.tracks]
    )
    if request.method == "POST" and form.is_valid():
        try:
            close_all(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("closing:all", slug=program.slug)
        except MatchingError as error:
            form.add_error(error.field, str(error))
    context = {"program": program, "shown": shown, "form": form}
    return render(request, "sessions/close_all.html", context, status=422 if form.errors else 200)
