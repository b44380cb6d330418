"""Wishes and exclusions: who may say what, and that whoever is named can never find out."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.services import drain
from participants.models import AuditEntry, User
from programs.errors import ProgramError
from programs.models import Exclusion, Program
from programs.queries.wishing import exclusions_of, exclusions_seen_by, own_exclusions, wishes_of
from programs.services.enrolling import IntakeSpec, set_intake
from programs.services.enrolling_wishing import MOST_EXCLUSIONS, avoid, keep_apart, save_wishes
from tests.factories.matching import PlanFactory
from tests.factories.participants import UserFactory
from tests.factories.programs import (
    NOW,
    CoordinatorFactory,
    EnrolmentFactory,
    FieldFactory,
    ProgramFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def track():
    program = ProgramFactory.create(slug="spring", contact_email="dana@example.org")
    made = TrackFactory.create(program=program)
    PlanFactory.create(track=made)
    return made


@pytest.fixture
def mentee(track):
    return EnrolmentFactory.create(track=track, user__first_name="Mia")


@pytest.fixture
def mentors(track):
    return EnrolmentFactory.create_batch(2, track=track, role="mentor")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def see(client: Client, *urls: str) -> list[str]:
    """Each page's words, without what differs every time."""
    found = []
    for url in urls:
        response = client.get(url)
        token = response.context.get("csrf_token") if response.context else ""
        words = re.sub(r'name="form_key" value="[^"]+"', "", response.content.decode())
        found.append(f"{response.status_code} {words.replace(str(token), '')}")
    return found


def test_wishes_are_of_the_other_side_and_no_more_than_asked(track, mentee, mentors):
    same_side = EnrolmentFactory.create(track=track)
    elsewhere = EnrolmentFactory.create(role="mentor")
    one, other = (each.pk for each in mentors)
    for liked, only in (
        ([same_side.pk], False),
        ([elsewhere.pk], False),
        ([mentee.pk], False),
        ([one, one], False),
        ([one, other, one, other], False),
        ([], True),
    ):
        with pytest.raises(ProgramError):
            save_wishes(enrolment=mentee, liked=liked, only=only, by=mentee.user, now=NOW)
    save_wishes(enrolment=mentee, liked=[other, one], only=True, by=mentee.user, now=NOW)
    (found,) = wishes_of(track).values()
    assert (found.liked, found.only) == ((other, one), True)
    save_wishes(enrolment=mentee, liked=[], only=False, by=mentee.user, now=NOW)
    assert wishes_of(track) == {}


def test_the_page_of_wishes_shows_names_and_shared_answers_only(track, mentee, mentors):
    for slug, shared in (("open", True), ("closed", False)):
        FieldFactory.create(program=track.program, slug=slug, label=slug.title(), shared=shared)
    mentors[0].answers = {"open": "Gardening", "closed": "Secret"}
    mentors[0].save()
    client, url = signed_in(mentee.user), f"/me/wishes/{mentee.pk}/"
    (page,) = see(client, url)
    assert "Open: Gardening" in page
    assert "Secret" not in page
    assert mentors[0].user.email not in page
    assert client.post(url, {"wish_1": mentors[1].pk, "wish_3": mentors[0].pk}).status_code == 302
    assert wishes_of(track)[mentee.pk].liked == (mentors[1].pk, mentors[0].pk)
    # Where wishes are not asked, nobody is listed.
    set_intake(track=track, spec=IntakeSpec(wishes=0), by=mentee.user, now=NOW)
    assert client.get(url).status_code == 404
    assert mentors[0].user.name not in see(client, "/me/apart/spring/")[0]


def test_a_list_of_sixty_costs_no_more_than_one_of_two(track, mentee, mentors):
    client, asked = signed_in(mentee.user), []
    for more in (0, 58):
        EnrolmentFactory.create_batch(more, track=track, role="mentor")
        with CaptureQueriesContext(connection) as queries:
            see(client, f"/me/wishes/{mentee.pk}/", "/me/apart/spring/")
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20


def test_one_names_people_by_choice_or_by_address(track, mentee, mentors):
    program, user = track.program, mentee.user
    stranger = EnrolmentFactory.create(role="mentor")
    for wrong in (
        {"enrolment_id": stranger.pk, "email": ""},
        {"enrolment_id": mentee.pk, "email": ""},
        {"enrolment_id": None, "email": f" {user.email.upper()} "},
        {"enrolment_id": None, "email": "nobody"},
    ):
        with pytest.raises(ProgramError):
            avoid(program=program, user=user, now=NOW, **wrong)
    avoid(program=program, user=user, enrolment_id=mentors[0].pk, email="", now=NOW)
    for _ in range(2):
        avoid(program=program, user=user, enrolment_id=None, email="late@example.org", now=NOW)
    assert [each.other for each in own_exclusions(program, user)] == ["late@example.org", mentors[0].user.name]
    assert exclusions_of(track) == {frozenset({mentee.pk, mentors[0].pk})}
    # Somebody of that address joins later: it holds, and what the page says does not change.
    late = EnrolmentFactory.create(track=track, role="mentor", user__email="late@example.org")
    assert frozenset({mentee.pk, late.pk}) in exclusions_of(track)
    assert [each.other for each in own_exclusions(program, user)] == ["late@example.org", mentors[0].user.name]


def test_there_is_an_end_to_naming(track, mentee):
    for number in range(MOST_EXCLUSIONS):
        avoid(program=track.program, user=mentee.user, enrolment_id=None, email=f"a{number}@x.org", now=NOW)
    with pytest.raises(ProgramError, match="50 people"):
        avoid(program=track.program, user=mentee.user, enrolment_id=None, email="more@x.org", now=NOW)


