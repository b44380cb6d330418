"""Next steps of a match: who does what by when."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from sessions.access import MemberRequest, match_view, step_view
from sessions.errors import NotInMatch
from sessions.forms_together import StepForm
from sessions.models import NextStep
from sessions.queries import Course, goals_of
from sessions.queries.agreements import people_of
from sessions.queries.together import steps_of
from sessions.services import steps as services
from sessions.views import parts


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def steps(request: MemberRequest, course: Course) -> HttpResponse:
    """All next steps, and one more."""
    goals = [goal for goal in goals_of(course) if goal.reached_at is None]
    form = StepForm(
        request.POST if request.method == "POST" else None,
        people=people_of(course),
        goals=goals,
        readers=f"{course.others} can read it. Coordinators cannot.",
    )
    if request.method == "POST" and form.is_valid():
        goal = next((each for each in goals if each.pk == form.cleaned_data["goal"]), None)
        wish: dict[str, Any] = {
            "match": course.mine.match,
            **form.facts(),
            "goal": goal,
            "by": request.user,
            "now": timezone.now(),
        }
        if parts.attempt(form, lambda: services.add_step(**wish)):
            return redirect("sessions:steps", match_id=course.pk)
    found = steps_of(course)
    context = {"course": course, "form": form, "steps": found, "open": sum(each.done_at is None for each in found)}
    context["today"] = timezone.localdate()
    return render(request, "sessions/steps.html", context, status=422 if form.errors else 200)


@require_POST
@step_view
def step(request: MemberRequest, course: Course, found: NextStep, step: str) -> HttpResponse:
    """Tick it, take the tick back, or remove it."""
    facts: dict[str, Any] = {"step": found, "by": request.user, "now": timezone.now()}
    try:
        if step in {"done", "reopen"}:
            services.tick_step(**facts, done=step == "done")
        elif step == "remove":
            services.remove_step(**facts)
        else:
            raise Http404("There is no such page")
    except NotInMatch as error:
        raise Http404("There is no such page") from error
    return redirect("sessions:steps", match_id=course.pk)
