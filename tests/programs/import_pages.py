"""The steps of an import, walked as a browser would: what several tests of its pages begin with."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from participants.models import User
from programs.models import Enrolment, Import

PEOPLE = "email,first name,grade\na@x.org,Ann,HEO\nb@x.org,Bob,AA\n"


def sign_in(client: Client, user: User) -> None:
    # As the database has them: a session holds a hash of the stored password.
    client.force_login(User.objects.get(pk=user.pk))


def url(name: str, item: Import | None = None, slug: str = "spring") -> str:
    return reverse(f"programs:import_{name}", kwargs={"slug": slug, **({"pk": item.pk} if item else {})})


def upload(client: Client, content: str | bytes = PEOPLE, name: str = "people.csv", who: str = "mentoring:mentor"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(url("upload"), {"who": who, "file": SimpleUploadedFile(name, data)})


def uploaded(client: Client, content: str | bytes = PEOPLE, **kwargs) -> Import:
    response = upload(client, content, **kwargs)
    item = Import.objects.latest("pk")
    assert response.url == url("map", item)
    return item


def mapped(client: Client, content: str | bytes = PEOPLE, **columns: str) -> Import:
    item = uploaded(client, content)
    form = client.get(url("map", item)).context["form"]
    chosen = {f"column_{place}": form.initial[f"column_{place}"] for place in range(len(form.table.headers))}
    response = client.post(url("map", item), chosen | columns)
    assert response["Location"] == url("check", item)
    return item


def start(client: Client, item: Import):
    seen = client.get(url("check", item)).context["seen"]
    return client.post(url("check", item), {"seen": seen})


def text(response) -> str:
    return " ".join(response.content.decode().split())


def newcomers() -> list[str]:
    found = Enrolment.objects.filter(user__email__endswith="@x.org").order_by("user__email")
    return list(found.values_list("user__email", flat=True))
