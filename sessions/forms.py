"""Forms of sessions, notes and goals. They say what was typed; services decide what can be done."""

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from participants.formkit import DayInput, LookForm, Segmented, TimeOfDayInput
from participants.forms import zone_choices
from sessions.services.goals import LONGEST_GOAL
from sessions.services.notes import LONGEST_NOTE

USUAL_MINUTES = (15, 30, 45, 60, 90)
CHANNEL_ICONS = {"video": "camera-video", "in_person": "person-walking", "phone": "telephone", "chat": "chat-dots"}
SHORT_CHANNELS = [("video", "Video"), ("in_person", "In person"), ("phone", "Phone"), ("chat", "Chat")]
LEVELS = [("-2", "−2"), ("-1", "−1"), ("0", "0"), ("1", "+1"), ("2", "+2")]


def _minutes(given: int) -> list[tuple[str, str]]:
    """The usual lengths, and the one that was planned."""
    return [(str(each), str(each)) for each in sorted({*USUAL_MINUTES, given})]


def _day(label: str) -> forms.DateField:
    """A day of our times: years far off are slips, and the ends of the calendar have no instant in some zones."""
    words = f"Give a day at “{label}”, such as 2027-05-14"
    bounds = [MinValueValidator(date(1990, 1, 1), words), MaxValueValidator(date(2199, 12, 31), words)]
    return forms.DateField(label=label, widget=DayInput(), validators=bounds, error_messages={"invalid": words})


class _Facts(LookForm):
    """Length and way of meeting, which every form about a session asks."""

    minutes = forms.TypedChoiceField(
        label="How long?", help_text="Minutes", coerce=int, widget=Segmented(), choices=_minutes(60)
    )
    channel = forms.ChoiceField(label="How do you meet?", choices=SHORT_CHANNELS, widget=Segmented(icons=CHANNEL_ICONS))

    def __init__(self, *args: Any, minutes: int = 60, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedChoiceField, self.fields["minutes"]).choices = _minutes(minutes)


class TimeForm(_Facts):
    """A time to come: for planning and moving."""

    day = _day("Which day?")
    time = forms.TimeField(
        label="What time?", widget=TimeOfDayInput(), error_messages={"invalid": "Give a time, such as 16:00"}
    )
    zone = forms.ChoiceField(label="In which time zone?", choices=zone_choices)
    place = forms.CharField(
        label="Where?",
        required=False,
        max_length=300,
        help_text="A room or a link to a call. It stands in your calendars and in the e-mails to both of you.",
    )
    field_order: tuple[str, ...] = ("day", "time", "zone", "minutes", "channel", "place")

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts": datetime.combine(data["day"], data["time"].replace(second=0, microsecond=0)),
            "zone": data["zone"],
            "minutes": data["minutes"],
            "channel": data["channel"],
            # A page that does not ask for the place leaves it as it is.
            "place": " ".join(data.get("place", self.initial.get("place", "")).split()),
        }


class LogForm(_Facts):
    """A session that is over; the note is for its author alone."""

    day = _day("When?")
    note = forms.CharField(
        label="Note for yourself",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only you can read it.",
    )
    field_order: tuple[str, ...] = ("day", "minutes", "channel", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].label = "How did you meet?"


class UnplannedLogForm(LogForm):
    """A session that was never planned here: its time of day is asked too."""

    time = forms.TimeField(
        label="What time did it start?",
        widget=TimeOfDayInput(),
        error_messages={"invalid": "Give a time, such as 16:00"},
    )
    zone = forms.ChoiceField(label="In which time zone?", choices=zone_choices)
    field_order: tuple[str, ...] = ("day", "time", "zone", "minutes", "channel", "note")

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts": datetime.combine(data["day"], data["time"].replace(second=0, microsecond=0)),
            **{name: data[name] for name in ("zone", "minutes", "channel", "note")},
        }


class NoteForm(LookForm):
    mark_optional = False

    body = forms.CharField(
        required=False, max_length=LONGEST_NOTE, strip=True, widget=forms.Textarea(attrs={"rows": 6})
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label, self.fields["body"].help_text = label, readers


class GoalForm(LookForm):
    text = forms.CharField(
        label="What do you want to reach?",
        max_length=LONGEST_GOAL,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = readers


class LevelForm(LookForm):
    mark_optional = False

    level = forms.TypedChoiceField(
        label="How far are you?",
        choices=LEVELS,
        coerce=int,
        required=False,
        empty_value=None,
        widget=Segmented(),
        help_text="0 is what you expected by now, −2 much less, +2 much more.",
    )
