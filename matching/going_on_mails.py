"""The mail to coordinators when all people of a match would go on."""

import datetime as dt

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from matching.models import Match, Seat
from matching.services.going_on import GOES_ON
from programs.mails import signed_by
from programs.models import Coordinator


def _goes_on(message: Message, _now: dt.datetime) -> Context | None:
    """To a coordinator who is not in the match: names nobody, for mail is read over shoulders."""
    match = Match.objects.select_related("track__program").filter(pk=message.subject_id).first()
    if match is None or Seat.objects.filter(match=match, enrolment__user=message.recipient_id).exists():
        return None
    program = match.track.program
    if not Coordinator.objects.filter(program=program, user=message.recipient_id).exists():
        return None
    following = Match.objects.filter(continues=match).first()
    return {
        **signed_by(program),
        "following": following,
        "url": links.url(reverse("matching:match", args=[program.slug, (following or match).pk])),
        "why": f"You get this because you coordinate {program.name}.",
    }


def register_all() -> None:
    register(
        Kind(
            slug=GOES_ON,
            template="matching/mail/goes_on",
            description="The people of a match go on, or would like to",
            context=_goes_on,
            group="coordination",
            capped=False,
            quiet_hours="later",
        )
    )
