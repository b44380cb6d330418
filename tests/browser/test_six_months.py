"""Six months of a program with a match of every shape: exactly which mails reach whom, and when.

All times are UTC. Berlin is an hour ahead and from 28 March two; London goes with UTC and from 28 March an hour ahead;
New York is five hours behind and from 14 March four.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from matching import services as matching
from participants.models import User
from programs.models import Program, Role, Track
from programs.services import add_track
from tests.browser.months import UTC, Life, at, calendar_of, link_in, shown, table, text_of, written
from tests.browser.months_deeds import STORY
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory, EnrolmentFactory, FieldFactory, ProgramFactory
from tests.mail.sink import Sink, running_sink

pytestmark = pytest.mark.real_mail
AFTER_THE_END = ("REQUEST", 0, at("Sep 7 15:00"))
Facts = dict[str, Any]
DIGEST = "coordinator-digest"
START = dt.datetime(2027, 3, 1, 9, tzinfo=UTC)
ZONES = {"Mona": "Europe/London", "Tom": "America/New_York"}
# Who is in which track; who stands before the stroke is there to help. Vera finds nobody.
PEOPLE = {
    "traditional": "Mona.north Nils.south / Tom.north Una.south Vera.west",
    "peer": "Pia Paul Cleo",
    "circle": "Carl / Cleo Cora Cyd Cem Cole",
    "flash": "Fred / Tom Vera",
    "distributed": "Don / Dina",
}
EXPECTED = table("""
Mar  1 09:30 sign_in Alice
Mar  1 10:00 match-offer Carl Cem Cleo Cleo Cleo Cole Cora Cyd Deb Dina Don Mona Nils Paul Pia Una
Mar  1 11:00 match-on Carl Cem Cleo Cleo Cleo Cora Cyd Deb Dina Don Nils Paul Pia Una
# In New York it is eight only now; Mona has said yes.
Mar  1 13:00 match-offer Tom
Mar  1 14:00 match-on Mona Tom
# Learners in no match after a day; Cole is in one before the reminder.
Mar  2 09:00 survey-baseline Cole Vera
Mar  2 10:00 session-planned Mona Tom
Mar  3 12:00 match-on Cole
Mar  3 12:00 match-joined Carl Cem Cleo Cora Cyd
Mar  6 09:00 survey-reminder Vera
# Tom moves it, so nothing reminds of the first time.
Mar 10 15:00 session-planned Mona Tom
Mar 11 11:00 no-first-session Carl Cem Cleo Cleo Cole Cora Cyd Deb Dina Don Nils Paul Pia Una
# Cleo, in three matches, has had her two of the week.
Mar 15 11:00 survey-two-weeks Carl Cem Cora Cyd Deb Dina Don Nils Paul Pia Una
Mar 15 14:00 survey-two-weeks Mona Tom
Mar 17 12:00 survey-two-weeks Cole
Mar 17 12:00 slot-ask Fred
Mar 18 09:00 match-on Fred
Mar 18 09:00 session-planned Fred Tom
Mar 18 11:00 no-first-session Carl Cem Cole Cora Cyd Dina Don Nils Paul Pia Una
Mar 18 11:00 survey-two-weeks Cleo Cleo
Mar 18 12:00 match-on Tom   # the time itself he was told in the night, at once
Mar 25 11:00 no-first-session Cleo
Mar 25 11:00 survey-two-weeks Cleo
Mar 25 14:00 session-day-before Fred Tom
Mar 26 13:00 session-hour-before Fred Tom
Mar 26 16:30 session-follow-up Fred Tom
Mar 27 08:00 pulse Fred
Mar 27 13:00 pulse Tom
# The clocks of London change in the night before the session: a day before it is 16:00 there and 11:00 in New York.
Mar 27 15:00 session-day-before Tom
Mar 27 16:00 session-day-before Mona
Mar 28 14:00 session-hour-before Mona Tom
Mar 28 18:00 session-follow-up Mona Tom
Mar 28 20:00 slot-ask Fred
Mar 29 08:00 pulse Mona   # Tom has answered on the receipt
Apr  1 11:00 no-first-session Cleo Cleo
Apr  1 10:00 session-planned Cleo Paul Pia
Apr  2 10:00 session-planned Nils Una
Apr  2 20:00 slot-not-possible Vera
Apr  6 12:00 session-cancelled Cleo Paul Pia
Apr  9 14:00 slot-review Fred Tom   # two o'clock and four
Apr 12 09:15 match-ended Nils Una   # she could have taken it back until then
Apr 12 09:15 match-ended-why Alice
Apr 12 09:15 session-cancelled Nils Una
Apr 12 09:15 survey-closing Nils Una
Apr 12 10:00 session-planned Carl Cem Cleo Cole Cora Cyd
Apr 19 09:15 survey-reminder Nils   # Una has answered
Apr 20 10:00 session-planned Cleo Dina Don   # Deb wants no mail
Apr 21 17:30 session-day-before Carl Cem Cleo Cole Cora Cyd
Apr 22 16:30 session-hour-before Carl Cem Cleo Cole Cora Cyd
Apr 23 06:00 session-follow-up Carl Cem Cleo Cole Cora Cyd   # not at eleven at night
Apr 24 07:00 pulse Carl Cem Cleo Cole Cora   # Cyd was not there
Apr 24 15:00 gone-quiet Mona Tom   # a session every 18 days; 27 have passed
Apr 26 09:15 survey-reminder Nils
Apr 26 10:00 session-planned Carl Cem Cleo Cole Cora Cyd
Apr 27 10:00 session-not-yours Cyd   # takes it out of the calendar
Apr 27 10:00 match-left Carl Cem Cleo Cole Cora
May  1 15:00 gone-quiet Mona Tom
May  3 06:30 session-day-before Cleo Dina   # Don has paused
May  3 19:00 session-hour-before Cleo Dina   # the evening before, not at half past seven
May  4 09:30 session-follow-up Cleo Dina
May 10 10:00 ask Cleo   # Don has paused, Deb wants no mail
May 10 15:00 ask-reply Dina
May 19 16:00 session-day-before Carl Cem Cleo Cole Cora
May 20 15:00 session-hour-before Carl Cem Cleo Cole Cora
May 21 06:00 session-follow-up Carl Cem Cleo Cole Cora
May 21 07:00 pulse Cleo Paul Pia
May 21 08:00 contact_request Alice
May 30 11:00 survey-midpoint Carl Cem Cleo Cleo Cora Dina Don Paul Pia
May 30 14:00 survey-midpoint Mona Tom
Jun  1 12:00 survey-midpoint Cole
Jun  3 11:00 survey-reminder Carl Cem Cora Dina Don Paul Pia   # Mona has answered
Jun  3 14:00 survey-reminder Tom
Jun  5 12:00 survey-reminder Cole
Jun  6 11:00 survey-reminder Cleo Cleo
Jun  6 17:30 gone-quiet Carl Cem Cora
Jun  8 12:00 gone-quiet Cole
Jun 10 11:00 gone-quiet Paul Pia
Jun 13 11:00 gone-quiet Cleo
Jun 13 11:00 survey-midpoint Cleo   # at last, and no reminder of it in the same minute
Jun 13 17:30 gone-quiet Carl Cem Cole Cora
Jun 17 11:00 gone-quiet Paul Pia
Jun 20 11:00 gone-quiet Cleo Cleo
# After two reminders it is a person's turn.
Aug 30 10:00 session-planned Mona Tom
Aug 31 16:00 survey-closing Carl Cem Cleo Cleo Cole Cora Dina Don Mona Paul Pia Tom
Aug 31 22:00 session-cancelled Mona Tom   # it would have been after the end
Aug 31 22:00 match-finished Tom
Sep  1 06:00 match-finished Carl Cem Cleo Cleo Cleo Cole Cora Dina Don Paul Pia
Sep  1 07:00 match-finished Mona
Sep  7 16:00 survey-reminder Carl Cem Cleo Cleo Cole Cora Dina Don Paul Pia Tom
Sep 14 16:00 survey-reminder Carl Cem Cleo Cleo Cole Cora Dina Don Paul Pia Tom
Sep 21 16:00 survey-closing Cleo   # her third match
""")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """The outbox asks the database server for the time where there is one; here everybody asks this clock."""
    monkeypatch.setattr("mail.tasks.database_now", lambda: dt.datetime.now(UTC))
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with running_sink() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture
def program(transactional_db: None, clock: time_machine.Traveller) -> Program:
    program = ProgramFactory.create(
        slug="half-a-year", name="Half a year", contact_name="Alice", starts_on=START.date()
    )
    CoordinatorFactory.create(program=program, user=person("Alice"))
    FieldFactory.create(program=program, slug="area", label="Area", shared=True)
    for model, names in PEOPLE.items():
        make_track(program, model, names)
    return program


def person(name: str) -> User:
    found = User.objects.filter(first_name=name).first()
    made: Callable[..., User] = UserFactory.create
    zone = ZONES.get(name, "Europe/Berlin")
    return found or made(email=f"{name.lower()}@example.org", first_name=name, last_name="Year", timezone=zone)


def make_track(program: Program, model: str, names: str) -> Track:
    track = add_track(program=program, model=model, by=None, now=START)
    plan = matching.ensure_plan(track=track, now=START, with_rules=False)
    if model == "traditional":
        spec: Facts = {"kind": "equal", "label": "Same area", "taker_field": "area", "giver_field": "area"}
        matching.add_rule(plan=plan, spec=matching.RuleSpec(**spec, strength="must"), by=None, now=START)
    helpers, _, others = names.rpartition("/")
    for group, role in ((helpers, Role.MENTOR), (others, Role.PEER if model == "peer" else Role.MENTEE)):
        for each in group.split():
            name, _, area = each.partition(".")
            answers = {"area": area} if area else {}
            EnrolmentFactory.create(track=track, user=person(name), role=role, answers=answers, joined_at=START)
    if model == "distributed":
        for name in ("Deb", "Cleo"):
            EnrolmentFactory.create(track=track, user=person(name), role=Role.PEER, joined_at=START)
    return track


def test_every_mail_of_six_months(clock, sink, program, open_browser):
    # No script runs: none is needed for anything here.
    life = Life(clock, sink, lambda: open_browser(javascript=False), EXPECTED)
    for moment, deed in sorted(STORY, key=lambda each: at(each[0])):
        life.lives_through(at(moment), deed)
    life.until(at("Oct 1 00:00"))
    mondays = [line for line in life.log if line[1] == DIGEST]
    assert written(line for line in life.log if line not in mondays) == written(EXPECTED)
    # Vera finds nobody, so each Monday there is something to do: at eight in Berlin, on the first when it begins.
    assert [f"{moment:%H:%M}" for moment, _, _ in mondays] == ["09:29", *["07:00"] * 3, *["06:00"] * 27]
    assert {(name, moment.weekday()) for moment, _, name in mondays} == {("Alice", 0)}
    life.keeps_the_rules()
    calendars_follow(life)
    each_reads_their_own_clock(life)
    tom_comes_to_the_end(life)


def calendars_follow(life: Life) -> None:
    """A moved session has the same entry with a higher number, and one called off takes it out."""
    planned = [calendar_of(mail) for (_, kind, name), mail in life.mails if (kind, name) == ("session-planned", "Tom")]
    pair = [*planned[:2], planned[-1]]
    assert pair == [[("REQUEST", 0, at("Mar 18 16:00"))], [("REQUEST", 1, at("Mar 28 15:00"))], [AFTER_THE_END]]
    assert calendar_of(life.mail("Una", "session-cancelled")) == [("CANCEL", 1, at("Apr 20 08:00"))]
    assert calendar_of(life.mail("Tom", "session-cancelled")) == [("CANCEL", 1, at("Sep 7 15:00"))]


def each_reads_their_own_clock(life: Life) -> None:
    assert "16:00–17:00 (London)" in text_of(life.mail("Mona", "session-day-before"))
    assert "11:00–12:00 (New York)" in text_of(life.mails_to("Tom", "session-day-before")[-1])


def tom_comes_to_the_end(life: Life) -> None:
    """The last mail leads to the page with the certificate."""
    page = life.window("Tom", signed_in=True)
    shown(page.goto(link_in(life.mail("Tom", "match-finished"))))
    certificate = page.locator("a[href$='/certificate/']").first.get_attribute("href")
    assert certificate is not None
    shown(page.goto(certificate))
