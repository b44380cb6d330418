"""The end of a match for one of its people: ending it early, and what is left to do once it is over."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from matching.ending_forms import EndForm
from matching.errors import MatchOver
from matching.models import EndingToCome
from matching.queries import is_over_for
from matching.queries.ending_soon import my_ending
from matching.services import end_soon, hasten_ending, say_going_on, undo_ending, wish_another
from participants.paper import NoPdf
from sessions import certificate as paper
from sessions import hooks
from sessions.access import MemberRequest, any_match_view, match_view, over_view
from sessions.closing_forms import ReachedForm, ThanksForm
from sessions.queries import Course
from sessions.queries.closing import Closing, OverCourse, closing_of, notes_left
from sessions.services.closing import decide_on_notes, give_thanks, rate_goals
from sessions.views import parts


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def end(request: MemberRequest, course: Course) -> HttpResponse:
    """This is not working: one button ends it, and nothing has to be explained."""
    if request.method != "POST" and course.mine.is_ending:
        return redirect("sessions:ending", match_id=course.pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        mine = course.mine
        try:
            end_soon(match=mine.match, seat=mine.seat, **form.cleaned_data, by=request.user, now=timezone.now())
            ring()
        except MatchOver as error:
            messages.info(request, str(error))
        return redirect("sessions:ending", match_id=course.pk)
    context = {"course": course, "form": form, "triad": len(course.mine.others) > 1 and not course.mine.is_group}
    return render(request, "sessions/end.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@any_match_view
def ending(request: MemberRequest, course: Course) -> HttpResponse:
    """The receipt of an end that waits: when it takes effect, to take it back until then, or not to wait."""
    mine, now = course.mine, timezone.now()
    waiting = my_ending(mine.seat, request.user)
    if request.method == "POST" and waiting:
        _settle_ending(request, course, waiting)
        return redirect("sessions:ending", match_id=course.pk)
    if request.method == "POST":
        messages.info(request, "It can no longer be taken back.")
    if is_over_for(mine):
        return redirect("sessions:closing", match_id=course.pk)
    if waiting is None:
        return redirect("sessions:match", match_id=course.pk)
    triad = len(mine.others) > 1 and not mine.is_group
    context = {"course": course, "waiting": waiting, "due": waiting.due_at <= now, "triad": triad}
    return render(request, "sessions/ending.html", context)


def _settle_ending(request: MemberRequest, course: Course, waiting: EndingToCome) -> None:
    now = timezone.now()
    if "at_once" in request.POST:
        hasten_ending(ending=waiting, now=now)
        ring()
        return
    try:
        undo_ending(ending=waiting, by=request.user, now=now)
    except MatchOver as error:
        messages.info(request, str(error))
        return
    over = is_over_for(course.mine)
    messages.info(request, f"Taken back. {'It has ended all the same' if over else 'It goes on, and nobody was told'}.")


@require_http_methods(["GET", "HEAD", "POST"])
@over_view
def closing(request: MemberRequest, course: OverCourse) -> HttpResponse:
    """How far one got, thanks, going on, the certificate, and somebody else; each part saves by itself."""
    found = closing_of(course, request.user, timezone.now())
    sent = request.POST.get("part", "") if request.method == "POST" else ""
    goals = ReachedForm(request.POST if sent == "goals" else None, goals=found.goals)
    initial = {"words": found.thanks.words if found.thanks else ""}
    thanks = ThanksForm(request.POST if sent == "thanks" else None, readers=course.others, initial=initial)
    if request.method == "POST":
        done = _save(request, course, sent, goals, thanks)
        if done:
            return redirect("sessions:closing", match_id=course.pk)
    context = {
        "course": course,
        "closing": found,
        "goals": goals,
        "thanks": thanks,
        "form_errors": bool(goals.errors or thanks.errors),
        "parts": _parts(course, request),
    }
    return render(request, "sessions/closing.html", context, status=422 if request.method == "POST" else 200)


def _save(request: MemberRequest, course: OverCourse, sent: str, goals: ReachedForm, thanks: ThanksForm) -> bool:
    match, by, now = course.mine.match, request.user, timezone.now()
    if sent == "goals":
        return goals.is_valid() and parts.attempt(
            goals, lambda: rate_goals(match=match, levels=goals.levels(), by=by, now=now)
        )
    if sent == "thanks":
        return thanks.is_valid() and parts.attempt(
            thanks, lambda: give_thanks(match=match, words=thanks.cleaned_data["words"], by=by, now=now)
        )
    if sent == "on":
        return _go_on(request, course)
    wish = request.POST.get("after", "")
    if wish in {"another", "nobody"}:
        wish_another(seat=course.mine.seat, another=wish == "another", by=by, now=now)
    return wish in {"another", "nobody"}


def _go_on(request: MemberRequest, course: OverCourse) -> bool:
    """Whether one would go on with the same people: a yes or a no that nobody else reads before all have said yes."""
    said = request.POST.get("go_on", "")
    if said not in {"yes", "no"}:
        return False
    seat, goals = course.mine.seat, "goals" in request.POST
    try:
        say_going_on(seat=seat, wishes=said == "yes", with_goals=goals, by=request.user, now=timezone.now())
        ring()
    except MatchOver as error:
        messages.info(request, str(error))
    return True


def _parts(course: OverCourse, request: MemberRequest) -> list[str]:
    """What the floors above add, rendered."""
    match, now = course.mine.match, timezone.now()
    found = [part for call in hooks.closing if (part := call(match, request.user, now))]
    return [render_to_string(part["template"], part, request=request) for part in found]


@require_http_methods(["GET", "HEAD", "POST"])
@over_view
def notes(request: MemberRequest, course: OverCourse) -> HttpResponse:
    """One's notes of a match that is over, to read once more, to keep, or to erase."""
    if request.method == "POST":
        wish = request.POST.get("notes", "")
        if wish not in {"keep", "erase"}:
            raise Http404("There is no such choice")
        gone = decide_on_notes(match=course.mine.match, keep=wish == "keep", by=request.user, now=timezone.now())
        messages.info(request, "Your notes are kept." if wish == "keep" else f"Erased: {gone} of your notes.")
        return redirect("sessions:closing", match_id=course.pk)
    context = {"course": course, "notes": notes_left(course, request.user), "reader": request.user}
    return render(request, "sessions/closing_notes.html", context)


def _certified(request: MemberRequest, course: OverCourse) -> Closing:
    found = closing_of(course, request.user, timezone.now())
    if not course.attended:
        raise Http404("There is nothing to certify")
    return found


@require_safe
@over_view
def certificate(request: MemberRequest, course: OverCourse) -> HttpResponse:
    found = _certified(request, course)
    context = {"course": course, "no_pdf": "no-pdf" in request.GET, **paper.facts_of(found, request.user)}
    return render(request, "sessions/certificate.html", context)


@require_safe
@over_view
def certificate_pdf(request: MemberRequest, course: OverCourse) -> HttpResponse:
    """The same as a file; where the machine cannot draw one, the page says so and can be printed."""
    found = _certified(request, course)
    try:
        content = paper.pdf_of(paper.facts_of(found, request.user), request)
    except NoPdf:
        return redirect(f"{request.path.removesuffix('.pdf')}/?no-pdf=1")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    return response
