"""Asks as the people in them read them: one's own with the replies, and those that wait for one's reply.

Coordinators read none of this; what they see is in queries.ask_figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet

from participants.models import User
from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Enrolment, Program, Role
from programs.reading.skills import LEVELS
from sessions.models import Ask, AskFlag, AskReply, AskRoute
from sessions.queries.ask_routing import network_of, skills_field

MOST_SHOWN = 20
OPEN_PROGRAM = (Program.State.OPEN, Program.State.RUNNING)
State = AskRoute.State


def asking_models() -> list[str]:
    """The models in which people ask a network."""
    return [model.slug for model in registry.all_models() if model.shape == Shape.CONSTELLATION]


def _places(user: User) -> QuerySet[Enrolment]:
    """Where this person takes part in networks, in whichever role."""
    mine = Enrolment.objects.filter(user=user, state=Enrolment.State.ACTIVE, track__model__in=asking_models())
    return mine.select_related("track__program", "user").order_by("track__program__name", "pk")


def _by_program(place: Enrolment) -> tuple[str, int]:
    return place.track.program.name, place.pk


def _may_ask(place: Enrolment) -> bool:
    """Who takes part as mentee asks, while the program is open."""
    return place.role == Role.MENTEE and place.track.program.state in OPEN_PROGRAM


def ask_desk(user: User, enrolment_id: int) -> Enrolment | None:
    """This person's own place from which they may ask, or None."""
    found = _places(user).filter(pk=enrolment_id).first()
    return found if found and _may_ask(found) else None


@dataclass(frozen=True)
class Skills:
    """What an ask of a track can be about; `levels` are named from 1 on, and empty where none are asked."""

    options: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


def skills_of(desk: Enrolment) -> Skills:
    """The skills people of the program offer, for the form."""
    asked = skills_field(desk.track)
    if asked is None:
        return Skills()
    return Skills(tuple(map(str, asked.options)), LEVELS if asked.kind == "skills" else ())


@dataclass(frozen=True)
class MyAsk:
    """One's own ask in a list: how many replies it has, and with how many people it is."""

    ask: Ask
    replies: int
    waiting: int


@dataclass(frozen=True)
class Asks:
    """All that a person asked, or is asked. `waiting` are to be answered, the earliest first; `late` still may be."""

    desks: list[Enrolment] = field(default_factory=list)
    waiting: list[AskRoute] = field(default_factory=list)
    late: list[AskRoute] = field(default_factory=list)
    mine: list[MyAsk] = field(default_factory=list)

    @property
    def to_show(self) -> bool:
        """Whether there is anything about asks on this person's home."""
        return bool(self.desks or self.waiting or self.late or self.mine)

    @property
    def open(self) -> list[MyAsk]:
        return [each for each in self.mine if each.ask.state == Ask.State.OPEN]

    @property
    def over(self) -> list[MyAsk]:
        return [each for each in self.mine if each.ask.state != Ask.State.OPEN]


def asks_of(user: User, parts: Iterable[Enrolment]) -> Asks:
    """`parts` is where they take part. Two queries; none for somebody who is in no network."""
    models = asking_models()
    places = [each for each in parts if each.state == Enrolment.State.ACTIVE and each.track.model in models]
    if not places:
        return Asks()
    routes = list(_routes(user).filter(state__in=AskRoute.ANSWERABLE, ask__state=Ask.State.OPEN).order_by("answer_by"))
    return Asks(
        desks=sorted((each for each in places if _may_ask(each)), key=_by_program),
        waiting=[each for each in routes if each.state == State.WAITING],
        late=[each for each in routes if each.state == State.LATE],
        mine=_mine(user),
    )


def _mine(user: User) -> list[MyAsk]:
    found = Ask.objects.filter(asker__user=user, asker__state=Enrolment.State.ACTIVE).annotate(
        replied=Count("replies", filter=Q(replies__hidden_at=None), distinct=True),
        with_people=Count("routes", filter=Q(routes__state=State.WAITING), distinct=True),
    )
    rows = found.select_related("asker__track__program")[:MOST_SHOWN]
    return [MyAsk(ask, ask.replied, ask.with_people) for ask in rows]


def _routes(user: User) -> QuerySet[AskRoute]:
    """What was sent to this person, as long as they and the one who asks take part."""
    active, closed = Enrolment.State.ACTIVE, Program.State.CLOSED
    found = AskRoute.objects.filter(helper__user=user, helper__state=active, ask__asker__state=active)
    return found.exclude(helper__track__program__state=closed).select_related(
        "helper__track__program", "helper__user", "ask__asker__user", "ask__asker__track__program"
    )


@dataclass(frozen=True)
class AskView:
    """One's own ask: what was replied, with whom it is, and what was hidden or reported."""

    ask: Ask
    all_replies: list[AskReply]
    people: list[User]
    flagged: frozenset[int]

    @property
    def replies(self) -> list[AskReply]:
        return [each for each in self.all_replies if each.hidden_at is None]

    @property
    def hidden(self) -> list[AskReply]:
        return [each for each in self.all_replies if each.hidden_at is not None]


def ask_of(user: User, ask_id: int) -> AskView | None:
    """An ask of this person as long as they take part; None for everybody else. A fixed number of queries.

    With whom it is names those it is with now: who said no is not among them any more, and nobody reads why.
    """
    replies = AskReply.objects.select_related("route__helper__user")
    found = Ask.objects.filter(pk=ask_id, asker__user=user, asker__state=Enrolment.State.ACTIVE)
    ask = found.select_related("asker__track__program", "asker__user").prefetch_related(
        Prefetch("replies", replies), Prefetch("routes", AskRoute.objects.select_related("helper__user"))
    )
    one = ask.first()
    if one is None:
        return None
    flagged = AskFlag.objects.filter(ask=one, by=user, reply__isnull=False).values_list("reply", flat=True)
    return AskView(
        ask=one,
        all_replies=list(one.replies.all()),
        people=[each.helper.user for each in one.routes.all() if each.state in AskRoute.ANSWERABLE],
        flagged=frozenset(flagged),
    )


@dataclass(frozen=True)
class RouteView:
    """An ask as one of those reads it to whom it went; `reply` is their own."""

    route: AskRoute
    reply: AskReply | None
    flagged: bool

    @property
    def may_answer(self) -> bool:
        return self.route.state in AskRoute.ANSWERABLE and self.route.ask.state == Ask.State.OPEN

    @property
    def may_read(self) -> bool:
        """Who said no, or is not needed any more, does not go on reading it."""
        return self.may_answer or self.reply is not None

    @property
    def hours(self) -> int:
        return network_of(self.route.helper.track).answer_hours


def route_of(user: User, route_id: int) -> RouteView | None:
    """What was sent to this person; None for everybody else."""
    found = _routes(user).filter(pk=route_id).first()
    if found is None:
        return None
    reply = AskReply.objects.filter(route=found).first()
    flagged = AskFlag.objects.filter(ask=found.ask_id, by=user, reply__isnull=True).exists()
    return RouteView(found, reply, flagged)
