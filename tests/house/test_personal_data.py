"""Nobody's data is forgotten: every column declared, the file of own data holds one's own and no more, and erasing
leaves nothing in the database, the files or the outbox."""

import datetime as dt
import io
import json
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from mail.models import MailPreference, Message
from mail.services import enqueue
from mentorship.own_data.archive import own_data
from mentorship.own_data.table import markdown
from participants import hooks
from participants.confidential import ConfidentialTextField
from participants.models import Browser, DataExport, User
from participants.personal_data import REMOVED, Declared, declare
from participants.services import CannotErase, erase
from programs.models import Enrolment, Exclusion, Import, LineManager, Program
from programs.services import importing
from sessions.models import Goal, Note
from surveys.models import Response
from tests.house.world import World
from tests.house.world_place import CANARIES, LATER

APPS = ("participants", "programs", "matching", "sessions", "surveys", "safeguarding", "reports")
OURS = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
# In every field of the person who is erased, in this case and in others.
CANARY = "canaryerasedperson"


def everything_declared() -> Declared:
    found: Declared = {}
    for app in APPS:
        found |= import_module(f"{app}.personal").DECLARED
    return found


def columns() -> dict[str, set[str]]:
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {m._meta.label: {f.name for f in (*m._meta.local_fields, *m._meta.local_many_to_many)} for m in models}


@pytest.mark.pure
def test_every_column_is_declared_and_nothing_else_is():
    declared = {table: set(fates) for table, fates in everything_declared().items()}
    there = columns()
    assert set(declared) == set(there)
    assert {table: declared[table] ^ names for table, names in there.items() if declared[table] != names} == {}


@pytest.mark.pure
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("private, erase", "name"),
        ("personal", "name"),
        ("personal, export", "name"),
        ("personal, erase, keep: both", "name"),
        ("personal, keep:", "name"),
        ("personal, erase, hide", "name"),
        ("none", "name name"),
    ],
)
def test_a_declaration_that_says_nothing_is_refused(words, names):
    with pytest.raises(ValueError, match=r"declared|erased"):
        declare({"app.Table": {words: names}})


@pytest.mark.pure
def test_what_is_handed_out_is_in_the_file():
    """A table with a column that is declared as exported has its list in the file of own data."""
    listed = {part.rows(User(pk=0)).model._meta.label for part in hooks.parts}
    wanted = {table for table, fates in everything_declared().items() if any(fate.exported for fate in fates.values())}
    assert wanted - listed == set()


@pytest.mark.pure
def test_the_table_in_the_guide_is_that_of_the_code(root):
    assert (root / "docs" / "personal-data.md").read_text(encoding="utf-8") == markdown()


def lists_of(user: User) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(io.BytesIO(own_data(user, organisation="Example", moment="now"))) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}


def words_in(user: User) -> set[str]:
    text = json.dumps(lists_of(user), ensure_ascii=False)
    return {name for name, word in CANARIES.items() if word in text}


OF_THE_MENTEE = {
    "place",
    "note for the pair, of the mentor",
    "note for the pair, of the mentee",
    "own note of the mentee",
    "goal of the mentee",
    "agreement",
    "next step",
    "context of an ask",
    "question of an ask",
    "reply to an ask",
    "words in a check-in",
    "words in a survey that is not sent",
    "answer that is not shared",
    "to whom the mentee reports",
    "whom the mentee must not meet",
    "why the mentee ended a match",
    "why the mentee is ending one",
    "thanks of the mentor",
    "thanks of the mentee",
}


WRITTEN_BY_THE_MENTEE = (
    OF_THE_MENTEE
    - {"note for the pair, of the mentor", "thanks of the mentor", "answer that is not shared"}
    - {"place", "agreement", "reply to an ask"}
)


def test_the_file_holds_ones_own_and_what_is_shared_and_nothing_of_others(world: World):
    seen = words_in(world.here.mentee)
    assert seen == OF_THE_MENTEE
    others = words_in(world.here.mentor)
    assert "own note of the mentee" not in others
    assert {"own note of the mentor", "note for the pair, of the mentee", "note for the pair, of the mentor"} <= others
    assert others & {"whom the mentee must not meet", "to whom the mentee reports", "words in a check-in"} == set()
    assert words_in(world.cast.paul) - {"answer that is not shared"} == set()


def test_no_score_is_in_the_file(world: World):
    lists = lists_of(world.here.mentee)
    assert len(lists["matches"]) > 0
    assert {key for row in lists["matches"] for key in row} & {"score", "shares", "points"} == set()


def test_the_csv_keeps_a_spreadsheet_from_running_a_name(world: World):
    User.objects.filter(pk=world.here.mentee.pk).update(first_name="=1+1")
    with zipfile.ZipFile(
        io.BytesIO(own_data(User.objects.get(pk=world.here.mentee.pk), organisation="E", moment=""))
    ) as z:
        assert "'=1+1" in z.read("account.csv").decode()


def everything() -> str:
    """Every row of every table with confidential texts opened, every file, every mail that waits."""
    rows = [row for model in apps.get_models(include_auto_created=True) for row in model._default_manager.all()]
    dump = serializers.serialize("json", rows, ensure_ascii=False)
    # Which writes confidential texts as they are stored.
    opened = [str(getattr(row, field.name)) for row in rows for field in _confidential(row)]
    browsers = [json.dumps(each.get_decoded()) for each in Browser.objects.all()]
    media = Path(settings.MEDIA_ROOT)
    files = [path.read_bytes().decode(errors="replace") for path in media.rglob("*") if path.is_file()]
    return "\n".join([dump, *opened, *browsers, *files]).lower()


