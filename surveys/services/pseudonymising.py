"""Keeping answers under a pseudonym from the moment they are begun."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from surveys.models import AnswerKey, Invitation, Respondent, Response
from surveys.pseudonyms import match_code, new_key, person_code

_AT_ONCE = 500


def begin_response(invitation: Invitation) -> Response:
    """The response to an invitation whose row the caller has locked, begun under its author's pseudonym if need be."""
    found = Response.objects.select_related("respondent").filter(invitation=invitation).first()
    if found is None:
        [found] = _unsaved([invitation])
        found.save(force_insert=True)
    return found


@transaction.atomic
def store_sent(invitations: Sequence[Invitation]) -> list[Response]:
    """A response to each of these answered invitations, sent when the invitation says, without answers yet."""
    made = _unsaved(invitations)
    sent = [(each.answered_at, response) for each, response in zip(invitations, made, strict=True) if each.answered_at]
    for moment, response in sorted(sent, key=lambda pair: pair[0]):
        response.respondent.sent += 1
        response.number, response.submitted_at = response.respondent.sent, moment
    Respondent.objects.bulk_update({each.respondent for each in made}, ["sent"], batch_size=_AT_ONCE)
    return Response.objects.bulk_create(made)


def next_number(response: Response) -> int:
    """Count one more sent survey of its respondent, under a lock, as two may be sent at once."""
    respondent = Respondent.objects.select_for_update().get(pk=response.respondent_id)
    respondent.sent += 1
    respondent.save(update_fields=["sent"])
    return respondent.sent


def _unsaved(invitations: Sequence[Invitation]) -> list[Response]:
    keys = {each.survey.program_id: "" for each in invitations}
    keys = {program: _key(program) for program in keys}
    people = {
        each.pk: (each.survey.program_id, person_code(keys[each.survey.program_id], each.user_id))
        for each in invitations
    }
    respondents = _respondents(set(people.values()))
    return [
        Response(
            invitation=each,
            survey=each.survey,
            respondent=respondents[people[each.pk]],
            about=_about(each, keys[each.survey.program_id]),
        )
        for each in invitations
    ]


def _about(invitation: Invitation, key: str) -> str:
    match = invitation.session.match_id if invitation.session else invitation.match_id
    return match_code(key, match) if match else ""


def _key(program_id: int) -> str:
    """The program's key; where it was destroyed, and somebody answers after all, a new one that knows nothing."""
    row, _ = AnswerKey.objects.get_or_create(program_id=program_id, defaults={"key": new_key()})
    if not row.key:
        row = AnswerKey.objects.select_for_update().get(pk=row.pk)
        row.key = row.key or new_key()
        row.save(update_fields=["key"])
    return str(row.key)


def _respondents(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Respondent]:
    pairs = sorted(set(wanted))
    if len(pairs) == 1:
        [(program, code)] = pairs
        return {(program, code): Respondent.objects.get_or_create(program_id=program, code=code)[0]}
    new = [Respondent(program_id=program, code=code) for program, code in pairs]
    Respondent.objects.bulk_create(new, ignore_conflicts=True)
    found = Respondent.objects.filter(program__in={program for program, _ in pairs})
    return {(each.program_id, each.code): each for each in found}
