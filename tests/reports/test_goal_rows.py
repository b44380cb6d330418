"""Goals one by one: what may stand in a row, and that it stays as it was."""

import csv
import io
from random import Random

import pytest
from django.test import Client

from participants.models import AuditEntry
from reports import services
from reports.queries import goals as queries
from reports.queries.looks import due_at
from sessions.models import Goal
from tests.factories.finished import DAY, Finished
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

Said = tuple[str, int | str, str, str]


def invented(rng: Random) -> list[queries._Set]:
    """Goals of one track: some people have several, some belong together, and few are alike."""
    months = ["2027-03", "2027-03", "2027-03", "2027-04", "2027-07"]
    levels: list[int | str] = [0, 1, 1, 1, 2, "not judged"]
    found = []
    for owner in [each for each in range(rng.randint(5, 60)) for _ in range(rng.choice([1, 1, 2]))]:
        state = rng.choice(["reached", "reached", "left"])
        over = rng.choice(months) if state == "reached" else ""
        standing = ("Pairs", "traditional", state, rng.choice(levels), rng.choice(months), over)
        found.append(queries._Set(owner, owner // 2, *standing))
    return found


def recognised(goals: list[queries._Set]) -> list[Said]:
    """Rows that say something true of one to four people only: an attacker who knows everybody's states and months
    looks for whom a row with its level can be.
    """
    told = set(queries._told(goals))
    return [
        row
        for row in told
        if row[1] != queries.NOT_SHOWN and len({goal.owner for goal in goals if is_of(goal, row, told)}) < 5
    ]


def is_of(goal: queries._Set, row: Said, told: set[Said]) -> bool:
    """Whether the row may be of this goal. Where months are left out it is of none whose months are told apart."""
    state, level, begun, over = row
    if (goal.state, goal.level) != (state, level) or begun not in ("", goal.begun) or over not in ("", goal.over):
        return False
    finer = [(state, level, goal.begun, goal.over), (state, level, goal.begun, "")]
    return all(each not in told or each == row for each in (finer if not begun else finer[:1]))


def test_no_row_is_of_fewer_than_five_people() -> None:
    rng = Random(7)
    every = [invented(rng) for _ in range(40)]
    assert [recognised(goals) for goals in every] == [[]] * 40
    told = [row for goals in every for row in queries._told(goals)]
    assert len(told) == sum(map(len, every))
    # It is not only that nothing is said.
    assert {"2027-03", ""} == {row[2] for row in told} - {"2027-04", "2027-07"}
    assert sum(isinstance(row[1], int) for row in told) > len(told) / 2


def test_without_the_rule_people_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_few", lambda _goals: False)
    rng = Random(7)
    assert all(recognised(invented(rng)) for _ in range(20))


@pytest.fixture
def finished() -> Finished:
    """Ten pairs with a goal each, of whom five say +1, four 0 and one −2; two pods with one of each person's."""
    made = Finished()
    for level in (1, 1, 1, 1, 1, 0, 0, 0, 0, -2):
        match = made.match("traditional", [([3] * 6, [4] * 6)], led=True)
        owner = match.seats.get(role="mentee").enrolment.user
        Goal.objects.create(match=match, owner=owner, text="secret", level=level, created_at=NOW)
    for _ in range(2):
        match = made.match("pod", [([3] * 6, [4] * 6), ([3] * 6, [4] * 6)])
        for seat in match.seats.all():
            Goal.objects.create(match=match, owner=seat.enrolment.user, text="secret", level=0, created_at=NOW)
    return made


@pytest.mark.django_db
def test_the_file_waits_for_the_close_and_stays_as_it_was(finished: Finished, time_machine) -> None:
    """Five mentees of pairs say the same, and the five who say something else are not told apart. Four people of two
    pods have not reached their goals and four of two more have: of eight people, and of four by state, so that no month
    is said.
    """
    by, client = UserFactory.create(email="coordinator@example.org"), Client()
    finished.program.coordinators.create(user=by, since=NOW)
    url = f"/programs/{finished.program.slug}/exports/goal-rows.csv"
    close = due_at(finished.program, "close") or NOW
    time_machine.move_to(close - DAY, tick=False)
    client.force_login(by)
    assert client.post(url).status_code == 404
    time_machine.move_to(close, tick=False)
    client.force_login(by)
    assert len(rows_of(client.post(url))) == 1
    for _ in range(2):
        match = finished.match("pod", [([3] * 6, [4] * 6)] * 2)
        for seat in match.seats.all():
            goal = Goal(match=match, owner=seat.enrolment.user, text="secret", level=0, created_at=NOW)
            goal.reached_at = NOW + 40 * DAY
            goal.save()
    services.open_look(program=finished.program, kind="close", by=by, now=close)
    rows = rows_of(client.post(url))
    assert rows[0] == ["Track", "Model", "State", "Level", "T", "Judged", "Set", "Reached or dropped"]
    assert [(*row[:1], *row[2:]) for row in rows[1:]] == [
        *[("Pod", "Neither, at the end", "", "", "not shown", "", "")] * 4,
        *[("Pod", "Reached", "", "", "not shown", "", "")] * 4,
        *[("Traditional", "Neither, at the end", "", "", "not shown", "2027-03", "")] * 5,
        *[("Traditional", "Neither, at the end", "1", "60.0", "yes", "2027-03", "")] * 5,
    ]
    Goal.objects.update(level=2)
    assert rows_of(client.post(url)) == rows
    assert AuditEntry.objects.filter(verb="table exported", detail__table="goal-rows").count() == 3


def rows_of(response) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "secret" not in content
    return list(csv.reader(io.StringIO(content, newline="")))
