"""Each of the twelve models as somebody asks for it: what the advisor is told, and the files that come in."""

import time
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from mail.models import Message
from mail.services import drain
from matching.models import Seat
from participants.models import RoleGrant
from participants.services import ensure_account, grant_role
from programs.models import Program
from tests.paper import PATIENCE

# How somebody who is after this model would answer: what should change, who takes part, mentors, their time, duration.
EVERYTHING = ("People on several levels", "One each", "Four hours or more", "About six months")
EQUALS = ("People who are all on one level", "None", "One hour", "Up to three months")
MIXED = ("People on several levels", "One for about five", "Two hours", "About six months")
ANSWERS = {
    "traditional": ("People grow in their careers over the long run", *EVERYTHING),
    "peer": ("People solve current problems and share their skills", *EQUALS),
    "near_peer": ("New people settle in, or people master a transition", *EVERYTHING),
    "reverse": ("Leaders gain digital or cultural insight", *EVERYTHING),
    "lateral": ("Departments understand each other and work together", *EQUALS),
    "cross_functional": ("Departments understand each other and work together", *MIXED),
    "co_mentoring": ("Leaders gain digital or cultural insight", *MIXED),
    "group_peer": ("People solve current problems and share their skills", *EQUALS),
    "pod": ("People learn a practical skill, with material to follow", *EQUALS),
    "circle": ("People of an under-represented group belong and are heard", *MIXED),
    "flash": ("People solve current problems and share their skills", *EVERYTHING[:3], "One conversation"),
    "distributed": ("People solve current problems and share their skills", *EVERYTHING[:3], "One conversation"),
}
MOST_CLICKS = 8
# A whole organisation, and half of one.
PEOPLE, FEWER = 120, 60
# One model of each shape goes its way in a browser. The others go the same way by the same words without one, since
# their pages are made of the same parts: tests/mentorship/test_every_model_on_paper.py.
IN_A_BROWSER = ("traditional", "peer", "circle", "flash", "distributed")


def coordinator() -> Client:
    """Dana, signed in."""
    user, _ = ensure_account(email="dana@example.net", first_name="Dana", last_name="F", timezone="Europe/London")
    grant_role(user=user, role=RoleGrant.Role.COORDINATOR, by=None, now=timezone.now())
    client = Client()
    client.force_login(user)
    return client


def file_of(folder: Path, model: str, role: str, people: int) -> Path:
    call_command("example_people", str(folder / f"{role}.csv"), model=model, role=role, people=people)
    return folder / f"{role}.csv"


def morning_comes() -> None:
    """At night offers wait for the morning; here it has come. What a worker has in hand just now it sends, or gives
    back: all of it has left when this ends.
    """
    waiting = Message.objects.filter(state=Message.State.PENDING)
    waiting.update(not_before=timezone.now())
    taken = Message.objects.filter(state=Message.State.SENDING)
    until = time.perf_counter() + PATIENCE
    while (waiting.exists() or taken.exists()) and time.perf_counter() < until:
        drain(clock=timezone.now)
        time.sleep(0.05)


def first_seat(program: Program) -> Seat:
    return Seat.objects.filter(match__track__program=program).select_related("enrolment__user").order_by("pk")[0]


def names_of_others(seat: Seat) -> list[str]:
    """Who sits in the match beside them."""
    others = seat.match.seats.exclude(pk=seat.pk).select_related("enrolment__user")
    return [other.enrolment.user.first_name for other in others]
