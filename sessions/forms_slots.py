"""Forms of sessions that people book themselves."""

from datetime import datetime
from typing import Any, cast

from django import forms

from participants.formkit import LookForm
from sessions.forms import TimeForm
from sessions.models.slots import MOST_TOPICS
from sessions.services.preparing import LONGEST_ANSWER


class SlotForm(TimeForm):
    """A time to offer; how long it is the track says."""

    topics = forms.CharField(
        label="What about?",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Up to {MOST_TOPICS} topics, one on each line. Everybody in the track reads them.",
    )
    field_order: tuple[str, ...] = ("day", "time", "zone", "topics")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("minutes", "channel", "place"):
            del self.fields[name]

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        starts = datetime.combine(data["day"], data["time"].replace(second=0, microsecond=0))
        return {"starts": starts, "zone": data["zone"]}

    def lines(self) -> list[str]:
        return [line for line in self.cleaned_data["topics"].splitlines() if line.strip()]


class CapForm(LookForm):
    """How many sessions a calendar month."""

    mark_optional = False

    cap = forms.TypedChoiceField(label="How many sessions a month?", coerce=int)

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(number), str(number) if number else "None for now") for number in range(most + 1)]
        cast(forms.TypedChoiceField, self.fields["cap"]).choices = choices


class SlotAskForm(LookForm):
    """The question one brings, and which of the topics it is about."""

    topic = forms.ChoiceField(label="Which topic?", widget=forms.RadioSelect)
    question = forms.CharField(
        label="Your question",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write your question, in one sentence if you can"},
    )

    def __init__(self, *args: Any, topics: list[str], expert: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = f"{expert} reads it, and nobody else. Coordinators cannot."
        self.fields["question"].help_text = readers
        cast(forms.ChoiceField, self.fields["topic"]).choices = [(each, each) for each in topics]
        if not topics:
            del self.fields["topic"]
