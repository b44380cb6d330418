"""Steps 5 to 7: people accept or decline, see each other, plan, meet, log, write and answer."""

import datetime as dt
import re

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser.journey.matching import Pair
from tests.browser.walking import Mailbox, choose, fill, follow, heading, link_in, pick, press, sign_in

UTC = dt.UTC
# London has winter time on that day and New York summer time: four hours apart, not five.
SESSION = dt.datetime(2027, 3, 18, 16, tzinfo=UTC)
PLACE = "https://meet.example.org/room; 2nd floor"
YES_WE_MET = "Yes, we met"


def first(name: str) -> str:
    return name.split(maxsplit=1)[0]


def address(name: str) -> str:
    return name.lower().translate(str.maketrans("åíáöü", "aiaou")).replace(" ", ".") + "@example.net"


# --- step 5 --------------------------------------------------------------------------------
def answer(page: Page, mailbox: Mailbox, person: str, subject: str) -> None:
    """On the page behind the mail; looking at it, however often, answers nothing."""
    link = link_in(mailbox.take(address(person), subject), "Accept or decline")
    for _ in range(2):
        page.goto(link)
        expect(page.get_by_role("button", name="Accept")).to_be_visible()
    press(page, "Accept")


def accept_both(page: Page, mailbox: Mailbox, pair: Pair) -> None:
    mentor, mentee = pair.mentor, pair.mentee
    answer(page, mailbox, mentor, f"Meet {first(mentee)}, your mentee")
    heading(page, f"You said yes to {first(mentee)}")
    answer(page, mailbox, mentee, f"Meet {first(mentor)}, your mentor")
    heading(page, f"You and {first(mentor)} are matched")
    mailbox.take(address(mentor), f"You and {first(mentee)} are matched")
    mailbox.take(address(mentee), f"You and {first(mentor)} are matched")


def accept_peers(page: Page, mailbox: Mailbox, pair: Pair) -> None:
    for one, other in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor)):
        answer(page, mailbox, one, f"Meet {first(other)}, your peer")
    heading(page, f"You and {first(pair.mentor)} are matched")


def one_declines(page: Page, mailbox: Mailbox, pair: Pair) -> None:
    """The other hears that it does not come about, and not why."""
    answer(page, mailbox, pair.mentor, f"Meet {first(pair.mentee)}, your mentee")
    link = link_in(mailbox.take(address(pair.mentee), f"Meet {first(pair.mentor)}, your mentor"), "Accept or decline")
    page.goto(link)
    follow(page, "Decline")
    fill(page, **{"Why not?": "We have worked together before."})
    press(page, "Decline")
    heading(page, "You declined")
    told = mailbox.take(address(pair.mentor), f"The match with {first(pair.mentee)} does not come about")
    assert "It did not suit this time." in told.body
    assert "worked together" not in told.body


def own_page(page: Page, mailbox: Mailbox, person: str, other: str) -> None:
    """Signed in by a link, on the page that says what is next."""
    sign_in(page, mailbox, address(person))
    heading(page, f"You and {first(other)} have not met yet")
    open_match(page, other)
    expect(page.get_by_role("link", name=address(other))).to_be_visible()


def open_match(page: Page, other: str) -> None:
    page.goto("/me/")
    follow(page.get_by_role("region", name=first(other)), other)
    page.wait_for_url("**/me/match/*/")


# --- step 6 --------------------------------------------------------------------------------
def move_to_new_york(page: Page) -> None:
    page.goto("/me/profile/")
    pick(page, "Time zone", "America/New York")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()


def plan(page: Page, mailbox: Mailbox, pair: Pair) -> None:
    """By the mentor, in London; each is told in the zone they live in, with a file for their calendar."""
    follow(page, "Plan a session")
    fill(page, **{"Which day?": "2027-03-18", "What time?": "16:00", "Where?": PLACE})
    choose(page, "60")
    choose(page, "Video")
    press(page, "Plan the session")
    heading(page, f"You and {first(pair.mentee)} meet Thursday 18 March")
    mine = mailbox.take(address(pair.mentor), f"Session with {first(pair.mentee)}, Thursday 18 March")
    theirs = mailbox.take(address(pair.mentee), f"Session with {first(pair.mentor)}, Thursday 18 March")
    assert "Thursday 18 March, 16:00–17:00 (London), video call." in mine.body
    assert "Thursday 18 March, 12:00–13:00 (New York), video call." in theirs.body
    for mail, other in ((mine, pair.mentee), (theirs, pair.mentor)):
        _has_calendar_file(mail, first(other), pair)


