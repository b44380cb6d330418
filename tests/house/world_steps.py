"""What happens in a program before its pages are looked at: set up, matched, met, written, asked."""

import datetime as dt
import json

from django.core.files.uploadedfile import SimpleUploadedFile

from matching import services as matching
from matching.models import Match, Proposal
from mentorship.definition import dump_program
from programs.models import Draw, Enrolment, LineManager, Program, Role, Track
from programs.services.drawing import Pool, draw_invitations
from reports.services import fix_plan
from sessions import services as sessions
from sessions.models import CalendarFeed, Session
from surveys import services as surveys
from surveys.definition import load_part
from surveys.models import Invitation, Question
from tests.factories.matching import ProposalFactory, make_pair
from tests.factories.programs import (
    NOW,
    CoordinatorFactory,
    EnrolmentFactory,
    FieldFactory,
    ProgramFactory,
    TrackFactory,
)
from tests.house.world_asks import ask_network
from tests.house.world_place import LATER, Place, canary
from tests.house.world_slots import book_sessions
from tests.house.world_together import work_together
from tests.people import person


def track_of(program: Program) -> Track:
    return Track.objects.get(program=program, slug="mentoring")


def set_up(place: Place) -> None:
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
    rule = matching.add_rule(plan=track_of(program).plan, spec=spec, by=place.coordinator, now=NOW)
    Enrolment.objects.filter(track__program=program).update(
        answers={"grade": "Junior", "about": canary("unshared" + program.slug)}
    )
    LineManager.objects.create(user=place.mentee, email=f"{canary('manager' + program.slug)}@example.org")
    TrackFactory.create(program=program, slug="empty", name="Empty")
    place.args |= {
        "slug": program.slug,
        "track": "mentoring",
        "track_number": track_of(program).pk,
        "field": "grade",
        "rule": rule.pk,
        "coordinator": second.pk,
        "enrolment": place.match.seats.get(enrolment__user=place.mentee).enrolment_id,
        "match": place.match.pk,
        "program_file": lambda: _program_file(program),
    }


def _program_file(program: Program) -> SimpleUploadedFile:
    return SimpleUploadedFile("program.json", json.dumps(dump_program(program)).encode())


def propose(place: Place) -> None:
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


def announce(place: Place) -> None:
    """Lots decide between two tracks, in which four people learn who are in no match."""
    led, peers = (
        TrackFactory.create(program=place.program, slug=f"lots-{model}", name=model, model=model)
        for model in ("traditional", "peer")
    )
    for track, role in ((led, Role.MENTEE), (led, Role.MENTEE), (peers, Role.PEER), (peers, Role.PEER)):
        EnrolmentFactory.create(track=track, role=role)
    fix_plan(program=place.program, assignment="lottery", margin=None, by=place.coordinator, now=NOW)
    slip = {
        "first": led,
        "second": peers,
        "at": NOW,
        "told_at": LATER,
        "undone_at": NOW,
        "undone_by": place.coordinator,
    }
    undone = Draw.objects.create(program=place.program, seed="a slip", by=place.coordinator, **slip)
    learner = led.enrolments.order_by("pk")[0].pk
    place.args |= {"lots_first": led.pk, "lots_second": peers.pk, "undone_draw": undone.pk, "lots_learner": learner}
    place.args["way"] = _invite(place)


def _invite(place: Place) -> int:
    """In another program lots have invited the mentee to one of two ways."""
    program = ProgramFactory.create(slug=f"ways-{place.program.slug}", state="open")
    led, peers = (
        TrackFactory.create(program=program, slug=f"way-{model}", name=model, model=model)
        for model in ("traditional", "peer")
    )
    people = [
        EnrolmentFactory.create(track=led, role=Role.MENTEE, user=place.mentee),
        EnrolmentFactory.create(track=led, role=Role.MENTEE),
    ]
    draw = draw_invitations(pool=Pool(led, peers, None, people), seed="seed", by=place.coordinator, now=NOW)
    return draw.lots.get(user=place.mentee).pk


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


def meet(place: Place) -> None:
    """Three sessions: one held and logged half an hour ago, one over and not logged, one to come."""
    place.sessions = {"held": _plan(place, 3), "over": _plan(place, 9), "coming": _plan(place, 18)}
    held = place.sessions["held"]
    sessions.log_session(
        session=held, said=sessions.Said(held=True), by=place.mentor, now=LATER - dt.timedelta(minutes=30)
    )
    place.args |= {name: session.pk for name, session in place.sessions.items()}


def write(place: Place) -> None:
    """Notes of both kinds and a goal by both of them; and the mentee's calendar has an address."""
    made = sessions.renew_feed(by=place.mentee, now=NOW)
    offered = sessions.offer_times(
        match=place.match, starts=[dt.datetime(2027, 3, 24, 16)], zone="Europe/Berlin", minutes=45, channel="video",
        by=place.mentor, now=LATER,
    )  # fmt: skip
    place.args["times"] = offered.pk
    digest = CalendarFeed.digest_of(canary("feed" + place.program.slug))
    CalendarFeed.objects.filter(pk=made.feed.pk).update(key=digest)
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
    place.args |= ask_network(
        program=place.program, mentor=place.mentor, mentee=place.mentee, later=LATER, canary=canary
    )


def ask(place: Place) -> None:
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


def offer(place: Place) -> None:
    """One offer to the mentor that waits for its answers, and one that the mentee has declined with a reason."""
    mentor = Enrolment.objects.get(track=track_of(place.program), user=place.mentor)
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
