"""Who a browser belongs to. Every request asks that, and each page of a signed-in person asks it first."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from mail.prepared import prepared
from participants.models import Browser, User

# Only while Django finds out whose a browser is, which asks a backend that is told a number and no request.
_read: ContextVar[User | None] = ContextVar("read", default=None)


@prepared
def _kept(key: str, now: datetime) -> QuerySet[Browser]:
    """With whose it is, who would be the next to be asked for."""
    return Browser.objects.filter(session_key=key, expire_date__gt=now).select_related("user")


class SessionStore(db.SessionStore):
    """Django's, in the database, with whose it is."""

    owner: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Browser]:
        return Browser

    def create_model_instance(self, data: dict[str, Any]) -> Browser:
        made = cast(Browser, super().create_model_instance(data))
        made.user_id = data.get(SESSION_KEY)
        return made

    def _get_session_from_db(self) -> Browser | None:
        found = _kept.first(self.session_key or "", timezone.now())  # noqa: TID251  as in Django's own
        if found is None:
            self._session_key = None
        self.owner = found.user if found else None
        return found


class AccountBackend(ModelBackend):
    """Django's, by address and password."""

    def get_user(self, user_id: int) -> User | None:
        read = _read.get()
        user = read if read and read.pk == int(user_id) else User.objects.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class OwnerMiddleware(AuthenticationMiddleware):
    """Django's, which asks for the person after the browser; here the browser has brought them along."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _owner_of(request))  # type: ignore[assignment]  # as Django's own


def _owner_of(request: HttpRequest) -> User | AnonymousUser:
    # Reads the row.
    request.session.get(SESSION_KEY)
    token = _read.set(getattr(request.session, "owner", None))
    try:
        return get_user(request)
    finally:
        _read.reset(token)
