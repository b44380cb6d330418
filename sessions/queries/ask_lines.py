"""Asks of a program as moments and numbers, and whom they went to: one query for its figures, loads and signals.

No word of an ask or a reply is read, and no name of who asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, Q

from participants.models import User
from programs.models import Program
from sessions.models import Ask, AskRoute

WAITING, REPLIED = AskRoute.State.WAITING, AskRoute.State.REPLIED


@dataclass
class AskLine:
    """One ask: in which track, by whom (a number), and how it stands. `muted` are rules that say nothing of it."""

    pk: int
    track: int
    user: int
    state: str
    created_at: datetime
    closed_at: datetime | None
    routes: dict[int, str] = field(default_factory=dict)
    replied: list[datetime] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)

    @property
    def open(self) -> bool:
        return self.state == Ask.State.OPEN

    @property
    def waiting(self) -> int:
        """How many have it who may still answer in time."""
        return sum(state == WAITING for state in self.routes.values())

    @property
    def first(self) -> datetime | None:
        """When the first reply came."""
        return min(self.replied, default=None)


@dataclass
class HelperLine:
    """One helper of a track: the number of an enrolment, the person, and when asks went to them."""

    pk: int
    track: int
    user: int
    name: str
    email: str
    first_name: str
    went: dict[int, datetime] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)

    def since(self, moment: datetime) -> int:
        """How many asks went to them after a moment."""
        return sum(at > moment for at in self.went.values())


@dataclass(frozen=True)
class Lines:
    asks: list[AskLine]
    helpers: list[HelperLine]


_ASK = ("pk", "asker__track", "asker__user", "state", "created_at", "closed_at", "notice__rule")
_ROUTE = ("pk", "state", "routed_at", "reply__created_at", "helper__ask_notices__rule", "helper__ask_notices__muted_at")
_HELPER = ("helper", "helper__track", *(f"helper__user__{name}" for name in ("pk", "first_name", "last_name", "email")))


def lines_of(program: Program) -> Lines:
    """One query, whatever there is. Helpers to whom nothing ever went are not among them."""
    columns = (*_ASK, *(f"routes__{name}" for name in (*_ROUTE, *_HELPER)))
    rows = Ask.objects.filter(asker__track__program=program).annotate(
        notice=FilteredRelation("notices", condition=Q(notices__muted_at__isnull=False))
    )
    asks: dict[int, AskLine] = {}
    helpers: dict[tuple[int, int], HelperLine] = {}
    for row in rows.order_by("pk", "routes__pk").values_list(*columns):
        pk, track, user, state, created, closed, silent, *rest = row
        ask = asks.setdefault(pk, AskLine(pk, track, user, state, created, closed))
        if silent:
            ask.muted.add(silent)
        if rest[0] is not None:
            _add_route(ask, helpers, rest)
    return Lines(list(asks.values()), list(helpers.values()))


def _add_route(ask: AskLine, helpers: dict[tuple[int, int], HelperLine], row: Sequence[Any]) -> None:
    route, state, went, replied, rule, muted, pk, track, user, first, last, email = row
    # A row comes again for each rule that has spoken; counted is each once.
    if route not in ask.routes and replied:
        ask.replied.append(replied)
    ask.routes[route] = state
    named = User(first_name=first, last_name=last, email=email)
    key = (track, user)
    helper = helpers.setdefault(key, HelperLine(pk, track, user, named.name, email, named.short_name))
    helper.went[route] = went
    if rule and muted:
        helper.muted.add(rule)
