"""Trying out other weights: a GET works out what they would change and stores nothing, a POST keeps them."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matching import services, tasks
from matching.errors import MatchingError
from matching.forms import WhatIfForm
from matching.models import Proposal
from matching.queries.inputs import model_of
from matching.queries.seated import PAIRED
from matching.queries.trials import Trial, rules_to_try
from matching.queries.whatif import trial
from matching.queries.whatif_many import trial_of_many
from matching.services.rules import objectives_of
from matching.services.shapes import SHAPES
from matching.views.proposals import find
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right


def _form(proposal: Proposal, data: QueryDict | None) -> WhatIfForm:
    return WhatIfForm(
        data,
        rules=rules_to_try(proposal),
        objectives=objectives_of(proposal.track),
        objective=proposal.objective,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def what_if(request: ProgramRequest, program: Program, number: int) -> HttpResponse:
    """Weights by the query string, and what they would change against this proposal; POST keeps them."""
    found = find(program, number)
    if found.state != Proposal.State.DRAFT:
        raise Http404("There is no such page")
    sent = request.POST if request.method == "POST" else request.GET
    form = _form(found, sent or None)
    if request.method == "POST" and form.is_valid():
        return _keep(request, found, form)
    tried, problem = _tried(found, form)
    context = {"program": program, "proposal": found, "form": form, "trial": tried, "problem": problem}
    return render(request, "matching/what_if.html", context, status=422 if form.errors else 200)


def _tried(proposal: Proposal, form: WhatIfForm) -> tuple[Trial | None, str]:
    """With nothing chosen yet there is nothing to compare."""
    if not form.is_bound or not form.is_valid():
        return None, ""
    shape = model_of(proposal.track).shape
    try:
        if shape in PAIRED:
            return trial(proposal, form.strengths, form.aim), ""
        return trial_of_many(proposal, form.strengths, form.aim, SHAPES[shape]), ""
    except MatchingError as error:
        return None, str(error)


def _keep(request: ProgramRequest, proposal: Proposal, form: WhatIfForm) -> HttpResponse:
    try:
        made = services.keep_trial(
            proposal=proposal, strengths=form.strengths, objective=form.aim, by=request.user, now=timezone.now()
        )
    except MatchingError as error:
        messages.error(request, str(error))
        return redirect("matching:what_if", slug=proposal.program.slug, number=proposal.number)
    tasks.ring(made.pk)
    return redirect("matching:proposal", slug=proposal.program.slug, number=made.number)
