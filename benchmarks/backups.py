"""How long a backup and its restore take: 10,000 people, 60,000 sessions and notes, 60,000 messages, 50 MB of uploads.

    ./run python benchmarks/backups.py              on a PostgreSQL of its own
    ./run python benchmarks/backups.py --sqlite

Prints what it measured; ends with status 1 if a count or a checksum differs afterwards.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import contextlib
import datetime as dt
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PEOPLE, SESSIONS, MESSAGES, UPLOADS = 10_000, 60_000, 60_000, 50


def fill() -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from mail.models import Message
    from participants.models import User
    from sessions.models import Note, Session
    from tests.factories.programs import NOW
    from tests.factories.sessions import SessionFactory
    from tests.people import make_cast

    cast = make_cast()
    User.objects.bulk_create(
        [User(email=f"p{n}@example.org", first_name=f"Person {n}", password="!" + "x" * 40) for n in range(PEOPLE)],
        batch_size=2_000,
    )
    day = dt.timedelta(days=1)
    drafts = [SessionFactory.build(match=cast.match, starts_at=NOW + day * n) for n in range(SESSIONS)]
    made = Session.objects.bulk_create(drafts, batch_size=2_000)
    Note.objects.bulk_create(
        [
            Note(
                session=one, author=cast.mia, visibility="private", body="A note. " * 40, created_at=NOW, updated_at=NOW
            )
            for one in made
        ],
        batch_size=2_000,
    )
    Message.objects.bulk_create(
        [
            Message(
                kind="hello",
                subject_type="nothing",
                subject_id=n,
                recipient=cast.mia,
                not_before=NOW,
                expires_at=NOW + day,
                message_id=f"<{n}@x>",
                created_at=NOW,
            )
            for n in range(MESSAGES)
        ],
        batch_size=2_000,
    )
    for n in range(UPLOADS):
        default_storage.save(f"imports/{n}.csv", ContentFile(secrets.token_bytes(1_000_000)))


def measured(what: str, work: object) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    work()  # type: ignore[operator]
    print(f"{what}: {time.perf_counter() - begun:.1f} s, {time.process_time() - cpu:.1f} s of CPU of this process")


def main(folder: Path) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    from mentorship.backups.here import database

    call_command("migrate", verbosity=0)
    fill()
    before = {name: count for name, count in database().counts().items() if not name.startswith("mail_")}
    measured("backup", lambda: call_command("backup", folder / "backups"))
    (path,) = (folder / "backups").iterdir()
    measured("check", lambda: call_command("restore", path, only_check=True))
    measured("restore", lambda: call_command("restore", path, replace=True))
    after = {name: count for name, count in database().counts().items() if not name.startswith("mail_")}
    rows = sum(count.rows for count in after.values())
    print(f"{path.stat().st_size / 1e6:.0f} MB; {rows} rows outside the mail compared")
    print("equal" if before == after else "DIFFERENT")
    return before != after


if __name__ == "__main__":
    from tests.services import postgres

    with contextlib.ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{var / 'db.sqlite3'}" if "--sqlite" in sys.argv else stack.enter_context(postgres())
        os.environ.update(DATABASE_URL=url, VAR_DIR=str(var), SITE_URL="http://localhost", REDIS_URL="")
        os.environ.update(BACKUP_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", EMAIL_URL="")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
        sys.exit(main(var))
