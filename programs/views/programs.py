from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from participants.emails import BadEmail
from participants.permissions import may_create_programs
from programs import services
from programs.access import ProgramRequest, creators_view, program_view
from programs.errors import Outdated, ProgramError
from programs.forms.basics import BasicsForm, CoordinatorForm, HistoryFilterForm, NewProgramForm, put_error
from programs.history import NOBODY, in_words
from programs.models import Coordinator, Program
from programs.permissions import Right
from programs.queries import history_of, programs_of
from programs.views.choosing import MAIN, asked, question_context
from programs.views.paging import page_of

BASICS = ("name", "description", "starts_on", "ends_on", "timezone", "contact_name", "contact_email")


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    programs = list(programs_of(request.user))  # type: ignore[arg-type]  # signed in: LoginRequiredMiddleware
    may_create = may_create_programs(request.user)
    if not programs and not may_create:
        raise Http404("There is no such page")
    return render(request, "programs/list.html", {"programs": programs, "may_create": may_create})


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """The advisor's first question, and beside it the other ways to begin."""
    if not may_create_programs(request.user):
        raise Http404("There is no such page")
    return render(request, "programs/new.html", question_context(asked(request), MAIN[0]))


@require_http_methods(["GET", "HEAD", "POST"])
@creators_view
def new_with_models(request: HttpRequest) -> HttpResponse:
    """For those who know what they want; `?models=peer` has it ticked."""
    form = NewProgramForm(request.POST or None, initial=NewProgramForm.first_values(request.GET, timezone.now()))
    if request.method == "POST" and form.is_valid():
        try:
            program = services.create_program(
                basics=form.basics(request.user),  # type: ignore[arg-type]  # signed in: LoginRequiredMiddleware
                models=form.cleaned_data["models"],
                by=request.user,  # type: ignore[arg-type]  # as above
                now=timezone.now(),
            )
        except ProgramError as error:
            put_error(form, error)
        else:
            return redirect("setup:tasks", slug=program.slug)
    return render(request, "programs/new_with_models.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def details(request: ProgramRequest, program: Program) -> HttpResponse:
    form = BasicsForm(request.POST or None, initial={name: getattr(program, name) for name in (*BASICS, "version")})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_program(
                program=program,
                basics=form.basics(),
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except Outdated:
            return _outdated(request, program.pk, form)
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, "Saved.")
            return redirect("setup:tasks", slug=program.slug)
    context = {"program": program, "form": form}
    return render(request, "programs/details.html", context, status=422 if form.errors else 200)


def _outdated(request: ProgramRequest, pk: int, sent: BasicsForm) -> HttpResponse:
    """Both texts, and the form with one's own once more: sent again, it replaces what is shown beside it."""
    program = Program.objects.get(pk=pk)
    form = BasicsForm(initial={**sent.cleaned_data, "version": program.version})
    context = {"program": program, "form": form, "differences": sent.differences(program)}
    return render(request, "programs/details.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.STAFF)
def coordinators(request: ProgramRequest, program: Program) -> HttpResponse:
    form = CoordinatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_coordinator(
                program=program, email=form.cleaned_data["email"], by=request.user, now=timezone.now()
            )
        except BadEmail as error:
            form.add_error("email", str(error))
        else:
            messages.info(request, f"{added.user} runs this program now.")
            return redirect("programs:coordinators", slug=program.slug)
    context = {"program": program, "form": form, "coordinators": program.coordinators.select_related("user")}
    return render(request, "programs/coordinators.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.STAFF, may_end_it=True)
def remove_coordinator(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    coordinator = Coordinator.objects.filter(program=program, pk=pk).select_related("user").first()
    if coordinator is None:
        raise Http404("There is no such page")
    try:
        services.remove_coordinator(coordinator=coordinator, by=request.user, now=timezone.now())
    except ProgramError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, f"{coordinator.user} no longer runs this program.")
    if coordinator.user_id == request.user.pk:
        return redirect("home")
    return redirect("programs:coordinators", slug=program.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT)
def close(request: ProgramRequest, program: Program) -> HttpResponse:
    if request.method == "POST":
        try:
            services.close_program(program=program, by=request.user, now=timezone.now())
        except ProgramError as error:
            messages.error(request, str(error))
        return redirect("setup:tasks", slug=program.slug)
    return render(request, "programs/close.html", {"program": program})


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.EDIT, may_end_it=True)
def delete(request: ProgramRequest, program: Program) -> HttpResponse:
    if request.method == "POST":
        try:
            services.delete_program(program=program, by=request.user, now=timezone.now())
        except ProgramError as error:
            messages.error(request, str(error))
            return redirect("setup:tasks", slug=program.slug)
        messages.info(request, f"“{program.name}” is deleted.")
        return redirect("home")
    return render(request, "programs/delete.html", {"program": program})


@require_safe
@program_view(Right.HISTORY)
def history(request: ProgramRequest, program: Program) -> HttpResponse:
    form = HistoryFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, history_of(program, **wanted), per_page=50)
    context = {
        "program": program,
        "form": form,
        "filtered": any(wanted.values()),
        "page": page,
        "lines": [(entry, entry.by.name if entry.by else NOBODY, in_words(entry.verb, entry.detail)) for entry in page],
    }
    return render(request, "programs/history.html", context)
