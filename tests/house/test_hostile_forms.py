"""Every form and address of the set-up, people, survey, report and account pages, fed with what nobody means well.

Held everywhere: no answer of 500 or above, and nothing is written where the answer is a refusal.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import CharField, TextField
from django.test import Client

from mail.models import Message
from mail.services.composing import compose
from programs.models import ProfileField, Track
from sessions.models import Agreement, Preparation
from surveys import services as surveys
from tests.house.hostile import (
    BY_NUMBER,
    FORMS,
    MATRIX,
    OTHER_FORMS,
    OURS,
    PAGES,
    PROBE,
    READ,
    ROWS,
    STORED,
    broken_by,
    broken_by_shapes,
    who_may,
)
from tests.house.matrix import ask
from tests.house.world import World
from tests.house.world_place import LATER

# Of what a form took when all its fields were fed at once, so many are fed alone again, spread over fields and texts.
MOST_ALONE = 8


@pytest.fixture(autouse=True)
def _no_limit_on_asking(settings: Any) -> None:
    """A form that is asked a hundred times in a second would answer only that it is asked too often."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.parametrize("name", FORMS)
def test_no_text_that_a_database_may_refuse_breaks_a_form(world: World, name: str) -> None:
    assert broken_by(STORED, world, ROWS[name]) == []


@pytest.mark.any_database
@pytest.mark.parametrize("name", FORMS)
def test_no_text_in_any_field_of_a_form_breaks_it(world: World, name: str) -> None:
    assert broken_by(READ, world, ROWS[name], most_alone=MOST_ALONE) == []


@pytest.mark.any_database
@pytest.mark.parametrize("text", [PROBE, STORED[-1]])
def test_a_text_that_breaks_what_stands_behind_a_form_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """The control of the two tests above: only texts that a field takes come so far."""

    def store(field: CharField, value: Any) -> Any:
        if value == text:
            raise ValueError("refused by the database")
        return value

    monkeypatch.setattr(CharField, "get_prep_value", store)
    with pytest.raises(ValueError, match="refused by the database"):
        broken_by((READ[0], text), world, ROWS["programs:add_field"])


@pytest.mark.any_database
@pytest.mark.parametrize("name", FORMS)
def test_no_shape_of_a_body_breaks_a_form(world: World, name: str) -> None:
    assert broken_by_shapes(world, ROWS[name], slice(None)) == []


# The link in its address is the right to such a page; a mail program has no cookie to send along.
@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in FORMS + OTHER_FORMS if "tok" not in ROWS[name].arguments])
def test_a_form_without_its_token_is_refused(world: World, name: str) -> None:
    row = ROWS[name]
    role = who_may(row, "POST")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(world.clients[role].cookies)
    with transaction.atomic():
        response = strict.post(row.url(world, role), row.data(world.here))
        transaction.set_rollback(True)
    assert response.status_code == 403


QUERIES = (
    *(f"page={page}" for page in ("-1", "0", "abc", "1e9", "999999999999", "%00", "²", "١", "9" * 5_000)),
    "per_page=1e9&sort=password&order_by=?&user__password__regex=(a%2B)%2B$",
    *(f"words={words}" for words in ("%00", "%25_%27%22\\", "x" * 100_000, "%ED%A0%80", "%E2%80%AE")),
    "role=mentor&role=admin&track=%00&left=%00",
    "a=%00&one=%00&done=%00&more=%00",
    "a=²&encoding=utf-7&kind=%00&next=//evil.example",
)


@pytest.mark.any_database
@pytest.mark.parametrize("name", PAGES)
def test_no_question_mark_breaks_a_page(world: World, name: str) -> None:
    row = ROWS[name]
    role = who_may(row, "GET")
    url = row.url(world, role)
    usual = ask(world.clients[role], "GET", url).status_code
    answers = {query: ask(world.clients[role], "GET", f"{url.split('?')[0]}?{query}").status_code for query in QUERIES}
    allowed = {usual, 400}  # an address too long to be led to is no request
    assert {query[:60]: status for query, status in answers.items() if status not in allowed} == {}


@pytest.mark.any_database
@pytest.mark.parametrize("name", BY_NUMBER)
@pytest.mark.parametrize(
    "number", ["1" + "0" * 30, "9" * 5_000, "9223372036854775808", "-1", "1e3", "²", "%00", "..%2f"]
)
def test_a_number_that_is_nobodys_is_not_there(world: World, name: str, number: str) -> None:
    row = ROWS[name]
    method = "GET" if "GET" in row.answers else "POST"
    role = who_may(row, method)
    url = row.url(world, role, pk=987_654).replace("987654", number)
    assert ask(world.clients[role], method, url).status_code == 404


WEIRD = ("%00", "a%00b", "%E2%80%AE", "..%2f..%2fetc", "A" * 3_000, "new%0a", "-", "_", "a'b", "%F0%9F%92%A9", "new")


