"""Forms of sessions, notes and goals. They say what was typed; services decide what can be done."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from participants.formkit import DayField, LongSelect, LookForm, Segmented, TimeOfDayField
from participants.forms import zone_choices
from sessions.services.goals import LONGEST_GOAL
from sessions.services.notes import LONGEST_NOTE
from sessions.services.offers import MOST as MOST_OFFERED
from sessions.services.series import MOST as MOST_IN_SERIES
from sessions.timing import at_rhythm, wall_of

USUAL_MINUTES = (15, 30, 45, 60, 90)
CHANNEL_ICONS = {"video": "camera-video", "in_person": "person-walking", "phone": "telephone", "chat": "chat-dots"}
SHORT_CHANNELS = [("video", "Video"), ("in_person", "In person"), ("phone", "Phone"), ("chat", "Chat")]
LEVELS = [("-2", "−2"), ("-1", "−1"), ("0", "0"), ("1", "+1"), ("2", "+2")]


def rhythm(days: int) -> str:
    """“Every 2 weeks”, “Every 10 days”."""
    if days % 7:
        return f"Every {days} days" if days > 1 else "Every day"
    return "Every week" if days == 7 else f"Every {days // 7} weeks"


def _minutes(given: int) -> list[tuple[str, str]]:
    """The usual lengths, and the one that was planned."""
    return [(str(each), str(each)) for each in sorted({*USUAL_MINUTES, given})]


def _day(label: str) -> DayField:
    """A day of our times: years far off are slips, and the ends of the calendar have no instant in some zones."""
    words = f"Give a day at “{label}”, such as 2027-05-14"
    bounds = [MinValueValidator(date(1990, 1, 1), words), MaxValueValidator(date(2199, 12, 31), words)]
    return DayField(label=label, validators=bounds, error_messages={"invalid": words})


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
    time = TimeOfDayField(label="What time?", error_messages={"invalid": "Give a time, such as 16:00"})
    zone = forms.ChoiceField(label="In which time zone?", choices=zone_choices, widget=LongSelect)
    place = forms.CharField(
        label="Where?",
        required=False,
        max_length=300,
        help_text="A room or a link to a call. It stands in your calendars and in the e-mails to both of you.",
    )
    # Of a series: this one alone, or all of it from here on. Only asked where there is more to come.
    later = forms.BooleanField(label="This session and all later ones of its series", required=False)
    field_order: tuple[str, ...] = ("day", "time", "zone", "minutes", "channel", "place", "later")

    def __init__(self, *args: Any, has_later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_later:
            del self.fields["later"]

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


class SeriesForm(TimeForm):
    """The first of several sessions, how often, and how many."""

    every_days = forms.TypedChoiceField(label="How often?", coerce=int)
    count = forms.IntegerField(
        label="How many sessions?",
        min_value=2,
        max_value=MOST_IN_SERIES,
        error_messages={
            "invalid": f"Give a number from 2 to {MOST_IN_SERIES}",
            "min_value": f"Give a number from 2 to {MOST_IN_SERIES}",
            "max_value": f"Give a number from 2 to {MOST_IN_SERIES}",
        },
    )
    field_order: tuple[str, ...] = ("day", "time", "zone", "every_days", "count", "minutes", "channel", "place")

    def __init__(self, *args: Any, cadence_days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label, self.fields["time"].label = "Which day first?", "What time, each time?"
        rhythms = sorted({7, 14, 28, cadence_days})
        cast(forms.TypedChoiceField, self.fields["every_days"]).choices = [(str(n), rhythm(n)) for n in rhythms]

    def walls(self) -> list[datetime]:
        """Each session's wall time."""
        data = self.cleaned_data
        return at_rhythm(self.facts()["starts"], data["every_days"], data["count"])


