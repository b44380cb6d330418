"""One match: its people, sessions, goals; and new sessions in it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from sessions import services
from sessions.access import MemberRequest, match_page, match_view
from sessions.agenda import agenda_for
from sessions.errors import SessionError
from sessions.queries import Course, goals_of
from sessions.queries.series import preview_of
from sessions.queries.times import OpenOffer, open_offer, shared_times
from sessions.queries.together import together_of
from sessions.views import parts


@require_safe
@match_page
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
        "goals": goals_of(course),
        "together": together_of(course, now),
        "offer": open_offer(course, request.user, now),
        "waiting": course.mine.is_ending,
        "now": now,
    }
    return render(request, "sessions/match.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def new(request: MemberRequest, course: Course) -> HttpResponse:
    """Plan a session, or with ?log=1 write down one that was held."""
    if "log" in request.GET:
        return _log(request, course)
    data = request.POST if request.method == "POST" else None
    form = parts.shared_time(course, request.user, data) or parts.time_form(course, request.user, None, data)
    if request.method == "POST" and form.is_valid():
        plan = {"match": course.mine.match, **form.facts(), "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.plan_session(**plan)):
            ring()
            remark = parts.remark_on(form)
            messages.info(request, f"{remark} The session is planned; everybody gets an e-mail.".strip())
            return redirect("sessions:match", match_id=course.pk)
    now = timezone.now()
    shared = shared_times(course, request.user, now)
    context = {"course": course, "form": form, "shared": shared, "offer": open_offer(course, request.user, now)}
    return render(request, "sessions/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def times(request: MemberRequest, course: Course) -> HttpResponse:
    """Put up to three times to the others, or choose one of those they have put."""
    now = timezone.now()
    offer = open_offer(course, request.user, now)
    if request.method == "POST" and request.POST.get("choose") and offer and not offer.is_mine:
        return _choose(request, course, offer)
    shared = shared_times(course, request.user, now)
    form = parts.offer_form(course, request.user, shared, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = {"match": course.mine.match, **form.facts(), "by": request.user, "now": now}
        if parts.attempt(form, lambda: services.offer_times(**facts)):
            ring()
            messages.info(request, f"{course.others} can choose one of these times, by e-mail or here.")
            return redirect("sessions:match", match_id=course.pk)
    context = {"course": course, "form": form, "shared": shared, "offer": offer}
    return render(request, "sessions/times.html", context, status=422 if form.errors else 200)


def _choose(request: MemberRequest, course: Course, offer: OpenOffer) -> HttpResponse:
    try:
        parts.choose(offer.offer, request.POST["choose"], request.user, timezone.now())
    except SessionError as error:
        messages.warning(request, parts.words_of(error))
        return redirect("sessions:times", match_id=course.pk)
    ring()
    messages.info(request, "The session is planned; everybody gets an e-mail.")
    return redirect("sessions:match", match_id=course.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def series(request: MemberRequest, course: Course) -> HttpResponse:
    """Several sessions at once: the first step shows them, the second plans those that are ticked."""
    form = parts.series_form(course, request.user, request.POST if request.method == "POST" else None)
    preview, status = None, 200
    if request.method == "POST" and form.is_valid():
        # Read before anything is refused: a field with an error has no value any more.
        now, facts, walls = timezone.now(), form.facts(), form.walls()
        if request.POST.get("do") == "plan":
            wanted = parts.ticked(form, request.POST.getlist("at"))
            told = {**facts, "match": course.mine.match, "starts": wanted, "by": request.user, "now": now}
            if parts.attempt(form, lambda: services.plan_series(**told)):
                ring()
                messages.info(request, f"{len(wanted)} sessions are planned; everybody gets one e-mail.")
                return redirect("sessions:match", match_id=course.pk)
        preview = preview_of(course, walls, facts["zone"], facts["minutes"], now)
    if form.errors:
        status = 422
    context = {"course": course, "form": form, "preview": preview}
    return render(request, "sessions/series.html", context, status=status)


def _log(request: MemberRequest, course: Course) -> HttpResponse:
    form = parts.unplanned_form(course, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and parts.log_anew(form, course, request.user, timezone.now()):
        messages.info(request, f"Saved. {course.others} can see it too.")
        return redirect("sessions:match", match_id=course.pk)
    context = {"course": course, "form": form}
    return render(request, "sessions/log.html", context, status=422 if form.errors else 200)