@pytest.mark.parametrize(
    "name",
    sorted(
        name for name, row in ROWS.items() if name.startswith(OURS) and {"slug", "track", "field"} & set(row.arguments)
    ),
)
def test_a_slug_that_is_nobodys_is_not_there(world: World, name: str) -> None:
    row = ROWS[name]
    method = "GET" if "GET" in row.answers else "POST"
    role = who_may(row, method)
    found = {}
    for argument in {"slug", "track", "field"} & set(row.arguments):
        for weird in WEIRD:
            if weird == "new" and argument != "slug":
                continue
            url = row.url(world, role, **{argument: "some-slug-987"}).replace("some-slug-987", weird)
            status = ask(world.clients[role], method, url).status_code
            if status not in ({404, 405} if weird == "new" else {404}):
                found[f"{argument}={weird[:20]}"] = status
    assert found == {}


@pytest.mark.any_database
@pytest.mark.parametrize("token", ["%00", "x" * 5_000, "a.b.c.d.e", "...", "%F0%9F%92%A9", "0" * 140, "-1.-1.-1.-1..x"])
@pytest.mark.parametrize("name", ["survey_links:answer", "participants:sign_in_by_link"])
def test_a_token_that_is_no_token_opens_nothing(world: World, name: str, token: str) -> None:
    url = ROWS[name].url(world, "an").split("/")
    url[2] = token
    for method in ("GET", "POST"):
        assert ask(world.clients["an"], method, "/".join(url)).status_code in {404, 410}


@pytest.mark.any_database
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:///evil.example",
        "\x08//evil.example",
        "javascript:alert(1)",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "////evil.example",
        "http:evil.example",
        " //evil.example",
        "//evil.example\r\nSet-Cookie: a=b",
        "http://[::1",
        "x" * 100_000,
    ],
)
def test_no_way_back_leads_out_of_the_house(world: World, target: str) -> None:
    client = world.clients["an"]
    theme = ask(client, "POST", "/theme/", {"theme": "dark", "next": target})
    row = ROWS["participants:sign_in_by_link"]
    with transaction.atomic():
        fresh = Client()
        fresh.post("/sign-in/link/", {"email": "mia@example.org", "next": target})
        signed_in = fresh.post(row.url(world, "tl"))
        transaction.set_rollback(True)
    assert [theme.status_code, signed_in.status_code] == [302, 302]
    for response in (theme, signed_in):
        assert response["Location"].startswith("/")
        assert not response["Location"].startswith(("//", "/\\"))


# --- what somebody wrote is shown as text ----------------------------------------------------
def _text_columns() -> Iterator[tuple[Any, str, int]]:
    """Every column of ours that holds words of people."""
    names = {
        "name",
        "first_name",
        "last_name",
        "label",
        "help",
        "description",
        "contact_name",
        "text",
        "body",
        "filename",
    }
    names |= {"low_label", "high_label", "decline_reason", "place", "error"}
    for model in apps.get_models():
        ours = model.__module__.split(".")[0] in {"programs", "participants", "surveys", "matching", "sessions"}
        if ours and model not in {Agreement, Preparation}:
            for column in model._meta.concrete_fields:
                if column.name in names and isinstance(column, CharField | TextField):
                    yield model, column.name, column.max_length or 1_000


@pytest.fixture
def probed(world: World) -> World:
    """The same world with the probe in every text there is."""
    for model, column, length in _text_columns():
        model._default_manager.update(**{column: PROBE[:length]})
    # These keep the words of several boxes as one text.
    together: list[Agreement | Preparation] = [*Agreement.objects.all(), *Preparation.objects.all()]
    for each in together:
        each.body = json.dumps(dict.fromkeys(json.loads(each.body), PROBE))
        each.save()
    ProfileField.objects.filter(slug="grade").update(options=["Junior", "Senior", PROBE])
    assert Track.objects.filter(name=PROBE).exists()
    return world


@pytest.mark.any_database
@pytest.mark.parametrize("role", ["co", "ad", "me", "mn", "ts", "tr", "tm", "tf", "tl"])
def test_a_script_in_any_text_is_shown_and_not_run(probed: World, role: str) -> None:
    seen = [row for row in MATRIX.values() if "GET" in row.answers and row.expected(role, "GET") == 200]
    assert seen
    for row in seen:
        response: Any = ask(probed.clients[role], "GET", row.url(probed, role))
        content = response.content if response["Content-Type"].startswith("text/html") else b""
        assert b"<script>alert" not in content, row.name
        assert b"\"'><" not in content, row.name


@pytest.mark.any_database
def test_the_probe_is_seen_where_it_should_be(probed: World) -> None:
    """The control of the test above: the texts really are on the pages, escaped."""
    page = ask(probed.clients["co"], "GET", ROWS["programs:fields"].url(probed, "co")).content.decode()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "{{ 7|add:7 }}" in page


def test_a_script_in_any_text_is_text_in_every_mail(probed: World) -> None:
    surveys.mail_due(now=LATER + dt.timedelta(days=1))
    composed = [(message.kind, compose(message, now=LATER)) for message in Message.objects.order_by("pk")]
    written = [(kind, mail) for kind, mail in composed if mail is not None]
    assert {"pulse", "session-planned"} <= {kind for kind, _ in written}
    for kind, mail in written:
        html = str(mail.alternatives[0][0])
        assert "<script>alert" not in html, kind
        assert "\"'><" not in html, kind
        assert "\n" not in mail.subject, kind
