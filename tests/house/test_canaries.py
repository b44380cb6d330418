"""A word in every confidential field, and every page fetched as everybody: it shows only to whom it is meant for."""

import io
import re

import pytest
from django.test import Client

from reports.exports import write_job
from reports.exports.catalogue import OF_A_PROGRAM, OF_THE_ORGANISATION
from reports.models import ExportJob
from sessions.models import Session
from tests.house.matrix import ask, read_matrix
from tests.house.test_permissions import ROLES
from tests.house.world import World
from tests.house.world_place import CANARIES, LATER

pytestmark = pytest.mark.as_in_production

MATRIX = read_matrix()
# Who may read what, of the roles in permissions.yaml. The link to a session names who and when, nothing else.
READERS: dict[str, set[str]] = {
    "place": {"me", "mn"},
    "note for the pair, of the mentor": {"me", "mn"},
    "note for the pair, of the mentee": {"me", "mn"},
    "own note of the mentor": {"me"},
    "own note of the mentee": {"mn"},
    "key of the mentee's calendar": set(),
    "goal of the mentor": {"me", "mn"},
    "goal of the mentee": {"me", "mn"},
    "agreement": {"me", "mn"},
    "next step": {"me", "mn"},
    "topic to teach": {"me", "mn"},
    "question to an expert": {"me", "tk"},
    "context of an ask": {"me", "mn", "tk"},
    "question of an ask": {"me", "mn", "tk"},
    "reply to an ask": {"mn"},
    "words shown to coordinators on purpose": {"co"},
    "words in a check-in": {"ts"},
    "words in a survey that is not sent": {"ts"},
    "why somebody said no": {"co"},
    "answer that is not shared": {"co"},
    "to whom the mentee reports": {"co"},
    "whom the mentee must not meet": {"mn", "co"},
    "why a coordinator keeps two apart": {"co"},
    "why somebody was declined": {"co"},
    "why the mentee ended a match": {"co"},
    "why the mentee is ending one": set(),
    "thanks of the mentor": {"me", "mn"},
    "thanks of the mentee": {"me", "mn"},
    "concern that was reported": {"sl"},
    "how to reach who reported it": {"sl"},
    "note on a case": {"sl"},
    "why notes were opened": {"sl"},
    "why telling was put off": {"sl"},
    # The pair writes to each other, the coordinator to everybody; whom a case is about stands with it.
    "address of the mentee": {"me", "mn", "co", "sl"},
    "address of the mentor": {"me", "mn", "co", "sl"},
}


# Pages about one of several things of a kind are asked about each of them, by what their address names.
SEVERAL = {
    "session_id": ("held", "over", "coming"),
    "goal_id": ("goal_of_mentor", "goal_of_mentee"),
    "match_id": ("declined_match",),
}
# Pages that are asked about more things of the same kind: the name of the argument, and what it is given.
ALSO = {
    "matching:proposal": ("number", ("offered_proposal", "declined_proposal")),
    "matching:publish": ("number", ("offered_proposal", "declined_proposal")),
    "matching:progress": ("number", ("offered_proposal", "declined_proposal")),
    "programs:application": ("pk", ("accepted_application", "declined_application")),
    "matching:match": ("match", ("early_match", "over_match")),
}


def addresses(world: World, role: str) -> set[str]:
    """Everything this role could ask for: every address about every session, goal and person there is."""
    return {row.url(world, role) for row in MATRIX.values()}.union(
        *(_about_others(world, role, name) for name in MATRIX), *(_behind_links(world, role, name) for name in MATRIX)
    )


def _about_others(world: World, role: str, name: str) -> set[str]:
    row, args = MATRIX[name], world.here.args
    asked = [(argument, of) for argument, of in SEVERAL.items() if argument in row.arguments]
    asked += [ALSO[name]] if name in ALSO else []
    if name.startswith(("sessions:closing", "sessions:certificate")):
        asked.append(("match_id", ("early_match",)))
    found = {row.url(world, role, **{argument: args[which]}) for argument, of in asked for which in of}
    if name == "sessions:note":
        found |= {row.url(world, role, session_id=args["held"], visibility=each) for each in ("shared", "private")}
    return found


def _behind_links(world: World, role: str, name: str) -> set[str]:
    row = MATRIX[name]
    if "tok" not in row.arguments:
        return set()
    tokens = [world.token(role, which) for which in ("held", "over", "coming")]
    return {row.url(world, role, tok=token) + extra for token in tokens for extra in ("", "?change=1")}


def all_that_is_sent(client: Client, urls: set[str]) -> str:
    return "\n".join(ask(client, "GET", url).content.decode(errors="replace") for url in sorted(urls))


def all_that_is_read(world: World, role: str) -> str:
    """What is shown only to a POST, since each reading is written down."""
    row = MATRIX["safeguarding:read_case"]
    return world.clients[role].post(row.url(world, role)).content.decode(errors="replace")


@pytest.mark.parametrize("role", ROLES)
def test_a_secret_shows_only_to_those_it_is_meant_for(world: World, role: str):
    text = all_that_is_sent(world.clients[role], addresses(world, role)) + all_that_is_read(world, role)
    words = CANARIES | {f"address of the {each}": getattr(world.here, each).email for each in ("mentor", "mentee")}
    seen = {name for name, word in words.items() if word in text}
    assert seen == {name for name, roles in READERS.items() if role in roles}


def exported(world: World, role: str) -> str:
    """Every table this role may take out of the program and the organisation, as CSV, and as workbooks in plain."""
    texts = []
    for name, tables in (("exports:take", OF_A_PROGRAM), ("all_exports:take", OF_THE_ORGANISATION)):
        for table in tables:
            row, body = MATRIX[name], {"part": "", "mark": "1"}
            answer = world.clients[role].post(row.url(world, role, table=table.slug, ending="csv"), body)
            if answer.status_code == 200:
                texts.append(answer.getvalue().decode())
    for job in ExportJob.objects.filter(state="queued"):
        made = io.BytesIO()
        write_job(job, made, lambda _: None, now=LATER)
        texts.append(made.getvalue().decode())
    return "\n".join(texts)


@pytest.mark.parametrize("role", ["co", "ad", "me", "cx"])
def test_no_export_tells_what_people_said_to_each_other(world: World, role: str):
    """Coordinators get what people answered about themselves, to whom they report, and their addresses."""
    text = exported(world, role)
    words = CANARIES | {f"address of the {each}": getattr(world.here, each).email for each in ("mentor", "mentee")}
    theirs = {"answer that is not shared", "to whom the mentee reports", *(word for word in words if "address" in word)}
    assert {name for name, word in words.items() if word in text} == (theirs if role == "co" else set())
    assert bool(text) == (role in {"co", "ad"})


def test_every_secret_has_its_readers():
    assert sorted(set(CANARIES) - set(READERS)) == []


def test_nobody_else_learns_that_there_is_a_note(world: World):
    """The programs' history tells that a session was logged, and nothing of what was written about it."""
    row = MATRIX["programs:history"]
    for role in ("co", "ad"):
        page = ask(world.clients[role], "GET", row.url(world, role)).content.decode()
        assert "Session logged" in page
        assert not re.search(r"\bnotes?\b", page, re.IGNORECASE)


def test_a_session_moved_by_its_link_keeps_the_place_that_the_link_does_not_show(world: World):
    row, session = MATRIX["session_links:move"], world.here.sessions["coming"]
    assert world.clients["tr"].post(row.url(world, "tr"), row.data(world.here)).status_code == 302
    moved = Session.objects.get(pk=session.pk)
    assert (moved.wall_start, moved.place) == ("2027-03-19T16:00", CANARIES["place"])