def test_a_coordinator_keeps_two_people_of_the_program_apart(track, mentee, mentors):
    boss = CoordinatorFactory.create(program=track.program).user
    client = signed_in(boss)
    url = "/programs/spring/people/wishes/"
    pair = {"one": mentee.user.email, "other": mentors[0].user.email, "note": "They were married"}
    for wrong in ({"one": "gone@example.org"}, {"other": mentee.user.email}, {"one": "no address"}):
        assert client.post(url, pair | wrong).status_code == 422
    assert client.post(url, pair).status_code == 302
    assert exclusions_of(track) == {frozenset({mentee.pk, mentors[0].pk})}
    (page,) = see(client, url)
    assert "They were married" in page
    kept = Exclusion.objects.get()
    # Another program's coordinator, and a participant, find nothing there.
    other = CoordinatorFactory.create().user
    for user in (other, mentee.user):
        assert signed_in(user).post(f"{url}{kept.pk}/lift/").status_code == 404
    other_slug = Program.objects.exclude(slug="spring").get(coordinators__user=other).slug
    assert signed_in(other).post(f"/programs/{other_slug}/people/wishes/{kept.pk}/lift/").status_code == 404
    assert client.post(f"{url}{kept.pk}/lift/").status_code == 302
    assert exclusions_of(track) == frozenset()
    # The history names nobody.
    assert [each.subject_id for each in AuditEntry.objects.filter(verb__startswith="exclusion")] == [None, None]
    assert [each.detail for each in AuditEntry.objects.filter(verb__startswith="exclusion")] == [{}, {}]


def test_a_coordinator_who_is_named_does_not_find_out(track, mentee):
    named = EnrolmentFactory.create(track=track, role="mentor").user
    boss = CoordinatorFactory.create(program=track.program, user=named).user
    client, url = signed_in(boss), "/programs/spring/people/wishes/"
    before = see(client, url)
    avoid(program=track.program, user=mentee.user, enrolment_id=None, email=named.email, now=NOW)
    avoid(program=track.program, user=mentee.user, enrolment_id=named.enrolments.get().pk, email="", now=NOW)
    assert see(client, url) == before
    for each in Exclusion.objects.all():
        assert client.post(f"{url}{each.pk}/lift/").status_code == 404
    # Somebody else runs the program too, and sees them.
    second = CoordinatorFactory.create(program=track.program).user
    assert len(exclusions_seen_by(track.program, second)) == 2


def test_nothing_changes_for_whoever_is_named(track, mentee, mentors):
    """All pages of the person named and all their mails, before and after."""
    boss = CoordinatorFactory.create(program=track.program).user
    named, _ = mentors
    client = signed_in(named.user)
    pages = (
        "/me/",
        f"/me/wishes/{named.pk}/",
        "/me/apart/spring/",
        "/me/profile/",
        "/join/spring/",
        "/me/application/1/",
    )
    before = see(client, *pages)
    avoid(program=track.program, user=mentee.user, enrolment_id=named.pk, email="", now=NOW)
    keep_apart(program=track.program, one=mentee.user.email, other=named.user.email, note="Why", by=boss, now=NOW)
    assert see(client, *pages) == before
    # It is there to be seen, by whoever wrote it.
    assert named.user.name in see(signed_in(mentee.user), "/me/apart/spring/")[0]
    mine = Exclusion.objects.filter(owner=mentee.user).get()
    assert client.post(f"/me/apart/spring/{mine.pk}/remove/").status_code == 404
    assert client.post("/me/apart/spring/999999/remove/").status_code == 404
    # Wishing for somebody who wants to be kept apart is answered as any wish is.
    assert client.post(f"/me/wishes/{named.pk}/", {"wish_1": mentee.pk}).status_code == 302
    outbox.outbox.clear()
    drain(clock=lambda: NOW + dt.timedelta(hours=1))
    assert outbox.outbox == []
    assert not AuditEntry.objects.filter(subject_type="participants.user", subject_id=named.user_id).exists()


def test_who_does_not_take_part_says_nothing(track, mentee):
    outsider = signed_in(UserFactory.create())
    for url in ("/me/apart/spring/", "/me/apart/nowhere/", f"/me/wishes/{mentee.pk}/"):
        assert outsider.get(url).status_code == 404
        assert outsider.post(url, {"email": "a@example.org"}).status_code == 404
    assert Exclusion.objects.count() == 0
    Program.objects.update(state="closed")
    assert signed_in(mentee.user).get("/me/apart/spring/").status_code == 404


def test_of_many_people_one_page_is_shown_and_others_are_found_by_name(track, mentee):
    set_intake(track=track, spec=IntakeSpec(wishes=2), by=None, now=NOW)
    for number in range(51):
        EnrolmentFactory.create(track=track, role="mentor", user__first_name=f"Mentor{number:02}", user__last_name="Q")
    client, at = signed_in(mentee.user), f"/me/wishes/{mentee.pk}/"

    def shown(query: str) -> int:
        return client.get(f"{at}{query}").content.decode().count('<li class="rows__row">')

    assert [shown(""), shown("?page=2"), shown("?q=mentor50"), shown("?q=nobody")] == [50, 1, 1, 0]
    # Whom one may choose does not depend on the page one looks at.
    last = track.enrolments.get(user__first_name="Mentor50")
    assert client.post(at, {"wish_1": str(last.pk)}).status_code == 302
