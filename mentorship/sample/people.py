"""Invented people. The same seed gives the same people."""

from dataclasses import dataclass
from random import Random

LEVELS = ("Entry", "Junior", "Experienced", "Senior", "Lead", "Director")
DEPARTMENTS = ("Engineering", "Product", "Data", "Design", "Sales", "Support")
SKILLS = (
    "Career planning",
    "Coaching others",
    "Data analysis",
    "Leading a team",
    "Negotiation",
    "Presenting",
    "Project management",
    "Public speaking",
    "Strategy",
    "Writing",
)
GOALS = ("Grow in my career", "Learn a skill", "Lead others", "Solve a current problem", "Settle in")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
HALVES = tuple(f"{day[:3]} {half}" for day in DAYS for half in ("09:00-12:00", "13:00-17:00"))
ZONES = ("Europe/Berlin", "Europe/London", "Europe/Lisbon")
FIRST = (
    "Amara Jonas Tomás Ines Hannah Oleg Ravi Mei Sofia David Leila Sam Piotr Aiko Grace Lena Noah Farah Elena Kofi "
    "Bea Yusuf João Clara Idris Marta Niko Ewa Samir Ruth Pavel Zoe Omar Lin Petra Anouk Diego Freya Hugo Asha"
).split()
LAST = (
    "Nwosu Weber Rivas Duarte Kim Marchenko Patel Chen Rossi Osei Haddad Porter Zając Tanaka Okafor Fischer Bergström "
    "Aziz Popova Mensah Lindqvist Demir Prado Novak Bello Silva Laine Kowal Rahman Cohen Horak Meyer Said Wu Jansen "
    "Moreau Vega Dahl Keller Rao"
).split()


@dataclass(frozen=True)
class Invented:
    first_name: str
    last_name: str
    role: str
    timezone: str
    answers: dict[str, object]

    @property
    def email(self) -> str:
        return plain_address(self.first_name, self.last_name)


def plain_address(first_name: str, last_name: str) -> str:
    plain = f"{first_name}.{last_name}".translate(str.maketrans("áãàçöüåéąął", "aaacouaeaal"))
    return f"{plain.lower()}@example.org"


def _some(rng: Random, items: tuple[str, ...], least: int, most: int) -> list[str]:
    chosen = set(rng.sample(items, rng.randint(least, most)))
    return [item for item in items if item in chosen]


def _levels(rng: Random, least: int, most: int, levels: range) -> dict[str, int]:
    return {skill: rng.choice(levels) for skill in _some(rng, SKILLS, least, most)}


def _answers(rng: Random, role: str, zone: str) -> dict[str, object]:
    levels = {"mentor": LEVELS[3:], "mentee": LEVELS[:3], "peer": LEVELS[1:4]}[role]
    answers: dict[str, object] = {
        "level": rng.choice(levels),
        "department": rng.choice(DEPARTMENTS),
        "goal": _some(rng, GOALS, 1, 3),
        "time": {"zone": zone, "times": _some(rng, HALVES, 3, 6)},
        "language": ["English", *rng.sample(["German", "Portuguese"], rng.randint(0, 1))],
    }
    if role != "mentee":
        answers["skills-offered"] = _levels(rng, 2, 4, range(2, 5))
    if role != "mentor":
        answers["skills-wanted"] = _levels(rng, 2, 4, range(1, 4))
    return answers


def invent(counts: dict[str, int], seed: int = 7) -> list[Invented]:
    """So many people of each role, with answers to the standard fields."""
    rng = Random(seed)  # noqa: S311  invented names, not secrets
    people: list[Invented] = []
    for role, count in counts.items():
        for _ in range(count):
            number = len(people)
            first, last = FIRST[number % len(FIRST)], LAST[(number + 3 * (number // len(FIRST))) % len(LAST)]
            zone = rng.choice(ZONES)
            people.append(Invented(first, last, role, zone, _answers(rng, role, zone)))
    return people
