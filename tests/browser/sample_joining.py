"""A program people can apply for, with an application in every state that a page can show."""

import datetime as dt
from typing import Any

from django.urls import reverse

from participants.models import User
from programs.mails import join_path
from programs.models import Application, Enrolment, Program, Role
from programs.services import enrolling, enrolling_applying, enrolling_deciding, enrolling_wishing

RULES = ("I keep to myself what I am told.", "I come, or say in time that I cannot.", "I may end it without a reason.")


def open_up(program: Program, by: User, now: dt.datetime) -> None:
    """A few places for mentees, something to read before, and enrolment for three weeks, since yesterday: somebody has
    applied hours ago, which at night is another day.
    """
    opened, last = now - dt.timedelta(days=1), now.date() + dt.timedelta(days=21)
    enrolling.open_enrolment(program=program, first=None, last=last, by=by, now=opened)
    spec = enrolling.IntakeSpec(mentee_places=21, orientation="Mentoring is voluntary.", orientation_points=RULES)
    enrolling.set_intake(track=program.tracks.get(model="traditional"), spec=spec, by=by, now=now)


def apply_all(program: Program, by: User, applicant: User, now: dt.datetime) -> dict[str, Application]:
    """One applicant with an application that is started, and others who sent theirs; some are decided."""
    program.refresh_from_db()
    earlier = now - dt.timedelta(hours=3)
    track = program.tracks.get(model="traditional")
    made = {}
    for name in ("Noor", "Sami", "Lotte", "Ben", "Ines", "Tariq"):
        user = User.objects.create_user(f"{name.lower()}@applied.example.org", first_name=name, last_name="Vogel")
        made[name] = _sent(track, user, earlier)
    ids = [made[name].pk for name in ("Noor", "Sami", "Lotte", "Ben")]
    enrolling_deciding.accept_applications(program=program, ids=ids, by=by, now=earlier)
    reason = "We look for people who work in engineering this time. The next group starts in the autumn."
    enrolling_deciding.decline_application(application=made["Ines"], reason=reason, by=by, now=now)
    made["started"] = enrolling_applying.start_application(track=track, role=Role.MENTOR, by=applicant, now=now)
    made["own"] = _sent(track, applicant, earlier)
    return made


def _sent(track: Any, user: User, now: dt.datetime) -> Application:
    application = enrolling_applying.start_application(track=track, role=Role.MENTEE, by=user, now=now)
    answers: dict[str, Any] = {}
    for field in track.program.fields.all():
        if field.required and Role.MENTEE in field.asked_of:
            answers[field.slug] = field.options[0] if field.options else "Yes"
    Application.objects.filter(pk=application.pk).update(answers=answers)
    return enrolling_applying.send_application(application=application, by=user, now=now)


def wish(mentor: User, program: Program, by: User, now: dt.datetime) -> Enrolment:
    """The mentor has wishes, and somebody they must not meet; a coordinator keeps two others apart."""
    mine = Enrolment.objects.filter(user=mentor, track__program=program, role=Role.MENTOR, state="active")[0]
    others = list(Enrolment.objects.filter(track=mine.track, role=Role.MENTEE, state="active").order_by("pk")[:4])
    enrolling_wishing.save_wishes(enrolment=mine, liked=[others[0].pk, others[1].pk], only=False, by=mentor, now=now)
    enrolling_wishing.avoid(program=program, user=mentor, enrolment_id=others[2].pk, email="", now=now)
    one, other = mine.user.email, others[3].user.email
    enrolling_wishing.keep_apart(program=program, one=one, other=other, note="They share a budget.", by=by, now=now)
    return mine


def public_pages(program: Program, closed: Program, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Both announced: one can be applied for, the other no more."""
    enrolling.open_enrolment(program=closed, first=None, last=None, by=by, now=now)
    enrolling.close_enrolment(program=closed, by=by, now=now)
    at = {"slug": program.slug}
    return [
        ("join:program", reverse("join:program", kwargs=at)),
        ("join:program closed", reverse("join:program", kwargs={"slug": closed.slug})),
        ("join:apply", reverse("join:apply", kwargs=at)),
    ]


def reader_of(made: dict[str, Application]) -> User:
    """Somebody who is accepted and has still to read what everybody agrees to."""
    return made["Noor"].user


def orientation_pages(made: dict[str, Application]) -> list[tuple[str, str]]:
    at = {"pk": made["Noor"].pk}
    return [
        ("joining:orientation", reverse("joining:orientation", kwargs=at)),
        ("joining:sent accepted", reverse("joining:sent", kwargs=at)),
        ("sessions:home accepted", reverse("sessions:home")),
    ]


def link_pages(program: Program, user: User, now: dt.datetime) -> list[tuple[str, str]]:
    track = program.tracks.get(model="traditional")
    return [
        ("join_links:confirm", join_path(user, track, Role.MENTEE, now=now)),
        ("join_links:confirm gone", reverse("join_links:confirm", kwargs={"tok": "cut"})),
    ]


def applicants_pages(made: dict[str, Application]) -> list[tuple[str, str]]:
    started, own = made["started"].pk, made["own"].pk
    return [
        ("joining:step you", reverse("joining:step", kwargs={"pk": started, "step": 1})),
        ("joining:step", reverse("joining:step", kwargs={"pk": started, "step": 3})),
        ("joining:check", reverse("joining:check", kwargs={"pk": started})),
        ("joining:sent", reverse("joining:sent", kwargs={"pk": own})),
        ("joining:withdraw", reverse("joining:withdraw", kwargs={"pk": own})),
    ]


def members_pages(mine: Enrolment) -> list[tuple[str, str]]:
    return [
        ("joining:wishes", reverse("joining:wishes", kwargs={"enrolment": mine.pk})),
        ("joining:apart", reverse("joining:apart", kwargs={"slug": mine.track.program.slug})),
    ]


def coordinators_pages(program: Program, told: Program, made: dict[str, Application]) -> list[tuple[str, str]]:
    at = {"slug": program.slug}
    track = program.tracks.get(model="traditional")
    return [
        ("programs:enrolment", reverse("programs:enrolment", kwargs=at)),
        ("programs:intake", reverse("programs:intake", kwargs={**at, "track": track.slug})),
        ("programs:applications", reverse("programs:applications", kwargs=at)),
        ("programs:application", reverse("programs:application", kwargs={**at, "pk": made["Tariq"].pk})),
        ("programs:wishes", reverse("programs:wishes", kwargs={"slug": told.slug})),
    ]
