"""What one session is made of: the model's agenda in this session's minutes, and who leads what in a group.

Nothing is stored: the rota follows from who is in the match and which of its sessions this is, so that everybody sees
the same. A session that is called off or did not happen costs nobody their turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matching.models import Seat
from matching.queries import MyMatch
from participants.models import User
from programs.catalogue.base import AgendaItem
from programs.models import Role
from sessions.models import Session
from sessions.queries import Course

# As many as the agenda of the model with a hot-seat rota has.
HOT_SEATS = ("First hot seat", "Second hot seat")


@dataclass(frozen=True)
class Lead:
    """Somebody's part in one session."""

    label: str
    name: str
    is_reader: bool


@dataclass(frozen=True)
class Agenda:
    parts: list[AgendaItem]
    minutes: int
    leads: list[Lead]


def agenda_for(course: Course, session: Session | None) -> Agenda:
    """The agenda of a planned session; without one, that of a session as long as the track's, led by nobody yet."""
    minutes = session.minutes if session else course.mine.track.session_minutes
    leads = leads_of(course.mine, turn_of(course, session)) if session else []
    return Agenda(scaled(course.mine.model.agenda, minutes), minutes, leads)


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
    return [AgendaItem(share, item.text) for share, item in zip(shares, items, strict=True) if share]


def turn_of(course: Course, session: Session) -> int:
    """How many sessions of the match come before this one, held or planned."""
    counted = (Session.State.HELD, Session.State.PLANNED)
    return sum(each.state in counted and each.starts_at < session.starts_at for each in course.sessions)


def leads_of(mine: MyMatch, turn: int) -> list[Lead]:
    """Who leads what, where the model's safeguards want it to go round; elsewhere nobody."""
    keys = {safeguard.key for safeguard in mine.model.safeguards}
    seats = sorted(mine.match.seats.all(), key=lambda seat: seat.pk)
    there = [seat for seat in seats if seat.left_at is None and seat.answer == Seat.Answer.ACCEPTED]
    everybody = [seat.enrolment.user for seat in there]
    parts: list[tuple[str, User]] = []
    if "mentees_chair" in keys:
        parts += _in_turn("Chair", [seat.enrolment.user for seat in there if seat.role == Role.MENTEE], turn)
    if "rotating_facilitator" in keys:
        parts += _in_turn("Facilitator", everybody, turn)
    if "hot_seat_rota" in keys:
        parts += zip(HOT_SEATS, hot_seats(everybody, turn), strict=False)
    reader = mine.seat.enrolment.user_id
    return [Lead(label, user.name, user.pk == reader) for label, user in parts]


def _in_turn(label: str, people: Sequence[User], turn: int) -> Iterable[tuple[str, User]]:
    """Whose turn it is, and who prepares for the next time."""
    if not people:
        return []
    now, after = people[turn % len(people)], people[(turn + 1) % len(people)]
    return [(label, now), (f"{label} next time", after)]


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
