"""The sample program with something in every state that a page can show, and who may open which page."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mail import links
from mail.services.composing import LINK_PURPOSE
from matching import services as matching
from matching.mails import offer_url
from matching.models import Match, Proposal, Seat
from mentorship.sample import story
from mentorship.sample.people import invent
from participants.mails import sign_in_path
from participants.models import User
from programs import services as programs
from programs.models import Import, Program, Role, Track
from programs.services import importing
from reports.queries.base import load
from reports.queries.overview import pair_rows
from reports.signalling import mute
from sessions import services as sessions
from sessions.mails import offer_path, session_path
from sessions.models import Goal, Session, TimeOffer
from sessions.services.closing import give_thanks
from surveys import services as surveys
from surveys.mails import survey_path, token_for
from surveys.models import Invitation
from tests.browser import sample_groups as groups
from tests.browser import sample_joining as joining
from tests.browser import sample_slots as slots
from tests.browser import sample_together as together
from tests.factories.matching import make_pair
from tests.factories.programs import EnrolmentFactory
from tests.factories.sessions import GoalFactory, SessionFactory

DAY = dt.timedelta(days=1)
ROWS = b"e-mail,first name,level\nann@example.org,Ann,Junior\n,Bob,Junior\ncleo@example.org,Cleo,Top\n"
GOOD_ROWS = b"e-mail,first name,level\ndov@example.org,Dov,Junior\nella@example.org,Ella,Entry\n"
# An address that answers to POST alone, gives a file, or only leads elsewhere.
NO_PAGES = {
    "account_reset_password", "account_signup", "healthz", "home", "joining:remove", "matching:again",
    "matching:answer", "matching:change_rules", "matching:discard", "matching:lock", "matching:more_places",
    "matching:progress", "matching:redo", "matching:swap", "matching:undo", "matching:withdraw",
    "organisation:revoke_role", "participants:sign_in_link", "participants:theme", "programs:accept_applications",
    "programs:change_field_list", "programs:import_discard", "programs:import_left_out", "programs:import_progress",
    "programs:import_template_csv", "programs:import_template_xlsx", "programs:import_undo", "programs:leave",
    "programs:lift_exclusion", "programs:remove_coordinator", "programs:remove_track", "programs:undo_applications",
    "offline_worker", "own_data:ask", "own_data:file", "own_data:progress", "own_data:resume",
    "curriculum:change_weeks", "sessions:step", "sessions:tick_week",
    "ready", "signals:mute", "reports:export", "reports:open_look", "organisation:comparison",
    "session_links:feed", "session_links:undo", "sessions:answer",
    "sessions:certificate_pdf", "sessions:goal_step",
    "sessions:log", "sessions:undo", "setup:download", "surveys:remove_question",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A page under a name of its own: the name of its address, and what it shows if there are several."""

    name: str
    url: str

    @property
    def address(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def picture(self) -> str:
        return self.name.replace(":", "-").replace(" ", "-")


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
    autumn = _program("Autumn mentoring", ["traditional"], dana, now)
    finished = _finished(_program("Last year's mentoring", ["traditional"], dana, now).tracks.get(), mentor, now)
    winter = _program("Winter mentoring", ["traditional", "peer"], dana, now)
    _import(_file(autumn, GOOD_ROWS, dana), dana)
    _file(autumn, ROWS, dana)
    draft = _draft(autumn, dana, now)
    seat = _offer(sample.program, dana, now)
    match = Match.objects.filter(seats__enrolment__user=mentor, state="active").order_by("pk")[0]
    over, to_come = _meetings(match, mentor, now)
    newcomer = User.objects.create(email="new@example.org", first_name="Nia", timezone="Europe/Berlin")
    newcomer.set_unusable_password()
    newcomer.save()
    over_now = _program("Summer mentoring", ["peer"], dana, now)
    joining.open_up(autumn, dana, now)
    made = joining.apply_all(autumn, dana, newcomer, now)
    wishing = joining.wish(mentor, sample.program, dana, now)
    told = together.tell(_program("Learning together", ["co_mentoring", "pod"], dana, now), mentor, dana, now)
    booked = slots.book(_program("Quick questions", ["flash"], dana, now), mentor, dana, now)
    cast = {"coordinator": dana, "admin": accounts["Admin"], "participant": mentor, "newcomer": newcomer}
    cast["accepted"] = joining.reader_of(made)
    sample.cookies = {role: _signed_in(user).cookies["sessionid"].value for role, user in cast.items()}
    sample.pages = {
        "anonymous": [*_open_pages(), *_shown(joining.public_pages(autumn, over_now, dana, now))],
        "link": [
            *_link_pages(sample.program, mentor, seat, over, to_come, newcomer, now),
            *_shown(joining.link_pages(autumn, newcomer, now)),
            *_shown(booked.links),
            *_shown(together.link_pages(told, now)),
        ],
        "participant": [
            *_own_pages(match, mentor, over, to_come, finished),
            *_shown(joining.members_pages(wishing)),
            *_shown(booked.members),
            *_shown(together.members_pages(told)),
        ],
        "newcomer": [
            _at("sessions:home", "empty"),
            _at("account_set_password"),
            *_shown(joining.applicants_pages(made)),
        ],
        "accepted": _shown(joining.orientation_pages(made)),
        "coordinator": [
            *_coordinators_pages(sample.program, autumn, winter, draft, dana),
            *_shown(joining.coordinators_pages(autumn, sample.program, made)),
            *_shown(groups.pages_of(dana, now)),
            *_shown(booked.coordinators),
            *_shown(together.coordinators_pages(told)),
        ],
        "admin": [
            Shown("organisation:programs", reverse("organisation:programs")),
            Shown("organisation:roles", reverse("organisation:roles")),
            Shown("organisation:report", reverse("organisation:report")),
            Shown("privacy:retention", reverse("privacy:retention")),
        ],
    }
    return sample


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _program(name: str, models: list[str], by: User, now: dt.datetime) -> Program:
    day = now.date()
    basics = programs.Basics(
        name, day, day + 180 * DAY, timezone="Europe/Berlin", contact_name=by.name, contact_email=by.email
    )
    return programs.create_program(basics=basics, models=models, by=by, now=now)


def _draft(program: Program, by: User, now: dt.datetime) -> Proposal:
    """A proposal nobody has published, of twelve mentors and eighteen mentees."""
    track = program.tracks.get()
    for each in invent({Role.MENTOR: 12, Role.MENTEE: 18}, seed=8):
        user = User.objects.get(email=each.email)
        programs.enrol(track=track, user=user, role=each.role, answers=each.answers, by=None, now=now)
    return _solved(track, by, now)


def _solved(track: Any, by: User, now: dt.datetime) -> Proposal:
    solved = matching.run_proposal(matching.start_proposal(track=track, by=by, now=now).pk, clock=lambda: now)
    assert solved is not None
    assert solved.state == Proposal.State.DRAFT, solved.error
    return solved


def _offer(program: Program, by: User, now: dt.datetime) -> Seat:
    """The two who came late are offered a mentor; one of the mentors has not answered."""
    solved = _solved(program.tracks.get(model="traditional"), by, now - DAY)
    matching.publish(proposal=solved, by=by, now=now - DAY)
    return Seat.objects.filter(match__proposal=solved, role=Role.MENTEE).order_by("pk")[0]


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


def _times_of(match: Match, mentor: User, now: dt.datetime) -> TimeOffer:
    """Three times that the other one has put to the mentor."""
    other = match.seats.exclude(enrolment__user=mentor).get().enrolment.user
    day = now.astimezone(ZoneInfo("Europe/Berlin")).date()
    walls = [dt.datetime.combine(day + days * DAY, dt.time(17)) for days in (7, 8, 9)]
    return sessions.offer_times(
        match=match, starts=walls, zone="Europe/Berlin", minutes=45, channel="video", by=other, now=now
    )


def _at(name: str, variant: str = "", query: str = "", /, **kwargs: Any) -> Shown:
    return Shown(f"{name} {variant}".strip(), reverse(name, kwargs=kwargs) + query)


def _shown(pages: list[tuple[str, str]]) -> list[Shown]:
    return [Shown(name, url) for name, url in pages]


def _open_pages() -> list[Shown]:
    names = ("account_login", "help", "privacy", "accessibility", "own_data:erased")
    return [*map(_at, names), Shown("nothing there", "/nothing/there/")]


def _link_pages(
    program: Program, mentor: User, seat: Seat, over: Session, to_come: Session, newcomer: User, now: dt.datetime
) -> list[Shown]:
    offer, log, early = (
        offer_url(seat, now),
        session_path(over, mentor, now=now),
        session_path(to_come, mentor, now=now),
    )
    asked = Invitation.objects.filter(answered_at=None, survey__kind="pulse").order_by("-closes_at")[0]
    done = Session.objects.filter(match=over.match_id, state="held").order_by("pk").last()
    assert done is not None
    times = _times_of(over.match, mentor, now)
    foot = {"tok": links.make(LINK_PURPOSE, mentor, program.pk, days=30, now=now)}
    offer = offer[offer.index("/t/") :]
    return [
        Shown("match_links:offer", offer),
        Shown("match_links:offer declining", offer + "?decline=1"),
        Shown("session_links:session", log),
        Shown("session_links:session in doubt", log + "?a=other"),
        Shown("session_links:session to come", early),
        Shown("session_links:saved", session_path(done, mentor, now=now) + "saved/"),
        Shown("session_links:time", offer_path(times, mentor, now=now)),
        Shown("session_links:move", early + "move/"),
        Shown("survey_links:answer", survey_path(asked, now=now)),
        *_survey_pages(mentor, over.match, now),
        _at("mail:preferences", **foot),
        _at("mail:unsubscribe", **foot),
        _at("mail:preferences gone".split(maxsplit=1)[0], "gone", tok="1.2.3.cut"),
        Shown("participants:sign_in_by_link", sign_in_path(newcomer, now=now)),
        _at("participants:sign_in_by_link", "gone", tok="cut"),
    ]


def _survey_pages(mentor: User, match: Match, now: dt.datetime) -> list[Shown]:
    """The survey at the end: begun, a question of each kind, before it is sent, and one that is sent."""
    program, pages = match.track.program, []
    people = [mentor, *(seat.enrolment.user for seat in match.seats.exclude(enrolment__user=mentor))]
    for user in people[:2]:
        asked = surveys.invite(
            program=program, kind="closing", user=user, match=match, with_core=user != mentor, early=True, now=now
        )
        assert asked is not None
        surveys.save_answer(invitation=asked, slug="aim", value=6, now=now)
        token = token_for(asked, now=now)
        pages.append([reverse("survey_links:question", kwargs={"tok": token, "n": n}) for n in (1, 8, 9, 11, 12)])
        begin = survey_path(asked, now=now)
    assert asked is not None
    surveys.send(invitation=asked, consent=True, contact_me=False, now=now)
    names = ("", "choice", "long scale", "words", "to send")
    return [
        *(Shown(f"survey_links:question {name}".strip(), url) for name, url in zip(names, pages[0], strict=True)),
        Shown("survey_links:answer sent", begin),
    ]


def _finished(track: Track, mentor: User, now: dt.datetime) -> int:
    """A match of this mentor that has come to its planned end, with thanks from the mentee."""
    mine = make_pair(
        EnrolmentFactory.create(track=track, user=mentor, role=Role.MENTOR),
        EnrolmentFactory.create(track=track, role=Role.MENTEE, user__first_name="Noor"),
    )
    SessionFactory.create(match=mine, held=True, starts_at=now - 9 * DAY)
    GoalFactory.create(match=mine, owner=mentor, text="Listen more than I talk")
    matching.set_last_day(match=mine, ends_on=now.date(), by=mentor, now=now - DAY)
    matching.finish_due(now=now + 2 * DAY)
    noor = mine.seats.get(role=Role.MENTEE).enrolment.user
    give_thanks(match=mine, words="For every question you did not answer for me.", by=noor, now=now)
    return mine.pk


def _own_pages(match: Match, mentor: User, over: Session, to_come: Session, finished: int) -> list[Shown]:
    done = Session.objects.filter(match=match, state="held").order_by("pk").last()
    assert done is not None
    goal = sessions.add_goal(match=match, text="Lead a project of my own", by=mentor, now=over.starts_at)
    assert isinstance(goal, Goal)
    sessions.renew_feed(by=mentor, now=over.starts_at)
    here: dict[str, Any] = {"match_id": match.pk}
    return [
        _at("sessions:home"),
        _at("sessions:match", **here),
        _at("sessions:new", **here),
        _at("sessions:new", "log", "?log=1", **here),
        _at("sessions:times", **here),
        _at("sessions:series", **here),
        _at("sessions:offline"),
        _at("sessions:goals", **here),
        _at("sessions:agreement", **here),
        _at("sessions:change_agreement", **here),
        _at("sessions:steps", **here),
        _at("sessions:goal", goal_id=goal.pk),
        _at("sessions:session", "over", session_id=over.pk),
        _at("sessions:session", "to come", session_id=to_come.pk),
        _at("sessions:session", "held", session_id=done.pk),
        _at("sessions:move", session_id=to_come.pk),
        _at("sessions:cancel", session_id=to_come.pk),
        _at("sessions:end", **here),
        _at("sessions:closing", match_id=finished),
        _at("sessions:closing_notes", match_id=finished),
        _at("sessions:certificate", match_id=finished),
        _at("sessions:calendar"),
        _at("sessions:note", "shared", session_id=done.pk, visibility="shared"),
        _at("sessions:note", "private", session_id=done.pk, visibility="private"),
        _at("participants:profile"),
        _at("own_data:page"),
        _at("own_data:pause"),
        _at("own_data:erase"),
        _at("own_data:confirm"),
        _at("own_data:link_sent"),
        _at("own_surveys:mine"),
        _at("account_change_password"),
        _at("account_reauthenticate"),
        _at("account_logout"),
    ]


def _coordinators_pages(program: Program, autumn: Program, winter: Program, draft: Proposal, dana: User) -> list[Shown]:
    track = program.tracks.get(model="traditional")
    here, there, empty = {"slug": program.slug}, {"slug": autumn.slug}, {"slug": winter.slug}
    of_draft: dict[str, Any] = {**there, "number": draft.number}
    pair = Match.objects.filter(proposal=draft).order_by("pk")[0]
    on = Match.objects.filter(track__program=program, state="active", starts_at=None).order_by("pk")[0]
    last_year = Match.objects.select_related("track__program").filter(end_reason="finished").order_by("-pk")[0]
    offered = Proposal.objects.filter(program=program, track=track).order_by("number").last()
    assert offered is not None
    imported, waiting = Import.objects.filter(track__program=autumn).order_by("pk")
    of_file: dict[str, Any] = {**there, "pk": waiting.pk}
    pages = [
        _at("programs:list"),
        _at("programs:new"),
        _at("programs:new_with_models"),
        *_choosing_pages(program),
        _at("setup:upload"),
        _at("setup:tasks", **here),
        _at("programs:details", **here),
        _at("programs:coordinators", **here),
        _at("programs:close", **here),
        _at("programs:delete", **here),
        _at("programs:add_track", **here),
        _at("programs:track", **here, track=track.slug),
        _at("programs:fields", **here),
        _at("programs:add_field", **here),
        _at("programs:field", **here, field="level"),
        _at("programs:people", **here),
        _at("programs:people", "not found", "?q=nobody-of-this-name", **here),
        _at("programs:person", **here, pk=track.enrolments.order_by("pk")[0].pk),
        _at("programs:import_upload", **there),
        _at("programs:import_map", **of_file),
        _at("programs:import_check", **of_file),
        _at("programs:import_done", **there, pk=imported.pk),
        _at("programs:history", **here),
        _at("curriculum:signing", **here),
        _at("matching:proposals", **there),
        _at("matching:rules", **here, track=track.slug),
        _at("matching:add_rule", **here, track=track.slug),
        _at("matching:add_rule", "gap", "?kind=gap", **here, track=track.slug),
        _at("matching:rule", **here, track=track.slug, pk=track.plan.rules.order_by("pk")[0].pk),
        _at("matching:proposal", **of_draft),
        _at("matching:proposal", "swapping", f"?swap={pair.pk}", **of_draft),
        _at("matching:proposal", "offered", **here, number=offered.number),
        _at("matching:why", **of_draft, match=pair.pk),
        _at("matching:person", **of_draft, person=pair.seats.get(role=Role.MENTEE).enrolment_id),
        _at("matching:person", "left over", **of_draft, person=draft.left_over[0]["enrolment"]),
        _at("matching:what_if", "", f"?rule{draft.track.plan.rules.order_by('pk')[0].pk}=off", **of_draft),
        _at("matching:waiting", **here, track=track.slug),
        _at("matching:over", slug=last_year.track.program.slug),
        _at("matching:match", "over", slug=last_year.track.program.slug, match=last_year.pk),
        _at("matching:match", **here, match=on.pk),
        _at("matching:end", **here, match=on.pk),
        _at("closing:all", **here),
        _at("matching:compare", **here),
        _at("matching:publish", **of_draft),
        _at("surveys:list", **here),
        _at("surveys:questions", **here, kind="pulse"),
        _at("surveys:survey", **here, kind="closing"),
        _at("surveys:preview", **here, kind="closing"),
        _at("surveys:add_question", **here, kind="closing"),
        _at("surveys:add_scale", **here, kind="closing"),
        _at("surveys:timing", **here, kind="midpoint"),
        _at("reports:overview", **here),
        _at("reports:pairs", **here),
        _at("signals:rules", **here),
        _at("signals:pair", **here, match=_silent(program)),
        _at("reports:messages", **here),
        _at("reports:outcome", **here),
        _at("reports:outcome", "finished", slug="last-years-mentoring"),
        _at("reports:comparison_plan", **here),
    ]
    nothing_yet = ("programs:people", "matching:proposals", "reports:overview", "reports:pairs", "reports:messages",
                   "reports:outcome", "surveys:list", "setup:tasks", "programs:history")  # fmt: skip
    return pages + [_at(name, "empty", **empty) for name in nothing_yet]


def _silent(program: Program) -> int:
    """A match that the rules have something to say about; one of their sayings was of no use."""
    rows = pair_rows(load(program), timezone.now())
    row = max(rows, key=lambda each: len(each.signals))
    if len(row.signals) > 1:
        match = Match.objects.get(pk=row.match.pk)
        mute(match=match, rule=row.signals[-1].rule, by=program.coordinators.get().user, now=timezone.now())
    return row.match.pk


def _choosing_pages(program: Program) -> list[Shown]:
    short = "?goal=career&seniors=0.2&hours=1&months=6&learners=60&expertise=yes&collaboration=yes&sensitive=yes"
    return [
        _at("setup:templates"),
        _at("setup:template", template="womens-circle-and-mentor"),
        _at("setup:copy", slug=program.slug),
        _at("models:list"),
        _at("models:model", model="traditional"),
        _at("models:model", "circle", model="circle"),
        _at("models:model", "flash", model="flash"),
        _at("models:compare"),
        _at("models:question", "", "?goal=career", name="seniors"),
        _at("models:more", "", short),
        _at("models:advice", "open"),
        _at("models:advice", "", "?goal=onboarding&levels=several&seniors=0.5&hours=2&months=6"),
        _at("models:advice", "short", short),
        _at("models:advice", "track", f"?goal=silos&program={program.slug}"),
    ]


def _file(program: Program, rows: bytes, by: User) -> Import:
    """A file whose columns have been chosen."""
    client = _signed_in(by)
    who = f"{program.tracks.get().slug}:mentee"
    upload = {"who": who, "file": SimpleUploadedFile("people.csv", rows)}
    client.post(reverse("programs:import_upload", args=[program.slug]), upload)
    found = Import.objects.filter(track__program=program).order_by("pk").last()
    assert found is not None
    columns = {"column_0": "email", "column_1": "first_name", "column_2": "level", "encoding": ""}
    client.post(reverse("programs:import_map", args=[program.slug, found.pk]), columns)
    return found


def _import(found: Import, by: User) -> None:
    client, at = _signed_in(by), reverse("programs:import_check", args=[found.track.program.slug, found.pk])
    page = client.get(at).content.decode()
    client.post(at, {"seen": page.split('name="seen" value="')[1].split('"')[0]})
    importing.run_import(found.pk, clock=timezone.now)
