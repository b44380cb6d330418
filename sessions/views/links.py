"""The pages behind a mail's button: one session, one person, no sign-in. Looking changes nothing."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import ResolverMatch
from django.utils import timezone

from mail.links import Link
from mail.pages import gone, token_page
from mail.tasks import ring
from participants.models import User
from participants.sending import done
from sessions import services
from sessions.errors import OtherBody, SessionError
from sessions.forms import USUAL_MINUTES, LogForm
from sessions.mails import OFFER_PURPOSE, PURPOSE
from sessions.models import Session, TimeOffer
from sessions.permissions import may_undo
from sessions.queries import Course, course_of, session_of
from sessions.queries.attendance import attendees_of
from sessions.queries.times import OpenOffer, offer_of
from sessions.queries.together import expert_in, giving_in
from sessions.views import parts

State = Session.State
LinkPage = Callable[..., HttpResponse]


def ended(request: HttpRequest, link: Link) -> HttpResponse:
    """The time of this link is over: one tap sends a new one to the person it was for. Names nobody."""
    sent = request.method == "POST"
    if sent:
        found = session_of(link.user, link.subject_id)
        if found:
            services.send_new_link(session=found[1], user=link.user, now=timezone.now())
            ring()
    response = render(request, "sessions/link_ended.html", {"sent": sent}, status=200 if sent else 410)
    return done(response) if sent else response


def of_a_session(view: LinkPage) -> LinkPage:
    """Hand course and session to a page behind a link, as long as they may be seen."""

    @wraps(view)
    def page(request: HttpRequest, link: Link, *more: object) -> HttpResponse:
        found = session_of(link.user, link.subject_id, alone=request.method == "POST")
        if found is None or found[1].state == State.CANCELLED:
            return gone(request)
        return view(request, link, *found, *more)

    return page


def link_page(view: LinkPage) -> LinkPage:
    """A page behind a link that is about a session as it stands."""
    return token_page(PURPOSE, expired=ended)(of_a_session(view))


def session_page(request: HttpRequest, link: Link) -> HttpResponse:
    """Did you meet? The facts are filled in; one button says yes."""
    outcome = request.POST.get("outcome", "")
    if request.method != "POST" or outcome == "moved" or outcome in parts.ONE_TAP:
        return _standing(request, link, outcome)
    try:
        logged = parts.log_as_sent(link.subject_id, link.user, request.POST, timezone.now())
    except (SessionError, Session.DoesNotExist) as error:
        return _not_logged(request, link, error)
    return _to("saved", request) if logged else _not_logged(request, link, None)


session = token_page(PURPOSE, expired=ended)(session_page)


@of_a_session
def _not_logged(
    request: HttpRequest, link: Link, course: Course, meeting: Session, error: Exception | None
) -> HttpResponse:
    """The form with what was typed, and why it was not taken."""
    if _is_to_come(meeting):
        return _to_come(request, link, course, meeting)
    form = parts.log_form(course, meeting, link.user, request.POST)
    if form.is_valid() and isinstance(error, SessionError):
        parts.add_refusal(form, error)
    return _show(request, form, link, course, meeting, status=422)


@of_a_session
def _standing(request: HttpRequest, link: Link, course: Course, meeting: Session, outcome: str) -> HttpResponse:
    """The session as it stands, and the other answers to the question."""
    if _is_to_come(meeting):
        return _to_come(request, link, course, meeting)
    if outcome == "moved":
        return _to("move", request)
    if outcome in parts.ONE_TAP:
        return _tapped(request, link, course, meeting, outcome)
    if meeting.logged_by_id == link.user.pk and "change" not in request.GET:
        return _to("saved", request)
    return _show(request, parts.log_form(course, meeting, link.user), link, course, meeting)


def _is_to_come(meeting: Session) -> bool:
    return meeting.state == State.PLANNED and meeting.starts_at > timezone.now()


def _to_come(request: HttpRequest, link: Link, course: Course, meeting: Session) -> HttpResponse:
    return render(request, "sessions/link_to_come.html", _context(link, course, meeting))


def _tapped(request: HttpRequest, link: Link, course: Course, meeting: Session, outcome: str) -> HttpResponse:
    try:
        parts.one_tap(outcome, course, meeting, link.user, request.POST, timezone.now())
    except SessionError as error:
        form = parts.log_form(course, meeting, link.user)
        status = 422 if isinstance(error, OtherBody) else 409
        return _show(request, form, link, course, meeting, problem=parts.words_of(error), status=status)
    return _to("saved", request)


def _show(
    request: HttpRequest,
    form: LogForm,
    link: Link,
    course: Course,
    meeting: Session,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    other = meeting.logged_by if meeting.logged_by_id not in (None, link.user.pk) else None
    context = {
        **_context(link, course, meeting),
        "form": form,
        "logged_by": other,
        "open": bool(form.errors) or "change" in request.GET,
        "doubt_first": request.GET.get("a") == "other",
        "problem": problem,
        "now": timezone.now(),
    }
    return render(request, "sessions/link_log.html", context, status=status)


@link_page
def move(request: HttpRequest, link: Link, course: Course, meeting: Session) -> HttpResponse:
    """We moved it: the new time, or none yet."""
    if meeting.state != State.PLANNED:
        return _to("session", request)
    user: User = link.user
    now = timezone.now()
    if request.POST.get("later"):
        services.cancel_session(session=meeting, by=user, now=now)
        ring()
        return done(render(request, "sessions/link_called_off.html", _context(link, course, meeting)))
    form = parts.time_form(course, user, meeting, request.POST if request.method == "POST" else None)
    # A link may have been passed on, and where two people meet is for the two.
    del form.fields["place"]
    if request.method == "POST" and form.is_valid():
        moved = parts.attempt(form, lambda: services.move_session(session=meeting, **form.facts(), by=user, now=now))
        if moved:
            ring()
            return _to("session", request)
    context = {**_context(link, course, meeting), "form": form}
    return render(request, "sessions/link_move.html", context, status=422 if form.errors else 200)


@link_page
def saved(request: HttpRequest, link: Link, course: Course, meeting: Session) -> HttpResponse:
    """The receipt of a log, with its undo and what the floors above ask next."""
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if meeting.logged_at is None:
        return _to("session", request)
    return _receipt(request, link, course, meeting)


def _receipt(
    request: HttpRequest, link: Link, course: Course, meeting: Session, *, problem: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        **_context(link, course, meeting),
        "number": course.number_of(meeting),
        "next": course.next_after(now),
        "may_undo": may_undo(meeting, link.user, now),
        "there": [each.name for each in attendees_of(course, meeting) if each.present],
        "giving": giving_in(course, meeting),
        "expert": expert_in(course, meeting),
        "led": parts.log_form(course, meeting, link.user).thought_led if meeting.state == State.HELD else "",
        "lengths": USUAL_MINUTES,
        "parts": parts.receipt_parts(meeting, link.user, now),
        "problem": problem,
    }
    return render(request, "sessions/link_saved.html", context, status=status)


@link_page
def undo(request: HttpRequest, link: Link, course: Course, meeting: Session) -> HttpResponse:
    """Take the log back. Looking at this address changes nothing."""
    if request.method == "POST":
        try:
            services.undo_log(session=meeting, by=link.user, now=timezone.now())
        except SessionError as error:
            return _receipt(request, link, course, meeting, problem=str(error), status=409)
    return _to("session", request)


def _to(page: str, request: HttpRequest) -> HttpResponse:
    """Another page behind the same link."""
    match = cast(ResolverMatch, request.resolver_match)
    return redirect(f"session_links:{page}", tok=match.kwargs["tok"])


def _context(link: Link, course: Course, meeting: Session) -> dict[str, object]:
    return {
        "course": course,
        "meeting": meeting,
        "reader": link.user,
        "heading_line": course.mine.program.name,
        "works_until": link.expires_at,
    }


@token_page(OFFER_PURPOSE)
def time(request: HttpRequest, link: Link) -> HttpResponse:
    """Times for a session: one tap plans the one that suits."""
    now = timezone.now()
    found = offer_of(link.user, link.subject_id, now)
    course = course_of(link.user, found[0].match_id) if found else None
    if found is None or course is None or found[0].by_id == link.user.pk:
        return gone(request)
    offer, seen = found
    if request.method == "POST":
        try:
            parts.choose(offer, request.POST.get("choose", ""), link.user, now)
        except SessionError as error:
            offer, seen = offer_of(link.user, link.subject_id, now) or found
            return _times(request, link, course, offer, seen, problem=parts.words_of(error), status=409)
        ring()
        return redirect("session_links:time", tok=cast(ResolverMatch, request.resolver_match).kwargs["tok"])
    return _times(request, link, course, offer, seen)


def _times(
    request: HttpRequest,
    link: Link,
    course: Course,
    offer: TimeOffer,
    seen: OpenOffer | None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The times still open, that from the mail first; or the session that came of them; or that they are over."""
    picked = request.GET.get("at", "")
    times = sorted(seen.times if seen else (), key=lambda each: (each.value != picked, each.at))
    planned = offer.session if offer.session and offer.session.state == State.PLANNED else None
    context = {
        "course": course,
        "offer": offer,
        "times": times,
        "picked": picked,
        "none": "none" in request.GET,
        "planned": planned,
        "problem": problem,
        "reader": link.user,
        "heading_line": course.mine.program.name,
        "works_until": link.expires_at,
    }
    return render(request, "sessions/link_time.html", context, status=status)
