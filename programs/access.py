"""Loads the program a page is about and checks the right to it in one step."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase

from participants.lasting import first, lasting, still_has
from participants.models import RoleGrant, User
from participants.permissions import may_create_programs
from programs.models import Coordinator, Program
from programs.permissions import ADMIN, COORDINATOR, RIGHTS, Right, program_and_roles

P = ParamSpec("P")


class ProgramRequest(HttpRequest):
    """A request of a signed-in person to a page of a program they may see."""

    user: User
    program: Program
    program_rights: frozenset[Right]


def program_view(
    right: Right, *, may_end_it: bool = False
) -> Callable[[Callable[Concatenate[Any, Program, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Hand the program to the view; what one may not see is a 404 like what is not there. What a view writes is kept
    only if one still has the right at its end; `may_end_it` is for one that may take that right from oneself.

    Example: ``@program_view(Right.PEOPLE) def people(request, program): …`` behind ``<slug:slug>/people/``.
    """

    def decorate(view: Callable[Concatenate[Any, Program, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapper(request: ProgramRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            program, held = program_and_roles(slug, request.user)
            if program is None or not held & RIGHTS[right]:
                raise Http404("There is no such page")
            request.program_rights = frozenset(each for each in Right if held & RIGHTS[each])
            request.program = program
            try:
                with _kept(request, program, held & RIGHTS[right], may_end_it=may_end_it):
                    return view(request, program, *args, **kwargs)
            except ObjectDoesNotExist as error:
                # Somebody removed it between the look and the lock, often by a second press of the same button.
                raise Http404("There is no such page") from error

        return wrapper

    return decorate


def _kept(
    request: ProgramRequest, program: Program, roles: frozenset[str], *, may_end_it: bool
) -> AbstractContextManager[None]:
    def still() -> bool:
        return still_holds(request.user, program, roles)

    if not may_end_it:
        return lasting(request, still)
    return first(request, lambda: Program.objects.select_for_update().get(pk=program.pk), still)


def still_holds(user: User, program: Program, roles: frozenset[str]) -> bool:
    """Whether somebody still has one of these roles towards a program; it then stays until the transaction ends."""
    mine = Coordinator.objects.filter(program=program, user=user, user__is_active=True)
    if COORDINATOR in roles and mine.select_for_update(no_key=True, of=("self",)):
        return True
    return ADMIN in roles and still_has(user, [RoleGrant.Role.ADMIN])


def creators_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For whoever may set up programs, when they come and when what they did is kept; to others it is not there."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_create_programs(request.user):
            raise Http404("There is no such page")
        with lasting(request, lambda: still_creates(request)):
            return view(request, *args, **kwargs)

    return wrapper


def still_creates(request: HttpRequest) -> bool:
    user: User = request.user  # type: ignore[assignment]  # signed in: LoginRequiredMiddleware
    return still_has(user, [RoleGrant.Role.ADMIN, RoleGrant.Role.COORDINATOR])
