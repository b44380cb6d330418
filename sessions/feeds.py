"""Somebody's calendar feed: its address, and what stands in it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, Q, QuerySet, Subquery
from django.urls import reverse

from mail import links
from mail.links import Found, Link
from mail.prepared import prepared
from matching.models import Match, Seat
from participants.models import User
from programs.models import Enrolment
from sessions.calendar import Entry, summary_for
from sessions.models import CalendarFeed, Session
from sessions.permissions import may_follow, may_have_feed

PURPOSE = "calendar"
# An address that calendars ask for years holds until its owner ends it; a signature needs some end.
ADDRESS_DAYS = 36_500
# What is longer ago has left the feed, so that it does not grow for ever.
KEPT = timedelta(days=366)
State = Session.State
SHOWN = ("match_id", "state", "starts_at", "ends_at", "planned_at", "created_at", "uid", "sequence")
KNOWN = (
    *("match_id", "answer", "live", "left_at", "match__state", "enrolment__state", "enrolment__user__email"),
    *("enrolment__user__first_name", "enrolment__user__last_name"),
    *("enrolment__user__is_active", "enrolment__user__link_version", "enrolment__user__timezone"),
)


class Feed(NamedTuple):
    """What a calendar program is given, and the last day of which it is known that one asked."""

    entries: list[Entry]
    used_on: date | None


def feed_path(user: User, key: str, made_at: datetime) -> str:
    """The path of somebody's feed, by the key of what they have just made (services.renew_feed)."""
    token = links.make(PURPOSE, user, user.pk, days=ADDRESS_DAYS, extra=key, now=made_at)
    return reverse("session_links:feed", kwargs={"tok": token})


def address_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def owner_of(user_id: int, key: str) -> Found | None:
    """Whose address it is, and the seats around them, in one question (mail.pages.token_page)."""
    around = _around(user_id, CalendarFeed.digest_of(key))
    user = next((each.enrolment.user for each in around if each.enrolment.user_id == user_id), None)
    if user is None:
        return links.active(user_id)
    return Found(user, around) if user.is_active else None


def feed_of(link: Link, now: datetime) -> Feed | None:
    """The sessions of a person over all their matches, by time; None if the address is not, or no longer, theirs.

    Planned and held ones stand in it, and those called off as such. What did not happen, and what was written down
    without having been planned, was never agreed in a calendar or is of no use there. Queries: one, after `owner_of`.
    """
    user, around = link.user, link.known
    if not around:
        return _of_nobody(user, CalendarFeed.digest_of(link.extra))
    if not around[0].holds:
        return None
    mine = {each.match_id: each for each in reversed(around) if each.enrolment.user_id == user.pk}
    called = {pk: summary_for(_others(seat, around)) for pk, seat in mine.items()}
    agreed = ((each, each.state == State.CANCELLED) for each in _agreed(list(mine), now - KEPT))
    entries = [
        Entry(each, called[each.match_id], off)
        for each, off in agreed
        if may_follow(mine[each.match_id], cancelled=off)
    ]
    return Feed(entries, around[0].used_on)


@prepared
def _agreed(matches: list[int], since: datetime) -> QuerySet[Session, Any]:
    """Rows of the columns that are shown: calendar programs ask all day, and a model takes longer to make."""
    planned = Session.objects.filter(match__in=matches, planned_at__isnull=False, ends_at__gt=since)
    rows = planned.exclude(state=State.MISSED).order_by("starts_at", "pk")
    return rows.values_list(*SHOWN, named=True)


@prepared
def _around(user: int, key: str) -> QuerySet[Seat]:
    """The seats of all matches that a person has been offered, with no more than is needed of each: calendar programs
    ask all day. `holds` says on each whether the key is theirs, and they may have a feed; `used_on`, when it was used.
    """
    offered = Seat.objects.filter(enrolment__user=user).exclude(match__state=Match.State.DRAFT).values("match")
    feed = CalendarFeed.objects.filter(user=user, key=key)
    active = Enrolment.objects.filter(user=user, state=Enrolment.State.ACTIVE)
    seats = Seat.objects.filter(match__in=offered).annotate(holds=Q(Exists(feed), Exists(active)))
    seats = seats.annotate(used_on=Subquery(feed.values("used_on")))
    return seats.select_related("match", "enrolment__user").only(*KNOWN).order_by("pk")


def _of_nobody(user: User, key: str) -> Feed | None:
    """That of somebody who was never offered a match."""
    feed = CalendarFeed.objects.filter(user=user, key=key).first()
    return Feed([], feed.used_on) if feed and may_have_feed(user) else None


def _others(mine: Seat, around: Iterable[Seat]) -> list[User]:
    """With whom somebody is in a match; who has left it is not in it any more, for nobody."""
    there = (each for each in around if each.match_id == mine.match_id and each.left_at is None)
    return [each.enrolment.user for each in there if each.pk != mine.pk]
