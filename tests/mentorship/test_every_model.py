"""Each of the twelve models with a whole organisation: files of people in, published matches by its own rule out."""

import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from mail.models import Message
from mentorship.sample.organisation import Member, organisation, taking_part
from participants.models import RoleGrant, User
from participants.services import ensure_account, grant_role
from programs import services as programs
from programs.catalogue import registry
from programs.models import Program
from programs.services.enrolling_wishing import keep_apart

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MODELS = [model.slug for model in registry.all_models()]
Group = dict[str, Any]
People = dict[str, Member]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def dana() -> User:
    user, _ = ensure_account(email="dana@example.net", first_name="Dana", last_name="F", timezone="Europe/Berlin")
    grant_role(user=user, role=RoleGrant.Role.COORDINATOR, by=None, now=NOW)
    return user


def said(command: str, *args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *args, **options, stdout=out)
    return out.getvalue()


def program_of(model: str, people: list[Member], dana: User, folder: Path) -> Program:
    """A program of one track with everything as the model has it, and these people from files."""
    basics = programs.Basics("Ours", NOW.date(), NOW.date() + dt.timedelta(days=180), timezone="Europe/Berlin")
    program = programs.create_program(basics=basics, models=[model], by=dana, now=NOW)
    for role, members in taking_part(people, model).items():
        file = folder / f"{role}.csv"
        said("example_people", str(file), model=model, role=role, people=len(people))
        words = said("import_people", program.slug, str(file), role=role)
        assert words.startswith(f"Imported {len(members)} of {len(members)} rows: {len(members)} new")
    return program


def propose(program: Program) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said("propose", program.slug, json=True))
    return found


# --- what must be true of a pair: read from the answers as they were written, not as matching reads them -----------
def options(member: Member, purpose: str) -> set[str]:
    return set(filter(None, member.answers[purpose].split("; ")))


def levels(member: Member, purpose: str) -> dict[str, int]:
    return {skill: int(level) for skill, level in (each.split(": ") for each in options(member, purpose))}


def teaches(one: Member, other: Member) -> bool:
    """The one offers something the other wants, at the level wanted."""
    offered = levels(one, "skills_offered")
    return any(offered.get(skill, 0) >= level for skill, level in levels(other, "skills_wanted").items())


def share(purpose: str) -> Callable[[Member, Member], bool]:
    return lambda one, other: bool(options(one, purpose) & options(other, purpose))


def rivals(one: Member, other: Member) -> bool:
    return one.answers["post_aimed_at"] == other.answers["post_aimed_at"] != ""


# Of a mentor and a mentee, in this order; between peers of any two.
PAIR_RULES: dict[str, Callable[[Member, Member], bool]] = {
    "traditional": lambda mentor, mentee: mentor.rank - mentee.rank >= 2,
    "near_peer": lambda mentor, mentee: 1 <= mentor.rank - mentee.rank <= 2 and mentor.department == mentee.department,
    "reverse": lambda mentor, mentee: mentee.rank - mentor.rank >= 2 and teaches(mentor, mentee),
    "peer": lambda one, other: abs(one.rank - other.rank) <= 1,
    "lateral": lambda one, other: one.rank == other.rank and one.team != other.team and not rivals(one, other),
    "cross_functional": lambda one, other: one.department != other.department and abs(one.rank - other.rank) <= 1,
    "co_mentoring": lambda one, other: teaches(one, other) and teaches(other, one),
    "group_peer": lambda one, other: one.rank == other.rank,
    "pod": lambda one, other: bool(set(levels(one, "skills_wanted")) & set(levels(other, "skills_wanted"))),
    "circle": share("goal"),
    "flash": teaches,
    "distributed": share("language"),
}
# Mentors, and all together, that one match of the model may have.
SIZES: dict[str, tuple[set[int], set[int]]] = {
    "traditional": ({1}, {2}),
    "near_peer": ({1}, {2}),
    "reverse": ({1}, {2}),
    "peer": ({0}, {2, 3}),
    "lateral": ({0}, {2, 3}),
    "cross_functional": ({0}, set(range(2, 7))),
    "co_mentoring": ({0}, {2}),
    "group_peer": ({0}, set(range(6, 11))),
    "pod": ({0}, {3, 4, 5}),
    "circle": ({1, 2}, set(range(5, 11))),
    "flash": ({1}, {2}),
    "distributed": ({1}, {4, 5}),
}


def pairs_of(group: Group, people: People) -> Iterator[tuple[Member, Member]]:
    """Any two of a match who learn from each other, mentors first: not two mentors, nor two helpers of a network."""
    by_role = sorted(group["members"], key=lambda member: ("mentor", "peer", "mentee").index(member["role"]))
    network = any("part" in member for member in by_role)
    for one, other in combinations(by_role, 2):
        if other["role"] == "mentee" if network else other["role"] != "mentor":
            yield people[one["email"]], people[other["email"]]


