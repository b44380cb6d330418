"""Invitations as the services make them."""

import datetime as dt

from participants.models import User
from sessions.models import Session
from surveys import services
from surveys.models import Invitation


def ask_after(session: Session, user: User, now: dt.datetime) -> Invitation:
    """Ask one person about one held session."""
    services.invite_after(session=session, users=[user], now=now)
    return Invitation.objects.get(session=session, user=user)
