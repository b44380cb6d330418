"""Whom people wish for, and who is never to be matched: what matching works from, without saying who asked."""

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import product

from programs.models import Enrolment, Exclusion, Track, Wishes

ACTIVE = Enrolment.State.ACTIVE


@dataclass(frozen=True)
class WishList:
    """The wishes of one enrolment: enrolments of the same track, best first; with `only`, nobody else will do."""

    liked: tuple[int, ...]
    only: bool


def wishes_of(track: Track) -> dict[int, WishList]:
    """By enrolment: whom these people wish for. Only people who take part now, on both ends. Two queries.

    Who wishes for nobody in particular is left out. A list with `only` stays even where everybody on it has left: then
    nobody may be proposed to that person, and the coordinator sees why.
    """
    here = set(Enrolment.objects.filter(track=track, state=ACTIVE).values_list("pk", flat=True))
    found = Wishes.objects.filter(enrolment__track=track, enrolment__state=ACTIVE)
    lists = {
        each.enrolment_id: WishList(tuple(pk for pk in liked_in(each) if pk in here), each.only_liked) for each in found
    }
    return {enrolment: wishes for enrolment, wishes in lists.items() if wishes.liked or wishes.only}


def liked_in(wishes: Wishes) -> list[int]:
    return json.loads(wishes.liked) if wishes.liked else []


def exclusions_of(track: Track) -> frozenset[frozenset[int]]:
    """Pairs of enrolments of this track that are never to be matched, whoever asked for it. Two queries.

    A pair does not say who asked, and nothing that is made from it may: to everybody but the coordinator, such a pair
    is one of many that do not fit. Two enrolments of one person are no pair.
    """
    here = defaultdict(list)
    people = Enrolment.objects.filter(track=track, state=ACTIVE).values_list("pk", "user_id", "user__email")
    for pk, user, email in people:
        here[account_ref(user)].append(pk)
        here[email].append(pk)
    found = (refs_in(each) for each in Exclusion.objects.filter(program=track.program_id))
    apart = (product(here.get(one, ()), here.get(other, ())) for one, other in found if one != other)
    return frozenset(frozenset(pair) for pairs in apart for pair in pairs if pair[0] != pair[1])


def account_ref(user_id: int) -> str:
    """How an exclusion names somebody who has an account; somebody else is named by their address."""
    return f"u{user_id}"


def refs_in(exclusion: Exclusion) -> tuple[str, str]:
    one, other = json.loads(exclusion.people)
    return one, other
