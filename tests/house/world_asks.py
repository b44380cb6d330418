"""A track of networks: an ask of the mentee that waits for the mentor, a reply to it, and a report of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from participants.models import User
from programs.models import Program, Role
from sessions.services import ask_replies, asks
from tests.factories.programs import EnrolmentFactory, TrackFactory


def ask_network(
    *, program: Program, mentor: User, mentee: User, later: dt.datetime, canary: Callable[[str], str]
) -> dict[str, Any]:
    """What addresses are made of. The words of the ask, of the reply and of what is shown are canaries."""
    track = TrackFactory.create(program=program, slug="web", name="Web", model="distributed", capacity=4)
    asker = EnrolmentFactory.create(track=track, user=mentee, role=Role.MENTEE)
    helper = EnrolmentFactory.create(track=track, user=mentor, role=Role.MENTOR)
    others = [EnrolmentFactory.create(track=track, role=Role.PEER) for _ in range(3)]
    ask = asks.send_ask(
        asker=asker,
        context=canary("context" + program.slug),
        question=canary("asked" + program.slug),
        kind="advice",
        skill="",
        level=1,
        named=True,
        few_will_do=True,
        by=mentee,
        now=later,
    )
    mine = ask.routes.get(helper=helper)
    first = ask.routes.get(helper=others[0])
    told: dict[str, Any] = {"question": "", "suggestion": "Begin small", "by": others[0].user, "now": later}
    reply = ask_replies.reply_to_ask(route=first, strength=canary("reply" + program.slug), **told)
    # The words that somebody shows on purpose are copied into the report.
    flag = ask_replies.flag_ask(
        route=ask.routes.get(helper=others[1]), reason="noise", show=False, by=others[1].user, now=later
    )
    flag.shown = canary("shown" + program.slug)
    flag.save(update_fields=["shown"])
    return {
        "ask_desk": asker.pk,
        "ask": ask.pk,
        "ask_route": mine.pk,
        "ask_reply": reply.pk,
        "ask_flag": flag.pk,
        "ask_more": {"do": f"mute:ask:{ask.pk}:ask_silent"},
        "ask_settle": {"do": f"settle:{flag.pk}"},
    }
