"""Places offered in a track that is published: to people who come late, and in the place of somebody who said no.

Whoever is offered a place gets the same mail as everybody else. The others of a group hear of it when it is taken, as
they do of everybody who says yes later; those whose helper or neighbour is moved away hear that they have left.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from matching.errors import CannotMatch, ChangedMeanwhile, MatchingError, SwapRefused
from matching.models import Match, MatchingPlan, Proposal, Seat
from matching.queries.booked import Meeting, booked_in
from matching.queries.late import LateCheck, check_in
from matching.queries.publishable import answer_until
from matching.queries.seating import After, Seating, Sit, seating_on
from matching.services.board_changes import Chair, Party, worth
from matching.services.board_seats import refuse
from matching.services.ending import end_offers
from matching.services.gathering import LEFT, people_key, take_leave, tell_of
from matching.services.publishing import offer_matches, send_offers, take_places
from matching.services.shapes import most_of, shares_of
from matching.services.shapes.slots import topic_of
from participants.models import User
from participants.services import record
from programs.catalogue.base import Shape
from programs.models import Enrolment, Program, Track


@transaction.atomic
def offer_places(
    *,
    track: Track,
    sits: Sequence[Sit] = (),
    together: Sequence[int] = (),
    meetings: Sequence[Meeting] = (),
    checked: str | None = None,
    by: User | None,
    now: dt.datetime,
) -> int:
    """Offer people seats in matches that stand, a new network of `together`, or sessions. Returns how many are asked.

    Nobody who has said yes moves; who has not may leave one match for another. `checked` is the stamp of the
    queries.late.LateCheck that somebody has read. Raises CannotMatch where nothing is published or the program is
    closed, SwapRefused with what stands against it, ChangedMeanwhile where it would do something else than was read.
    """
    program = Program.objects.select_for_update().get(pk=track.program_id)
    if program.state == Program.State.CLOSED:
        raise CannotMatch("The program is closed: nobody is matched in it any more.")
    _hold_still(track)
    seating = seating_on(track, now)
    if seating is None or seating.published is None:
        raise CannotMatch("Nothing is published in this track yet.")
    if not sits and not together and not meetings:
        raise MatchingError("Say who is to be where.")
    if bool(meetings) is not (seating.shape == Shape.SLOTS):
        raise SwapRefused("This is not how people are matched in this track.")
    if checked is not None:
        _as_read(check_in(seating, sits, together, meetings, now), checked)
    asked = _sessions(seating, meetings, now) if meetings else _seats(seating, sits, together, now)
    record(by=by, verb="place offered", now=now, program_id=program.pk, subject=seating.published, offers=asked)
    return asked


def _as_read(check: LateCheck, stamp: str) -> None:
    if check.problem:
        raise SwapRefused(check.problem)
    if check.stamp != stamp:
        raise ChangedMeanwhile("Something has changed since you checked. Check it again.")


def _hold_still(track: Track) -> None:
    """As publishing does: nothing changes between the look and the offer."""
    MatchingPlan.objects.select_for_update().get(track=track)
    list(Enrolment.objects.select_for_update().filter(track=track).order_by("pk").values_list("pk", flat=True))
    live = Match.objects.select_for_update(of=("self",)).filter(track=track, state__in=Match.LIVE)
    list(live.order_by("pk").values_list("pk", flat=True))


# --- groups and networks -----------------------------------------------------------------


def _seats(seating: Seating, sits: Sequence[Sit], together: Sequence[int], now: dt.datetime) -> int:
    published = _published(seating)
    found = seating.after(sits, together)
    for after in found:
        refuse(after.verdict, "")
    for sit in sits:
        if sit.leaves:
            _leave(sit, now)
    asked = [_join(seating, after, sits, now) for after in found if after.table]
    seats = [seat for some in asked for seat in some]
    take_places(published, seats)
    if together:
        seats += _new_network(seating, together, now)
    return send_offers(published, seats, now)


def _published(seating: Seating) -> Proposal:
    if seating.published is None:
        raise CannotMatch("Nothing is published in this track yet.")
    return seating.published


def _leave(sit: Sit, now: dt.datetime) -> None:
    match = Match.objects.select_related("track__program").get(pk=sit.leaves)
    seat = match.seats.select_related("enrolment", "match__track").get(enrolment=sit.person, left_at=None)
    tell_of(seat, LEFT, take_leave(match, seat, now=now), now=now)


def _join(seating: Seating, after: After, sits: Sequence[Sit], now: dt.datetime) -> list[tuple[Seat, Match]]:
    """Chairs for those who come into a match; its score is that of everybody in it from now on."""
    if after.table is None or not after.members:
        return []
    match = Match.objects.select_related("track__plan").get(pk=after.table.pk)
    parts = seating.parts(after.members)
    come = [seating.people[sit.person] for sit in sits if sit.joins == match.pk]
    seats = [
        Seat.objects.create(match=match, enrolment_id=e.enrolment_id, role=e.role, part=parts.get(e.enrolment_id, ""))
        for e in come
    ]
    match.score, match.most = after.verdict.score, most_of(seating.inputs, *after.members)
    match.shares = shares_of(seating.inputs, *after.members)
    match.people_key = people_key(match.seats.filter(left_at=None))
    if seats:
        # Whoever has not answered yet has as long as the new ones.
        match.answer_until = max(match.answer_until or now, answer_until(match.track, match, now))
    match.save(update_fields=["score", "most", "shares", "people_key", "answer_until"])
    return [(seat, match) for seat in seats]


def _new_network(seating: Seating, together: Sequence[int], now: dt.datetime) -> list[tuple[Seat, Match]]:
    people = seating.after([], together)[0].members
    parts = seating.parts(people)
    party = Party(tuple(Chair(e.enrolment_id, e.role, parts.get(e.enrolment_id, "")) for e in people))
    return _offered(seating, [party], now)


def _offered(seating: Seating, parties: Sequence[Party], now: dt.datetime) -> list[tuple[Seat, Match]]:
    """Matches of these people, on offer as part of what is published."""
    published, matches = _published(seating), []
    last = max((table.number for table in seating.tables), default=0)
    for number, party in enumerate(parties, start=last + 1):
        score, most, shares = worth(seating.inputs, party)
        match = Match.objects.create(
            track_id=published.track_id, proposal=published, number=number, score=score, most=most, shares=shares,
            topic=party.topic, minutes=party.minutes, created_at=now,
            starts_at=dt.datetime.fromisoformat(party.starts_at) if party.starts_at else None,
        )  # fmt: skip
        Seat.objects.bulk_create(
            Seat(match=match, enrolment_id=chair.enrolment, role=chair.role, part=chair.part) for chair in party.chairs
        )
        matches.append(match)
    offer_matches(published, matches, now)
    return [(seat, match) for match in matches for seat in match.seats.all()]


# --- one-off sessions --------------------------------------------------------------------


def _sessions(seating: Seating, meetings: Sequence[Meeting], now: dt.datetime) -> int:
    """New offers; who had another session offered has this one instead, and hears of it once."""
    booked = booked_in(seating, now, now)
    found = booked.after(meetings)
    for after in found:
        refuse(after.verdict, "")
    gone = Match.objects.filter(pk__in=[after.table.pk for after in found if after.table])
    told = {person for meeting in meetings for person in meeting[:2]}
    end_offers(list(gone), reason=Match.EndReason.REPLACED, not_told=told, now=now)
    seats = _offered(seating, [_party(seating, meeting) for meeting in meetings], now)
    return send_offers(_published(seating), seats, now)


def _party(seating: Seating, meeting: Meeting) -> Party:
    asker, helper = (seating.people[each] for each in meeting[:2])
    return Party(
        tuple(Chair(each.enrolment_id, each.role) for each in (asker, helper)),
        topic=topic_of(seating.inputs, asker, helper),
        minutes=seating.inputs.track.session_minutes,
        starts_at=meeting.start.isoformat(),
    )
