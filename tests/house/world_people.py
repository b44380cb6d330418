"""Who comes and goes in a program before its pages are looked at: imported, applied, ended, left."""

import datetime as dt
from collections.abc import Sequence

from matching import services as matching
from matching.models import EndingToCome
from participants.models import User
from programs import services as programs
from programs.importing import guess_for, plan_rows, targets_for
from programs.models import Application, Enrolment, Role, Track
from programs.services import enrolling, enrolling_applying, enrolling_deciding, enrolling_wishing, importing
from sessions.services.closing import give_thanks
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.house.world_place import LATER, Place, canary
from tests.house.world_steps import track_of
from tests.people import Cast, person

PEOPLE = b"email,first name,grade\na@x.org,Ann,Junior\nb@x.org,Bob,Senior\n"


def add_imports(place: Place) -> None:
    """One import at every step."""
    track, by = track_of(place.program), place.coordinator
    for step in ("uploaded", "mapped", "spare", "queued", "done"):
        rows = PEOPLE.replace(b"x.org", f"{step}{place.program.pk}.org".encode())
        item, _ = importing.start_import(
            track=track, role=Role.MENTEE, data=rows, filename=f"{step}.csv", by=by, now=LATER
        )
        place.args[f"{step}_import"] = item.pk
        table = importing.read_import(item)
        mapping = guess_for(table, targets_for(track, item.role), by_content=True)
        place.args["columns"] = {f"column_{at}": key for key, at in _places(mapping, table.headers).items()}
        if step == "uploaded":
            continue
        item = importing.set_mapping(item=item, mapping=mapping)
        if step in {"mapped", "spare"}:
            continue
        plan = plan_rows(track=track, role=item.role, table=table, mapping=item.mapping)
        importing.queue_import(item=item, plan=plan, skip_bad_rows=False)
        if step == "done":
            importing.run_import(item.pk, clock=lambda: LATER)


def _places(mapping: dict[str, str | None], headers: Sequence[str]) -> dict[str, int]:
    return {key: headers.index(header) for key, header in mapping.items() if header}


def end_matches(place: Place) -> None:
    """Two matches of another mentor that are over: one came to its end with the pair in it, one was ended early."""
    track = TrackFactory.create(program=place.program, slug="over", name="Over")
    matching.ensure_plan(track=track, now=NOW, with_rules=False)
    made = {}
    for what in ("over", "early"):
        mentor = EnrolmentFactory.create(
            track=track, role=Role.MENTOR, user=place.mentor if what == "over" else person(f"Early{place.program.pk}")
        )
        mentee = Enrolment.objects.filter(track=track, user=place.mentee).first() or EnrolmentFactory.create(
            track=track, role=Role.MENTEE, user=place.mentee
        )
        made[what] = make_pair(mentor, mentee)
        if what == "over":
            SessionFactory.create(match=made[what], held=True, starts_at=NOW + dt.timedelta(days=1))
            matching.set_last_day(match=made[what], ends_on=NOW.date(), by=place.coordinator, now=NOW)
            matching.finish_due(now=NOW + dt.timedelta(days=3))
    for writer, user in (("mentor", place.mentor), ("mentee", place.mentee)):
        words = canary(f"thanks{writer}{place.program.slug}")
        give_thanks(match=made["over"], words=words, by=user, now=LATER)
    seat = made["early"].seats.get(enrolment__user=place.mentee)
    words = canary("ending" + place.program.slug)
    matching.leave_match(seat=seat, by=place.mentee, now=LATER, reason="fit", words=words)
    soon = {"words": canary("endingsoon" + place.program.slug), "at": LATER, "due_at": LATER + matching.SECOND_THOUGHTS}
    EndingToCome.objects.create(match=made["early"], seat=seat, by=place.mentee, **soon)
    place.args |= {"over_match": made["over"].pk, "early_match": made["early"].pk, "early_seat": seat.pk}


def leave(cast: Cast) -> None:
    """Xena was in a pair, met, wrote, and has left."""
    xena = Enrolment.objects.get(user=cast.xena)
    Enrolment.objects.filter(pk=xena.pk).update(state=Enrolment.State.ACTIVE, left_at=None)
    xena.refresh_from_db()
    mentor = EnrolmentFactory.create(track=cast.track, role=Role.MENTOR)
    make_pair(mentor, xena)
    programs.leave(enrolment=xena, by=cast.alice, now=NOW + dt.timedelta(days=5))


def add_applications(place: Place, applicant: User) -> None:
    """Enrolment is open. One application is started, one sent, one declined, two accepted, one of them just now; the
    mentee and a coordinator have named people to be kept apart.
    """
    program, by = place.program, place.coordinator
    program.contact_email = "questions@example.org"
    program.save()
    enrolling.open_enrolment(program=program, first=None, last=None, by=by, now=NOW)
    tracks = {slug: TrackFactory.create(program=program, slug=slug, name=slug.title()) for slug in ("more", "most")}
    spec = enrolling.IntakeSpec(orientation="Be kind", orientation_points=["I am kind"])
    enrolling.set_intake(track=tracks["most"], spec=spec, by=by, now=NOW)
    made = {}
    for what, track, user in (
        ("started", "more", applicant),
        ("accepted", "most", applicant),
        ("sent", "more", person(f"Sent{program.pk}")),
        ("declined", "more", person(f"Turned{program.pk}")),
        ("fresh", "more", person(f"Fresh{program.pk}")),
    ):
        track_of = Track.objects.get(pk=tracks[track].pk)
        made[what] = enrolling_applying.start_application(track=track_of, role=Role.MENTEE, by=user, now=NOW)
        # What somebody has told the program before is filled in; a word of their own would be no secret to them.
        Application.objects.filter(pk=made[what].pk).update(answers={"grade": "Junior"})
        if what != "started":
            enrolling_applying.send_application(application=made[what], by=user, now=NOW)
        place.args[f"{what}_application"] = made[what].pk
    enrolling_deciding.accept_applications(program=program, ids=[made["accepted"].pk], by=by, now=NOW)
    enrolling_deciding.accept_applications(program=program, ids=[made["fresh"].pk], by=by, now=LATER)
    reason = canary("declined" + program.slug)
    enrolling_deciding.decline_application(application=made["declined"], reason=reason, by=by, now=NOW)
    address = f"{canary('apart' + program.slug)}@example.org"
    mine = enrolling_wishing.avoid(program=program, user=place.mentee, enrolment_id=None, email=address, now=NOW)
    kept = enrolling_wishing.keep_apart(
        program=program,
        one=place.mentee.email,
        other=applicant.email,
        note=canary("apartnote" + program.slug),
        by=by,
        now=NOW,
    )
    place.args |= {"own_exclusion": mine.pk, "exclusion": kept.pk, "join_track": tracks["more"].pk}
