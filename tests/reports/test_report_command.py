"""`manage.py report`: every figure with its n, numerator, denominator and date, and nothing of groups under five."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from participants.models import AuditEntry
from programs.models import Program, Role
from reports.models import ExportLog
from tests.factories.matching import make_pair
from tests.factories.programs import EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
MOMENT = "2027-05-01T12:00:00+00:00"


@pytest.fixture
def report(time_machine):
    time_machine.move_to(MOMENT, tick=False)

    def run(*arguments: str) -> str:
        out = io.StringIO()
        call_command("report", *arguments, stdout=out)
        return out.getvalue()

    return run


def filled(pairs: int) -> Program:
    """So many pairs, the first of which has met once."""
    track = TrackFactory.create()
    made = [
        make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track))
        for _ in range(pairs)
    ]
    SessionFactory.create(match=made[0], held=True)
    return track.program


def test_every_figure_with_what_it_counts(report: Any) -> None:
    program = filled(3)
    found = json.loads(report(program.slug, "--json"))
    assert (found["program"], found["as_of"], len(found["figures"])) == (program.slug, MOMENT, 16)
    met = next(each for each in found["figures"] if each["measure"] == "met")
    del met["definition"]
    assert met == {
        "measure": "met",
        "label": "Met",
        "question": "",
        "group": "Whole program",
        "unit": "people",
        "n": 6,
        "bound": "",
        "numerator": 2,
        "denominator": 6,
        "out_of": "people ever matched",
        "share": pytest.approx(1 / 3),
        "interval": None,
        "as_of": MOMENT,
        "shown": True,
        "hidden_because": "",
    }


def test_a_small_program_tells_nothing(report: Any) -> None:
    program = filled(2)
    for figure in json.loads(report(program.slug, "--json"))["figures"]:
        assert (figure["n"], figure["numerator"], figure["denominator"], figure["share"]) == (None,) * 4
        assert (figure["shown"], figure["hidden_because"]) == (False, "fewer than 5 people")
    line = json.loads(report("--organisation", "--json"))["programs"][0]
    assert (line["n"], line["matched_now"], line["sessions"], line["shown"]) == (None, None, None, False)
    assert {figure["shown"] for figure in line["figures"]} == {False}
    assert "hidden, fewer than 5 people" in report("--organisation")


def test_all_programs_side_by_side(report: Any) -> None:
    program = filled(3)
    filled(4)
    found = {line["program"]: line for line in json.loads(report("--organisation", "--json"))["programs"]}
    assert len(found) == 2
    line = found[program.slug]
    assert (line["n"], line["matched_now"], line["sessions"], line["shown"]) == (6, 6, 1, True)
    assert line["no_change_because"] == "comes six weeks after the end"
    assert f"{program.name}: people 6, matched now 6, sessions held 1" in report("--organisation")


def test_the_same_in_words(report: Any) -> None:
    printed = report(filled(3).slug)
    assert f"Whole program, Met: 2 people of 6 people ever matched, n = 6, as of {MOMENT}" in printed


def test_printing_is_written_down(report: Any) -> None:
    program = filled(3)
    report(program.slug, "--json")
    log = ExportLog.objects.get()
    assert (log.program, log.what, log.format, log.rows, log.by) == (program, "outcome", "json", 16, None)
    report("--organisation")
    assert AuditEntry.objects.filter(verb="report exported", program_id=None).count() == 1


def test_a_program_that_is_not_there_is_status_2(report: Any) -> None:
    with pytest.raises(CommandError, match="There is no program “nowhere”") as caught:
        report("nowhere")
    assert caught.value.returncode == 2
    assert not ExportLog.objects.exists()