def in_line(one: Member, other: Member, people: People) -> bool:
    def above(member: Member) -> list[str]:
        manager = people.get(member.manager)
        return [member.manager, manager.manager if manager else ""]

    return one.email in above(other) or other.email in above(one)


def holds_for_everybody(groups: list[Group], people: People) -> None:
    """Nobody with their manager or their manager's, everybody with a language in common, nobody twice in one match."""
    for group in groups:
        emails = [member["email"] for member in group["members"]]
        assert len(set(emails)) == len(emails)
        for one, other in combinations([people[email] for email in emails], 2):
            assert not in_line(one, other, people), (one.email, other.email)
        for one, other in pairs_of(group, people):
            assert share("language")(one, other), (one.email, other.email)


def holds_for_model(model: str, groups: list[Group], people: People) -> None:
    mentors, sizes = SIZES[model]
    for group in groups:
        roles = Counter(member["role"] for member in group["members"])
        assert roles["mentor"] in mentors
        assert sum(roles.values()) in sizes
        for one, other in pairs_of(group, people):
            assert PAIR_RULES[model](one, other), (one, other)


def nobody_has_too_many(model: str, groups: list[Group], capacity: int) -> None:
    """Whoever learns has one match; a mentor of one-to-ones, or a helper, no more than was agreed."""
    seats = Counter((member["email"], member["role"]) for group in groups for member in group["members"])
    helper = {"mentor", "peer"} if model == "distributed" else {"mentor"}
    most = 1 if model == "circle" else capacity
    assert {key for key, count in seats.items() if count > (most if key[1] in helper else 1)} == set()


def sessions_hold(groups: list[Group], people: People) -> None:
    """A session has a start with a day's notice, half an hour, and a topic that one offers and the other wants."""
    for group in groups:
        start = dt.datetime.fromisoformat(group["start"])
        assert start >= NOW + dt.timedelta(hours=24)
        assert group["minutes"] == 30
        mentor, mentee = (people[member["email"]] for member in group["members"])
        assert levels(mentor, "skills_offered")[group["topic"]] >= levels(mentee, "skills_wanted")[group["topic"]]


def networks_hold(groups: list[Group]) -> None:
    """One mentor, at most one near-peer and two peers around one who asks."""
    for group in groups:
        parts = Counter(member.get("part", member["role"]) for member in group["members"])
        assert parts["mentee"] == parts["mentor"] == 1
        assert parts["near_peer"] <= 1
        assert parts["peer"] <= 2


@pytest.mark.parametrize("model", MODELS)
def test_a_file_of_people_becomes_published_matches_by_the_models_own_rule(model, dana, tmp_path):
    everybody = organisation(120)
    people = {member.email: member for member in everybody}
    program = program_of(model, everybody, dana, tmp_path)
    result = propose(program)
    groups = result["groups"]
    holds_for_everybody(groups, people)
    holds_for_model(model, groups, people)
    nobody_has_too_many(model, groups, result["capacity"])
    if model == "flash":
        sessions_hold(groups, people)
    if model == "distributed":
        networks_hold(groups)
    looking = [
        member for role, members in taking_part(everybody, model).items() for member in members if role != "mentor"
    ]
    seated = {member["email"] for group in groups for member in group["members"]}
    waiting = {each["email"] for each in result["unplaced"]}
    if model != "distributed":  # there a helper may be in nobody's network without waiting for anything
        assert {member.email for member in looking} == {email for email in seated | waiting if email in people} - {
            member.email for member in taking_part(everybody, model).get("mentor", [])
        }
    assert result["placed"] >= 0.75 * result["possible"]
    assert all(each["reason"] for each in result["unplaced"])
    said("publish", program.slug, str(result["proposal"]))
    offers = Message.objects.filter(kind="match-offer").count()
    assert offers == sum(len(group["members"]) for group in groups)


@pytest.mark.parametrize("model", MODELS)
def test_people_kept_apart_are_apart_and_the_same_people_give_the_same_matches(model, dana, tmp_path):
    program = program_of(model, organisation(60), dana, tmp_path)
    first = propose(program)
    assert propose(program)["groups"] == first["groups"]
    one, other = [member["email"] for member in first["groups"][0]["members"]][:2]
    keep_apart(program=program, one=one, other=other, note="", by=dana, now=timezone.now())
    again = propose(program)["matches"]
    assert not any({one, other} <= set(match) for match in again)
    assert again
