"""One instance through mentor-match (PyPI), for benchmarks/matching.py.

    python -I benchmarks/mentor_match.py INSTANCE.json

Its package is called `matching` like ours, so it runs in an interpreter of its own, in which `pip install mentor-match`
was run. Prints the CPU seconds from people to pairs, the number of pairs and their total, as JSON.
"""

import json
import sys
import time
from pathlib import Path

from matching.mentee import Mentee  # type: ignore[import-not-found]  # another project's package of the same name
from matching.mentor import Mentor  # type: ignore[import-not-found]
from matching.process import process_data  # type: ignore[import-not-found]
from matching.rules.rule import Disqualify, Rule  # type: ignore[import-not-found]

data = json.loads(Path(sys.argv[1]).read_text())
scores, allowed = data["score"], data["allowed"]


class Score(Rule):
    """The score of our instance, looked up."""

    def evaluate(self, match: object) -> bool:
        return True

    def apply(self, match: object) -> int:
        return int(scores[match.mentee.number][match.mentor.number])  # type: ignore[attr-defined]


def people(kind: type, count: int) -> list:  # type: ignore[type-arg]
    made = [kind(grade=1, email=f"{kind.__name__}{number}") for number in range(count)]
    for number, person in enumerate(made):
        person.number = number
    return made


start = time.process_time()
forbidden = Disqualify(lambda match: not allowed[match.mentee.number][match.mentor.number])
mentors, mentees = process_data(people(Mentor, len(scores[0])), people(Mentee, len(scores)), [[Score(), forbidden]])
took = time.process_time() - start
pairs = [(mentee.number, mentor.number) for mentee in mentees for mentor in mentee.mentors]
total = sum(scores[mentee][mentor] for mentee, mentor in pairs)
print(json.dumps({"seconds": took, "pairs": len(pairs), "total": total}))
