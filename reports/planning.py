"""Which reminders a silent match has earned, and which digests are due. Asking again gives the same rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from mail.models import Message
from mail.quiet import shift
from mail.services import Draft, enqueue_many, with_room
from matching.models import Match, Seat
from participants.models import User
from programs.models import Coordinator, Enrolment, Program
from reports.health import Limits
from reports.health.limits import DEFAULT
from reports.health.rules import quiet_after
from reports.queries.around import ONE_OFF, all_limits
from reports.queries.resting import AWAKE, rests_of
from sessions.models import Session

NOT_MET, QUIET = "no-first-session", "gone-quiet"
NUDGES = (NOT_MET, QUIET)
# About a match and the sessions it has had: with the next one a new count begins.
SUBJECT = "reports.quiet"
DIGEST, DIGEST_SUBJECT = "coordinator-digest", "reports.digest"
DAY = dt.timedelta(days=1)
# Between the first reminder and the second, and between the second and the coordinator's turn.
BETWEEN = 7 * DAY
WORTH = 7 * DAY
# A planned time that is over and not logged is asked about by other mails; so long it is no silence.
ASKED_ABOUT = 7 * DAY
# So long after a program's last day its coordinators are reminded to close it.
TO_CLOSE = 28 * DAY
MONDAY_AT = dt.time(8)
MONDAY_UNTIL = dt.time(20)


def sequence_of(held: int, step: int) -> int:
    """The number of the first (0) or second (1) reminder after so many sessions."""
    return 2 * held + step


@dataclass(frozen=True)
class Silence:
    """An active match in which nothing is planned: since when, and after how many sessions."""

    match: Match
    since: dt.datetime
    held: int

    @property
    def kind(self) -> str:
        return QUIET if self.held else NOT_MET

    def sequence(self, step: int) -> int:
        return sequence_of(self.held, step)

    def due_at(self, limits: Limits) -> dt.datetime:
        """When it is to be watched, and so the first reminder."""
        if not self.held:
            return self.since + limits["first_watch"] * DAY
        return self.since + quiet_after(self.match.track.cadence_days, limits, "watch") * DAY


def silences(now: dt.datetime, **which: Any) -> Iterator[Silence]:
    """Active matches of programs that are not over with nothing held lately and nothing planned: two queries.

    A match in which somebody pauses is not silent; when they are back it counts from there.
    """
    matches = list(silent(now, **which).select_related("track__program").order_by("pk"))
    rests = rests_of([match.pk for match in matches], now) if matches else {}
    for match in matches:
        rest, since = rests.get(match.pk, AWAKE), match.met or match.activated_at or match.created_at
        if not rest.resting:
            yield Silence(match, max(since, rest.back_at or since), match.times)


def silent(now: dt.datetime, **which: Any) -> QuerySet[Match, Any]:
    """The same as rows, also those in which somebody pauses: `met` last, so many `times`."""
    planned = Session.objects.filter(match=OuterRef("pk"), state=Session.State.PLANNED, starts_at__gt=now - ASKED_ABOUT)
    held = Q(sessions__state=Session.State.HELD)
    rows = Match.objects.filter(
        ~Exists(planned),
        state=Match.State.ACTIVE,
        starts_at=None,
        closes_at=None,
        track__program__ends_on__gte=now.date(),
        **which,
    ).exclude(Q(track__program__state=Program.State.CLOSED) | Q(track__model__in=ONE_OFF) | Q(ends_on__lt=now.date()))
    return rows.annotate(met=Max("sessions__starts_at", filter=held), times=Count("sessions", filter=held))


def plan_all(now: dt.datetime) -> int:
    """Write down the reminders and digests whose time has come; returns how many are new. Safe to run twice at once.

    Whoever has no room in their weekly two is written to when there is, if the thing is still to be done.
    """
    return enqueue_many(with_room([*_nudges(now), *_digests(now)], now=now), now=now)


def _nudges(now: dt.datetime) -> list[Draft]:
    limits = all_limits()
    due = [each for each in silences(now) if each.due_at(_limits(each, limits)) <= now]
    there = _written(each.match.pk for each in due)
    people = _people(each.match.pk for each in due)
    return [draft for each in due for draft in _of(each, people[each.match.pk], there, now)]


def _limits(silence: Silence, changed: dict[int, Limits]) -> Limits:
    return changed.get(silence.match.track.program_id, DEFAULT)


# A match and a sequence.
Key = tuple[int, int]


def _written(matches: Iterable[int]) -> dict[Key, dict[int, dt.datetime]]:
    """By match and sequence: to whom it was written, and for when."""
    found: dict[Key, dict[int, dt.datetime]] = defaultdict(dict)
    rows = Message.objects.filter(kind__in=NUDGES, subject_type=SUBJECT, subject_id__in=list(matches))
    for match, sequence, user, at in rows.values_list("subject_id", "sequence", "recipient_id", "not_before"):
        found[match, sequence][user] = at
    return found


def _people(matches: Iterable[int]) -> dict[int, list[User]]:
    """Who is in each match and takes part."""
    seats = Seat.objects.filter(
        match__in=list(matches),
        left_at=None,
        answer=Seat.Answer.ACCEPTED,
        enrolment__state=Enrolment.State.ACTIVE,
        enrolment__user__is_active=True,
    )
    found: dict[int, list[User]] = defaultdict(list)
    for seat in seats.select_related("enrolment__user").order_by("pk"):
        found[seat.match_id].append(seat.enrolment.user)
    return found


def _of(
    silence: Silence, people: list[User], there: dict[Key, dict[int, dt.datetime]], now: dt.datetime
) -> Iterator[Draft]:
    """The reminder that everybody in a silent match has not had yet: the first, or a week after it the second."""
    first = there.get((silence.match.pk, silence.sequence(0)), {})
    step = 1 if first and min(first.values()) + BETWEEN <= now else 0
    told = there.get((silence.match.pk, silence.sequence(step)), {})
    for user in people:
        if user.pk in told or user.is_paused(now):
            continue
        at = shift(now, ZoneInfo(user.timezone), "later")
        yield Draft(
            kind=silence.kind,
            subject_type=SUBJECT,
            subject_id=silence.match.pk,
            sequence=silence.sequence(step),
            recipient_id=user.pk,
            not_before=at,
            expires_at=at + WORTH,
            program_id=silence.match.track.program_id,
        )


def unanswered(program: Program, now: dt.datetime) -> list[int]:
    """Matches in which two reminders have changed nothing within a week: now a person's turn. At most three queries."""
    told = set(reminded(program, now).values_list("subject_id", "sequence"))
    if not told:
        return []
    return sorted(
        each.match.pk for each in silences(now, track__program=program) if (each.match.pk, each.sequence(1)) in told
    )


