"""What the visitors of a load test know: cookies of people who are signed in, and links out of their mails.

Only to be imported once Django is set up.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks import seeding
from matching.models import Seat
from participants.models import User
from programs.models import Coordinator
from sessions.feeds import feed_path
from sessions.mails import session_path
from sessions.models import CalendarFeed, Session
from surveys.mails import survey_path
from surveys.models import Invitation

MOST_PEOPLE = 2_000


@dataclass
class Known:
    """Paths and cookies; of coordinators with the slug of their program."""

    people: list[str]
    coordinators: list[tuple[str, str]]
    sessions: list[str]
    surveys: list[str]
    feeds: list[str]

    def note_feeds(self) -> None:
        """As a worker does that hears of the first use of a day."""
        CalendarFeed.objects.update(used_on=_now().date())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def fill(programs: int, pairs: int, sessions: int) -> None:
    """The programs, and one small and one large one beside them (program-10 and program-1000 with as many people)."""
    now = _now()
    for number in range(1, programs + 1):
        seeding.make_program(2_000 + number, pairs=pairs, sessions=sessions, now=now)
    for people in (10, 1_000):
        seeding.make_program(people, pairs=people // 2, sessions=sessions, now=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def known() -> Known:
    now = _now()
    people = list(User.objects.filter(coordinates=None, email__startswith="p2").order_by("pk")[:MOST_PEOPLE])
    runs = list(Coordinator.objects.select_related("user", "program").filter(program__slug__startswith="program-2"))
    cookies = seeding.sign_in([*people, *(each.user for each in runs)], now)
    slugs = [each.program.slug for each in runs]
    waiting = Invitation.objects.filter(answered_at=None).select_related("user").order_by("pk")
    feeds = CalendarFeed.objects.select_related("user").order_by("pk")[:MOST_PEOPLE]
    return Known(
        people=cookies[: len(people)],
        coordinators=list(zip(slugs, cookies[len(people) :], strict=True)),
        sessions=_session_links(now),
        surveys=[survey_path(each, now=now) for each in waiting],
        feeds=[feed_path(each.user, seeding.feed_key(each.user), each.made_at) for each in feeds],
    )


def _session_links(now: datetime) -> list[str]:
    """One link for each session that nobody has logged, its mentor's."""
    meant = {
        seat.match_id: seat.enrolment.user
        for seat in Seat.objects.filter(role="mentor").select_related("enrolment__user")
    }
    past = Session.objects.filter(state="planned", starts_at__lt=now).order_by("pk")
    return [session_path(each, meant[each.match_id], now=now) for each in past]


def _now() -> datetime:
    return timezone.now()  # noqa: TID251  a server runs by the clock, and so do those who visit it
