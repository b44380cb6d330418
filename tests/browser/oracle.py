"""What matching must come to for the files in data/, worked out without any of the product's code."""

import csv
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
from openpyxl import load_workbook
from scipy.optimize import linear_sum_assignment

DATA = Path(__file__).parent / "data"
GRADES = ["Assistant", "Officer", "Senior Officer", "Manager", "Senior Manager", "Deputy Director", "Director"]
PROFESSIONS = ["Policy", "Finance", "Digital", "Operations"]
IDENTITIES = ["Carer", "Parent", "First in family at university", "Career changer"]
POINTS_BY_STEPS = {2: 12, 1: 9}
# A pair more is worth more than any points.
PAIR = 1000


@dataclass(frozen=True)
class Expected:
    pairs: int
    total: int


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_name(name: str) -> dict[str, dict[str, str]]:
    return {f"{row['first name']} {row['last name']}": row for row in rows(name)}


def email(row: dict[str, str]) -> str:
    return row["email address"]


def score(mentor: dict[str, str], mentee: dict[str, str]) -> int | None:
    """The points of a pair by the rules that the journey clicks together; None where they forbid it."""
    steps = GRADES.index(mentor["grade"]) - GRADES.index(mentee["grade"])
    if mentor["organisation"] == mentee["where they work"] or steps not in POINTS_BY_STEPS:
        return None
    points = POINTS_BY_STEPS[steps] + 10 * (mentor["profession"] == mentee["profession"])
    wanted = mentee["identity to match"] if mentee["match with similar identity"] == "yes" else ""
    return points + 6 * bool(wanted and wanted in mentor["characteristics"].split("; "))


def best(mentors: list[dict[str, str]], mentees: list[dict[str, str]]) -> Expected:
    """The most pairs with one mentee for each mentor, and of those the most points."""
    worth = np.array([[_worth(score(mentor, mentee)) for mentee in mentees] for mentor in mentors])
    chosen = worth[linear_sum_assignment(worth, maximize=True)]
    taken = chosen[chosen > 0]
    return Expected(len(taken), int(taken.sum()) - PAIR * len(taken))


def _worth(points: int | None) -> int:
    return 0 if points is None else PAIR + points


def peers() -> list[dict[str, str]]:
    lines = load_workbook(DATA / "peers.xlsx").active.iter_rows(values_only=True)
    header, *people = ([str(cell or "") for cell in line] for line in lines)
    return [dict(zip(header, person, strict=True)) for person in people]


def best_peers() -> Expected:
    """The same between equals: another organisation, 5 points for the same profession; the largest matching."""
    graph = nx.Graph()
    for one, other in combinations(peers(), 2):
        if one["Organisation"] != other["Organisation"]:
            graph.add_edge(one["E-mail"], other["E-mail"], weight=5 * (one["Profession"] == other["Profession"]))
    chosen = nx.max_weight_matching(graph, maxcardinality=True)
    return Expected(len(chosen), sum(graph.edges[pair]["weight"] for pair in chosen))
