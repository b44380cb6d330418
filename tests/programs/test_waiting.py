"""Lots where more people want in than there are places, and lots that only invite."""

import datetime as dt
import uuid
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mail.models import Message
from programs import hooks
from programs.errors import ProgramError
from programs.lots import choose
from programs.models import Draw, Enrolment, Lot, Role, SetAside
from programs.queries.drawing import draws_of, waiting_in
from programs.services import enrol, take_back
from programs.services.drawing import (
    BEGINS,
    INVITED,
    SUBJECT,
    UNTOLD,
    WAITS,
    Pool,
    draw_invitations,
    follow_invitation,
    undo_draw,
)
from programs.services.erasing import erase_from_programs
from programs.services.waiting import NEXT, Places, begin_next_round, draw_places, set_aside
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, ProgramFactory, TrackFactory

DAY = dt.timedelta(days=1)
ACTIVE, WAITING = Enrolment.State.ACTIVE, Enrolment.State.WAITING


def test_everybody_has_the_same_chance_of_a_place_and_each_answer_its_share():
    """Of 3,000 draws each of ten people is in three tenths, within four standard deviations (25 each)."""
    people = {number: "junior" if number < 4 else "senior" for number in range(10)}
    counts: Counter[int] = Counter()
    for seed in range(3000):
        begin = choose(str(seed), people, 3)
        assert len(begin) == 3
        assert sum(people[each] == "junior" for each in begin) in {1, 2}
        counts.update(begin)
    assert all(abs(counts[number] - 900) < 100 for number in people), counts
    assert choose("a", people, 3) == choose("a", dict(reversed(people.items())), 3)
    assert (choose("a", people, 0), choose("a", people, 10)) == (set(), set(people))
    with pytest.raises(ValueError, match="more places"):
        choose("a", people, 11)


class Queue:
    """A track that nine want to learn in."""

    def __init__(self):
        self.program = ProgramFactory.create()
        self.field = FieldFactory.create(
            program=self.program, slug="level", kind="choice", options=["Junior", "Senior"], asked_of=["mentee"]
        )
        self.track = TrackFactory.create(program=self.program, capacity=2)
        self.people = [
            EnrolmentFactory.create(track=self.track, role="mentee", answers={"level": "Junior" if n < 3 else "Senior"})
            for n in range(9)
        ]
        self.by = UserFactory.create()

    def draw(self, number=3, people=None):
        places = Places(self.track, number, self.field, self.people if people is None else people)
        return draw_places(places=places, seed="seed", by=self.by, now=NOW)

    def state(self, state):
        return Enrolment.objects.filter(track=self.track, state=state)


@pytest.fixture
def queue(db):
    return Queue()


def test_who_waits_keeps_their_place_and_all_are_told_an_hour_later(queue):
    draw = queue.draw()
    assert (queue.state(ACTIVE).count(), queue.state(WAITING).count()) == (3, 6)
    assert {lot.user_id for lot in draw.lots.filter(waits=True)} == set(
        queue.state(WAITING).values_list("user", flat=True)
    )
    (drawn,) = draws_of(queue.program)
    assert (drawn.rows, drawn.sides, drawn.same_again) == (
        [("Junior", 1, 2), ("Senior", 2, 4)],
        ("Begin now", "In the next round"),
        True,
    )
    told = Counter(Message.objects.filter(not_before=NOW + UNTOLD).values_list("kind", flat=True))
    assert told == {BEGINS: 3, WAITS: 6}


def test_who_waits_goes_on_waiting_when_a_file_enrols_them_again_or_somebody_takes_them_back(queue):
    queue.draw()
    one = queue.state(WAITING).first()
    enrol(track=queue.track, user=one.user, role="mentee", answers={"level": "Senior"}, by=None, now=NOW)
    take_back(enrolment=one, by=queue.by, now=NOW)
    one.refresh_from_db()
    assert (one.state, one.answers) == (WAITING, {"level": "Senior"})
    erase_from_programs(one.user, NOW)
    one.refresh_from_db()
    assert one.state == Enrolment.State.LEFT


