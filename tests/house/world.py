"""Two programs of the same shape with something in every state that a page can be about, and everybody signed in."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.services.composing import LINK_PURPOSE
from matching import services as matching
from matching.mails import PURPOSE as OFFER
from matching.models import Match, Proposal
from mentorship.definition import dump_program
from mentorship.own_data.archive import own_data
from participants.mails import PURPOSE as SIGN_IN
from participants.mails import once
from participants.models import RoleGrant, User
from participants.services import ask_for_export, run_export
from programs import services as programs
from programs.importing import guess_for, plan_rows, targets_for
from programs.mails import PURPOSE as JOIN
from programs.models import Application, Enrolment, LineManager, Program, Role, Track
from programs.services import enrolling, enrolling_applying, enrolling_deciding, enrolling_wishing, importing
from sessions import services as sessions
from sessions.feeds import PURPOSE as CALENDAR
from sessions.mails import OFFER_PURPOSE as TIMES
from sessions.mails import PURPOSE as SESSION
from sessions.models import CalendarFeed, Session
from sessions.services.closing import give_thanks
from sessions.slot_mails import ASK_PURPOSE as SLOT
from sessions.slot_mails import REVIEW_PURPOSE as REVIEW
from surveys import services as surveys
from surveys.definition import load_part
from surveys.mails import PURPOSE as SURVEY
from surveys.models import Invitation, Question
from tests.factories.matching import ProposalFactory, make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, FieldFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.house.world_slots import book_sessions
from tests.house.world_together import work_together
from tests.people import Cast, make_cast, person

# Everything was set up at NOW; the pages are looked at ten days later.
LATER = NOW + dt.timedelta(days=10)
PEOPLE = b"email,first name,grade\na@x.org,Ann,Junior\nb@x.org,Bob,Senior\n"
PASSWORD = "a long pass phrase"
TOKEN_ROLES = ("tr", "tt", "tm", "ts", "tf", "tl", "tj", "ti", "tk")
# No page reads a token of this purpose.
NO_PURPOSE = "nothing"


def canary(name: str) -> str:
    """A word that stands in one confidential field and nowhere else."""
    return f"canary{name}{sum(map(ord, name))}"


# Every confidential field of the program that is looked at, by what it is.
CANARIES = {
    "place": canary("placespring"),
    "note for the pair, of the mentor": canary("sharedmentorspring"),
    "note for the pair, of the mentee": canary("sharedmenteespring"),
    "own note of the mentor": canary("privatementorspring"),
    "own note of the mentee": canary("privatementeespring"),
    "key of the mentee's calendar": canary("feedspring"),
    "goal of the mentor": canary("goalmentorspring"),
    "goal of the mentee": canary("goalmenteespring"),
    "agreement": canary("agreementspring"),
    "next step": canary("stepspring"),
    "topic to teach": canary("topicspring"),
    "question to an expert": canary("questionspring"),
    "words in a check-in": canary("wordsspring"),
    "words in a survey that is not sent": canary("draftspring"),
    "why somebody said no": canary("reasonspring"),
    "answer that is not shared": canary("unsharedspring"),
    "to whom the mentee reports": canary("managerspring"),
    "whom the mentee must not meet": canary("apartspring"),
    "why a coordinator keeps two apart": canary("apartnotespring"),
    "why somebody was declined": canary("declinedspring"),
    "why the mentee ended a match": canary("endingspring"),
    "thanks of the mentor": canary("thanksmentorspring"),
    "thanks of the mentee": canary("thanksmenteespring"),
}


@dataclass
class Place:
    """One program: what its addresses are made of, by the names that permissions.yaml uses."""

    program: Program
    coordinator: User
    mentor: User
    mentee: User
    match: Match
    args: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    invitation: Any = None
    survey: Any = None
    offered_to: Any = None


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
            "tm": lambda: links.make(OFFER, place.offered_to, place.args["offered_seat"], days=days),
            "ts": lambda: links.make(
                SURVEY, place.mentee, (place.survey if session == "long" else place.invitation).pk, days=days
            ),
            "tf": lambda: links.make(LINK_PURPOSE, place.mentee, place.program.pk, days=days),
            "tj": lambda: links.make(
                JOIN, place.mentee, place.args["join_track"], days=days, extra=f"mentee-{once(place.mentee)}"
            ),
            "ti": lambda: links.make(
                CALENDAR, place.mentee, place.mentee.pk, days=days, extra=canary("feed" + place.program.slug)
            ),
            "tl": lambda: links.make(SIGN_IN, place.mentee, place.mentee.pk, days=days, extra=once(place.mentee)),
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
    """To an ask for a session, or to the question two weeks after one."""
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
    for add in (_set_up, _propose, _meet, _write, _ask, _offer, _import, _part):
        for place in (here, there):
            add(place)
    _leave(cast)
    for place, applicant in ((here, cast.xena), (there, person("Zoe"))):
        _apply(place, applicant)
    world = World(cast, here, there)
    here.args["grant"] = RoleGrant.objects.get(user=cast.sally).pk
    for place in (here, there):
        place.args["data_file"] = _file_of_own_data(place.mentee)
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


def _track(program: Program) -> Track:
    return Track.objects.get(program=program, slug="mentoring")


def _set_up(place: Place) -> None:
    program = place.program
    FieldFactory.create(
        program=program, slug="grade", label="Grade", kind="ordered", options=["Junior", "Senior"], shared=True
    )
    FieldFactory.create(program=program, slug="about", label="About", asked_of=["mentee"])
    second = CoordinatorFactory.create(program=program, user=person(f"Carol{program.pk}"))
    spec = matching.RuleSpec(
        kind="gap",
        label="Grade above",
        taker_field="grade",
        giver_field="grade",
        strength="points",
        by_gap={1: 9},
        params={"unit": "grade"},
    )
    rule = matching.add_rule(plan=_track(program).plan, spec=spec, by=place.coordinator, now=NOW)
    Enrolment.objects.filter(track__program=program).update(
        answers={"grade": "Junior", "about": canary("unshared" + program.slug)}
    )
    LineManager.objects.create(user=place.mentee, email=f"{canary('manager' + program.slug)}@example.org")
    TrackFactory.create(program=program, slug="empty", name="Empty")
    place.args |= {
        "slug": program.slug,
        "track": "mentoring",
        "track_number": _track(program).pk,
        "field": "grade",
        "rule": rule.pk,
        "coordinator": second.pk,
        "enrolment": place.match.seats.get(enrolment__user=place.mentee).enrolment_id,
        "match": place.match.pk,
        "program_file": lambda: _program_file(program),
    }


def _program_file(program: Program) -> SimpleUploadedFile:
    return SimpleUploadedFile("program.json", json.dumps(dump_program(program)).encode())


def _propose(place: Place) -> None:
    """A second track with a draft of two pairs, and one more proposal that is still waiting for its run."""
    program = place.program
    track = TrackFactory.create(program=program, slug="reading", name="Reading")
    matching.ensure_plan(track=track, now=NOW, with_rules=False)
    for role, grade in (
        (Role.MENTOR, "Senior"),
        (Role.MENTOR, "Senior"),
        (Role.MENTEE, "Junior"),
        (Role.MENTEE, "Junior"),
    ):
        EnrolmentFactory.create(track=track, role=role, answers={"grade": grade, "about": "Books"})
    proposal = matching.start_proposal(track=track, by=place.coordinator, now=NOW)
    matching.run_proposal(proposal.pk, clock=lambda: NOW)
    # The factories count their proposals on their own; this number they never reach.
    Proposal.objects.filter(pk=proposal.pk).update(number=100_000)
    proposal.refresh_from_db()
    assert proposal.state == "draft"
    one, other = proposal.matches.order_by("pk")
    for locked in (True, False, True):  # two steps that can be undone, and one that can be redone
        matching.set_lock(match=one, locked=locked, version=None, by=place.coordinator, now=NOW)
    matching.undo(proposal=proposal, by=place.coordinator, now=NOW)
    _await(program)
    _draft_of_groups(place)
    proposal.refresh_from_db()
    place.args |= {
        "proposal": proposal.number,
        "draft_one": one.pk,
        "draft_other": other.pk,
        "draft_giver": one.seats.get(role=Role.MENTOR).enrolment_id,
        "draft_pair": "-".join(str(one.seats.get(role=role).enrolment_id) for role in (Role.MENTEE, Role.MENTOR)),
        "version": proposal.version,
    }


def _await(program: Program) -> None:
    """A track whose matches are out, with somebody who came late, and a mentor for them."""
    track = TrackFactory.create(program=program, slug="late", name="Late")
    matching.ensure_plan(track=track, now=NOW, with_rules=False)
    for role in (Role.MENTOR, Role.MENTEE):
        EnrolmentFactory.create(track=track, role=role, answers={"about": "Books"})
    ProposalFactory.create(track=track, number=200_000, state=Proposal.State.PUBLISHED, published_at=NOW)


def _draft_of_groups(place: Place) -> None:
    """A draft of one pod with four people, of whom one may be taken out."""
    track = TrackFactory.create(program=place.program, slug="pods", name="Pods", model="pod")
    matching.ensure_plan(track=track, now=NOW, with_rules=False)
    people = [EnrolmentFactory.create(track=track, role=Role.PEER) for _ in range(4)]
    draft = matching.start_proposal(track=track, by=place.coordinator, now=NOW)
    matching.run_proposal(draft.pk, clock=lambda: NOW)
    Proposal.objects.filter(pk=draft.pk).update(number=300_000)
    group = draft.matches.get()
    place.args |= {
        "grouped": 300_000,
        "in_group": people[0].pk,
        "out_of_group": f"{people[0].pk}-{group.pk}-0",
    }


def _plan(place: Place, day: int) -> Session:
    return sessions.plan_session(
        match=place.match,
        starts=dt.datetime(2027, 3, day, 16, 0),
        zone="Europe/Berlin",
        minutes=45,
        channel="in_person",
        place=canary("place" + place.program.slug),
        by=place.mentor,
        now=NOW,
    )


def _meet(place: Place) -> None:
    """Three sessions: one held and logged half an hour ago, one over and not logged, one to come."""
    place.sessions = {"held": _plan(place, 3), "over": _plan(place, 9), "coming": _plan(place, 18)}
    held = place.sessions["held"]
    sessions.log_session(session=held, held=True, by=place.mentor, now=LATER - dt.timedelta(minutes=30))
    place.args |= {name: session.pk for name, session in place.sessions.items()}


def _write(place: Place) -> None:
    """Notes of both kinds and a goal by both of them; and the mentee's calendar has an address."""
    feed = sessions.renew_feed(by=place.mentee, now=NOW)
    offered = sessions.offer_times(
        match=place.match, starts=[dt.datetime(2027, 3, 24, 16)], zone="Europe/Berlin", minutes=45, channel="video",
        by=place.mentor, now=LATER,
    )  # fmt: skip
    place.args["times"] = offered.pk
    CalendarFeed.objects.filter(pk=feed.pk).update(key=canary("feed" + place.program.slug))
    for writer, user in (("mentor", place.mentor), ("mentee", place.mentee)):
        for visibility in ("shared", "private"):
            sessions.write_note(
                session=place.sessions["held"],
                by=user,
                visibility=visibility,
                body=canary(visibility + writer + place.program.slug),
                version=0,
                now=NOW,
            )
        goal = sessions.add_goal(match=place.match, text=canary("goal" + writer + place.program.slug), by=user, now=NOW)
        place.args[f"goal_of_{writer}"] = goal.pk
    place.args |= work_together(
        program=place.program,
        match=place.match,
        mentor=place.mentor,
        mentee=place.mentee,
        coordinator=place.coordinator,
        canary=canary,
    )
    place.args |= book_sessions(
        program=place.program, mentor=place.mentor, mentee=place.mentee, later=LATER, canary=canary
    )


