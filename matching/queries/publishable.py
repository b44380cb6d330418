"""Whether a proposal may be published: asked before the check page is shown, and again under locks."""

import datetime as dt

from matching.errors import AlreadyPublished, ChangedMeanwhile, DataChanged, NotADraft
from matching.models import Match, Proposal
from matching.queries.inputs import Inputs, inputs_for, model_of
from programs.models import Track


def check(proposal: Proposal, version: int | None = None) -> Inputs:
    """What it was computed from, which is still so. Raises AlreadyPublished, NotADraft, ChangedMeanwhile (it is not
    `version` any more) or DataChanged.
    """
    if proposal.state in (Proposal.State.PUBLISHED, Proposal.State.REPLACED):
        raise AlreadyPublished(_by_whom(proposal))
    if proposal.state != Proposal.State.DRAFT:
        state = proposal.get_state_display().lower()
        raise NotADraft(f"Proposal {proposal.number} is {state}: it cannot be published.")
    if (later := _published_since(proposal)) is not None:
        raise AlreadyPublished(f"{_by_whom(later)} Proposal {proposal.number} is older than that.")
    if version is not None and proposal.version != version:
        raise ChangedMeanwhile(f"Somebody has changed proposal {proposal.number} since you checked it. Check it again.")
    return _same_inputs(proposal)


def _published_since(proposal: Proposal) -> Proposal | None:
    if not getattr(proposal, "overtaken", True):
        return None
    published = Proposal.objects.filter(track=proposal.track_id, state=Proposal.State.PUBLISHED)
    return published.filter(published_at__gt=proposal.created_at).select_related("published_by").first()


def _by_whom(proposal: Proposal) -> str:
    who = f" by {proposal.published_by.name}" if proposal.published_by else ""
    return f"Proposal {proposal.number} was already published{who}."


def _same_inputs(proposal: Proposal) -> Inputs:
    present = inputs_for(proposal)
    if present.fingerprint != proposal.input_hash:
        raise DataChanged(
            "People, answers, places or rules have changed since this proposal was made. "
            "Run the matching again; locked pairs stay."
        )
    return present


def check_starts(proposal: Proposal, now: dt.datetime) -> None:
    """Raises DataChanged where a one-off session of the proposal would begin sooner than people are told."""
    terms = model_of(proposal.track).booking
    if terms is None:
        return
    earliest = now + dt.timedelta(hours=terms.notice_hours)
    soon = proposal.matches.filter(state=Match.State.DRAFT, starts_at__lt=earliest).count()
    if soon:
        sessions = "1 session begins" if soon == 1 else f"{soon} sessions begin"
        when = f"in less than {terms.notice_hours} hours"
        raise DataChanged(f"{sessions} {when}. Run the matching again for later times.")


def answer_until(track: Track, match: Match, now: dt.datetime) -> dt.datetime:
    """Until when the people of a match can say yes or no, if it is offered now.

    A request for a one-off session lives as long as its model says, and never into the day before the session.
    """
    until = now + dt.timedelta(days=track.plan.answer_days)
    terms = model_of(track).booking
    if terms is None or match.starts_at is None:
        return until
    last_moment = match.starts_at - dt.timedelta(hours=terms.notice_hours / 2)
    return min(until, now + dt.timedelta(days=terms.request_days), last_moment)
