"""What the tables of this app hold about people, who gets it, and when it goes."""

import json
from typing import Any

from django.db.models import F, Q, QuerySet

from matching.models import Seat
from participants.models import User
from participants.personal_data import Part, declare
from participants.retention import Rule
from sessions.models import (
    Agreement,
    Ask,
    AskFlag,
    AskReply,
    AskRoute,
    Attendance,
    CalendarFeed,
    Delivery,
    ExpertWanted,
    Given,
    Goal,
    NextStep,
    Note,
    Preparation,
    Session,
    Signature,
    Slot,
    SlotAsk,
    SlotReview,
    TimeOffer,
)
from sessions.services.erasing import forget_asks, forget_private_notes, forget_shared_notes

_COUNTED = "the others were in it too, and statistics are counted from it"
_OTHERS = "it belongs to all in the match"

DECLARED = declare(
    {
        "mentoring_sessions.Agreement": {
            "personal, export, erase": "body",
            f"pseudonymous, export, keep: {_OTHERS}": "match version ends_on created_at",
            f"pseudonymous, keep: {_OTHERS}": "id proposed_by",
        },
        "mentoring_sessions.Signature": {
            f"pseudonymous, export, keep: {_OTHERS}": "agreement signed_at",
            f"pseudonymous, keep: {_OTHERS}": "id user",
        },
        "mentoring_sessions.AskTerms": {"none": "id track weekly_cap"},
        "mentoring_sessions.Ask": {
            "personal, export, erase": "context question",
            f"pseudonymous, export, keep: {_COUNTED}": (
                "id state help skill level named created_at closed_at emptied_at"
            ),
            f"pseudonymous, keep: {_COUNTED}": "asker wanted look_at",
        },
        "mentoring_sessions.AskRoute": {
            f"pseudonymous, export, keep: {_COUNTED}": "ask state routed_at answer_by answered_at",
            f"pseudonymous, keep: {_COUNTED}": "id helper",
        },
        "mentoring_sessions.AskReply": {
            "personal, export, erase": "strength question suggestion",
            f"pseudonymous, export, keep: {_COUNTED}": "ask created_at thanked_at",
            f"pseudonymous, keep: {_COUNTED}": "id route place hidden_at",
        },
        "mentoring_sessions.AskFlag": {
            "personal, export, erase": "shown",
            f"pseudonymous, export, keep: {_COUNTED}": "ask reply reason for_leads created_at settled_at",
            f"pseudonymous, keep: {_COUNTED}": "id by",
        },
        "mentoring_sessions.AskNotice": {
            f"pseudonymous, keep: {_COUNTED}": "id ask helper rule raised_at muted_at muted_by",
        },
        "mentoring_sessions.Attendance": {
            f"pseudonymous, export, keep: {_COUNTED}": "session present",
            f"pseudonymous, keep: {_COUNTED}": "id seat",
        },
        "mentoring_sessions.Week": {"none": "id track number title reading link deliverable"},
        "mentoring_sessions.Delivery": {
            f"pseudonymous, export, keep: {_COUNTED}": "week match at",
            f"pseudonymous, keep: {_COUNTED}": "id user",
        },
        "mentoring_sessions.CalendarFeed": {
            "personal, export, erase": "made_at used_on",
            "personal, erase": "key",
            "pseudonymous, erase": "id user",
        },
        "mentoring_sessions.Goal": {
            "personal, export, erase": "text",
            f"pseudonymous, export, keep: {_COUNTED}": "match level reached_at dropped_at created_at",
            f"pseudonymous, keep: {_COUNTED}": "id owner",
        },
        "mentoring_sessions.NextStep": {
            "personal, export, erase": "text",
            f"pseudonymous, export, keep: {_OTHERS}": "match goal due_on done_at created_at",
            f"pseudonymous, keep: {_OTHERS}": "id owner added_by",
        },
        "mentoring_sessions.Session": {
            "personal, export, erase": "place",
            "personal, erase": "before_log",
            f"pseudonymous, export, keep: {_COUNTED}": (
                "id match state starts_at ends_at zone minutes channel planned_at cancelled_at logged_at created_at"
            ),
            f"pseudonymous, keep: {_COUNTED}": "wall_start uid sequence series planned_by logged_by facilitated_by",
        },
        "mentoring_sessions.ExpertWanted": {
            f"pseudonymous, export, keep: {_COUNTED}": "session said_at",
            f"pseudonymous, keep: {_COUNTED}": "id said_by",
        },
        "mentoring_sessions.Note": {
            "personal, export, erase": "body",
            f"pseudonymous, export, keep: {_OTHERS}": "session visibility created_at updated_at",
            f"pseudonymous, keep: {_OTHERS}": "id author version",
        },
        "mentoring_sessions.Preparation": {
            "personal, export, erase": "body",
            f"pseudonymous, export, keep: {_OTHERS}": "match updated_at",
            f"pseudonymous, keep: {_OTHERS}": "id author version",
        },
        "mentoring_sessions.Given": {
            f"pseudonymous, export, keep: {_COUNTED}": "session minutes logged_at",
            f"pseudonymous, keep: {_COUNTED}": "id user logged_by",
        },
        "mentoring_sessions.SentLog": {"pseudonymous, erase": "id user key digest session sent_at"},
        "mentoring_sessions.Slot": {
            "personal, export, erase": "topics",
            f"pseudonymous, export, keep: {_COUNTED}": "starts_at ends_at zone minutes created_at withdrawn_at",
            f"pseudonymous, keep: {_COUNTED}": "id enrolment wall_start",
        },
        "mentoring_sessions.SlotAsk": {
            "personal, export, erase": "question",
            f"pseudonymous, export, keep: {_COUNTED}": "slot match state topic created_at expires_at answered_at",
            f"pseudonymous, keep: {_COUNTED}": "id asker",
        },
        "mentoring_sessions.SlotReview": {
            f"pseudonymous, export, keep: {_COUNTED}": "match helped goes_on created_at answered_at",
            f"pseudonymous, keep: {_COUNTED}": "id user settled_at",
        },
        "mentoring_sessions.TimeOffer": {
            "personal, export, erase": "place",
            f"pseudonymous, export, keep: {_OTHERS}": "match state walls zone minutes channel created_at expires_at",
            f"pseudonymous, keep: {_OTHERS}": "id by session",
        },
    }
)


