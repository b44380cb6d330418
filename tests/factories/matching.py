from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import factory
from factory.django import DjangoModelFactory

from matching import services
from matching.models import Match, MatchingPlan, Proposal, Seat
from programs.models import Enrolment, ProfileField, Program, Role, Track
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, ProgramFactory, TrackFactory


class PlanFactory(DjangoModelFactory[MatchingPlan]):
    class Meta:
        model = MatchingPlan

    track = factory.SubFactory(TrackFactory)


class ProposalFactory(DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    track = factory.SubFactory(TrackFactory)
    program = factory.SelfAttribute("track.program")
    number = factory.LazyAttribute(lambda new: _next_number(new.program))
    state = Proposal.State.DRAFT
    objective = MatchingPlan.Objective.COVER
    created_at = NOW


class MatchFactory(DjangoModelFactory[Match]):
    """An empty match; `make_pair` seats people in it."""

    class Meta:
        model = Match

    track = factory.SubFactory(TrackFactory)
    proposal = factory.SubFactory(ProposalFactory, track=factory.SelfAttribute("..track"))
    created_at = NOW


class SeatFactory(DjangoModelFactory[Seat]):
    class Meta:
        model = Seat

    match = factory.SubFactory(MatchFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    role = factory.SelfAttribute("enrolment.role")


def make_pair(mentor: Enrolment, mentee: Enrolment, *, state: str = Match.State.ACTIVE, score: int = 20) -> Match:
    """A match of these two in the given state, with both answers as that state means."""
    accepted = state == Match.State.ACTIVE
    when = NOW if accepted else None
    # Without the factories, which ask one thing at a time: hundreds of tests begin with a few pairs.
    track = mentor.track
    proposal = Proposal(track=track, program=track.program, number=_next_number(track.program), created_at=NOW)
    proposal.state, proposal.objective = Proposal.State.DRAFT, MatchingPlan.Objective.COVER
    proposal.save(force_insert=True)
    match = Match.objects.create(
        track=track, proposal=proposal, state=state, score=score, offered_at=NOW, activated_at=when, created_at=NOW
    )
    taken = Counter(
        Seat.objects.filter(enrolment__in=(mentor, mentee), live=True).values_list("enrolment_id", flat=True)
    )
    told = {"answer": Seat.Answer.ACCEPTED if accepted else Seat.Answer.WAITING, "answered_at": when}
    Seat.objects.bulk_create(
        Seat(
            match=match,
            enrolment=enrolment,
            role=enrolment.role,
            live=state in Match.LIVE,
            place=1 + taken[enrolment.pk],
            places=5 if enrolment.role == Role.MENTOR else 1,
            **told,
        )
        for enrolment in (mentor, mentee)
    )
    return match


def _next_number(program: Program) -> int:
    """As the service counts: the next number of the program."""
    return 1 + max(program.proposals.values_list("number", flat=True), default=0)


LEVELS = ["Starting", "Experienced", "Lead"]
FAR = services.RuleSpec(
    kind="differ", label="Other department", taker_field="department", giver_field="department", strength="must"
)
ABOVE = services.RuleSpec(
    kind="gap",
    label="Level above",
    taker_field="level",
    giver_field="level",
    strength="points",
    by_gap={1: 9, 2: 12},
    others_forbidden=True,
    params={"unit": "level"},
)


@dataclass
class Town:
    """A track whose best matching is found by hand.

    Mentors: Mona (Lead, Art), Nils (Experienced, Biology). Mentees: Tom (Starting, Biology), Una (Starting, Art),
    Vera (Experienced, Chemistry). Allowed: Tom with Mona 12, Una with Nils 9, Vera with Mona 9. With one place each the
    best is Tom and Una, 21 points, and Vera is left over; with two places everybody is placed, 30 points.
    """

    track: Track
    people: dict[str, Enrolment] = field(default_factory=dict)

    def propose(self, **options: Any) -> Proposal:
        queued = services.start_proposal(track=self.track, by=None, now=NOW, **options)
        done = services.run_proposal(queued.pk, clock=lambda: NOW)
        assert done is not None
        return done

    def match(self, proposal: Proposal, *names: str) -> Match:
        """The match of exactly these people."""
        ids = {self.people[name].pk for name in names}
        found = [m for m in proposal.matches.all() if set(m.seats.values_list("enrolment_id", flat=True)) == ids]
        return found[0]

    def seat(self, proposal: Proposal, name: str) -> Seat:
        return Seat.objects.get(match__proposal=proposal, enrolment=self.people[name])

    def join(self, name: str, role: str, level: str, department: str, **more: object) -> Enrolment:
        user = UserFactory.create(email=f"{name.lower()}@example.org", first_name=name, last_name="Town")
        answers = {"level": level, "department": department}
        self.people[name] = EnrolmentFactory.create(track=self.track, user=user, role=role, answers=answers, **more)
        return self.people[name]


def make_town(*, rules: bool = True, **track: object) -> Town:
    program = track.pop("program", None) or ProgramFactory.create(slug="town", name="Town program", contact_name="Dana")
    town = Town(TrackFactory.create(program=program, slug="mentoring", name="Mentoring", capacity=1, **track))
    for slug, kind, options in (
        ("level", ProfileField.Kind.ORDERED, LEVELS),
        ("department", ProfileField.Kind.TEXT, []),
    ):
        FieldFactory.create(program=program, slug=slug, label=slug.title(), kind=kind, options=options, shared=True)
    plan = services.ensure_plan(track=town.track, now=NOW, with_rules=False)
    services.set_objective(plan=plan, objective="cover", by=None, now=NOW)
    for spec in (FAR, ABOVE) if rules else ():
        services.add_rule(plan=plan, spec=spec, by=None, now=NOW)
    town.join("Mona", Role.MENTOR, "Lead", "Art")
    town.join("Nils", Role.MENTOR, "Experienced", "Biology")
    town.join("Tom", Role.MENTEE, "Starting", "Biology")
    town.join("Una", Role.MENTEE, "Starting", "Art")
    town.join("Vera", Role.MENTEE, "Experienced", "Chemistry")
    return town
