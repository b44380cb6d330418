"""A whole invented organisation, to try programs with: departments, levels, reporting lines, zones, skills, times.

The same number and seed give the same people. What they answer is written as people write it into a spreadsheet, so
that a file of them goes the way every import goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from mentorship.sample.people import FIRST, HALVES, LAST, plain_address
from programs.catalogue import registry
from programs.catalogue.base import MENTEE, MENTOR, PEER
from programs.catalogue.fields import STANDARD_FIELDS

LEVELS = STANDARD_FIELDS["level"].options
ENTRY, JUNIOR, EXPERIENCED, SENIOR, LEAD, DIRECTOR = range(len(LEVELS))
DEPARTMENTS = ("Engineering", "Product", "Data", "Design", "Sales", "Support")
TEAMS = ("North", "South", "West")
POSTS = ("Head of delivery", "Principal analyst", "Regional lead")
# Of ten people below the leads, so many of each level.
BELOW = (ENTRY, ENTRY, JUNIOR, JUNIOR, JUNIOR, EXPERIENCED, EXPERIENCED, EXPERIENCED, SENIOR, SENIOR)
# New York meets Europe only where one of them stretches the day.
ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/London", "Europe/London", "Europe/Lisbon", "America/New_York")
TONGUES = {"Europe/Berlin": "German", "Europe/Lisbon": "Portuguese", "America/New_York": "Spanish"}
# What those who grew up with it know better than those who decide about it.
NEW_SKILLS = ("Data analysis", "Digital tools")
EVENINGS = tuple(f"{day} 17:00-20:00" for day in ("Mon", "Tue", "Wed", "Thu"))
MOST = len(FIRST) * len(LAST)
COLUMNS = ("E-mail", "First name", "Last name", "Time zone", "Line manager")


@dataclass(frozen=True)
class Member:
    """Somebody of the organisation; `rank` is the place of the level in LEVELS, `manager` an address or empty."""

    first_name: str
    last_name: str
    timezone: str
    rank: int
    department: str
    team: str
    manager: str
    answers: Mapping[str, str]

    @property
    def email(self) -> str:
        return plain_address(self.first_name, self.last_name)

    def row(self) -> dict[str, str]:
        """As a line of a spreadsheet."""
        own = (self.email, self.first_name, self.last_name, self.timezone, self.manager)
        said = {STANDARD_FIELDS[purpose].label: answer for purpose, answer in self.answers.items()}
        return dict(zip(COLUMNS, own, strict=True)) | said


def organisation(count: int = 120, seed: int = 7) -> list[Member]:
    """So many people: a director for each department, a lead for each team, and everybody else in a team.

    Raises ValueError where there are fewer people than departments, or more than there are names.
    """
    if not len(DEPARTMENTS) <= count <= MOST:
        raise ValueError(f"An organisation has {len(DEPARTMENTS)} to {MOST:,} people")
    rng = Random(seed)  # noqa: S311  invented people, not secrets
    units = [(department, f"{department} {team}") for team in TEAMS for department in DEPARTMENTS]
    people: list[Member] = []
    for number in range(count):
        department, team = units[number % len(units)]
        people.append(_member(rng, number, department, team, people))
    return people


def _member(rng: Random, number: int, department: str, team: str, before: list[Member]) -> Member:
    rank = _rank(rng, number)
    zone = rng.choice(ZONES)
    known = [who for who in before if who.department == department]
    first, last = FIRST[number % len(FIRST)], LAST[(number // len(FIRST) + number) % len(LAST)]
    member = Member(first, last, zone, rank, department, team, _manager(rank, team, known), {})
    return replace(member, answers=_answers(rng, member))


def _rank(rng: Random, number: int) -> int:
    departments, teams = len(DEPARTMENTS), len(DEPARTMENTS) * len(TEAMS)
    if number < departments:
        return DIRECTOR
    return LEAD if number < departments + teams else rng.choice(BELOW)


def _manager(rank: int, team: str, department: list[Member]) -> str:
    """The lead of one's team, or the director where there is none yet; directors report to nobody here."""
    if rank == DIRECTOR:
        return ""
    leads = [who for who in department if who.rank == LEAD and who.team == team]
    return (leads[0] if leads and rank < LEAD else department[0]).email


def _answers(rng: Random, member: Member) -> dict[str, str]:
    return {
        "level": LEVELS[member.rank],
        "department": member.department,
        "team": member.team,
        "years": str(3 * member.rank + rng.randint(0, 4)),
        "path": member.department,
        "goal": _some(rng, STANDARD_FIELDS["goal"].options, 1, 3),
        "skills_wanted": _skills(rng, _wanted(member), 2, 4, range(1, 3)),
        "skills_offered": _skills(rng, _offered(member), 2, 5, range(2, 5)),
        "problem": _some(rng, STANDARD_FIELDS["problem"].options, 1, 3),
        "post_aimed_at": rng.choice(POSTS) if rng.random() < 0.1 else "",
        "time": "; ".join(sorted(rng.sample(HALVES + EVENINGS, rng.randint(3, 6)))),
        "language": _languages(rng, member.timezone),
    }


def _offered(member: Member) -> tuple[str, ...]:
    """Beginners offer what is new, everybody else all there is."""
    return NEW_SKILLS if member.rank <= JUNIOR else STANDARD_FIELDS["skills_offered"].options


def _wanted(member: Member) -> tuple[str, ...]:
    options = STANDARD_FIELDS["skills_wanted"].options
    return (*options, *NEW_SKILLS * 3) if member.rank >= LEAD else options


def _some(rng: Random, options: tuple[str, ...], least: int, most: int) -> str:
    chosen = set(rng.sample(options, rng.randint(least, most)))
    return "; ".join(option for option in options if option in chosen)


def _skills(rng: Random, options: tuple[str, ...], least: int, most: int, levels: range) -> str:
    chosen = dict.fromkeys(rng.sample(options, min(len(options), rng.randint(least, most))))
    return "; ".join(f"{skill}: {rng.choice(levels)}" for skill in chosen)


def _languages(rng: Random, zone: str) -> str:
    own = TONGUES.get(zone)
    both = ["English", own] if own else ["English"]
    return own if own and rng.random() < 0.05 else "; ".join(both)


def taking_part(people: list[Member], model: str) -> dict[str, list[Member]]:
    """Who of them would take part in a track of this model, by role. Nobody has two roles."""
    roles = registry.get(model).roles
    if roles == (PEER,):
        return {PEER: [who for who in people if who.rank < DIRECTOR]}
    found: dict[str, list[Member]] = {role: [] for role in roles}
    for number, who in enumerate(people):
        found[_role(model, who.rank, number)].append(who)
    return found


def _role(model: str, rank: int, number: int) -> str:
    if model == "reverse":
        return MENTOR if rank <= EXPERIENCED else MENTEE
    if model == "near_peer":  # in the middle every other person helps those who come after
        return MENTOR if rank >= SENIOR or (rank > ENTRY and number % 2) else MENTEE
    if model == "distributed" and rank < SENIOR:  # every other one asks, and each helps on their own level
        return PEER if number % 2 else MENTEE
    return MENTOR if rank >= SENIOR else MENTEE
