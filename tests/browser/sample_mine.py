"""The pages of those who take part: by a link in a mail, and signed in."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from mail import links
from mail.services.composing import LINK_PURPOSE
from matching import services as matching
from matching.mails import offer_url
from matching.models import EndingToCome, Match, Seat
from participants.mails import sign_in_path
from participants.models import User
from programs.models import Enrolment, Program, Role, Track
from sessions import services as sessions
from sessions.mails import offer_path, session_path
from sessions.models import Goal, Session, TimeOffer
from sessions.services.closing import give_thanks
from surveys import services as surveys
from surveys.mails import survey_path, token_for
from surveys.models import Invitation
from tests.browser.sample_kit import DAY, Shown, at
from tests.factories.matching import make_pair
from tests.factories.programs import EnrolmentFactory
from tests.factories.sessions import GoalFactory, SessionFactory


def _times_of(match: Match, mentor: User, now: dt.datetime) -> TimeOffer:
    """Three times that the other one has put to the mentor."""
    other = match.seats.exclude(enrolment__user=mentor).get().enrolment.user
    day = now.astimezone(ZoneInfo("Europe/Berlin")).date()
    walls = [dt.datetime.combine(day + days * DAY, dt.time(17)) for days in (7, 8, 9)]
    return sessions.offer_times(
        match=match, starts=walls, zone="Europe/Berlin", minutes=45, channel="video", by=other, now=now
    )


def open_pages() -> list[Shown]:
    names = ("account_login", "help", "privacy", "accessibility", "own_data:erased", "concern:report")
    return [*map(at, names), Shown("nothing there", "/nothing/there/")]


def link_pages(
    program: Program, mentor: User, seat: Seat, over: Session, to_come: Session, newcomer: User, now: dt.datetime
) -> list[Shown]:
    offer, log, early = (
        offer_url(seat, now),
        session_path(over, mentor, now=now),
        session_path(to_come, mentor, now=now),
    )
    asked = Invitation.objects.filter(answered_at=None, survey__kind="pulse").order_by("-closes_at")[0]
    done = Session.objects.filter(match=over.match_id, state="held").order_by("pk").last()
    assert done is not None
    times = _times_of(over.match, mentor, now)
    foot = {"tok": links.make(LINK_PURPOSE, mentor, program.pk, days=30, now=now)}
    offer = offer[offer.index("/t/") :]
    return [
        Shown("match_links:offer", offer),
        Shown("match_links:offer declining", offer + "?decline=1"),
        Shown("session_links:session", log),
        Shown("session_links:session in doubt", log + "?a=other"),
        Shown("session_links:session to come", early),
        Shown("session_links:saved", session_path(done, mentor, now=now) + "saved/"),
        Shown("session_links:time", offer_path(times, mentor, now=now)),
        Shown("session_links:move", early + "move/"),
        Shown("survey_links:answer", survey_path(asked, now=now)),
        *_survey_pages(mentor, over.match, now),
        at("mail:preferences", **foot),
        at("mail:unsubscribe", **foot),
        at("mail:preferences gone".split(maxsplit=1)[0], "gone", tok="1.2.3.cut"),
        Shown("participants:sign_in_by_link", sign_in_path(newcomer, now=now)),
        at("participants:sign_in_by_link", "gone", tok="cut"),
    ]


def _survey_pages(mentor: User, match: Match, now: dt.datetime) -> list[Shown]:
    """The survey at the end: begun, a question of each kind, before it is sent, and one that is sent."""
    program, pages = match.track.program, []
    people = [mentor, *(seat.enrolment.user for seat in match.seats.exclude(enrolment__user=mentor))]
    for user in people[:2]:
        asked = surveys.invite(
            program=program, kind="closing", user=user, match=match, with_core=user != mentor, early=True, now=now
        )
        assert asked is not None
        surveys.save_answer(invitation=asked, slug="aim", value=6, now=now)
        token = token_for(asked, now=now)
        pages.append([reverse("survey_links:question", kwargs={"tok": token, "n": n}) for n in (1, 8, 9, 11, 12)])
        begin = survey_path(asked, now=now)
    assert asked is not None
    surveys.send(invitation=asked, consent=True, contact_me=False, now=now)
    names = ("", "choice", "long scale", "words", "to send")
    return [
        *(Shown(f"survey_links:question {name}".strip(), url) for name, url in zip(names, pages[0], strict=True)),
        Shown("survey_links:answer sent", begin),
    ]


def finished_match(track: Track, mentor: User, now: dt.datetime) -> int:
    """A match of this mentor that has come to its planned end, with thanks from the mentee."""
    mine = make_pair(
        EnrolmentFactory.create(track=track, user=mentor, role=Role.MENTOR),
        EnrolmentFactory.create(track=track, role=Role.MENTEE, user__first_name="Noor"),
    )
    SessionFactory.create(match=mine, held=True, starts_at=now - 9 * DAY)
    GoalFactory.create(match=mine, owner=mentor, text="Listen more than I talk")
    matching.set_last_day(match=mine, ends_on=now.date(), by=mentor, now=now - DAY)
    matching.finish_due(now=now + 2 * DAY)
    noor = mine.seats.get(role=Role.MENTEE).enrolment.user
    give_thanks(match=mine, words="For every question you did not answer for me.", by=noor, now=now)
    return mine.pk


def ending_and_going_on(track: Track, mentor: User, now: dt.datetime) -> tuple[int, int]:
    """A match that this person is ending at this moment, and one whose people would go on and need a coordinator."""
    mine = EnrolmentFactory.create(track=track, user=mentor, role=Role.PEER)
    wishing = _with(mine, "Pim")
    matching.set_last_day(match=wishing, ends_on=now.date(), by=mentor, now=now - DAY)
    matching.finish_due(now=now + 2 * DAY)
    Program.objects.filter(pk=track.program_id).update(starts_on=(now - 90 * DAY).date(), ends_on=now.date())
    for seat in wishing.seats.all():
        matching.say_going_on(seat=seat, wishes=True, by=seat.enrolment.user, now=now)
    ending = _with(mine, "Ola")
    matching.end_soon(match=ending, seat=ending.seats.get(enrolment=mine), by=mentor, now=now, reason="schedule")
    # Long enough for all pages to be looked at.
    EndingToCome.objects.filter(match=ending).update(due_at=now + DAY)
    return ending.pk, wishing.pk


def _with(mine: Enrolment, name: str) -> Match:
    return make_pair(mine, EnrolmentFactory.create(track=mine.track, role=mine.role, user__first_name=name))


def own_pages(
    match: Match, mentor: User, over: Session, to_come: Session, closing: tuple[int, int, int]
) -> list[Shown]:
    done = Session.objects.filter(match=match, state="held").order_by("pk").last()
    assert done is not None
    goal = sessions.add_goal(match=match, text="Lead a project of my own", by=mentor, now=over.starts_at)
    assert isinstance(goal, Goal)
    sessions.renew_feed(by=mentor, now=over.starts_at)
    here: dict[str, Any] = {"match_id": match.pk}
    finished, ending, wishing = closing
    return [
        at("sessions:home"),
        at("sessions:match", **here),
        at("sessions:new", **here),
        at("sessions:new", "log", "?log=1", **here),
        at("sessions:times", **here),
        at("sessions:series", **here),
        at("sessions:offline"),
        at("sessions:goals", **here),
        at("sessions:agreement", **here),
        at("sessions:change_agreement", **here),
        at("sessions:steps", **here),
        at("sessions:goal", goal_id=goal.pk),
        at("sessions:session", "over", session_id=over.pk),
        at("sessions:session", "to come", session_id=to_come.pk),
        at("sessions:session", "held", session_id=done.pk),
        at("sessions:move", session_id=to_come.pk),
        at("sessions:cancel", session_id=to_come.pk),
        at("sessions:end", **here),
        at("sessions:ending", match_id=ending),
        at("sessions:match", "ending", match_id=ending),
        at("sessions:closing", match_id=finished),
        at("sessions:closing", "going on", match_id=wishing),
        at("sessions:closing_notes", match_id=finished),
        at("sessions:certificate", match_id=finished),
        at("sessions:calendar"),
        at("sessions:note", "shared", session_id=done.pk, visibility="shared"),
        at("sessions:note", "private", session_id=done.pk, visibility="private"),
        at("participants:profile"),
        at("own_data:page"),
        at("own_data:pause"),
        at("own_data:erase"),
        at("own_data:confirm"),
        at("own_data:link_sent"),
        at("own_surveys:mine"),
        at("account_change_password"),
        at("account_reauthenticate"),
        at("account_logout"),
    ]
