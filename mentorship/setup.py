"""Setting a program up: one task list over what the apps below configure, and the whole as a file."""

import json
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from matching.models import MatchingPlan
from mentorship import setup_templates
from mentorship.definition import BadProgramFile, add_program, dump_program, read_file
from participants.formkit import LookForm
from participants.permissions import may_create_programs
from programs.access import ProgramRequest, creators_view, program_view
from programs.models import Program, Track
from programs.permissions import Right
from programs.queries import head_count

app_name = "setup"
ENROLMENT = "Enrolment"


@dataclass(frozen=True)
class Task:
    label: str
    url: str
    state: str
    hint: str = ""


def _state(*, done: bool) -> str:
    return "done" if done else "todo"


def tasks_of(program: Program, rights: frozenset[Right]) -> list[Task]:
    """What there is to set up, in the order most people go; only what this reader may change."""
    at = {"slug": program.slug}
    tracks = list(program.tracks.all())
    coordinators = reverse("programs:coordinators", kwargs=at)
    return [
        Task(
            "Dates, description and contact",
            reverse("programs:details", kwargs=at),
            "done" if program.description and program.contact_email else "started",
            f"{program.starts_on:%-d %B %Y} to {program.ends_on:%-d %B %Y}{_missing(program)}",
        ),
        *(_track_task(program, track) for track in tracks),
        Task("What people are asked", reverse("programs:fields", kwargs=at), _state(done=program.fields.exists())),
        *(_matching_tasks(program, tracks) if Right.MATCH in rights else ()),
        Task("Coordinators", coordinators, _state(done=program.coordinators.exists())),
        Task(
            ENROLMENT,
            reverse("programs:enrolment", kwargs=at),
            _state(done=program.takes_applications),
            "People can apply" if program.takes_applications else "Places, the public page, and its days",
        ),
        *([_people_task(program)] if Right.PEOPLE in rights else ()),
    ]


def _missing(program: Program) -> str:
    named = {"what it is for": program.description, "where replies go": program.contact_email}
    missing = " and ".join(name for name, given in named.items() if not given)
    return f"; missing: {missing}" if missing else ""


def _track_task(program: Program, track: Track) -> Task:
    return Task(
        f"Track: {track.name}",
        reverse("programs:track", kwargs={"slug": program.slug, "track": track.slug}),
        "done",
        f"{track.get_model_display()}, every {track.cadence_days} days, {track.session_minutes} minutes",
    )


def _matching_tasks(program: Program, tracks: list[Track]) -> list[Task]:
    """Rules and surveys have defaults that work, so that both are done from the start."""
    at = {"slug": program.slug}
    plans = MatchingPlan.objects.filter(track__program=program).annotate(count=Count("rules"))
    counts = dict(plans.values_list("track", "count"))
    rules = [
        Task(
            f"Matching rules: {track.name}",
            reverse("matching:rules", kwargs={**at, "track": track.slug}),
            "done",
            _rules_hint(counts.get(track.pk)),
        )
        for track in tracks
    ]
    surveys = reverse("surveys:list", kwargs=at)
    return [*rules, Task("Surveys", surveys, "done", "A check-in goes out after each session")]


def _rules_hint(count: int | None) -> str:
    """A track nobody has looked at yet is matched by the rules of its model."""
    if count is None:
        return "Those of the model, until you change them"
    return f"{count} rule{'' if count == 1 else 's'}" if count else "None: everybody fits everybody"


def _people_task(program: Program) -> Task:
    people = head_count(program)["all"]
    hint = f"{people} people take part" if people else "Import a CSV or Excel file"
    url = reverse("programs:people" if people else "programs:import_upload", kwargs={"slug": program.slug})
    return Task("People", url, _state(done=people > 0), hint)


@require_safe
@program_view(Right.EDIT)
def tasks(request: ProgramRequest, program: Program) -> HttpResponse:
    todo = tasks_of(program, request.program_rights)
    done = sum(task.state == "done" for task in todo)
    may_open = program.state == Program.State.DRAFT and not program.takes_applications and bool(program.contact_email)
    following = next(
        (task for task in todo if task.state != "done" and not (may_open and task.label == ENROLMENT)), None
    )
    context = {"program": program, "tasks": todo, "done": done, "following": following, "may_open": may_open}
    return render(request, "setup/tasks.html", context | _rights(request))


def _rights(request: ProgramRequest) -> dict[str, bool]:
    return {"may_match": Right.MATCH in request.program_rights, "may_create": may_create_programs(request.user)}


@require_safe
@program_view(Right.EDIT)
def download(_request: ProgramRequest, program: Program) -> HttpResponse:
    """The whole definition as a file: a template for the next program, here or elsewhere."""
    content = json.dumps(dump_program(program), indent=2, ensure_ascii=False)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{program.slug}.json"'
    return response


class UploadForm(LookForm):
    file = forms.FileField(label="Program file", help_text="A .json file downloaded from a program’s set-up page.")


@require_http_methods(["GET", "HEAD", "POST"])
@creators_view
def upload(request: HttpRequest) -> HttpResponse:
    """A new program from a file; one with that address already gets a new address and leaves the old one alone."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = read_file(form.cleaned_data["file"].read())
            program = add_program(data, by=request.user, now=timezone.now())  # type: ignore[arg-type]  # signed in
        except BadProgramFile as error:
            for problem in error.problems:
                form.add_error("file", problem)
        else:
            messages.info(request, f"“{program.name}” is set up from the file.")
            return redirect("setup:tasks", slug=program.slug)
    return render(request, "setup/upload.html", {"form": form}, status=422 if form.errors else 200)


urlpatterns = [
    path("upload/", upload, name="upload"),
    path("new/templates/", setup_templates.templates, name="templates"),
    path("new/templates/<slug:template>/", setup_templates.template, name="template"),
    path("<slug:slug>/set-up/", tasks, name="tasks"),
    path("<slug:slug>/set-up/file/", download, name="download"),
    path("<slug:slug>/set-up/copy/", setup_templates.copy, name="copy"),
]
