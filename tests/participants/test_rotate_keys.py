"""A new key for everything confidential: afterwards the old one opens nothing that is needed."""

import io
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models import TextField, Value

from matching.models import Ending, EndingToCome, Match, Thanks
from participants import confidential, rotation
from participants.confidential import Unreadable, decrypt
from participants.models import SentForm
from participants.rotation import confidential_fields
from programs.models import Application, Enrolment, Exclusion, Role, Wishes
from safeguarding.models import Case, CaseNote, Opening
from sessions.models import (
    Agreement,
    Ask,
    AskFlag,
    AskReply,
    AskRoute,
    Goal,
    NextStep,
    Note,
    Preparation,
    Slot,
    SlotAsk,
)
from surveys.models import Answer, AnswerKey, Invitation, Question, Survey
from surveys.services import store_sent
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def canary(model: type[models.Model], name: str) -> str:
    return f"canary of {model.__name__} {name}"


@pytest.fixture
def texts(db: None, settings: Any) -> list[tuple[type[models.Model], str]]:
    """A row with a canary in every confidential field there is, under the old key."""
    settings.CONFIDENTIAL_KEYS = [OLD]
    mentee = EnrolmentFactory.create()
    track, user = mentee.track, mentee.user
    session = SessionFactory.create(match=make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), mentee))
    NoteFactory.create(session=session, author=user, body=canary(Note, "body"))
    Ending.objects.create(match=session.match, by=user, words=canary(Ending, "words"), at=NOW)
    Thanks.objects.create(match=session.match, author=user, words=canary(Thanks, "words"), at=NOW)
    EndingToCome.objects.create(
        match=session.match, by=user, words=canary(EndingToCome, "words"), at=NOW, due_at=NOW + timedelta(minutes=15)
    )
    GoalFactory.create(match=session.match, owner=user, text=canary(Goal, "text"))
    Application.objects.create(
        track=track, user=user, role=Role.MENTEE, started_at=NOW, reason=canary(Application, "reason")
    )
    Wishes.objects.create(enrolment=mentee, liked=canary(Wishes, "liked"), saved_at=NOW)
    Agreement.objects.create(
        match=session.match, version=1, body=canary(Agreement, "body"), ends_on=NOW.date(), created_at=NOW
    )
    Preparation.objects.create(match=session.match, author=user, body=canary(Preparation, "body"), updated_at=NOW)
    end = NOW + timedelta(hours=1)
    slot = Slot.objects.create(enrolment=mentee, starts_at=NOW, ends_at=end, zone="UTC", minutes=60, created_at=NOW)
    until = NOW + timedelta(days=5)
    SlotAsk.objects.create(
        slot=slot, asker=mentee, question=canary(SlotAsk, "question"), created_at=NOW, expires_at=until
    )
    NextStep.objects.create(match=session.match, owner=user, text=canary(NextStep, "text"), created_at=NOW)
    Exclusion.objects.create(
        program=track.program, people=canary(Exclusion, "people"), note=canary(Exclusion, "note"), at=NOW
    )
    survey = Survey.objects.create(program=track.program, kind="pulse", name="After a session", version=9, active=False)
    asked = Invitation.objects.create(
        survey=survey, user=user, created_at=NOW, closes_at=NOW + timedelta(days=9), answered_at=NOW
    )
    AnswerKey.objects.create(program=track.program, key=canary(AnswerKey, "key"))
    Answer.objects.create(
        response=store_sent([asked])[0],
        question=Question.objects.create(survey=survey, slug="words", text="Words", kind="text"),
        text=canary(Answer, "text"),
    )
    ask_a_network(mentee, EnrolmentFactory.create(track=track, role=Role.MENTOR))
    worry(session.match)
    SentForm.objects.create(owner="o", key="k", body="b", led_to=canary(SentForm, "led_to"), sent_at=NOW)
    return [(model, field.name) for model, field in confidential_fields()]


def ask_a_network(asker: Enrolment, helper: Enrolment) -> None:
    texts = {name: canary(Ask, name) for name in ("context", "question")}
    ask = Ask.objects.create(asker=asker, wanted=3, look_at=NOW, created_at=NOW, help="advice", **texts)
    route = AskRoute.objects.create(ask=ask, helper=helper, routed_at=NOW, answer_by=NOW + timedelta(days=2))
    texts = {name: canary(AskReply, name) for name in ("strength", "question", "suggestion")}
    reply = AskReply.objects.create(route=route, ask=ask, place=1, created_at=NOW, **texts)
    shown = canary(AskFlag, "shown")
    AskFlag.objects.create(ask=ask, reply=reply, by=asker.user, reason="noise", shown=shown, created_at=NOW)


def worry(match: Match) -> None:
    texts = {name: canary(Case, name) for name in ("concerned", "text", "contact")}
    case = Case.objects.create(number="AB12-CD34", key=uuid4(), match=match, reported_at=NOW, **texts)
    CaseNote.objects.create(case=case, body=canary(CaseNote, "body"), at=NOW)
    words = {name: canary(Opening, name) for name in ("reason", "delay_reason")}
    Opening.objects.create(case=case, match=match, opened_at=NOW, tell_at=NOW + timedelta(hours=72), **words)


