"""Two programs of the same shape with something in every state that a page can be about, and everybody signed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import time_machine
from django.db.models import F
from django.test import Client
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.services.composing import LINK_PURPOSE
from matching.mails import PURPOSE as OFFER
from mentorship.own_data.archive import own_data
from participants.mails import PURPOSE as SIGN_IN
from participants.models import RoleGrant, User
from participants.services import ask_for_export, run_export, sign_in_mark
from programs.mails import PURPOSE as JOIN
from programs.models import Program
from reports.exports import write_job
from reports.services import ask_for_table, run_table
from reports.services.sharing import share_report
from sessions.ask_mails import ROUTE_PURPOSE as ASK
from sessions.feeds import PURPOSE as CALENDAR
from sessions.mails import OFFER_PURPOSE as TIMES
from sessions.mails import PURPOSE as SESSION
from sessions.slot_mails import ASK_PURPOSE as SLOT
from sessions.slot_mails import REVIEW_PURPOSE as REVIEW
from surveys.mails import PURPOSE as SURVEY
from tests.house.world_people import add_applications, add_imports, end_matches, leave
from tests.house.world_place import LATER, Place, canary
from tests.house.world_steps import announce, ask, meet, offer, propose, set_up, write
from tests.house.world_worry import worry
from tests.people import Cast, make_cast, person

PASSWORD = "a long pass phrase"
TOKEN_ROLES = ("tr", "tt", "tm", "ts", "tf", "tl", "tj", "ti", "tk", "tp")
# No page reads a token of this purpose.
NO_PURPOSE = "nothing"


@dataclass
class World:
    cast: Cast
    here: Place
    there: Place
    # What a role holds: a browser that is signed in, or only a link.
    clients: dict[str, Client] = field(default_factory=dict)

    def _session(self, name: str) -> int:
        return self.here.sessions.get(name, self.here.sessions["over"]).pk

    def token(self, role: str, session: str = "over") -> str:
        """The link that a role holds; to everybody who holds none, a true signature for something else."""
        place, days = self.here, 30
        made: dict[str, Callable[[], str]] = {
            "tr": lambda: links.make(SESSION, place.mentor, self._session(session), days=days),
            "tt": lambda: links.make(TIMES, place.mentee, place.args["times"], days=days),
            "tk": lambda: _booking_link(place, session),
            "tp": lambda: str(place.args["shared_key"]),
            "tm": lambda: links.make(OFFER, place.offered_to, place.args["offered_seat"], days=days),
            "ts": lambda: links.make(
                SURVEY, place.mentee, (place.survey if session == "long" else place.invitation).pk, days=days
            ),
            "tf": lambda: links.make(LINK_PURPOSE, place.mentee, place.program.pk, days=days),
            "tj": lambda: links.make(
                JOIN, place.mentee, place.args["join_track"], days=days, extra=f"mentee-{sign_in_mark(place.mentee)}"
            ),
            "ti": lambda: links.make(
                CALENDAR, place.mentee, place.mentee.pk, days=days, extra=canary("feed" + place.program.slug)
            ),
            "tl": lambda: links.make(
                SIGN_IN, place.mentee, place.mentee.pk, days=days, extra=sign_in_mark(place.mentee)
            ),
        }
        other = place.sessions.get(session, place.sessions["over"])
        return made.get(role, lambda: links.make(NO_PURPOSE, place.mentee, other.pk, days=days))()

    def people(self) -> dict[str, User]:
        """Who is signed in, by role."""
        cast = self.cast
        return {
            "ex": cast.xena,
            "pu": cast.paul,
            "me": cast.bob,
            "mn": cast.mia,
            "co": cast.alice,
            "cx": cast.dora,
            "sl": cast.sally,
            "ad": cast.ada,
        }


def _booking_link(place: Place, session: str) -> str:
    """To an ask for a session, to the question two weeks after one, or to an ask in a network."""
    if session == "network":
        return links.make(ASK, place.mentor, place.args["ask_route"], days=30)
    if session == "review":
        return links.make(REVIEW, place.mentee, place.args["review"], days=30)
    return links.make(SLOT, place.mentor, place.args["slot_ask"], days=30)


def make_world() -> World:
    """Call it, and all that uses it, with the clock at LATER."""
    cast = make_cast()
    mentor, mentee = (seat.enrolment.user for seat in cast.other_match.seats.order_by("pk"))
    here = Place(cast.program, cast.alice, cast.bob, cast.mia, cast.match)
    there = Place(cast.other_program, cast.dora, mentor, mentee, cast.other_match)
    # One after the other, kind by kind: so the neighbour of most numbers belongs to the other program.
    for add in (set_up, propose, announce, meet, write, ask, offer, add_imports, end_matches):
        for place in (here, there):
            add(place)
    leave(cast)
    for place, applicant in ((here, cast.xena), (there, person("Zoe"))):
        add_applications(place, applicant)
    world = World(cast, here, there)
    here.args["grant"] = RoleGrant.objects.get(user=cast.sally).pk
    for place in (here, there):
        worry(place, cast.sally)
        place.args["data_file"] = _file_of_own_data(place.mentee)
        place.args["export_file"] = _long_export(place.program, place.coordinator)
        place.args["shared"], place.args["shared_key"] = _shared(place.program, place.coordinator)
    whole = _long_export(None, cast.ada)
    here.args["whole_shared"], _ = _shared(None, cast.ada)
    here.args["whole_export_file"] = there.args["whole_export_file"] = whole
    world.clients = _sign_in(world)
    for place, role in ((here, "co"), (there, "cx")):
        at = reverse("programs:import_check", kwargs={"slug": place.program.slug, "pk": place.args["mapped_import"]})
        place.args["seen"] = world.clients[role].get(at).context["seen"]
    _deliver()
    return world


def _file_of_own_data(user: User) -> int:
    asked = ask_for_export(by=user, now=LATER)
    run_export(asked.pk, make=lambda of: own_data(of, organisation="Example", moment="now"), clock=lambda: LATER)
    return asked.pk


def _long_export(program: Program | None, by: User) -> int:
    asked = ask_for_table(program=program, table="history", ending="csv", total=1, by=by, now=LATER)
    run_table(asked.pk, write=partial(write_job, now=LATER), clock=lambda: LATER)
    return asked.pk


def _shared(program: Program | None, by: User) -> tuple[int, str]:
    shared, key = share_report(program=program, days=30, by=by, now=LATER)
    return shared.pk, key


def _deliver() -> None:
    """The mail of these ten days has left, as in an installation that is well."""
    due = Message.objects.filter(state=Message.State.PENDING, not_before__lte=LATER)
    due.update(state=Message.State.SENT, sent_at=F("not_before"))


def _sign_in(world: World) -> dict[str, Client]:
    clients = {role: Client() for role in ("an", *TOKEN_ROLES, *world.people())}
    # Most people sign in by a link and have no password; the coordinator has one.
    world.cast.alice.set_password(PASSWORD)
    world.cast.alice.save()
    for role, user in world.people().items():
        # As the database has them: a session holds a hash of the stored password.
        clients[role].force_login(User.objects.get(pk=user.pk))
        user.refresh_from_db()
    return clients


def at_later() -> time_machine.travel:
    return time_machine.travel(LATER, tick=False)
