import factory
from factory.django import DjangoModelFactory

from matching.models import Match, MatchingPlan, Proposal, Seat
from programs.models import Enrolment, Role
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory


class PlanFactory(DjangoModelFactory[MatchingPlan]):
    class Meta:
        model = MatchingPlan

    track = factory.SubFactory(TrackFactory)


class ProposalFactory(DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    track = factory.SubFactory(TrackFactory)
    program = factory.SelfAttribute("track.program")
    number = factory.Sequence(lambda n: n + 1)
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
    match = MatchFactory.create(
        track=mentor.track,
        state=state,
        score=score,
        offered_at=NOW,
        activated_at=NOW if accepted else None,
    )
    answer = Seat.Answer.ACCEPTED if accepted else Seat.Answer.WAITING
    for enrolment in (mentor, mentee):
        place = 1 + Seat.objects.filter(enrolment=enrolment, live=True).count()
        SeatFactory.create(
            match=match,
            enrolment=enrolment,
            answer=answer,
            answered_at=NOW if accepted else None,
            live=state in Match.LIVE,
            place=place,
            places=5 if enrolment.role == Role.MENTOR else 1,
        )
    return match
