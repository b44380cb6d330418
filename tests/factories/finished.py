"""A program that is over, with what its learners answered before and after."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matching.models import Match, Proposal, Seat
from participants.models import User
from programs.models import Enrolment, Program, Role, Track
from surveys.definition import survey_of
from surveys.models import Answer, Invitation, Question
from surveys.services import store_sent
from surveys.wording import CORE_ITEMS, RELATIONSHIP_ITEMS
from tests.factories.matching import ProposalFactory
from tests.factories.programs import NOW, ProgramFactory, TrackFactory

DAY = dt.timedelta(days=1)
# Six answers in the order of the core; fewer leave the last ones out; none is no answer at all.
Answers = Sequence[int]


@dataclass
class Finished:
    """A program from NOW to the end of August 2027: with tracks by model, and matches one by one."""

    program: Program = field(default_factory=ProgramFactory.create)
    tracks: dict[str, tuple[Track, Proposal]] = field(default_factory=dict)
    count: int = 0

    def match(self, model: str, learners: Iterable[tuple[Answers, Answers]], *, led: bool = False) -> Match:
        """A match that came to its end, of these learners (before, after) and, if it is led, a mentor."""
        track, proposal = self._track(model)
        said = list(learners)
        match = Match.objects.create(
            track=track,
            proposal=proposal,
            state=Match.State.ENDED,
            created_at=NOW,
            offered_at=NOW,
            activated_at=NOW,
            ended_at=NOW + 183 * DAY,
            end_reason=Match.EndReason.FINISHED,
        )
        role = Role.MENTEE if led else Role.PEER
        seated = [self._sit(match, role) for _ in said] + ([self._sit(match, Role.MENTOR)] if led else [])
        for enrolment, (before, after) in zip(seated, said, strict=False):
            self.say(enrolment.user, "baseline", before, NOW - 2 * DAY)
            self.say(enrolment.user, "closing", after, NOW + 185 * DAY)
        return match

    def _track(self, model: str) -> tuple[Track, Proposal]:
        if model not in self.tracks:
            track = TrackFactory.create(program=self.program, model=model, name=model.title())
            self.tracks[model] = track, ProposalFactory.create(program=self.program, track=track)
        return self.tracks[model]

    def _sit(self, match: Match, role: str) -> Enrolment:
        self.count += 1
        email = f"{self.program.slug}-{self.count}@example.org"
        user = User.objects.create(email=email, first_name=f"Person{self.count}", last_name="Hill")
        enrolment = Enrolment.objects.create(track=match.track, user=user, role=role, joined_at=NOW - 5 * DAY)
        Seat.objects.create(
            match=match, enrolment=enrolment, role=role, answer=Seat.Answer.ACCEPTED, answered_at=NOW, places=1
        )
        return enrolment

    def say(self, user: User, kind: str, values: Answers, when: dt.datetime) -> None:
        """Send the core with these values; those beyond its six are for the relationship check, where it is asked."""
        if not values:
            return
        survey = survey_of(self.program, kind)
        asked = Invitation.objects.create(
            survey=survey, user=user, with_core=True, created_at=when, closes_at=when + 30 * DAY, answered_at=when
        )
        [response] = store_sent([asked])
        questions = {each.slug: each for each in Question.objects.filter(survey=survey)}
        slugs = [item["slug"] for item in (*CORE_ITEMS, *RELATIONSHIP_ITEMS) if item["slug"] in questions]
        Answer.objects.bulk_create(
            Answer(response=response, question=questions[slug], value=value)
            for slug, value in zip(slugs, values, strict=False)
        )
