"""A program with as many of everything as is asked for, so that lists can be long."""

import datetime as dt
import json
from collections.abc import Mapping
from math import ceil
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.services import enqueue
from matching import services as matching
from matching.models import Match, Seat
from matching.queries.inputs import inputs_of
from participants.models import RoleGrant, User
from participants.services import record
from programs.importing import guess_for, targets_for
from programs.models import Application, Draw, Enrolment, Import, Lot, Program, Role, SetAside, Track, Wishes
from programs.services import enrolling_wishing as wishing
from programs.services import importing
from reports.models import SharedReport
from reports.services import log_export
from safeguarding import services as safeguarding
from sessions import services as meeting_services
from sessions.feeds import feed_path
from sessions.models import Ask, AskFlag, AskNotice, AskReply, AskRoute
from surveys.definition import pulse_of
from surveys.models import Answer, Invitation
from surveys.services import store_sent
from tests.factories.matching import MatchFactory, PlanFactory, ProposalFactory, make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import (
    NOW,
    CoordinatorFactory,
    EnrolmentFactory,
    FieldFactory,
    ProgramFactory,
    TrackFactory,
)
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory
from tests.house.world_place import LATER

PLACES = 50


class Crowd:
    """A program with so many of everything that is listed; alice runs it, ada is the admin, bob mentors many."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.program: Program = ProgramFactory.create(slug="crowd")
        names = ("alice", "ada", "bob", "sally")
        self.people: dict[str, User] = {name: UserFactory.create(email=f"{name}@example.org") for name in names}
        self.args: dict[str, int | str] = {}
        CoordinatorFactory.create(program=self.program, user=self.people["alice"])
        RoleGrant.objects.create(user=self.people["ada"], role="admin", granted_at=NOW)
        RoleGrant.objects.create(user=self.people["sally"], role="safeguarding_lead", granted_at=NOW)
        self.grade = FieldFactory.create(program=self.program, slug="grade", label="Grade", shared=True)
        # One mentor has at most fifty places in a track, so that bob needs several of them.
        self.tracks = [self._track(f"track-{number}") for number in range(max(2, ceil(size / PLACES)))]
        self._pair_up()
        self._part()
        self._meet()
        self._propose()
        self._list()
        self._wait()
        self._apply()
        self._ask_and_import()
        self._worry()
        self._weave()

    def _track(self, slug: str) -> Track:
        track = TrackFactory.create(program=self.program, slug=slug, capacity=PLACES)
        PlanFactory.create(track=track)
        return track

    def _enrol(self, role: str, number: int, **more: Any) -> Enrolment:
        track = self.tracks[number % len(self.tracks)]
        return EnrolmentFactory.create(track=track, role=role, answers={"grade": "x"}, **more)

    def _enrol_all(self, role: str) -> list[Enrolment]:
        return [self._enrol(role, 0) for _ in range(self.size)]

    def _pair_up(self) -> None:
        """As many pairs of bob's as of others'."""
        bob = [self._enrol(Role.MENTOR, number, user=self.people["bob"]) for number in range(len(self.tracks))]
        self.pairs: list[Match] = []
        for number in range(self.size):
            place, track = divmod(number, len(self.tracks))
            mine = self._with(bob[track], self._enrol(Role.MENTEE, number), place=place + 1)
            self.pairs += [mine, make_pair(self._enrol(Role.MENTOR, number), self._enrol(Role.MENTEE, number))]
        self.args["match"] = self.pairs[0].pk

    def _part(self) -> None:
        """As many matches that are over."""
        for number in range(self.size):
            match = make_pair(self._enrol(Role.MENTOR, number), self._enrol(Role.MENTEE, number))
            Seat.objects.filter(match=match).update(live=False)
            Match.objects.filter(pk=match.pk).update(state="ended", ended_at=NOW, end_reason="ended")

    def _with(self, mentor: Enrolment, mentee: Enrolment, *, place: int) -> Match:
        proposal = ProposalFactory.create(track=mentor.track, state="replaced")
        match = MatchFactory.create(
            track=mentor.track, proposal=proposal, state="active", activated_at=NOW, offered_at=NOW
        )
        for each, at in ((mentor, place), (mentee, 1)):
            told = {"answer": "accepted", "answered_at": NOW, "live": True, "place": at, "places": PLACES}
            Seat.objects.create(match=match, enrolment=each, role=each.role, **told)
        return match

    def _wait(self) -> None:
        """As many whom lots have put into the next round, and who begin without a lot."""
        track = self.tracks[0]
        told = {"program": self.program, "seed": "s", "at": NOW, "told_at": NOW}
        draw = Draw.objects.create(kind="waitlist", first=track, places=1, **told)
        for number in range(2 * self.size):
            each = self._enrol(Role.MENTEE, 0, state="waiting" if number % 2 else "active")
            if number % 2:
                waits = {"came_from": track, "track": track, "waits": True}
                Lot.objects.create(draw=draw, program=self.program, user=each.user, **waits)
            else:
                SetAside.objects.create(program=self.program, user=each.user, reason="urgent", at=NOW)

    def _meet(self) -> None:
        """One session in every pair; many, with goals, in one; and notes by both about one of them."""
        first, days = self.pairs[0], [dt.timedelta(hours=number) for number in range(self.size)]
        for match in self.pairs[1:]:
            SessionFactory.create(match=match, held=True)
        held = [SessionFactory.create(match=first, held=True, starts_at=NOW + day) for day in days]
        for number, meeting in enumerate(held):
            NoteFactory.create(session=meeting, author=self.people["bob"])
            GoalFactory.create(match=first, owner=self.people["bob"], text=f"Goal {number}")
        self.held, self.args["session"] = held, held[0].pk
        feed = meeting_services.renew_feed(by=self.people["bob"], now=NOW)
        self.args["feed"] = feed_path(self.people["bob"], feed.key, NOW)

    def _propose(self) -> None:
        """A draft with many pairs, people left over, and many earlier proposals."""
        track = self.tracks[0]
        mentors, mentees, left = (self._enrol_all(role) for role in (Role.MENTOR, Role.MENTEE, Role.MENTEE))
        draft = ProposalFactory.create(
            track=track,
            number=100_000,
            left_over=[{"enrolment": each.pk, "reason": "Nobody fits", "details": []} for each in left],
            steps=[],
        )
        for mentor, mentee in zip(mentors, mentees, strict=True):
            match = MatchFactory.create(track=track, proposal=draft, score=9)
            for each in (mentor, mentee):
                Seat.objects.create(match=match, enrolment=each, role=each.role)
        for number in range(self.size):
            ProposalFactory.create(track=track, number=200_000 + number, state="discarded")
        self.args |= {"number": draft.number, "draft": draft.matches.earliest("pk").pk, "taker": mentees[0].pk}

    def _list(self) -> None:
        """Many programs, coordinators, admins, fields, rules, deeds and messages."""
        for number in range(self.size):
            other = ProgramFactory.create()
            TrackFactory.create(program=other)
            CoordinatorFactory.create(program=other, user=self.people["alice"])
            self.args["other_program"] = other.slug
            shared = {
                "token_hash": f"hash {number}",
                "made_at": NOW,
                "expires_at": LATER,
                "made_by": UserFactory.create(),
            }
            SharedReport.objects.create(program=self.program, **shared)
            CoordinatorFactory.create(program=self.program)
            RoleGrant.objects.create(user=UserFactory.create(), role="coordinator", granted_at=NOW)
            FieldFactory.create(program=self.program, slug=f"more-{number}", shared=True)
            spec = matching.RuleSpec(kind="differ", label=f"Rule {number}", taker_field="grade", giver_field="grade")
            matching.add_rule(plan=self.tracks[0].plan, spec=spec, by=self.people["alice"], now=NOW)
            mentee = self.pairs[number].seats.get(role="mentee").enrolment
            record(by=mentee.user, verb="session logged", now=NOW, program_id=self.program.pk)
            enqueue(
                kind="match-on",
                subject_type="matching.match",
                subject_id=self.pairs[number].pk,
                recipient=mentee.user,
                program_id=self.program.pk,
                not_before=NOW,
                expires_at=LATER,
                now=NOW,
            )

    def _apply(self) -> None:
        """Many who have just been accepted, who wait, and who wish to meet, and not to meet, somebody."""
        states = ("applied", "waiting", "accepted")
        for number in range(self.size):
            told = {"sent_at": NOW, "waiting_since": NOW, "decided_at": LATER, "before": "applied", "started_at": NOW}
            state = states[number % 3]
            track = self.tracks[number % 2]
            Application.objects.create(track=track, user=UserFactory.create(), role="mentee", state=state, **told)
            mentee = self.pairs[number].seats.get(role="mentee").enrolment
            wishing.avoid(program=self.program, user=mentee.user, enrolment_id=None, email=f"{number}@x.org", now=NOW)
            liked = json.dumps([self.pairs[0].seats.get(role="mentor").enrolment_id])
            Wishes.objects.create(enrolment=mentee, liked=liked, saved_at=NOW)

    def _ask_and_import(self) -> None:
        # Nothing that the draft was made from changes after this.
        draft = self.program.proposals.get(number=self.args["number"])
        draft.input_hash = inputs_of(draft.track, capacity=draft.capacity, objective=draft.objective).fingerprint
        draft.save()
        survey = pulse_of(self.program)
        for match in self.pairs[: self.size]:
            user = match.seats.get(role="mentee").enrolment.user
            asked = Invitation.objects.create(
                survey=survey,
                user=user,
                session=match.sessions.first(),
                created_at=NOW,
                closes_at=LATER,
                answered_at=NOW,
            )
            [response] = store_sent([asked])
            Answer.objects.create(response=response, question=survey.questions.earliest("pk"), value=4)
        rows = "\n".join(f"new{number}@x.org,New\nno address {number},New" for number in range(self.size))
        for number in range(self.size):
            earlier = {"filename": f"earlier{number}.csv", "created_by": UserFactory.create(), "created_at": NOW}
            Import.objects.create(track=self.tracks[number % 2], role=Role.MENTEE, sha256=str(number), **earlier)
        for name in ("a", "b"):
            item, _ = importing.start_import(
                track=self.tracks[0],
                role=Role.MENTEE,
                data=f"email,first name\n{rows}\nlast{name}@x.org,New\n".encode(),
                filename="people.csv",
                by=self.people["alice"],
                now=NOW,
            )
            table = importing.read_import(item)
            mapping = guess_for(table, targets_for(item.track, item.role), by_content=True)
            importing.set_mapping(item=item, mapping=mapping)
        self.args["imported"] = item.pk
        for number in range(self.size):
            taken: dict[str, Any] = {
                "what": "sessions",
                "ending": "csv",
                "rows": number,
                "by": UserFactory.create(),
                "now": NOW,
            }
            log_export(program=self.program, **taken)

    def _worry(self) -> None:
        """As many cases, the last with as many notes and readings."""
        for match in self.pairs[: self.size]:
            facts: dict[str, Any] = {"text": "Words", "in_danger": False, "contact": "", "key": uuid4()}
            reporter = match.seats.get(role="mentee").enrolment.user
            case = safeguarding.report(**facts, match_id=match.pk, by=reporter, now=NOW)
        self.args["case"] = case.number
        for number in range(self.size):
            safeguarding.write_note(case=case, body=f"Note {number}", by=self.people["sally"], now=NOW)

    def _weave(self) -> None:
        """A program of networks: as many who help and who ask, and as many of bob's own, each with a reply."""
        program = ProgramFactory.create(slug="web", state="running")
        CoordinatorFactory.create(program=program, user=self.people["alice"])
        track = TrackFactory.create(program=program, model="distributed", capacity=4)
        PlanFactory.create(track=track)
        helpers = [EnrolmentFactory.create(track=track, role=Role.PEER) for _ in range(self.size)]
        bob, mine = (
            EnrolmentFactory.create(track=track, role=role, user=self.people["bob"]) for role in ("mentor", "mentee")
        )
        self.args["desk"] = mine.pk
        for number in range(self.size):
            make_pair(helpers[number], EnrolmentFactory.create(track=track, role=Role.MENTEE))
            theirs = self._put(EnrolmentFactory.create(track=track, role=Role.MENTEE), [bob, helpers[number]])
            asked = self._put(mine, helpers[:5])
            flag = {"ask": theirs, "by": helpers[number].user, "reason": "noise", "created_at": NOW}
            AskFlag.objects.create(**flag)
            AskNotice.objects.create(ask=theirs, rule="ask_silent", raised_at=NOW)
        for place, route in enumerate(asked.routes.all(), 1):
            AskReply.objects.create(route=route, ask=asked, place=place, strength="Words", created_at=NOW)
        self.args |= {"ask": asked.pk, "route": theirs.routes.get(helper=bob).pk}

    def _put(self, asker: Enrolment, people: list[Enrolment]) -> Ask:
        told: dict[str, Any] = {"context": "Words", "question": "Words", "help": "advice", "wanted": 3}
        ask = Ask.objects.create(asker=asker, look_at=LATER, created_at=NOW, **told)
        for each in people:
            AskRoute.objects.create(ask=ask, helper=each, routed_at=NOW, answer_by=LATER)
        return ask

    def look(self, pages: Mapping[str, tuple[str, str, int]]) -> dict[str, tuple[int, int]]:
        """How many questions each page takes, and how long it is. A page is who looks, its address, and a figure."""
        found = {}
        for page, (who, address, _) in pages.items():
            client = Client()
            client.force_login(self.people[who])
            with CaptureQueriesContext(connection) as asked:
                response = client.get(address.format(**self.args))
            assert (page, response.status_code) == (page, 200)
            found[page] = len(asked), len(response.content)
        return found
