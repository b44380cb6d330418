"""What people write for each other before they meet, and the minutes of giving."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sessions.access import MemberRequest, match_view, session_view
from sessions.errors import PreparationChanged, SessionError
from sessions.forms_together import GivenForm, PreparingForm
from sessions.models import Session
from sessions.queries import Course
from sessions.queries.agreements import people_of
from sessions.queries.together import given_in, heard_of, preparation_by, written_in
from sessions.services import preparing as services
from sessions.views import parts


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def preparation(request: MemberRequest, course: Course) -> HttpResponse:
    """Write one's own; what was changed in another window meanwhile is shown, never overwritten unseen."""
    asked = course.mine.model.preparation
    if asked is None or course.mine.seat.role not in asked.by:
        raise Http404("There is no such page")
    mine = preparation_by(course, request.user)
    initial: dict[str, Any] = {**(mine.words if mine else {}), "version": mine.version if mine else 0}
    told: dict[str, Any] = {"asked": asked, "readers": f"{course.others} can read it. Coordinators cannot."}
    form = PreparingForm(request.POST if request.method == "POST" else None, initial=initial, **told)
    stored: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        wish: dict[str, Any] = {
            "match": course.mine.match,
            "words": form.words(),
            "version": form.cleaned_data["version"],
        }
        deed: dict[str, Any] = {**wish, "by": request.user, "now": timezone.now()}
        try:
            services.write_preparation(**deed)
            return redirect("sessions:match", match_id=course.pk)
        except PreparationChanged as error:
            stored = [(each.label, error.stored.get(each.key, "")) for each in asked.fields]
            form = PreparingForm({**request.POST.dict(), "version": str(error.version)}, initial=initial, **told)
            form.add_error(None, str(error))
        except SessionError as error:
            parts.add_refusal(form, error)
    theirs = [each for each in written_in(course, heard_of(course)) if not each.is_reader and each.lines]
    context = {"course": course, "form": form, "asked": asked, "stored": stored, "theirs": theirs}
    status = 409 if stored else 422 if form.errors else 200
    return render(request, "sessions/preparation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@session_view
def given(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    """For how long each gave in a session that was held."""
    if not course.mine.model.balance or meeting.state != Session.State.HELD:
        raise Http404("There is no such page")
    people = people_of(course)
    # Equal parts to start from: what is agreed for both halves.
    equal = dict.fromkeys((user.pk for user in people), meeting.minutes // len(people))
    minutes = given_in(meeting) or equal
    form = GivenForm(request.POST if request.method == "POST" else None, people=people, minutes=minutes)
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = {
            "session": meeting,
            "minutes": form.minutes(),
            "by": request.user,
            "now": timezone.now(),
        }
        if parts.attempt(form, lambda: services.log_given(**facts)):
            return redirect("sessions:match", match_id=course.pk)
    context = {"course": course, "meeting": meeting, "form": form}
    return render(request, "sessions/given.html", context, status=422 if form.errors else 200)
