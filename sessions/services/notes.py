"""Notes about a session: one shared and one private for each person. Only ciphertext reaches the database."""

from datetime import datetime

from django.db import transaction

from participants.models import User
from participants.services import record
from sessions.errors import NoteChanged, SessionError
from sessions.models import Note, Session
from sessions.services.guards import lock_session

LONGEST_NOTE = 5000


@transaction.atomic
def write_note(*, session: Session, by: User, visibility: str, body: str, version: int, now: datetime) -> Note | None:
    """Write one's own note, or with an empty body remove it.

    `version` is that of the text it was made from, 0 for none.
    The text that already stands changes nothing, whatever the version. Raises NoteChanged with what stands now if
    somebody's other window has changed it meanwhile; SessionError for a text of over 5,000 characters; NotInMatch,
    NotActive.
    """
    locked = lock_session(session, by)
    kind, text = Note.Visibility(visibility), body.strip()
    if len(text) > LONGEST_NOTE:
        raise SessionError(f"A note has at most {LONGEST_NOTE:,} characters.", field="body")
    note = Note.objects.select_for_update().filter(session=locked, author=by, visibility=kind).first()
    if (note.body if note else "") == text:
        return note
    if (note.version if note else 0) != version:
        raise NoteChanged(note.body if note else "", note.version if note else 0)
    # Without the program: its history is read by coordinators, who are not to know that there is a note.
    record(by=by, verb="note written" if text else "note removed", now=now, subject=locked)
    if not text:
        if note:
            note.delete()
        return None
    return store_note(note, session=locked, by=by, visibility=kind, body=text, now=now)


def store_note(
    note: Note | None, *, session: Session, by: User, visibility: Note.Visibility, body: str, now: datetime
) -> Note:
    """Save a text as the next version. Called with the session locked."""
    if len(body) > LONGEST_NOTE:
        raise SessionError(f"A note has at most {LONGEST_NOTE:,} characters.", field="note")
    if note is None:
        return Note.objects.create(
            session=session, author=by, visibility=visibility, body=body, created_at=now, updated_at=now
        )
    note.body, note.version, note.updated_at = body, note.version + 1, now
    note.save(update_fields=["body", "version", "updated_at"])
    return note
