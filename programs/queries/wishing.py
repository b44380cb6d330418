"""Whom people wish for, and who is never to be matched: what matching works from, without saying who asked."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from django.db.models import Q, QuerySet

from participants.models import User
from programs.answered import in_words
from programs.models import Enrolment, Exclusion, ProfileField, Program, Role, Track, Wishes

ACTIVE = Enrolment.State.ACTIVE
MOST_FACTS = 4
LONGEST_FACT = 160


@dataclass(frozen=True)
class WishList:
    """The wishes of one enrolment: enrolments of the same track, best first; with `only`, nobody else will do."""

    liked: tuple[int, ...]
    only: bool


# Number of the enrolment, number of the account, address.
Present = tuple[int, int, str]


def wishes_of(track: Track, people: Collection[Present] | None = None) -> dict[int, WishList]:
    """By enrolment: whom these people wish for. Only people who take part now, on both ends. Two queries, one where
    the `people` taking part are known already.

    Who wishes for nobody in particular is left out. A list with `only` stays even where everybody on it has left: then
    nobody may be proposed to that person, and the coordinator sees why.
    """
    here = {pk for pk, _, _ in (_present(track) if people is None else people)}
    return wish_lists(Wishes.objects.filter(enrolment__track=track, enrolment__state=ACTIVE), here)


def wish_lists(found: Iterable[Wishes], here: Collection[int]) -> dict[int, WishList]:
    """What wishes_of says, where these wishes are read already and `here` are the enrolments taking part. No query."""
    lists = {
        each.enrolment_id: WishList(tuple(pk for pk in liked_in(each) if pk in here), each.only_liked) for each in found
    }
    return {enrolment: wishes for enrolment, wishes in lists.items() if wishes.liked or wishes.only}


def liked_in(wishes: Wishes) -> list[int]:
    return json.loads(wishes.liked) if wishes.liked else []


def exclusions_of(track: Track, people: Collection[Present] | None = None) -> frozenset[frozenset[int]]:
    """Pairs of enrolments of this track that are never to be matched, whoever asked for it. Two queries, one where
    the `people` taking part are known already.

    A pair does not say who asked, and nothing that is made from it may: to everybody but the coordinator, such a pair
    is one of many that do not fit. Two enrolments of one person are no pair.
    """
    found = [refs_in(each) for each in Exclusion.objects.filter(program=track.program_id)]
    present = _present(track) if people is None else people
    if not found:
        return frozenset()
    here = defaultdict(list)
    for pk, user, email in present:
        here[account_ref(user)].append(pk)
        here[email].append(pk)
    apart = (product(here.get(one, ()), here.get(other, ())) for one, other in found if one != other)
    return frozenset(frozenset(pair) for pairs in apart for pair in pairs if pair[0] != pair[1])


def _present(track: Track) -> Collection[Present]:
    return list(Enrolment.objects.filter(track=track, state=ACTIVE).values_list("pk", "user_id", "user__email"))


def account_ref(user_id: int) -> str:
    """How an exclusion names somebody who has an account; somebody else is named by their address."""
    return f"u{user_id}"


def refs_in(exclusion: Exclusion) -> tuple[str, str]:
    one, other = json.loads(exclusion.people)
    return one, other


def candidates_for(*own: Enrolment) -> QuerySet[Enrolment]:
    """Whom somebody could be matched with in these enrolments of theirs: everybody on the other side of their tracks
    who takes part, whoever wants whom kept apart. A list that were shorter for one person would tell them so.
    """
    sides = {Role.MENTOR: Role.MENTEE, Role.MENTEE: Role.MENTOR}
    there = Q(pk__in=[])
    for each in own:
        there |= Q(track=each.track_id, role=sides.get(Role(each.role), Role.PEER))
    found = Enrolment.objects.filter(there, state=ACTIVE, user__is_active=True)
    return found.exclude(user__in=[each.user_id for each in own]).select_related("user")


@dataclass(frozen=True)
class Candidate:
    """Somebody one may wish for: name, and what the program shares with matches anyway."""

    enrolment_id: int
    name: str
    facts: tuple[str, ...]


def shown_candidates(program: Program, *own: Enrolment) -> list[Candidate]:
    """Those one may wish for in these enrolments in a program, by name, with a few shared facts each. Two queries."""
    shared = list(ProfileField.objects.filter(program=program, shared=True))
    return [
        Candidate(each.pk, each.user.name, tuple(_facts(shared, each))[:MOST_FACTS]) for each in candidates_for(*own)
    ]


def found_among(people: Iterable[Candidate], wanted: str) -> list[Candidate]:
    """Those in whose name or facts every one of these words is."""
    words = wanted.casefold().split()
    texts = ((each, " ".join((each.name, *each.facts)).casefold()) for each in people)
    return [each for each, text in texts if all(word in text for word in words)]


def _facts(fields: Iterable[ProfileField], enrolment: Enrolment) -> Iterator[str]:
    for field in fields:
        value = enrolment.answers.get(field.slug)
        if value not in (None, "", []) and enrolment.role in field.asked_of:
            yield f"{field.label}: {in_words(value)}"[:LONGEST_FACT]


@dataclass(frozen=True)
class Apart:
    """One exclusion in words. `theirs` is the participant who asked for it, None for a coordinator's."""

    pk: int
    one: str
    other: str
    theirs: str | None
    note: str
    at: dt.datetime


