"""Saying that a match needs somebody who knows more: one tap on a session's log, taken back by another."""

import datetime as dt

from django.db import transaction

from participants.models import User
from participants.services import record
from sessions.errors import SessionError
from sessions.models import ExpertWanted, Session
from sessions.services.guards import lock_session


@transaction.atomic
def want_expert(*, session: Session, wanted: bool, by: User, now: dt.datetime) -> None:
    """Write down for a held session that an expert is needed, or take that back; saying it twice is saying it once.

    Coordinators see how often it was said in a match, never who said it. Raises SessionError for a session that was
    not held, NotInMatch, NotActive.
    """
    locked = lock_session(session, by)
    if locked.state != Session.State.HELD:
        raise SessionError("An expert can be asked for after a session that was held.")
    if wanted:
        _, changed = ExpertWanted.objects.get_or_create(session=locked, defaults={"said_by": by, "said_at": now})
    else:
        changed = bool(ExpertWanted.objects.filter(session=locked).delete()[0])
    if changed:
        verb = "expert wanted" if wanted else "expert no longer wanted"
        record(by=by, verb=verb, now=now, program_id=locked.match.track.program_id, subject=locked)
