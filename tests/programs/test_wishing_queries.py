"""What matching gets to know of wishes and exclusions: people of the track who take part, and never who asked."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from programs.models import Enrolment, Exclusion, Intake, Wishes
from programs.queries.wishing import WishList, account_ref, exclusions_of, wishes_of
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def track():
    return TrackFactory.create()


def keep_apart(program, one: str, other: str) -> Exclusion:
    return Exclusion.objects.create(program=program, people=json.dumps([one, other]), at=NOW)


def wish(enrolment: Enrolment, *liked: int, only: bool = False) -> Wishes:
    return Wishes.objects.create(enrolment=enrolment, liked=json.dumps(liked), only_liked=only, saved_at=NOW)


def test_wishes_keep_their_order_and_forget_who_has_left(track, django_assert_num_queries):
    mentee, other = EnrolmentFactory.create_batch(2, track=track)
    first, second = EnrolmentFactory.create_batch(2, track=track, role="mentor")
    gone = EnrolmentFactory.create(track=track, role="mentor", state="left", left_at=NOW)
    elsewhere = EnrolmentFactory.create(role="mentor")
    wish(mentee, second.pk, gone.pk, elsewhere.pk, first.pk, only=True)
    wish(other, gone.pk, only=True)
    wish(gone, mentee.pk)
    with django_assert_num_queries(2):
        found = wishes_of(track)
    assert found == {mentee.pk: WishList((second.pk, first.pk), only=True), other.pk: WishList((), only=True)}


def test_exclusions_name_enrolments_of_the_track_in_any_role(track, django_assert_num_queries):
    mentee = EnrolmentFactory.create(track=track)
    both = [EnrolmentFactory.create(track=track, user=mentee.user, role="mentor")]
    mentor = EnrolmentFactory.create(track=track, role="mentor")
    late = EnrolmentFactory.create(track=track, role="mentor", user__email="late@example.org")
    keep_apart(track.program, account_ref(mentee.user_id), account_ref(mentor.user_id))
    keep_apart(track.program, account_ref(mentee.user_id), "late@example.org")
    keep_apart(track.program, account_ref(mentee.user_id), "nobody@example.org")
    keep_apart(track.program, account_ref(mentee.user_id), account_ref(mentee.user_id))
    keep_apart(ProgramFactory.create(), account_ref(late.user_id), account_ref(mentor.user_id))
    with django_assert_num_queries(2):
        found = exclusions_of(track)
    theirs = [mentee.pk, both[0].pk]
    assert found == {frozenset({mine, other.pk}) for mine in theirs for other in (mentor, late)}


def test_the_database_holds_no_name_and_no_wish(track):
    one, other = EnrolmentFactory.create_batch(2, track=track)
    row = keep_apart(track.program, account_ref(one.user_id), "someone@example.org")
    row.note = "They were married"
    row.save()
    wish(one, other.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people, note FROM programs_exclusion")
        ((people, note),) = cursor.fetchall()
        cursor.execute("SELECT liked FROM programs_wishes")
        ((liked,),) = cursor.fetchall()
    for stored in (people, note, liked):
        assert stored.startswith("gAAAA")
    assert Exclusion.objects.get(pk=row.pk).note == "They were married"


def test_what_the_database_refuses(track):
    enrolment = EnrolmentFactory.create(track=track)
    wish(enrolment)
    with pytest.raises(IntegrityError), transaction.atomic():
        wish(enrolment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.create(track=track, wishes=11)
    Intake.objects.create(track=track, wishes=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.create(track=track)