def own_exclusions(program: Program, user: User) -> list[Apart]:
    """Whom somebody wants to be kept from. Nothing of what others want, whoever they are. Two queries."""
    rows = list(Exclusion.objects.filter(program=program, owner=user).select_related("owner"))
    return _in_words(rows, with_addresses=False)


def exclusions_seen_by(program: Program, reader: User) -> list[Apart]:
    """All of a program's, but none that names the coordinator who reads, unless they asked for it. Two queries."""
    me = {account_ref(reader.pk), reader.email}
    rows = Exclusion.objects.filter(program=program).select_related("owner")
    return _in_words(
        [each for each in rows if each.by_id == reader.pk or not me & set(refs_in(each))], with_addresses=True
    )


def exclusion_seen_by(program: Program, reader: User, pk: int) -> Exclusion | None:
    """One of those the reader's own list shows."""
    if pk not in {each.pk for each in exclusions_seen_by(program, reader)}:
        return None
    return Exclusion.objects.filter(pk=pk).first()


def _in_words(rows: list[Exclusion], *, with_addresses: bool) -> list[Apart]:
    """Names for accounts and for addresses that have one; a participant reads back only what they wrote."""
    refs = {ref for each in rows for ref in refs_in(each)}
    ids = [int(ref[1:]) for ref in refs if "@" not in ref]
    known = Q(pk__in=ids) | Q(email__in=[ref for ref in refs if "@" in ref]) if with_addresses else Q(pk__in=ids)
    names: dict[str, str] = {}
    for user in User.objects.filter(known):
        names[account_ref(user.pk)] = f"{user.name} ({user.email})" if with_addresses else user.name
        names[user.email] = f"{user.name} ({user.email})"
    found = []
    for each in rows:
        one, other = (names.get(ref, ref if "@" in ref else "An account that is gone") for ref in refs_in(each))
        found.append(Apart(each.pk, one, other, each.owner.name if each.owner else None, each.note, each.at))
    return found


@dataclass(frozen=True)
class WishRow:
    """What one person wishes, for coordinators."""

    enrolment: Enrolment
    liked: tuple[str, ...]
    only: bool


def wish_rows(page: Iterable[Wishes]) -> list[WishRow]:
    """The rows of one page of wishes with the names of those wished for. One query."""
    rows = list(page)
    ids = {pk for each in rows for pk in liked_in(each)}
    names = {each.pk: each.user.name for each in Enrolment.objects.filter(pk__in=ids).select_related("user")}
    return [
        WishRow(each.enrolment, tuple(names[pk] for pk in liked_in(each) if pk in names), each.only_liked)
        for each in rows
    ]


def wishes_in(program: Program) -> QuerySet[Wishes]:
    """Everybody's wishes in a program, by name; those who have left are left out."""
    found = Wishes.objects.filter(enrolment__track__program=program, enrolment__state=ACTIVE)
    return found.select_related("enrolment__user", "enrolment__track").order_by(
        "enrolment__user__last_name", "enrolment__user__first_name", "pk"
    )