def stored(model: type[models.Model], name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {model._meta.db_table} WHERE {name} <> ''")  # noqa: S608  names of models
        return [row[0] for row in cursor.fetchall()]


def run(*arguments: str) -> dict[str, dict[str, Any]]:
    out = io.StringIO()
    call_command("rotate_keys", "--json", *arguments, stdout=out)
    return {each.pop("name"): each for each in json.loads(out.getvalue())["fields"]}


def test_afterwards_the_old_key_can_be_removed(texts: Any, settings: Any) -> None:
    settings.CONFIDENTIAL_KEYS = [NEW, OLD]
    counts = run()
    assert counts == {
        f"{model._meta.label}.{name}": {"renewed": 1, "already": 0, "unreadable": []} for model, name in texts
    }
    assert len(counts) == len(texts) >= 10
    settings.CONFIDENTIAL_KEYS = [NEW]
    for model, name in texts:
        assert list(model._default_manager.values_list(name, flat=True)) == [canary(model, name)]
        assert "canary" not in str(stored(model, name))
    settings.CONFIDENTIAL_KEYS = [OLD]
    for model, name in texts:
        with pytest.raises(Unreadable):
            decrypt(stored(model, name)[0])


def test_without_it_the_old_key_cannot_be_removed(texts: Any, settings: Any) -> None:
    settings.CONFIDENTIAL_KEYS = [NEW]
    for model, name in texts:
        with pytest.raises(Unreadable):
            list(model._default_manager.values_list(name, flat=True))


def test_a_second_run_writes_nothing(texts: Any, settings: Any) -> None:
    settings.CONFIDENTIAL_KEYS = [NEW, OLD]
    run()
    before = [stored(*text) for text in texts]
    assert {(count["renewed"], count["already"]) for count in run().values()} == {(0, 1)}
    assert [stored(*text) for text in texts] == before


def test_a_run_that_was_stopped_goes_on(texts: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Goal.objects.get()
    for number in range(6):
        GoalFactory.create(match=first.match, owner_id=first.owner_id, text=f"goal {number}")
    settings.CONFIDENTIAL_KEYS = [NEW, OLD]
    left = iter([None] * 4)

    def stops(token: str) -> str | None:
        next(left)
        return confidential.renewed(token)

    goals = Goal._meta.get_field("text")
    monkeypatch.setattr(rotation, "renewed", stops)
    with pytest.raises(StopIteration):
        rotation.rotate(Goal, goals, batch=3)
    monkeypatch.undo()
    # A batch is whole or not at all.
    count = rotation.rotate(Goal, goals, batch=3)
    assert (count.renewed, count.already) == (4, 3)
    settings.CONFIDENTIAL_KEYS = [NEW]
    assert sorted(Goal.objects.values_list("text", flat=True))[-6:] == [f"goal {number}" for number in range(6)]


def test_a_text_that_no_key_opens_is_named_and_left(texts: Any, settings: Any) -> None:
    lost = Fernet(Fernet.generate_key()).encrypt(b"lost").decode()
    pk = Note.objects.get().pk
    Note.objects.filter(pk=pk).update(body=Value(lost, output_field=TextField()))
    settings.CONFIDENTIAL_KEYS = [NEW, OLD]
    out = io.StringIO()
    with pytest.raises(CommandError, match="Keep every key") as refused:
        call_command("rotate_keys", stdout=out)
    assert refused.value.returncode == 2
    assert (
        f"Note.body: 0 encrypted anew, 0 already under the newest key, 1 that no key opens (rows {pk})"
        in out.getvalue()
    )
    assert "surveys.Answer.text: 1 encrypted anew, 0 already under the newest key\n" in out.getvalue()
    assert stored(Note, "body") == [lost]


def test_a_batch_has_rows(db: None) -> None:
    with pytest.raises(CommandError, match="from 1"):
        run("--batch", "0")


# --- starting without keys ----------------------------------------------------------------
def started(root: Path, folder: Path, **env: str) -> tuple[int, str]:
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "SITE_URL": "https://mentoring.example.org", **env}
    command = [sys.executable, "-c", "import mentorship.wsgi"]
    done = subprocess.run(
        command, env={**env, "PYTHONPATH": str(root)}, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("", "CONFIDENTIAL_KEYS is not set"),
        (" , ", "CONFIDENTIAL_KEYS holds no key"),
        ("hunter2", "Key 1 in CONFIDENTIAL_KEYS is not 32 bytes in URL-safe base64"),
        (f"{NEW},hunter2", "Key 2 in CONFIDENTIAL_KEYS is not 32 bytes in URL-safe base64"),
    ],
    ids=["none", "blank", "one that is none", "a second that is none"],  # a key of its own in each process is no name
)
def test_a_site_without_usable_keys_does_not_start(root: Path, tmp_path: Path, keys: str, message: str) -> None:
    status, said = started(root, tmp_path, SECRET_KEY="x" * 60, CONFIDENTIAL_KEYS=keys)
    assert status == 1
    assert f"ImproperlyConfigured: {message}" in said
    assert "hunter2" not in said
    assert not (tmp_path / "confidential_keys").exists()


def test_a_site_with_its_keys_does(root: Path, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()  # whitenoise warns where there is none
    status, said = started(root, tmp_path, SECRET_KEY="x" * 60, CONFIDENTIAL_KEYS=f"{NEW}, {OLD}")
    assert (status, said) == (0, "")
