"""How a program stands by what good programs do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports.queries.standards import MET, NOT_YET, PARTLY, UNKNOWN, assess

# Of each state its chip: kind, icon, word.
CHIPS = {
    MET: ("ok", "check-lg", "Met"),
    PARTLY: ("warn", "circle-half", "Partly"),
    NOT_YET: ("risk", "x-lg", "Not yet"),
    UNKNOWN: ("plain", "question-circle", "Cannot be told"),
}
# Pages that admins do not see, as they are about people.
OF_COORDINATORS = frozenset({"matching:proposals", "curriculum:signing", "reports:pairs", "reports:overview",
                             "matching:over", "surveys:list", "closing:all"})  # fmt: skip


@require_safe
@program_view(Right.REPORT)
def standards(request: ProgramRequest, program: Program) -> HttpResponse:
    assessment = assess(program, timezone.now())
    sees_people = Right.SEE in request.program_rights
    rows = [
        {"row": row, "chip": CHIPS[row.state], "url": _url(program, row.page, sees_people=sees_people)}
        for row in assessment.rows
    ]
    return render(request, "reports/standards.html", {"program": program, "found": assessment, "rows": rows})


def _url(program: Program, page: str, *, sees_people: bool) -> str:
    if not page or (page in OF_COORDINATORS and not sees_people):
        return ""
    return reverse(page, args=[program.slug])
