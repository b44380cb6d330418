"""What nobody means well, and what it does to an address: for the tests of every form and page."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from tests.house.matrix import Row, ask, read_matrix
from tests.house.world import World

MATRIX = read_matrix()
OURS = (
    "programs:",
    "setup:",
    "surveys:",
    "survey_links:",
    "reports:",
    "organisation:",
    "participants:",
    "join:",
    "joining:",
)
# The roles that pages of people belong to, in the order in which they are tried.
SIGNED_IN = ("co", "ad", "ex", "mn", "me", "sl", "an")
ROLES = ("ts", "tl", "tr", "tt", "tk", "tm", "tf", "tj", "tp", *SIGNED_IN)
# An import's pages have files of their own.
ROWS = {name: row for name, row in MATRIX.items() if ":import_" not in name}

PROBE = "\"'><script>alert(1)</script>{{ 7|add:7 }}"
LINES = "\n".join(f"Option {number}" for number in range(10_000))
# For the forms of all other pages: those that broke something once, or would.
WORST = ("a\x00b", "9" * 5_000, "²", PROBE, "http://[::1")
# What no form of this page asks for, and a page that it leads to.
BESIDE = ("next", "unknown")
# What a database may refuse that Python took: characters it cannot store, too long, too large, out of its calendar.
STORED = (
    "\x00",
    "a\x00b",
    "\x0b\x1b[31m\x7f",
    "Z" + "\u0301" * 1_000,
    "x" * 1_000_000,
    "9" * 5_000,
    "1e999",
    "NaN",
    "-1",
    "0001-01-01",
    "9999-12-31",
)
# What breaks a form, a header or a page before anything is stored, or does not: the same on every database.
READ = (
    "\u202eevil\u2066",
    "a\r\nBcc: victim@example.org",
    PROBE,
    "=?utf-8?q?admin?=",
    LINES,
    "²",
    "١٢",
    "1_0",
    "2027-02-30",
    "Europe/../../etc/passwd",
    "http://[::1",
    "//evil.example",
    "",
)


def may(row: Row, method: str) -> list[str]:
    """The roles that this method answers with a page or a deed."""
    return [role for role in ROLES if row.expected(role, method) in (200, 302) and _fits(row, role)]


def who_may(row: Row, method: str) -> str:
    """One of them: who is signed out for the page of signing in, or else the first."""
    found = may(row, method)
    return "an" if row.expected("an", method) == 200 and "an" in found else found[0]


def _fits(row: Row, role: str) -> bool:
    """Links are for pages behind links, and being signed in is for the others."""
    return ("tok" in row.arguments) == role.startswith("t")


def those(method: str, *, ours: bool) -> list[str]:
    """The addresses that somebody may ask for so, in the order of their names."""
    return sorted(
        name
        for name, row in ROWS.items()
        if name.startswith(OURS) == ours and method in row.answers and may(row, method)
    )


FORMS, PAGES = those("POST", ours=True), those("GET", ours=True)
OTHER_FORMS, OTHER_PAGES = those("POST", ours=False), those("GET", ours=False)
BY_NUMBER = sorted(name for name, row in ROWS.items() if name.startswith(OURS) and "pk" in row.arguments)
# What the other pages call numbers.
NUMBERS: tuple[str, ...] = (
    "pk",
    "number",
    "match",
    "match_id",
    "session_id",
    "enrolment_id",
    "ask_id",
    "route_id",
    "reply_id",
)
NUMBERS += ("step_id", "goal_id", "slot_id", "person", "seat", "one", "other")
ALSO_BY_NUMBER = sorted(
    (name, argument)
    for name, row in ROWS.items()
    for argument in NUMBERS
    if argument in row.arguments and name not in BY_NUMBER and "tok" not in row.arguments
)


def fields_of(row: Row, world: World, role: str) -> dict[str, Any]:
    """What a browser would send from this address: the form's own values, and over them those of the matrix."""
    sent: dict[str, Any] = {}
    if "GET" in row.answers:
        response: Any = ask(world.clients[role], "GET", row.url(world, role))
        form = response.context["form"] if response.context and "form" in response.context else None
        names = list(form.fields) if form else []
        sent = {name: value for name in names if (value := form[name].value()) not in (None, False)}
        sent |= dict.fromkeys(set(names) - set(sent), "")
    return sent | (row.data(world.here) or {})


