"""Drafts of a circle track, a network track and one of single sessions, with people left over and one who came late."""

import datetime as dt
from typing import Any

from django.db.models import Count
from django.urls import reverse

from matching import services as matching
from matching.models import Match, Proposal
from matching.queries.seating import Sit
from mentorship.sample.people import FIRST, LAST
from participants.models import User
from programs.models import Coordinator, Role
from tests.factories.crowds import Crowd, make_crowd


def pages_of(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    return [*_of_circles(by, now), *_of_networks(by, now), *_of_sessions(by, now)]


def opened_pages(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Pages on which something is folded away: what other aims would have given, and who is offered what."""
    crowd = _crowd("circle", {"mentor": 2, "mentee": 19}, by, now, capacity=8)
    draft = _solved(crowd, by, now)
    return [_page("proposal", "opened", draft), _page("publish", "opened", draft), *_late_circles(by, now)]


def _crowd(model: str, counts: dict[str, int], by: User, now: dt.datetime, **track: Any) -> Crowd:
    crowd = make_crowd(model, counts, lines=False, **track)
    people = [each.user for role in crowd.people.values() for each in role]
    for number, user in enumerate(people):
        user.first_name, user.last_name = FIRST[number % len(FIRST)], LAST[(7 * number + 3) % len(LAST)]
    User.objects.bulk_update(people, ["first_name", "last_name"])
    Coordinator.objects.create(program=crowd.track.program, user=by, since=now)
    # Several of one model stand beside each other.
    crowd.track.program.slug = f"{model}-{crowd.track.program.pk}"
    crowd.track.program.starts_on, crowd.track.program.ends_on = now.date(), now.date() + dt.timedelta(days=150)
    crowd.track.program.save()
    return crowd


def _solved(crowd: Crowd, by: User, now: dt.datetime) -> Proposal:
    queued = matching.start_proposal(track=crowd.track, by=by, now=now)
    solved = matching.run_proposal(queued.pk, clock=lambda: now)
    assert solved is not None
    assert solved.state == Proposal.State.DRAFT, solved.error
    return solved


def _page(kind: str, variant: str, draft: Proposal, query: str = "", **more: object) -> tuple[str, str]:
    at = {"slug": draft.program.slug, "number": draft.number, **more}
    return f"matching:{kind} {variant}", reverse(f"matching:{kind}", kwargs=at) + query


def _seated(draft: Proposal, role: str) -> int:
    """Somebody of the largest match."""
    found: Match = draft.matches.annotate(people=Count("seats")).order_by("-people", "number")[0]
    return found.seats.filter(role=role).order_by("pk")[0].enrolment_id


def _of_circles(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Two drafts: in the first, a mentee is taken out by hand; in the second, a circle is locked."""
    crowd = _crowd("circle", {"mentor": 2, "mentee": 19}, by, now, capacity=8)
    first, draft = _solved(crowd, by, now), _solved(crowd, by, now)
    out = _seated(first, Role.MENTEE)
    seat = first.matches.get(seats__enrolment=out)
    matching.reseat(proposal=first, sits=[Sit(out, seat.pk, 0)], by=by, now=now)
    circle = draft.matches.order_by("number")[0]
    matching.lock(match=circle, by=by, now=now)
    matching.count_ways(draft.pk, now=now)
    late = _late_circles(by, now)
    rule, slug = crowd.track.plan.rules.order_by("pk")[0].pk, crowd.track.program.slug
    two = f"?a={first.number}&b={draft.number}"
    return [
        _page("proposal", "circles", draft),
        _page("why", "circle", draft, match=circle.pk),
        _page("person", "circles", draft, f"?with={out}", person=draft.left_over[0]["enrolment"]),
        _page("place", "circles", first, person=_seated(first, Role.MENTEE)),
        _page("place", "left over", first, person=out),
        _page("what_if", "circles", draft, f"?rule{rule}=off"),
        ("matching:compare circles", reverse("matching:compare", args=[slug]) + two),
        ("matching:rules circles", reverse("matching:rules", args=[slug, crowd.track.slug])),
        _page("publish", "circles", draft),
        *late,
    ]


def _late_circles(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Published circles, and somebody who came late: who waits, and the check before a place is offered."""
    crowd = _crowd("circle", {"mentor": 2, "mentee": 12}, by, now, capacity=8)
    matching.publish(proposal=_solved(crowd, by, now), by=by, now=now)
    known = crowd.people["mentee"][0].answers
    late = [crowd.join(Role.MENTEE, known, name=name) for name in ("Noor", "Sami")]
    circle = Match.objects.filter(track=crowd.track, state="offered").order_by("number")[0]
    where = {"slug": crowd.track.program.slug, "track": crowd.track.slug}
    sit = f"?sit={late[0].pk}-0-{circle.pk}"
    return [
        ("matching:waiting circles", reverse("matching:waiting", kwargs=where)),
        ("matching:offer_late circles", reverse("matching:offer_late", kwargs=where) + sit),
    ]


def _of_networks(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    crowd = _crowd("distributed", {"mentor": 1, "peer": 8, "mentee": 6}, by, now)
    draft = _solved(crowd, by, now)
    return [
        _page("proposal", "networks", draft),
        _page("person", "networks", draft, person=draft.left_over[0]["enrolment"]),
        _page("place", "networks", draft, person=_seated(draft, Role.MENTEE)),
        _page("place", "helper", draft, person=_seated(draft, Role.PEER)),
    ]


def _of_sessions(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Published, with a person who came late; and a draft after it."""
    crowd = _crowd("flash", {"mentor": 4, "mentee": 5}, by, now)
    published = _solved(crowd, by, now)
    matching.publish(proposal=published, by=by, now=now)
    for number, name in enumerate(("Noor", "Sami")):
        crowd.join(Role.MENTEE, crowd.people["mentee"][number].answers, name=name)
    draft = _solved(crowd, by, now)
    slug = crowd.track.program.slug
    at = reverse("matching:waiting", kwargs={"slug": slug, "track": crowd.track.slug})
    return [
        ("matching:waiting sessions", at),
        _page("proposal", "sessions", draft),
        _page("place", "sessions", draft, person=_seated(draft, Role.MENTEE)),
        ("matching:rules sessions", reverse("matching:rules", args=[slug, crowd.track.slug])),
    ]