def test_a_place_for_everybody_or_for_none_is_no_matter_of_lots(queue):
    for number in (0, 9, 12):
        with pytest.raises(ProgramError, match="fewer places"):
            queue.draw(number)
    assert not Draw.objects.exists()


def test_who_cannot_wait_is_not_drawn_and_begins_also_after_a_draw(queue):
    urgent = queue.people[0]
    set_aside(enrolment=urgent, reason="urgent", by=queue.by, now=NOW)
    with pytest.raises(ProgramError, match="a place already"):
        queue.draw()
    queue.draw(people=queue.people[1:])
    assert not Lot.objects.filter(user=urgent.user).exists()
    later = queue.state(WAITING).first()
    set_aside(enrolment=later, reason="promised", by=queue.by, now=NOW)
    later.refresh_from_db()
    # They begin, and stay where their lot has put them in the comparison.
    assert (later.state, Lot.objects.get(user=later.user).waits) == (ACTIVE, True)
    assert Message.objects.filter(kind=BEGINS, recipient=later.user, not_before=NOW).count() == 1
    with pytest.raises(ProgramError, match="Choose a reason"):
        set_aside(enrolment=queue.people[2], reason="rich", by=queue.by, now=NOW)
    assert SetAside.objects.count() == 2


def test_a_draw_is_undone_only_until_the_first_is_told_and_stays_as_one_undone(queue):
    draw = queue.draw()
    undo_draw(draw=draw, by=queue.by, now=NOW + UNTOLD / 2)
    assert (queue.state(ACTIVE).count(), Lot.objects.count()) == (9, 0)
    assert set(Message.objects.filter(subject_type=SUBJECT).values_list("state", flat=True)) == {"cancelled"}
    draw.refresh_from_db()
    assert (draw.undone_by, draw.seed) == (queue.by, "seed")
    again = queue.draw()
    with pytest.raises(ProgramError, match="have been told"):
        undo_draw(draw=again, by=queue.by, now=NOW + UNTOLD)
    # A clock that goes wrong changes nothing about a mail that has left.
    sent = Message.objects.filter(subject_type=SUBJECT, kind=BEGINS)
    sent.update(state="sending", lease_until=NOW, lease_token=uuid.uuid4())
    with pytest.raises(ProgramError, match="have been told"):
        undo_draw(draw=again, by=queue.by, now=NOW)
    assert queue.state(WAITING).count() == 6


def test_the_next_round_takes_them_with_their_answers_after_the_last_day(queue):
    draw = queue.draw()
    gone = queue.state(WAITING).first()
    Enrolment.objects.filter(pk=gone.pk).update(state=Enrolment.State.LEFT, left_at=NOW)
    following = TrackFactory.create(program=ProgramFactory.create(slug="autumn"))
    FieldFactory.create(
        program=following.program, slug="level", kind="choice", options=["Senior"], asked_of=["mentee"], required=True
    )
    over = dt.datetime.combine(queue.program.ends_on + DAY, dt.time(9), dt.UTC)
    with pytest.raises(ProgramError, match="last day"):
        begin_next_round(draw=draw, track=following, by=queue.by, now=over - DAY)
    with pytest.raises(ProgramError, match="another program"):
        begin_next_round(draw=draw, track=queue.track, by=queue.by, now=over)
    begun = begin_next_round(draw=draw, track=following, by=queue.by, now=over)
    assert (len(begun), {each.role for each in begun}) == (5, {Role.MENTEE})
    juniors = {each.user_id for each in queue.people[:3]}
    # What the next round does not offer as an answer is not taken over.
    assert all(each.answers == ({} if each.user_id in juniors else {"level": "Senior"}) for each in begun)
    assert begin_next_round(draw=draw, track=following, by=queue.by, now=over) == []
    assert Message.objects.filter(kind=NEXT).count() == 5
    assert {each.next_track for each in waiting_in(queue.program, draws_of(queue.program))} == {following}


