"""What let somebody in must still be there when what they did is kept: roles are looked at once more at the end.

Why at the end: a request waits, at a lock above all, and meanwhile a role can be taken away. The last look locks what
it finds, so that whoever takes the role away now waits until this is kept. No other lock is taken after it, and whoever
takes a role away takes none of ours after the role's row: two can never wait for each other because of it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpRequest

from participants.models import RoleGrant, User

_WHOLE = "is_one_transaction"
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Guards:
    """A switch by which tests take the guard away, to see that they notice. Nothing else ever touches it."""

    last_look: bool = True


guards = Guards()


@contextmanager
def lasting(request: HttpRequest, still: Callable[[], bool]) -> Iterator[None]:
    """Around a view that may write: one transaction with a last look, `still`, at what let the request in.

    Raises Http404, and with it takes back what the view has done, where it is gone by then. A view that takes away
    what let it in looks at it first instead: see `first`.
    """
    if request.method in _LOOKS:
        yield
        return
    with _whole(request):
        yield
        if guards.last_look and not still():
            raise Http404("There is no such page")


@contextmanager
def first(request: HttpRequest, lock: Callable[[], object], still: Callable[[], bool]) -> Iterator[None]:
    """The same for a view that may take away what let it in: `lock` is what everybody locks who takes it away, and
    it is looked at right behind that.
    """
    if request.method in _LOOKS:
        yield
        return
    with _whole(request):
        lock()
        if guards.last_look and not still():
            raise Http404("There is no such page")
        yield


def is_whole(request: HttpRequest) -> None:
    """Said by who runs the view of this request in one transaction, which an error takes back as a whole."""
    setattr(request, _WHOLE, True)


def _whole(request: HttpRequest) -> AbstractContextManager[None]:
    return transaction.atomic(savepoint=not getattr(request, _WHOLE, False))


def still_has(user: User, roles: Iterable[str]) -> bool:
    """Whether somebody still has one of these roles in the organisation; it then stays until the transaction ends."""
    grants = RoleGrant.objects.filter(user=user, user__is_active=True, role__in=list(roles))
    return bool(grants.select_for_update(no_key=True, of=("self",)))


def lock_admins() -> object:
    """Behind which admins are taken their role away, one at a time."""
    return list(RoleGrant.objects.select_for_update().filter(role=RoleGrant.Role.ADMIN).order_by("pk"))
