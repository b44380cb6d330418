"""Groups, circles, networks and sessions on the board: who is in them, and moving somebody from group to group."""

import pytest
from django.urls import reverse

from matching import services
from matching.errors import SwapRefused
from matching.models import Match
from matching.queries.board import board_of
from matching.queries.board_groups import group_page
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


def test_every_move_to_a_group_gives_what_was_shown_and_is_undone(circles):
    tried, draft = 0, circles
    people = [seat.enrolment_id for match in circles.matches.all()[:2] for seat in match.seats.all()[:4]]
    for person in people:
        for option in group_page(draft, person).options:
            before = draft.total
            if option.problem:
                with pytest.raises(SwapRefused):
                    services.move_to_group(proposal=draft, person=person, to=option.group.match_id, by=None, now=NOW)
                continue
            draft = services.move_to_group(proposal=draft, person=person, to=option.group.match_id, by=None, now=NOW)
            moved = Match.objects.get(pk=option.group.match_id)
            assert (draft.total - before, moved.score) == (option.gain, option.after)
            assert person in moved.seats.values_list("enrolment_id", flat=True)
            draft, tried = services.undo(proposal=draft, by=None, now=NOW), tried + 1
            assert draft.total == before
    assert tried > 0


def test_the_page_moves_by_a_plain_form_and_says_what_stands_against_it(circles, dana):
    client = dana(circles.program)
    match = circles.matches.first()
    person = match.seats.filter(role="mentee").first().enrolment_id
    url = reverse("matching:person", args=[circles.program.slug, circles.number, person])
    shown = text(client.get(url))
    assert f"is in Circle {match.number}: {match.score} points" in shown
    services.lock(match=match, by=None, now=NOW)
    assert f"Circle {match.number} is locked." in text(client.get(url))
    other = circles.matches.exclude(pk=match.pk).first()
    refused = client.post(url, {"to": other.pk}, follow=True)
    assert (
        "are locked. Unlock them first." in text(refused)
        or "needs at least" in text(refused)
        or "full" in text(refused)
    )
    assert client.post(url, {"to": "x"}).status_code == 404
    track = {"slug": circles.program.slug, "track": circles.track.slug}
    assert client.get(reverse("matching:waiting", kwargs=track)).status_code == 404
    assert client.get(reverse("matching:what_if", args=[circles.program.slug, circles.number])).status_code == 404


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
