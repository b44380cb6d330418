"""A person's own application, one thing a page; their wishes; and whom they want to be kept from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.tasks import ring
from participants.forms import ProfileForm
from participants.models import User
from participants.services import update_profile
from programs.answered import in_words
from programs.errors import ProgramError
from programs.forms.basics import put_error
from programs.forms.enrolling import OrientationForm, QuestionForm
from programs.models import Application, ProfileField, Role
from programs.queries.enrolling import intake_of, my_application, place_in_line, shown_state, window_of
from programs.services.enrolling_applying import (
    OPEN,
    confirm_orientation,
    save_step,
    send_application,
    withdraw_application,
)

State = Application.State
NAMES = ("first_name", "last_name", "timezone")
View = Callable[..., HttpResponse]


def application_view(view: View) -> View:
    """Hand one's own application to the view; anybody else's is a 404."""

    @wraps(view)
    def page(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = my_application(cast("User", request.user), pk)
        if found is None:
            raise Http404("There is no such page")
        return view(request, found, **kwargs)

    return page


@dataclass(frozen=True)
class Step:
    """One page of an application: about oneself, a question of the program, or how many mentees."""

    number: int
    kind: str
    label: str
    field: ProfileField | None = None


def steps_of(application: Application) -> list[Step]:
    fields = [field for field in application.track.program.fields.all() if application.role in field.asked_of]
    asked: list[tuple[str, str, ProfileField | None]] = [("you", "Name and time zone", None)]
    asked += [("field", field.label, field) for field in fields]
    if application.role == Role.MENTOR:
        asked.append(("capacity", "Mentees at once", None))
    return [Step(number, *each) for number, each in enumerate(asked, 1)]


def _may_answer(application: Application) -> bool:
    """Its questions are still open: to be sent while enrolment is, or to be corrected until somebody has decided."""
    if application.state == State.STARTED:
        return window_of(application.track.program, timezone.now()) == "open"
    return application.state in OPEN


@require_safe
@application_view
def sent(request: HttpRequest, application: Application) -> HttpResponse:
    """How it stands; what is only started goes on where it was left."""
    if application.state == State.STARTED and _may_answer(application):
        number = application.steps_done + 1
        if number > len(steps_of(application)):
            return redirect("joining:check", pk=application.pk)
        return redirect("joining:step", pk=application.pk, step=number)
    state = shown_state(application, timezone.now())
    context = {
        "application": application,
        "program": application.track.program,
        "state": state,
        "place": place_in_line(application) if state == application.state == State.WAITING else 0,
        "orients": state == State.ACCEPTED and application.enrolment is None,
        "asks_wishes": intake_of(application.track).wishes > 0,
    }
    return render(request, "programs/joining_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@application_view
def step(request: HttpRequest, application: Application, step: int) -> HttpResponse:
    steps = steps_of(application)
    if not 1 <= step <= len(steps):
        raise Http404("There is no such page")
    if not _may_answer(application):
        return redirect("joining:sent", pk=application.pk)
    now_at = steps[step - 1]
    form = _form(request, application, now_at)
    if request.method == "POST" and form.is_valid():
        try:
            _save(application, now_at, form, cast("User", request.user))
        except ProgramError as error:
            form.add_error(f"answer_{error.field}" if f"answer_{error.field}" in form.fields else None, str(error))
        else:
            return _onwards(application, step, len(steps), to_check="check" in request.GET)
    back = reverse("joining:step", kwargs={"pk": application.pk, "step": step - 1}) if step > 1 else ""
    context = {
        "application": application,
        "program": application.track.program,
        "heading_line": application.track.program.name,
        "step": now_at,
        "steps": steps,
        "form": form,
        "back": back,
    }
    return render(request, "programs/joining_step.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, application: Application, at: Step) -> Any:  # noqa: ANN401 - one of two forms
    data = request.POST if request.method == "POST" else None
    if at.kind == "you":
        user = cast("User", request.user)
        return ProfileForm(data, initial={name: getattr(user, name) for name in NAMES})
    return QuestionForm(data, field=at.field, application=application)


def _save(application: Application, at: Step, form: Any, user: User) -> None:  # noqa: ANN401 - one of two forms
    if at.kind == "you":
        update_profile(by=user, **form.cleaned_data, now=timezone.now())
    save_step(
        application=application,
        field=at.field,
        answers=form.answers({}) if at.field else {},
        capacity=form.cleaned_data.get("capacity", application.capacity),
        steps_done=at.number,
    )


def _onwards(application: Application, step: int, total: int, *, to_check: bool) -> HttpResponse:
    if application.state != State.STARTED:
        return redirect("joining:sent", pk=application.pk)
    if to_check or step >= total:
        return redirect("joining:check", pk=application.pk)
    return redirect("joining:step", pk=application.pk, step=step + 1)


def answer_rows(application: Application, steps: list[Step], *, change: bool) -> list[dict[str, str]]:
    """The answers in words, as the check page shows them and, without the way to change them, the coordinator's."""
    rows = []
    for each in steps:
        url = reverse("joining:step", kwargs={"pk": application.pk, "step": each.number}) + "?check=1"
        rows.append({"key": each.label, "value": _value(application, each), "url": url if change else ""})
    return rows


def _value(application: Application, at: Step) -> str:
    if at.kind == "you":
        return f"{application.user.name}, {application.user.timezone.replace('_', ' ')}"
    if at.field is None:
        return str(application.track.capacity if application.capacity is None else application.capacity)
    value = application.answers.get(at.field.slug)
    return "" if value is None else in_words(value)


@require_http_methods(["GET", "HEAD", "POST"])
@application_view
def check(request: HttpRequest, application: Application) -> HttpResponse:
    if application.state != State.STARTED or not _may_answer(application):
        return redirect("joining:sent", pk=application.pk)
    problem = ""
    if request.method == "POST":
        try:
            send_application(application=application, by=cast("User", request.user), now=timezone.now())
            ring()
            return redirect("joining:sent", pk=application.pk)
        except ProgramError as error:
            problem = str(error)
    context = {
        "application": application,
        "program": application.track.program,
        "heading_line": application.track.program.name,
        "rows": answer_rows(application, steps_of(application), change=True),
        "screened": intake_of(application.track).screened,
        "problem": problem,
    }
    return render(request, "programs/joining_check.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@application_view
def withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    has_left = application.enrolment is not None and application.enrolment.left_at is not None
    if has_left or application.state in (State.WITHDRAWN, State.DECLINED):
        return redirect("joining:sent", pk=application.pk)
    if request.method == "POST":
        try:
            withdraw_application(application=application, by=cast("User", request.user), now=timezone.now())
        except ProgramError as error:
            messages.error(request, str(error))
        ring()
        return redirect("joining:sent", pk=application.pk)
    context = {"application": application, "program": application.track.program}
    return render(request, "programs/joining_withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@application_view
def orientation(request: HttpRequest, application: Application) -> HttpResponse:
    """What one must know, point by point, before one is matched."""
    state = shown_state(application, timezone.now())
    if state != State.ACCEPTED or application.enrolment is not None:
        return redirect("joining:sent", pk=application.pk)
    intake = intake_of(application.track)
    form = OrientationForm(request.POST if request.method == "POST" else None, points=intake.orientation_points)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_orientation(
                application=application, ticked=form.ticked(), by=cast("User", request.user), now=timezone.now()
            )
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("joining:sent", pk=application.pk)
    program = application.track.program
    context = {
        "application": application,
        "program": program,
        "intake": intake,
        "form": form,
        "heading_line": program.name,
    }
    return render(request, "programs/joining_orientation.html", context, status=422 if form.errors else 200)
