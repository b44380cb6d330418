"""What one session is made of: the model's agenda in this session's minutes, and who leads what.

Nothing is stored: the rota and the turns follow from who is in the match and which of its sessions this is, so that
everybody sees the same. A session that is called off or did not happen costs nobody their turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matching.models import Seat
from matching.queries import MyMatch
from participants.models import User
from programs.catalogue.base import EACH, FIRST, HOT_SEATS, SECOND, AgendaItem, Shape
from programs.models import Role
from sessions.models import GROUP, Session
from sessions.queries import Course

# Two who take turns, and the third of a triad.
TURNS = (FIRST, SECOND, "third")


@dataclass(frozen=True)
class Lead:
    """Somebody's part in one session."""

    label: str
    name: str
    is_reader: bool


@dataclass(frozen=True)
class Part:
    """A part of one session: for how long, from when to when if that is known, and who has the floor, if anybody."""

    minutes: int
    text: str
    floor: str
    swaps: bool
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class Agenda:
    parts: list[Part]
    minutes: int
    leads: list[Lead]


def agenda_for(course: Course, session: Session | None) -> Agenda:
    """The agenda of a planned session; without one, that of a session as long as the track's, led by nobody yet."""
    minutes = session.minutes if session else course.mine.track.session_minutes
    people = _people(course.mine)
    items = scaled(turns_for(course.mine.model.agenda, len(people)), minutes)
    if session is None:
        return Agenda(_parts(items, {}, None), minutes, [])
    turn = turn_of(course, session)
    return Agenda(_parts(items, floors_of(course.mine, turn), session.starts_at), minutes, leads_of(course.mine, turn))


def turns_for(items: Sequence[AgendaItem], people: int) -> list[AgendaItem]:
    """The items with a part for everybody who gets one, in minutes that keep their proportions for scaled().

    Where each has their say, the item becomes one for each person; where two take turns and there is a third, the
    third gets a turn too and all three an equal share.
    """
    found: list[AgendaItem] = []
    triad = people == len(TURNS)
    between = sum(item.minutes for item in items if item.lead in {FIRST, SECOND})
    splits = any(item.lead == EACH or (item.third and triad) for item in items)
    for item in items if splits else ():
        if item.lead == EACH:
            found += [replace(item, lead=f"{EACH} {at}") for at in range(people)]
        elif triad and item.lead in {FIRST, SECOND}:
            found.append(replace(item, minutes=between))
        else:
            found.append(replace(item, minutes=item.minutes * people))
        if triad and item.third:
            found.append(AgendaItem(between, item.third, TURNS[2]))
    return found or list(items)


