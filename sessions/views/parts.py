"""What the pages behind a link and those behind a sign-in do alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import Form
from django.template.loader import render_to_string
from django.utils import timezone

from participants.models import User
from participants.zones import zone as zone_of
from sessions import hooks, services, timing
from sessions.errors import SessionError, TimeTaken
from sessions.forms import LogForm, TimeForm, UnplannedLogForm
from sessions.models import Session
from sessions.queries import Course

# The words of a service for a form that has no field of that name.
FIELDS = {"starts": "day"}


def attempt(form: Form, deed: Callable[[], object]) -> bool:
    """Do it; a refusal becomes an error of the form."""
    try:
        deed()
    except SessionError as error:
        add_refusal(form, error)
        return False
    return True


def add_refusal(form: Form, error: SessionError) -> None:
    words = str(error)
    if isinstance(error, TimeTaken):
        words = render_to_string("sessions/_taken.txt", {"taken": error}).strip()
    form.add_error(error.field if error.field in form.fields else None, words)


def log_form(course: Course, meeting: Session, user: User, data: Any = None) -> LogForm:  # noqa: ANN401 - a QueryDict
    day = timezone.localtime(meeting.starts_at, zone_of(user.timezone)).date()
    initial = {"day": day, "minutes": meeting.minutes, "channel": meeting.channel}
    form = LogForm(data, initial=initial, minutes=meeting.minutes)
    form.fields["note"].help_text = f"Only you can read it; {course.others} cannot."
    return form


def log_held(form: LogForm, meeting: Session, user: User, now: datetime) -> bool:
    """The session took place, with the facts of the form."""
    data = form.cleaned_data
    here = timezone.localtime(meeting.starts_at, zone_of(user.timezone)).date()
    starts = None
    if data["day"] != here:
        starts = timing.same_clock_on(data["day"], meeting.starts_at, user.timezone, meeting.zone)
    facts = {name: data[name] for name in ("minutes", "channel", "note")}
    return attempt(
        form, lambda: services.log_session(session=meeting, held=True, starts=starts, **facts, by=user, now=now)
    )


def time_form(course: Course, user: User, meeting: Session | None, data: Any = None) -> TimeForm:  # noqa: ANN401 - a QueryDict
    """For a new session: the track's length in the reader's zone; for one to move: as it stands."""
    if meeting is None:
        minutes = course.mine.track.session_minutes
        return TimeForm(data, initial={"zone": user.timezone, "minutes": minutes, "channel": "video"}, minutes=minutes)
    wall = timezone.localtime(meeting.starts_at, zone_of(user.timezone))
    initial = {"day": wall.date(), "time": wall.time(), "zone": user.timezone}
    initial |= {name: getattr(meeting, name) for name in ("minutes", "channel", "place")}
    return TimeForm(data, initial=initial, minutes=meeting.minutes)


def unplanned_form(course: Course, user: User, data: Any = None) -> UnplannedLogForm:  # noqa: ANN401 - a QueryDict
    minutes = course.mine.track.session_minutes
    initial = {"zone": user.timezone, "minutes": minutes, "channel": "video"}
    return UnplannedLogForm(data, initial=initial, minutes=minutes)


def remark_on(form: TimeForm) -> str:
    """What to tell about the clocks on that day, once it is saved; mostly nothing."""
    facts = form.facts()
    return timing.instant(facts["starts"], facts["zone"]).remark


def receipt_parts(meeting: Session, user: User, now: datetime) -> list[str]:
    """What the floors above add to a receipt, rendered."""
    found = [part for hook in hooks.receipt if (part := hook(meeting, user, now))]
    return [render_to_string(part["template"], part) for part in found]
