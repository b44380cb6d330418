"""Requests that no page of ours makes; and docs/hostile-input.md, whose table names the tests of all the others."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import Resolver404, resolve

from participants.models import User
from participants.paper import draw
from programs.models import Enrolment
from programs.queries import PeopleFilter, people_of
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory, EnrolmentFactory
from tests.proofs import missing_tests, named_tests

ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$")
APPS = "mail matching mentorship participants programs reports safeguarding sessions surveys".split()


def trees(root: Path) -> list[tuple[str, ast.AST]]:
    files = [file for app in APPS for file in (root / app).rglob("*.py") if "migrations" not in file.parts]
    return [(str(file.relative_to(root)), ast.parse(file.read_text(encoding="utf-8"))) for file in files]


@pytest.mark.pure
def test_each_of_the_96_has_its_row_and_each_row_its_proof(root):
    text = (root / "docs" / "hostile-input.md").read_text(encoding="utf-8")
    found = [row for row in map(ROW.match, text.splitlines()) if row]
    assert [int(row[1]) for row in found] == list(range(1, 97))
    for row in found:
        assert bool(named_tests(row[4])) != row[4].startswith("does not apply: "), row[1]
        assert missing_tests(root, row[4]) == [], row[1]


@pytest.mark.pure
def test_a_test_that_is_not_there_is_missed(root):
    here = "`tests/mentorship/test_hostile_requests.py::test_nothing_of_a_request_is_a_lookup`"
    assert missing_tests(root, here) == []
    assert missing_tests(root, here.replace("lookup", "look")) == [here.strip("`").replace("lookup", "look")]
    assert missing_tests(root, "`tests/nowhere.py::test_it`") == ["tests/nowhere.py::test_it"]


@pytest.mark.pure
def test_nothing_of_a_request_is_a_lookup(root):
    """60 and 59: no filter takes the names of a query, and no order comes from one."""
    verbs = {"filter", "exclude", "order_by", "get", "extra", "raw", "annotate", "values"}
    found = [
        f"{file}:{call.lineno}"
        for file, tree in trees(root)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in verbs
        if any(
            re.search(r"request\.(GET|POST|body)|json\.loads", ast.unparse(given))
            for given in [*(word.value for word in call.keywords if word.arg is None), *_orders(call)]
        )
    ]
    assert found == []


def _orders(call: ast.Call) -> list[ast.expr]:
    return call.args if isinstance(call.func, ast.Attribute) and call.func.attr in {"order_by", "extra", "raw"} else []


@pytest.mark.pure
def test_nothing_here_asks_another_server_or_opens_what_was_pickled(root):
    """88 and 90: no address that somebody writes is ever fetched, and JSON is all that is read back."""
    forbidden = {"requests", "httpx", "aiohttp", "urllib.request", "ftplib", "pickle", "marshal", "shelve", "dill"}
    names = {
        (file, name)
        for file, tree in trees(root)
        for each in ast.walk(tree)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for name in _imported(each)
    }
    assert {(file, name) for file, name in names if name in forbidden or name.split(".")[0] in forbidden} == set()
    assert django_settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert django_settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def _imported(each: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(each, ast.Import):
        return [alias.name for alias in each.names]
    return [each.module or "", *(f"{each.module}.{alias.name}" for alias in each.names)]


@pytest.mark.pure
@pytest.mark.parametrize(
    "path", ["/me/", "/me/profile/", "/me/sessions/7/", "/programs/spring/people/", "/safeguarding/"]
)
@pytest.mark.parametrize("more", ["x.css", "x.js", "x.css/", "%0ax.png"])
def test_a_page_has_no_second_address_that_a_cache_would_keep(path, more):
    with pytest.raises(Resolver404):
        resolve(path + more)


@pytest.mark.django_db
def test_a_host_that_a_proxy_claims_and_a_method_that_a_header_claims_count_for_nothing():
    client = Client(headers={"X-Forwarded-Host": "evil.example", "X-HTTP-Method-Override": "DELETE"})
    page = client.get("/sign-in/")
    assert (page.status_code, "evil.example" in page.content.decode()) == (200, False)
    # It is the page that a POST gets, whatever else it says it is.
    assert client.post("/sign-in/", {"_method": "DELETE", "login": "x@example.org", "password": "x"}).status_code == 200
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        assert client.generic(method, "/theme/").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
def test_another_origin_signs_nobody_in_and_reads_nothing(origin):
    strict = Client(enforce_csrf_checks=True, headers={"Origin": origin})
    page = strict.get("/sign-in/")
    assert "Access-Control-Allow-Origin" not in page.headers
    sent = {"login": "x@example.org", "password": "x", "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post("/sign-in/", sent).status_code == 403
    # The control: the same from here is answered.
    assert strict.post("/sign-in/", sent, headers={"Origin": "http://testserver"}).status_code == 200


@pytest.mark.django_db
def test_what_a_form_does_not_ask_for_changes_nothing():
    user = UserFactory.create()
    client = Client()
    client.force_login(user)
    more = {"is_staff": "on", "is_superuser": "on", "role": "admin", "email": "other@example.org", "link_version": "9"}
    sent = {"first_name": "Mia", "last_name": "New", "timezone": "Europe/Berlin", **more}
    assert client.post("/me/profile/", sent).status_code == 302
    now = User.objects.get(pk=user.pk)
    assert (now.last_name, now.email, now.is_staff, now.is_superuser) == ("New", user.email, False, False)
    assert now.link_version == user.link_version
    assert not now.role_grants.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "found"), [("%", 0), ("_", 0), ("\\", 0), ("Zoë", 1), ("' OR 1=1 --", 0), ("*", 0)])
def test_signs_of_a_search_are_letters(words, found):
    program = CoordinatorFactory.create().program
    person = EnrolmentFactory.create(track__program=program, user__first_name="Zoë", user__last_name="Ng")
    people = people_of(program, PeopleFilter(words=words))
    assert [each.pk for each in people] == [person.pk] * found
    assert Enrolment.objects.count() == 1


def test_a_file_is_drawn_of_texts_alone_and_fetches_nothing(monkeypatch):
    asked: list[str] = []

    def refuse(url: str, *_: object, **__: object) -> None:
        asked.append(url)
        raise ValueError("nothing else is fetched")

    monkeypatch.setattr("participants.paper._font", refuse)
    texts = ("&lt;b&gt;", "x" * 10_000, "\u202e\u0301" * 50, "\ufdd0", "李 🦊 محمد")
    page = "<html lang='en'><title>T</title><p>" + "<p>".join(texts) + "<img alt='x' src='http://evil.example/x.png'>"
    assert draw(page, "").startswith(b"%PDF-")
    assert asked == ["http://evil.example/x.png"]


@pytest.mark.django_db
@pytest.mark.parametrize("length", [4096, 1_000_000])
def test_a_password_of_any_length_is_answered(length):
    assert Client().post("/sign-in/", {"login": "x@example.org", "password": "x" * length}).status_code == 200
