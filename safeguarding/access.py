"""Loads the case a page is about and checks the right to it in one step; what one may not see is a 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from participants.lasting import lasting, still_has
from participants.models import User
from participants.permissions import Role, is_admin
from safeguarding.errors import NotYours
from safeguarding.permissions import is_lead
from safeguarding.queries import case_of, managed_case, running

View = Callable[..., HttpResponse]


class CaseRequest(HttpRequest):
    """A request of a signed-in person to a page about a case they may read."""

    user: User


def _loads(find: Callable[[User, Any], Any], key: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: CaseRequest, **kwargs: Any) -> HttpResponse:
            found = find(request.user, kwargs.pop(key))
            if found is None:
                raise Http404("There is no such page")
            try:
                return view(request, found, **kwargs)
            except NotYours as error:  # between the look and the lock
                raise Http404("There is no such page") from error

        return page

    return decorate


def _running(user: User, pk: int) -> Any:  # noqa: ANN401  as the finders above
    return running(user, pk, timezone.now())  # noqa: TID251  part of the views it stands around


# The view gets (request, case): whoever may read it, or whoever may decide about it; (request, opening) while it is on.
case_view = _loads(case_of, "number")
managed_view = _loads(managed_case, "number")
opening_view = _loads(_running, "pk")


def settings_view(view: View) -> View:
    """For leads and admins; to everybody else the page is not there."""

    @wraps(view)
    def page(request: CaseRequest) -> HttpResponse:
        if not (is_lead(request.user) or is_admin(request.user)):
            raise Http404("There is no such page")
        with lasting(request, lambda: still_has(request.user, [Role.SAFEGUARDING_LEAD, Role.ADMIN])):
            return view(request)

    return page
