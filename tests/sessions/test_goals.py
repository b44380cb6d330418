import pytest
from django.db import connection

from participants.models import AuditEntry
from sessions import services
from sessions.errors import NotInMatch, SessionError
from sessions.models import Goal
from tests.factories.programs import NOW

CANARY = "Become the canary of the platform team"


def add(cast, by=None, text=CANARY):
    return services.add_goal(match=cast.match, text=text, by=by or cast.mia, now=NOW)


def test_a_goal_belongs_to_whoever_set_it(cast):
    goal = add(cast, text="  Lead one\nmeeting a month ")
    assert (goal.owner, goal.text, goal.level) == (cast.mia, "Lead one meeting a month", None)


def test_only_ciphertext_reaches_the_database_and_the_record_has_no_words(cast):
    add(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM mentoring_sessions_goal")
        assert "canary" not in cursor.fetchone()[0]
    entry = AuditEntry.objects.get(verb="goal set")
    assert (entry.detail, entry.program_id) == ({"match": cast.match.pk}, None)


def test_the_same_goal_twice_is_one(cast):
    assert add(cast) == add(cast)
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 301])
def test_a_goal_has_words_and_not_too_many(cast, text):
    with pytest.raises(SessionError) as caught:
        add(cast, text=text)
    assert caught.value.field == "text"


def test_twenty_goals_are_the_most(cast):
    for number in range(20):
        add(cast, text=f"Goal {number}")
    with pytest.raises(SessionError):
        add(cast, text="One too many")
    services.drop_goal(goal=Goal.objects.earliest("pk"), by=cast.mia, now=NOW)
    assert add(cast, text="Now there is room").pk


@pytest.mark.parametrize("level", [-2, -1, 0, 1, 2, None])
def test_five_levels_or_none(cast, level):
    goal = services.change_goal(goal=add(cast), text="Other words", level=level, by=cast.mia, now=NOW)
    goal.refresh_from_db()
    assert (goal.text, goal.level) == ("Other words", level)


@pytest.mark.parametrize("level", [-3, 3])
def test_no_other_level_and_then_the_words_stay_too(cast, level):
    goal = add(cast)
    with pytest.raises(SessionError):
        services.change_goal(goal=goal, text="Other words", level=level, by=cast.mia, now=NOW)
    goal.refresh_from_db()
    assert (goal.text, goal.level) == (CANARY, None)


def test_reached_dropped_and_open_again(cast):
    goal = add(cast)
    for _ in range(2):
        assert services.reach_goal(goal=goal, by=cast.mia, now=NOW).reached_at == NOW
    dropped = services.drop_goal(goal=goal, by=cast.mia, now=NOW)
    assert (dropped.reached_at, dropped.dropped_at) == (None, NOW)
    opened = services.reopen_goal(goal=goal, by=cast.mia, now=NOW)
    assert (opened.reached_at, opened.dropped_at) == (None, None)
    assert AuditEntry.objects.filter(verb="goal reached").count() == 1


@pytest.mark.parametrize("who", ["bob", "charlie", "paul", "alice", "ada"])
@pytest.mark.parametrize("deed", ["reach_goal", "drop_goal", "reopen_goal"])
def test_nobody_else_closes_it(cast, who, deed):
    goal = add(cast)
    with pytest.raises(NotInMatch):
        getattr(services, deed)(goal=goal, by=getattr(cast, who), now=NOW)


@pytest.mark.parametrize("who", ["charlie", "paul", "alice", "ada"])
def test_only_the_people_of_the_match_set_goals(cast, who):
    with pytest.raises(NotInMatch):
        add(cast, by=getattr(cast, who))