def _sessions(user: User) -> QuerySet[Session]:
    """Of a group that goes on without them, the sessions until they left."""
    there = Q(match__seats__left_at=None) | Q(starts_at__lt=F("match__seats__left_at"))
    mine = Session.objects.filter(there, match__seats__enrolment__user=user, match__seats__answer=Seat.Answer.ACCEPTED)
    return Session.objects.filter(pk__in=mine.values("pk")).order_by("starts_at", "pk")


def _notes(user: User) -> QuerySet[Note]:
    """All that is shared between them, and one's own private ones; never what another keeps for themselves."""
    shared = Q(visibility=Note.Visibility.SHARED, session__in=_sessions(user).values("pk"))
    return Note.objects.filter(shared | Q(author=user)).order_by("created_at", "pk")


def _agreements(user: User) -> QuerySet[Agreement]:
    """Those that were there while they were in the match: of a group that goes on without them, no later one."""
    there = Q(match__seats__left_at=None) | Q(created_at__lt=F("match__seats__left_at"))
    mine = Agreement.objects.filter(
        there, match__seats__enrolment__user=user, match__seats__answer=Seat.Answer.ACCEPTED
    )
    return Agreement.objects.filter(pk__in=mine.values("pk")).order_by("match", "version")


def _next_steps(user: User) -> QuerySet[NextStep]:
    """What they do, and what they wrote down for somebody else."""
    return NextStep.objects.filter(Q(owner=user) | Q(added_by=user))


def _experts_wanted(user: User) -> QuerySet[ExpertWanted]:
    return ExpertWanted.objects.filter(said_by=user)


def _replies(user: User) -> QuerySet[AskReply]:
    """What they replied, and what was replied to them."""
    return AskReply.objects.filter(Q(route__helper__user=user) | Q(ask__asker__user=user)).order_by("ask", "place")


def _said(row: Agreement | Preparation) -> Any:  # noqa: ANN401 - whatever was stored
    return json.loads(row.body)


PARTS = (
    Part("sessions", "Your sessions", DECLARED, _sessions),
    Part(
        "notes",
        "Notes: shared ones of all in the match, private ones of your own",
        DECLARED,
        _notes,
        {"author": lambda note: note.author_id},
    ),
    Part("goals", "Your goals", DECLARED, lambda user: Goal.objects.filter(owner=user)),
    Part("next_steps", "Your next steps", DECLARED, _next_steps),
    Part("agreements", "Agreements of your matches", DECLARED, _agreements, {"said": _said}, without=("body",)),
    Part("signatures", "What you signed", DECLARED, lambda user: Signature.objects.filter(user=user)),
    Part(
        "preparations",
        "What you prepared",
        DECLARED,
        lambda user: Preparation.objects.filter(author=user),
        {"said": _said},
        without=("body",),
    ),
    Part("given", "For how long you gave", DECLARED, lambda user: Given.objects.filter(user=user)),
    Part(
        "attendance",
        "Where you were there",
        DECLARED,
        lambda user: Attendance.objects.filter(seat__enrolment__user=user),
    ),
    Part("experts_wanted", "Where you asked for an expert", DECLARED, _experts_wanted),
    Part(
        "deliveries",
        "What you handed in",
        DECLARED,
        lambda user: Delivery.objects.filter(user=user).select_related("week"),
    ),
    Part("slots", "Times you offered for questions", DECLARED, lambda user: Slot.objects.filter(enrolment__user=user)),
    Part("written_asks", "What you asked", DECLARED, lambda user: Ask.objects.filter(asker__user=user)),
    Part("asked_of_you", "Asks that went to you", DECLARED, lambda user: AskRoute.objects.filter(helper__user=user)),
    Part("ask_replies", "Replies to asks: your own, and those to you", DECLARED, _replies),
    Part("ask_flags", "What you reported of asks", DECLARED, lambda user: AskFlag.objects.filter(by=user)),
    Part("asks", "Sessions you asked for", DECLARED, lambda user: SlotAsk.objects.filter(asker__user=user)),
    Part("reviews", "What you said two weeks later", DECLARED, lambda user: SlotReview.objects.filter(user=user)),
    Part("time_offers", "Times you offered", DECLARED, lambda user: TimeOffer.objects.filter(by=user)),
    Part("calendar", "Your calendar’s address", DECLARED, lambda user: CalendarFeed.objects.filter(user=user)),
)

RULES = (
    Rule(
        "shared_notes",
        "Shared notes, unless their author keeps them when the match closes",
        "the match was over",
        90,
        1,
        3650,
        forget_shared_notes,
    ),
    Rule("asks", "Asks in a network, and their replies", "the ask was closed", 90, 1, 3650, forget_asks),
    Rule("private_notes", "Private notes", "their author left the program", 30, 1, 3650, forget_private_notes),
)
