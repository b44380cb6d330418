"""What an hour costs in a program."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports.forms_sharing import PriceForm
from reports.queries.opened import fixed_of
from reports.services.pricing import set_price


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def price(request: ProgramRequest, program: Program) -> HttpResponse:
    fixed = fixed_of(program).price
    initial = {"hour": fixed.hour, "costs": fixed.costs, "currency": fixed.currency} if fixed else {"currency": "EUR"}
    form = PriceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_price(program=program, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.info(request, "Saved. The report follows at once.")
        return redirect("reports:outcome", program.slug)
    return render(request, "reports/price.html", {"program": program, "form": form}, status=422 if form.errors else 200)
