from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail import links
from mail.pages import token_page
from participants.models import User
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from surveys import definition, services
from surveys.forms import QuestionsForm, SurveyForm
from surveys.mails import PURPOSE, partners
from surveys.models import Invitation
from surveys.queries import figures_of, own_answers, surveys_of


@require_safe
@program_view(Right.MATCH)
def survey_list(request: ProgramRequest, program: Program) -> HttpResponse:
    surveys = [figures_of(survey) for survey in surveys_of(program)]
    return render(request, "surveys/list.html", {"program": program, "surveys": surveys, "standard": definition.PULSE})


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def questions(request: ProgramRequest, program: Program) -> HttpResponse:
    """The words of the survey after a session. A GET shows the standard ones where the program has none yet."""
    survey = program.surveys.filter(active=True).first()
    present = definition.dump_part(program) or [definition.PULSE]
    form = QuestionsForm(request.POST or None, items=present[0]["questions"])
    if request.method == "POST" and form.is_valid():
        services.change_questions(program=program, items=form.items(), by=request.user, now=timezone.now())
        messages.info(request, "The questions are saved. Answers given so far stay with the old words.")
        return redirect("surveys:list", slug=program.slug)
    context = {"program": program, "survey": survey, "form": form}
    return render(request, "surveys/questions.html", context, status=422 if form.errors else 200)


def _invitation(link: links.Link) -> Invitation | None:
    return (
        Invitation.objects.select_related("survey__program", "session__match", "user")
        .filter(pk=link.subject_id, user=link.user)
        .first()
    )


@token_page(PURPOSE)
def answer(request: HttpRequest, link: links.Link) -> HttpResponse:
    """The check-in: a choice made in the mail is only preselected here, and one button saves it."""
    invitation = _invitation(link)
    now = timezone.now()
    if invitation is None or now >= invitation.closes_at:
        return _closed(request, invitation)
    form = SurveyForm(request.POST or None, survey=invitation.survey, initial=_initial(request, invitation))
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(
                invitation=invitation,
                answers=_sent(request, form),
                contact_me=form.cleaned_data["contact_me"] or None,
                now=now,
            )
        except services.SurveyClosed:
            return _closed(request, None)
        return redirect(f"{request.path}?{'more' if 'one' in request.GET else 'done'}=1")
    user: User = link.user
    context: dict[str, Any] = {
        "form": form,
        "invitation": invitation,
        "heading_line": invitation.survey.program.name,
        "partner": partners(invitation.session, user.pk) if invitation.session else "",
        "done": "done" in request.GET and invitation.answered_at is not None,
        "more": "more" in request.GET,
    }
    return render(request, "surveys/answer.html", context, status=422 if form.errors else 200)


def _closed(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    return render(request, "surveys/closed.html", {"invitation": invitation}, status=410 if invitation else 404)


def _initial(request: HttpRequest, invitation: Invitation) -> dict[str, Any]:
    """What was answered before; without that, the number the mail's link carries for the first question."""
    given: dict[str, Any] = {slug: str(value) for slug, value in own_answers(invitation).items()}
    first = invitation.survey.questions.first()
    if first and not given and request.GET.get("a", "") in {str(n) for n in range(1, first.points + 1)}:
        given[first.slug] = request.GET["a"]
    return given


def _sent(request: HttpRequest, form: SurveyForm) -> dict[str, int | str | None]:
    """The answers of this form; the one-tap form on a receipt sends a single one and leaves the others alone."""
    answers = form.answers()
    if "one" not in request.GET:
        return answers
    return {slug: value for slug, value in answers.items() if slug in request.POST}
