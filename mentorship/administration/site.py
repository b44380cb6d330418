"""Django's admin, guarded. What is in it stands in tables.py; a house test refuses anything confidential."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone

from mentorship.administration import views
from mentorship.administration.second_factor import is_shown


class GuardedSite(AdminSite):
    site_header = "Maintenance"
    site_title = "Maintenance"
    index_title = "What can be looked after here"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return views.is_operator(request) and is_shown(request, timezone.now())

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002  # Django's signature
        """A 404 for everybody but superusers, and for them first the second factor."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not views.is_operator(request):
                raise Http404("There is no such page")
            if not self.has_permission(request):
                return redirect("admin:show")
            found: HttpResponse = inner(request, *args, **kwargs)
            return found

        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own: list[URLPattern | URLResolver] = [
            path("second-factor/", views.show, name="show"),
            path("second-factor/set-up/", views.set_up, name="set_up"),
            path("second-factor/confirm/", views.confirm, name="confirm"),
        ]
        # Signing in, out and changing a password have pages of their own, outside.
        gone = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}
        theirs = [each for each in super().get_urls() if getattr(each, "name", None) not in gone]
        _left_to_the_guard(theirs)
        return own + theirs


def _left_to_the_guard(urls: list[URLPattern | URLResolver]) -> None:
    """Whoever is not signed in is not led to sign in either: for them too there is no such page."""
    for each in urls:
        if isinstance(each, URLResolver):
            _left_to_the_guard(each.url_patterns)
        else:
            login_not_required(each.callback)


site = GuardedSite(name="admin")
