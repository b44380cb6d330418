import pytest
from django.test import Client

from participants.models import User
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory.create(timezone="Asia/Kathmandu")


@pytest.mark.parametrize(
    ("size", "status"), [(11 * 1024 * 1024, 302), (11 * 1024 * 1024 + 1, 413), (10**30, 413), ("9" * 5000, 413)]
)
def test_a_body_is_refused_by_its_announced_size(client: Client, size: int | str, status: int) -> None:
    assert client.post("/me/profile/", CONTENT_LENGTH=str(size)).status_code == status


def test_pages_of_people_are_never_stored_and_static_ones_may_be(client: Client, user: User) -> None:
    client.force_login(user)
    for path in ("/me/profile/", "/help/"):
        response = client.get(path)
        assert "no-store" in response["Cache-Control"]
        assert "Cookie" in response["Vary"]


def test_headers_that_every_page_carries(client: Client) -> None:
    headers = client.get("/help/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_theme_is_kept_in_a_cookie_and_leads_nowhere_else(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/help/"})
    assert (response.status_code, response["Location"]) == (302, "/help/")
    assert 'data-bs-theme="dark"' in client.get("/help/").content.decode()
    for evil in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert client.post("/theme/", {"theme": "light", "next": evil})["Location"] == "/"
    client.post("/theme/", {"theme": "purple"})
    assert "data-bs-theme" not in client.get("/help/").content.decode()
