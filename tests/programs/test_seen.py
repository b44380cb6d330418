"""Two coordinators at one form: the second is shown both texts, and nothing of the first is lost unseen."""

import pytest
from django.test import Client
from django.urls import reverse

from programs.errors import Outdated
from programs.models import Enrolment, LineManager, ProfileField, Track
from programs.seen import check_seen, mark_of
from programs.services.managers import write_managers
from tests.factories.programs import CoordinatorFactory, EnrolmentFactory, FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    found = EnrolmentFactory.create(role="mentor", answers={"skills": {"Law": 2}}, track__name="First name")
    program = found.track.program
    FieldFactory.create(program=program, slug="skills", label="Skills", kind="skills", options=["Law", "Art"])
    return found


@pytest.fixture
def alice(client: Client, enrolment: Enrolment) -> Client:
    client.force_login(CoordinatorFactory.create(program=enrolment.track.program).user)
    return client


def form_of(client, url) -> dict[str, str]:
    """What a browser would send of the page as it is."""
    form = client.get(url).context["form"]
    fields = {name: form[name].value() for name in form.fields if not name.startswith("answer_")}
    return {name: value for name, value in fields.items() if value not in (None, False)}


def differences(response) -> list[tuple[str, str, str]]:
    assert response.status_code == 409
    assert "Somebody else was quicker" in response.content.decode()
    return response.context["differences"]


def test_a_track(alice, enrolment):
    track = enrolment.track
    url = reverse("programs:track", args=[track.program.slug, track.slug])
    sent = form_of(alice, url) | {"name": "Mine"}
    Track.objects.filter(pk=track.pk).update(name="Theirs", capacity=5)
    outdated = alice.post(url, sent)
    assert differences(outdated) == [("Name", "Theirs", "Mine"), ("Mentees for each mentor", "5", "1")]
    assert 'value="Mine"' in outdated.content.decode()
    track.refresh_from_db()
    assert track.name == "Theirs"
    again = sent | {"seen": outdated.context["form"]["seen"].value()}
    assert alice.post(url, again).status_code == 302
    track.refresh_from_db()
    assert (track.name, track.capacity) == ("Mine", 1)


def test_a_field(alice, enrolment):
    program = enrolment.track.program
    field = FieldFactory.create(program=program, slug="grade", label="Grade", kind="choice", options=["AA", "AO"])
    url = reverse("programs:field", args=[program.slug, "grade"])
    sent = form_of(alice, url) | {"options": "AA\nAO\nHEO"}
    ProfileField.objects.filter(pk=field.pk).update(options=["AA", "AO", "SCS"], required=True)
    outdated = alice.post(url, sent)
    assert differences(outdated) == [
        ("Options", "AA, AO, SCS", "AA, AO, HEO"),
        ("Nobody can enrol without answering", "yes", ""),
    ]
    field.refresh_from_db()
    assert field.options == ["AA", "AO", "SCS"]
    assert alice.post(url, sent | {"seen": outdated.context["form"]["seen"].value()}).status_code == 302
    field.refresh_from_db()
    assert (field.options, field.required) == (["AA", "AO", "HEO"], False)


def test_answers_and_the_line_manager(alice, enrolment):
    url = f"/programs/{enrolment.track.program.slug}/people/{enrolment.pk}/"
    sent = form_of(alice, url) | {"capacity": "2"}
    Enrolment.objects.filter(pk=enrolment.pk).update(answers={"skills": {"Law": 4, "Art": 1}})
    write_managers({enrolment.user_id: "boss@example.org"})
    outdated = alice.post(url, sent)
    assert differences(outdated) == [
        ("Skills", "Law (expert), Art (basics)", ""),
        ("Mentees at once", "", "2"),
        ("Line manager’s e-mail", "boss@example.org", ""),
    ]
    enrolment.refresh_from_db()
    assert enrolment.answers == {"skills": {"Law": 4, "Art": 1}}
    assert LineManager.objects.get().email == "boss@example.org"
    again = sent | {"seen": outdated.context["form"]["seen"].value()}
    assert alice.post(url, again).status_code == 302
    enrolment.refresh_from_db()
    assert (enrolment.answers, enrolment.capacity, LineManager.objects.count()) == ({}, 2, 0)


def test_the_same_texts_are_no_change_and_no_mark_is_no_page(enrolment):
    mark = mark_of(enrolment, "boss@example.org")
    check_seen(enrolment, mark, "boss@example.org")
    check_seen(enrolment, "", "boss@example.org")
    for manager, seen in (("chief@example.org", mark), ("boss@example.org", "0" * 16)):
        with pytest.raises(Outdated):
            check_seen(enrolment, seen, manager)
