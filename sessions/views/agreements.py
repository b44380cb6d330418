"""The agreement of a match: read, sign, change; and for coordinators who has signed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from programs.access import ProgramRequest, program_view
from programs.catalogue.working import AGREEMENT_PARTS
from programs.models import Program
from programs.permissions import Right
from sessions.access import MemberRequest, match_view
from sessions.errors import AgreementChanged, SessionError
from sessions.forms_together import AgreementForm
from sessions.queries import Course
from sessions.queries.agreements import AgreementState, agreement_of, version_of
from sessions.queries.signing import signing_in
from sessions.services import agreements as services
from sessions.views import parts


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def agreement(request: MemberRequest, course: Course) -> HttpResponse:
    """What stands; a press of the button signs it, if it is still what was read."""
    problem = ""
    if request.method == "POST":
        read = request.POST.get("version", "")
        version = int(read) if read.isdecimal() and len(read) < len("00000") else -1
        try:
            services.sign_agreement(match=course.mine.match, version=version, by=request.user, now=timezone.now())
            return redirect("sessions:agreement", match_id=course.pk)
        except AgreementChanged:
            problem = "Somebody has changed the agreement since you opened it. Read what stands now before you sign."
    return _show(request, course, agreement_of(course), problem)


@require_safe
@match_view
def version(request: MemberRequest, course: Course, version: int) -> HttpResponse:
    """An older version, to read."""
    found = version_of(course, version)
    if found is None:
        raise Http404("There is no such version")
    return _show(request, course, found)


def _show(request: MemberRequest, course: Course, found: AgreementState, problem: str = "") -> HttpResponse:
    context = {
        "course": course,
        "agreement": found,
        "lines": _lines(found),
        "older": range(1, found.version),
        "problem": problem,
    }
    return render(request, "sessions/agreement.html", context, status=409 if problem else 200)


def _lines(found: AgreementState) -> list[tuple[str, str]]:
    return [(AGREEMENT_PARTS[key], words) for key, words in found.parts.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@match_view
def change(request: MemberRequest, course: Course) -> HttpResponse:
    """Propose other words; if somebody was quicker, theirs stand above one's own, which stay as typed."""
    standing = agreement_of(course)
    initial: dict[str, Any] = {**standing.parts, "ends_on": standing.ends_on, "version": standing.version}
    form = AgreementForm(request.POST if request.method == "POST" else None, initial=initial)
    stored: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        wish: dict[str, Any] = {
            "match": course.mine.match,
            "parts": form.parts(),
            "by": request.user,
            "now": timezone.now(),
        }
        facts: dict[str, Any] = {name: form.cleaned_data[name] for name in ("ends_on", "version")}
        try:
            services.change_agreement(**wish, **facts)
            return redirect("sessions:agreement", match_id=course.pk)
        except AgreementChanged as error:
            standing = agreement_of(course)
            stored = _lines(standing)
            form = AgreementForm({**request.POST.dict(), "version": str(error.version)}, initial=initial)
            form.add_error(None, str(error))
        except SessionError as error:
            parts.add_refusal(form, error)
    context = {"course": course, "form": form, "agreement": standing, "stored": stored}
    status = 409 if stored else 422 if form.errors else 200
    return render(request, "sessions/agreement_change.html", context, status=status)


@require_safe
@program_view(Right.SEE)
def signing(request: ProgramRequest, program: Program) -> HttpResponse:
    """For coordinators: who has signed, and nothing of what."""
    rows = signing_in(program)
    missing = sum(row.signed < row.people for row in rows)
    return render(request, "sessions/signing.html", {"program": program, "rows": rows, "missing": missing})
