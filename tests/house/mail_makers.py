"""One mail of each kind, about what the house's world holds."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from django.db.models import F

from mail.models import Message
from matching.models import GoesOn, Match, Seat
from participants.models import DataExport, RoleGrant, User
from programs.models import Application, Draw, Enrolment, Lot, Track
from reports import services as reports
from safeguarding.models import Case
from sessions.models import Session
from surveys import services as surveys
from surveys.models import Invitation, Response
from surveys.wording import TIMES
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory
from tests.house.world import World
from tests.house.world_place import LATER


def match_message(world: World, kind: str, state: str) -> Message:
    """To the person who was offered a match, once that match is in the given state."""
    match = Match.objects.get(pk=world.here.args["offered_match"])
    match.state, match.answer_until = state, LATER + dt.timedelta(days=7)
    match.activated_at = LATER if state == "active" else None
    match.ended_at = LATER if state == "declined" else None
    match.end_reason = "declined" if state == "declined" else ""
    match.save()
    return about(world, kind, match.seats.get(role="mentee").enrolment.user, match.pk)


def news_message(world: World, kind: str, **changes: object) -> Message:
    """About the other one's seat in a match that is on."""
    message = match_message(world, kind, "active")
    seat = Seat.objects.get(match=message.subject_id, role="mentor")
    Seat.objects.filter(pk=seat.pk).update(**changes)
    message.subject_id = seat.pk
    return message


def session_message(world: World, kind: str, which: str, **changes: object) -> Message:
    session = world.here.sessions[which]
    Session.objects.filter(pk=session.pk).update(**changes)
    session.refresh_from_db()
    return about(world, kind, world.here.mentee, session.pk, session.sequence)


def pulse(world: World) -> Message:
    asked = Invitation.objects.get(user=world.here.mentor, session=world.here.sessions["held"])
    return about(world, "pulse", world.here.mentor, asked.pk)


def survey(world: World, kind: str) -> Message:
    """The first mail of one: about the match, and before it to somebody who is in none yet."""
    program, before = world.here.program, kind == "baseline"
    user, match = (world.here.offered_to, None) if before else (world.here.mentor, world.here.match)
    surveys.invite(program=program, kind=kind, user=user, match=match, with_core=before, now=LATER)
    asked = Invitation.objects.get(survey__program=program, survey__kind=kind, user=user)
    return about(world, f"survey-{kind.replace('_', '-')}", user, asked.pk)


def survey_reminder(world: World) -> Message:
    message = survey(world, "midpoint")
    message.kind = "survey-reminder"
    return message


def contact_request(world: World) -> Message:
    Response.objects.filter(invitation=world.here.invitation).update(contact_me=True)
    return about(world, "contact_request", world.here.coordinator, world.here.invitation.pk)


def about(world: World, kind: str, user: User, subject_id: int, sequence: int = 0) -> Message:
    return Message(
        kind=kind,
        subject_id=subject_id,
        sequence=sequence,
        recipient=User.objects.get(pk=user.pk),
        program_id=world.here.program.pk,
        message_id="<made@testserver>",
        expires_at=LATER + dt.timedelta(days=1),
    )


def application_message(world: World, kind: str, **changes: object) -> Message:
    """News of the application that was sent, once it stands as given."""
    pk = world.here.args["sent_application"]
    Application.objects.filter(pk=pk).update(waiting_since=LATER, **changes)
    application = Application.objects.select_related("user").get(pk=pk)
    return about(world, kind, application.user, pk, application.news)


def join_link(world: World) -> Message:
    message = about(world, "join_link", world.here.mentee, world.here.args["join_track"])
    message.subject_type = "programs.track.mentee"
    return message


def not_yours(world: World) -> Message:
    """To the mentee, who has gone from the match while a session is to come."""
    session = world.here.sessions["coming"]
    Seat.objects.filter(match=session.match_id, enrolment__user=world.here.mentee).update(live=False, left_at=LATER)
    return about(world, "session-not-yours", world.here.mentee, session.pk)


def wished_by_all(world: World) -> Message:
    """To the mentee: they both would go on, and it is for the coordinator now."""
    seats = Seat.objects.filter(match=world.here.args["over_match"])
    for seat in seats:
        GoesOn.objects.update_or_create(seat=seat, defaults={"wishes": True, "at": LATER})
    return about(world, "going-on-asked", world.here.mentee, seats.get(enrolment__user=world.here.mentee).pk)


