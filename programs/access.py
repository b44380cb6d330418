"""Loads the program a page is about and checks the right to it in one step."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase

from participants.models import User
from programs.models import Program
from programs.permissions import RIGHTS, Right, program_and_roles

P = ParamSpec("P")


class ProgramRequest(HttpRequest):
    """A request of a signed-in person to a page of a program they may see."""

    user: User
    program: Program
    program_rights: frozenset[Right]


def program_view(
    right: Right,
) -> Callable[[Callable[Concatenate[Any, Program, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Hand the program to the view; what one may not see is a 404 like what is not there.

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
                return view(request, program, *args, **kwargs)
            except ObjectDoesNotExist as error:
                # Somebody removed it between the look and the lock, often by a second press of the same button.
                raise Http404("There is no such page") from error

        return wrapper

    return decorate
