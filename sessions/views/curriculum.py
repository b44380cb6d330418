"""The curriculum of a track: members tick what they have handed in, coordinators write the weeks."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import ProgramRequest, program_view
from programs.catalogue import registry
from programs.models import Program, Track
from programs.permissions import Right
from sessions.access import MemberRequest, match_view
from sessions.errors import AlreadyDelivered, SessionError, WeekChanged
from sessions.forms_together import WeekForm
from sessions.models import Week
from sessions.queries import Course
from sessions.queries.curriculum import curriculum_of
from sessions.queries.together import weeks_of
from sessions.services import curriculum as services
from sessions.views import parts


@require_safe
@match_view
def weeks(request: MemberRequest, course: Course) -> HttpResponse:
    """All weeks, and who of the group has handed in what."""
    if not course.mine.model.curriculum:
        raise Http404("There is no such page")
    return render(request, "sessions/weeks.html", {"course": course, "weeks": weeks_of(course)})


@require_POST
@match_view
def tick(request: MemberRequest, course: Course, number: int) -> HttpResponse:
    """I have handed it in, or have not."""
    week = Week.objects.filter(track=course.mine.track, number=number).first()
    if week is None:
        raise Http404("There is no such page")
    done = request.POST.get("do") != "undo"
    services.deliver(match=course.mine.match, week=week, done=done, by=request.user, now=timezone.now())
    return redirect("sessions:weeks", match_id=course.pk)


def _track(program: Program, slug: str) -> Track:
    track = program.tracks.filter(slug=slug).first()
    if track is None or not registry.get(track.model).curriculum:
        raise Http404("There is no such page")
    return track


def _week(program: Program, track: str, number: int) -> Week:
    week = Week.objects.filter(track=_track(program, track), number=number).select_related("track").first()
    if week is None:
        raise Http404("There is no such page")
    return week


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def edit_weeks(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """The weeks of a track with how many have handed in, and one more."""
    found = _track(program, track)
    starts = request.method == "POST" and "start" in request.POST
    if starts:
        services.start_curriculum(track=found, by=request.user, now=timezone.now())
        return redirect("curriculum:weeks", slug=program.slug, track=found.slug)
    form = WeekForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wish: dict[str, Any] = {"track": found, "spec": form.spec(), "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.add_week(**wish)):
            return redirect("curriculum:weeks", slug=program.slug, track=found.slug)
    context = {"program": program, "track": found, "weeks": curriculum_of(found), "form": form}
    context["proposed"] = registry.get(found.model).curriculum
    return render(request, "sessions/curriculum.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def edit_week(request: ProgramRequest, program: Program, track: str, number: int) -> HttpResponse:
    """Reword a week; if somebody was quicker, their words stand above one's own, which stay as typed."""
    week = _week(program, track, number)
    initial = {name: getattr(week, name) for name in ("title", "deliverable", "reading", "link")}
    form = WeekForm(request.POST if request.method == "POST" else None, initial={**initial, "seen": week.stamp})
    stored: Week | None = None
    if request.method == "POST" and form.is_valid():
        wish: dict[str, Any] = {"week": week, "spec": form.spec(), "seen": form.cleaned_data["seen"]}
        try:
            services.change_week(**wish, by=request.user, now=timezone.now())
            return redirect("curriculum:weeks", slug=program.slug, track=week.track.slug)
        except WeekChanged as error:
            stored = error.stored
            form = WeekForm({**request.POST.dict(), "seen": stored.stamp})
            form.add_error(None, str(error))
        except SessionError as error:
            parts.add_refusal(form, error)
    context = {"program": program, "track": week.track, "week": week, "form": form, "stored": stored}
    status = 409 if stored else 422 if form.errors else 200
    return render(request, "sessions/curriculum_week.html", context, status=status)


@require_POST
@program_view(Right.EDIT)
def change_list(request: ProgramRequest, program: Program, track: str, number: int) -> HttpResponse:
    """Move a week up or down, or remove it: the button says which."""
    week, action = _week(program, track, number), request.POST.get("do", "")
    facts: dict[str, Any] = {"week": week, "by": request.user, "now": timezone.now()}
    if action in {"up", "down"}:
        services.move_week(**facts, up=action == "up")
    elif action == "remove":
        try:
            services.remove_week(**facts)
        except AlreadyDelivered as error:
            messages.error(request, str(error))
    else:
        raise Http404("There is no such button")
    return redirect("curriculum:weeks", slug=program.slug, track=week.track.slug)
