"""What the pages behind a link and those behind a sign-in do alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.forms import Form
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from participants.models import User
from participants.zones import zone as zone_of
from sessions import hooks, services, timing
from sessions.agenda import is_led, led_by_rota
from sessions.errors import ChangedSince, SessionError, TimeTaken
from sessions.forms import LogForm, OfferForm, SeriesForm, TimeForm, UnplannedLogForm
from sessions.models import Session, TimeOffer
from sessions.permissions import may_open
from sessions.queries import Course, Home, course_around
from sessions.queries.attendance import attendees_of
from sessions.queries.times import SharedTimes
from sessions.queries.together import guesses_for
from sessions.services.preparing import log_given

# The words of a service for a form that has no field of that name.
FIELDS = {"starts": "day"}
MOST_OFFLINE = 6
ONE_TAP = frozenset({"missed", "minutes", "given", "expert"})


def attempt(form: Form, deed: Callable[[], object]) -> bool:
    """Do it; a refusal becomes an error of the form."""
    try:
        deed()
    except SessionError as error:
        add_refusal(form, error)
        return False
    return True


def add_refusal(form: Form, error: SessionError) -> None:
    form.add_error(error.field if error.field in form.fields else None, words_of(error))


def words_of(error: SessionError) -> str:
    """What its reader is told, in their own zone."""
    if isinstance(error, TimeTaken):
        return render_to_string("sessions/_taken.txt", {"taken": error}).strip()
    if isinstance(error, ChangedSince):
        return render_to_string("sessions/_changed.txt", {"meeting": error.session}).strip()
    return str(error)


def log_form(course: Course, meeting: Session, user: User, data: Any = None) -> LogForm:  # noqa: ANN401 - a QueryDict
    day = timezone.localtime(meeting.starts_at, zone_of(user.timezone)).date()
    people = attendees_of(course, meeting)
    initial = {
        "day": day,
        "minutes": meeting.minutes,
        "channel": meeting.channel,
        "present": [each.seat for each in people if each.present],
        "led": _led(course, meeting, [each.seat for each in people if each.present]),
        "key": uuid4(),
        "seen": meeting.stamp,
    }
    names = [(each.seat, each.name) for each in people]
    form = LogForm(data, initial=initial, minutes=meeting.minutes, people=names, is_led=is_led(course.mine))
    form.fields["note"].help_text = f"Only you can read it; {course.others} cannot."
    return form


def _led(course: Course, meeting: Session, present: list[int]) -> int:
    """Who led it as its log says; before there is one, whose turn it was, if they can have been there."""
    if meeting.state == Session.State.HELD:
        return meeting.facilitated_by_id or 0
    seat = led_by_rota(course, meeting)
    return seat if seat in present else 0


@dataclass(frozen=True)
class OfflineRow:
    """A session that is over or near, with the form to log it."""

    course: Course
    meeting: Session
    form: LogForm


def offline_rows(home: Home, user: User) -> list[OfflineRow]:
    """For each match the session to log, and the next one, which may be over before there is a network again."""
    found = [(row.course, meeting) for row in home.rows for meeting in (row.unlogged, row.upcoming) if meeting]
    return [
        OfflineRow(course, meeting, log_form(course, meeting, user))
        for course, meeting in sorted(found, key=lambda each: each[1].starts_at)[:MOST_OFFLINE]
    ]


def log_held(form: LogForm, meeting: Session, user: User, now: datetime) -> bool:
    """The session took place, with the facts of the form."""
    said = said_on(form, meeting, user)
    return attempt(form, partial(services.log_session, session=meeting, said=said, by=user, now=now))


def log_as_sent(session_id: int, user: User, data: QueryDict, now: datetime) -> Session | None:
    """The session took place, with the facts of a form that is read as everything stands under the lock; None, and
    nothing is done, where the form has faults or is not for this person now. Raises SessionError, Session.DoesNotExist.
    """

    def read(lock: services.Locked) -> services.Said | None:
        course, meeting = course_around(lock.mine, lock.seats), lock.session
        if not may_open(course.mine) or (meeting.state == Session.State.PLANNED and meeting.starts_at > now):
            return None
        form = log_form(course, meeting, user, data)
        return said_on(form, meeting, user) if form.is_valid() else None

    return services.log_as_read(session_id=session_id, read=read, by=user, now=now)


def said_on(form: LogForm, meeting: Session, user: User) -> services.Said:
    """What a form without faults says of a session that took place."""
    data = form.cleaned_data
    here = timezone.localtime(meeting.starts_at, zone_of(user.timezone)).date()
    starts = None
    if data["day"] != here:
        starts = timing.same_clock_on(data["day"], meeting.starts_at, user.timezone, meeting.zone)
    facts = {name: data[name] for name in ("minutes", "channel", "note")}
    facts |= {"present": form.there(), "led": form.leader(), "seen": data["seen"] or None}
    sent = _sent(data["key"], {**form.body(), "session": meeting.pk})
    return services.Said(held=True, starts=starts, **facts, sent=sent)


def log_missed(meeting: Session, user: User, data: QueryDict, now: datetime) -> None:
    """The session did not happen. Raises SessionError."""
    sent = _sent(_key(data.get("key", "")), {"session": meeting.pk, "held": False})
    said = services.Said(held=False, seen=data.get("seen") or None, sent=sent)
    services.log_session(session=meeting, said=said, by=user, now=now)


def log_anew(form: UnplannedLogForm, course: Course, user: User, now: datetime) -> bool:
    """A session that was never planned here."""
    log = partial(services.log_unplanned_session, match=course.mine.match, **form.facts(), by=user, now=now)
    sent = _sent(form.cleaned_data["key"], {**form.body(), "match": course.pk})
    once = partial(services.log_once, match=course.mine.match, deed=log, by=user, now=now)
    return attempt(form, partial(once, sent=sent) if sent else log)


def correct_minutes(meeting: Session, user: User, data: QueryDict, now: datetime) -> None:
    """Only the length was otherwise: one tap. Raises SessionError."""
    minutes = data.get("minutes", "")
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 4):
        raise SessionError("Choose one of the lengths.", field="minutes")
    services.log_session(session=meeting, said=services.Said(held=True, minutes=int(minutes)), by=user, now=now)


def one_tap(outcome: str, course: Course, meeting: Session, user: User, data: QueryDict, now: datetime) -> None:
    """What one button says: not held, longer or shorter, who gave, an expert is wanted. Raises SessionError."""
    if outcome == "missed":
        log_missed(meeting, user, data, now)
    elif outcome == "minutes":
        correct_minutes(meeting, user, data, now)
    elif outcome == "expert":
        services.want_expert(session=meeting, wanted=data.get("expert") != "no", by=user, now=now)
    else:
        count_given(course, meeting, user, data, now)


def count_given(course: Course, meeting: Session, user: User, data: QueryDict, now: datetime) -> None:
    """Who gave for how long: one tap on a guess. Raises SessionError."""
    guess = next((each for each in guesses_for(course, meeting) if each.value == data.get("given")), None)
    if guess is None:
        raise SessionError("Choose one of the ways to share the minutes.")
    log_given(session=meeting, minutes=guess.minutes, by=user, now=now)


def _sent(key: UUID | None, body: dict[str, object]) -> services.Sent | None:
    return services.Sent(key, body) if key else None


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def time_form(course: Course, user: User, meeting: Session | None, data: Any = None) -> TimeForm:  # noqa: ANN401 - a QueryDict
    """For a new session: the track's length in the reader's zone; for one to move: as it stands."""
    if meeting is None:
        minutes = course.mine.track.session_minutes
        return TimeForm(data, initial={"zone": user.timezone, "minutes": minutes, "channel": "video"}, minutes=minutes)
    wall = timezone.localtime(meeting.starts_at, zone_of(user.timezone))
    initial = {"day": wall.date(), "time": wall.time(), "zone": user.timezone}
    initial |= {name: getattr(meeting, name) for name in ("minutes", "channel", "place")}
    return TimeForm(data, initial=initial, minutes=meeting.minutes, has_later=bool(course.later_in_series(meeting)))


def shared_time(course: Course, user: User, data: QueryDict | None) -> TimeForm | None:
    """The form as if the time of the button that was pressed had been typed; None for any other way of planning."""
    at = _instant(data.get("at", "")) if data else None
    if at is None:
        return None
    wall = timing.wall_of(at, user.timezone)
    minutes = course.mine.track.session_minutes
    typed = {"day": f"{wall:%Y-%m-%d}", "time": f"{wall:%H:%M}", "zone": user.timezone, "minutes": minutes}
    return TimeForm({**typed, "channel": Session.Channel.VIDEO, "place": ""}, minutes=minutes)


def offer_form(course: Course, user: User, shared: SharedTimes, data: Any = None) -> OfferForm:  # noqa: ANN401 - a QueryDict
    """The shared times to tick, the first three ticked already."""
    minutes = course.mine.track.session_minutes
    choices = [(each.value, render_to_string("sessions/_time.txt", {"time": each}).strip()) for each in shared.times]
    initial = {"minutes": minutes, "channel": "video", "times": [value for value, _ in choices[:3]]}
    return OfferForm(data, initial=initial, minutes=minutes, choices=choices, zone=user.timezone)


def choose(offer: TimeOffer, value: str, user: User, now: datetime) -> Session:
    """Take one of the times that were offered. Raises SessionError."""
    at = _instant(value)
    if at is None:
        raise SessionError("Choose one of the times.", field="times")
    return services.choose_time(offer=offer, at=at, by=user, now=now)


def series_form(course: Course, user: User, data: Any = None) -> SeriesForm:  # noqa: ANN401 - a QueryDict
    """The track's own rhythm and length, for the sessions that are still to come by it."""
    track = course.mine.track
    initial = {"zone": user.timezone, "minutes": track.session_minutes, "channel": "video"}
    initial |= {"every_days": track.cadence_days, "count": min(max(2, course.total - len(course.held)), 12)}
    return SeriesForm(data, initial=initial, minutes=track.session_minutes, cadence_days=track.cadence_days)


