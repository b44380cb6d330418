"""Sessions that people book themselves: the expert's times, the asker's choice, and the pages behind two mails."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import ResolverMatch
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mail.links import Link
from mail.pages import gone, token_page
from mail.tasks import ring
from programs.access import ProgramRequest, program_view
from programs.models import Enrolment, Program, Role
from programs.permissions import Right
from sessions import timing
from sessions.access import MemberRequest
from sessions.errors import SessionError
from sessions.forms_slots import CapForm, SlotAskForm, SlotForm
from sessions.models import Slot, SlotAsk, SlotReview
from sessions.queries.slots import (
    MOST_SHOWN,
    ask_for,
    asked_by,
    bookable,
    bookings_of,
    cap_of,
    desk,
    offered_by,
    review_of,
    terms_of,
)
from sessions.services import slot_reviews
from sessions.services import slots as services
from sessions.slot_mails import ASK_PURPOSE, REVIEW_PURPOSE
from sessions.views import parts


def _desk(request: MemberRequest, enrolment_id: int, role: str) -> Enrolment:
    found = desk(request.user, enrolment_id, role)
    if found is None:
        raise Http404("There is no such page")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: MemberRequest, enrolment_id: int) -> HttpResponse:
    """The expert's own times: offer one, withdraw one, answer who asks, and how many a month."""
    mine = _desk(request, enrolment_id, Role.MENTOR)
    offering = request.method == "POST" and "do" not in request.POST
    capping = request.POST.get("do") == "cap"
    form = SlotForm(request.POST if offering else None, initial={"zone": request.user.timezone})
    cap = CapForm(request.POST if capping else None, initial={"cap": cap_of(mine)}, most=services.most_a_month(mine))
    if offering and form.is_valid() and _offer(request, form, mine):
        return redirect("sessions:slots", enrolment_id=mine.pk)
    if capping and cap.is_valid() and _cap(request, cap, mine):
        return redirect("sessions:slots", enrolment_id=mine.pk)
    if request.method == "POST" and not offering and not capping:
        return _change(request, mine)
    now = timezone.now()
    context = {"desk": mine, "form": form, "cap_form": cap, "cap": cap_of(mine), "terms": terms_of(mine.track)}
    rows = offered_by(mine, now)
    asked = [row for row in rows if row.ask and row.ask.state == SlotAsk.State.WAITING]
    context |= {"rows": rows, "asked": asked, "others": [row for row in rows if row not in asked]}
    return render(request, "sessions/slots.html", context, status=422 if form.errors or cap.errors else 200)


def _offer(request: MemberRequest, form: SlotForm, mine: Enrolment) -> bool:
    facts = form.facts()
    deed: dict[str, Any] = {"enrolment": mine, **facts, "topics": form.lines(), "by": request.user}
    if not parts.attempt(form, lambda: services.offer_slot(**deed, now=timezone.now())):
        return False
    remark = timing.instant(facts["starts"], facts["zone"]).remark
    messages.success(request, f"{remark} The time is offered.".strip())
    return True


def _cap(request: MemberRequest, form: CapForm, mine: Enrolment) -> bool:
    deed: dict[str, Any] = {"enrolment": mine, "cap": form.cleaned_data["cap"], "by": request.user}
    return parts.attempt(form, lambda: services.set_monthly_cap(**deed, now=timezone.now()))


def _change(request: MemberRequest, mine: Enrolment) -> HttpResponse:
    """Withdraw a time, or answer somebody, by one button of the list."""
    step, _, number = request.POST.get("do", "").partition(":")
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    now = timezone.now()
    try:
        if step == "withdraw":
            services.withdraw_slot(slot=_own(mine, pk), by=request.user, now=now)
        elif step in ("accept", "decline"):
            ask = ask_for(request.user, pk)
            if ask is None:
                raise Http404("There is no such page")
            services.answer_slot_ask(ask=ask, accept=step == "accept", by=request.user, now=now)
            ring()
        else:
            raise Http404("There is no such page")
    except SessionError as error:
        messages.error(request, parts.words_of(error))
    return redirect("sessions:slots", enrolment_id=mine.pk)


