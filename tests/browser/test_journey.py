"""One program, run for real: from an empty site to an exported outcome report, as its people would click it."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from participants.models import RoleGrant
from participants.services import ensure_account, grant_role
from tests.browser.journey import matching, meeting, people, program, results
from tests.browser.walking import Clock, Mailbox, sign_in

DANA, ADA = "dana.field@example.net", "ada.admin@example.net"
MENTORS, MENTEES, PEERS = "Mentors, Traditional mentoring", "Mentees, Traditional mentoring", "Peers, Peer mentoring"
UTC = dt.UTC
NOTE = "Ask Dafydd about the course in May."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Monday 1 March 2027, 9:00; also where the database server has a clock of its own."""
    monkeypatch.setattr("mail.tasks.database_now", timezone.now)
    with time_machine.travel(dt.datetime(2027, 3, 1, 9, tzinfo=UTC), tick=True) as coordinates:
        yield Clock(coordinates)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def staff(transactional_db: None, clock: Clock) -> None:
    """An admin as the operator makes one, and a coordinator."""
    call_command("add_admin", ADA)
    dana, _ = ensure_account(email=DANA, first_name="Dana", last_name="Field", timezone="Europe/London")
    grant_role(user=dana, role=RoleGrant.Role.COORDINATOR, by=None, now=timezone.now())


@pytest.fixture
def window(open_browser):
    """A window in which no script runs: none is needed for anything in this file."""

    def open_one(*, phone=False):
        return open_browser(javascript=False, phone=phone)

    return open_one


def test_a_program_from_nothing_to_its_report(clock, worker, staff, mailbox, window, shoot):
    dana, passer_by = window(), window(phone=True)
    sign_in(dana, mailbox, DANA)
    set_up(dana)
    bring_people_in(dana)
    kept, pairs, peers = match(dana, shoot)
    declined, quiet, *met = [pair for pair in pairs if pair != kept][:4]
    met.append(peers[0])
    for pair in (kept, quiet, *met[:2]):
        meeting.accept_both(passer_by, mailbox, pair)
    meeting.accept_peers(passer_by, mailbox, peers[0])
    meeting.one_declines(passer_by, mailbox, declined)
    mentor, mentee = window(), window()
    plan_across_zones(mentor, mentee, mailbox, kept)
    clock.to(dt.datetime(2027, 3, 10, 12, tzinfo=UTC))
    for pair, minutes in zip(met, (60, 60, 30), strict=True):
        someone = window()
        meeting.own_page(someone, mailbox, pair.mentor, pair.mentee)
        meeting.log_unplanned(someone, "2027-03-09", minutes)
    clock.ring(dt.datetime(2027, 3, 11, 9, 1, tzinfo=UTC))
    for pair in met:
        meeting.answer_pulse(passer_by, mailbox, pair.mentor, pair.mentee)
        meeting.answer_pulse(passer_by, mailbox, pair.mentee, pair.mentor)
    meeting.reminders(clock, mailbox, kept)
    links = meeting.asked_afterwards(clock, mailbox, kept)
    phone = window(phone=True)
    meeting.log_with_two_taps(phone, links[1], kept.mentor)
    shoot(phone, "journey-logged")
    meeting.one_tap(phone, "Quite")
    session = share_a_note(mentor, mentee, mailbox, kept)
    clock.ring(dt.datetime(2027, 3, 19, 9, 1, tzinfo=UTC))
    meeting.answer_pulse(passer_by, mailbox, kept.mentor, kept.mentee)
    clock.quiet_minute(dt.datetime(2027, 3, 22, 9, 0, tzinfo=UTC))
    sign_in(dana, mailbox, DANA)
    results.overview_says(dana, [kept, *met], quiet)
    shoot(dana, "journey-overview")
    meeting.may_not_open(dana, session)
    ada = window()
    sign_in(ada, mailbox, ADA)
    results.report_says(ada)


def set_up(dana):
    program.create(dana)
    program.set_dates_and_tracks(dana)
    program.define_fields(dana)
    program.define_rules(dana)


def bring_people_in(dana):
    people.bring_in(dana, "mentors.csv", MENTORS, 24)
    people.bring_in(dana, "mentees.csv", MENTEES, 24, where_they_work="Organisation")
    people.take_back(dana, left=24)
    people.bring_in(dana, "mentees.csv", MENTEES, 24, where_they_work="Organisation")
    people.bring_nothing_new(dana, "mentees.csv", MENTEES, 24, where_they_work="Organisation")
    people.bring_in(dana, "peers.xlsx", PEERS, 8)
    people.are_all_there(dana, 24 + 24 + 8)


def match(dana, shoot):
    """Gives the pair that was made by hand, all pairs, and the pairs of peers."""
    matching.propose(dana, "Traditional mentoring")
    kept = matching.undo_and_swap_again(dana, matching.is_the_best(dana))
    pairs = matching.lock_and_run_again(dana, kept)
    shoot(dana, "journey-proposal")
    matching.publish(dana, 2 * len(pairs))
    peers = matching.propose_peers(dana)
    matching.publish(dana, 2 * len(peers))
    return kept, pairs, peers


def plan_across_zones(mentor, mentee, mailbox, pair):
    meeting.own_page(mentor, mailbox, pair.mentor, pair.mentee)
    meeting.own_page(mentee, mailbox, pair.mentee, pair.mentor)
    meeting.move_to_new_york(mentee)
    meeting.plan(mentor, mailbox, pair)


def share_a_note(mentor, mentee, mailbox, pair):
    """What one writes the other reads. Gives the session's address."""
    sign_in(mentor, mailbox, meeting.address(pair.mentor))
    session = meeting.write_shared_note(mentor, pair.mentee, NOTE)
    sign_in(mentee, mailbox, meeting.address(pair.mentee))
    meeting.read_shared_note(mentee, session, NOTE)
    return session
