from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs import services
from programs.access import ProgramRequest, program_view
from programs.errors import Outdated, ProgramError
from programs.forms.answers import PersonForm
from programs.forms.people import PeopleFilterForm
from programs.models import Enrolment, Program, Role
from programs.permissions import Right
from programs.queries import A_PAGE, LISTED, Listed, PeopleFilter, first_people, head_count, people_of, tracks_of
from programs.views.paging import page_of


@require_safe
@program_view(Right.PEOPLE)
def people(request: ProgramRequest, program: Program) -> HttpResponse:
    form = PeopleFilterForm(request.GET, tracks=tracks_of(program.pk))
    wanted = PeopleFilter(**form.cleaned_data) if form.is_valid() else PeopleFilter()
    heads, filtered = head_count(program), wanted != PeopleFilter()
    rows = people_of(program, wanted).values_list(*LISTED)
    page = page_of(request, rows, per_page=A_PAGE, count=None if filtered else heads["entries"])
    shown = page.object_list if filtered or page.number > 1 else first_people(program.pk)
    context = {
        "program": program,
        "form": form,
        "filtered": filtered,
        "count": heads,
        "roles": dict(Role.choices),
        "page": page,
        "people": [Listed(*each) for each in shown],
    }
    return render(request, "programs/people.html", context)


def _enrolment(program: Program, pk: int) -> Enrolment:
    found = Enrolment.objects.select_related("user", "track").filter(track__program=program, pk=pk).first()
    if found is None:
        raise Http404("There is no such person")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.PEOPLE)
def person(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    enrolment = _enrolment(program, pk)
    form = PersonForm(request.POST or None, fields=program.fields.all(), enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_enrolment(
                enrolment=enrolment,
                answers=form.answers(enrolment.answers),
                capacity=form.cleaned_data.get("capacity", enrolment.capacity),
                manager=form.cleaned_data["manager"],
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=timezone.now(),
            )
        except Outdated:
            fresh = PersonForm(fields=program.fields.all(), enrolment=_enrolment(program, pk))
            context = {
                "program": program,
                "enrolment": enrolment,
                "differences": fresh.written_again(form),
                "form": fresh,
            }
            return render(request, "programs/person.html", context, status=409)
        except ProgramError as error:
            form.put_error(error)
        else:
            messages.info(request, "Saved.")
            return redirect("programs:people", slug=program.slug)
    context = {"program": program, "enrolment": enrolment, "form": form}
    return render(request, "programs/person.html", context, status=422 if form.errors else 200)


@require_POST
@program_view(Right.PEOPLE)
def leave(request: ProgramRequest, program: Program, pk: int) -> HttpResponse:
    """Take somebody out, or back in after a slip of the hand."""
    enrolment = _enrolment(program, pk)
    if request.POST.get("do") == "return":
        services.take_back(enrolment=enrolment, by=request.user, now=timezone.now())
        messages.info(request, f"{enrolment.user} takes part again.")
    else:
        services.leave(enrolment=enrolment, by=request.user, now=timezone.now())
        messages.info(request, f"{enrolment.user} no longer takes part. Undo it on their page.")
    return redirect("programs:person", slug=program.slug, pk=pk)
