"""Fewer e-mails, a pause, none: pages behind the links in the foot of each mail, and the one-click unsubscribe."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mail import queries, services
from mail.forms import WishesForm
from mail.links import Link
from mail.models import MailPreference
from mail.pages import token_page
from mail.registry import groups_in_use
from mail.services import Choice
from mail.services.composing import LINK_PURPOSE


@token_page(LINK_PURPOSE)
def preferences(request: HttpRequest, link: Link) -> HttpResponse:
    """Shows what a person gets and changes it on POST. The choice in the link's query only preselects."""
    wishes = queries.wishes_of(user_id=link.user.pk, program_id=link.subject_id or None, now=timezone.now())
    form = WishesForm(request.POST if request.method == "POST" else None, initial=_initial(request, wishes))
    if request.method == "POST" and form.is_valid():
        services.save_wishes(
            user_id=link.user.pk,
            program_id=link.subject_id or None,
            choice=Choice(form.cleaned_data["choice"]),
            off=form.off(),
            now=timezone.now(),
        )
        return redirect(f"{request.path}?saved=1")
    context = {"form": form, **_told(wishes), "sender": _sender(link), "saved": "saved" in request.GET}
    return render(request, "mail/preferences.html", context)


def _sender(link: Link) -> str:
    """Whose e-mails these are. A program's name is not known on this floor, and a page behind a link names nobody."""
    return "this program" if link.subject_id else "this organisation"


def _initial(request: HttpRequest, wishes: list[MailPreference]) -> dict[str, Any]:
    told = _told(wishes)
    now = Choice.PAUSE if told["paused_until"] else Choice.NONE if told["stopped"] else Choice.FEWER
    asked = request.GET.get("choice")
    off = {wish.kind_group for wish in wishes}
    return {
        "choice": asked if asked in list(Choice) else now if wishes else Choice.ALL,
        "groups": [slug for slug in groups_in_use() if slug not in off],
    }


def _told(wishes: list[MailPreference]) -> dict[str, Any]:
    everything = [wish for wish in wishes if wish.kind_group == MailPreference.ALL]
    return {
        "wishes": wishes,
        "paused_until": everything[0].until if everything else None,
        "stopped": bool(everything),
    }


@token_page(LINK_PURPOSE)
def unsubscribe(request: HttpRequest, link: Link) -> HttpResponse:
    """RFC 8058: a POST from the mail program, without a cookie, stops the messages; a GET only asks."""
    if request.method == "POST":
        services.save_wishes(
            user_id=link.user.pk, program_id=link.subject_id or None, choice=Choice.NONE, now=timezone.now()
        )
    return render(request, "mail/unsubscribe.html", {"done": request.method == "POST", "sender": _sender(link)})
