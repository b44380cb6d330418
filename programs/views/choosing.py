"""The advisor: one question a page, answers in the address, and one press from its advice to a program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from participants.lasting import lasting
from participants.models import User
from participants.permissions import may_create_programs
from programs import services
from programs.access import still_creates, still_holds
from programs.catalogue import registry
from programs.catalogue.advisor import (
    QUESTIONS,
    Advice,
    Answers,
    Question,
    advise,
    as_query,
    from_query,
    in_a_sentence,
    names_of,
)
from programs.catalogue.base import MentoringModel
from programs.errors import ProgramError
from programs.forms.choosing import MoreForm
from programs.models import Program
from programs.permissions import RIGHTS, Right, may

MAIN = [question for question in QUESTIONS if question.main]


@dataclass(frozen=True)
class Asked:
    """What the address says: the answers, what of it cannot be read, and the program that is to get a track."""

    answers: Answers
    problems: Mapping[str, str]
    program: Program | None

    def link(
        self, name: str, answers: Answers | None = None, *, kwargs: dict[str, str] | None = None, **more: str
    ) -> str:
        """An address of the advisor with these answers, or the present ones."""
        kept = {"program": self.program.slug} if self.program else {}
        query = urlencode({**as_query(answers or self.answers), **kept, **more})
        return reverse(name, kwargs=kwargs) + (f"?{query}" if query else "")


def asked(request: HttpRequest) -> Asked:
    """Raises Http404 for a program that this person may not change."""
    answers, problems = from_query(request.GET.dict())
    slug = request.GET.get("program", "")
    program = Program.objects.filter(slug=slug).first() if slug and "\0" not in slug else None
    if slug and (program is None or not may(_person(request), Right.EDIT, program)):
        raise Http404("There is no such page")
    return Asked(answers, problems, program)


def _may_still(request: HttpRequest, here: Asked) -> bool:
    """Whether who set something up here may still do so, at the end of it."""
    return still_holds(_person(request), here.program, RIGHTS[Right.EDIT]) if here.program else still_creates(request)


def _person(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # signed in: LoginRequiredMiddleware


@require_safe
def question(request: HttpRequest, name: str) -> HttpResponse:
    """One of the main questions; each answer is a link to the next one, or straight back to the advice."""
    found = next((each for each in MAIN if each.name == name), None)
    if found is None:
        raise Http404("There is no such question")
    here = asked(request)
    return render(request, "programs/question.html", question_context(here, found, back=bool(request.GET.get("back"))))


def question_context(here: Asked, found: Question, *, back: bool = False) -> dict[str, Any]:
    """What the page of a question shows: an answer for each option, and which models are still in."""
    number = MAIN.index(found)
    following = None if back or found is MAIN[-1] else MAIN[number + 1]
    before = MAIN[number - 1] if number and not back else None
    standing = advise(here.answers)
    ranked = {entry.model.slug for entry in standing.ranked}
    return {
        "question": found,
        "given": here.answers.get(found.name),
        "options": [
            (option, _onward(here, here.answers.with_answer(found.name, option.value), following))
            for option in found.options
        ],
        "skip": _onward(here, here.answers.with_answer(found.name, None), following),
        "before": here.link("models:question", kwargs={"name": before.name}) if before else "",
        "step": number + 1,
        "total": len(MAIN),
        "models": [(model, model.slug in ranked) for model in registry.all_models()],
        "in_play": len(ranked),
        "number_to": _onward_path(following),
        "kept": _kept(here, found),
        "program": here.program,
    }


def _onward(here: Asked, answers: Answers, following: Question | None) -> str:
    if following is None:
        return here.link("models:advice", answers)
    return here.link("models:question", answers, kwargs={"name": following.name})


def _onward_path(following: Question | None) -> str:
    return reverse("models:question", kwargs={"name": following.name}) if following else reverse("models:advice")


def _kept(here: Asked, found: Question) -> list[tuple[str, str]]:
    """The other answers, as hidden fields of the form for a number of one's own."""
    kept = {name: value for name, value in as_query(here.answers).items() if name != found.name}
    return [*kept.items(), *([("program", here.program.slug)] if here.program else [])]


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """The questions that sharpen the advice, all on one page and none of them needed."""
    here = asked(request)
    asked_here = {question.name for question in QUESTIONS if not question.main}
    kept = [(name, value) for name, value in as_query(here.answers).items() if name not in asked_here]
    kept += [("program", here.program.slug)] if here.program else []
    form = MoreForm(answers=here.answers)
    return render(request, "programs/more.html", {"form": form, "kept": kept, "back": here.link("models:advice")})


