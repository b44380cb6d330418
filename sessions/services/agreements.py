"""The agreement of a match: proposed, changed into a next version, and signed by everybody in it."""

import datetime as dt
import json
from collections.abc import Mapping

from django.db import transaction

from matching.models import Match
from matching.queries.changing_over import last_day_of
from participants.models import User
from participants.services import record
from programs.catalogue.working import AGREEMENT_PARTS
from sessions.errors import AgreementChanged, SessionError
from sessions.models import Agreement, Signature
from sessions.queries.agreements import proposed_parts
from sessions.services.guards import lock_match

LONGEST_PART = 1500
# An agreement of a program that goes on and on still ends some day.
LONGEST_AGREEMENT = dt.timedelta(days=3 * 366)
MOST_VERSIONS = 200


@transaction.atomic
def sign_agreement(*, match: Match, version: int, by: User, now: dt.datetime) -> Agreement:
    """Sign the version one has read; 0 is what the model proposes, which becomes version 1 by the first signature.

    Signing twice is signing once. Raises AgreementChanged if another version stands now, NotInMatch, NotActive.
    """
    locked = lock_match(match.pk, by)
    current = current_agreement(locked)
    if current is None and version == 0:
        current = _store(locked, proposed_parts(locked), _last_day(locked), 1, by, now)
    elif current is None or not _read(current, version, locked):
        raise AgreementChanged(current.version if current else 0)
    _sign(current, by, now)
    return current


@transaction.atomic
def change_agreement(
    *, match: Match, parts: Mapping[str, str], ends_on: dt.date, version: int, by: User, now: dt.datetime
) -> Agreement:
    """Propose other words: the next version, signed by who proposes it and to be signed by everybody else again.

    `parts` are the words by the keys of AGREEMENT_PARTS, `version` is the one they were made from, 0 for the model's.
    The words that stand already only sign them. Raises AgreementChanged if somebody else was quicker, SessionError
    naming a part that is empty or too long or an end that is no end, NotInMatch, NotActive.
    """
    locked = lock_match(match.pk, by)
    words = {key: _words(key, parts.get(key, "")) for key in AGREEMENT_PARTS}
    _an_end(ends_on, now)
    current = current_agreement(locked)
    if current and current.parts == words and current.ends_on == ends_on:
        _sign(current, by, now)
        return current
    standing = current.version if current else 0
    if standing != version:
        raise AgreementChanged(standing)
    if standing >= MOST_VERSIONS:
        raise SessionError("This agreement has been changed too often. Speak with your coordinator.")
    stored = _store(locked, words, ends_on, standing + 1, by, now)
    _sign(stored, by, now)
    return stored


def current_agreement(match: Match) -> Agreement | None:
    """The version that stands; None while nobody has signed or changed what the model proposes."""
    return Agreement.objects.filter(match=match).order_by("-version").first()


def _read(current: Agreement, version: int, match: Match) -> bool:
    """Whether the one who signs has read these words: this version, or the model's words that have become it."""
    if current.version == version:
        return True
    unchanged = current.parts == proposed_parts(match) and current.ends_on == _last_day(match)
    return version == 0 and current.version == 1 and unchanged


def _last_day(match: Match) -> dt.date:
    return last_day_of(match)


def _store(
    match: Match, parts: Mapping[str, str], ends_on: dt.date, version: int, by: User, now: dt.datetime
) -> Agreement:
    # Without the program: coordinators read its history, and of an agreement they may know who has signed.
    stored = Agreement.objects.create(
        match=match,
        version=version,
        body=json.dumps(dict(parts)),
        ends_on=ends_on,
        proposed_by=by,
        created_at=now,
    )
    record(by=by, verb="agreement proposed", now=now, subject=stored, match=match.pk, version=version)
    return stored


def _sign(agreement: Agreement, by: User, now: dt.datetime) -> None:
    _, new = Signature.objects.get_or_create(agreement=agreement, user=by, defaults={"signed_at": now})
    if new:
        record(by=by, verb="agreement signed", now=now, subject=agreement, version=agreement.version)


def _words(key: str, text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise SessionError(f"Say something at “{AGREEMENT_PARTS[key]}”.", field=key)
    if len(words) > LONGEST_PART:
        raise SessionError(f"Say it in at most {LONGEST_PART:,} characters.", field=key)
    return words


def _an_end(ends_on: dt.date, now: dt.datetime) -> None:
    if ends_on < now.date():
        raise SessionError("Choose an end that is still to come.", field="ends_on")
    if ends_on > now.date() + LONGEST_AGREEMENT:
        raise SessionError("Agree on at most three years; you can go on then.", field="ends_on")
