"""A list of sixty costs as many questions to the database as a list of three."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from participants.models import User
from tests.house.crowd import Crowd
from tests.house.world import at_later

pytestmark = pytest.mark.any_database

FEW, MANY = 3, 60
MOST = 10
# What is about one thing, or shows figures: no longer in a larger crowd.
NO_LISTS = {
    "lots",
    "a session",
    "own data",
    "check before closing all",
    "one match",
    "an ask to me",
    "a new ask",
    "signals",
    "signals with asks",
    "what can be done for a match",
    "columns of an import",
    "overview",
    "report",
    "report of the organisation",
    "standards",
    "two cohorts",
    "what an hour costs",
    "set-up",
    "surveys",
}
# Who asks, for what, and how many questions it takes at most; one of them says who is asking.
PAGES: dict[str, tuple[str, str, int]] = {
    "programs": ("alice", "/programs/", 5),
    "programs to start from": ("ada", "/programs/new/templates/", 5),
    "people": ("alice", "/programs/crowd/people/", 5),
    "people, found by a word": ("alice", "/programs/crowd/people/?words=person&role=mentee", 6),
    "history": ("alice", "/programs/crowd/history/", 4),
    "applications": ("alice", "/programs/crowd/people/applications/", 7),
    "wishes and exclusions": ("alice", "/programs/crowd/people/wishes/", 7),
    "check of an import": ("alice", "/programs/crowd/people/import/{imported}/check/", 9),
    "columns of an import": ("alice", "/programs/crowd/people/import/{imported}/map/", 4),
    "imports": ("alice", "/programs/crowd/people/import/", 4),
    "proposals": ("alice", "/programs/crowd/matching/", 6),
    "proposal": ("alice", "/programs/crowd/matching/{number}/", 6),
    "proposal, choosing a swap": ("alice", "/programs/crowd/matching/{number}/?swap={draft}", 9),
    "check before publishing": ("alice", "/programs/crowd/matching/{number}/publish/", 9),
    "matches that are over": ("alice", "/programs/crowd/matching/over/", 6),
    "check before closing all": ("alice", "/programs/crowd/closing/", 7),
    "one match": ("alice", "/programs/crowd/matching/match/{match}/", 6),
    "rules": ("alice", "/programs/crowd/matching/rules/track-0/", 9),
    "fields": ("alice", "/programs/crowd/set-up/fields/", 3),
    "coordinators": ("alice", "/programs/crowd/set-up/coordinators/", 3),
    "set-up": ("alice", "/programs/crowd/set-up/", 8),
    "pairs": ("alice", "/programs/crowd/pairs/", 7),
    "signals": ("alice", "/programs/crowd/pairs/signals/", 6),
    "what can be done for a match": ("alice", "/programs/crowd/pairs/{match}/", 8),
    "messages": ("alice", "/programs/crowd/messages/", 4),
    "messages, found by a word": ("alice", "/programs/crowd/messages/?words=person", 4),
    "pairs, found by a word": ("alice", "/programs/crowd/pairs/?words=person", 7),
    "surveys": ("alice", "/programs/crowd/surveys/", 7),
    "overview": ("alice", "/programs/crowd/", 8),
    "lots": ("alice", "/programs/crowd/reports/comparison/lots/", 7),
    "who begins now": ("alice", "/programs/crowd/reports/comparison/places/", 8),
    "report": ("alice", "/programs/crowd/reports/", 9),
    "links to the report": ("alice", "/programs/crowd/reports/links/", 3),
    "standards": ("alice", "/programs/crowd/reports/standards/", 9),
    "what an hour costs": ("alice", "/programs/crowd/reports/price/", 3),
    "two cohorts": ("ada", "/org/report/cohorts/?one=crowd&other={other_program}", 7),
    "organisation": ("ada", "/org/", 7),
    "exports": ("alice", "/programs/crowd/exports/", 9),
    "exports of the organisation": ("ada", "/org/exports/", 5),
    "report of the organisation": ("ada", "/org/report/", 9),
    "roles": ("ada", "/org/roles/", 5),
    "programs of an admin": ("ada", "/programs/", 5),
    "my matches": ("bob", "/me/", 8),
    "one of my matches": ("bob", "/me/match/{match}/", 8),
    "own data": ("bob", "/me/data/", 3),
    "something that worries me": ("bob", "/concern/", 7),
    "cases": ("sally", "/org/safeguarding/", 5),
    "one case": ("sally", "/org/safeguarding/case/{case}/", 9),
    "goals": ("bob", "/me/match/{match}/goals/", 5),
    "a session": ("bob", "/me/session/{session}/", 6),
    "my calendar": ("bob", "{feed}", 3),
    "my asks": ("bob", "/me/asks/", 4),
    "one of my asks": ("bob", "/me/asks/{ask}/", 5),
    "an ask to me": ("bob", "/me/asks/to-me/{route}/", 4),
    "a new ask": ("bob", "/me/asks/new/{desk}/", 5),
    "asks": ("alice", "/programs/web/pairs/asks/", 8),
    "what can be done for asks": ("alice", "/programs/web/pairs/asks/signals/", 5),
    "signals with asks": ("alice", "/programs/web/pairs/signals/", 7),
    "overview with asks": ("alice", "/programs/web/", 9),
    "why not somebody else": ("alice", "/programs/crowd/matching/{number}/for/{taker}/", 9),
    "other rules tried": ("alice", "/programs/crowd/matching/{number}/what-if/", 4),
    "one person": ("alice", "/programs/crowd/people/{taker}/", 5),
    "who has signed": ("alice", "/programs/crowd/pairs/agreements/", 6),
    "program as a file": ("alice", "/programs/crowd/set-up/file/", 9),
    "program to copy": ("ada", "/programs/crowd/set-up/copy/", 5),
    "compare matchings": ("alice", "/programs/crowd/matching/compare/", 5),
    "steps": ("bob", "/me/match/{match}/steps/", 6),
    "whom I would not meet": ("bob", "/me/apart/crowd/", 5),
}


Looks = dict[int, dict[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def looks(django_db_setup: None, django_db_blocker: Any) -> Iterator[Looks]:
    """By the size of the crowd: what each page takes."""
    found = {}
    with django_db_blocker.unblock(), at_later():
        for size in (FEW, MANY):
            with transaction.atomic():
                found[size] = Crowd(size).look(PAGES)
                transaction.set_rollback(True)
        yield found


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_long_list_costs_no_more_than_a_short_one(looks: Looks, page: str):
    (few, short), (many, long) = looks[FEW][page], looks[MANY][page]
    assert (page, many) == (page, few)
    # It did show more: otherwise it would prove nothing.
    assert long > short * 1.05 or page in NO_LISTS


@pytest.mark.django_db
def test_no_page_costs_more_than_the_table_says(looks: Looks):
    over = {page: asked for page, (asked, _) in looks[MANY].items() if asked > PAGES[page][2]}
    assert over == {}
    assert max(most for _, _, most in PAGES.values()) <= MOST


def _asked(user: User) -> str:
    """A name for which the database is asked; some users are made of columns alone and have no number."""
    return "Somebody" if User.objects.filter(pk=user.pk).exists() else ""


@pytest.mark.django_db
def test_a_question_for_each_row_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    """The same measure on a list that asks once more for every row."""
    monkeypatch.setattr(User, "name", property(_asked))
    with at_later():
        grown = []
        for size in (2, 4):
            with transaction.atomic():
                grown.append(Crowd(size).look({"applications": PAGES["applications"]})["applications"][0])
                transaction.set_rollback(True)
    assert grown[1] > grown[0]
