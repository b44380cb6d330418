"""Goals of a match: set, say how far one is, reach."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from sessions import services
from sessions.access import MemberRequest, goal_view, match_view
from sessions.forms import GoalForm, LevelForm
from sessions.models import Goal
from sessions.permissions import may_change
from sessions.queries import Course, goals_of
from sessions.views import parts

STEPS: dict[str, Callable[..., Any]] = {
    "reach": services.reach_goal,
    "drop": services.drop_goal,
    "reopen": services.reopen_goal,
}


def _readers(course: Course) -> str:
    return f"{course.others} can read it. Coordinators see only how many goals there are."


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def goals(request: MemberRequest, course: Course) -> HttpResponse:
    """The goals of everybody in the match, and one more of one's own."""
    form = GoalForm(
        request.POST if request.method == "POST" else None,
        initial={"text": request.GET.get("text", "")[:300]},
        readers=_readers(course),
    )
    if request.method == "POST" and form.is_valid():
        wish = {"match": course.mine.match, **form.cleaned_data, "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.add_goal(**wish)):
            return redirect("sessions:goals", match_id=course.pk)
    context = {"course": course, "goals": goals_of(course), "form": form, "model": course.mine.model}
    return render(request, "sessions/goals.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@goal_view
def goal(request: MemberRequest, course: Course, found: Goal) -> HttpResponse:
    """Reword one's own goal and say how far one is."""
    if not may_change(found, request.user):
        raise Http404("There is no such page")
    data = request.POST if request.method == "POST" else None
    words = GoalForm(data, initial={"text": found.text}, readers=_readers(course))
    level = LevelForm(data, initial={"level": found.level})
    if request.method == "POST" and words.is_valid() and level.is_valid():
        change = {"goal": found, **words.cleaned_data, **level.cleaned_data, "by": request.user, "now": timezone.now()}
        done = parts.attempt(words, lambda: services.change_goal(**change))
        if done:
            return redirect("sessions:goals", match_id=course.pk)
    context = {"course": course, "goal": found, "form": words, "level": level}
    wrong = bool(words.errors or level.errors)
    return render(request, "sessions/goal.html", context, status=422 if wrong else 200)


@require_POST
@goal_view
def step(request: MemberRequest, course: Course, found: Goal, step: str) -> HttpResponse:
    if step not in STEPS or not may_change(found, request.user):
        raise Http404("There is no such page")
    STEPS[step](goal=found, by=request.user, now=timezone.now())
    return redirect("sessions:goals", match_id=course.pk)
