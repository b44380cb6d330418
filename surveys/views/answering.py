"""What people see who are asked: behind a link without signing in, and on their own page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mail import links
from mail.pages import token_page
from participants.models import User
from surveys import services
from surveys.forms import OneQuestionForm, SendForm, SurveyForm
from surveys.mails import PURPOSE, partners_in, survey_path
from surveys.models import Invitation, Question, Survey
from surveys.queries import (
    asked_in,
    invitation_of,
    is_open,
    is_sent,
    open_for,
    own_answers,
    questions_for,
    wants_contact,
)

ASKS_CONSENT = (Survey.Kind.BASELINE, Survey.Kind.CLOSING)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the signed-in person has been asked and not answered."""
    user, now = request.user, timezone.now()
    if not isinstance(user, User):
        raise Http404("There is no such page")
    rows = [(each, survey_path(each, now=now), partners_in(each)) for each in open_for(user, now)]
    paused_until = user.paused_until if user.is_paused(now) else None
    return render(request, "surveys/mine.html", {"rows": rows, "paused_until": paused_until})


@token_page(PURPOSE)
def answer(request: HttpRequest, link: links.Link) -> HttpResponse:
    """After a session, all on one page: a choice made in the mail is only preselected, and one button saves it. The
    others begin here, or go on where somebody stopped.
    """
    invitation = invitation_of(link.user, link.subject_id)
    if invitation is None or invitation.survey.kind == Survey.Kind.PULSE:
        return _pulse(request, invitation)
    if is_sent(invitation):
        return _done(request, invitation)
    if not is_open(invitation, timezone.now()):
        return _closed(request, invitation)
    given = own_answers(invitation)
    asked = questions_for(invitation)
    begin = next((n for n, each in enumerate(asked, start=1) if each.slug not in given), len(asked) + 1)
    context = {"begin": _page(_token(request), begin), "total": len(asked), "begun": len(given)}
    return render(request, "surveys/begin.html", {**_frame(invitation), **context})


def _page(token: str, n: int) -> str:
    return reverse("survey_links:question", kwargs={"tok": token, "n": n})


def _frame(invitation: Invitation) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "heading_line": invitation.survey.program.name,
        "partner": partners_in(invitation),
    }


def _pulse(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    now = timezone.now()
    if invitation is None or not is_open(invitation, now):
        return _closed(request, invitation)
    asked = asked_in(invitation.survey_id)
    form = SurveyForm(request.POST or None, questions=asked, initial=_initial(request, invitation, asked))
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
    done = "done" in request.GET and invitation.answered_at is not None
    context = {**_frame(invitation), "form": form, "done": done, "more": "more" in request.GET}
    return render(request, "surveys/answer.html", context, status=422 if form.errors else 200)


@token_page(PURPOSE)
def question(request: HttpRequest, link: links.Link, n: int) -> HttpResponse:
    """One question, or behind the last one what is sent. Nothing counts before it is sent."""
    invitation = invitation_of(link.user, link.subject_id)
    if invitation is None or not is_open(invitation, timezone.now()):
        return _closed(request, invitation)
    if is_sent(invitation):
        return _done(request, invitation, again=request.method == "POST")
    asked = questions_for(invitation)
    if not 1 <= n <= len(asked) + 1:
        raise Http404("There is no such page")
    try:
        return _one(request, invitation, asked, n) if n <= len(asked) else _send(request, invitation, asked)
    except services.AlreadySent:
        return _done(request, invitation, again=True)
    except services.SurveyClosed:
        return _closed(request, None)


def _one(request: HttpRequest, invitation: Invitation, asked: list[Question], n: int) -> HttpResponse:
    current, now, token = asked[n - 1], timezone.now(), _token(request)
    sent = request.POST if request.method == "POST" else None
    form = OneQuestionForm(sent, question=current, initial=_chosen(request, invitation, current, n))
    skipped = request.POST.get("do") == "skip"
    if skipped or form.is_valid():
        value = None if skipped else form.answer()
        services.save_answer(invitation=invitation, slug=current.slug, value=value, now=now)
        if request.POST.get("do") == "contact":
            services.ask_for_contact(invitation=invitation, now=now)
            return redirect(f"{_page(token, n)}?told=1")
        return redirect(_page(token, len(asked) + 1 if "change" in request.GET else n + 1))
    context = {
        **_frame(invitation),
        "form": form,
        "question": current,
        "n": n,
        "total": len(asked),
        "back": _page(token, n - 1) if n > 1 else "",
        "contact_asked": wants_contact(invitation),
    }
    return render(request, "surveys/question.html", context, status=422 if form.errors else 200)


def _token(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs["tok"]) if request.resolver_match else ""


def _send(request: HttpRequest, invitation: Invitation, asked: list[Question]) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = SendForm(sent, asks_consent=invitation.survey.kind in ASKS_CONSENT)
    if form.is_valid():
        services.send(
            invitation=invitation,
            consent=form.consents,
            contact_me=form.cleaned_data["contact_me"],
            now=timezone.now(),
        )
        return redirect("survey_links:answer", tok=_token(request))
    given = own_answers(invitation)
    rows = [_row(each, given.get(each.slug), _page(_token(request), n)) for n, each in enumerate(asked, start=1)]
    context = {**_frame(invitation), "form": form, "rows": rows, "back": _page(_token(request), len(asked))}
    return render(request, "surveys/send.html", context, status=422 if form.errors else 200)


def _row(question: Question, given: int | str | None, url: str) -> dict[str, str]:
    words = dict(question.choices).get(given) if isinstance(given, int) else given
    number = str(given) if isinstance(given, int) and question.kind == Question.Kind.SCALE else ""
    value = "left out" if given is None else f"{number} {f'({words})' if number and words else words or ''}".strip()
    return {"key": question.text, "value": value, "url": f"{url}?change=1"}


def _done(request: HttpRequest, invitation: Invitation, *, again: bool = False) -> HttpResponse:
    """Sent; and if somebody presses the button of another window, that nothing of it was taken."""
    context = {**_frame(invitation), "again": again}
    return render(request, "surveys/done.html", context, status=409 if again else 200)


def _closed(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    return render(request, "surveys/closed.html", {"invitation": invitation}, status=410 if invitation else 404)


def _chosen(request: HttpRequest, invitation: Invitation, current: Question, n: int) -> dict[str, str]:
    """What was answered before; without that, the number the mail's link carries for the first question."""
    given = own_answers(invitation).get(current.slug)
    if given is not None:
        return {"answer": str(given)}
    chosen = request.GET.get("a", "")
    return {"answer": chosen} if n == 1 and chosen in {str(value) for value in current.values} else {}


def _initial(request: HttpRequest, invitation: Invitation, asked: list[Question]) -> dict[str, Any]:
    """The same for all questions on one page."""
    given: dict[str, Any] = {slug: str(value) for slug, value in own_answers(invitation).items()}
    first = next(iter(asked), None)
    if first and not given and request.GET.get("a", "") in {str(value) for value in first.values}:
        given[first.slug] = request.GET["a"]
    return given


def _sent(request: HttpRequest, form: SurveyForm) -> dict[str, int | str | None]:
    """The answers of this form; the one-tap form on a receipt sends a single one and leaves the others alone."""
    answers = form.answers()
    if "one" not in request.GET:
        return answers
    return {slug: value for slug, value in answers.items() if slug in request.POST}