def ticked(form: SeriesForm, values: list[str]) -> list[datetime]:
    """Those of the series' wall times that are still ticked in its preview."""
    return [wall for wall in form.walls() if wall.strftime(timing.WALL) in values]


def _instant(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo is not None and 2000 < at.year < 2200 else None


def unplanned_form(course: Course, user: User, data: Any = None) -> UnplannedLogForm:  # noqa: ANN401 - a QueryDict
    minutes = course.mine.track.session_minutes
    people = [(each.seat, each.name) for each in attendees_of(course, None)]
    initial = {"zone": user.timezone, "minutes": minutes, "channel": "video", "key": uuid4()}
    initial["present"] = [seat for seat, _ in people]
    initial["led"] = led_by_rota(course, None)
    return UnplannedLogForm(data, initial=initial, minutes=minutes, people=people, is_led=is_led(course.mine))


def remark_on(form: TimeForm) -> str:
    """What to tell about the clocks on that day, once it is saved; mostly nothing."""
    facts = form.facts()
    return timing.instant(facts["starts"], facts["zone"]).remark


def receipt_parts(meeting: Session, user: User, now: datetime) -> list[str]:
    """What the floors above add to a receipt, rendered."""
    found = [part for hook in hooks.receipt if (part := hook(meeting, user, now))]
    return [render_to_string(part["template"], part) for part in found]
