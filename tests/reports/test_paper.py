"""The reports as PDF: tagged, with their letters inside, with the same figures left out as on the page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from participants.models import RoleGrant
from participants.paper import NoPdf
from reports.models import ExportLog
from reports.paper import _drawing_sheet
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, ProgramFactory, TrackFactory
from tests.pdfs import unpacked
from tests.reports.test_outcome import pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    track = TrackFactory.create(program=ProgramFactory.create(name="Spring", slug="spring"))
    pairs(track, 6, held=3)
    return CoordinatorFactory.create(program=track.program).user


def taken(user, url: str):
    client = Client()
    client.force_login(user)
    return client.post(url)


def test_the_report_is_a_tagged_file_with_its_letters_inside(coordinator):
    answer = taken(coordinator, reverse("reports:pdf", args=["spring"]))
    assert answer["Content-Type"] == "application/pdf"
    inside = unpacked(answer.content)
    wanted = (b"pdfuaid:part", b"/MarkInfo", b"/StructTreeRoot", b"/FontFile", b"/Lang (en)", b"/Figure", b"/TH")
    assert [part for part in wanted if part not in inside] == []
    assert "Spring: outcome report" in re.sub(rb"[^\x20-\x7e]", b"", inside).decode()
    # A letter that no font of ours has would be asked of the system and not stand in the file.
    fonts = re.findall(rb"/FontName /[A-Z]{6}\+([A-Za-z-]+)", inside)
    assert {font.split(b"-")[0] for font in fonts} >= {b"Inter", b"Source"}
    assert len(re.findall(rb"/FontFile\d? \d+ 0 R", inside)) == len(fonts)
    log = ExportLog.objects.get()
    assert (log.what, log.format, log.by) == ("outcome", "pdf", coordinator)


def test_the_file_leaves_out_what_the_page_leaves_out(monkeypatch):
    """Four people: neither names nor numbers are in what the file is made of."""
    track = TrackFactory.create(program=ProgramFactory.create(slug="small"))
    pairs(track, 2, held=3)
    user = CoordinatorFactory.create(program=track.program).user
    made: list[str] = []

    def draw(page: str, _style: object) -> bytes:
        made.append(page)
        return b"%PDF-"

    monkeypatch.setattr("reports.paper.draw", draw)
    assert taken(user, reverse("reports:pdf", args=["small"])).status_code == 200
    text = re.sub(r"<[^>]+>", " ", made[0])
    assert "Figures come when five people take part" in text
    assert not re.search(r"\b[1-6] (people|sessions|matches|hours)", text)
    assert "<form" not in made[0]
    assert "<a " not in made[0]


def test_the_organisations_report_is_one_too(coordinator):
    ada = UserFactory.create()
    RoleGrant.objects.create(user=ada, role="admin", granted_at=NOW)
    answer = taken(ada, reverse("organisation:pdf"))
    assert answer.content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in unpacked(answer.content)
    assert ExportLog.objects.get().program is None


def test_without_pango_the_page_says_so(coordinator, monkeypatch):
    def missing(*_):
        raise NoPdf

    monkeypatch.setattr("reports.views.papers.pdf_of", missing)
    client = Client()
    client.force_login(coordinator)
    answer = client.post(reverse("reports:pdf", args=["spring"]), follow=True)
    assert "cannot make a PDF" in answer.content.decode()
    assert not ExportLog.objects.exists()


def test_drawings_have_every_colour_of_theirs():
    """No variable is left to a sheet that a drawing in a file does not see, and no rule of a narrow screen is in it."""
    sheet = _drawing_sheet()
    assert "var(" not in sheet
    assert "@" not in sheet
    for name in (".f-c1", ".s-c1", ".f-sunken", ".f-d5", ".gl .m", "svg .t1", ".pale"):
        assert f"{name}{{" in sheet
