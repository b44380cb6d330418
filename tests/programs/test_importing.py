"""From a staged file to enrolled people and back: all or nothing, once, and nobody's work lost."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from participants.models import AuditEntry, User
from programs.errors import ProgramError
from programs.importing import read_rows, targets_for
from programs.models import Enrolment, Import, Role, Track
from programs.reading import UnreadableFile
from programs.services import importing
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory
from tests.programs.staging import FILE, LATER, plan_of, run, stage, state, track_with_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def track() -> Track:
    return track_with_fields()


def test_people_arrive_with_accounts_names_and_answers(track):
    done = run(stage(track))
    assert state(track) == [
        ("a@x.org", "active", {"grade": "HEO", "topics": ["Travel", "Pay"]}, None),
        ("b@x.org", "active", {"grade": "AA"}, None),
    ]
    ann = User.objects.get(email="a@x.org")
    assert (ann.first_name, ann.last_name, ann.timezone, ann.has_usable_password()) == (
        "Ann",
        "Lee",
        "Europe/Berlin",
        False,
    )
    assert (done.state, done.result, done.finished_at) == (
        "done",
        {"new": 2, "changed": 0, "unchanged": 0, "skipped": 0, "accounts": 2},
        NOW,
    )
    entry = AuditEntry.objects.get(verb="people imported")
    assert (entry.program_id, entry.subject_id, entry.detail["new"]) == (track.program_id, done.pk, 2)


def test_nothing_is_written_before_the_last_step(track):
    item = stage(track)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    assert (Enrolment.objects.count(), User.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_somebody_with_an_account_keeps_their_name(track):
    UserFactory.create(email="a@x.org", first_name="Anna", last_name="Own")
    done = run(stage(track))
    assert User.objects.get(email="a@x.org").name == "Anna Own"
    assert done.result["accounts"] == 1


def test_again_by_address_it_is_told_who_is_new_changed_unchanged(track):
    run(stage(track))
    plan = plan_of(stage(track, "email,grade\nA@X.ORG,HEO\nb@x.org,HEO\nc@x.org,AA\n"))
    assert [[step.row.email for step in part] for part in (plan.new, plan.changed, plan.unchanged)] == [
        ["c@x.org"],
        ["b@x.org"],
        ["a@x.org"],
    ]


def test_an_empty_cell_keeps_the_answer_given_before(track):
    run(stage(track))
    done = run(stage(track, "email,grade,topics\na@x.org,,\nb@x.org,,Pay\n"), now=LATER)
    assert state(track) == [
        ("a@x.org", "active", {"grade": "HEO", "topics": ["Travel", "Pay"]}, None),
        ("b@x.org", "active", {"grade": "AA", "topics": ["Pay"]}, None),
    ]
    assert (done.result["changed"], done.result["unchanged"]) == (1, 1)


def test_a_required_answer_that_is_neither_given_nor_known_is_a_problem(track):
    plan = plan_of(stage(track, "email,topics\na@x.org,Pay\n"))
    assert [(p.row, p.column, p.code, p.message) for p in plan.problems] == [
        (2, "Grade", "no_answer", "“Grade” needs an answer")
    ]
    assert (plan.new, plan.bad_rows) == ([], [2])


def test_a_field_called_like_an_own_fact_gets_its_own_column(track):
    FieldFactory.create(program=track.program, slug="name", label="Unit", kind="text")
    run(stage(track, "email,name,unit,grade\na@x.org,Ann Lee,Navy,AA\n"))
    assert state(track) == [("a@x.org", "active", {"grade": "AA", "name": "Navy"}, None)]
    assert User.objects.get(email="a@x.org").name == "Ann Lee"


def test_only_mentors_have_places_and_only_fields_of_the_role_are_asked(track):
    FieldFactory.create(program=track.program, slug="wish", label="Wish", asked_of=["mentee"])
    assert [target.key for target in targets_for(track, Role.MENTOR)][-3:] == ["capacity", "grade", "topics"]
    assert [target.key for target in targets_for(track, Role.MENTEE)][-4:] == ["manager", "grade", "topics", "wish"]


def test_one_person_may_be_mentor_and_mentee(track):
    run(stage(track))
    run(stage(track, role=Role.MENTEE))
    assert Enrolment.objects.filter(user__email="a@x.org").count() == 2
    assert User.objects.count() == 2


def test_somebody_who_left_comes_back_and_is_counted_as_changed(track):
    user = UserFactory.create(email="a@x.org")
    EnrolmentFactory.create(
        track=track,
        user=user,
        role=Role.MENTOR,
        state="left",
        left_at=NOW,
        answers={"grade": "HEO", "topics": ["Travel", "Pay"]},
    )
    item = stage(track)
    assert [step.returns for step in plan_of(item).changed] == [True]
    run(item)
    assert [(email, now) for email, now, *_ in state(track)] == [("a@x.org", "active"), ("b@x.org", "active")]


# --- all or nothing, once ---------------------------------------------------------------


def test_bad_rows_stop_an_import_until_somebody_leaves_them_out(track):
    item = stage(track, FILE + "nobody,X,Y,AA,\n")
    with pytest.raises(ProgramError, match="1 rows have to be repaired or left out"):
        importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    done = run(item, skip=True)
    assert (done.result["new"], done.result["skipped"], done.skipped_rows) == (2, 1, [4])


def test_a_row_that_has_become_bad_since_the_check_fails_the_whole_import(track):
    item = stage(track)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    FieldFactory.create(program=track.program, slug="new", label="New", required=True)
    done = importing.run_import(item.pk, clock=lambda: LATER)
    assert done is not None
    assert (done.state, done.error) == (
        "failed",
        "The people or fields of the program have changed since the check. Check the rows again.",
    )
    assert (state(track), User.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)


def test_a_failure_in_the_middle_leaves_nothing(track, monkeypatch):
    def broken(*args, **kwargs):
        raise IntegrityError("somebody was quicker")

    item = stage(track)
    monkeypatch.setattr(Enrolment.objects, "bulk_update", broken)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    done = importing.run_import(item.pk, clock=lambda: NOW)
    assert done is not None
    assert (done.state, state(track), User.objects.count()) == ("failed", [], 0)
    monkeypatch.undo()
    assert run(done).state == "done"


def test_the_same_file_with_the_same_columns_is_imported_once(track):
    run(stage(track))
    Enrolment.objects.filter(user__email="a@x.org").update(answers={"grade": "AA"})
    again = stage(track)
    with pytest.raises(importing.AlreadyImported, match="on 1 March 2027"):
        importing.queue_import(item=again, plan=plan_of(again), skip_bad_rows=False)


def test_the_same_file_with_other_columns_is_another_import(track):
    first = stage(track, "email,grade,x\na@x.org,AA,Pay; Travel\n")
    importing.set_mapping(item=first, mapping={"email": "email", "grade": "grade"})
    first.refresh_from_db()
    run(first)
    item = stage(track, "email,grade,x\na@x.org,AA,Pay; Travel\n")
    importing.set_mapping(item=item, mapping={"email": "email", "grade": "grade", "topics": "x"})
    item.refresh_from_db()
    assert run(item).result["changed"] == 1


def test_two_workers_one_import(track):
    item = stage(track)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    assert importing.run_import(item.pk, clock=lambda: NOW) is not None
    assert importing.run_import(item.pk, clock=lambda: NOW) is None
    assert len(state(track)) == 2


def test_two_queued_imports_of_one_file_only_one_is_done(track):
    first, second = stage(track), stage(track)
    for item in (first, second):
        importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    states = [importing.run_import(item.pk, clock=lambda: NOW).state for item in (first, second)]
    assert (states, len(state(track))) == (["done", "failed"], 2)


def test_the_database_itself_refuses_the_same_file_twice(track):
    done = run(stage(track))
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.create(track=track, role="mentor", sha256=done.sha256, state="done", created_at=NOW)


def test_an_import_that_has_begun_keeps_its_columns(track):
    done = run(stage(track))
    with pytest.raises(importing.NotReady, match="This import is done"):
        importing.set_mapping(item=done, mapping={})
    with pytest.raises(importing.NotReady):
        importing.discard_import(item=done)


def test_progress_is_seen_while_it_runs(track, monkeypatch):
    seen = []
    real = importing.write_plan

    def watching(**kwargs):
        seen.append(Import.objects.get().progress)
        return real(**kwargs)

    monkeypatch.setattr(importing, "write_plan", watching)
    rows = "".join(f"p{n}@x.org,AA\n" for n in range(450))
    done = run(stage(track, "email,grade\n" + rows))
    assert (seen, done.progress, done.total, done.result["new"]) == ([400], 450, 450, 450)


def test_queries_do_not_grow_with_the_rows(track, django_assert_max_num_queries):
    rows = "".join(f"p{n}@x.org,AA\n" for n in range(400))
    item = stage(track, "email,grade\n" + rows)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    with django_assert_max_num_queries(40):
        importing.run_import(item.pk, clock=lambda: NOW)


# --- files ------------------------------------------------------------------------------


def test_a_file_without_rows_is_refused(track):
    with pytest.raises(UnreadableFile, match="There are no rows below the header"):
        stage(track, "email,name\n")
    assert Import.objects.count() == 0


def test_a_role_the_track_has_not_is_refused(track):
    with pytest.raises(ProgramError, match="has no peers"):
        stage(track, role=Role.PEER)


def test_the_given_name_is_shown_and_never_used_as_a_path(track):
    item = stage(track, name="../../etc/passwd")
    assert item.filename == "passwd"
    path = Path(item.file.path)
    assert (path.parent, path.suffix) == (Path(settings.MEDIA_ROOT) / "imports", ".csv")
    assert "passwd" not in path.name


def test_files_go_after_a_day_or_when_discarded(track, django_capture_on_commit_callbacks):
    done, staged = run(stage(track)), stage(track)
    path, other = Path(done.file.path), Path(staged.file.path)
    assert importing.forget_files(now=NOW + dt.timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert importing.forget_files(now=NOW + dt.timedelta(hours=25)) == 1
    assert (path.exists(), other.exists()) == (False, True)
    done.refresh_from_db()
    assert (done.file.name, done.effects, done.result["new"]) == ("", [], 2)
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard_import(item=staged)
    assert (other.exists(), Import.objects.count()) == (False, 1)


def test_unfinished_imports_go_after_a_week(track):
    stage(track)
    assert importing.forget_files(now=NOW + dt.timedelta(days=6)) == 0
    assert importing.forget_files(now=NOW + dt.timedelta(days=8)) == 1
    assert Import.objects.count() == 0


def test_an_import_that_lost_its_file_goes_quietly(track, caplog, django_capture_on_commit_callbacks):
    """As after somebody in it was erased."""
    item = stage(track)
    Import.objects.filter(pk=item.pk).update(state="failed", file="")
    with django_capture_on_commit_callbacks(execute=True):
        assert importing.forget_files(now=NOW + dt.timedelta(days=8)) == 1
    assert (Import.objects.count(), caplog.text) == (0, "")


def test_a_file_that_is_gone_is_said_to_be_gone(track):
    item = stage(track)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    Path(item.file.path).unlink()
    done = importing.run_import(item.pk, clock=lambda: NOW)
    assert done is not None
    assert (done.state, done.error) == ("failed", "The file is no longer kept. Upload it again.")


def test_the_tick_finds_what_waits_and_ends_what_was_lost(track):
    waiting, lost = stage(track), stage(track, role=Role.MENTEE)
    for item in (waiting, lost):
        importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    Import.objects.filter(pk=lost.pk).update(state="running", started_at=NOW)
    assert importing.due(NOW + dt.timedelta(minutes=9)) == [waiting.pk]
    lost.refresh_from_db()
    assert lost.state == "running"
    assert importing.due(NOW + dt.timedelta(minutes=10)) == [waiting.pk]
    lost.refresh_from_db()
    assert (lost.state, lost.error) == ("failed", "The import was interrupted. Nothing was written; start it again.")


# --- undo -------------------------------------------------------------------------------


def test_a_field_added_while_the_file_is_read_is_seen(track, monkeypatch):
    """What is read outside the transaction is read again if the columns could now be something else."""
    item = stage(track)
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=False)
    real = read_rows

    def slow(**kwargs):
        reading = real(**kwargs)
        FieldFactory.create(program=track.program, slug="new", label="New", required=True)
        monkeypatch.setattr(importing, "read_rows", real)
        return reading

    monkeypatch.setattr(importing, "read_rows", slow)
    done = importing.run_import(item.pk, clock=lambda: LATER)
    assert done is not None
    assert (done.state, state(track)) == ("failed", [])


def test_weekly_times_are_by_the_clocks_of_each_person(track):
    FieldFactory.create(program=track.program, slug="time", label="Time", kind="week")
    options = ["Writing", "Budgets"]
    FieldFactory.create(program=track.program, slug="skills", label="Skills", kind="skills", options=options)
    UserFactory.create(email="a@x.org", timezone="Asia/Tokyo")
    text = (
        "email,grade,time zone,time,skills\n"
        "a@x.org,AA,Europe/Paris,Mon 9-12,Writing: 3\n"
        "b@x.org,AA,Europe/Paris,Mon 9-12,Budgets (expert); Writing 1\n"
        "c@x.org,AA,,Fri 22:00-01:00,\n"
        "d@x.org,AA,,Mon 9-12 (UTC),\n"
        "e@x.org,AA,,sometimes,Writing 9\n"
    )
    item = stage(track, text)
    plan = plan_of(item)
    assert [(problem.row, problem.code) for problem in plan.problems] == [(6, "bad_times"), (6, "bad_level")]
    run(item, skip=True)
    morning = ["Mon 09:00-12:00"]
    answers = {email: {k: v for k, v in given.items() if k != "grade"} for email, _, given, _ in state(track)}
    assert answers == {
        "a@x.org": {"time": {"zone": "Asia/Tokyo", "times": morning}, "skills": {"Writing": 3}},
        "b@x.org": {"time": {"zone": "Europe/Paris", "times": morning}, "skills": {"Writing": 1, "Budgets": 4}},
        "c@x.org": {"time": {"zone": "Europe/Berlin", "times": ["Fri 22:00-24:00", "Sat 00:00-01:00"]}},
        "d@x.org": {"time": {"zone": "UTC", "times": morning}},
    }
    assert len(plan_of(stage(track, text)).unchanged) == 4
