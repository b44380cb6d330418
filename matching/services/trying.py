"""Keeping what was tried out: the rules count so from now on, and the matching runs again."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from matching.errors import NotADraft
from matching.models import MatchingPlan, MatchRule, Proposal
from matching.services.proposing import start_proposal
from matching.services.rules import set_objective, set_strength
from participants.models import User
from programs.models import Program


@transaction.atomic
def keep_trial(
    *, proposal: Proposal, strengths: Mapping[int, str], objective: str, by: User | None, now: dt.datetime
) -> Proposal:
    """Save strengths (of MatchRule.Strength, by the rule's number) and the aim, and start a run over them.

    Locked pairs of the proposal stay. Raises NotADraft, BadRule for a strength that a rule cannot have, and
    MatchingError as start_proposal does; then nothing is saved.
    """
    found = Proposal.objects.select_related("track").get(pk=proposal.pk)
    if found.state != Proposal.State.DRAFT:
        raise NotADraft(f"Proposal {found.number} is {found.get_state_display().lower()}: start from a draft.")
    # The program before the plan, as publishing takes them: otherwise the two could wait for each other.
    Program.objects.select_for_update().get(pk=found.program_id)
    plan = MatchingPlan.objects.select_for_update(of=("self",)).select_related("track").get(track=found.track_id)
    related = ("taker_field", "giver_field", "condition_field", "plan__track")
    for rule in MatchRule.objects.filter(plan=plan, pk__in=strengths).select_related(*related):
        if rule.strength != strengths[rule.pk]:
            set_strength(rule=rule, strength=strengths[rule.pk], by=by, now=now)
    if objective != plan.objective:
        set_objective(plan=plan, objective=objective, by=by, now=now)
    return start_proposal(
        track=found.track, capacity=found.capacity, objective=objective, based_on=found, by=by, now=now
    )
