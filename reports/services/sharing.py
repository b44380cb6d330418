"""Links by which somebody without an account reads a report, as it stood when the link was made."""

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.http import base36_to_int, int_to_base36

from participants.models import User
from participants.services import record
from programs.models import Program
from reports.models import SharedReport
from reports.queries.across import across
from reports.queries.frozen import keep_across, keep_outcome
from reports.queries.outcome import outcome

# For how many days a link holds unless its maker says otherwise, and at most.
USUAL_DAYS, MOST_DAYS = 30, 365
# As many as a list can be looked through; who wants another withdraws one.
MOST_LINKS = 50
LONGEST = 60


class TooManyLinks(Exception):
    """As many links hold as may."""


class WrongDays(ValueError):
    """A link for no day, or for more than a year."""


@transaction.atomic
def share_report(*, program: Program | None, days: int, by: User, now: dt.datetime) -> tuple[SharedReport, str]:
    """Keep a program's report (without one the organisation's) as it stands, and give the key that opens it.

    Of the key only a hash is kept: it is shown once. It is bound to its maker's other links: once these are withdrawn,
    or the account is at rest, it opens nothing. Raises WrongDays and TooManyLinks.
    """
    if not 1 <= days <= MOST_DAYS:
        raise WrongDays(f"A link holds for 1 to {MOST_DAYS} days.")
    User.objects.select_for_update().get(pk=by.pk)
    if links_of(program).filter(withdrawn_at=None, expires_at__gt=now).count() >= MOST_LINKS:
        raise TooManyLinks(f"There are {MOST_LINKS} links already. Withdraw one first.")
    secret = secrets.token_urlsafe(32)
    shared = SharedReport.objects.create(
        program=program,
        content=_content(program, by, now),
        token_hash=_hash(secret, by),
        made_at=now,
        made_by=by,
        expires_at=now + dt.timedelta(days=days),
    )
    about = {"program_id": program.pk} if program else {}
    record(by=by, verb="report shared", now=now, subject=shared, days=days, **about)
    return shared, f"{int_to_base36(shared.pk)}.{secret}"


@transaction.atomic
def withdraw_link(*, program: Program | None, pk: int, by: User, now: dt.datetime) -> None:
    """From now on it opens nothing; once more changes nothing. Raises SharedReport.DoesNotExist."""
    shared = links_of(program).select_for_update().get(pk=pk)
    if shared.withdrawn_at is None:
        shared.withdrawn_at = now
        shared.save(update_fields=["withdrawn_at"])
        about = {"program_id": program.pk} if program else {}
        record(by=by, verb="shared report withdrawn", now=now, subject=shared, **about)


def links_of(program: Program | None) -> Any:  # noqa: ANN401 - a queryset, whose type names its manager
    """The links to a program's report, or to the organisation's."""
    return SharedReport.objects.filter(program=program)


def read_link(key: str, *, now: dt.datetime) -> SharedReport | None:
    """What a key opens; None for one that is wrong, over, withdrawn, or of an account that is at rest. Queries: one."""
    number, _, secret = key.partition(".")
    if len(key) > LONGEST or not secret:
        return None
    try:
        pk = base36_to_int(number)
    except ValueError:
        return None
    shared = SharedReport.objects.select_related("made_by").filter(pk=pk, withdrawn_at=None, expires_at__gt=now).first()
    if shared is None or shared.made_by is None or not shared.made_by.is_active:
        return None
    return shared if hmac.compare_digest(shared.token_hash, _hash(secret, shared.made_by)) else None


def count_opening(*, pk: int, now: dt.datetime) -> None:
    """That somebody has read it; of them nothing is kept."""
    SharedReport.objects.filter(pk=pk).update(openings=F("openings") + 1, opened_at=now)


def _content(program: Program | None, by: User, now: dt.datetime) -> dict[str, Any]:
    return keep_outcome(outcome(program, now, by)) if program else keep_across(across(now))


def _hash(secret: str, by: User) -> str:
    return hashlib.sha256(f"{secret} {by.pk} {by.link_version}".encode()).hexdigest()
