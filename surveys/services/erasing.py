"""What of a person goes from surveys when they are erased, and what goes by itself after its time."""

import datetime as dt

from django.db.models import Q

from participants.models import User
from surveys.models import Answer, Invitation, Respondent, Response
from surveys.pseudonyms import keys_of, person_code


def erase_from_surveys(user: User, _now: dt.datetime) -> None:
    """Their words and what they have not sent go. Numbers stay, by the number of an account that is nobody's.

    As long as the key of a program can still tell which answers were theirs, that holds for answers already cut too.
    """
    Invitation.objects.filter(user=user, answered_at=None, cut_at=None).delete()
    own = list(_responses_of(user))
    Answer.objects.filter(response__in=own).exclude(text="").update(text="")
    Response.objects.filter(pk__in=own).update(contact_me=False, consent=None)


def _responses_of(user: User) -> list[int]:
    programs = set(Invitation.objects.filter(user=user).values_list("survey__program", flat=True))
    codes = {program: person_code(key, user.pk) for program, key in keys_of(programs).items()}
    found = Respondent.objects.filter(program__in=codes, code__in=codes.values())
    mine = Q(invitation__user=user) | Q(respondent__in=list(found.values_list("pk", flat=True)))
    return list(Response.objects.filter(mine).values_list("pk", flat=True))


def forget_words(before: dt.datetime, _now: dt.datetime) -> int:
    """Delete what people wrote in surveys that were closed by then; their numbers stay, and so do published figures.

    Of answers that were cut the month is known, and they go with its first day.
    """
    closed = Q(response__invitation__closes_at__lt=before) | Q(response__closed_in__lt=before.date())
    return Answer.objects.filter(closed).exclude(text="").update(text="")
