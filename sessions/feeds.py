"""Somebody's calendar feed: its address, and what stands in it."""

from datetime import datetime, timedelta

from django.urls import reverse

from mail import links
from matching.queries import matches_of
from participants.models import User
from sessions.calendar import Entry, summary_for
from sessions.models import CalendarFeed, Session
from sessions.permissions import may_follow, may_have_feed

PURPOSE = "calendar"
# An address that calendars ask for years holds until its owner ends it; a signature needs some end.
ADDRESS_DAYS = 36_500
# What is longer ago has left the feed, so that it does not grow for ever.
KEPT = timedelta(days=366)
State = Session.State


def feed_path(user: User, key: str, made_at: datetime) -> str:
    """The path of somebody's feed, by the key of what they have just made (services.renew_feed)."""
    token = links.make(PURPOSE, user, user.pk, days=ADDRESS_DAYS, extra=key, now=made_at)
    return reverse("session_links:feed", kwargs={"tok": token})


def address_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def entries_of(user: User, key: str, now: datetime) -> list[Entry] | None:
    """The sessions of a person over all their matches, by time; None if `key`, the digest of the address's, is not,
    or no longer, theirs.

    Planned and held ones stand in it, and those called off as such. What did not happen, and what was written down
    without having been planned, was never agreed in a calendar or is of no use there.
    """
    if not CalendarFeed.objects.filter(user=user, key=key).exists() or not may_have_feed(user):
        return None
    mine = {each.match.pk: each for each in matches_of(user)}
    agreed = Session.objects.filter(match__in=mine, planned_at__isnull=False, ends_at__gt=now - KEPT)
    return [
        Entry(each, [], summary_for(mine[each.match_id]), "", cancelled=each.state == State.CANCELLED)
        for each in agreed.exclude(state=State.MISSED).order_by("starts_at", "pk")
        if may_follow(mine[each.match_id], each)
    ]
