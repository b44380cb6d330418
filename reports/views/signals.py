"""What the rules say about a match and what can be done; and the rules' numbers."""

from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.models import Match
from participants.models import User
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from reports import signalling
from reports.forms_signals import ThresholdsForm
from reports.health import RULES
from reports.queries.around import limits_of
from reports.queries.asks import networks_in
from reports.queries.base import load
from reports.queries.overview import PairRow, pair_rows
from reports.queries.signals import told_of
from reports.signalling import BadThreshold


def _row(program: Program, match: int) -> PairRow:
    row = next((each for each in pair_rows(load(program), timezone.now()) if each.match.pk == match), None)
    if row is None:
        raise Http404("There is no such page")
    return row


def _letter(program: Program, row: PairRow) -> str:
    """A mail to all in the match, ready to be changed: friendly, and without a word of what the rules have seen."""
    addresses = User.objects.filter(pk__in=[member.user for member in row.match.members]).order_by("pk")
    to = ",".join(quote(email, safe="@") for email in addresses.values_list("email", flat=True))
    words = {
        "subject": f"{program.name}: how is it going?",
        "body": (
            f"Hello {row.match.names},\n\nhow are you getting on with each other? If something is in the way, such as "
            "finding a time, tell me, and I will help.\n\nKind regards\n"
        ),
    }
    return f"mailto:{to}?{urlencode(words, quote_via=quote)}"


@require_safe
@program_view(Right.SEE)
def pair(request: ProgramRequest, program: Program, match: int) -> HttpResponse:
    """One active match: what the rules say, why, and what can be done about it."""
    row = _row(program, match)
    context = {
        "program": program,
        "row": row,
        "now": timezone.now(),
        "letter": _letter(program, row),
        "rules": RULES,
    }
    return render(request, "reports/pair.html", context)


@require_POST
@program_view(Right.SEE)
def mute(request: ProgramRequest, program: Program, match: int) -> HttpResponse:
    """A signal is of no use for this match, or is to be shown again."""
    found = get_object_or_404(Match.objects.select_related("track"), pk=match, track__program=program)
    rule = request.POST.get("rule", "")
    if rule not in RULES or RULES[rule].of_asks:
        raise Http404("There is no such signal")
    if request.POST.get("do") == "show":
        signalling.unmute(match=found, rule=rule, by=request.user, now=timezone.now())
    else:
        signalling.mute(match=found, rule=rule, by=request.user, now=timezone.now())
        messages.info(request, f"“{RULES[rule].title}” is not shown for this match any more.")
    return redirect("signals:pair" if found.state == Match.State.ACTIVE else "matching:match", program.slug, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.SEE)
def rules(request: ProgramRequest, program: Program) -> HttpResponse:
    """Every rule with its numbers, how often it was of use, and what answers point to."""
    told = told_of(program, with_asks=bool(networks_in(program.tracks.all())))
    data = request.POST if request.method == "POST" else None
    form = ThresholdsForm(data, limits=limits_of(program), rules=[each.rule for each in told])
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values()
            signalling.set_thresholds(program=program, values=values, by=request.user, now=timezone.now())
        except BadThreshold as error:
            form.add_error(error.slug, str(error))
        else:
            messages.info(request, "The signals follow these numbers from now on.")
            return redirect("signals:rules", slug=program.slug)
    shown = [(each, [form[number.slug] for number in each.rule.numbers]) for each in told]
    context = {"program": program, "form": form, "shown": shown}
    return render(request, "reports/signals.html", context, status=422 if form.errors else 200)
