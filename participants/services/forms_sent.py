"""Forms that were sent, by their keys: a double click, a repeat by the browser or a second tap does a deed once."""

import datetime as dt

from django.db import transaction
from django.utils.crypto import salted_hmac

from mail.writing import insert_if_new
from participants.models import SentForm, User

HOURS_KEPT = 24


def owner_of(user: User) -> str:
    """By what a form that this person sends while signed in is theirs."""
    return salted_hmac("participants.forms_sent", f"account {user.pk}", algorithm="sha256").hexdigest()


def owner_of_address(path: str) -> str:
    """The same for whoever is not signed in, or is there by a link: the address is all that is known of them."""
    return salted_hmac("participants.forms_sent", f"address {path}", algorithm="sha256").hexdigest()


def claim_form(*, owner: str, key: str, body: str, now: dt.datetime) -> SentForm | None:
    """None if a form comes for the first time, and then its key is taken; otherwise the row of the time before.

    Inside the transaction of the deed: if that is taken back, the key is free again. `body` is a digest of all that
    was sent; whether the row has the same is for the caller to see. Waits for a form of the same key on its way.
    """
    # One statement, as it is part of every deed. Two at once: the second waits for what becomes of the first.
    with transaction.atomic(savepoint=False):
        is_first = insert_if_new(SentForm(owner=owner, key=key, body=body, sent_at=now))
    return None if is_first else SentForm.objects.get(owner=owner, key=key)


def keep_form(*, owner: str, key: str, led_to: str) -> None:
    """The deed is done: remember where it led to."""
    SentForm.objects.filter(owner=owner, key=key).update(led_to=led_to)


def free_form(*, owner: str, key: str) -> None:
    """Nothing was done, such as for a form with a mistake in it: what is sent next with this key is the first."""
    SentForm.objects.filter(owner=owner, key=key).delete()
