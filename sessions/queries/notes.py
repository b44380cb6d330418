"""The notes a person may read."""

from dataclasses import dataclass, field

from django.db.models import Q

from participants.models import User
from sessions.models import Note, Session


@dataclass(frozen=True)
class Notes:
    """The notes of one session that a person may read."""

    shared: Note | None = None
    private: Note | None = None
    theirs: list[Note] = field(default_factory=list)


def notes_of(session: Session, user: User) -> Notes:
    """What this person wrote about a session, and what the others share. Private notes of others are never loaded."""
    readable = Q(visibility=Note.Visibility.SHARED) | Q(author=user)
    found = list(Note.objects.filter(readable, session=session).select_related("author").order_by("created_at", "pk"))
    own = {note.visibility: note for note in found if note.author_id == user.pk}
    return Notes(
        shared=own.get(Note.Visibility.SHARED),
        private=own.get(Note.Visibility.PRIVATE),
        theirs=[note for note in found if note.author_id != user.pk],
    )
