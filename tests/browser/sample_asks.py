"""A program of networks with asks in every state that a page can show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from matching.models import Match, Seat
from participants.models import User
from programs.models import Enrolment, Program, Role
from programs.services import start_meeting
from sessions.ask_mails import route_path
from sessions.models import Ask, AskRoute
from sessions.services import ask_replies, asks
from tests.factories.matching import MatchFactory
from tests.factories.programs import EnrolmentFactory

Pages = list[tuple[str, str]]
CONTEXT = (
    "I took over a team of six in January. Two of them have been here for ten years, and both wanted the post I have. "
    "Our weekly round has become a place in which nobody says anything."
)
QUESTION = "How do I get the round to talk again without making the two feel singled out?"
STRENGTH = "You noticed the silence before it became a habit, and you look for what you can change yourself."
ASKED_BACK = "What did the round talk about when it still talked?"
SUGGESTION = "Let somebody else lead it for a month, the two first, each with a topic that is theirs anyway."


@dataclass
class Web:
    links: Pages
    members: Pages
    coordinators: Pages


def weave(program: Program, member: User, by: User, now: dt.datetime) -> Web:
    """`member` asks their network and is in somebody else's; `by` coordinates."""
    start_meeting(program=program, by=by, now=now)
    track = program.tracks.get()
    skills = program.fields.get(slug="skills-offered").options
    knows = {skills[0]: 3, skills[1]: 2}
    told: dict[str, Any] = {"track": track, "joined_at": now}
    speaks: dict[str, Any] = {"language": ["English"]}
    mine, tom = (
        EnrolmentFactory.create(**told, role=Role.MENTEE, answers=speaks, **who)
        for who in ({"user": member}, {"user__first_name": "Tom", "user__last_name": "Berg"})
    )
    names = (("Ines", "Roth"), ("Ali", "Demir"), ("Jo", "Winter"), ("Sven", "Holm"), ("Noor", "Haddad"))
    helpers = [
        EnrolmentFactory.create(
            **told,
            role=Role.MENTOR if number == 0 else Role.PEER,
            answers={**speaks, "skills-offered": knows},
            user__first_name=first,
            user__last_name=last,
        )
        for number, (first, last) in enumerate(names)
    ]
    also = EnrolmentFactory.create(**told, role=Role.PEER, user=member, answers={**speaks, "skills-offered": knows})
    match = _network(mine, helpers[:4], now)
    _network(tom, [helpers[4], also], now)
    asked = _ask(mine, skills[0], 1, now - dt.timedelta(hours=3))
    hidden = _ask(mine, skills[1], 2, now - dt.timedelta(hours=2), named=False)
    theirs = _ask(tom, skills[0], 3, now - dt.timedelta(hours=1))
    replies = [_reply(route, now) for route in list(asked.routes.all())[:2]]
    ask_replies.thank_for_reply(reply=replies[0], by=member, now=now)
    ask_replies.flag_reply(reply=replies[1], reason="noise", show=True, by=member, now=now)
    AskRoute.objects.filter(ask=hidden, state=AskRoute.State.WAITING).update(
        state=AskRoute.State.NO_TIME, answered_at=now
    )
    Ask.objects.filter(pk=hidden.pk).update(created_at=now - dt.timedelta(hours=52))
    route = theirs.routes.get(helper=also)
    one, mine_to_say = {"ask_id": asked.pk}, {"route_id": route.pk}
    return Web(
        links=[("session_links:ask", route_path(route, member, now=now))],
        members=[
            ("sessions:asks", reverse("sessions:asks")),
            ("sessions:new_ask", reverse("sessions:new_ask", kwargs={"enrolment_id": mine.pk})),
            ("sessions:ask", reverse("sessions:ask", kwargs=one)),
            ("sessions:ask hidden", reverse("sessions:ask", kwargs=one) + "?hidden=1"),
            ("sessions:ask unnamed", reverse("sessions:ask", kwargs={"ask_id": hidden.pk})),
            ("sessions:asked", reverse("sessions:asked", kwargs=mine_to_say)),
            ("sessions:flag_ask", reverse("sessions:flag_ask", kwargs=mine_to_say)),
            ("sessions:flag_reply", reverse("sessions:flag_reply", kwargs={"reply_id": replies[0].pk})),
            ("sessions:match network", reverse("sessions:match", kwargs={"match_id": match.pk})),
        ],
        coordinators=[
            ("curriculum:asks", reverse("curriculum:asks", kwargs={"slug": program.slug})),
            ("signals:asks", reverse("signals:asks", kwargs={"slug": program.slug})),
            ("reports:overview asks", reverse("reports:overview", kwargs={"slug": program.slug})),
        ],
    )


def _network(centre: Enrolment, helpers: list[Enrolment], now: dt.datetime) -> Match:
    match: Match = MatchFactory.create(
        track=centre.track, state="active", offered_at=now, activated_at=now, created_at=now
    )
    match.proposal.state = "replaced"
    match.proposal.save()
    for each in (centre, *helpers):
        place = 1 + Seat.objects.filter(enrolment=each, live=True).count()
        told: dict[str, Any] = {"answer": "accepted", "answered_at": now, "live": True, "place": place, "places": 4}
        Seat.objects.create(match=match, enrolment=each, role=each.role, **told)
    return match


def _ask(asker: Enrolment, skill: str, number: int, at: dt.datetime, *, named: bool = True) -> Ask:
    return asks.send_ask(
        asker=asker,
        context=CONTEXT,
        question=QUESTION,
        kind=Ask.Help.EXPERIENCE,
        skill=skill,
        level=2,
        named=named,
        few_will_do=True,
        by=asker.user,
        now=at,
    )


def _reply(route: Any, now: dt.datetime) -> Any:
    words = {"strength": STRENGTH, "question": ASKED_BACK, "suggestion": SUGGESTION}
    return ask_replies.reply_to_ask(route=route, by=route.helper.user, now=now, **words)
