"""From a draft to offers: once, by one person, over unchanged people, and never more matches than places."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction

from mail.services import Draft, enqueue_many
from matching.errors import CannotMatch
from matching.models import Match, MatchingPlan, Proposal, Seat
from matching.queries import publishable
from matching.queries.inputs import model_of
from matching.queries.standing import default_places, numbered_places, open_offers, places_of
from matching.services.ending import end_offers
from matching.services.gathering import by_day, people_key
from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.models import Enrolment, Program
from programs.services import start_meeting

OFFER = "match-offer"


@dataclass(frozen=True)
class Published:
    """What publishing did: offers made, mails queued, and earlier offers that stayed or were taken back."""

    offers: int
    mails: int
    kept: int
    withdrawn: int


@transaction.atomic
def publish(*, proposal: Proposal, by: User | None, now: dt.datetime, version: int | None = None) -> Published:
    """Offer every match of a draft to the people in it, one mail for each person and match.

    Offers of the track's earlier proposal that nobody has said yes to are taken back, or kept where this one holds the
    same people. Raises AlreadyPublished, NotADraft, DataChanged (people, answers, places or rules are not what it was
    computed from), ChangedMeanwhile (the draft is not `version` any more), CannotMatch (somebody has no place left, or
    the program is closed).
    """
    Program.objects.select_for_update().get(pk=proposal.program_id)
    found = Proposal.objects.select_for_update().select_related("track__program").get(pk=proposal.pk)
    _hold_still(found)
    publishable.check(found, version)
    publishable.check_starts(found, now)
    kept, withdrawn = _replace_earlier(found, now)
    fresh = _offer(found, now)
    found.state, found.published_at, found.published_by = Proposal.State.PUBLISHED, now, by
    found.save(update_fields=["state", "published_at", "published_by"])
    mails = _send_offers(found, fresh, now)
    _start_program(found, by, now)
    figures = {"offers": len(fresh), "mails": mails, "withdrawn": withdrawn}
    record(by=by, verb="proposal published", now=now, program_id=found.program_id, subject=found, **figures)
    return Published(len(fresh), mails, kept, withdrawn)


def _start_program(proposal: Proposal, by: User | None, now: dt.datetime) -> None:
    """A program whose first matches go out is running."""
    try:
        start_meeting(program=proposal.track.program, by=by, now=now)
    except ProgramError as error:
        raise CannotMatch("The program is closed: nothing is published in it any more.") from error


def _hold_still(proposal: Proposal) -> None:
    """Lock what the proposal was computed from, so that nothing changes between the check and the offers."""
    MatchingPlan.objects.select_for_update().get(track=proposal.track_id)
    people = Enrolment.objects.select_for_update().filter(track=proposal.track_id)
    list(people.order_by("pk").values_list("pk", flat=True))


def _replace_earlier(proposal: Proposal, now: dt.datetime) -> tuple[int, int]:
    """Retire the track's earlier proposal. What it offers the same people stays as it is, links included."""
    earlier = Proposal.objects.filter(track=proposal.track_id, state=Proposal.State.PUBLISHED)
    earlier.update(state=Proposal.State.REPLACED)
    drafts = {_what(m): m for m in proposal.matches.prefetch_related("seats")}
    told = {seat.enrolment_id for match in drafts.values() for seat in match.seats.all()}
    offers = list(open_offers(proposal.track).select_for_update(of=("self",)).prefetch_related("seats"))
    same = [offer for offer in offers if _what(offer) in drafts]
    for offer in same:
        _taken_over(offer, drafts[_what(offer)])
    gone = [offer for offer in offers if offer not in same]
    end_offers(gone, reason=Match.EndReason.REPLACED, not_told=told, now=now)
    return len(same), len(gone)


def _what(match: Match) -> tuple[str, dt.datetime | None]:
    """What makes an offer the same as another: who is in it, and when a one-off session would be."""
    return people_key(seat for seat in match.seats.all() if seat.left_at is None), match.starts_at


def _taken_over(offer: Match, draft: Match) -> None:
    offer.proposal, offer.number, offer.most = draft.proposal, draft.number, draft.most
    offer.score, offer.shares, offer.locked = draft.score, draft.shares, draft.locked
    offer.save(update_fields=["proposal", "number", "most", "score", "shares", "locked"])
    draft.delete()


def _offer(proposal: Proposal, now: dt.datetime) -> list[Match]:
    fresh = list(proposal.matches.filter(state=Match.State.DRAFT).prefetch_related("seats"))
    offer_matches(proposal, fresh, now)
    return fresh


def offer_matches(proposal: Proposal, fresh: Sequence[Match], now: dt.datetime) -> None:
    """Make offers of matches that nobody has heard of. Raises CannotMatch where somebody has no place left."""
    take_places(proposal, [(seat, match) for match in fresh for seat in match.seats.all()])
    for match in fresh:
        match.state, match.offered_at = Match.State.OFFERED, now
        match.answer_until = publishable.answer_until(proposal.track, match, now)
        match.people_key = people_key(match.seats.all())
    Match.objects.bulk_update(fresh, ["state", "offered_at", "answer_until", "people_key"], batch_size=200)


def take_places(proposal: Proposal, seats: Sequence[tuple[Seat, Match]]) -> None:
    """Give each seat the lowest free place of its person. The database refuses a place that is taken twice."""
    people = Enrolment.objects.select_related("user").filter(pk__in={seat.enrolment_id for seat, _ in seats})
    by_id = {each.pk: each for each in people}
    taken: dict[int, set[int]] = defaultdict(set)
    live = Seat.objects.filter(live=True, enrolment__in=by_id).values_list("enrolment_id", "place")
    for enrolment_id, place in live:
        taken[enrolment_id].add(place)
    model = model_of(proposal.track)
    default = default_places(proposal.track, model, proposal.capacity)
    zone = ZoneInfo(proposal.track.program.timezone)
    for seat, match in seats:
        person = by_id[seat.enrolment_id]
        places = places_of(person, model, default)
        start = match.starts_at.astimezone(zone) if match.starts_at else None
        to_take, seat.places = numbered_places(places, seat.role, start)
        seat.live = True
        free = [place for place in to_take if place not in taken[person.pk]]
        if not free:
            raise CannotMatch(f"{person.user.name} has no free place left.")
        seat.place = free[0]
        taken[person.pk].add(seat.place)
    Seat.objects.bulk_update([seat for seat, _ in seats], ["live", "place", "places"], batch_size=200)


def _send_offers(proposal: Proposal, matches: list[Match], now: dt.datetime) -> int:
    return send_offers(proposal, [(seat, match) for match in matches for seat in match.seats.all()], now)


def send_offers(proposal: Proposal, seats: Sequence[tuple[Seat, Match]], now: dt.datetime) -> int:
    """One mail for each of these seats, after the night of its reader. Returns how many."""
    rows = Enrolment.objects.filter(seats__in=[seat.pk for seat, _ in seats])
    users = {pk: (user, zone) for pk, user, zone in rows.values_list("pk", "user_id", "user__timezone")}
    return enqueue_many(
        [
            Draft(
                kind=OFFER,
                subject_type="match",
                subject_id=match.pk,
                recipient_id=users[seat.enrolment_id][0],
                not_before=by_day(now, users[seat.enrolment_id][1], match.answer_until or now),
                expires_at=match.answer_until or now,
                program_id=proposal.program_id,
            )
            for seat, match in seats
        ],
        now=now,
    )