@require_http_methods(["GET", "HEAD", "POST"])
def advice(request: HttpRequest) -> HttpResponse:
    """Which model fits, and why. The button sets it up: a new program, or tracks of one that is there."""
    here = asked(request)
    may_set_up = here.program is not None or may_create_programs(request.user)
    told = advise(here.answers)
    problems = list(here.problems.values())
    chosen = _chosen(request, told)
    if request.method == "POST":
        if not may_set_up:
            raise Http404("There is no such page")
        with lasting(request, lambda: _may_still(request, here)):
            try:
                return _set_up(_person(request), request, here, [model.slug for model in chosen])
            except ProgramError as error:
                problems.append(str(error))
    context = _shown(here, told, chosen) | {"may_set_up": may_set_up, "problems": [(text, "") for text in problems]}
    if chosen and may_set_up and here.program is None:
        context["plan"] = services.default_plan(
            models=[model.slug for model in chosen], answers=here.answers, by=_person(request), now=timezone.now()
        )
    refused = request.method == "POST" or problems
    return render(request, "programs/advice.html", context, status=422 if refused else 200)


def _set_up(by: User, request: HttpRequest, here: Asked, models: list[str]) -> HttpResponse:
    """Raises ProgramError for what the advice refuses."""
    now = timezone.now()
    if here.program:
        services.add_from_advice(program=here.program, answers=here.answers, models=models, by=by, now=now)
        return redirect("setup:tasks", slug=here.program.slug)
    program = services.create_from_advice(answers=here.answers, models=models, by=by, now=now)
    messages.info(request, f"“{program.name}” is set up with every default in place. You can change each of them.")
    return redirect("setup:tasks", slug=program.slug)


def _chosen(request: HttpRequest, told: Advice) -> list[MentoringModel]:
    """The models the address chooses, and otherwise the two that a rule recommends together, or the best one.

    Words that are no model are not looked at.
    """
    wanted = request.GET.get("use", "").split(",")[:2]
    known = {model.slug: model for model in registry.all_models()}
    found = [known[slug] for slug in dict.fromkeys(wanted) if slug in known]
    if found:
        return found
    if told.integrated:
        return list(told.integrated[0].models)
    return [told.best.model] if told.best else []


def _shown(here: Asked, told: Advice, chosen: list[MentoringModel]) -> dict[str, Any]:
    slugs, by_hand = ",".join(model.slug for model in chosen), reverse("programs:new_with_models")
    most = max((entry.points for entry in told.ranked), default=0)
    return {
        "advice": told,
        "heading": _heading(told, here.answers),
        "program": here.program,
        "chosen": chosen,
        "chosen_names": names_of(chosen) if chosen else "",
        "chosen_inline": in_a_sentence(names_of(chosen)) if chosen else "",
        "entry": next((e for e in told.ranked if len(chosen) == 1 and e.model.slug == chosen[0].slug), None),
        "each_of_them": [e for e in told.ranked if len(chosen) > 1 and e.model in chosen],
        "pair": next((each for each in told.integrated if list(each.models) == chosen), None),
        "integrated": [
            (each, names_of(each.models), here.link("models:advice", use=",".join(model.slug for model in each.models)))
            for each in told.integrated
            if list(each.models) != chosen
        ],
        "others": [
            (e, 100 * max(e.points, 0) / max(most, 1), here.link("models:advice", use=e.model.slug))
            for e in told.ranked
            if e.model.slug != slugs
        ],
        "safeguards": _safeguards(told, chosen),
        "answered": [(q.text, _words(q, here.answers), _change(here, q)) for q in QUESTIONS if q.main],
        "also": [(q.text, _words(q, here.answers)) for q in QUESTIONS if not q.main and _words(q, here.answers)],
        "more": here.link("models:more"),
        "changes": [
            (each, here.link("models:advice", here.answers.with_answer(each.question.name, each.option.value)))
            for each in told.what_would_change
        ],
        "post_to": here.link("models:advice", use=slugs),
        "by_hand": f"{by_hand}?{urlencode({'models': [model.slug for model in chosen]}, doseq=True)}",
    }


def _heading(told: Advice, answers: Answers) -> str:
    if not as_query(answers):
        return "Nothing is answered yet, so every model is still in"
    if told.best is None:
        return "No model fits these answers"
    if told.integrated:
        return f"Best fit: {names_of(told.integrated[0].models)}, together"
    first = [entry.model for entry in told.ranked if entry.points == told.best.points]
    if told.best.points <= 0:
        return "Nothing speaks for one model more than for others yet"
    if len(first) > 3:
        return f"{len(first)} models fit equally well so far"
    return f"Best fit: {names_of(first)}"


def _safeguards(told: Advice, chosen: Iterable[MentoringModel]) -> list[str]:
    """Those of the models and those of the answers, each once."""
    texts = [each.text for model in chosen for each in model.safeguards] + [each.text for each in told.safeguards]
    return list(dict.fromkeys(texts))


def _change(here: Asked, question: Question) -> str:
    return here.link("models:question", kwargs={"name": question.name}, back="1")


def _words(question: Question, answers: Answers) -> str:
    """The answer as its option says it, or the number with its unit; "" for an open question.

    A number that was typed and not chosen is told as it was typed.
    """
    given = answers.get(question.name)
    if given is None:
        return ""
    is_typed = question.kind == "number" and not question.main
    label = next((option.label for option in question.options if option.value == given and not is_typed), "")
    return label or f"{given:g} {question.unit}"
