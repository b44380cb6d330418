from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from participants.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an import, an invitation or an application, never by a bare sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """A second factor is asked for at the door of what needs one, and not when somebody signs in."""
        return [stage for stage in super().get_login_stages() if not stage.startswith("allauth.mfa.")]

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """By password only, for the same reason."""
        if not user.is_authenticated or not user.has_usable_password():
            return []
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "Use your password", "url": url}]

    def is_safe_url(self, url: str | None) -> bool:
        """Paths of this site alone: no other host is a way back, and no address that cannot be read is an error."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)
