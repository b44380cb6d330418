"""The drill: a backup is made, everything is lost, and what comes back is what was there and sends nothing."""

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core import mail as outgoing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from mail.models import Message
from mentorship.backups import restoring, uploads
from mentorship.backups.database import migrations
from mentorship.backups.here import database
from mentorship.backups.making import forget
from participants import audit
from participants.models import AuditEntry, User
from participants.services import record, send_sign_in_link
from sessions.models import Note
from tests.factories.participants import UserFactory
from tests.factories.sessions import SessionFactory
from tests.people import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2027, 3, 1, 2, 30, tzinfo=dt.UTC)
SECRET = "a backup shows this to nobody"


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.BACKUP_KEY = Fernet.generate_key().decode()
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def bucket(settings, tmp_path) -> None:
    """Uploads lie in a store that has no paths."""
    options = {"name": str(tmp_path / "bucket")}
    (tmp_path / "bucket").mkdir()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.bucket.Bucket", "OPTIONS": options}}


@pytest.fixture
def ann() -> User:
    """An installation with something of everything that is stored in a way of its own; she has a message waiting."""
    cast = make_cast()
    session = SessionFactory.create(match=cast.match)
    Note.objects.create(
        session=session, author=cast.mia, visibility="private", body=SECRET, created_at=NOW, updated_at=NOW
    )
    for name in ("Zo\u00eb \U0001f4a9", "\\N\t'\"\n\\.", ""):
        user = UserFactory.create(first_name=name)
        record(verb="made", by=user, now=NOW, text="a\\nb", number=0.1)
    UserFactory.create().delete()  # its number must not be given again
    default_storage.save("imports/a.csv", ContentFile(b"email\n" * 1_000))
    default_storage.save("own-data/deep/er.zip", ContentFile(b""))
    client = Client()
    client.force_login(cast.ada)
    send_sign_in_link(email=cast.mia.email, now=timezone.now() - dt.timedelta(minutes=1))
    return cast.mia


def lose_everything() -> None:
    call_command("flush", interactive=False, verbosity=0)
    for name in list(uploads.names()):
        default_storage.delete(name)
    assert not User.objects.exists()


