"""The page anybody may see, and the way from an e-mail address into an application."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail import links
from mail.tasks import ring
from participants.models import User
from participants.sending import done
from participants.services import sign_in_mark, use_sign_in_link
from participants.views import BACKEND
from programs.errors import ProgramError
from programs.forms.basics import put_error
from programs.forms.enrolling import ApplyForm
from programs.mails import PURPOSE
from programs.models import Program, Track
from programs.permissions import Right, may
from programs.queries.enrolling import Opening, is_announced, openings_of, window_of
from programs.services.enrolling_applying import LINK_MINUTES, EnrolmentClosed, send_join_link, start_application


def _program(request: HttpRequest, slug: str) -> Program:
    """An announced program; a draft is shown to those who set it up."""
    found = Program.objects.filter(slug=slug).first()
    user = request.user
    if found is None or not (is_announced(found) or (isinstance(user, User) and may(user, Right.EDIT, found))):
        raise Http404("There is no such page")
    return found


@require_safe
@login_not_required
def program(request: HttpRequest, slug: str) -> HttpResponse:
    found = _program(request, slug)
    now = timezone.now()
    window = window_of(found, now)
    context: dict[str, Any] = {"program": found, "window": window, "heading_line": found.name}
    if window == "open" or not is_announced(found):
        openings = openings_of(found, now)
        context |= {"tracks": _by_track(openings), "screened": _screened(openings), "months": _months(found)}
    return render(request, "programs/join.html", context)


def _by_track(openings: list[Opening]) -> list[list[Opening]]:
    tracks = dict.fromkeys(each.track for each in openings)
    return [[each for each in openings if each.track == track] for track in tracks]


def _screened(openings: list[Opening]) -> bool:
    return any(getattr(each.track, "intake", None) is None or each.track.intake.screened for each in openings)


def _months(found: Program) -> int:
    return max(1, round((found.ends_on - found.starts_on).days * 12 / 365))


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what to apply for. The answer is the same whether an address is known or not."""
    found = _program(request, slug)
    now = timezone.now()
    if window_of(found, now) != "open":
        return redirect("join:program", slug=slug)
    openings = openings_of(found, now)
    signed_in = isinstance(request.user, User)
    initial = {"what": request.GET.get("what", "")}
    form = ApplyForm(request.POST or None, openings=openings, signed_in=signed_in, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in openings if each.key == form.cleaned_data["what"])
        try:
            return _start(request, found, chosen) if signed_in else _send(request, found, chosen, form)
        except ProgramError as error:
            put_error(form, error)
    context = {"program": found, "form": form, "heading_line": found.name}
    return render(request, "programs/join_apply.html", context, status=422 if form.errors else 200)


def _start(request: HttpRequest, found: Program, chosen: Opening) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # the caller has looked
    chosen.track.program = found
    application = start_application(track=chosen.track, role=chosen.role, by=user, now=timezone.now())
    return redirect("joining:sent", pk=application.pk)


def _send(request: HttpRequest, found: Program, chosen: Opening, form: ApplyForm) -> HttpResponse:
    address = form.cleaned_data["email"].strip().lower()
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return render(request, "participants/too_often.html", status=429)
    chosen.track.program = found
    send_join_link(track=chosen.track, role=chosen.role, email=address, now=timezone.now())
    ring()
    context = {"program": found, "address": address, "minutes": LINK_MINUTES, "heading_line": found.name}
    return done(render(request, "programs/join_link_sent.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def confirm(request: HttpRequest, tok: str) -> HttpResponse:
    """Opening the link changes nothing; its button signs in, once, and starts the application."""
    try:
        link = links.read(tok, PURPOSE, now=timezone.now())
    except (links.LinkInvalid, links.LinkExpired):
        return _no_longer(request)
    role, _, bound_to = link.extra.partition("-")
    track = Track.objects.select_related("program").filter(pk=link.subject_id).first()
    user: User = link.user
    if track is None or bound_to != sign_in_mark(user):
        return _no_longer(request)
    if request.method == "POST":
        if not use_sign_in_link(user=user, mark=bound_to, now=timezone.now()):
            return _no_longer(request)
        login(request, user, backend=BACKEND)
        return _begin(user, track, role)
    response = render(request, "programs/join_confirm.html", {"program": track.program})
    response["X-Robots-Tag"] = "noindex"
    return response


def _begin(user: User, track: Track, role: str) -> HttpResponse:
    """Signed in by now; where nobody can apply any more, the public page says so; who takes part sees their own."""
    try:
        application = start_application(track=track, role=role, by=user, now=timezone.now())
    except EnrolmentClosed:
        return redirect("join:program", slug=track.program.slug)
    except ProgramError:
        return redirect("home")
    return redirect("joining:sent", pk=application.pk)


def _no_longer(request: HttpRequest) -> HttpResponse:
    response = render(request, "programs/join_no_longer.html", status=410)
    response["X-Robots-Tag"] = "noindex"
    return response