def test_the_database_keeps_the_shapes_of_draws(queue):
    other = TrackFactory.create(program=queue.program)
    fine = {"program": queue.program, "first": queue.track, "seed": "s", "at": NOW, "told_at": NOW + UNTOLD}
    for wrong in (
        {"kind": "waitlist"},
        {"kind": "waitlist", "places": 0},
        {"kind": "waitlist", "places": 3, "second": other},
        {"kind": "nudge"},
        {"kind": "nudge", "second": queue.track},
        {"kind": "lottery", "second": other, "places": 2},
        {"kind": "lottery", "second": other, "undone_at": NOW + UNTOLD},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.create(**fine, **wrong)
    Draw.objects.create(**fine, kind="waitlist", places=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.create(**fine, kind="waitlist", places=2)
    draw = Draw.objects.create(**fine, kind="nudge", second=other)
    lot = {"draw": draw, "program": queue.program, "user": queue.by, "came_from": queue.track}
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.create(**lot, track=other, waits=True)
    aside = {"program": queue.program, "user": queue.by, "at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        SetAside.objects.create(**aside, reason="rich")
    SetAside.objects.create(**aside, reason="urgent")
    with pytest.raises(IntegrityError), transaction.atomic():
        SetAside.objects.create(**aside, reason="urgent")


def test_the_command_works_lots_out_again_and_notices_a_change(queue):
    queue.draw()
    out = StringIO()
    call_command("lots", queue.program.slug, stdout=out)
    assert "the same again" in out.getvalue()
    assert out.getvalue().count(": Begin now") == 3
    one = Lot.objects.filter(waits=True).first()
    Lot.objects.filter(pk=one.pk).update(waits=False)
    with pytest.raises(CommandError, match="changed them"):
        call_command("lots", queue.program.slug, stdout=out)


# --- invitations ---------------------------------------------------------------------------------


@pytest.fixture
def invited(db):
    """Four in a led track, of whom two are invited to the one of peers."""
    program = ProgramFactory.create()
    led = TrackFactory.create(program=program, name="Led", slug="led", capacity=1)
    peers = TrackFactory.create(program=program, name="Peers", slug="peers", model="peer")
    people = [EnrolmentFactory.create(track=led, role="mentee", capacity=None) for _ in range(4)]
    return draw_invitations(pool=Pool(led, peers, None, people), seed="seed", by=UserFactory.create(), now=NOW)


def test_an_invitation_moves_nobody_and_whoever_follows_chooses_themselves(invited):
    assert Enrolment.objects.filter(track=invited.first, state=ACTIVE).count() == 4
    assert Counter(invited.lots.values_list("track__slug", flat=True)) == {"led": 2, "peers": 2}
    assert Message.objects.filter(kind=INVITED).count() == 4
    lot = invited.lots.filter(track=invited.second).first()
    moved = follow_invitation(lot=lot, track=invited.second, by=lot.user, now=NOW)
    assert (moved.track, moved.role) == (invited.second, "peer")
    assert follow_invitation(lot=lot, track=invited.first, by=lot.user, now=NOW).role == "mentee"
    elsewhere = TrackFactory.create(program=invited.program)
    with pytest.raises(ProgramError, match="one of the two"):
        follow_invitation(lot=lot, track=elsewhere, by=lot.user, now=NOW)


def test_who_is_matched_does_not_change_any_more(invited, monkeypatch):
    monkeypatch.setattr(hooks, "standing", [lambda _pks: "a match"])
    lot = invited.lots.first()
    other = invited.second if lot.track_id == invited.first_id else invited.first
    with pytest.raises(ProgramError, match="matched already"):
        follow_invitation(lot=lot, track=invited.second, by=lot.user, now=NOW)
    assert other.enrolments.filter(user=lot.user).count() in {0, 1}


def test_somebody_chooses_on_their_own_page_and_nobody_elses(invited, client: Client):
    lot, other = invited.lots.order_by("pk")[:2]
    client.force_login(lot.user)
    url = reverse("joining:way", kwargs={"lot": lot.pk})
    assert client.get(reverse("joining:way", kwargs={"lot": other.pk})).status_code == 404
    assert "You choose" in client.get(url).content.decode()
    wrong = client.post(url, {"track": "0"})
    assert wrong.status_code == 422
    page = client.post(url, {"track": str(invited.second_id)}, follow=True)
    assert "You are in Peers." in page.content.decode()
    assert Enrolment.objects.get(user=lot.user).track == invited.second
