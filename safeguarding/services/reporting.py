"""Reporting a concern: it becomes a case, and people are told at once."""

import datetime as dt
import secrets
import uuid

from django.db import IntegrityError, transaction

from matching.models import Match
from participants.models import User
from participants.services import record
from safeguarding.errors import ConcernError, NotYours, OtherBody
from safeguarding.models import Case, Wording
from safeguarding.queries import matches_of, seats_in
from safeguarding.services.telling import tell_of

LONGEST = 10_000
# Without signs that are taken for one another.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@transaction.atomic
def report(
    *, text: str, in_danger: bool, contact: str, match_id: int | None, key: uuid.UUID, by: User | None, now: dt.datetime
) -> Case:
    """Take in a concern of somebody signed in, or of somebody unknown (`by` None), and tell the leads.

    `key` is of the form: sent again with the same words, it is the case that is there. Raises OtherBody for other
    words, NotYours for a match the reporter was never in, ConcernError for no words or more than 10,000 characters.
    """
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise ConcernError(f"Write what worries you, in at most {LONGEST:,} characters", field="text")
    match = _own_match(by, match_id)
    try:
        with transaction.atomic():
            case = Case.objects.create(
                number=new_number(),
                key=key,
                reporter=by,
                match=match,
                concerned=_concerned(by, match),
                text=words,
                contact=contact.strip(),
                in_danger=in_danger,
                reported_at=now,
            )
    except IntegrityError:
        return _sent_before(key, words, by)
    if match:
        case.people.set(seat.enrolment.user_id for seat in seats_in(match.pk))
    record(by=by, verb="concern reported", now=now, subject=case)
    tell_of(case, now)
    return case


def _own_match(by: User | None, match_id: int | None) -> Match | None:
    if match_id is None:
        return None
    found = next((each for each in matches_of(by) if each.pk == match_id), None) if by else None
    if found is None:
        raise NotYours("Choose one of your matches, or none", field="about")
    return found


def _sent_before(key: uuid.UUID, words: str, by: User | None) -> Case:
    case = Case.objects.get(key=key)
    if (case.text, case.reporter_id) != (words, by.pk if by else None):
        raise OtherBody
    return case


def new_number() -> str:
    """What a case is called, drawn by lot."""
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def _concerned(by: User | None, match: Match | None) -> str:
    """Who reported it and who is in the match, by name and address as they are now."""
    lines = [f"Reported by {by.name} <{by.email}>"] if by else []
    if match:
        lines += people_lines(match)
    return "\n".join(lines)


def people_lines(match: Match) -> list[str]:
    """Everybody in a match, in a line each."""
    people = [(seat.enrolment.user, seat.get_role_display().lower()) for seat in seats_in(match.pk)]
    return [f"{match.track.program.name}:", *(f"{user.name} <{user.email}>, {role}" for user, role in people)]


@transaction.atomic
def set_emergency_words(*, words: str, by: User, now: dt.datetime) -> None:
    """Say what to do when somebody is in danger; nothing brings back the usual words."""
    Wording.objects.update_or_create(pk=1, defaults={"emergency": words.strip()})
    record(by=by, verb="emergency words changed", now=now)
