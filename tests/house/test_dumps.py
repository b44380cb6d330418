"""A word in every confidential field there is, and dumps of the whole database: Django's own, and the database's."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import connection, models
from django.db.models import QuerySet

from participants.rotation import confidential_fields
from programs.models import Program
from sessions.models import Note
from tests.participants.test_rotate_keys import canary, texts
from tests.services import postgres_folders

__all__ = ["texts"]

Column = tuple[type[models.Model], str]
# Every text without a bound that is stored as it was written, and why it may be.
PLAIN = {
    "safeguarding.Wording.emergency": "the organisation's public words",
    "programs.Program.description": "public",
    "programs.Intake.orientation": "public",
    "participants.Browser.session_data": "of Django, signed, and in it the number of an account",
    "admin.LogEntry.object_id": "of Django's maintenance pages",
    "admin.LogEntry.change_message": "of Django's maintenance pages, which know no confidential table",
}


def written(model: type[models.Model], name: str) -> list[str]:
    return [text for text in QuerySet(model).values_list(name, flat=True) if text]


def encrypting() -> Iterator[Column]:
    """Every column that does not store a word as it is, whatever its class is called."""
    for model in apps.get_models(include_auto_created=True):
        for each in model._meta.local_fields:
            if isinstance(each, models.CharField | models.TextField) and "canary" not in str(
                each.get_prep_value("canary")
            ):
                yield model, each.name


def dumps() -> Iterator[str]:
    """What leaves the building as a dump: by Django, and by the database itself."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    yield out.getvalue()
    yield _of_postgresql() if connection.vendor == "postgresql" else _of_sqlite()


def _of_sqlite() -> str:
    connection.ensure_connection()
    raw = connection.connection
    assert isinstance(raw, sqlite3.Connection)
    return "\n".join(raw.iterdump())


def _of_postgresql() -> str:
    found = [folder / "pg_dump" for folder in postgres_folders() if (folder / "pg_dump").exists()]
    program = found[0] if found else Path(shutil.which("pg_dump") or "pg_dump")
    known = connection.get_connection_params()
    env = {"PGHOST": known["host"], "PGPORT": known["port"], "PGUSER": known["user"], "PGPASSWORD": known["password"]}
    told = {**os.environ, **{name: str(value) for name, value in env.items()}}
    command = [str(program), "--inserts", "--data-only", known["dbname"]]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=True).stdout


@pytest.mark.django_db(transaction=True)
def test_no_dump_has_a_word_of_any_confidential_field(texts: list[Column]) -> None:
    assert set(texts) == set(encrypting()) == {(model, field.name) for model, field in confidential_fields()}
    assert {f"{model._meta.label}.{name}": canary(model, name) in written(model, name) for model, name in texts} == {
        f"{model._meta.label}.{name}": True for model, name in texts
    }
    for dump in dumps():
        assert len(dump) > 5_000
        assert [(model, name) for model, name in texts if canary(model, name) in dump] == []
    # The same look finds a copy that nobody encrypted.
    plain = canary(Note, "body")
    Program.objects.update(description=plain)
    assert [plain in dump for dump in dumps()] == [True, True]


@pytest.mark.django_db
def test_what_django_dumped_it_loads_again_and_opens_nothing_else(
    texts: list[Column], tmp_path: Path, settings: Any
) -> None:
    file, body = tmp_path / "notes.json", canary(Note, "body")
    call_command("dumpdata", Note._meta.label, output=str(file))
    pasted = json.loads(file.read_text())[0]["fields"]["body"]
    Note.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    assert Note.objects.get().body == body
    # Somebody who writes the ciphertext of a dump into a note of their own reads it back as it is.
    Note.objects.update(body=pasted)
    assert Note.objects.get().body == pasted
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(DeserializationError):
        call_command("loaddata", str(file), verbosity=0)


@pytest.mark.pure
def test_a_text_without_a_bound_is_encrypted_or_says_why_not() -> None:
    confidential = {f"{model._meta.label}.{field.name}" for model, field in confidential_fields()}
    unbounded = {
        f"{model._meta.label}.{each.name}"
        for model in apps.get_models(include_auto_created=True)
        for each in model._meta.local_fields
        if isinstance(each, models.TextField)
    }
    assert unbounded - confidential == set(PLAIN)
