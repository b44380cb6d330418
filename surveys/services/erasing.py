"""What of a person goes from surveys when they are erased, and what goes by itself after its time."""

import datetime as dt

from participants.models import User
from surveys.models import Answer, Invitation, Response


def erase_from_surveys(user: User, _now: dt.datetime) -> None:
    """Their words and what they have not sent go. Numbers stay, by the number of an account that is nobody's."""
    Invitation.objects.filter(user=user, answered_at=None).delete()
    Answer.objects.filter(response__invitation__user=user).exclude(text="").update(text="")
    Response.objects.filter(invitation__user=user).update(contact_me=False, consent=None)


def forget_words(before: dt.datetime, _now: dt.datetime) -> int:
    """Delete what people wrote in surveys that were closed by then; their numbers stay, and so do published figures."""
    return Answer.objects.filter(response__invitation__closes_at__lt=before).exclude(text="").update(text="")
