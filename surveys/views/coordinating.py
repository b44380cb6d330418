"""A program's surveys, for its coordinators."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from surveys import definition, services
from surveys.forms import OneQuestionForm
from surveys.forms_design import LicensedScaleForm, OwnQuestionForm, QuestionsForm, TimingForm
from surveys.models import Survey
from surveys.queries import moments_of, preview_of
from surveys.wording import STANDARD

SAVED = "The questions are saved. Answers given so far stay with the old words."


@require_safe
@program_view(Right.MATCH)
def survey_list(request: ProgramRequest, program: Program) -> HttpResponse:
    return render(request, "surveys/list.html", {"program": program, "moments": moments_of(program)})


def _known(kind: str) -> str:
    if kind not in STANDARD:
        raise Http404("There is no such page")
    return kind


@require_safe
@program_view(Right.MATCH)
def survey(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    """The questions of one survey as they are asked now."""
    preview = preview_of(program, _known(kind))
    return render(request, "surveys/survey.html", {"program": program, "preview": preview})


@require_safe
@program_view(Right.MATCH)
def preview(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    """A question on the page that people see, without a way to answer it."""
    found = preview_of(program, _known(kind))
    given = request.GET.get("n", "1")
    n = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 1
    n = min(max(n, 1), len(found.questions))
    context = {
        "program": program,
        "preview": found,
        "heading_line": program.name,
        "form": OneQuestionForm(question=found.questions[n - 1]),
        "n": n,
        "total": len(found.questions),
    }
    return render(request, "surveys/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def questions(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    """The words of a survey. A GET shows the standard ones where the program has none yet."""
    form = QuestionsForm(request.POST or None, items=preview_of(program, _known(kind)).items)
    if request.method == "POST" and form.is_valid():
        services.change_questions(program=program, kind=kind, items=form.items(), by=request.user, now=timezone.now())
        messages.info(request, SAVED)
        return redirect("surveys:survey", slug=program.slug, kind=kind)
    return _form_page(request, program, kind, form, QUESTIONS)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def add_question(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    return _add(request, program, _known(kind), OwnQuestionForm(request.POST or None), ADD)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def add_scale(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    return _add(request, program, _known(kind), LicensedScaleForm(request.POST or None), SCALE)


def _add(
    request: ProgramRequest,
    program: Program,
    kind: str,
    form: OwnQuestionForm | LicensedScaleForm,
    words: dict[str, str],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            services.add_questions(program=program, kind=kind, items=form.items(), by=request.user, now=timezone.now())
        except services.QuestionFixed as error:
            form.add_error(None, str(error))
        else:
            messages.info(request, SAVED)
            return redirect("surveys:survey", slug=program.slug, kind=kind)
    return _form_page(request, program, kind, form, words)


@require_POST
@program_view(Right.MATCH)
def remove_question(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    question = request.POST.get("question", "")
    try:
        services.remove_question(program=program, kind=_known(kind), slug=question, by=request.user, now=timezone.now())
    except services.QuestionFixed as error:
        messages.error(request, str(error))
    return redirect("surveys:survey", slug=program.slug, kind=kind)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def timing(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    form = TimingForm(request.POST or None, timing=definition.timing_of(program, _known(kind)))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.set_timing(
            program=program,
            kind=kind,
            on=data["on"],
            after_days=data.get("after_days"),
            reminder_days=data.get("reminder_days", []),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("surveys:list", slug=program.slug)
    return _form_page(request, program, kind, form, TIMING)


QUESTIONS = {
    "title": "Which words should people read?",
    "lead": "New words apply to everybody who is asked from now on. Items that are the same before and after stay as"
    " they are, so that the answers can be compared.",
    "submit": "Save the questions",
}
ADD = {
    "title": "What else do you want to ask?",
    "lead": "It comes after the questions that are there. Everybody may skip it.",
    "submit": "Add the question",
}
SCALE = {
    "title": "Which scale do you hold a licence for?",
    "lead": "Its items come after the questions that are there, word for word.",
    "submit": "Add the scale",
}
TIMING = {"title": "When should it be asked?", "lead": "", "submit": "Save"}


def _form_page(
    request: HttpRequest, program: Program, kind: str, form: forms.Form, words: dict[str, str]
) -> HttpResponse:
    label = Survey.Kind(kind).label
    context: dict[str, Any] = {"program": program, "kind": kind, "kind_name": label, "form": form, **words}
    return render(request, "surveys/form.html", context, status=422 if form.errors else 200)
