"""One session: log it, move it, call it off, write about it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail.tasks import ring
from sessions import services
from sessions.access import MemberRequest, session_view
from sessions.agenda import agenda_for
from sessions.errors import NoteChanged, OtherBody, SessionError
from sessions.forms import USUAL_MINUTES, LogForm, NoteForm
from sessions.models import Note, Session
from sessions.permissions import may_undo
from sessions.queries import Course, notes_of
from sessions.queries.together import together_of
from sessions.views import parts

State = Session.State


@require_safe
@session_view
def session(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    form = parts.log_form(course, meeting, request.user)
    return _show(request, course, meeting, form)


def _show(
    request: MemberRequest, course: Course, meeting: Session, form: LogForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "course": course,
        "meeting": meeting,
        "form": form,
        # Also while they meet, which is when it is needed.
        "agenda": agenda_for(course, meeting) if meeting.state == State.PLANNED and now < meeting.ends_at else None,
        "is_over": meeting.starts_at <= now,
        "number": course.number_of(meeting),
        "may_undo": may_undo(meeting, request.user, now),
        "notes": notes_of(meeting, request.user),
        "together": together_of(course, now, meeting),
        "lengths": USUAL_MINUTES,
        "parts": parts.receipt_parts(meeting, request.user, now) if meeting.state == State.HELD else [],
        "problem": problem,
        "now": now,
    }
    return render(request, "sessions/session.html", context, status=status)


@require_POST
@session_view
def log(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    form = parts.log_form(course, meeting, request.user, request.POST)
    outcome, now = request.POST.get("outcome"), timezone.now()
    if outcome in parts.ONE_TAP:
        try:
            parts.one_tap(outcome, course, meeting, request.user, request.POST, now)
        except SessionError as error:
            return _refused(request, course, meeting, error)
        return redirect("sessions:session", session_id=meeting.pk)
    if form.is_valid() and parts.log_held(form, meeting, request.user, now):
        return redirect("sessions:session", session_id=meeting.pk)
    return _show(request, course, meeting, form, status=422)


def _refused(request: MemberRequest, course: Course, meeting: Session, error: SessionError) -> HttpResponse:
    """The page as it stands now, with why."""
    form = parts.log_form(course, meeting, request.user)
    status = 422 if isinstance(error, OtherBody) else 409
    return _show(request, course, meeting, form, problem=parts.words_of(error), status=status)


@require_POST
@session_view
def undo(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    try:
        left = services.undo_log(session=meeting, by=request.user, now=timezone.now())
    except SessionError as error:
        form = parts.log_form(course, meeting, request.user)
        return _show(request, course, meeting, form, problem=str(error), status=409)
    if left is None:
        return redirect("sessions:match", match_id=course.pk)
    return redirect("sessions:session", session_id=meeting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@session_view
def move(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    if meeting.state != State.PLANNED:
        return redirect("sessions:session", session_id=meeting.pk)
    form = parts.time_form(course, request.user, meeting, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change = {"session": meeting, **form.facts(), "by": request.user, "now": timezone.now()}
        deed = services.move_later if form.cleaned_data.get("later") else services.move_session
        if parts.attempt(form, lambda: deed(**change)):
            ring()
            messages.info(request, f"{parts.remark_on(form)} Saved; everybody gets an e-mail.".strip())
            return redirect("sessions:session", session_id=meeting.pk)
    context = {"course": course, "meeting": meeting, "form": form}
    return render(request, "sessions/move.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@session_view
def cancel(request: MemberRequest, course: Course, meeting: Session) -> HttpResponse:
    """The check page before everybody's calendar drops it."""
    if request.method == "POST":
        deed = services.cancel_later if request.POST.get("later") else services.cancel_session
        try:
            deed(session=meeting, by=request.user, now=timezone.now())
        except SessionError as error:
            form = parts.log_form(course, meeting, request.user)
            return _show(request, course, meeting, form, problem=str(error), status=409)
        ring()
        what = "These sessions are" if request.POST.get("later") else "The session is"
        messages.info(request, f"{what} called off; everybody gets an e-mail.")
        return redirect("sessions:match", match_id=course.pk)
    if meeting.state != State.PLANNED:
        return redirect("sessions:session", session_id=meeting.pk)
    later = course.later_in_series(meeting)
    return render(request, "sessions/cancel.html", {"course": course, "meeting": meeting, "later": later})


@require_http_methods(["GET", "HEAD", "POST"])
@session_view
def note(request: MemberRequest, course: Course, meeting: Session, visibility: str) -> HttpResponse:
    """Write one's own note; a change made elsewhere meanwhile is shown beside it, never overwritten unseen."""
    if visibility not in Note.Visibility.values:
        raise Http404("There is no such page")
    notes = notes_of(meeting, request.user)
    mine = notes.shared if visibility == Note.Visibility.SHARED else notes.private
    initial = {"body": mine.body if mine else "", "version": mine.version if mine else 0}
    form = _note_form(course, visibility, initial, request.POST if request.method == "POST" else None)
    stored = ""
    if request.method == "POST" and form.is_valid():
        written = {"session": meeting, "visibility": visibility, **form.cleaned_data}
        try:
            services.write_note(**written, by=request.user, now=timezone.now())
            return redirect("sessions:session", session_id=meeting.pk)
        except NoteChanged as error:
            stored = error.stored
            again = {"body": form.cleaned_data["body"], "version": error.version}
            form = _note_form(course, visibility, initial, again)
            form.add_error(None, str(error))
        except SessionError as error:
            parts.add_refusal(form, error)
    context = {"course": course, "meeting": meeting, "form": form, "visibility": visibility, "stored": stored}
    return render(request, "sessions/note.html", context, status=409 if stored else 422 if form.errors else 200)


def _note_form(course: Course, visibility: str, initial: dict[str, object], data: object) -> NoteForm:
    if visibility == Note.Visibility.SHARED:
        label, readers = "Shared note", f"{course.others} can read it. Coordinators cannot."
    else:
        label, readers = "Note for yourself", f"Only you can read it; {course.others} cannot."
    return NoteForm(data, initial=initial, label=label, readers=readers)
