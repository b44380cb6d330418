"""Files that no row names go by themselves; a storage that fails is asked again."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import override_settings

from participants import services
from participants.models import Browser, DataExport
from participants.services.left_files import delete_left_files
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1, minutes=1)


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"default": kept, "staticfiles": static}):
        yield


def put(name: str, now: dt.datetime = NOW) -> str:
    saved = default_storage.save(name, ContentFile(b"words"))
    os.utime(default_storage.path(saved), (now.timestamp(), now.timestamp()))
    return saved


def named(name: str) -> str:
    """A file of a row."""
    saved = put(name)
    user = UserFactory.create()
    DataExport.objects.create(user=user, state="ready", asked_at=NOW, ready_at=NOW, expires_at=LATER, file=saved)
    return saved


def test_only_what_no_row_names_and_is_older_than_a_day_goes() -> None:
    kept = [named("own-data/kept.zip"), put("exports/new.csv", LATER), put("elsewhere/not-ours.txt"), put("top.txt")]
    left = [put("own-data/left.zip"), put("imports/left.csv"), put("exports/left.csv")]
    assert delete_left_files(now=LATER) == 3
    assert [default_storage.exists(name) for name in kept] == [True] * 4
    assert [default_storage.exists(name) for name in left] == [False] * 3
    assert delete_left_files(now=LATER) == 0


def test_an_empty_storage_has_nothing_to_delete() -> None:
    assert delete_left_files(now=LATER) == 0


def test_what_cannot_be_deleted_stops_nothing_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = put("imports/a.csv"), put("imports/b.csv")
    delete = FileSystemStorage.delete

    def refuse(storage: FileSystemStorage, name: str) -> None:
        if name == stuck:
            raise OSError("no route")
        delete(storage, name)

    with monkeypatch.context() as broken:
        broken.setattr(FileSystemStorage, "delete", refuse)
        assert delete_left_files(now=LATER) == 1
    assert stuck in caplog.text
    assert [default_storage.exists(name) for name in (stuck, other)] == [True, False]
    assert delete_left_files(now=LATER) == 1


def test_it_runs_once_an_hour_with_what_has_ended(django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    left = put("imports/left.csv")
    with time_machine.travel(LATER, tick=False), django_capture_on_commit_callbacks(execute=True):
        services.forget_ended(now=LATER)
    assert not default_storage.exists(left)


def test_a_storage_that_cannot_be_asked_keeps_no_rows(
    django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    client.force_login(UserFactory.create())
    ends = Browser.objects.get().expire_date + dt.timedelta(minutes=1)

    def gone(*_: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(FileSystemStorage, "listdir", gone)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget_ended(now=ends) == 1
    assert not Browser.objects.exists()