def own_data_ready(world: World) -> Message:
    made = DataExport.objects.create(
        user=world.here.mentee,
        state="ready",
        file="own-data/made.zip",
        asked_at=LATER,
        ready_at=LATER,
        expires_at=LATER + dt.timedelta(days=7),
    )
    return about(world, "own_data_ready", world.here.mentee, made.pk)


def silent(world: World, kind: str) -> Message:
    """To the person who was offered a match, which has long been on and in which nothing is planned."""
    message = match_message(world, "match-on", "active")
    Match.objects.filter(pk=message.subject_id).update(activated_at=LATER - dt.timedelta(days=60))
    Seat.objects.filter(match=message.subject_id).update(answer="accepted", answered_at=LATER, live=True)
    message.kind, message.sequence = kind, 0
    if kind == "gone-quiet":
        match, at = Match.objects.get(pk=message.subject_id), LATER - dt.timedelta(days=40)
        if not match.sessions.exists():
            SessionFactory.create(match=match, held=True, starts_at=at)
        message.sequence = 2
    return message


def application_nudge(world: World, kind: str, **changes: object) -> Message:
    message = application_message(world, kind, **changes)
    message.sequence = 0
    return message


def concern(world: World, kind: str) -> Message:
    """About the case of the pair: to the lead, or where nobody is named, to an admin."""
    if kind == "concern-unread":
        RoleGrant.objects.filter(role="safeguarding_lead").delete()
    Case.objects.filter(pk=world.here.args["case_pk"]).update(lead=world.cast.sally)
    user = world.cast.ada if kind == "concern-unread" else world.cast.sally
    return about(world, kind, user, world.here.args["case_pk"])


def lot_drawn(world: World) -> Message:
    """To somebody whom a lot has given the track that they are in."""
    first, second = (Track.objects.get(pk=world.here.args[name]) for name in ("lots_first", "lots_second"))
    if not Lot.objects.filter(program=world.here.program).exists():
        reports.draw(first=first, second=second, stratum=None, by=world.here.coordinator, now=LATER)
    lot = Lot.objects.filter(program=world.here.program).order_by("pk")[0]
    return about(world, "lot_drawn", lot.user, lot.pk)


def lot_of_somebody(world: World, kind: str) -> Message:
    """Of somebody drawn: that they begin now, that they wait, or that their round is there."""
    pk = lot_drawn(world).subject_id
    lot = Lot.objects.filter(pk=pk)
    mine = Enrolment.objects.filter(user=lot.get().user)
    if kind == "lot_waits":
        mine.update(state="waiting")
    if kind == "lot_next_round":
        lot.update(came_from=F("track"), waits=True, next_place=mine.first())
    return about(world, kind, lot.get().user, pk)


def lot_in_order(world: World, kind: str) -> Message:
    """Of somebody who begins in one of two tracks, or has changed over to the other."""
    pk = lot_drawn(world).subject_id
    lot = Lot.objects.select_related("draw__first", "draw__second").get(pk=pk)
    changed = LATER if kind == "lot_changed_over" else None
    Draw.objects.filter(pk=lot.draw_id).update(
        kind="crossover", changes_on=LATER.date(), told_at=NOW, changed_at=changed
    )
    if changed:
        other = lot.draw.second if lot.track_id == lot.draw.first_id else lot.draw.first
        Enrolment.objects.filter(user=lot.user).update(track=other)
    return about(world, kind, lot.user, pk)


def lot_invited(world: World) -> Message:
    return about(world, "lot_invited", world.here.mentee, world.here.args["way"])


