"""The agreement of a match as its people see it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Subquery

from matching.models import Match
from matching.queries.offers import MOST_NAMED, listed
from participants.models import User
from programs.catalogue import registry
from sessions.models import Agreement
from sessions.queries.courses import Course


@dataclass(frozen=True)
class AgreementState:
    """What stands between the people of a match, seen by one of them. Version 0 is the model's, signed by nobody."""

    version: int
    parts: dict[str, str]
    ends_on: dt.date
    signed: list[tuple[User, dt.datetime]]
    waiting: list[User]
    reader: User
    is_current: bool = True

    @property
    def is_signed_by_reader(self) -> bool:
        return any(user.pk == self.reader.pk for user, _ in self.signed)

    @property
    def is_complete(self) -> bool:
        return not self.waiting

    @property
    def words(self) -> str:
        """“You signed; Ana has not yet”"""
        if self.is_complete:
            return "Everybody has signed"
        if not self.signed:
            return "Nobody has signed yet"
        others = [user.short_name for user in self.waiting if user.pk != self.reader.pk]
        if not self.is_signed_by_reader:
            have = [user.short_name for user, _ in self.signed]
            return f"{_named(have)} signed; you have not yet"
        return f"You signed; {_named(others)} {'has' if len(others) == 1 else 'have'} not yet"


def _named(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= MOST_NAMED else f"{len(names)} people"


def people_of(course: Course) -> list[User]:
    """Everybody in a match who has said yes, the reader first."""
    return [course.mine.seat.enrolment.user, *(other.user for other in course.mine.agreed_others)]


def agreement_of(course: Course) -> AgreementState:
    """The agreement of a match as it stands; before anybody has signed or changed it, what the model proposes.

    One query.
    """
    found = _state(course, None)
    if found is not None:
        return found
    reader, match = course.mine.seat.enrolment.user, course.mine.match
    return AgreementState(0, proposed_parts(match), course.mine.last_day, [], people_of(course), reader)


def version_of(course: Course, version: int) -> AgreementState | None:
    """One version of it, to read; None if there never was one of this number. One query."""
    return _state(course, version)


def _state(course: Course, version: int | None) -> AgreementState | None:
    """A version, or the newest, with its signatures: a row for each, and one where there is none."""
    versions = Agreement.objects.filter(match=course.pk)
    newest = Subquery(versions.order_by("-version").values("version")[:1])
    wanted = versions.filter(version=newest if version is None else version)
    signers = wanted.annotate(signer=F("signatures__user"), signed_at=F("signatures__signed_at"), last=newest)
    rows = list(signers.order_by("signed_at", "signatures"))
    if not rows:
        return None
    found, here = rows[0], {user.pk: user for user in people_of(course)}
    signed = [(here[row.signer], row.signed_at) for row in rows if row.signer in here]
    have = {user.pk for user, _ in signed}
    return AgreementState(
        found.version,
        found.parts,
        found.ends_on,
        signed,
        [user for user in here.values() if user.pk not in have],
        course.mine.seat.enrolment.user,
        is_current=found.version == found.last,
    )


def proposed_parts(match: Match) -> dict[str, str]:
    """The words that the model of the match proposes, in the track's own rhythm. Nothing is stored."""
    track = match.track
    every, minutes = f"{track.cadence_days} days", f"{track.session_minutes} minutes"
    return registry.get(track.model).agreement.filled(every=every, minutes=minutes)
