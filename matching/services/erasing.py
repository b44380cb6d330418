"""What of a person goes from matches and proposals when they are erased."""

import datetime as dt
import json

from matching.models import Ending, EndingToCome, GoesOn, Match, Proposal, Seat, Thanks
from participants.models import User
from participants.personal_data import REMOVED


def erase_from_matching(user: User, _now: dt.datetime) -> None:
    """Their words go, and the sentences made of their answers; points, places and dates stay, as others are in them."""
    mine = Seat.objects.filter(enrolment__user=user)
    mine.exclude(decline_reason="").update(decline_reason=REMOVED)
    for model in (Ending, EndingToCome):
        for ending in model.objects.filter(by=user).exclude(words=""):
            ending.words = REMOVED
            ending.save(update_fields=["words"])
    GoesOn.objects.filter(seat__in=mine).delete()
    for thanks in Thanks.objects.filter(author=user):
        thanks.words = REMOVED
        thanks.save(update_fields=["words"])
    for match in Match.objects.select_for_update().filter(pk__in=mine.values("match")).order_by("pk"):
        _without_sentences(match)
    _from_proposals(user)


def _without_sentences(match: Match) -> None:
    """What a rule found is told from the answers of both, so it goes for both; its points stay."""
    match.shares = [{**share, "sentence": REMOVED, "told": {}} for share in match.shares]
    match.topic = REMOVED if match.topic else ""
    match.save(update_fields=["shares", "topic"])


def _from_proposals(user: User) -> None:
    enrolments = set(user.enrolments.values_list("pk", flat=True))
    # By way of their numbers: no row is locked together with DISTINCT.
    theirs = Proposal.objects.filter(track__enrolments__user=user).values("pk")
    for proposal in Proposal.objects.select_for_update().filter(pk__in=theirs).order_by("pk"):
        left_over = [_without_reasons(entry, enrolments, user) for entry in proposal.left_over]
        if left_over != proposal.left_over:
            proposal.left_over = left_over
            proposal.save(update_fields=["left_over"])


def _without_reasons(entry: dict[str, object], enrolments: set[int], user: User) -> dict[str, object]:
    """Their own reasons go; in somebody else's, their name: "The only mentor who fits has no free place: …"."""
    if entry["enrolment"] in enrolments:
        return {"enrolment": entry["enrolment"], "reason": REMOVED, "details": []}
    kept: dict[str, object] = json.loads(json.dumps(entry, ensure_ascii=False).replace(_inside(user.name), REMOVED))
    return kept


def _inside(text: str) -> str:
    """As it stands within a string of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def shares_a_match_with(user_id: int) -> list[int]:
    """The accounts of all who were in a match with somebody: their files of own data may hold what they wrote."""
    matches = Seat.objects.filter(enrolment__user=user_id).values("match")
    others = Seat.objects.filter(match__in=matches).exclude(enrolment__user=user_id)
    return list(others.values_list("enrolment__user", flat=True).distinct())
