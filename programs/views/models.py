"""Pages about the mentoring models, readable by everybody who is signed in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from participants.permissions import may_create_programs
from programs.catalogue import registry
from programs.catalogue.base import Family, MentoringModel
from programs.catalogue.comparison import FIRST_PAIR, facts
from programs.catalogue.comparison import compare as laid_side_by_side
from programs.catalogue.wording import (
    DIRECTIONS,
    FAMILIES,
    SHAPES,
    SIGNALS,
    always_true,
    arrangements,
    rule_lines,
    who_begins,
)
from programs.forms.choosing import CompareForm
from programs.queries.choosing import programs_to_change


@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    """All models, those led by mentors first."""
    families = [
        (FAMILIES[family], [model for model in registry.all_models() if model.family is family]) for family in Family
    ]
    context = {"families": families, "count": len(registry.all_models())}
    return render(request, "programs/models.html", context | {"may_create": may_create_programs(request.user)})


@require_safe
def model(request: HttpRequest, model: str) -> HttpResponse:
    found = _model(model)
    numbers = dict(facts(found))
    context = {
        "model": found,
        "family": FAMILIES[found.family],
        "numbers": [
            ("How people are put together", SHAPES[found.shape]),
            ("People together", numbers["People together"]),
            ("Time", numbers["Time"]),
            ("Who learns from whom", DIRECTIONS[found.direction]),
            ("First contact", who_begins(found)),
        ],
        "arrangements": arrangements(found),
        "rules": rule_lines(found),
        "always": always_true(found),
        "risks": [(risk.text, SIGNALS[risk.signal]) for risk in found.risks],
        "agenda_minutes": sum(item.minutes for item in found.agenda),
        "other": next(slug for slug in FIRST_PAIR[::-1] if slug != found.slug),
        "may_create": may_create_programs(request.user),
        "programs": programs_to_change(request.user),  # type: ignore[arg-type]  # signed in: LoginRequiredMiddleware
    }
    return render(request, "programs/model.html", context)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Any two models; before anybody has chosen, mentor-led and peer. What is no model counts as not chosen."""
    known = {each.slug: each for each in registry.all_models()}
    chosen = [
        known.get(request.GET.get(side, ""), known[usual])
        for side, usual in zip(("first", "second"), FIRST_PAIR, strict=True)
    ]
    first, second = chosen
    context = {
        "form": CompareForm(initial={"first": first.slug, "second": second.slug}),
        "first": first,
        "second": second,
        "models": chosen,
        "rows": laid_side_by_side(first, second),
    }
    return render(request, "programs/compare.html", context)


def _model(slug: str) -> MentoringModel:
    try:
        return registry.get(slug)
    except registry.UnknownModel as error:
        raise Http404("There is no such model") from error
