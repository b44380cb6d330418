"""Models whose shape another one drives through a browser: the same way, from the advisor's first question to published
matches with half an organisation, by the same words on the pages, without one.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail

from matching.models import Seat
from mentorship.sample.organisation import organisation, taking_part
from programs.catalogue import registry
from programs.catalogue.base import Shape
from programs.models import Program
from tests.browser.walking import link_in
from tests.every_model import (
    ANSWERS,
    FEWER,
    IN_A_BROWSER,
    MOST_CLICKS,
    coordinator,
    file_of,
    first_seat,
    morning_comes,
    names_of_others,
)
from tests.paper import Paper

OTHERS = [model for model in ANSWERS if model not in IN_A_BROWSER]
AGREED = ("You said yes", "are matched", "has begun", "is on")


def test_every_model_goes_one_of_the_two_ways_and_each_shape_through_a_browser():
    assert {*OTHERS, *IN_A_BROWSER} == {model.slug for model in registry.all_models()}
    assert {registry.get(model).shape for model in IN_A_BROWSER} == set(Shape)


@pytest.mark.as_in_production
@pytest.mark.parametrize("model", OTHERS)
def test_from_the_advisor_to_published_matches(model, transactional_db, worker, tmp_path):
    page = Paper(coordinator())
    program = ask_the_advisor(page, model)
    for role, members in taking_part(organisation(FEWER), model).items():
        bring_in(page, program, role, len(members), file_of(tmp_path, model, role, FEWER))
    propose(page, program)
    publish(page, program)
    somebody_accepts(page, program)


def beginning_with(answer: str) -> Callable[[str], bool]:
    return lambda words: words.startswith(answer)


def ask_the_advisor(page: Paper, model: str) -> Program:
    """A link an answer; then the model is taken, where another one stands first, and set up. Counts the clicks."""
    page.goto("/programs/")
    clicks = [page.follow(lambda words: words == "New program")]
    clicks += [page.follow(beginning_with(answer)) for answer in ANSWERS[model]]
    name = registry.get(model).name
    assert "a rule of thumb from your answers, not a prediction" in page.text.lower()
    if not page.has_button(lambda words: words.lower() == f"set up {name.lower()}"):
        clicks.append(page.follow(lambda words: words == name))
    page.press(lambda words: words.lower() == f"set up {name.lower()}")
    assert "is set up with every default in place" in page.text
    assert len([*clicks, "Set up"]) <= MOST_CLICKS
    program = Program.objects.get()
    assert [track.model for track in program.tracks.all()] == [model]
    return program


def bring_in(page: Paper, program: Program, role: str, count: int, file: Path) -> None:
    """Every column is guessed, and no row has to be mended."""
    page.goto(f"/programs/{program.slug}/people/import/")
    name, value = page.choice(f"{role.capitalize()}s")
    page.press(lambda words: words == "Continue", files={"file": file}, **({name: value} if name else {}))
    page.press(lambda words: words == "Check the rows")
    assert page.heading == f"{count} people are ready"
    page.press(lambda words: words == f"Import {count} people")
    page.wait_for(lambda shown: shown.path.endswith("/done/"))
    assert page.heading == f"{count} people are new"


def propose(page: Paper, program: Program) -> None:
    page.goto(f"/programs/{program.slug}/matching/")
    page.press(lambda words: words == "Make a proposal")
    page.wait_for(lambda shown: "Only coordinators see it" in shown.text)


def publish(page: Paper, program: Program) -> None:
    """The check page says how many mails leave; so many leave, each to somebody in a match."""
    mails = Seat.objects.filter(match__track__program=program).count()
    page.follow(lambda words: words == "Check and publish")
    assert page.heading == f"{mails} e-mails go out when you publish"
    page.press(lambda words: words == f"Publish and send {mails} e-mails")
    assert f"{mails} e-mails on their way" in page.text


def somebody_accepts(page: Paper, program: Program) -> None:
    """By the link in the mail, whose words name everybody in the match."""
    seat = first_seat(program)
    morning_comes()
    [offer] = [each for each in mail.outbox if each.to == [seat.enrolment.user.email]][:1]
    assert [name for name in names_of_others(seat) if name not in offer.body] == []
    page.goto(link_in(offer))
    page.press(lambda words: words == "Accept")
    assert any(words in page.text for words in AGREED)
    seat.refresh_from_db()
    assert seat.answer == Seat.Answer.ACCEPTED