def scaled(items: Sequence[AgendaItem], minutes: int) -> list[AgendaItem]:
    """The items in whole minutes that sum to `minutes`, by largest remainders (ties: the earlier item).

    Each keeps a minute as long as there is one for each; where there are fewer, the longest items remain.
    """
    total = sum(item.minutes for item in items)
    shares = [item.minutes * minutes // total for item in items]
    order = sorted(range(len(items)), key=lambda at: (-(items[at].minutes * minutes % total), at))
    for at in order[: minutes - sum(shares)]:
        shares[at] += 1
    while 0 in shares and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
        shares[shares.index(0)] += 1
    return [replace(item, minutes=share) for share, item in zip(shares, items, strict=True) if share]


def turn_of(course: Course, session: Session) -> int:
    """How many sessions of the match come before this one, held or planned."""
    counted = (Session.State.HELD, Session.State.PLANNED)
    return sum(each.state in counted and each.starts_at < session.starts_at for each in course.sessions)


def floors_of(mine: MyMatch, turn: int) -> dict[str, str]:
    """Who has the floor in this session, by the leads of agenda items. Who of equals begins changes every time."""
    people = _people(mine)
    in_turn = [people[(at + turn) % len(people)] for at in range(len(people))]
    floors = {lead: _named(mine, [user]) for lead, user in zip(TURNS, in_turn, strict=False)}
    floors |= {f"{EACH} {at}": _named(mine, [user]) for at, user in enumerate(in_turn)}
    for role in Role.values:
        theirs = [seat.enrolment.user for seat in _seats(mine) if seat.role == role]
        # A word for one person, or for few: where six mentees have the floor, everybody has.
        floors[role] = _named(mine, theirs) if 0 < len(theirs) <= len(TURNS) - 1 else ""
    if "hot_seat_rota" in _keys(mine):
        floors |= {label: _named(mine, [user]) for label, user in zip(HOT_SEATS, hot_seats(people, turn), strict=False)}
    return floors


def leads_of(mine: MyMatch, turn: int) -> list[Lead]:
    """Who leads what, where the model's safeguards want it to go round; elsewhere nobody."""
    keys, everybody = _keys(mine), _people(mine)
    parts: list[tuple[str, User]] = []
    if "mentees_chair" in keys:
        mentees = [seat.enrolment.user for seat in _seats(mine) if seat.role == Role.MENTEE]
        parts += _in_turn("Chair", mentees, turn)
    if "rotating_facilitator" in keys:
        parts += _in_turn("Facilitator", everybody, turn)
    if "hot_seat_rota" in keys:
        parts += zip(HOT_SEATS, hot_seats(everybody, turn), strict=False)
    reader = mine.seat.enrolment.user_id
    return [Lead(label, user.name, user.pk == reader) for label, user in parts]


def is_led(mine: MyMatch) -> bool:
    """Whether somebody of the group leads each session, so that it is asked who did."""
    return mine.model.shape == Shape.GROUPS and len(_people(mine)) >= GROUP


def led_by_rota(course: Course, session: Session | None) -> int:
    """The seat whose turn it is to lead a session (without one: one held after those so far); 0 without a rota."""
    seats, keys = _seats(course.mine), _keys(course.mine)
    if "mentees_chair" in keys:
        seats = [seat for seat in seats if seat.role == Role.MENTEE]
    elif "rotating_facilitator" not in keys:
        return 0
    turn = turn_of(course, session) if session else len(course.held)
    return seats[turn % len(seats)].pk if seats else 0


def hot_seats(people: Sequence[User], turn: int) -> list[User]:
    """Whose cases it is: those who have waited longest, and never whoever facilitates this time.

    A queue: who had one goes to its end, who facilitates keeps their place. Nobody gets more than two ahead of anybody.
    """
    queue, hot = list(people), list[User]()
    for at in range(turn + 1 if people else 0):
        free = [each for each in queue if each is not people[at % len(people)]]
        hot = free[: len(HOT_SEATS)]
        queue = [each for each in queue if each not in hot] + hot
    return hot


def _keys(mine: MyMatch) -> set[str]:
    return {safeguard.key for safeguard in mine.model.safeguards}


def _seats(mine: MyMatch) -> list[Seat]:
    return [seat for seat in mine.seats if seat.answer == Seat.Answer.ACCEPTED]


def _people(mine: MyMatch) -> list[User]:
    return [seat.enrolment.user for seat in _seats(mine)]


def _named(mine: MyMatch, users: Sequence[User]) -> str:
    me = mine.seat.enrolment.user_id
    return " and ".join("You" if user.pk == me else user.short_name for user in users)


def _in_turn(label: str, people: Sequence[User], turn: int) -> Iterable[tuple[str, User]]:
    """Whose turn it is, and who prepares for the next time."""
    if not people:
        return []
    now, after = people[turn % len(people)], people[(turn + 1) % len(people)]
    return [(label, now), (f"{label} next time", after)]


def _parts(items: Sequence[AgendaItem], floors: dict[str, str], starts_at: datetime | None) -> list[Part]:
    found: list[Part] = []
    last, at = "", starts_at
    for item in items:
        floor = floors.get(item.lead, "")
        ends = at + timedelta(minutes=item.minutes) if at else None
        found.append(Part(item.minutes, item.text, floor, bool(floor and last and floor != last), at, ends))
        last, at = floor or last, ends
    return found
