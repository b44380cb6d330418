"""Whether a proposal may be published: asked before the check page is shown, and again under locks."""

from matching.errors import AlreadyPublished, ChangedMeanwhile, DataChanged, NotADraft
from matching.models import Proposal
from matching.queries.inputs import inputs_for


def check(proposal: Proposal, version: int | None = None) -> None:
    """Raises AlreadyPublished, NotADraft, ChangedMeanwhile (it is not `version` any more) or DataChanged."""
    if proposal.state in (Proposal.State.PUBLISHED, Proposal.State.REPLACED):
        raise AlreadyPublished(_by_whom(proposal))
    if proposal.state != Proposal.State.DRAFT:
        state = proposal.get_state_display().lower()
        raise NotADraft(f"Proposal {proposal.number} is {state}: it cannot be published.")
    published = Proposal.objects.filter(track=proposal.track_id, state=Proposal.State.PUBLISHED)
    later = published.filter(published_at__gt=proposal.created_at).select_related("published_by").first()
    if later is not None:
        raise AlreadyPublished(f"{_by_whom(later)} Proposal {proposal.number} is older than that.")
    if version is not None and proposal.version != version:
        raise ChangedMeanwhile(f"Somebody has changed proposal {proposal.number} since you checked it. Check it again.")
    _same_inputs(proposal)


def _by_whom(proposal: Proposal) -> str:
    who = f" by {proposal.published_by.name}" if proposal.published_by else ""
    return f"Proposal {proposal.number} was already published{who}."


def _same_inputs(proposal: Proposal) -> None:
    present = inputs_for(proposal)
    if present.fingerprint != proposal.input_hash:
        raise DataChanged(
            "People, answers, places or rules have changed since this proposal was made. "
            "Run the matching again; locked pairs stay."
        )
