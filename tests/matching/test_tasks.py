"""The queue's side: a lost bell costs a minute, and the minute tick ends what is over."""

import datetime as dt

import pytest
from kombu.exceptions import OperationalError

from matching import services, tasks
from matching.models import Match, Proposal
from tests.factories.programs import NOW


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    bells: list[int] = []
    monkeypatch.setattr(tasks.run_proposal, "delay", bells.append)
    return bells


def test_the_task_runs_the_proposal(town):
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    tasks.run_proposal(queued.pk)
    assert (Proposal.objects.get().state, Match.objects.count()) == ("draft", 2)


def test_the_bell_is_rung_once_the_row_is_there(town, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring(7)
        assert rung == []
    assert rung == [7]


@pytest.mark.parametrize("fault", [OperationalError, ConnectionRefusedError])
def test_a_broken_bell_breaks_nothing(town, monkeypatch, caplog, django_capture_on_commit_callbacks, fault):
    def refuse(_pk: int) -> None:
        raise fault

    monkeypatch.setattr(tasks.run_proposal, "delay", refuse)
    monkeypatch.setattr(tasks.count_ways, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring(7)
        tasks.recount(7)
    assert caplog.text.count("The bell could not be rung") == 2


def test_the_tick_rings_for_what_nobody_took_up_and_ends_what_is_over(town, rung):
    published = town.propose()
    services.publish(proposal=published, by=None, now=NOW)
    queued = services.start_proposal(track=town.track, by=None, now=NOW)
    tasks.tick(NOW)
    assert (rung, Match.objects.filter(state="offered").count()) == ([], 2)
    tasks.tick(NOW + dt.timedelta(days=15))
    assert (rung, Match.objects.filter(state="offered").count()) == ([queued.pk], 0)