def reminded(program: Program, now: dt.datetime) -> QuerySet[Message]:
    """The reminders of a program that have had a week to change something."""
    old = Message.objects.filter(
        kind__in=NUDGES, subject_type=SUBJECT, program_id=program.pk, not_before__lte=now - BETWEEN
    )
    return old.exclude(state=Message.State.CANCELLED)


def _digests(now: dt.datetime) -> Iterator[Draft]:
    """For every coordinator whose Monday has come to eight o'clock, one a program; not after its evening."""
    # It is Monday somewhere from Sunday ten to Tuesday twelve in UTC.
    if now.astimezone(dt.UTC).weekday() not in (6, 0, 1):
        return
    rows = Coordinator.objects.filter(_digested(now), user__is_active=True).exclude(
        program__state__in=[Program.State.DRAFT, Program.State.CLOSED]
    )
    due = [(each, _monday(each.user, now)) for each in rows.select_related("user", "program").order_by("pk")]
    people = [each.user_id for each, monday in due if monday]
    there = set(
        Message.objects.filter(kind=DIGEST, recipient__in=people).values_list("subject_id", "sequence", "recipient_id")
    )
    for each, monday in due:
        if monday is None:
            continue
        at, until = monday
        draft = Draft(
            kind=DIGEST,
            subject_type=DIGEST_SUBJECT,
            subject_id=each.program_id,
            sequence=int(at.astimezone(ZoneInfo(each.user.timezone)).strftime("%G%V")),
            recipient_id=each.user_id,
            not_before=at,
            expires_at=until,
            program_id=each.program_id,
        )
        if (draft.subject_id, draft.sequence, draft.recipient_id) not in there:
            yield draft


def _digested(now: dt.datetime) -> Q:
    """Programs until some weeks after their last day, in which they are to be closed; longer while a match is on."""
    on = Match.objects.filter(track__program=OuterRef("program"), state=Match.State.ACTIVE)
    return Q(program__ends_on__gte=now.date() - TO_CLOSE) | Q(Exists(on))


def _monday(user: User, now: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
    """Eight o'clock and the evening of this Monday by the user's own clock, if it is between them."""
    zone = ZoneInfo(user.timezone)
    today = now.astimezone(zone).date()
    if today.weekday() != 0 or user.is_paused(now):
        return None
    begins, ends = (dt.datetime.combine(today, at, zone).astimezone(dt.UTC) for at in (MONDAY_AT, MONDAY_UNTIL))
    return (begins, ends) if begins <= now < ends else None
