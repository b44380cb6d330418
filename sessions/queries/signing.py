"""Who has signed the agreement of their match: for the home page and for coordinators, never a word of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Max, Prefetch, Q, QuerySet

from mail.prepared import prepared
from matching.models import Match, Seat
from participants.models import User
from programs.models import Program
from sessions.models import Agreement, Signature


def unsigned_by(user: User, matches: Iterable[int]) -> set[int]:
    """Which of these matches have an agreement, proposed or changed, that this person has not signed."""
    numbers = set(matches)
    return numbers - set(_signed(user.pk, sorted(numbers)))


@prepared
def _signed(user: int, matches: list[int]) -> QuerySet[Agreement, int]:
    """Those whose newest agreement has this person's name under it."""
    mine = Max("version", filter=Q(signatures__user=user))
    rows = Agreement.objects.filter(match__in=matches).values("match").annotate(last=Max("version"), mine=mine)
    return rows.order_by().filter(mine=F("last")).values_list("match", flat=True)


@dataclass(frozen=True)
class SigningRow:
    """One match as its coordinator sees it: who is in it, and how many of them have signed what stands."""

    match: Match
    names: list[str]
    signed: int
    people: int


def signing_in(program: Program) -> list[SigningRow]:
    """How far signing is in each active match of a program, those with somebody missing first."""
    accepted = Seat.objects.filter(left_at=None, answer=Seat.Answer.ACCEPTED).select_related("enrolment__user")
    matches = Match.objects.filter(track__program=program, state=Match.State.ACTIVE).order_by("pk")
    found = list(matches.prefetch_related(Prefetch("seats", accepted.order_by("pk"), to_attr="signers")))
    counts = _signed_people(match.pk for match in found)
    rows = []
    for match in found:
        users = [seat.enrolment.user for seat in match.signers]
        signed = sum((match.pk, user.pk) in counts for user in users)
        rows.append(SigningRow(match, [user.name for user in users], signed, len(users)))
    return sorted(rows, key=lambda row: (row.signed >= row.people, row.match.pk))


def _signed_people(matches: Iterable[int]) -> set[tuple[int, int]]:
    """Match and person of every signature under the version that stands."""
    numbers = list(matches)
    newest = Agreement.objects.filter(match__in=numbers).values("match").annotate(last=Max("version"))
    last = dict(newest.order_by().values_list("match", "last"))
    signatures = Signature.objects.filter(agreement__match__in=numbers)
    rows = signatures.values_list("agreement__match", "agreement__version", "user")
    return {(match, user) for match, version, user in rows if last[match] == version}