def _ask(place: Place) -> None:
    """The mentee has answered in words, the mentor not yet; a survey of one question is begun and not sent."""
    invitation = Invitation.objects.get(session=place.sessions["held"], user=place.mentee)
    Question.objects.create(survey=invitation.survey, slug="words", kind="text", text="Anything else?", position=9)
    answers = {"useful": 4, "words": canary("words" + place.program.slug)}
    surveys.answer(invitation=invitation, answers=answers, now=LATER - dt.timedelta(minutes=10))
    place.invitation = invitation
    draft = [{"slug": "hopes", "text": "What do you hope for?", "kind": "text"}]
    load_part(place.program, [{"kind": "closing", "name": "At the end", "questions": draft}])
    when = LATER - dt.timedelta(minutes=5)
    place.survey = surveys.invite(program=place.program, kind="closing", user=place.mentee, match=place.match, now=when)
    words = canary("draft" + place.program.slug)
    surveys.save_answer(invitation=place.survey, slug="hopes", value=words, now=when)


def _offer(place: Place) -> None:
    """One offer to the mentor that waits for its answers, and one that the mentee has declined with a reason."""
    mentor = Enrolment.objects.get(track=_track(place.program), user=place.mentor)
    for what in ("offered", "declined"):
        user = person(f"{what}{place.program.pk}")
        mentee = EnrolmentFactory.create(track=mentor.track, user=user, role=Role.MENTEE, answers={"grade": "Junior"})
        match = make_pair(mentor, mentee, state=Match.State.OFFERED)
        seat = match.seats.get(enrolment=mentee)
        if what == "declined":
            reason = canary("reason" + place.program.slug)
            matching.answer_seat(seat=seat, accept=False, reason=reason, now=LATER)
            place.args |= {"declined_match": match.pk, "declined_proposal": match.proposal.number}
        else:
            place.offered_to = user
            place.args |= {
                "offered_match": match.pk,
                "offered_proposal": match.proposal.number,
                "offered_seat": seat.pk,
            }


