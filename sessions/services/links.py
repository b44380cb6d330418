"""New links for those whose link has ended."""

from datetime import datetime, timedelta

from django.db import transaction

from mail.services import enqueue
from participants.models import User
from sessions import planning
from sessions.models import Session

# One new link in so many seconds; more taps give the same one.
PAUSE = 600


@transaction.atomic
def send_new_link(*, session: Session, user: User, now: datetime) -> None:
    """Mail a new link to the same page to the person whose link has ended, at most one in ten minutes."""
    enqueue(
        kind=planning.NEW_LINK,
        subject_type=planning.SUBJECT,
        subject_id=session.pk,
        sequence=int(now.timestamp()) // PAUSE,
        recipient=user,
        not_before=now,
        expires_at=now + timedelta(hours=1),
        program_id=session.match.track.program_id,
        now=now,
    )
