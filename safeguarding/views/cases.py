"""Cases: the list, one case, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mail.tasks import ring
from participants.models import User
from safeguarding import queries, services
from safeguarding.access import CaseRequest, case_view, managed_view
from safeguarding.errors import CaseChanged, ConcernError
from safeguarding.forms import AssignForm, CloseForm, MatchForm, NoteForm
from safeguarding.models import Case
from safeguarding.permissions import is_lead, is_open, may_manage

PER_PAGE = 50


@require_safe
def case_list(request: CaseRequest) -> HttpResponse:
    rows = queries.cases_for(request.user)
    if rows is None:
        raise Http404("There is no such page")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page", "1")[:6])
    context = {"page": page, "leads": is_lead(request.user)}
    return render(request, "safeguarding/cases.html", context)


@require_safe
@case_view
def case(request: CaseRequest, case: Case) -> HttpResponse:
    """Everything but its words, which are read by a POST."""
    return _page(request, case)


@require_POST
@case_view
def read(request: CaseRequest, case: Case) -> HttpResponse:
    """Each reading is written down before the words are shown."""
    words = services.read_case(case=case, by=request.user, now=timezone.now())
    return _page(request, case, words=words)


def _page(
    request: CaseRequest, case: Case, status: int = 200, *, words: queries.CaseWords | None = None, **forms: Any
) -> HttpResponse:
    """The case with its forms, one of which may be the form that was just refused; its words where they were read."""
    now = timezone.now()
    manages = may_manage(request.user, case)
    context: dict[str, Any] = {
        "case": case,
        "manages": manages,
        "words": words,
        "log": queries.done_with(case),
        "openings": [(each, is_open(each, now)) for each in case.openings.select_related("by")] if manages else [],
        "note_form": NoteForm(auto_id="note_%s"),
    }
    if manages:
        context |= {
            "assign_form": AssignForm(people=queries.may_take(case), initial={"to": case.lead_id}, auto_id="to_%s"),
            "close_form": CloseForm(auto_id="close_%s"),
            "match_form": MatchForm(auto_id="match_%s"),
        }
    context |= forms
    refused = next(iter(forms.values()), None)
    context["form"] = refused
    return render(request, "safeguarding/case.html", context, status=status)


def _outdated(request: CaseRequest, case: Case, error: CaseChanged) -> HttpResponse:
    """What stands now, with the reason why nothing was changed."""
    messages.warning(request, str(error))
    fresh = queries.case_of(request.user, case.number)
    if fresh is None:
        raise Http404("There is no such page")
    return _page(request, fresh, status=409)


def _version(request: CaseRequest) -> int:
    """Of the case as the page showed it; 0, which none has, where it says nothing of the kind."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


@require_POST
@case_view
def note(request: CaseRequest, case: Case) -> HttpResponse:
    form = NoteForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        services.write_note(case=case, body=form.cleaned_data["body"], by=request.user, now=timezone.now())
        return redirect("safeguarding:case", number=case.number)
    return _page(request, case, 422, note_form=form)


@require_POST
@managed_view
def assign(request: CaseRequest, case: Case) -> HttpResponse:
    people = queries.may_take(case)
    form = AssignForm(request.POST, people=people, auto_id="to_%s")
    if not form.is_valid():
        return _page(request, case, 422, assign_form=form)
    to = next(user for user in people if user.pk == form.cleaned_data["to"])
    try:
        services.assign(case=case, to=to, version=_version(request), by=request.user, now=timezone.now())
    except CaseChanged as error:
        return _outdated(request, case, error)
    except ConcernError as error:
        form.add_error(None, str(error))
        return _page(request, case, 422, assign_form=form)
    ring()
    messages.info(request, f"{_named(to, request.user)} it now.")
    return redirect("safeguarding:case", number=case.number)


def _named(to: User, reader: User) -> str:
    return "You look after" if to == reader else f"{to.name} looks after"


@require_POST
@managed_view
def close(request: CaseRequest, case: Case) -> HttpResponse:
    form = CloseForm(request.POST, auto_id="close_%s")
    if not form.is_valid():
        return _page(request, case, 422, close_form=form)
    outcome = form.cleaned_data["outcome"]
    try:
        services.close(case=case, outcome=outcome, version=_version(request), by=request.user, now=timezone.now())
    except CaseChanged as error:
        return _outdated(request, case, error)
    messages.info(request, "The case is closed.")
    return redirect("safeguarding:case", number=case.number)


@require_POST
@managed_view
def change(request: CaseRequest, case: Case) -> HttpResponse:
    """Open it again, or set or lift the legal hold."""
    facts: dict[str, Any] = {"case": case, "version": _version(request), "by": request.user, "now": timezone.now()}
    try:
        match request.POST.get("do"):
            case "reopen":
                services.reopen(**facts)
            case "hold" | "lift" as step:
                services.set_hold(held=step == "hold", **facts)
            case _:
                return _page(request, case, 422)
    except CaseChanged as error:
        return _outdated(request, case, error)
    return redirect("safeguarding:case", number=case.number)


@require_POST
@managed_view
def name_match(request: CaseRequest, case: Case) -> HttpResponse:
    """Say which match a case is about."""
    form = MatchForm(request.POST, auto_id="match_%s")
    if not form.is_valid():
        return _page(request, case, 422, match_form=form)
    facts: dict[str, Any] = {"case": case, "version": _version(request), "by": request.user, "now": timezone.now()}
    try:
        services.name_match(addresses=[form.cleaned_data["one"], form.cleaned_data["other"]], **facts)
    except CaseChanged as error:
        return _outdated(request, case, error)
    except ConcernError as error:
        form.add_error(error.field, str(error))
        return _page(request, case, 422, match_form=form)
    return redirect("safeguarding:cases")
