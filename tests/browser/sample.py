"""The sample program with something in every state that a page can show, and who may open which page."""

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.urls import reverse

from matching import services as matching
from matching.models import Match, Proposal, Seat
from mentorship.sample import story
from mentorship.sample.people import invent
from participants.models import User
from programs import services as programs
from programs.models import Program, Role
from sessions import services as sessions
from sessions.models import Session
from tests.browser import sample_asks as asks
from tests.browser import sample_exports as exported
from tests.browser import sample_groups as groups
from tests.browser import sample_joining as joining
from tests.browser import sample_lots as lots
from tests.browser import sample_reports as reported
from tests.browser import sample_slots as slots
from tests.browser import sample_together as together
from tests.browser import sample_worry as worries
from tests.browser.sample_kit import DAY, Shown, at, make_program, shown, signed_in, solved
from tests.browser.sample_mine import ending_and_going_on, finished_match, link_pages, open_pages, own_pages
from tests.browser.sample_programs import GOOD_ROWS, ROWS, coordinators_pages, take_in, upload


@dataclass
class Sample:
    program: Program
    cookies: dict[str, str] = field(default_factory=dict)
    pages: dict[str, list[Shown]] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return next(page.url for pages in self.pages.values() for page in pages if page.name == name)


def make_sample(now: dt.datetime) -> Sample:
    accounts = {each.role: User.objects.get(email=each.email) for each in story.tell(now=now)}
    sample = Sample(Program.objects.get(name=story.NAME))
    dana, mentor = accounts["Coordinator"], accounts["Mentor"]
    autumn = make_program("Autumn mentoring", ["traditional"], dana, now)
    last_year = make_program("Last year's mentoring", ["traditional"], dana, now)
    finished = finished_match(last_year.tracks.get(), mentor, now)
    exchange = make_program("An exchange of peers", ["peer"], dana, now)
    closing = finished, *ending_and_going_on(exchange.tracks.get(), mentor, now)
    winter = make_program("Winter mentoring", ["traditional", "peer"], dana, now)
    take_in(upload(autumn, GOOD_ROWS, dana), dana)
    upload(autumn, ROWS, dana)
    draft = _draft(autumn, dana, now)
    seat = _offer(sample.program, dana, now)
    match = Match.objects.filter(seats__enrolment__user=mentor, state="active").order_by("pk")[0]
    over, to_come = _meetings(match, mentor, now)
    newcomer = User.objects.create(email="new@example.org", first_name="Nia", timezone="Europe/Berlin")
    newcomer.set_unusable_password()
    newcomer.save()
    over_now = make_program("Summer mentoring", ["peer"], dana, now)
    joining.open_up(autumn, dana, now)
    made = joining.apply_all(autumn, dana, newcomer, now)
    wishing = joining.wish(mentor, sample.program, dana, now)
    told = together.tell(make_program("Learning together", ["co_mentoring", "pod"], dana, now), mentor, dana, now)
    booked = slots.book(make_program("Quick questions", ["flash"], dana, now), mentor, dana, now)
    woven = asks.weave(make_program("A web of help", ["distributed"], dana, now), mentor, dana, now)
    cast = {"coordinator": dana, "admin": accounts["Admin"], "participant": mentor, "newcomer": newcomer}
    cast["accepted"] = joining.reader_of(made)
    worried = worries.worry(match, mentor, now)
    sample.cookies = {role: signed_in(user).cookies["sessionid"].value for role, user in cast.items()}
    sample.cookies["lead"] = worried.browser.cookies["sessionid"].value
    sample.pages = {
        "anonymous": [*open_pages(), *shown(joining.public_pages(autumn, over_now, dana, now))],
        "link": [
            *link_pages(sample.program, mentor, seat, over, to_come, newcomer, now),
            *shown(joining.link_pages(autumn, newcomer, now)),
            *reported.link_pages(now),
            *shown(booked.links),
            *shown(woven.links),
            *shown(together.link_pages(told, now)),
        ],
        "participant": [
            *own_pages(match, mentor, over, to_come, closing),
            *worried.participant,
            *shown(joining.members_pages(wishing)),
            *shown(lots.members_pages(make_program("Two ways", ["traditional", "peer"], dana, now), mentor, dana, now)),
            *shown(booked.members),
            *shown(woven.members),
            *shown(together.members_pages(told)),
        ],
        "lead": worried.lead,
        "newcomer": [
            at("sessions:home", "empty"),
            at("account_set_password"),
            *shown(joining.applicants_pages(made)),
        ],
        "accepted": shown(joining.orientation_pages(made)),
        "coordinator": [
            *coordinators_pages(sample.program, autumn, winter, draft, dana),
            *shown(joining.coordinators_pages(autumn, sample.program, made)),
            *shown(groups.pages_of(dana, now)),
            *shown(exported.coordinators_pages(sample.program, dana, now)),
            *shown(booked.coordinators),
            *shown(woven.coordinators),
            *shown(lots.pages_of(make_program("By lot", ["traditional", "peer"], dana, now), dana, now)),
            *shown(lots.orders_pages(make_program("Both models", ["traditional", "peer"], dana, now), dana, now)),
            *shown(lots.waiting_pages(make_program("More than places", ["traditional"], dana, now), dana, now)),
            *shown(together.coordinators_pages(told)),
        ],
        "admin": [
            Shown("organisation:programs", reverse("organisation:programs")),
            Shown("organisation:roles", reverse("organisation:roles")),
            Shown("organisation:report", reverse("organisation:report")),
            *reported.admins_pages(sample.program),
            *shown(exported.admins_pages(accounts["Admin"], now)),
            Shown("privacy:retention", reverse("privacy:retention")),
        ],
    }
    return sample


def _draft(program: Program, by: User, now: dt.datetime) -> Proposal:
    """A proposal nobody has published, of twelve mentors and eighteen mentees."""
    track = program.tracks.get()
    for each in invent({Role.MENTOR: 12, Role.MENTEE: 18}, seed=8):
        user = User.objects.get(email=each.email)
        programs.enrol(track=track, user=user, role=each.role, answers=each.answers, by=None, now=now)
    return solved(track, by, now)


def _offer(program: Program, by: User, now: dt.datetime) -> Seat:
    """The two who came late are offered a mentor; one of the mentors has not answered."""
    proposal = solved(program.tracks.get(model="traditional"), by, now - DAY)
    matching.publish(proposal=proposal, by=by, now=now - DAY)
    return Seat.objects.filter(match__proposal=proposal, role=Role.MENTEE).order_by("pk")[0]


def _meetings(match: Match, by: User, now: dt.datetime) -> tuple[Session, Session]:
    """One that is over and that nobody has logged, and one to come."""
    for days in (-1, 5):
        day = now.astimezone(ZoneInfo("Europe/Berlin")).date() + days * DAY
        sessions.plan_session(
            match=match,
            starts=dt.datetime.combine(day, dt.time(16)),
            zone="Europe/Berlin",
            minutes=45,
            channel="video",
            place="https://meet.example.org/room",
            by=by,
            now=now - 3 * DAY,
        )
    planned = Session.objects.filter(match=match, state="planned", place__startswith="https").order_by("starts_at")
    over, to_come = planned
    return over, to_come