class OfferForm(_Facts):
    """One to three times to come: of those all have, and of one's own."""

    times = forms.MultipleChoiceField(
        label="Times you all have",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "One of these times is taken by now. Choose again."},
    )
    own = forms.CharField(
        label="Other times",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line, by your own clock, such as 2027-05-14 16:00",
    )
    place = forms.CharField(
        label="Where?", required=False, max_length=300, help_text="A room or a link to a call, if you know it."
    )
    field_order: tuple[str, ...] = ("times", "own", "minutes", "channel", "place")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        cast(forms.MultipleChoiceField, self.fields["times"]).choices = choices
        if not choices:
            del self.fields["times"]

    def clean_own(self) -> list[datetime]:
        lines = [line.strip() for line in self.cleaned_data["own"].splitlines() if line.strip()]
        try:
            # What is typed is a wall time; the zone of the person who typed it goes beside it.
            return [datetime.strptime(line, "%Y-%m-%d %H:%M") for line in lines]  # noqa: DTZ007 - a wall time
        except ValueError as error:
            raise forms.ValidationError("Give each time on a line of its own, such as 2027-05-14 16:00") from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ticked = [wall_of(datetime.fromisoformat(value), self.zone) for value in data.get("times", ())]
        data["starts"] = [*ticked, *data.get("own", ())]
        if not self.errors and not 1 <= len(data["starts"]) <= MOST_OFFERED:
            self.add_error("times" if "times" in self.fields else "own", f"Choose one to {MOST_OFFERED} times in all")
        return data

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        named = {name: data[name] for name in ("starts", "minutes", "channel")}
        return {**named, "zone": self.zone, "place": " ".join(data["place"].split())}


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
    present = forms.TypedMultipleChoiceField(
        label="Who was there?", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    # Of groups whose lead goes round; 0 is nobody.
    led = forms.TypedChoiceField(label="Who led it?", required=False, coerce=int, empty_value=None)
    # The page's own number, under which what is written on it is saved once, and what its author saw.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    field_order: tuple[str, ...] = ("day", "present", "led", "minutes", "channel", "note")

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), is_led: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["channel"].label = "How did you meet?"
        if people:
            cast(forms.TypedMultipleChoiceField, self.fields["present"]).choices = people
        else:
            del self.fields["present"]
        if people and is_led:
            names = [("0", "Nobody in particular"), *((str(seat), name) for seat, name in people)]
            cast(forms.TypedChoiceField, self.fields["led"]).choices = names
        else:
            del self.fields["led"]

    @property
    def thought_there(self) -> list[str]:
        """The names of those who were there as far as anybody has said; of a match of two nobody."""
        there = self.initial.get("present", ())
        return [name for seat, name in self.people if seat in there]

    def there(self) -> list[int] | None:
        """The seats that were ticked; None where nothing was asked."""
        ticked: list[int] | None = self.cleaned_data.get("present")
        return ticked

    @property
    def thought_led(self) -> str:
        """The name of whoever led it as far as anybody has said, or as the rota has it; else nothing."""
        return dict(self.people).get(self.initial.get("led") or 0, "")

    def leader(self) -> int | None:
        """The seat of whoever led it, 0 for nobody; None where nothing was asked."""
        seat: int | None = self.cleaned_data.get("led")
        return seat

    def body(self) -> dict[str, object]:
        """All that was said, apart from the page's own number."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "seen")}


class UnplannedLogForm(LogForm):
    """A session that was never planned here: its time of day is asked too."""

    time = TimeOfDayField(
        label="What time did it start?",
        error_messages={"invalid": "Give a time, such as 16:00"},
    )
    zone = forms.ChoiceField(label="In which time zone?", choices=zone_choices, widget=LongSelect)
    field_order: tuple[str, ...] = ("day", "time", "zone", "present", "led", "minutes", "channel", "note")

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts": datetime.combine(data["day"], data["time"].replace(second=0, microsecond=0)),
            **{name: data[name] for name in ("zone", "minutes", "channel", "note")},
            "present": self.there(),
            "led": self.leader(),
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
