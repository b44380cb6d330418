"""The agreement of a match: proposed, changed, signed by everybody; and read by nobody else."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from matching.models import Match
from participants.models import AuditEntry
from programs.catalogue.working import AGREEMENT_PARTS
from sessions.errors import AgreementChanged, NotActive, NotInMatch, SessionError
from sessions.models import Agreement, Signature
from sessions.queries import course_of, home_of
from sessions.queries.agreements import agreement_of, proposed_parts, version_of
from sessions.queries.signing import signing_in, unsigned_by
from sessions.services.agreements import LONGEST_PART, change_agreement, sign_agreement
from tests.factories.programs import NOW
from tests.people import make_cast
from tests.sessions.reading import heading, text

LATER = NOW + dt.timedelta(days=3)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def as_():
    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def change(cast):
    """Changes one part, from version 0 unless told otherwise."""

    def change(by, version=0, now=NOW, **parts):
        standing = Agreement.objects.filter(match=cast.match).order_by("-version").first()
        words = {**(standing.parts if standing else proposed_parts(cast.match)), **parts}
        ends_on = cast.program.ends_on
        return change_agreement(match=cast.match, parts=words, ends_on=ends_on, version=version, by=by, now=now)

    return change


def state(cast, user):
    return agreement_of(course(cast, user))


def course(cast, user):
    found = course_of(user, cast.match.pk)
    assert found is not None
    return found


# --- signing --------------------------------------------------------------------------------


def test_the_proposal_becomes_the_first_version_by_the_first_signature(cast):
    assert state(cast, cast.bob).version == 0
    assert not Agreement.objects.exists()
    sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
    stored = Agreement.objects.get()
    assert (stored.version, stored.parts, stored.ends_on) == (1, proposed_parts(cast.match), cast.program.ends_on)
    # Whoever read the proposal meanwhile has read just these words.
    sign_agreement(match=cast.match, version=0, by=cast.mia, now=LATER)
    assert [each.user for each in Signature.objects.order_by("pk")] == [cast.bob, cast.mia]


def test_signing_twice_is_signing_once(cast):
    for _ in range(2):
        sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
        sign_agreement(match=cast.match, version=1, by=cast.bob, now=LATER)
    assert [each.signed_at for each in Signature.objects.all()] == [NOW]


def test_everybody_reads_who_is_missing(cast, change):
    assert state(cast, cast.bob).words == "Nobody has signed yet"
    sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
    assert state(cast, cast.bob).words == "You signed; Mia has not yet"
    assert state(cast, cast.mia).words == "Bob signed; you have not yet"
    sign_agreement(match=cast.match, version=1, by=cast.mia, now=NOW)
    assert state(cast, cast.bob).words == "Everybody has signed"
    change(cast.mia, version=1, goals="Something else altogether")
    assert state(cast, cast.bob).words == "Mia signed; you have not yet"


# --- versions -------------------------------------------------------------------------------


def test_a_change_is_a_new_version_that_everybody_signs_again(cast, change):
    for user, version in ((cast.bob, 0), (cast.mia, 1)):
        sign_agreement(match=cast.match, version=version, by=user, now=NOW)
    change(cast.mia, version=1, boundaries="No calls after six")
    found = state(cast, cast.bob)
    assert (found.version, found.is_signed_by_reader, found.parts["boundaries"]) == (2, False, "No calls after six")
    old = version_of(course(cast, cast.bob), 1)
    assert (old.is_current, old.is_complete) == (False, True)
    assert old.parts["boundaries"] == proposed_parts(cast.match)["boundaries"]
    with pytest.raises(AgreementChanged):
        sign_agreement(match=cast.match, version=1, by=cast.bob, now=NOW)
    assert Signature.objects.filter(agreement__version=2).count() == 1


def test_a_change_from_an_old_version_is_refused_and_nothing_is_lost(cast, change):
    change(cast.bob, goals="What Bob wants")
    with pytest.raises(AgreementChanged) as refused:
        change(cast.mia, goals="What Mia wants")
    assert refused.value.version == 1
    assert state(cast, cast.mia).parts["goals"] == "What Bob wants"
    change(cast.mia, version=1, goals="What Mia wants")
    assert [each.parts["goals"] for each in Agreement.objects.order_by("version")] == [
        "What Bob wants",
        "What Mia wants",
    ]


def test_the_same_words_again_only_sign_them(cast, change):
    change(cast.bob, goals="The same")
    change(cast.mia, version=0, goals="The same")
    assert (Agreement.objects.count(), Signature.objects.count()) == (1, 2)


def test_what_cannot_be_agreed_on(cast, change):
    with pytest.raises(SessionError) as empty:
        change(cast.bob, exit="  ")
    with pytest.raises(SessionError) as long:
        change(cast.bob, goals="x" * (LONGEST_PART + 1))
    assert (empty.value.field, long.value.field) == ("exit", "goals")
    for day in (NOW.date() - dt.timedelta(days=1), NOW.date() + dt.timedelta(days=4 * 366)):
        facts: dict[str, Any] = {"match": cast.match, "parts": proposed_parts(cast.match), "version": 0}
        with pytest.raises(SessionError) as end:
            change_agreement(**facts, ends_on=day, by=cast.bob, now=NOW)
        assert end.value.field == "ends_on"
    for stranger in (cast.paul, cast.alice):
        with pytest.raises(NotInMatch):
            change(stranger)
        with pytest.raises(NotInMatch):
            sign_agreement(match=cast.match, version=0, by=stranger, now=NOW)
    Match.objects.filter(pk=cast.match.pk).update(state="ended", ended_at=NOW)
    with pytest.raises(NotActive):
        sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
    assert not Agreement.objects.exists()


def test_the_database_keeps_versions_and_signatures_apart(cast, change):
    made = change(cast.bob)
    copy = {"match": cast.match, "body": "{}", "ends_on": made.ends_on, "created_at": NOW}
    for broken in (
        lambda: Agreement.objects.create(version=1, **copy),
        lambda: Agreement.objects.create(version=0, **copy),
        lambda: Signature.objects.create(agreement=made, user=cast.bob, signed_at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_told():
    cast = make_cast()
    ready = threading.Barrier(2)

    def propose(user, words):
        parts = {**proposed_parts(cast.match), "goals": words}
        facts: dict[str, Any] = {"match": cast.match, "parts": parts, "ends_on": cast.program.ends_on, "version": 0}
        try:
            ready.wait(timeout=10)
            return change_agreement(**facts, by=user, now=NOW).version
        except AgreementChanged as error:
            return f"told that {error.version} stands"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(propose, *pair) for pair in ((cast.bob, "His"), (cast.mia, "Hers"))]
        assert sorted(str(each.result()) for each in results) == ["1", "told that 1 stands"]
    assert Agreement.objects.count() == 1


# --- who learns what ------------------------------------------------------------------------


def test_no_word_of_it_is_in_the_database_or_the_record(cast, change):
    change(cast.bob, goals="canarygoals", exit="canaryexit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM mentoring_sessions_agreement")
        stored = cursor.fetchone()[0]
    assert "canary" not in stored
    entries = AuditEntry.objects.filter(verb__startswith="agreement")
    assert {each.program_id for each in entries} == {None}
    assert "canary" not in json.dumps([each.detail for each in entries], default=str)


def test_coordinators_see_who_has_signed_and_not_what(cast, change, as_):
    change(cast.bob, goals="canarygoals")
    page = as_(cast.alice).get("/programs/spring/pairs/agreements/")
    assert heading(page) == "2 of 2 agreements wait for a signature"
    assert "1 of 2" in text(page)
    assert "canary" not in page.content.decode()
    sign_agreement(match=cast.match, version=1, by=cast.mia, now=NOW)
    assert [(row.signed, row.people) for row in signing_in(cast.program)] == [(0, 2), (2, 2)]


# --- pages ----------------------------------------------------------------------------------


def test_it_is_read_signed_and_changed_on_its_pages(cast, as_):
    at = f"/me/match/{cast.match.pk}/agreement/"
    bob, mia = as_(cast.bob), as_(cast.mia)
    page = bob.get(at)
    assert heading(page) == "How do you and Mia want to work together?"
    assert all(label in text(page) for label in AGREEMENT_PARTS.values())
    assert bob.post(at, {"version": "0"}).status_code == 302
    assert heading(bob.get(at)) == "You have signed; it waits for others"
    form = {**proposed_parts(cast.match), "ends_on": cast.program.ends_on.isoformat(), "version": "1"}
    assert mia.post(f"{at}change/", {**form, "goals": "Mia’s words"}).status_code == 302
    late = bob.post(f"{at}change/", {**form, "goals": "Bob’s words"})
    assert late.status_code == 409
    assert "Mia’s words" in text(late)
    assert "Bob’s words" in late.content.decode()
    assert 'name="version" value="2"' in late.content.decode()
    assert bob.post(at, {"version": "1"}).status_code == 409
    assert Signature.objects.filter(agreement__version=2, user=cast.bob).count() == 0
    assert bob.post(at, {"version": "2"}).status_code == 302
    assert heading(bob.get(at)) == "You and Mia have agreed"
    old = bob.get(f"{at}1/")
    assert heading(old) == "Version 1 of your agreement with Mia"
    assert "Mia’s words" not in text(old)
    assert bob.get(f"{at}7/").status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 40])
def test_a_version_that_is_none_signs_nothing(cast, as_, version):
    page = as_(cast.bob).post(f"/me/match/{cast.match.pk}/agreement/", {"version": version})
    assert page.status_code == 409
    assert not Agreement.objects.exists()


def test_it_stands_on_the_pages_of_match_and_session(cast, plan, as_):
    meeting = plan()
    sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
    for at in (f"/me/match/{cast.match.pk}/", f"/me/session/{meeting.pk}/"):
        assert "You signed; Mia has not yet" in text(as_(cast.bob).get(at))
        assert "Bob signed; you have not yet" in text(as_(cast.mia).get(at))


def test_once_a_session_is_planned_signing_comes_next(cast, plan, as_):
    assert home_of(cast.bob, [], NOW).next.what == "plan"
    plan(starts=dt.datetime(2027, 3, 8, 16, 0))
    assert (home_of(cast.bob, [], NOW).next.what, home_of(cast.mia, [], NOW).next.what) == ("sign", "sign")
    assert heading(as_(cast.bob).get("/me/")) == "Agree with Mia on how you work together"
    sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
    assert (home_of(cast.bob, [], NOW).next.what, home_of(cast.mia, [], NOW).next.what) == ("meet", "sign")
    assert unsigned_by(cast.mia, [cast.match.pk]) == {cast.match.pk}
    assert unsigned_by(cast.bob, [cast.match.pk]) == set()
