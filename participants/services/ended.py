"""What is kept for some hours or days and then goes by itself, as it is of no use to anybody."""

import datetime as dt

from django.db import transaction

from mail.services import take_slot
from participants.models import Browser, SentForm
from participants.services.forms_sent import HOURS_KEPT
from participants.services.left_files import delete_left_files


@transaction.atomic
def forget_ended(*, now: dt.datetime) -> int:
    """Once an hour, delete keys of forms of more than a day ago, and browsers whose time is over; how many rows went.
    Files that no row names go with them.

    Whoever was signed in with such a browser has had to sign in again since then.
    """
    if not take_slot(name="ended", slot=now.replace(minute=0, second=0, microsecond=0)):
        return 0

    def sweep() -> None:
        delete_left_files(now=now)

    # A storage that cannot be asked is no reason to keep the rows.
    transaction.on_commit(sweep, robust=True)
    forms = SentForm.objects.filter(sent_at__lt=now - dt.timedelta(hours=HOURS_KEPT))
    return forms.delete()[0] + Browser.objects.filter(expire_date__lte=now).delete()[0]
