import pytest
from django.db import IntegrityError, connection, transaction

from participants.models import AuditEntry
from sessions import services
from sessions.errors import NotActive, NoteChanged, NotInMatch, SessionError
from sessions.models import Note
from sessions.queries import notes_of
from tests.factories.programs import NOW
from tests.factories.sessions import NoteFactory, SessionFactory

CANARY = "canary-blue-heron"


@pytest.fixture
def session(cast):
    return SessionFactory.create(match=cast.match)


def write(session, by, **changes):
    facts = {"visibility": "shared", "body": CANARY, "version": 0, "now": NOW}
    return services.write_note(session=session, by=by, **{**facts, **changes})


def stored(column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM mentoring_sessions_note")  # noqa: S608 - a constant of this test
        return [row[0] for row in cursor.fetchall()]


def test_only_ciphertext_reaches_the_database(cast, session):
    write(session, cast.bob)
    (body,) = stored("body")
    assert CANARY not in body
    assert body.startswith("gAAAA")
    assert Note.objects.get().body == CANARY


def test_the_record_never_quotes(cast, session):
    write(session, cast.bob)
    entry = AuditEntry.objects.get(verb="note written")
    assert (entry.detail, entry.subject_id) == ({}, session.pk)


def test_a_note_is_written_changed_and_removed(cast, session):
    assert write(session, cast.bob).version == 1
    assert write(session, cast.bob, body="Second", version=1).version == 2
    assert write(session, cast.bob, body="  ", version=2) is None
    assert Note.objects.count() == 0


def test_the_same_text_twice_changes_nothing(cast, session):
    write(session, cast.bob)
    assert write(session, cast.bob).version == 1


def test_a_change_made_elsewhere_is_shown_and_not_overwritten(cast, session):
    write(session, cast.bob, body="First")
    write(session, cast.bob, body="From the other window", version=1)
    with pytest.raises(NoteChanged) as caught:
        write(session, cast.bob, body="From this window", version=1)
    assert (caught.value.stored, caught.value.version) == ("From the other window", 2)
    assert Note.objects.get().body == "From the other window"


def test_each_writes_their_own(cast, session):
    write(session, cast.bob, body="Bob's")
    write(session, cast.mia, body="Mia's")
    write(session, cast.mia, body="Mia's own", visibility="private")
    assert {(note.author, note.visibility, note.body) for note in Note.objects.all()} == {
        (cast.bob, "shared", "Bob's"),
        (cast.mia, "shared", "Mia's"),
        (cast.mia, "private", "Mia's own"),
    }


def test_private_notes_are_their_authors_alone(cast, session):
    write(session, cast.mia, visibility="private")
    assert notes_of(session, cast.bob).theirs == []
    assert notes_of(session, cast.mia).private.body == CANARY


@pytest.mark.parametrize("who", ["charlie", "paul", "alice", "dora", "ada", "sally"])
def test_only_the_people_of_the_match_write(cast, session, who):
    with pytest.raises(NotInMatch):
        write(session, getattr(cast, who))


def test_nothing_is_added_to_a_match_that_is_over(cast, session):
    cast.match.state, cast.match.ended_at = "ended", NOW
    cast.match.save()
    with pytest.raises(NotActive):
        write(session, cast.bob)


def test_a_note_has_an_end(cast, session):
    with pytest.raises(SessionError) as caught:
        write(session, cast.bob, body="x" * 5001)
    assert caught.value.field == "body"


@pytest.mark.parametrize("broken", [{"visibility": "public"}, {"visibility": "shared"}])
def test_the_database_holds_one_note_of_a_known_kind_each(cast, session, broken):
    NoteFactory.create(session=session, author=cast.bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoteFactory.create(session=session, author=cast.bob, **broken)
