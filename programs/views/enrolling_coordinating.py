"""Opening enrolment, deciding about applications, and who is kept apart: the coordinator's side."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail import links
from mail.tasks import ring
from programs.access import ProgramRequest, program_view
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.forms.basics import put_error
from programs.forms.enrolling import ApartForm, ApplicationFilterForm, DeclineForm, EnrolmentForm, IntakeForm
from programs.models import Application, Program
from programs.permissions import Right
from programs.queries.enrolling import (
    UNDO,
    ApplicationFilter,
    application_counts,
    application_in,
    applications_of,
    intake_of,
    just_decided,
    openings_of,
    place_in_line,
    window_of,
)
from programs.queries.wishing import exclusion_seen_by, exclusions_seen_by, wish_rows, wishes_in
from programs.services import enrolling, enrolling_deciding, enrolling_wishing
from programs.views.enrolling_mine import answer_rows, steps_of
from programs.views.paging import page_of

State = Application.State


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def enrolment(request: ProgramRequest, program: Program) -> HttpResponse:
    """The public page's address, its days, and the switch."""
    now = timezone.now()
    days = {"first": program.applications_from, "last": program.applications_until}
    form = EnrolmentForm(request.POST if request.method == "POST" else None, initial=days)
    if request.method == "POST" and form.is_valid():
        try:
            _switch(request, program, form)
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("programs:enrolment", slug=program.slug)
    context = {
        "program": program,
        "form": form,
        "window": window_of(program, now),
        "openings": openings_of(program, now),
        "address": links.url(reverse("join:program", kwargs={"slug": program.slug})),
    }
    return render(request, "programs/enrolment.html", context, status=422 if form.errors else 200)


