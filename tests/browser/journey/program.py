"""Steps 1 and 2: a program with two tracks, its questions and its rules, clicked together."""

import re

from playwright.sync_api import Page, expect

from tests.browser.oracle import GRADES, IDENTITIES, PROFESSIONS
from tests.browser.walking import choose, fill, follow, heading, pick, press, tick_boxes

SET_UP = "/programs/public-service-mentoring/set-up/"
BOTH = ("Mentor", "Mentee")
EVERYBODY = (*BOTH, "Peer")


def create(page: Page) -> None:
    heading(page, "No programs yet")
    page.get_by_role("main").get_by_role("link", name="New program").first.click()
    follow(page, "Choose the models yourself")
    fill(page, Name="Public service mentoring", First_day="2027-03-01", Last_day="2027-09-30")
    for model in ("Traditional mentoring", "Peer mentoring"):
        page.get_by_label(re.compile(f"^{model}:")).check()
    press(page, "Create the program")
    heading(page, "7 of 10 parts are set up")


def set_dates_and_tracks(page: Page) -> None:
    follow(page, "Dates, description and contact")
    fill(page, What_it_is_for="A mentor one or two grades ahead, from another organisation.")
    fill(page, Who_signs_the_mails="Dana Field", Where_replies_go="dana.field@example.net")
    press(page, "Save")
    page.goto(SET_UP)
    follow(page, "Track: Traditional mentoring")
    fill(page, Mentees_for_each_mentor=1, Days_between_sessions=21, Minutes_a_session=60)
    press(page, "Save")
    page.goto(SET_UP)


def define_fields(page: Page) -> None:
    """What the program asks by itself goes; what this one asks comes in its place."""
    follow(page, "What people are asked")
    remove = page.get_by_role("button", name=re.compile("^Remove "))
    expect(remove.first).to_be_visible()
    for left in reversed(range(remove.count())):
        remove.first.click()
        expect(remove).to_have_count(left)  # counted at once it may still be the page before, or a half-loaded one
    expect(page.get_by_text("Nothing is asked yet")).to_be_visible()
    _field(page, "Grade", "One of an ordered list, such as grades", BOTH, GRADES, needed=True)
    _field(page, "Organisation", "Text", EVERYBODY, needed=True)
    _field(page, "Profession", "One of a list", EVERYBODY, PROFESSIONS, needed=True)
    _field(page, "Job title", "Text", BOTH)
    _field(page, "Match with similar identity", "Yes or no", ("Mentee",))
    _field(page, "Identity to match", "One of a list", ("Mentee",), IDENTITIES)
    _field(page, "Characteristics", "Several of a list", ("Mentor",), IDENTITIES)
    expect(page.get_by_role("row")).to_have_count(1 + 7)


def _field(
    page: Page,
    name: str,
    kind: str,
    asked_of: tuple[str, ...],
    options: list[str] | None = None,
    *,
    needed: bool = False,
) -> None:
    page.get_by_role("main").get_by_role("link", name="Add a field").first.click()
    fill(page, Name=name, Options="\n".join(options or []))
    pick(page, "Kind", kind)
    for role in EVERYBODY:
        page.get_by_label(role, exact=True).set_checked(role in asked_of)
    if needed:
        tick_boxes(page, ["Nobody can enrol without answering", "The person they are matched with reads the answer"])
    press(page, "Save the field")
    heading(page, "What people are asked")
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def define_rules(page: Page) -> None:
    page.goto(SET_UP)
    follow(page, "Matching rules: Traditional mentoring")
    _start_without_rules(page)
    _differ(page, "Organisation")
    _gap(page)
    _equal(page, "Profession", 10)
    _among(page)
    choose(page, "Everybody placed, then the best total")
    press(page, "Save")
    expect(page.get_by_role("region").filter(has=page.get_by_role("button", name="Off"))).to_have_count(4)
    page.goto(SET_UP)
    follow(page, "Matching rules: Peer mentoring")
    _start_without_rules(page)
    _differ(page, "Organisation", first="First person’s answer to", second="Second person’s answer to")
    _equal(page, "Profession", 5, first="First person’s answer to", second="Second person’s answer to")


def _start_without_rules(page: Page) -> None:
    """None of the model's own rules fits the questions of this program."""
    press(page, "Start with these rules")
    expect(page.get_by_text("Without a rule everybody fits everybody")).to_be_visible()


SIDES = {"first": "Mentee’s answer to", "second": "Mentor’s answer to"}


def _new_rule(page: Page, kind: str) -> None:
    follow(page, "Add a rule")
    page.get_by_role("link", name=re.compile(rf"^Choose ?: {re.escape(kind)}$")).click()
    heading(page, kind)


def _differ(page: Page, question: str, *, first: str = SIDES["first"], second: str = SIDES["second"]) -> None:
    _new_rule(page, "Different")
    pick(page, first, question)
    pick(page, second, question)
    choose(page, "Must")
    press(page, "Save the rule")


def _equal(
    page: Page, question: str, points: int, *, first: str = SIDES["first"], second: str = SIDES["second"]
) -> None:
    _new_rule(page, "Equal")
    pick(page, first, question)
    pick(page, second, question)
    choose(page, "Exact points")
    fill(page, Points=points)
    press(page, "Save the rule")


def _gap(page: Page) -> None:
    _new_rule(page, "Gap between two levels")
    pick(page, SIDES["first"], "Grade")
    pick(page, SIDES["second"], "Grade")
    choose(page, "Exact points")
    for row, (steps, points) in enumerate(((2, 12), (1, 9)), start=1):
        page.get_by_label(f"Steps, row {row}").fill(str(steps))
        page.get_by_label(f"Points, row {row}").fill(str(points))
    tick_boxes(page, ["What does not fit is not allowed"])
    press(page, "Save the rule")


def _among(page: Page) -> None:
    _new_rule(page, "One of theirs is among ours")
    pick(page, SIDES["first"], "Identity to match")
    pick(page, SIDES["second"], "Characteristics")
    choose(page, "Exact points")
    fill(page, Points=6)
    page.get_by_text("Only for some people").click()
    pick(page, "Counts", "Only where the mentee answered")
    pick(page, "Question", "Match with similar identity")
    fill(page, Answer="yes", Name="Shares the identity asked for")
    press(page, "Save the rule")
