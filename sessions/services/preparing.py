"""What people write for each other before they meet, and whose turn to give it was."""

import datetime as dt
import json
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from mail.prepared import prepared
from matching.models import Match, Seat
from participants.models import User
from participants.services import record
from programs.catalogue import registry
from programs.catalogue.working import PreparationForm
from sessions.errors import NotInMatch, PreparationChanged, SessionError
from sessions.models import Given, Preparation, Session
from sessions.services.guards import lock_match, lock_session

LONGEST_ANSWER = 1000


@transaction.atomic
def write_preparation(
    *, match: Match, words: Mapping[str, str], version: int, by: User, now: dt.datetime
) -> Preparation | None:
    """Write one's topics, problem or question for the others of the match; with all words empty, remove it.

    `words` are by the keys of the model's form, `version` is that of the text they were made from, 0 for none. The
    words that stand already change nothing. Raises PreparationChanged if one's other window was quicker, SessionError
    naming a field that is too long, NotInMatch where nothing is asked of one's role, NotActive.
    """
    locked = lock_match(match.pk, by)
    said = {field.key: _words(field.key, words.get(field.key, "")) for field in _form(locked, by).fields}
    mine = Preparation.objects.select_for_update().filter(match=locked, author=by).first()
    empty = not any(said.values())
    if (mine.words if mine else None) == said or (mine is None and empty):
        return mine
    standing = mine.version if mine else 0
    if standing != version:
        raise PreparationChanged(mine.words if mine else {}, standing)
    record(by=by, verb="preparation removed" if empty else "preparation written", now=now, match=locked.pk)
    if empty:
        Preparation.objects.filter(match=locked, author=by).delete()
        return None
    kept = {"body": json.dumps(said), "version": standing + 1, "updated_at": now}
    return Preparation.objects.update_or_create(match=locked, author=by, defaults=kept)[0]


@transaction.atomic
def log_given(*, session: Session, minutes: Mapping[int, int], by: User, now: dt.datetime) -> list[Given]:
    """For how many minutes of a held session each person gave; `minutes` by the number of the account.

    Whoever is not named keeps what was said. Raises SessionError for a session that was not held, more minutes than
    it had, or somebody who is not in the match; NotInMatch, NotActive.
    """
    locked = lock_session(session, by)
    if locked.state != Session.State.HELD or not registry.get(locked.match.track.model).balance:
        raise SessionError("Giving and taking is counted for sessions that were held.")
    people = set(Seat.objects.filter(match=locked.match, left_at=None).values_list("enrolment__user", flat=True))
    if not set(minutes) <= people:
        raise NotInMatch("Only the people of this match can have given.")
    if any(number < 0 for number in minutes.values()) or sum(minutes.values()) > locked.minutes:
        raise SessionError(f"The session had {locked.minutes} minutes; the parts cannot be more.")
    facts = {"logged_by": by, "logged_at": now}
    stored = [
        Given.objects.update_or_create(session=locked, user_id=pk, defaults={**facts, "minutes": number})[0]
        for pk, number in minutes.items()
    ]
    record(by=by, verb="giving and taking counted", now=now, subject=locked)
    return stored


def refit_given(session: Session, before: int) -> None:
    """Keep the shares of giving when a session turns out longer or shorter than `before` minutes. It is locked."""
    rows = _given(session.pk) if before != session.minutes else []
    for row in rows:
        row.minutes = row.minutes * session.minutes // before
    Given.objects.bulk_update(rows, ["minutes"])


@prepared
def _given(session: int) -> QuerySet[Given]:
    return Given.objects.filter(session=session)


def _form(match: Match, by: User) -> PreparationForm:
    form = registry.get(match.track.model).preparation
    seat = Seat.objects.get(match=match, left_at=None, enrolment__user=by)
    if form is None or seat.role not in form.by:
        raise NotInMatch("Nothing is asked of you before this match’s sessions.")
    return form


def _words(key: str, text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_ANSWER:
        raise SessionError(f"Say it in at most {LONGEST_ANSWER:,} characters.", field=key)
    return words
