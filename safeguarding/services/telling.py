"""The messages of safeguarding. None holds what was reported, and none is held back."""

import datetime as dt
from collections.abc import Iterable

from mail.quiet import shift
from mail.services import Draft, cancel, enqueue_many
from participants.models import User
from participants.zones import zone
from safeguarding import queries
from safeguarding.models import Case, Opening

REPORTED, UNREAD = "concern-reported", "concern-unread"
ASSIGNED = "concern-assigned"
OPENED, TOLD = "notes-opened", "notes-were-opened"
CASE_SUBJECT, OPENING_SUBJECT = "safeguarding.case", "safeguarding.opening"
# How long a message about a case is worth sending.
NEWS = dt.timedelta(days=30)


def tell_of(case: Case, now: dt.datetime) -> int:
    """Tell every lead who may read it; where there is none, every admin that nobody is there to read it.

    Asking again writes nothing twice, so that the tick tells whoever was named since. Returns how many are new.
    """
    involved = list(case.people.values_list("pk", flat=True))
    found = queries.leads(but=involved)
    kind, readers = (REPORTED, found) if found else (UNREAD, queries.admins(but=involved))
    return enqueue_many(_drafts(kind, CASE_SUBJECT, case.pk, readers, now), now=now)


def tell_all(now: dt.datetime) -> int:
    """Tell again of every case that nobody looks after yet; the same rows, and those of leads named since."""
    waiting = Case.objects.filter(state=Case.State.OPEN, lead=None, reported_at__gt=now - NEWS).order_by("pk")
    return sum(tell_of(case, now) for case in waiting.only("pk"))


def tell_new_reader(case: Case, reader: User, now: dt.datetime) -> None:
    """Tell somebody that a case is theirs; each time it is given to them."""
    drafts = _drafts(ASSIGNED, CASE_SUBJECT, case.pk, [reader], now, sequence=case.version)
    enqueue_many(drafts, now=now)


def tell_second(opening: Opening, others: Iterable[User], now: dt.datetime) -> None:
    """Tell the others at once that notes were opened."""
    enqueue_many(_drafts(OPENED, OPENING_SUBJECT, opening.pk, others, now), now=now)


def tell_people(opening: Opening, now: dt.datetime) -> None:
    """Tell those whose notes were opened, by day."""
    for user in opening.people.filter(is_active=True).order_by("pk"):
        by_day = shift(now, zone(user.timezone), "later")
        drafts = _drafts(TOLD, OPENING_SUBJECT, opening.pk, [user], by_day)
        enqueue_many(drafts, now=now)


def nobody_waits(case: Case, now: dt.datetime) -> None:
    """Somebody looks after it, or it is closed: what has not left need not."""
    cancel(subject_type=CASE_SUBJECT, subject_id=case.pk, kinds=[REPORTED, UNREAD], now=now)


def _drafts(
    kind: str, subject_type: str, pk: int, people: Iterable[User], now: dt.datetime, sequence: int = 0
) -> list[Draft]:
    return [
        Draft(
            kind=kind,
            subject_type=subject_type,
            subject_id=pk,
            sequence=sequence,
            recipient_id=user.pk,
            not_before=now,
            expires_at=now + NEWS,
        )
        for user in people
    ]
