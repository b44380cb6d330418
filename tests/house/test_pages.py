"""What holds for every page: well-formed HTML, one heading, nothing inline; and for every answer: its headers."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.house.headers import wrong
from tests.house.matrix import Row, ask, read_matrix
from tests.house.test_permissions import BEHIND_A_LINK, ROLES
from tests.house.world import TOKEN_ROLES, World

pytestmark = pytest.mark.any_database

MATRIX = read_matrix()
HTML = "{http://www.w3.org/1999/xhtml}"
# An answer to a script that asks again and again, put into a page that has a heading.
PARTS = {"matching:progress", "own_data:progress", "exports:progress", "all_exports:progress"}


def tree_of(content: str) -> Element:
    """The page as a browser understands it. Raises html5lib.html5parser.ParseError where it has to guess."""
    return html5lib.HTMLParser(strict=True).parse(content)


def problems(content: str) -> list[str]:
    """What is wrong with a whole page."""
    tree = tree_of(content)
    every = [each for each in tree.iter() if isinstance(each.tag, str)]  # type: ignore[redundant-expr]  # comments have no name
    ids = Counter(each.get("id") for each in every if each.get("id"))
    headings = [each for each in every if each.tag == f"{HTML}h1"]
    title = tree.find(f"{HTML}head/{HTML}title")
    found = [f"{count} times the id {name}" for name, count in ids.items() if count > 1]
    found += [f"{len(headings)} main headings"] if len(headings) != 1 else []
    found += [] if headings and "".join(headings[0].itertext()).strip() else ["an empty heading"]
    found += [] if title is not None and (title.text or "").strip() else ["no title"]
    found += [] if tree.get("lang") else ["no language"]
    found += [f"points to nothing: {name}" for name in _pointed_at(every) if name not in ids]
    return found + inline(every)


def _pointed_at(every: list[Element]) -> Iterator[str]:
    """Ids that labels, descriptions and jumps inside the page name."""
    for each in every:
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            yield from (each.get(attribute) or "").split()
        href = each.get("href") or ""
        if href.startswith("#") and len(href) > 1:
            yield href[1:]


def inline(every: list[Element]) -> list[str]:
    """Script and style that the content security policy would refuse."""
    found = []
    for each in every:
        name = each.tag.removeprefix(HTML)
        if name == "style" or (name == "script" and not each.get("src")):
            found.append(f"inline {name}")
        found += [f"{name} has {key}" for key in each.attrib if key == "style" or key.startswith("on")]
        found += [f"{name} leads to a script" for key in ("href", "src", "action") if _is_script(each.get(key))]
        if re.match(r"\w+:|//", each.get("src") or ""):
            found.append(f"{name} comes from elsewhere: {each.get('src')}")
    return found


def _is_script(value: str | None) -> bool:
    return (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text"))


def shown_to(row: Row) -> list[str]:
    """Whoever sees the page itself; of those who see the same, the participants, the coordinator and the admin."""
    seeing = [role for role in ROLES if row.expected(role, "GET") == 200]
    return [role for role in seeing if role in {"an", "me", "mn", "co", "ad", *TOKEN_ROLES}]


PAGES = sorted(name for name, row in MATRIX.items() if shown_to(row))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(world: World, name: str):
    row = MATRIX[name]
    for role in shown_to(row):
        response = ask(world.clients[role], "GET", row.url(world, role))
        if response["Content-Type"].startswith("text/html") and name not in PARTS:
            assert (role, problems(response.content.decode())) == (role, [])


@pytest.mark.parametrize("name", sorted(name for name, row in MATRIX.items() if "POST" in row.answers))
def test_a_form_sent_empty_comes_back_whole(world: World, name: str):
    """With what is missing said at its fields."""
    row = MATRIX[name]
    for role in shown_to(row) or [role for role in ("co", "me", "ad") if row.expected(role, "POST") == 302]:
        response = ask(world.clients[role], "POST", row.url(world, role), {})
        if response.status_code not in {302, 404, 405} and response["Content-Type"].startswith("text/html"):
            assert (role, response.status_code, problems(response.content.decode())) == (role, response.status_code, [])


@pytest.mark.parametrize("address", ["/no/", "/programs/no-such/", "/t/nothing/session/", "/t/nothing/sign-in/"])
def test_a_page_that_is_not_there_is_whole_too(world: World, address: str):
    for role in ("an", "co"):
        response = ask(world.clients[role], "GET", address)
        if response.status_code != 302:
            assert response.status_code in {404, 410}
            assert problems(response.content.decode()) == []


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<p id=a></p><p id=a></p>", "2 times the id a"),
        ("<h1>Two</h1>", "2 main headings"),
        ("<style>p{}</style>", "inline style"),
        ("<p style='color:red'></p>", "p has style"),
        ("<script>1</script>", "inline script"),
        ("<button onclick='x()'>B</button>", "button has onclick"),
        ("<a href=' JavaScript:x()'>A</a>", "a leads to a script"),
        ("<img src='//evil.example/x.png' alt=''>", "img comes from elsewhere: //evil.example/x.png"),
        ("<label for=nothing>L</label>", "points to nothing: nothing"),
    ],
)
@pytest.mark.pure
def test_what_is_wrong_with_a_page_is_found(page: str, problem: str):
    head = "<head><title>T</title></head>"
    assert problems(f"<!DOCTYPE html><html lang=en>{head}<body><h1>H</h1>{page}</body></html>") == [problem]


@pytest.mark.pure
def test_a_page_with_nothing_has_every_problem():
    assert problems("<!DOCTYPE html><html><head><title></title></head><body></body></html>") == [
        "0 main headings",
        "an empty heading",
        "no title",
        "no language",
    ]
    with pytest.raises(html5lib.html5parser.ParseError):
        problems("<!DOCTYPE html><html lang=en><head><title>T</title></head><body><h1>H</h1><p><div></p></body></html>")


# --- headers ----------------------------------------------------------------------------------


def test_a_page_behind_a_link_is_not_for_search_engines(world: World):
    for name, role in BEHIND_A_LINK.items():
        row = MATRIX[name]
        for who in (role, "an"):
            response = ask(world.clients[who], "GET", row.url(world, who))
            assert (name, who, response.get("X-Robots-Tag")) == (name, who, "noindex")


def test_the_guards_stay_up_when_something_breaks(world: World, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken by a test")

    monkeypatch.setattr("sessions.views.me.home_of", broken)
    client = world.clients["me"]
    client.raise_request_exception = False
    response = ask(client, "GET", "/me/")
    client.raise_request_exception = True
    assert response.status_code == 500
    assert wrong(response) == []
    assert problems(response.content.decode()) == []
    assert "broken" not in response.content.decode()
