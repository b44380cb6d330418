"""One match: its people, sessions, goals; and new sessions in it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from sessions import services
from sessions.access import MemberRequest, match_view
from sessions.agenda import agenda_for
from sessions.queries import Course, goals_of, noted_sessions
from sessions.queries.together import together_of
from sessions.views import parts


@require_safe
@match_view
def match(request: MemberRequest, course: Course) -> HttpResponse:
    now = timezone.now()
    upcoming = course.next_after(now)
    context = {
        "course": course,
        "upcoming": upcoming,
        "agenda": agenda_for(course, upcoming),
        "unlogged": course.to_log(now),
        "past": [each for each in reversed(course.sessions) if each.state != "planned"],
        "later": [each for each in course.sessions if each.state == "planned" and each.ends_at > now],
        "noted": noted_sessions(course, request.user),
        "goals": goals_of(course),
        "together": together_of(course, now),
        "now": now,
    }
    return render(request, "sessions/match.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def new(request: MemberRequest, course: Course) -> HttpResponse:
    """Plan a session, or with ?log=1 write down one that was held."""
    if "log" in request.GET:
        return _log(request, course)
    form = parts.time_form(course, request.user, None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        plan = {"match": course.mine.match, **form.facts(), "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.plan_session(**plan)):
            ring()
            remark = parts.remark_on(form)
            messages.info(request, f"{remark} The session is planned; everybody gets an e-mail.".strip())
            return redirect("sessions:match", match_id=course.pk)
    context = {"course": course, "form": form}
    return render(request, "sessions/plan.html", context, status=422 if form.errors else 200)


def _log(request: MemberRequest, course: Course) -> HttpResponse:
    form = parts.unplanned_form(course, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = {"match": course.mine.match, **form.facts(), "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.log_unplanned_session(**facts)):
            messages.info(request, f"Saved. {course.others} can see it too.")
            return redirect("sessions:match", match_id=course.pk)
    context = {"course": course, "form": form}
    return render(request, "sessions/log.html", context, status=422 if form.errors else 200)
