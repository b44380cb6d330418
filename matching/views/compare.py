"""Two proposals side by side: only what differs."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matching.models import Proposal
from matching.queries.compare import comparison, ready_proposals
from matching.views.proposals import newest_of_one_track
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right

PER_PAGE = 100


@require_safe
@program_view(Right.MATCH)
def compare(request: ProgramRequest, program: Program) -> HttpResponse:
    """Which two is in the query; with nothing chosen, the two newest."""
    ready = ready_proposals(program)
    by_number = {str(each.number): each for each in ready}
    newest = [str(number) for number in newest_of_one_track(ready)]
    chosen = [_chosen(by_number, request.GET.get(name, default)) for name, default in zip("ab", newest, strict=False)]
    if len(chosen) < 2:
        return render(request, "matching/compare.html", {"program": program, "comparable": ready})
    one, other = chosen
    if one.track_id != other.track_id:
        context = {"program": program, "comparable": ready, "chosen": [one.number, other.number], "apart": True}
        return render(request, "matching/compare.html", context)
    found = comparison(one, other)
    page = Paginator(found.differences, PER_PAGE).get_page(request.GET.get("page", "1")[:6])
    context = {
        "program": program,
        "comparable": ready,
        "chosen": [one.number, other.number],
        "found": found,
        "page": page,
    }
    return render(request, "matching/compare.html", context)


def _chosen(by_number: dict[str, Proposal], number: str) -> Proposal:
    found = by_number.get(number)
    if found is None:
        raise Http404("There is no such proposal")
    return found
