"""Asks in a network: write one, read what comes back, reply to those of others, and what coordinators see of it all."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import ResolverMatch
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mail.links import Link
from mail.pages import gone, token_page
from mail.tasks import ring
from programs.access import ProgramRequest, program_view
from programs.models import Program
from programs.permissions import Right
from programs.queries.enrolling import parts_of
from sessions.access import MemberRequest
from sessions.ask_mails import ROUTE_PURPOSE
from sessions.errors import SessionError, TooFew
from sessions.forms_asks import AskForm, FlagForm, ReplyForm, WeeklyCapForm
from sessions.models import Ask, AskFlag, AskReply, AskRoute
from sessions.queries.ask_figures import AskFigures, TrackAsks, ask_figures
from sessions.queries.ask_routing import cap_of, network_of
from sessions.queries.asks import AskView, RouteView, ask_desk, ask_of, asks_of, route_of, skills_of
from sessions.services import ask_replies
from sessions.services import asks as services
from sessions.views import parts

DECLINES = (AskRoute.State.NOT_MINE, AskRoute.State.NO_TIME)


def _number(text: str) -> int:
    """The number of a row that a button names; 0 is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@require_safe
def asks(request: MemberRequest) -> HttpResponse:
    """What waits for this person's reply, and what they asked."""
    found = asks_of(request.user, parts_of(request.user.pk))
    return render(request, "sessions/asks.html", {"asks": found, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest, enrolment_id: int) -> HttpResponse:
    """Write an ask. Where few can be asked, that is said before it goes to them."""
    desk = ask_desk(request.user, enrolment_id)
    if desk is None:
        raise Http404("There is no such page")
    start = {"named": True}
    form = AskForm(request.POST if request.method == "POST" else None, initial=start, skills=skills_of(desk))
    few: TooFew | None = None
    if request.method == "POST" and form.is_valid():
        will_do = request.POST.get("few") == "yes"
        deed: dict[str, Any] = {"asker": desk, **form.facts(), "few_will_do": will_do, "by": request.user}
        try:
            ask = services.send_ask(**deed, now=timezone.now())
            ring()
            return redirect("sessions:ask", ask_id=ask.pk)
        except SessionError as error:
            parts.add_refusal(form, error)
            few = error if isinstance(error, TooFew) else None
    terms = network_of(desk.track)
    context = {"desk": desk, "form": form, "few": few, "terms": terms, "cap": cap_of(desk.track)}
    return render(request, "sessions/ask_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, ask_id: int) -> HttpResponse:
    """One's own ask, its replies, and how it ended."""
    view = ask_of(request.user, ask_id)
    if view is None:
        raise Http404("There is no such page")
    if request.method == "POST":
        try:
            _change(request, view)
        except SessionError as error:
            messages.error(request, str(error))
        return redirect("sessions:ask", ask_id=view.ask.pk)
    terms = network_of(view.ask.asker.track)
    context = {"view": view, "ask": view.ask, "terms": terms, "shows_hidden": "hidden" in request.GET}
    return render(request, "sessions/ask.html", context)


def _change(request: MemberRequest, view: AskView) -> None:
    """One button of the page: close it, show one's name, or thank for, hide or show a reply."""
    step, _, number = request.POST.get("do", "").partition(":")
    told: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if step in (Ask.State.HELPED, Ask.State.ELSEWHERE, Ask.State.DROPPED):
        services.close_ask(ask=view.ask, outcome=step, **told)
    elif step == "name":
        services.show_name(ask=view.ask, **told)
    elif step in ("thank", "hide", "show"):
        reply = next((each for each in view.all_replies if each.pk == _number(number)), None)
        if reply is None:
            raise Http404("There is no such page")
        if step == "thank":
            ask_replies.thank_for_reply(reply=reply, **told)
        else:
            ask_replies.hide_reply(reply=reply, hidden=step == "hide", **told)
    else:
        raise Http404("There is no such page")


@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: MemberRequest, route_id: int) -> HttpResponse:
    """Somebody's ask that came to this person: reply, or say no by one tap."""
    view = route_of(request.user, route_id)
    if view is None:
        raise Http404("There is no such page")
    form = ReplyForm(request.POST if _replies(request) else None)
    if request.method == "POST" and _answer(request, form, view):
        return redirect("sessions:asked", route_id=view.route.pk)
    return _show(request, "sessions/asked.html", view, form)


@token_page(ROUTE_PURPOSE)
def link(request: HttpRequest, link: Link) -> HttpResponse:
    """The same behind the button of a mail, without signing in."""
    view = route_of(link.user, link.subject_id)
    if view is None:
        return gone(request)
    form = ReplyForm(request.POST if _replies(request) else None)
    if request.method == "POST" and _answer(request, form, view):
        return redirect("session_links:ask", tok=cast(ResolverMatch, request.resolver_match).kwargs["tok"])
    more = {"reader": link.user, "heading_line": view.route.helper.track.program.name, "by_link": True}
    return _show(request, "sessions/link_ask.html", view, form, **more)


def _replies(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") not in DECLINES


def _answer(request: HttpRequest, form: ReplyForm, view: RouteView) -> bool:
    """Do what the button says; whether it could be done. A refusal stands in the form."""
    told: dict[str, Any] = {"route": view.route, "by": view.route.helper.user, "now": timezone.now()}
    why = request.POST.get("do", "")
    if why not in DECLINES and not form.is_valid():
        return False
    try:
        if why in DECLINES:
            services.decline_ask(why=why, **told)
        else:
            ask_replies.reply_to_ask(**form.cleaned_data, **told)
    except SessionError as error:
        _refuse(form, error)
        return False
    ring()
    return True


def _refuse(form: ReplyForm, error: SessionError) -> None:
    if form.is_bound:
        parts.add_refusal(form, error)
    else:
        form.refused = str(error)


def _show(request: HttpRequest, template: str, view: RouteView, form: ReplyForm, **more: object) -> HttpResponse:
    context = {"view": view, "route": view.route, "ask": view.route.ask, "form": form, "problem": form.refused, **more}
    status = 409 if form.refused else 422 if form.errors else 200
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def flag_ask(request: MemberRequest, route_id: int) -> HttpResponse:
    """Report an ask that came to this person."""
    view = route_of(request.user, route_id)
    if view is None or not (view.may_read or view.flagged):
        raise Http404("There is no such page")
    words = [view.route.ask.context, view.route.ask.question]
    told: dict[str, Any] = {"route": view.route, "by": request.user}
    page = {"what": "ask", "words": words if view.may_read else [], "flagged": view.flagged}
    return _flag(request, page, lambda **said: ask_replies.flag_ask(**told, **said))


@require_http_methods(["GET", "HEAD", "POST"])
def flag_reply(request: MemberRequest, reply_id: int) -> HttpResponse:
    """Report a reply to one's own ask."""
    mine = AskReply.objects.filter(pk=reply_id, ask__asker__user=request.user).values_list("ask", flat=True).first()
    view = ask_of(request.user, mine) if mine else None
    reply = next((each for each in view.all_replies if each.pk == reply_id), None) if view else None
    if view is None or reply is None:
        raise Http404("There is no such page")
    words = [each for each in (reply.strength, reply.question, reply.suggestion) if each]
    told: dict[str, Any] = {"reply": reply, "by": request.user}
    page = {"what": "reply", "words": words, "flagged": reply.pk in view.flagged, "ask": view.ask}
    return _flag(request, page, lambda **said: ask_replies.flag_reply(**told, **said))


def _flag(request: MemberRequest, page: dict[str, Any], deed: Callable[..., object]) -> HttpResponse:
    form = FlagForm(request.POST if request.method == "POST" else None)
    told = request.method == "POST" and form.is_valid()
    if told and parts.attempt(form, lambda: deed(**form.cleaned_data, now=timezone.now())):
        ring()
        to_them = form.cleaned_data["reason"] in AskFlag.FOR_COORDINATORS
        messages.success(request, f"The {'coordinators' if to_them else 'safeguarding leads'} hear of it.")
        return redirect("sessions:asks")
    return render(request, "sessions/ask_flag.html", {**page, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def figures(request: ProgramRequest, program: Program) -> HttpResponse:
    """For coordinators: how many asks, how soon answered, who carries how much, and what was reported. No words."""
    shown = ask_figures(program, request.user, timezone.now())
    step, _, number = request.POST.get("do", "").partition(":")
    if request.method == "POST" and step == "settle":
        try:
            ask_replies.settle_flag(program=program, flag_id=_number(number), by=request.user, now=timezone.now())
        except SessionError as error:
            raise Http404("There is no such page") from error
        return redirect("curriculum:asks", slug=program.slug)
    chosen = next((each for each in shown.tracks if each.track.pk == _number(number)), None)
    if request.method == "POST" and (step != "cap" or chosen is None):
        raise Http404("There is no such page")
    rows = [(each, _cap_form(request, each, chosen)) for each in shown.tracks]
    if chosen and any(_set_cap(request, each, form) for each, form in rows if each is chosen):
        return redirect("curriculum:asks", slug=program.slug)
    return _figures(request, program, shown, rows)


def _cap_form(request: HttpRequest, row: TrackAsks, chosen: TrackAsks | None) -> WeeklyCapForm:
    posted = request.POST if row is chosen else None
    return WeeklyCapForm(posted, initial={"cap": row.cap}, auto_id=f"id_{row.track.pk}_%s")


def _set_cap(request: ProgramRequest, row: TrackAsks, form: WeeklyCapForm) -> bool:
    told: dict[str, Any] = {"track": row.track, "by": request.user, "now": timezone.now()}
    return form.is_valid() and parts.attempt(
        form, lambda: services.set_weekly_cap(cap=form.cleaned_data["cap"], **told)
    )


def _figures(
    request: ProgramRequest, program: Program, shown: AskFigures, rows: list[tuple[TrackAsks, WeeklyCapForm]]
) -> HttpResponse:
    wrong = any(form.errors for _, form in rows)
    context = {"program": program, "shown": shown, "rows": rows}
    return render(request, "sessions/ask_figures.html", context, status=422 if wrong else 200)
