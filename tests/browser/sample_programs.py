"""The pages of a coordinator."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from matching.models import EndingToCome, Match, Proposal
from matching.services import end_soon
from participants.models import User
from programs.models import Import, Program, Role
from programs.services import importing
from reports.queries.base import load
from reports.queries.overview import pair_rows
from reports.signalling import mute
from tests.browser.sample_kit import DAY, Shown, at, signed_in

ROWS = b"e-mail,first name,level\nann@example.org,Ann,Junior\n,Bob,Junior\ncleo@example.org,Cleo,Top\n"
GOOD_ROWS = b"e-mail,first name,level\ndov@example.org,Dov,Junior\nella@example.org,Ella,Entry\n"


def coordinators_pages(program: Program, autumn: Program, winter: Program, draft: Proposal, dana: User) -> list[Shown]:
    track = program.tracks.get(model="traditional")
    here, there, empty = {"slug": program.slug}, {"slug": autumn.slug}, {"slug": winter.slug}
    of_draft: dict[str, Any] = {**there, "number": draft.number}
    pair = Match.objects.filter(proposal=draft).order_by("pk")[0]
    on = Match.objects.filter(track__program=program, state="active", starts_at=None).order_by("pk")[0]
    last_year = Match.objects.select_related("track__program").filter(end_reason="finished").order_by("-pk")[0]
    end_soon(match=on, by=dana, now=timezone.now())
    EndingToCome.objects.filter(match=on).update(due_at=timezone.now() + DAY)
    offered = Proposal.objects.filter(program=program, track=track).order_by("number").last()
    assert offered is not None
    imported, waiting = Import.objects.filter(track__program=autumn).order_by("pk")
    of_file: dict[str, Any] = {**there, "pk": waiting.pk}
    pages = [
        at("programs:list"),
        at("programs:new"),
        at("programs:new_with_models"),
        *_choosing_pages(program),
        at("setup:upload"),
        at("setup:tasks", **here),
        at("programs:details", **here),
        at("programs:coordinators", **here),
        at("programs:close", **here),
        at("programs:delete", **here),
        at("programs:add_track", **here),
        at("programs:track", **here, track=track.slug),
        at("programs:fields", **here),
        at("programs:add_field", **here),
        at("programs:field", **here, field="level"),
        at("programs:people", **here),
        at("programs:people", "not found", "?q=nobody-of-this-name", **here),
        at("programs:person", **here, pk=track.enrolments.order_by("pk")[0].pk),
        at("programs:import_upload", **there),
        at("programs:import_map", **of_file),
        at("programs:import_check", **of_file),
        at("programs:import_done", **there, pk=imported.pk),
        at("programs:history", **here),
        at("curriculum:signing", **here),
        at("matching:proposals", **there),
        at("matching:rules", **here, track=track.slug),
        at("matching:add_rule", **here, track=track.slug),
        at("matching:add_rule", "gap", "?kind=gap", **here, track=track.slug),
        at("matching:rule", **here, track=track.slug, pk=track.plan.rules.order_by("pk")[0].pk),
        at("matching:proposal", **of_draft),
        at("matching:proposal", "swapping", f"?swap={pair.pk}", **of_draft),
        at("matching:proposal", "offered", **here, number=offered.number),
        at("matching:why", **of_draft, match=pair.pk),
        at("matching:person", **of_draft, person=pair.seats.get(role=Role.MENTEE).enrolment_id),
        at("matching:person", "left over", **of_draft, person=draft.left_over[0]["enrolment"]),
        at("matching:what_if", "", f"?rule{draft.track.plan.rules.order_by('pk')[0].pk}=off", **of_draft),
        at("matching:waiting", **here, track=track.slug),
        at("matching:over", slug=last_year.track.program.slug),
        at("matching:match", "over", slug=last_year.track.program.slug, match=last_year.pk),
        at("matching:match", **here, match=on.pk),
        at("matching:end", **here, match=on.pk),
        at("closing:all", **here),
        at("matching:compare", **here),
        at("matching:publish", **of_draft),
        at("surveys:list", **here),
        at("surveys:questions", **here, kind="pulse"),
        at("surveys:survey", **here, kind="closing"),
        at("surveys:preview", **here, kind="closing"),
        at("surveys:add_question", **here, kind="closing"),
        at("surveys:add_scale", **here, kind="closing"),
        at("surveys:timing", **here, kind="midpoint"),
        at("reports:overview", **here),
        at("reports:pairs", **here),
        at("signals:rules", **here),
        at("signals:pair", **here, match=_silent(program)),
        at("reports:messages", **here),
        at("reports:outcome", **here),
        at("reports:outcome", "finished", slug="last-years-mentoring"),
        at("reports:comparison_plan", **here),
        at("reports:price", **here),
        at("reports:standards", slug="last-years-mentoring"),
        at("reports:links", **here),
    ]
    nothing_yet = ("programs:people", "matching:proposals", "reports:overview", "reports:pairs", "reports:messages",
                   "reports:outcome", "surveys:list", "setup:tasks", "programs:history")  # fmt: skip
    return pages + [at(name, "empty", **empty) for name in nothing_yet]


def _silent(program: Program) -> int:
    """A match that the rules have something to say about; one of their sayings was of no use."""
    rows = pair_rows(load(program), timezone.now())
    row = max(rows, key=lambda each: len(each.signals))
    if len(row.signals) > 1:
        match = Match.objects.get(pk=row.match.pk)
        mute(match=match, rule=row.signals[-1].rule, by=program.coordinators.get().user, now=timezone.now())
    return row.match.pk


def _choosing_pages(program: Program) -> list[Shown]:
    short = "?goal=career&seniors=0.2&hours=1&months=6&learners=60&expertise=yes&collaboration=yes&sensitive=yes"
    return [
        at("setup:templates"),
        at("setup:template", template="womens-circle-and-mentor"),
        at("setup:copy", slug=program.slug),
        at("models:list"),
        at("models:model", model="traditional"),
        at("models:model", "circle", model="circle"),
        at("models:model", "flash", model="flash"),
        at("models:compare"),
        at("models:question", "", "?goal=career", name="seniors"),
        at("models:more", "", short),
        at("models:advice", "open"),
        at("models:advice", "", "?goal=onboarding&levels=several&seniors=0.5&hours=2&months=6"),
        at("models:advice", "short", short),
        at("models:advice", "track", f"?goal=silos&program={program.slug}"),
    ]


def upload(program: Program, rows: bytes, by: User) -> Import:
    """A file whose columns have been chosen."""
    client = signed_in(by)
    who = f"{program.tracks.get().slug}:mentee"
    upload = {"who": who, "file": SimpleUploadedFile("people.csv", rows)}
    client.post(reverse("programs:import_upload", args=[program.slug]), upload)
    found = Import.objects.filter(track__program=program).order_by("pk").last()
    assert found is not None
    columns = {"column_0": "email", "column_1": "first_name", "column_2": "level", "encoding": ""}
    client.post(reverse("programs:import_map", args=[program.slug, found.pk]), columns)
    return found


def take_in(found: Import, by: User) -> None:
    client, at = signed_in(by), reverse("programs:import_check", args=[found.track.program.slug, found.pk])
    page = client.get(at).content.decode()
    client.post(at, {"seen": page.split('name="seen" value="')[1].split('"')[0]})
    importing.run_import(found.pk, clock=timezone.now)