def _has_calendar_file(mail, other: str, pair: Pair) -> None:
    [(name, content, kind)] = mail.attachments
    assert (name, kind) == ("session.ics", "text/calendar; method=REQUEST; charset=UTF-8")
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (SESSION, SESSION + dt.timedelta(hours=1))
    assert (str(event["summary"]), str(event["location"])) == (f"Session with {other}", PLACE)
    invited = {str(person).removeprefix("MAILTO:") for person in event["attendee"]}
    assert invited == {address(pair.mentor), address(pair.mentee)}


def reminders(clock, mailbox: Mailbox, pair: Pair) -> None:
    """A day and an hour before, in each one's own time, and not a minute earlier; from the worker."""
    for before, day in ((dt.timedelta(days=1), "Tomorrow"), (dt.timedelta(hours=1), "Today")):
        expected = (f"{day} 16:00 with {first(pair.mentee)}", f"{day} 12:00 with {first(pair.mentor)}")
        _comes_at(clock, mailbox, pair, SESSION - before, expected)


def asked_afterwards(clock, mailbox: Mailbox, pair: Pair) -> list[str]:
    """Two hours after the end; gives each one's link to log it."""
    asked = (f"Did you and {first(pair.mentee)} meet?", f"Did you and {first(pair.mentor)} meet?")
    return _comes_at(clock, mailbox, pair, SESSION + dt.timedelta(hours=3), asked)


def _comes_at(clock, mailbox: Mailbox, pair: Pair, due: dt.datetime, subjects: tuple[str, str]) -> list[str]:
    people = (pair.mentor, pair.mentee)
    clock.quiet_minute(due - dt.timedelta(minutes=1))
    assert [
        subject for who, subject in zip(people, subjects, strict=True) if subject in mailbox.subjects(address(who))
    ] == []
    clock.ring(due + dt.timedelta(seconds=1))
    mails = [mailbox.take(address(who), subject) for who, subject in zip(people, subjects, strict=True)]
    return [link_in(mail) for mail in mails]


def log_with_two_taps(phone: Page, link: str, other: str) -> None:
    """Nobody is signed in on this phone: one tap in the mail, one on the page. Undone and done again."""
    phone.goto(link)
    heading(phone, f"Did you and {first(other)} meet?")
    press(phone, YES_WE_MET)
    page_says_saved(phone, other)
    press(phone, "Undo")
    heading(phone, f"Did you and {first(other)} meet?")
    press(phone, YES_WE_MET)
    page_says_saved(phone, other)
    phone.goto("/me/")
    heading(phone, "Sign in")
    phone.go_back()


def page_says_saved(phone: Page, other: str) -> None:
    heading(phone, re.compile("^Saved. Thank you, "))
    expect(phone.get_by_text(f"Session 1 with {first(other)}: Thursday 18 March, 1 hour.")).to_be_visible()


def log_unplanned(page: Page, day: str, minutes: int) -> None:
    """A session nobody planned here, written down by one who is signed in."""
    follow(page, "Log a session")
    fill(page, **{"When?": day, "What time did it start?": "14:00"})
    choose(page, str(minutes))
    choose(page, "In person")
    press(page, "Save the session")
    heading(page, re.compile("have met 1 time$"))


def write_shared_note(page: Page, other: str, words: str) -> str:
    """Gives the session's address."""
    open_match(page, other)
    page.get_by_role("link", name=re.compile("^Thursday 18 March")).click()
    follow(page, re.compile("^Write ?a shared note$"))
    fill(page, Shared_note=words)
    press(page, "Save the note")
    expect(page.get_by_text(words)).to_be_visible()
    return page.url


def read_shared_note(page: Page, session: str, words: str) -> None:
    page.goto(session)
    expect(page.get_by_text(words)).to_be_visible()


def may_not_open(page: Page, session: str) -> None:
    """For everybody else there is no such page."""
    answered = page.goto(session)
    assert answered is not None
    assert answered.status == 404


# --- step 7 --------------------------------------------------------------------------------
def one_tap(phone: Page, face: str) -> None:
    """The first question stands on the receipt; the others may be left out."""
    press(phone, face)
    expect(phone.get_by_text("Your first answer is saved.")).to_be_visible()
    expect(phone.get_by_role("radio", name=face).first).to_be_checked()


def answer_pulse(page: Page, mailbox: Mailbox, person: str, other: str, answer: str = "4") -> None:
    """The first answer is a link in the mail; nothing is saved before the button is pressed."""
    page.goto(link_in(mailbox.take(address(person), f"How was your session with {first(other)}?"), answer))
    choose(page.get_by_role("group", name=re.compile("^I know what I will do next")), "Very much")
    press(page, "Save my answers")
    heading(page, f"Saved. Thank you, {first(person)}")
