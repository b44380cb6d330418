"""Lots: what chance gives, that it can be worked out again, and what moves with people."""

import pytest
from django.db import IntegrityError, transaction

from mail.models import Message
from programs.errors import InUse, ProgramError
from programs.lots import deal
from programs.models import Draw, Enrolment, Lot, Wishes
from programs.queries.drawing import Given, draws_of, lots_of
from programs.services import remove_track
from programs.services.drawing import DRAWN, Pool, announce_lots, draw_lots
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, ProgramFactory, TrackFactory


def test_the_same_seed_gives_the_same_lots_and_another_seed_others():
    people = dict.fromkeys(range(40), "")
    assert deal("a", people) == deal("a", dict(reversed(people.items())))
    assert deal("a", people) != deal("b", people)


def test_the_lots_of_a_seed_are_these_on_every_machine():
    """Worked out once more, by another way of reading the digests."""
    import hashlib

    def digest(text):
        return hashlib.sha256(text.encode()).hexdigest()

    order = sorted((1, 2, 3, 4), key=lambda each: digest(f"seed:{each}"))
    first = int(digest("seed:stratum:")[-1], 16) % 2
    assert deal("seed", dict.fromkeys((1, 2, 3, 4), "")) == {
        person: (first + place) % 2 for place, person in enumerate(order)
    }


@pytest.mark.parametrize("seed", ["1", "2", "3", "4", "5", "6", "7", "8"])
def test_both_sides_get_as_many_of_every_answer_but_for_one(seed):
    people = {number: "junior" if number < 11 else "senior" for number in range(26)}
    sides = deal(seed, people)
    for stratum, members in (("junior", 11), ("senior", 15)):
        first = sum(sides[person] == 0 for person, told in people.items() if told == stratum)
        assert abs(2 * first - members) == 1


def test_over_many_seeds_nobody_is_given_one_side_more_often():
    """Each of five people is on side 0 in about half of 2,000 draws: within four standard deviations (22.4 each)."""
    people = dict.fromkeys(range(5), "")
    counts = [0] * 5
    for seed in range(2000):
        for person, side in deal(str(seed), people).items():
            counts[person] += side == 0
    assert all(abs(count - 1000) < 90 for count in counts), counts


class Drum:
    """A program with a mentor-led track and one of peers, four who learn in each."""

    def __init__(self):
        self.program = ProgramFactory.create()
        self.field = FieldFactory.create(
            program=self.program, slug="level", kind="choice", options=["Junior", "Senior"], label="Level"
        )
        self.led = TrackFactory.create(program=self.program, name="Led", slug="led", capacity=2)
        self.peers = TrackFactory.create(program=self.program, name="Peers", slug="peers", model="peer")
        self.people = [
            EnrolmentFactory.create(
                track=track, role=role, answers={"level": "Junior" if number % 2 else "Senior"}, capacity=None
            )
            for track, role in ((self.led, "mentee"), (self.peers, "peer"))
            for number in range(4)
        ]
        self.by = UserFactory.create()

    def draw(self, people=None, field=None, seed="seed"):
        pool = Pool(self.led, self.peers, field, self.people if people is None else people)
        return draw_lots(pool=pool, seed=seed, by=self.by, now=NOW)


@pytest.fixture
def drum(db):
    return Drum()


def test_people_are_moved_keep_their_answers_and_are_told_where_they_are(drum):
    Wishes.objects.create(enrolment=drum.people[0], liked="[]", saved_at=NOW)
    draw = drum.draw(field=drum.field)
    lots = {lot.user_id: lot for lot in draw.lots.all()}
    for before in drum.people:
        after = Enrolment.objects.get(pk=before.pk)
        lot = lots[before.user_id]
        assert (after.track_id, after.answers) == (lot.track_id, before.answers)
        assert after.role == ("mentee" if lot.track_id == drum.led.pk else "peer")
        assert (lot.came_from_id, lot.stratum) == (before.track_id, before.answers["level"])
    assert {track.enrolments.count() for track in (drum.led, drum.peers)} == {4}
    moved = lots[drum.people[0].user_id].track_id != drum.led.pk
    assert Wishes.objects.exists() is not moved
    assert Message.objects.filter(kind=DRAWN).count() == 8
    (told,) = draws_of(drum.program)
    assert (told.rows, told.same_again, told.people) == ([("Junior", 2, 2), ("Senior", 2, 2)], True, 8)
    assert lots_of([drum.program]) == {
        (drum.program.pk, user): Given("lottery", lot.track.model, waits=False) for user, lot in lots.items()
    }


def test_a_lot_changed_in_the_database_is_seen(drum):
    drum.draw()
    lot = Lot.objects.first()
    Lot.objects.filter(pk=lot.pk).update(track=drum.peers if lot.track_id == drum.led.pk else drum.led)
    (told,) = draws_of(drum.program)
    assert told.same_again is False


def test_what_cannot_be_drawn_changes_nothing(drum):
    with pytest.raises(ProgramError, match="fewer than two"):
        drum.draw(people=drum.people[:1])
    EnrolmentFactory.create(track=drum.peers, user=drum.people[0].user, role="peer")
    with pytest.raises(ProgramError, match="in both tracks"):
        drum.draw()
    with pytest.raises(ProgramError, match="between two tracks"):
        draw_lots(pool=Pool(drum.led, drum.led, None, drum.people), seed="s", by=drum.by, now=NOW)
    assert not Draw.objects.exists()


def test_the_database_gives_nobody_a_second_lot_and_draws_between_two(drum):
    draw = drum.draw()
    again = {"draw": draw, "program": drum.program, "came_from": drum.led, "track": drum.led}
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.create(user=drum.people[0].user, **again)
    for wrong in ({"second": drum.led, "seed": "s"}, {"second": drum.peers, "seed": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.create(program=drum.program, first=drum.led, at=NOW, told_at=NOW, **wrong)


def test_after_a_draw_the_tracks_stay_and_lots_stay_announced(drum):
    announce_lots(program=drum.program, by_lot="lottery")
    announce_lots(program=drum.program, by_lot="")
    drum.draw()
    with pytest.raises(ProgramError, match="cannot be changed"):
        announce_lots(program=drum.program, by_lot="")
    Enrolment.objects.filter(track=drum.led).delete()
    with pytest.raises(InUse, match="Lots were drawn"):
        remove_track(track=drum.led, by=drum.by, now=NOW)
    drum.program.delete()
    assert not Draw.objects.exists()
