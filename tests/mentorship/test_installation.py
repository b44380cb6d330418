"""A whole installation in one file: what comes out of it in an empty one is what went in, and sends nothing."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core import mail as outgoing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from mail.services import drain
from mentorship.installation import tables
from mentorship.installation.numbers import last_numbers
from mentorship.installation.tables import kept, write_table
from participants import audit, confidential
from participants.models import AuditEntry, DataExport, User
from participants.services import record, send_sign_in_link
from programs.models import Import
from reports.models import ExportLog
from sessions.models import Note
from tests.factories.participants import UserFactory
from tests.factories.sessions import GoalFactory, SessionFactory
from tests.people import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2027, 3, 1, 2, 30, 0, 123456, tzinfo=dt.UTC)
SECRET = "only two people read this"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def file(tmp_path, time_machine) -> Path:
    """Of an installation with something of everything that is stored in a way of its own, which is then lost."""
    time_machine.move_to(NOW)
    cast = make_cast()
    session = SessionFactory.create(match=cast.match, starts_at=NOW)
    Note.objects.create(
        session=session, author=cast.mia, visibility="private", body=SECRET, created_at=NOW, updated_at=NOW
    )
    GoalFactory.create(match=cast.match, owner=cast.mia)
    cast.ada.user_permissions.add(*_some_permissions())
    for name in ("Zo\u00eb \U0001f4a9", '"=1,\n', ""):
        record(verb="made", by=UserFactory.create(first_name=name), now=NOW, text="a\\nb", number=0.1, whole=2.0)
    UserFactory.create().delete()  # its number must not be given again
    name = default_storage.save("imports/a.csv", ContentFile(b"email\n" * 1_000))
    Import.objects.create(track=cast.track, role="mentee", filename="a.csv", file=name, sha256="0", created_at=NOW)
    DataExport.objects.create(user=cast.mia, asked_at=NOW)
    send_sign_in_link(email=cast.mia.email, now=NOW)
    path = tmp_path / "all.zip"
    call_command("export_installation", path)
    return path


def _some_permissions() -> list[int]:
    from django.contrib.auth.models import Permission

    return list(Permission.objects.order_by("-pk").values_list("pk", flat=True)[:2])


def lose_everything() -> None:
    call_command("flush", interactive=False, verbosity=0)
    for name in default_storage.listdir("imports")[1]:
        default_storage.delete(f"imports/{name}")


def everything() -> dict[str, tables.Count]:
    return {model._meta.label: write_table(model) for model in kept()}


def test_what_comes_out_is_what_went_in_and_waits_with_its_mail(file, monkeypatch, time_machine):
    # Rows in pieces, as of a large table.
    monkeypatch.setattr("mentorship.installation.loading.AT_ONCE", 3)
    before, numbers = everything(), last_numbers()
    assert ExportLog.objects.get().what == "installation"
    lose_everything()
    call_command("import_installation", file)
    after = everything()
    # That it was loaded is written down, and but for mail on hold nothing else is different.
    different = {label for label, count in before.items() if after[label] != count}
    assert different - {"mail.Message"} == {"participants.AuditEntry", "participants.AuditLink"}
    assert {label: count.rows for label, count in after.items()} == {
        label: count.rows + (label.startswith("participants.Audit")) for label, count in before.items()
    }
    assert AuditEntry.objects.latest("pk").verb == "installation loaded"
    assert audit.verify().problem == ""
    grown = {label for label, number in last_numbers().items() if number != numbers.get(label)}
    assert grown == {"participants.AuditEntry"}
    assert UserFactory.create().pk == numbers["participants.User"] + 1
    assert Note.objects.get().body == SECRET
    with default_storage.open("imports/a.csv") as upload:
        assert upload.read() == b"email\n" * 1_000
    assert not DataExport.objects.exists()
    assert User.objects.get(first_name="Ada").user_permissions.count() == 2
    later = NOW + dt.timedelta(minutes=2)
    time_machine.move_to(later)
    drain(clock=lambda: later)
    assert outgoing.outbox == []
    call_command("after_restore", "--release")
    drain(clock=lambda: later)
    assert [message.to for message in outgoing.outbox] == [["mia@example.org"]]


def refusal(file: Path) -> str:
    """Why it is not loaded, with nothing changed."""
    before = everything()
    with pytest.raises(CommandError) as refused:
        call_command("import_installation", file)
    assert everything() == before
    return str(refused.value)


def changed(file: Path, name: str, old: bytes, new: bytes) -> Path:
    """A copy of the file with something else in one of its members."""
    path = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(path, "w") as copy:
        for each in archive.namelist():
            content = archive.read(each)
            assert each != name or old in content
            copy.writestr(each, content.replace(old, new, 1) if each == name else content)
    return path


DAMAGES = [
    ("manifest.json", b'"participants.0001_models"', b'"participants.0099_later"', "another version"),
    ("manifest.json", b'"format": 1', b'"format": 2', "another version"),
    ("tables/participants.User.jsonl", b"mia@example.org", b"eve@example.org", "is not what the file says"),
    ("tables/participants.User.jsonl", b"[", b"{", "damaged"),
    ("tables/mentoring_sessions.Note.jsonl", b"gAAAA", b"gAAAB", "opens with none of the keys"),
]


def test_what_does_not_fit_is_refused_and_changes_nothing(file, tmp_path, settings):
    assert "something here already" in refusal(file)
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_installation", file)
    lose_everything()
    for name, old, new, why in DAMAGES:
        assert why in refusal(changed(file, name, old, new)), name
    assert default_storage.listdir("imports")[1] == []
    other = tmp_path / "other.zip"
    other.write_bytes(b"PK")
    assert "damaged" in refusal(other)
    assert "No such file" in refusal(tmp_path / "nothing.zip")
    known = settings.CONFIDENTIAL_KEYS
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert "CONFIDENTIAL_KEYS" in refusal(file)
    # With a newer key in front, which has encrypted nothing yet.
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode(), *known]
    call_command("import_installation", file)
    assert Note.objects.get().body == SECRET


def test_no_confidential_text_is_readable_in_the_file(file):
    with zipfile.ZipFile(file) as archive:
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())
        token = archive.read("tables/mentoring_sessions.Note.jsonl").decode()
    assert any(confidential.decrypt(each) == SECRET for each in token.split('"') if each.startswith("gAAAA"))
    assert file.stat().st_mode & 0o077 == 0
    labels = {model._meta.label for model in kept()}
    assert tables.LEFT_OUT.isdisjoint(labels)
    assert set(tables.MADE_BY_ITSELF) <= labels
