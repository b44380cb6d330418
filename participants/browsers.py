"""Who a browser belongs to. Every request asks that, and each page of a signed-in person asks it first."""

from datetime import datetime

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from mail.prepared import prepared
from participants.models import User


@prepared
def _kept(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@prepared
def _owner(user: int) -> QuerySet[User]:
    return User.objects.filter(pk=user)


class SessionStore(db.SessionStore):
    """Django's, in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _kept.first(self.session_key or "", timezone.now())  # noqa: TID251  as in Django's own
        if found is None:
            self._session_key = None
        return found


class AccountBackend(ModelBackend):
    """Django's, by address and password."""

    def get_user(self, user_id: int) -> User | None:
        user = _owner.first(int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