def _switch(request: ProgramRequest, program: Program, form: EnrolmentForm) -> None:
    if request.POST.get("do") == "close":
        enrolling.close_enrolment(program=program, by=request.user, now=timezone.now())
        messages.info(request, "Enrolment is closed. What was sent can still be decided.")
        return
    enrolling.open_enrolment(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
    messages.info(request, "Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def intake(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    found = program.tracks.select_related("intake").filter(slug=track).first()
    if found is None:
        raise Http404("There is no such track")
    model = registry.get(found.model)
    data = request.POST if request.method == "POST" else None
    form = IntakeForm(data, intake=intake_of(found), roles=model.roles)
    if request.method == "POST" and form.is_valid():
        try:
            enrolling.set_intake(track=found, spec=form.spec(), by=request.user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            ring()
            messages.info(request, "Saved.")
            return redirect("programs:enrolment", slug=program.slug)
    context = {"program": program, "track": found, "form": form}
    return render(request, "programs/intake.html", context, status=422 if form.errors else 200)


@require_safe
@program_view(Right.PEOPLE)
def applications(request: ProgramRequest, program: Program) -> HttpResponse:
    form = ApplicationFilterForm(request.GET, tracks=program.tracks.all())
    wanted = ApplicationFilter(**form.cleaned_data) if form.is_valid() else ApplicationFilter()
    now = timezone.now()
    decided = just_decided(program, now - UNDO)
    counts = application_counts(program)
    context = {
        "program": program,
        "form": form,
        "filtered": wanted != ApplicationFilter(),
        "counts": counts,
        "undecided": counts[State.APPLIED],
        "total": counts.total(),
        "page": page_of(request, applications_of(program, wanted), per_page=50),
        "decided": decided,
        "leaves_at": decided[0].decided_at + UNDO if decided and decided[0].decided_at else None,
        "undecided_states": (State.APPLIED, State.WAITING),
    }
    return render(request, "programs/applications.html", context)


def _numbers(request: ProgramRequest) -> list[int]:
    return [
        int(text) for text in request.POST.getlist("id")[:500] if text.isascii() and text.isdigit() and len(text) < 19
    ]


@require_POST
@program_view(Right.PEOPLE)
def accept(request: ProgramRequest, program: Program) -> HttpResponse:
    """Accept the ticked ones."""
    ids = _numbers(request)
    try:
        outcome = enrolling_deciding.accept_applications(program=program, ids=ids, by=request.user, now=timezone.now())
    except ProgramError as error:
        messages.error(request, str(error))
    else:
        _report(request, outcome, nothing=not ids)
    return redirect("programs:applications", slug=program.slug)


def _report(request: ProgramRequest, outcome: enrolling_deciding.Outcome, *, nothing: bool) -> None:
    """What could not be done; what was done stands on the page itself, with its undo."""
    for problem in outcome.problems:
        messages.error(request, problem)
    if outcome.waiting:
        people = "person is" if outcome.waiting == 1 else "people are"
        messages.warning(request, f"No place was left for {outcome.waiting}: the {people} on the waiting list.")
    if nothing:
        messages.warning(request, "Tick the people to accept.")


@require_POST
@program_view(Right.PEOPLE)
def undo(request: ProgramRequest, program: Program) -> HttpResponse:
    try:
        count = enrolling_deciding.undo_decisions(
            program=program, ids=_numbers(request), by=request.user, now=timezone.now()
        )
    except ProgramError as error:
        messages.error(request, f"Not undone: {error}")
    else:
        messages.info(request, f"{count} {'decision is' if count == 1 else 'decisions are'} taken back.")
        ring()
    return redirect("programs:applications", slug=program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.PEOPLE)
def application(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    found = application_in(program, pk)
    if found is None:
        raise Http404("There is no such application")
    declines = request.method == "POST" and request.POST.get("do") == "decline"
    form = DeclineForm(request.POST if declines else None)
    if request.method == "POST" and (not declines or form.is_valid()):
        try:
            _decide(request, program, found, form)
        except ProgramError as error:
            put_error(form, error) if declines else messages.error(request, str(error))
            if not declines:
                return redirect("programs:application", slug=program.slug, pk=pk)
        else:
            return redirect("programs:applications", slug=program.slug)
    context: dict[str, Any] = {
        "program": program,
        "application": found,
        "form": form,
        "rows": answer_rows(found, steps_of(found), change=False),
        "place": place_in_line(found) if found.state == State.WAITING else 0,
        "may_accept": found.state in (State.APPLIED, State.WAITING, State.DECLINED),
        "may_wait": found.state in (State.APPLIED, State.DECLINED),
        "may_decline": found.state in (State.APPLIED, State.WAITING, State.ACCEPTED) and found.enrolment is None,
    }
    return render(request, "programs/application.html", context, status=422 if form.errors else 200)


def _decide(request: ProgramRequest, program: Program, found: Application, form: DeclineForm) -> None:
    by, now = request.user, timezone.now()
    match request.POST.get("do"):
        case "accept":
            outcome = enrolling_deciding.accept_applications(program=program, ids=[found.pk], by=by, now=now)
            _report(request, outcome, nothing=False)
        case "wait":
            enrolling_deciding.put_on_waiting_list(application=found, by=by, now=now)
        case "decline":
            reason = form.cleaned_data["reason"]
            enrolling_deciding.decline_application(application=found, reason=reason, by=by, now=now)
        case _:
            raise Http404("There is no such button")


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def wishes(request: ProgramRequest, program: Program) -> HttpResponse:
    """Who wishes for whom, and who is kept apart; of exclusions that name the reader, nothing."""
    initial = {"one": request.GET.get("one", "")[:254]}
    form = ApartForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            enrolling_wishing.keep_apart(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, "Saved. The two are not matched; neither is told.")
            return redirect("programs:wishes", slug=program.slug)
    page = page_of(request, wishes_in(program), per_page=50)
    context = {
        "program": program,
        "form": form,
        "page": page,
        "rows": wish_rows(page),
        "apart": exclusions_seen_by(program, request.user),
    }
    return render(request, "programs/wishes.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.MATCH)
def lift(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    found = exclusion_seen_by(program, request.user, pk)
    if found is None:
        raise Http404("There is no such page")
    enrolling_wishing.lift(exclusion=found, by=request.user, now=timezone.now())
    messages.info(request, "The two may be matched again.")
    return redirect("programs:wishes", slug=program.slug)
