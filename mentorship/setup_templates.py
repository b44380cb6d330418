"""Starting from a template: one of those shipped, or a program of one's own."""

import calendar
import datetime as dt
import re

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mentorship import program_templates
from mentorship.definition import BadProgramFile
from mentorship.program_templates import Template
from participants.formkit import DayField, LookForm
from programs.access import ProgramRequest, creators_view, program_view
from programs.catalogue.advisor.plan import first_day
from programs.models import Program
from programs.permissions import Right
from programs.queries.choosing import programs_to_copy

# “, December 2026” or “, December 2026 (2)” at the end of a program's name.
_MONTH = re.compile(rf", (?:{'|'.join(calendar.month_name[1:])}) [0-9]{{4}}(?: \(([0-9]{{1,3}})\))?$")


class StartForm(LookForm):
    name = forms.CharField(max_length=120, help_text="People see it in every mail.")
    starts_on = DayField(label="First day", help_text="The last day follows from it.")


@require_safe
@creators_view
def templates(request: HttpRequest) -> HttpResponse:
    own = programs_to_copy(request.user).prefetch_related("tracks")  # type: ignore[arg-type]  # signed in
    return render(request, "setup/templates.html", {"shipped": program_templates.shipped(), "own": own})


@require_http_methods(["GET", "HEAD", "POST"])
@creators_view
def template(request: HttpRequest, template: str) -> HttpResponse:
    try:
        found = program_templates.get(template)
    except program_templates.UnknownTemplate as error:
        raise Http404("There is no such template") from error
    return _start(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@creators_view
@program_view(Right.EDIT)
def copy(request: ProgramRequest, program: Program) -> HttpResponse:
    """A new program like this one: questions, tracks, rules and surveys, but none of its people."""
    whole = request.method == "POST"
    found = program_templates.of_program(program) if whole else program_templates.outline_of(program)
    return _start(request, found, copied=program)


def _start(request: HttpRequest, found: Template, copied: Program | None = None) -> HttpResponse:
    first = first_day(timezone.localdate())
    form = StartForm(request.POST or None, initial={"name": _named(found.name, first), "starts_on": first})
    if request.method == "POST" and form.is_valid():
        by, now = request.user, timezone.now()
        try:
            program = program_templates.start_from(found, **form.cleaned_data, by=by, now=now)  # type: ignore[arg-type]
        except BadProgramFile as error:
            for problem in error.problems:
                form.add_error(None, problem)
        else:
            messages.info(request, f"“{program.name}” is set up. Until somebody joins, the draft can be deleted again.")
            return redirect("setup:tasks", slug=program.slug)
    context = {"form": form, "template": found, "copied": copied}
    return render(request, "setup/template.html", context, status=422 if form.errors else 200)


def _named(name: str, first: dt.date) -> str:
    """The name with the month it begins in, in place of the month before it; a second one of a month is numbered."""
    month = _MONTH.search(name)
    made = f"{name[: month.start()] if month else name}, {first:%B %Y}"
    if month and name.startswith(made):
        made = f"{made} ({int(month[1] or 1) + 1})"
    return made[:120]
