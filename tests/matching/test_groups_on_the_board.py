"""Groups, circles, networks and sessions on the board: who is in them, and moving somebody from group to group."""

import pytest
from django.urls import reverse

from matching import services
from matching.queries.board import board_of
from tests.factories.crowds import make_crowd
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def circles(db):
    return make_crowd("circle", {"mentor": 4, "mentee": 26}).propose()


@pytest.fixture
def dana(client):
    def sign_in(program):
        user = UserFactory.create(email="dana@example.org")
        CoordinatorFactory.create(program=program, user=user)
        client.force_login(user)
        return client

    return sign_in


def test_a_circle_is_one_row_with_its_people_and_can_be_locked(circles, dana):
    client = dana(circles.program)
    url = reverse("matching:proposal", args=[circles.program.slug, circles.number])
    page = text(client.get(url))
    board = board_of(circles)
    assert page.count("pair--group") == board.rows == circles.matches.count() > 1
    assert "Circle 1</h3>" in page
    assert "1 mentor" in page
    match = circles.matches.first()
    services.lock(match=match, by=None, now=NOW)
    circles.refresh_from_db()
    assert [row.named for row in board_of(circles).page if row.match.locked] == [f"Circle {match.number}"]


@pytest.mark.parametrize(
    ("model", "counts", "words"),
    [
        ("distributed", {"mentor": 8, "mentee": 6, "peer": 12}, "’s network</h3>"),
        ("flash", {"mentor": 6, "mentee": 8}, "pair__when"),
        ("pod", {"peer": 11}, "Pod 1</h3>"),
    ],
)
def test_every_shape_has_its_rows(db, dana, model, counts, words):
    draft = make_crowd(model, counts).propose()
    assert draft.state == "draft", draft.error
    client = dana(draft.program)
    page = text(client.get(reverse("matching:proposal", args=[draft.program.slug, draft.number])))
    assert words in page
    match = draft.matches.first()
    why = client.get(reverse("matching:why", args=[draft.program.slug, draft.number, match.pk]))
    assert why.status_code == 200
