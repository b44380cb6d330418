"""Opening what before-and-after answers came to, and fixing beforehand what the comparison goes by."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports import services
from reports.forms import PlanForm
from reports.models import ComparisonLook
from reports.queries.opened import plan_of


@require_POST
@program_view(Right.REPORT)
def open_look(request: ProgramRequest, program: Program, kind: str) -> HttpResponse:
    """A POST, because who has seen it is written down."""
    if kind not in ComparisonLook.Kind.values:
        raise Http404("There is no such page")
    try:
        services.open_look(program=program, kind=kind, by=request.user, now=timezone.now())
    except (services.TooEarly, services.TooLate) as error:
        messages.error(request, str(error))
    return redirect("reports:outcome", program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def plan(request: ProgramRequest, program: Program) -> HttpResponse:
    """How people come to their model, and which difference would matter."""
    fixed = plan_of(program)
    initial = {"assignment": fixed.assignment, "margin": fixed.margin} if fixed else {"assignment": "choose"}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.fix_plan(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
        except services.TooLate as error:
            form.add_error(None, str(error))
        else:
            messages.info(request, "The comparison goes by this from now on.")
            return redirect("reports:outcome", program.slug)
    may_change = services.may_fix_plan(program)
    context = {"program": program, "form": form, "fixed": fixed, "may_change": may_change}
    return render(request, "reports/report_plan.html", context, status=422 if form.errors else 200)
