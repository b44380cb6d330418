"""A coordinator who takes part in her own program cannot read who wants to be kept apart from her, on any page."""

import io
import json
import re
from collections.abc import Callable

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from matching import services
from programs.models import Enrolment, Exclusion, LineManager, Role
from programs.services.enrolling_wishing import avoid, keep_apart
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory
from tests.factories.villages import Village, make_village

SENTENCE = "not possible together by a rule of this program"
TELLING = ("kept apart", "reports to the other", "reporting line", "never to be matched", "people they named")


@pytest.fixture(autouse=True)
def one_moment(db):
    """Pages say what time it is: between two looks at one, no minute may pass."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alice_mentors(town, alice):
    """Alice coordinates the town and is a mentor in it, in place of Mona: nobody else is above Vera."""
    mona = town.people.pop("Mona")
    Enrolment.objects.filter(pk=mona.pk).update(state=Enrolment.State.LEFT, left_at=NOW)
    town.people["Alice"] = EnrolmentFactory.create(
        track=town.track, user=alice, role=Role.MENTOR, answers={"level": "Lead", "department": "Dance"}
    )
    return town


def words_of(response) -> str:
    """What the page says, without its tags and its numbers of rows."""
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def excluded(town, alice) -> None:
    avoid(program=town.track.program, user=town.people["Vera"].user, enrolment_id=None, email=alice.email, now=NOW)
    assert Exclusion.objects.count() == 1


def by_the_coordinator(town, alice) -> None:
    keep_apart(
        program=town.track.program, one=town.people["Vera"].user.email, other=alice.email, note="", by=alice, now=NOW
    )


def managed(town, alice) -> None:
    LineManager.objects.create(user=town.people["Vera"].user, email=alice.email)


def everything(town, client, because: Callable) -> dict[str, str]:
    """Every page of matching, and what the command prints, where Alice and Vera are kept apart because of this."""
    people, said = town.people, {}
    with transaction.atomic():
        because(town, people["Alice"].user)
        said["json"] = printed(town)
        draft = town.propose()
        home = f"/programs/{draft.program.slug}/matching/"
        at = f"{home}{draft.number}/"
        pages = [home, at, f"{at}?left=all", f"{at}publish/", f"{at}what-if/", f"{home}compare/"]
        pages += [f"{at}why/{match.pk}/" for match in draft.matches.order_by("pk")]
        pages += of_pairs(draft, at, people) if draft.program.slug == "town" else of_many(at, people)
        said |= {f"{number}": words_of(client.get(page)) for number, page in enumerate(pages)}
        services.publish(proposal=draft, by=None, now=NOW)
        said["waiting"] = words_of(client.get(f"{home}waiting/{town.track.slug}/"))
        transaction.set_rollback(True)
    return said


def printed(town) -> str:
    out = io.StringIO()
    call_command("propose", town.track.program.slug, json=True, stdout=out)
    return json.dumps({key: value for key, value in json.loads(out.getvalue()).items() if key != "seconds"})


def of_pairs(draft, at: str, people) -> list[str]:
    two = [(one, other) for one in people.values() for other in people.values() if one.role != other.role]
    asked = [f"{at}for/{one.pk}/?with={other.pk}" for one, other in two]
    return [f"{at}?swap={match.pk}" for match in draft.matches.order_by("pk")] + asked


def of_many(at: str, people) -> list[str]:
    """Everybody's own pages, asked about the two."""
    two = people["Alice"], people["Vera"]
    return [
        f"{at}{page}/{one.pk}/?with={other.pk}"
        for page in ("for", "place")
        for one in people.values()
        for other in two
        if one != other
    ]


def test_every_page_says_the_same_whatever_keeps_them_apart(alice_mentors, client):
    first = everything(alice_mentors, client, excluded)
    whole = " ".join(first.values())
    assert [words for words in TELLING if words in whole] == []
    # Why the two are not together, from either side, and why Vera is left over, on the board and in the file.
    assert sum(SENTENCE in page for page in first.values()) >= 4
    assert SENTENCE in first["json"]
    assert everything(alice_mentors, client, managed) == first
    assert everything(alice_mentors, client, by_the_coordinator) == first


def pod_of_alice() -> Village:
    village = make_village("pod")
    village.join("Alice Vera Abe", Role.PEER, "Art")
    village.join("Bea Bob Ben", Role.PEER, "Biology")
    return village


def network_of_alice() -> Village:
    village = make_village("distributed", capacity=1)
    village.join("Alice", Role.MENTOR, "Art")
    village.join("Max", Role.MENTOR, "Biology")
    village.join("Vera Tom", Role.MENTEE, "Art")
    village.join("Pat Pia", Role.PEER, "Art")
    village.join("Pru Pip", Role.PEER, "Biology")
    return village


@pytest.mark.django_db
@pytest.mark.parametrize("made", [pod_of_alice, network_of_alice])
def test_groups_and_networks_say_the_same_whatever_keeps_them_apart(client, made):
    village = made()
    alice = village.people["Alice"].user
    CoordinatorFactory.create(program=village.track.program, user=alice)
    client.force_login(alice)
    first = everything(village, client, excluded)
    whole = " ".join(first.values())
    assert [words for words in TELLING if words in whole] == []
    assert sum(SENTENCE in page for page in first.values()) >= 2
    assert everything(village, client, managed) == first
    assert everything(village, client, by_the_coordinator) == first


def test_others_are_told_the_cause_as_before(town, alice, client):
    """The control: between people who read no page of matching the cause is named."""
    vera, mona = town.people["Vera"], town.people["Mona"]
    LineManager.objects.create(user=vera.user, email=mona.user.email)
    draft = town.propose()
    page = words_of(client.get(f"/programs/town/matching/{draft.number}/for/{vera.pk}/?with={mona.pk}"))
    assert "one reports to the other" in page
    assert SENTENCE not in page