MAKERS: dict[str, Callable[[World], Message]] = {
    "concern-reported": lambda world: concern(world, "concern-reported"),
    "concern-unread": lambda world: concern(world, "concern-unread"),
    "concern-assigned": lambda world: concern(world, "concern-assigned"),
    "notes-opened": lambda world: about(world, "notes-opened", world.cast.ada, world.here.args["opening"]),
    "notes-were-opened": lambda world: about(world, "notes-were-opened", world.here.mentee, world.here.args["opening"]),
    "own_data_ready": own_data_ready,
    "lot_drawn": lot_drawn,
    "lot_begins": lambda world: lot_of_somebody(world, "lot_begins"),
    "lot_waits": lambda world: lot_of_somebody(world, "lot_waits"),
    "lot_next_round": lambda world: lot_of_somebody(world, "lot_next_round"),
    "lot_invited": lot_invited,
    "lot_order": lambda world: lot_in_order(world, "lot_order"),
    "lot_changed_over": lambda world: lot_in_order(world, "lot_changed_over"),
    "sign_in": lambda world: about(world, "sign_in", world.here.mentee, world.here.mentee.pk),
    "match-offer": lambda world: match_message(world, "match-offer", "offered"),
    "match-on": lambda world: match_message(world, "match-on", "active"),
    "match-joined": lambda world: news_message(world, "match-joined"),
    "match-left": lambda world: news_message(world, "match-left", live=False, left_at=LATER),
    "match-over": lambda world: match_message(world, "match-over", "declined"),
    "match-ended": lambda world: about(world, "match-ended", world.here.mentee, world.here.args["early_seat"]),
    "match-ended-why": lambda world: about(
        world, "match-ended-why", world.here.coordinator, world.here.args["early_seat"]
    ),
    "match-finished": lambda world: about(
        world,
        "match-finished",
        world.here.mentee,
        Seat.objects.get(match=world.here.args["over_match"], enrolment__user=world.here.mentee).pk,
    ),
    "match-goes-on": lambda world: about(world, "match-goes-on", world.here.coordinator, world.here.args["over_match"]),
    "going-on-asked": wished_by_all,
    "session-not-yours": not_yours,
    "session-planned": lambda world: session_message(world, "session-planned", "coming"),
    "session-series": lambda world: session_message(world, "session-series", "coming", series=uuid4()),
    "time-offer": lambda world: about(world, "time-offer", world.here.mentee, world.here.args["times"]),
    "ask": lambda world: about(world, "ask", world.here.mentor, world.here.args["ask_route"]),
    "ask-reminder": lambda world: about(world, "ask-reminder", world.here.mentor, world.here.args["ask_route"]),
    "ask-reply": lambda world: about(world, "ask-reply", world.here.mentee, world.here.args["ask"]),
    "ask-close": lambda world: about(world, "ask-close", world.here.mentee, world.here.args["ask"]),
    "ask-flagged": lambda world: about(world, "ask-flagged", world.here.coordinator, world.here.args["ask_flag"]),
    "slot-ask": lambda world: about(world, "slot-ask", world.here.mentor, world.here.args["slot_ask"]),
    "slot-not-possible": lambda world: about(
        world, "slot-not-possible", world.here.mentee, world.here.args["back"]["back"]
    ),
    "slot-review": lambda world: about(world, "slot-review", world.here.mentee, world.here.args["review"]),
    "session-cancelled": lambda world: session_message(world, "session-cancelled", "coming", state="cancelled"),
    "session-day-before": lambda world: session_message(world, "session-day-before", "coming"),
    "session-hour-before": lambda world: session_message(world, "session-hour-before", "coming"),
    "session-follow-up": lambda world: session_message(world, "session-follow-up", "over"),
    "session-link": lambda world: session_message(world, "session-link", "over"),
    "pulse": pulse,
    **{f"survey-{kind.replace('_', '-')}": partial(survey, kind=kind) for kind in TIMES if kind != "pulse"},
    "survey-reminder": survey_reminder,
    "contact_request": contact_request,
    "join_link": join_link,
    "no-first-session": lambda world: silent(world, "no-first-session"),
    "gone-quiet": lambda world: silent(world, "gone-quiet"),
    "coordinator-digest": lambda world: about(
        world, "coordinator-digest", world.here.coordinator, world.here.program.pk
    ),
    "application_unfinished": lambda world: application_nudge(world, "application_unfinished", state="started"),
    "place_unconfirmed": lambda world: application_nudge(
        world, "place_unconfirmed", state="accepted", decided_at=LATER
    ),
    "application_received": lambda world: application_message(world, "application_received"),
    "application_accepted": lambda world: application_message(world, "application_accepted", state="accepted"),
    "application_waiting": lambda world: application_message(world, "application_waiting", state="waiting"),
    "application_declined": lambda world: application_message(
        world, "application_declined", state="declined", reason="No room"
    ),
}
