"""The bell of an import: rung once the row is there for all to see, and missed by nobody where there is no broker."""

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from programs import tasks


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [OperationalError, OSError])
def test_it_rings_after_the_commit_and_a_broker_that_is_gone_breaks_nothing(
    gone: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks,
) -> None:  # fmt: skip
    rung: list[int] = []
    monkeypatch.setattr(tasks.run_import, "delay", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            tasks.ring(7)
        assert rung == []
    assert rung == [7]

    def silent(_: int) -> None:
        raise gone

    monkeypatch.setattr(tasks.run_import, "delay", silent)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring(8)
    assert "the next tick takes the import up" in caplog.text