def run(name: str, *arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def backed_up(folder: Path) -> Path:
    run("backup", folder)
    (path,) = folder.iterdir()
    return path


def without_mail(counts: dict) -> dict:
    return {name: count for name, count in counts.items() if not name.startswith("mail_")}


def refusal(*arguments: object) -> str:
    with pytest.raises(CommandError) as refused:
        run("restore", *arguments)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_the_drill(bucket, ann, folder):
    before, anchor = database().counts(), audit.verify().holds_to
    highest = User.objects.latest("pk").pk
    path = backed_up(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    assert not [word for word in (SECRET, ann.email, "imports/a.csv", "CREATE TABLE") if word.encode() in content]
    lose_everything()

    said = run("restore", path)

    assert said.startswith("Restored: ")
    assert "No mail leaves until you run: manage.py after_restore --discard" in said
    assert without_mail(database().counts()) == without_mail(before)
    assert (before["participants_user"].rows, before["mentoring_sessions_note"].rows) == (15, 1)
    assert Note.objects.get().body == SECRET
    assert User.objects.filter(first_name="\\N\t'\"\n\\.").count() == 1
    assert audit.verify([anchor]).problem == ""
    with default_storage.open("imports/a.csv") as file:
        assert file.read() == b"email\n" * 1_000
    assert sorted(uploads.names()) == ["imports/a.csv", "own-data/deep/er.zip"]
    # Nobody is signed in, numbers go on where they were, and what is append-only is so again.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM participants_browser")
        assert cursor.fetchone() == (0,)
    assert UserFactory.create().pk == highest + 2
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(verb="another")


def test_nothing_is_sent_until_it_is_released(ann, folder):
    path = backed_up(folder)
    lose_everything()
    run("restore", path)
    send_sign_in_link(email="bob@example.org", now=timezone.now() - dt.timedelta(seconds=1))
    run("drain_mail")
    assert outgoing.outbox == []
    run("after_restore", "--release")
    run("drain_mail")
    assert sorted(message.to[0] for message in outgoing.outbox) == ["bob@example.org", ann.email]
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_the_same_without_a_restore_is_sent(ann):
    """The control of the test above."""
    run("drain_mail")
    assert [message.to for message in outgoing.outbox] == [[ann.email]]


def test_what_is_there_is_replaced_only_where_that_was_said(ann, folder):
    path = backed_up(folder)
    before = database().counts()
    later = UserFactory.create()
    default_storage.save("imports/later.csv", ContentFile(b"x"))
    default_storage.delete("imports/a.csv")
    assert "There is something here already" in refusal(path)
    assert User.objects.filter(pk=later.pk).exists()
    run("restore", path, "--replace")
    assert without_mail(database().counts()) == without_mail(before)
    assert sorted(uploads.names()) == ["imports/a.csv", "own-data/deep/er.zip"]


def test_an_upload_alone_is_something_too(ann, folder):
    path = backed_up(folder)
    lose_everything()
    default_storage.save("imports/a.csv", ContentFile(b"another"))
    assert "uploads/imports/a.csv" in refusal(path)


def test_a_backup_that_is_not_as_it_was_written_changes_nothing(ann, folder):
    path = backed_up(folder)
    lose_everything()
    content = path.read_bytes()
    for wrong, words in (
        (content[:-1], "The end of this backup is missing"),
        (content[:5_000] + bytes([content[5_000] ^ 1]) + content[5_001:], "changed"),
        (b"x" * 5_000, "not a backup"),
    ):
        path.write_bytes(wrong)
        assert words in refusal(path, "--replace")
        assert words in refusal(path, "--check")
    path.write_bytes(content)
    assert run("restore", path, "--check").startswith("Whole: ")
    assert not User.objects.exists()
    assert list(uploads.names()) == []


def test_tables_that_came_back_different_are_not_kept(ann, folder, monkeypatch):
    path = backed_up(folder)
    lose_everything()
    here = type(database())
    honest = here.taking_in

    @contextmanager
    def changing_one(self, **options) -> Iterator:
        with honest(self, **options) as take:

            def taken(name, rows):
                take(name, rows)
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE participants_user SET first_name = 'somebody' WHERE first_name = ''")

            yield taken

    monkeypatch.setattr(here, "taking_in", changing_one)
    assert "not what was kept, in participants_user" in refusal(path)
    assert not User.objects.exists()
    assert list(uploads.names()) == []


def test_a_backup_of_another_version_names_what_differs(ann, folder, monkeypatch):
    path = backed_up(folder)
    lose_everything()
    here = migrations()
    monkeypatch.setattr(restoring, "migrations", lambda: [*here, "sessions.9999_tomorrow"])
    assert "another version of this software" in refusal(path)
    assert "sessions.9999_tomorrow" in refusal(path)


def test_who_lacks_the_key_of_the_notes_is_told(ann, folder, settings):
    path = backed_up(folder)
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert "a key that is not among CONFIDENTIAL_KEYS" in run("restore", path, "--check")
    settings.BACKUP_KEY = Fernet.generate_key().decode()
    assert "made with another key" in refusal(path)


@pytest.mark.parametrize("key", ["", "short", "x" * 43 + "\u00e9", "same"])
def test_without_a_key_of_its_own_nothing_is_written(folder, settings, key):
    settings.BACKUP_KEY = settings.CONFIDENTIAL_KEYS[0] if key == "same" else key
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        run("backup", folder)
    assert not folder.exists()


def test_a_backup_that_breaks_off_leaves_none(ann, folder, monkeypatch):
    def full(self, size=-1):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mentorship.backups.archive.Hashing.read", full)
    with pytest.raises(CommandError, match="No space left"):
        run("backup", folder)
    assert list(folder.iterdir()) == []


@pytest.mark.pure
def test_old_backups_go_and_the_newest_stays(tmp_path):
    def made(days: int, suffix: str = "") -> str:
        name = f"mentorship-{NOW - dt.timedelta(days=days):%Y%m%dT%H%M%SZ}.backup{suffix}"
        (tmp_path / name).touch()
        return name

    old, broken, kept = made(36), made(50, ".part"), made(34)
    (tmp_path / "mentorship-notes.txt").touch()
    assert {path.name for path in forget(tmp_path, days=35, now=NOW)} == {old, broken}
    assert {path.name for path in tmp_path.iterdir()} == {kept, "mentorship-notes.txt"}
    assert forget(tmp_path, days=1, now=NOW) == []  # the newest, however old


def test_a_store_that_does_not_answer_is_named_and_nothing_is_left(ann, folder, monkeypatch):
    class NoSuchBucket(Exception):
        """A store's own: none of Python's."""

    def fails(*_: object) -> None:
        raise NoSuchBucket("The specified bucket does not exist")

    path = backed_up(folder)
    monkeypatch.setattr(default_storage, "listdir", fails)
    with pytest.raises(CommandError, match=r"STORAGE_OPTIONS.*NoSuchBucket: The specified bucket does not exist"):
        run("backup", folder / "another")
    assert list((folder / "another").iterdir()) == []
    assert "NoSuchBucket" in refusal(path, "--replace")
    assert User.objects.filter(pk=ann.pk).exists()