def counted() -> dict[str, int]:
    """How many rows each table of ours has."""
    ours = [model._meta for model in apps.get_models() if model.__module__.split(".")[0] not in {"django", "allauth"}]
    # One question for all of them: it is asked after every answer that refuses.
    tables = (connection.ops.quote_name(each.db_table) for each in ours)
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)  # noqa: S608 - names of our own tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip([each.label for each in ours], cursor.fetchone(), strict=True))


def told(client: Client, url: str, body: Any, before: dict[str, int]) -> tuple[str, set[str]]:
    """What is wrong with the answer, or nothing; and the fields that did not take what they got."""
    response: Any
    # Signing out is one of these deeds: the browser stays who it was, as the database does.
    cookies: Any = client.cookies.copy()
    try:
        with transaction.atomic():
            response = client.post(url, body)
            status = response.status_code
            written = {name for name, count in counted().items() if count != before[name]} if status >= 400 else set()
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    form = response.context["form"] if response.context and "form" in response.context else None
    refused = set(form.errors) if form is not None and form.is_bound else set()
    if status >= 500:
        return f"answered {status}", refused
    if status == 200 and not response.streaming and b"<script>alert" in response.content:
        return "wrote a script into the page", refused
    return f"answered {status} and wrote {written}" if written else "", refused


def broken_by(texts: Sequence[str], world: World, row: Row, most_alone: int | None = None) -> list[str]:
    """What each text does in each field: what is wrong with the answers.

    First in all fields at once, another one in each, until each field has had each; then alone in every field that
    took it (or in as many as are wanted), among values that are right, so that it comes to what stands behind the
    fields.
    """
    role = who_may(row, "POST")
    sent, url = fields_of(row, world, role), row.url(world, role)
    # Each answer's deeds are taken back: what there was before the first is there before every one.
    before = counted()
    # Where nothing is asked for, nothing is read: a few texts show it, where each answer may be a file to be drawn.
    texts = texts if sent else texts[:3]
    found, alone = [], [("do", text) for text in texts]
    for turn in range(len(texts)):
        mixed = {field: texts[(turn + place) % len(texts)] for place, field in enumerate([*sent, *BESIDE])}
        said, refused = told(world.clients[role], url, mixed, before)
        alone += [(field, mixed[field]) for field in sent if field not in refused]
        found += [f"turn {turn} of {texts[turn][:20]!r}: {said}"] if said else []
    # Spread over fields and texts alike, where not all of them are tried.
    step = max(1, len(alone) // most_alone) if most_alone else 1
    for field, text in alone[::step][:most_alone]:
        said, _ = told(world.clients[role], url, {**sent, **dict.fromkeys(BESIDE, text), field: text}, before)
        found += [f"{field}={text[:20]!r}: {said}"] if said else []
    assert counted() == before
    return found


def broken_by_shapes(world: World, row: Row, shapes: slice) -> list[tuple[Any, ...]]:
    """The bodies of no form, or of too much of one, that were answered with an error of ours."""
    role = who_may(row, "POST")
    client, url, sent = world.clients[role], row.url(world, role), fields_of(row, world, role)
    bodies: list[tuple[Any, str]] = [
        ("&".join(f"{field}=a&{field}=b" for field in sent).encode(), "application/x-www-form-urlencoded"),
        (b"name=%ED%A0%80&label=%FF%FE", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"nonsense", "multipart/form-data"),
        (b"", "application/x-www-form-urlencoded"),
        (b'{"name": "x"}', "application/json"),
        (b"<x/>", "text/xml"),
        (b"nonsense", "multipart/form-data; boundary=nothing"),
        ("&".join(f"f{n}=1" for n in range(4_000)).encode(), "application/x-www-form-urlencoded"),
        (b"name=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ]
    found = []
    for body, kind in bodies[shapes]:
        cookies: Any = client.cookies.copy()
        with transaction.atomic():
            status = client.post(url, body, content_type=kind).status_code
            transaction.set_rollback(True)
        client.cookies = cookies
        if status >= 500:
            found.append((body[:30], kind, status))
    return found