def _confidential(row: Model) -> list[ConfidentialTextField]:
    return [field for field in row._meta.local_fields if isinstance(field, ConfidentialTextField)]


@pytest.fixture
def canary(world: World) -> tuple[World, User]:
    """The mentee of the world with the canary in name and address, and in everything that they can write."""
    user = world.here.mentee
    address = f"{CANARY}@example.org"
    User.objects.filter(pk=user.pk).update(first_name=CANARY.title(), last_name=f"Of{CANARY}", email=address)
    user.refresh_from_db()
    _spread(world, user)
    return world, user


def _spread(world: World, user: User) -> None:
    colleague = world.here.mentor
    Enrolment.objects.filter(user=user).update(answers={"grade": "Junior", "about": CANARY})
    LineManager.objects.update_or_create(user=colleague, defaults={"email": user.email})
    Exclusion.objects.create(
        program=world.here.program, owner=world.cast.paul, people=json.dumps(["u1", user.email]), at=LATER
    )
    Program.objects.filter(pk=world.here.program.pk).update(contact_name=CANARY, contact_email=user.email)
    MailPreference.objects.create(user=user, program_id=world.here.program.pk, kind_group="surveys")
    Message.objects.filter(recipient=user).update(last_error=f"550 <{user.email}> unknown")
    data = f"email,first name\n{user.email},{CANARY}\nz@x.org,Zed\n".encode()
    importing.start_import(
        track=world.here.match.track, role="mentee", data=data, filename="again.csv", by=None, now=LATER
    )
    enqueue(
        kind="sign_in",
        subject_type="participants.user",
        subject_id=user.pk,
        recipient=user,
        not_before=LATER,
        expires_at=LATER + dt.timedelta(hours=1),
        now=LATER,
    )
    other = DataExport(user=colleague, asked_at=LATER, ready_at=LATER, expires_at=LATER + dt.timedelta(days=7))
    other.file.save("colleague.zip", ContentFile(CANARY.encode()), save=False)
    other.state = DataExport.State.READY
    other.save()


def test_erasing_leaves_nothing_of_a_person_and_all_of_the_others(canary, django_capture_on_commit_callbacks):
    world, user = canary
    own = {CANARY, *(CANARIES[word] for word in WRITTEN_BY_THE_MENTEE)}
    before = everything()
    assert {word for word in own if word not in before} == set()
    theirs = list(Note.objects.filter(author=world.here.mentor).order_by("pk").values_list("body", flat=True))
    counted = Response.objects.filter(submitted_at__isnull=False).count()
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=user, by=user, now=LATER)
    after = everything()
    assert {word for word in own if word in after} == set()
    assert list(Note.objects.filter(author=world.here.mentor).order_by("pk").values_list("body", flat=True)) == theirs
    assert Response.objects.filter(submitted_at__isnull=False).count() == counted
    gone = User.objects.get(pk=user.pk)
    assert (gone.name, gone.is_active, gone.has_usable_password()) == ("Former participant", False, False)
    assert set(Note.objects.filter(author=user).values_list("visibility", "body")) == {("shared", REMOVED)}
    assert set(Goal.objects.filter(owner=user).values_list("text", flat=True)) == {REMOVED}
    waiting = Message.objects.filter(recipient=user, state__in=["pending", "sending", "held"], expires_at__gt=LATER)
    assert not waiting.exists()
    world.here.match.refresh_from_db()
    assert (world.here.match.state, world.here.match.end_reason) == ("ended", "left")
    assert not DataExport.objects.filter(user__in=[user, world.here.mentor]).exists()
    assert Import.objects.get(filename="again.csv").state == "failed"
    # The browser that was signed in is nobody's now, and erasing once more changes nothing.
    assert world.clients["mn"].get("/me/").status_code == 302
    erase(user=gone, by=None, now=LATER)


def test_the_last_coordinator_and_the_last_admin_stay(world: World):
    with pytest.raises(CannotErase, match="only admin"):
        erase(user=world.cast.ada, by=world.cast.ada, now=LATER)
    world.here.program.coordinators.exclude(user=world.cast.alice).delete()
    with pytest.raises(CannotErase, match="only coordinator of Spring program"):
        erase(user=world.cast.alice, by=world.cast.alice, now=LATER)
    assert User.objects.filter(erased_at__isnull=False).count() == 0


def test_erasing_takes_a_fresh_proof_and_the_words(world: World):
    client: Client = world.clients["co"]
    at, words = reverse("own_data:erase"), {"words": "Erase my data"}
    assert client.post(at, words)["Location"] == reverse("own_data:confirm")
    wrong = client.post(reverse("own_data:confirm"), {"password": "something else"})
    assert wrong.status_code == 422
    assert client.post(at, words)["Location"] == reverse("own_data:confirm")
    right = client.post(reverse("own_data:confirm"), {"password": "a long pass phrase"})
    assert right["Location"] == at
    assert client.post(at, {"words": "yes"}).status_code == 422
    assert client.post(at, words)["Location"] == reverse("own_data:erased")
    assert User.objects.get(pk=world.cast.alice.pk).erased_at is not None
    assert client.get("/me/data/").status_code == 302
