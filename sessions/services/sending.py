"""A log that may be sent twice, as a phone without network does not know what has arrived."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from participants.models import User
from sessions.errors import OtherBody
from sessions.models import SentLog, Session


@transaction.atomic
def log_once(
    *, key: UUID, body: Mapping[str, object], deed: Callable[[], Session | None], by: User, now: datetime
) -> Session | None:
    """Do the deed, unless this person has sent this key already: then nothing changes, and its session is given back.

    `body` is all that was typed; of it only a keyed digest is kept. Raises OtherBody if the key came with something
    else, and whatever the deed raises, after which the key is free again.
    """
    digest = _digest(body)
    sent, is_new = SentLog.objects.get_or_create(user=by, key=key, defaults={"digest": digest, "sent_at": now})
    if not is_new:
        if sent.digest != digest:
            raise OtherBody
        return sent.session
    sent.session = deed()
    sent.save(update_fields=["session"])
    return sent.session


def _digest(body: Mapping[str, object]) -> str:
    text = "\n".join(f"{name}={value!r}" for name, value in sorted(body.items()))
    return salted_hmac("sessions.sending", text, algorithm="sha256").hexdigest()