def _import(place: Place) -> None:
    """One import at every step."""
    track, by = _track(place.program), place.coordinator
    for step in ("uploaded", "mapped", "spare", "queued", "done"):
        rows = PEOPLE.replace(b"x.org", f"{step}{place.program.pk}.org".encode())
        item, _ = importing.start_import(
            track=track, role=Role.MENTEE, data=rows, filename=f"{step}.csv", by=by, now=LATER
        )
        place.args[f"{step}_import"] = item.pk
        table = importing.read_import(item)
        mapping = guess_for(table, targets_for(track, item.role), by_content=True)
        place.args["columns"] = {f"column_{at}": key for key, at in _places(mapping, table.headers).items()}
        if step == "uploaded":
            continue
        item = importing.set_mapping(item=item, mapping=mapping)
        if step in {"mapped", "spare"}:
            continue
        plan = plan_rows(track=track, role=item.role, table=table, mapping=item.mapping)
        importing.queue_import(item=item, plan=plan, skip_bad_rows=False)
        if step == "done":
            importing.run_import(item.pk, clock=lambda: LATER)


def _places(mapping: dict[str, str | None], headers: Sequence[str]) -> dict[str, int]:
    return {key: headers.index(header) for key, header in mapping.items() if header}


def _part(place: Place) -> None:
    """Two matches of another mentor that are over: one came to its end with the pair in it, one was ended early."""
    track = TrackFactory.create(program=place.program, slug="over", name="Over")
    matching.ensure_plan(track=track, now=NOW, with_rules=False)
    made = {}
    for what in ("over", "early"):
        mentor = EnrolmentFactory.create(
            track=track, role=Role.MENTOR, user=place.mentor if what == "over" else person(f"Early{place.program.pk}")
        )
        mentee = Enrolment.objects.filter(track=track, user=place.mentee).first() or EnrolmentFactory.create(
            track=track, role=Role.MENTEE, user=place.mentee
        )
        made[what] = make_pair(mentor, mentee)
        if what == "over":
            SessionFactory.create(match=made[what], held=True, starts_at=NOW + dt.timedelta(days=1))
            matching.set_last_day(match=made[what], ends_on=NOW.date(), by=place.coordinator, now=NOW)
            matching.finish_due(now=NOW + dt.timedelta(days=3))
    for writer, user in (("mentor", place.mentor), ("mentee", place.mentee)):
        words = canary(f"thanks{writer}{place.program.slug}")
        give_thanks(match=made["over"], words=words, by=user, now=LATER)
    seat = made["early"].seats.get(enrolment__user=place.mentee)
    words = canary("ending" + place.program.slug)
    matching.leave_match(seat=seat, by=place.mentee, now=LATER, reason="fit", words=words)
    place.args |= {"over_match": made["over"].pk, "early_match": made["early"].pk, "early_seat": seat.pk}


