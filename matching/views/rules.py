"""What counts in a track's matching: the list of rules, one rule, and what a run aims at."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from matching import services
from matching.criteria import RULE_KINDS, InvalidRulesError
from matching.errors import BadRule, MatchingError
from matching.forms import PlanForm
from matching.models import MatchingPlan, MatchRule
from matching.queries.board_aims import only_aim
from matching.queries.board_list import Allowed, allowed_pairs
from matching.queries.inputs import inputs_of, model_of
from matching.queries.rules import rule_lines
from matching.rule_forms import STRENGTHS, RuleForm
from matching.services.rules import is_one_sided, objectives_of, spec_of
from programs.access import ProgramRequest, program_view
from programs.models import ProfileField, Program, Track
from programs.permissions import Right


def _track(program: Program, slug: str) -> Track:
    track = Track.objects.select_related("plan").filter(program=program, slug=slug).first()
    if track is None:
        raise Http404("There is no such track")
    track.program = program
    return track


def _plan(track: Track) -> MatchingPlan:
    plan: MatchingPlan | None = getattr(track, "plan", None)
    if plan is None:
        raise Http404("Matching is not set up for this track yet")
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def plan(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """The rules of a track, how many pairs they leave, and the aim. A POST saves the aim, or sets matching up."""
    found = _track(program, track)
    present: MatchingPlan | None = getattr(found, "plan", None)
    if request.method == "POST" and (present is None or "set_up" in request.POST):
        services.ensure_plan(track=found, by=request.user, now=timezone.now())
        return redirect("matching:rules", slug=program.slug, track=track)
    if present is None:
        return render(request, "matching/rules_new.html", {"program": program, "track": found})
    form = PlanForm(
        request.POST or None,
        objectives=objectives_of(found),
        initial={name: getattr(present, name) for name in ("objective", "answer_days", "allow_repeats")},
    )
    if request.method == "POST" and form.is_valid():
        services.set_plan(plan=_plan(found), **form.cleaned_data, by=request.user, now=timezone.now())
        messages.info(request, "Saved.")
        return redirect("matching:rules", slug=program.slug, track=track)
    allowed, problem = _allowed(found)
    context = {
        "program": program,
        "track": found,
        "lines": rule_lines(present),
        "strengths": STRENGTHS,
        "one_sided": is_one_sided(found),
        "form": form,
        "only_aim": only_aim(model_of(found).shape),
        "allowed": allowed,
        "problem": problem,
    }
    return render(request, "matching/rules.html", context, status=422 if form.errors else 200)


def _allowed(track: Track) -> tuple[Allowed | None, str]:
    """How many pairs the rules leave; or why they cannot be used, where a field has changed under them."""
    try:
        return allowed_pairs(inputs_of(track)), ""
    except InvalidRulesError as error:
        return None, str(error)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def add_rule(request: ProgramRequest, program: Program, track: str) -> HttpResponse:
    """First which kind of rule (in the query), then its details."""
    found = _track(program, track)
    plan = _plan(found)
    kind = request.GET.get("kind", "")
    if kind not in RULE_KINDS:
        context = {"program": program, "track": found, "kinds": list(RULE_KINDS.values())}
        return render(request, "matching/rule_kinds.html", context)
    form = _form(request, found, kind)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_rule(plan=plan, spec=form.spec(), by=request.user, now=timezone.now())
        except BadRule as error:
            form.put_problems(error)
        else:
            return redirect("matching:rules", slug=program.slug, track=track)
    context = {"program": program, "track": found, "form": form, "kind": RULE_KINDS[kind]}
    return render(request, "matching/rule.html", context, status=422 if form.errors else 200)


def _form(request: ProgramRequest, track: Track, kind: str, rule: MatchRule | None = None) -> RuleForm:
    return RuleForm(
        request.POST or None,
        kind=RULE_KINDS[kind],
        fields=list(ProfileField.objects.filter(program=track.program_id)),
        one_sided=is_one_sided(track),
        spec=spec_of(rule) if rule else None,
    )


def _rule(plan: MatchingPlan, pk: int) -> MatchRule:
    related = ("taker_field", "giver_field", "condition_field")
    rule = MatchRule.objects.select_related(*related).filter(plan=plan, pk=pk).first()
    if rule is None:
        raise Http404("There is no such rule")
    rule.plan = plan
    return rule


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def rule(request: ProgramRequest, program: Program, track: str, pk: int) -> HttpResponse:
    found = _track(program, track)
    present = _rule(_plan(found), pk)
    form = _form(request, found, present.kind, present)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_rule(rule=present, spec=form.spec(), by=request.user, now=timezone.now())
        except BadRule as error:
            form.put_problems(error)
        else:
            return redirect("matching:rules", slug=program.slug, track=track)
    context = {"program": program, "track": found, "rule": present, "form": form, "kind": RULE_KINDS[present.kind]}
    return render(request, "matching/rule.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.MATCH)
def change_list(request: ProgramRequest, program: Program, track: str, pk: int) -> HttpResponse:
    """Move a rule, remove it, or change how much it counts: the button says which."""
    found = _track(program, track)
    present, action = _rule(_plan(found), pk), request.POST.get("do", "")
    try:
        if action in {"up", "down"}:
            services.move_rule(rule=present, up=action == "up", by=request.user, now=timezone.now())
        elif action == "remove":
            services.remove_rule(rule=present, by=request.user, now=timezone.now())
        elif action in MatchRule.Strength.values:
            services.set_strength(rule=present, strength=action, by=request.user, now=timezone.now())
        else:
            raise Http404("There is no such button")
    except MatchingError as error:
        messages.error(request, str(error))
    return redirect("matching:rules", slug=program.slug, track=track)
