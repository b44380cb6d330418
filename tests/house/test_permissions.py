"""Every address, as every role, with every method, against permissions.yaml; and what must not help anybody in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from mail import links
from participants.models import RoleGrant, User
from programs import services as programs
from programs.models import Coordinator, Enrolment
from sessions.mails import PURPOSE as SESSION
from tests.factories.programs import NOW
from tests.house import matrix
from tests.house.matrix import METHODS, Row, ask, named_patterns, read_matrix, surprises
from tests.house.world import TOKEN_ROLES, World

pytestmark = pytest.mark.as_in_production

MATRIX = read_matrix()
SIGNED_IN = ("ex", "pu", "me", "mn", "co", "cx", "sl", "ad")
ROLES = ("an", *TOKEN_ROLES, *SIGNED_IN)
# Addresses about something of a program, a pair or a person, which exists twice in the world.
# Whom somebody must not meet is a page of everybody who takes part: tests/programs/test_enrolling_wishes.py.
NOBODYS_OWN = ("safeguarding:", "organisation:", "models:", "setup:template", "join:", "joining:apart")
ABOUT = [
    name
    for name, row in MATRIX.items()
    if row.arguments and "tok" not in row.arguments and not name.startswith(NOBODYS_OWN)
]
BEHIND_A_LINK = {
    "session_links:session": "tr",
    "session_links:move": "tr",
    "session_links:saved": "tr",
    "session_links:undo": "tr",
    "session_links:feed": "ti",
    "session_links:time": "tt",
    "session_links:ask": "tk",
    "session_links:slot": "tk",
    "session_links:review": "tk",
    "match_links:offer": "tm",
    "survey_links:answer": "ts",
    "survey_links:question": "ts",
    "mail:preferences": "tf",
    "mail:unsubscribe": "tf",
    "participants:sign_in_by_link": "tl",
    "join_links:confirm": "tj",
    "report_links:report": "tp",
}
# A number that nothing has, none at all, and one that no database can hold.
NOBODYS = (999_999, 0, 10**30)


@pytest.mark.pure
def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(MATRIX) == sorted(named_patterns())


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_everybody_gets_the_answer_that_the_matrix_says(world: World, name: str):
    assert surprises(MATRIX[name], world, ROLES) == []


def test_an_answer_that_differs_is_found(world: World):
    row = MATRIX["programs:people"]
    wider = replace(row, answers={"GET": {"co": 200, "pu": 200, "rest": 404}, "POST": {"rest": 404}})
    assert surprises(wider, world, ("co", "pu")) == [
        "co POST: 405 instead of 404",
        "pu GET: 404 instead of 200",
        "pu HEAD: 404 instead of 200",
        "pu POST: 405 instead of 404",
    ]
    assert surprises(replace(row, is_behind_sign_in=False), world, ("an",))[0] == "an GET: 302 instead of 404"


def test_a_page_that_asks_the_database_too_often_is_found(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(matrix, "MOST_QUESTIONS", 4)
    found = surprises(MATRIX["programs:people"], world, ("co", "pu"))
    assert found == ["co GET: 5 questions to the database instead of 4"]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("  home: way of one's own\n", "  home: { is: way of one's own, PATCH: 200 }\n", "PATCH"),
        ("  home: way of one's own\n", "  home: way of nobody\n", "way of nobody"),
        ("  number: $proposal\n", "", "number"),
    ],
)
def test_a_row_that_says_nothing_is_refused(tmp_path, monkeypatch, before, after, error):
    text = matrix.FILE.read_text(encoding="utf-8")
    assert before in text
    changed = tmp_path / "permissions.yaml"
    changed.write_text(text.replace(before, after), encoding="utf-8")
    monkeypatch.setattr(matrix, "FILE", changed)
    with pytest.raises((ValueError, KeyError), match=error):
        read_matrix()


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(world: World):
    for name, row in MATRIX.items():
        if row.is_behind_sign_in:
            url = row.url(world, "an")
            assert ask(world.clients["an"], "GET", url).headers["Location"] == f"/sign-in/?next={quote(url)}", name


def seen(row: Row, world: World, role: str, **other: object) -> set[int]:
    """All the answers to this role, whatever the method; those that say nothing are left out."""
    url = row.url(world, role, **other)
    found = {ask(world.clients[role], method, url, row.data(world.there)).status_code for method in METHODS}
    return found - {405}


@pytest.mark.parametrize("name", ABOUT)
def test_in_another_program_everybody_is_a_stranger(world: World, name: str):
    row = MATRIX[name]
    there = row.values(world.there)
    for role in ("co", "me", "mn", "pu", "ex", "sl"):
        assert seen(row, world, role, **there) == {404}, role


@pytest.mark.parametrize("name", [name for name in ABOUT if "slug" in MATRIX[name].arguments])
def test_the_name_of_one_program_opens_nothing_of_another(world: World, name: str):
    row = MATRIX[name]
    here, there = row.values(world.here), row.values(world.there)
    theirs = {key: value for key, value in there.items() if value != here[key] and key != "slug"}
    assert seen(row, world, "co", slug=there["slug"]) == {404}
    if theirs:
        assert seen(row, world, "co", **theirs) == {404}
        assert seen(row, world, "ad", **theirs) == {404}


@pytest.mark.parametrize("name", [name for name, row in MATRIX.items() if set(row.arguments) - {"tok", "slug"}])
def test_what_is_not_there_is_not_found(world: World, name: str):
    row = MATRIX[name]
    for key, value in row.values(world.here).items():
        for other in NOBODYS if isinstance(value, int) else ("no-such-thing",):
            if key not in {"tok", "slug"}:
                for role in ("co", "me", "ad"):
                    assert seen(row, world, role, **{key: other}) == {404}, (role, key, other)


def bare(content: bytes, *words: str) -> str:
    """A page without what differs each time it is asked for."""
    text = re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[\w-]+"', "", content.decode())
    for word in words:
        text = text.replace(word, "")
    return text


@pytest.mark.parametrize("name", ABOUT)
def test_what_one_may_not_see_looks_like_what_is_not_there(world: World, name: str):
    row = MATRIX[name]
    method = "GET" if row.allowed("GET") else "POST"
    nowhere = {key: 999_999 if isinstance(value, int) else "x" for key, value in row.values(world.here).items()}
    there, absent = row.url(world, "pu"), row.url(world, "pu", **nowhere)
    forbidden, missing = (ask(world.clients["pu"], method, url, {}) for url in (there, absent))
    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert bare(forbidden.content, there) == bare(missing.content, absent)


# --- taken away: the next request with the same cookie ------------------------------------


# What stays one's own when one has left: one's data.
STAYS = {"own_data:file", "concern:receipt"}


def opened(world: World, role: str) -> Iterator[tuple[str, Row, str]]:
    """What a role may do that not everybody may."""
    for name, row in MATRIX.items():
        for method in ("GET", "POST") if role in SIGNED_IN or not row.is_behind_sign_in else ():
            answers = row.answers.get(method, {})
            if answers.get("rest") == 404 and name not in STAYS and row.expected(role, method) in {200, 302, 409}:
                yield name, row, method


def end_of(world: World, role: str) -> None:
    match role:
        case "co":
            Coordinator.objects.filter(user=world.cast.alice).delete()
        case "ad":
            RoleGrant.objects.filter(user=world.cast.ada).delete()
        case "sl":
            RoleGrant.objects.filter(user=world.cast.sally).delete()
        case _:
            user = {"mn": world.here.mentee, "tm": world.here.offered_to}.get(role, world.here.mentor)
            for enrolment in Enrolment.objects.filter(user=user, state=Enrolment.State.ACTIVE):
                programs.leave(enrolment=enrolment, by=world.cast.alice, now=NOW)


@pytest.mark.parametrize(
    ("role", "least"), [("co", 70), ("ad", 30), ("sl", 18), ("me", 18), ("mn", 14), ("tr", 7), ("tm", 2)]
)
def test_a_role_taken_away_ends_with_the_next_request(world: World, role: str, least: int):
    before = list(opened(world, role))
    assert len(before) >= least
    urls = {name: row.url(world, role) for name, row, _ in before}
    end_of(world, role)
    for name, row, method in before:
        status = ask(world.clients[role], method, urls[name], row.data(world.here)).status_code
        assert (name, method, status) == (name, method, 404)


@pytest.mark.parametrize("role", ["co", "ad", "me"])
def test_an_account_put_to_rest_is_signed_out(world: World, role: str):
    User.objects.filter(pk=world.people()[role].pk).update(is_active=False)
    for name, row in MATRIX.items():
        if row.is_behind_sign_in:
            assert ask(world.clients[role], "GET", row.url(world, role)).status_code == 302, name


# --- links --------------------------------------------------------------------------------


def spoilt(world: World, role: str, session: str) -> dict[str, str]:
    """What somebody might try instead of a link they were sent."""
    good = world.token(role, session)
    others = {f"for {other}": world.token(other, session) for other in TOKEN_ROLES if other != role}
    head, signature = good.rsplit(".", 1)
    tried = {
        **others,
        "for nothing": world.token("an"),
        "cut short": good[:-1],
        "cut in two": good[: len(good) // 2],
        "longer": f"{good}a",
        "very long": good * 100,
        "another number": re.sub(r"\.\w+\.", ".2.", head, count=1) + f".{signature}",
        "no signature": head,
        "empty parts": "....",
        "a word": "nothing",
    }
    # A link of fewer parts has no second number to be changed: that would be the good one.
    return {what: token for what, token in tried.items() if token != good}


def nobody_is_named(world: World, content: bytes) -> bool:
    people = User.objects.values_list("first_name", "last_name", "email")
    words = {word for person in people for word in person if word} | {world.here.program.name}
    # Whole words only: a form's random token may well hold three letters that spell somebody.
    return not [word for word in words if re.search(rf"\b{re.escape(word)}\b", content.decode())]


@pytest.mark.parametrize("name", BEHIND_A_LINK)
def test_a_link_that_does_not_hold_leads_to_one_page_that_names_nobody(world: World, name: str):
    row, role = MATRIX[name], BEHIND_A_LINK[name]
    good = row.url(world, role)
    gone = row.expected("an", "GET")
    assert ask(world.clients["an"], "GET", good).status_code in {200, 302}
    pages = set()
    for what, token in spoilt(world, role, row.session).items():
        url = row.url(world, role, tok=token)
        for method in ("GET", "POST"):
            response = ask(world.clients["an"], method, url, row.data(world.here))
            assert (what, method, response.status_code) == (what, method, gone)
            assert nobody_is_named(world, response.content), what
            pages.add(bare(response.content, url, quote(url)))
    assert len(pages) == 1


@pytest.mark.parametrize("name", BEHIND_A_LINK)
@pytest.mark.parametrize("change", [{"link_version": 2}, {"is_active": False}], ids=["withdrawn", "inactive"])
def test_a_link_ends_with_its_person(world: World, name: str, change: dict[str, object]):
    row, role = MATRIX[name], BEHIND_A_LINK[name]
    url = row.url(world, role)
    User.objects.update(**change)
    for method in ("GET", "POST"):
        response = ask(world.clients["an"], method, url, row.data(world.here))
        assert response.status_code == row.expected("an", "GET")
        assert nobody_is_named(world, response.content)


def test_a_link_of_somebody_who_is_not_in_the_pair_opens_nothing(world: World):
    session = world.here.sessions["over"].pk
    for user in (world.cast.paul, world.cast.xena, world.cast.alice, world.cast.dora):
        token = links.make(SESSION, user, session, days=3)
        for name in ("session", "move", "saved", "undo"):
            row = MATRIX[f"session_links:{name}"]
            assert seen(row, world, "an", tok=token) == {404}


def test_every_kind_of_link_is_a_role(world: World):
    """A new page behind a link must be tried with links that do not hold, too."""
    assert sorted(BEHIND_A_LINK) == sorted(name for name, row in MATRIX.items() if "tok" in row.arguments)