def _leave(cast: Cast) -> None:
    """Xena was in a pair, met, wrote, and has left."""
    xena = Enrolment.objects.get(user=cast.xena)
    Enrolment.objects.filter(pk=xena.pk).update(state=Enrolment.State.ACTIVE, left_at=None)
    xena.refresh_from_db()
    mentor = EnrolmentFactory.create(track=cast.track, role=Role.MENTOR)
    make_pair(mentor, xena)
    programs.leave(enrolment=xena, by=cast.alice, now=NOW + dt.timedelta(days=5))


def _apply(place: Place, applicant: User) -> None:
    """Enrolment is open. One application is started, one sent, one declined, two accepted, one of them just now; the
    mentee and a coordinator have named people to be kept apart.
    """
    program, by = place.program, place.coordinator
    program.contact_email = "questions@example.org"
    program.save()
    enrolling.open_enrolment(program=program, first=None, last=None, by=by, now=NOW)
    tracks = {slug: TrackFactory.create(program=program, slug=slug, name=slug.title()) for slug in ("more", "most")}
    spec = enrolling.IntakeSpec(orientation="Be kind", orientation_points=["I am kind"])
    enrolling.set_intake(track=tracks["most"], spec=spec, by=by, now=NOW)
    made = {}
    for what, track, user in (
        ("started", "more", applicant),
        ("accepted", "most", applicant),
        ("sent", "more", person(f"Sent{program.pk}")),
        ("declined", "more", person(f"Turned{program.pk}")),
        ("fresh", "more", person(f"Fresh{program.pk}")),
    ):
        track_of = Track.objects.get(pk=tracks[track].pk)
        made[what] = enrolling_applying.start_application(track=track_of, role=Role.MENTEE, by=user, now=NOW)
        # What somebody has told the program before is filled in; a word of their own would be no secret to them.
        Application.objects.filter(pk=made[what].pk).update(answers={"grade": "Junior"})
        if what != "started":
            enrolling_applying.send_application(application=made[what], by=user, now=NOW)
        place.args[f"{what}_application"] = made[what].pk
    enrolling_deciding.accept_applications(program=program, ids=[made["accepted"].pk], by=by, now=NOW)
    enrolling_deciding.accept_applications(program=program, ids=[made["fresh"].pk], by=by, now=LATER)
    reason = canary("declined" + program.slug)
    enrolling_deciding.decline_application(application=made["declined"], reason=reason, by=by, now=NOW)
    address = f"{canary('apart' + program.slug)}@example.org"
    mine = enrolling_wishing.avoid(program=program, user=place.mentee, enrolment_id=None, email=address, now=NOW)
    kept = enrolling_wishing.keep_apart(
        program=program,
        one=place.mentee.email,
        other=place.mentor.email,
        note=canary("apartnote" + program.slug),
        by=by,
        now=NOW,
    )
    place.args |= {"own_exclusion": mine.pk, "exclusion": kept.pk, "join_track": tracks["more"].pk}


def at_later() -> time_machine.travel:
    return time_machine.travel(LATER, tick=False)