def _own(mine: Enrolment, pk: int) -> Slot:
    found = Slot.objects.filter(pk=pk, enrolment=mine).first()
    if found is None:
        raise Http404("There is no such page")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: MemberRequest, enrolment_id: int) -> HttpResponse:
    """The times one may ask for, and what one has asked for already; a POST takes an ask back."""
    mine = _desk(request, enrolment_id, Role.MENTEE)
    now = timezone.now()
    asks = asked_by(mine)
    if request.method == "POST":
        waiting = next((ask for ask in asks if str(ask.pk) == request.POST.get("back", "")), None)
        if waiting is None:
            raise Http404("There is no such page")
        try:
            services.take_back_ask(ask=waiting, by=request.user, now=now)
        except SessionError as error:
            messages.error(request, str(error))
        return redirect("sessions:book", enrolment_id=mine.pk)
    found = bookable(mine, now)
    context = {"desk": mine, "asks": asks, "slots": found[:MOST_SHOWN], "more": len(found) > MOST_SHOWN}
    past = [ask for ask in asks if ask.state != SlotAsk.State.WAITING]
    context |= {"waits": len(past) < len(asks), "past": past, "terms": terms_of(mine.track)}
    return render(request, "sessions/book.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, enrolment_id: int, slot_id: int) -> HttpResponse:
    """Ask for one time, with the question one brings."""
    mine = _desk(request, enrolment_id, Role.MENTEE)
    found = next((each for each in bookable(mine, timezone.now()) if each.pk == slot_id), None)
    if found is None:
        # A time that somebody else got meanwhile looks like one that never was.
        raise Http404("There is no such page")
    expert = found.enrolment.user.short_name
    form = SlotAskForm(request.POST if request.method == "POST" else None, topics=found.topics, expert=expert)
    if request.method == "POST" and form.is_valid():
        deed: dict[str, Any] = {"slot": found, "asker": mine, "topic": form.cleaned_data.get("topic", "")}
        deed |= {"question": form.cleaned_data["question"], "by": request.user, "now": timezone.now()}
        if parts.attempt(form, lambda: services.ask_for_slot(**deed)):
            ring()
            return redirect("sessions:book", enrolment_id=mine.pk)
    context = {"desk": mine, "slot": found, "expert": expert, "form": form, "terms": terms_of(mine.track)}
    return render(request, "sessions/ask_slot.html", context, status=422 if form.errors else 200)


@token_page(ASK_PURPOSE)
def answer(request: HttpRequest, link: Link) -> HttpResponse:
    """Somebody asks for a time: one tap says yes or no."""
    found = ask_for(link.user, link.subject_id)
    if found is None or found.state == SlotAsk.State.WITHDRAWN:
        return gone(request)
    problem = ""
    if request.method == "POST" and request.POST.get("answer") in ("accept", "decline"):
        accept = request.POST["answer"] == "accept"
        try:
            services.answer_slot_ask(ask=found, accept=accept, by=link.user, now=timezone.now())
            ring()
            return _again(request, "slot")
        except SessionError as error:
            problem = parts.words_of(error)
    now = timezone.now()
    context = {"ask": found, "reader": link.user, "problem": problem, "heading_line": found.asker.track.program.name}
    context["open"] = found.state == SlotAsk.State.WAITING and found.expires_at > now
    return render(request, "sessions/link_slot.html", context, status=409 if problem else 200)


@token_page(REVIEW_PURPOSE)
def review(request: HttpRequest, link: Link) -> HttpResponse:
    """Two weeks later: did it help, and would you go on?"""
    found = review_of(link.user, link.subject_id)
    if found is None:
        return gone(request)
    subject, other, is_asker = found
    problem, status = "", 200
    if request.method == "POST":
        try:
            _look_back(request, subject, link)
            return _again(request, "review")
        except SessionError as error:
            problem, status = str(error), 422 if error.field else 409
    context = {"review": subject, "other": other.short_name, "is_asker": is_asker, "reader": link.user}
    context |= {"problem": problem, "heading_line": subject.match.track.program.name}
    context["changing"] = "change" in request.GET or not subject.answered_at
    return render(request, "sessions/link_review.html", context, status=status)


def _look_back(request: HttpRequest, subject: SlotReview, link: Link) -> None:
    helped = {"yes": True, "no": False}.get(request.POST.get("helped", ""))
    goes_on = request.POST.get("go_on") == "yes"
    slot_reviews.answer_review(review=subject, helped=helped, goes_on=goes_on, by=link.user, now=timezone.now())


def _again(request: HttpRequest, page: str) -> HttpResponse:
    match = cast(ResolverMatch, request.resolver_match)
    return redirect(f"session_links:{page}", tok=match.kwargs["tok"])


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.MATCH)
def bookings(request: ProgramRequest, program: Program) -> HttpResponse:
    """For coordinators: how many times are offered, asked for and booked, and who wants to go on."""
    if request.method == "POST":
        return _settle(request, program)
    shown = bookings_of(program, timezone.now())
    return render(request, "sessions/bookings.html", {"program": program, "shown": shown})


def _settle(request: ProgramRequest, program: Program) -> HttpResponse:
    step, _, number = request.POST.get("do", "").partition(":")
    if step not in ("propose", "settle") or not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Http404("There is no such page")
    deed: dict[str, Any] = {"program": program, "match_id": int(number), "by": request.user, "now": timezone.now()}
    try:
        if step == "propose":
            draft = slot_reviews.propose_going_on(**deed)
            return redirect("matching:proposal", slug=program.slug, number=draft.number)
        slot_reviews.settle_going_on(**deed)
    except SessionError as error:
        messages.error(request, str(error))
    return redirect("curriculum:bookings", slug=program.slug)
