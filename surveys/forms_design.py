"""What coordinators fill in about a survey."""

from typing import Any

from django import forms

from participants.formkit import LookForm, Segmented
from surveys.definition import MOST_OPTIONS
from surveys.models import Survey, Timing

LONGEST_TEXT = 200
MOST_ITEMS = 30
MOST_REMINDERS = 3


def _lines(text: str) -> list[str]:
    return [line for each in text.splitlines() if (line := " ".join(each.split()))]


def _check_lines(lines: list[str], least: int, most: int, what: str) -> list[str]:
    if not least <= len(lines) <= most:
        raise forms.ValidationError(f"Write {least} to {most} {what}, one a line; there are {len(lines)}")
    long = next((line for line in lines if len(line) > LONGEST_TEXT), None)
    if long:
        raise forms.ValidationError(f"Shorten “{long[:40]}…”: {LONGEST_TEXT} characters are the most")
    return lines


class QuestionsForm(LookForm):
    """The words of a survey's questions; slugs and scales stay, and so do the items that are the same everywhere."""

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = items
        for number, item in enumerate(items, start=1):
            if item.get("construct") or item.get("source"):
                continue
            scored = item.get("scored", True) or item["kind"] != "scale"
            label = f"Question {number}" if scored else f"Question {number}, not part of the figures"
            self.fields[item["slug"]] = forms.CharField(max_length=LONGEST_TEXT, label=label, initial=item["text"])

    def items(self) -> list[dict[str, Any]]:
        """The questions with the words of the form."""
        return [{**item, "text": self.cleaned_data.get(item["slug"], item["text"])} for item in self.questions]


class _ScaleEnds(LookForm):
    low_label = forms.CharField(max_length=40, required=False, label="Words at the low end")
    high_label = forms.CharField(max_length=40, required=False, label="Words at the high end")


class OwnQuestionForm(_ScaleEnds):
    """A question of the program's own."""

    text = forms.CharField(max_length=LONGEST_TEXT, label="Question")
    kind = forms.ChoiceField(
        label="How is it answered?",
        choices=[("scale", "On a scale"), ("choice", "By one of several answers"), ("text", "In own words")],
        initial="scale",
        widget=forms.RadioSelect,
    )
    points = forms.ChoiceField(
        label="Points of the scale",
        required=False,
        choices=[(str(number), str(number)) for number in (3, 4, 5, 7, 10)],
        initial="5",
        widget=Segmented(),
    )
    options = forms.CharField(
        label="Answers to choose from",
        required=False,
        help_text="One a line. For a choice only.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("text", "kind", "points", "low_label", "high_label", "options")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "choice":
            try:
                data["options"] = _check_lines(_lines(data.get("options", "")), 2, MOST_OPTIONS, "answers")
            except forms.ValidationError as error:
                self.add_error("options", error)
        return data

    def items(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        item = {"text": data["text"], "kind": data["kind"]}
        if data["kind"] == "choice":
            return [{**item, "options": data["options"]}]
        if data["kind"] == "text":
            return [item]
        ends = {key: data[key] for key in ("low_label", "high_label")}
        return [{**item, "points": int(data["points"] or 5), **ends}]


class LicensedScaleForm(_ScaleEnds):
    """The items of a scale that the organisation may use."""

    source = forms.CharField(
        max_length=300,
        label="Source",
        help_text="Authors, year, title, and the licence. It is shown under each item.",
    )
    items_text = forms.CharField(
        label="Items",
        help_text="One a line, in the order and the words of the scale.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    lowest = forms.ChoiceField(label="First number", choices=[("1", "1"), ("0", "0")], initial="1", widget=Segmented())
    points = forms.ChoiceField(
        label="Points of the scale",
        choices=[(str(number), str(number)) for number in range(2, 12)],
        initial="5",
        widget=forms.Select,
    )
    licence = forms.BooleanField(
        label="We may use this scale in this program",
        help_text="Many scales are protected. The history keeps that you have confirmed it.",
    )

    field_order = ("source", "items_text", "lowest", "points", "low_label", "high_label", "licence")

    def clean_items_text(self) -> list[str]:
        return _check_lines(_lines(self.cleaned_data["items_text"]), 1, MOST_ITEMS, "items")

    def items(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        shape = {"lowest": int(data["lowest"]), "points": int(data["points"]), "source": data["source"]}
        ends = {key: data[key] for key in ("low_label", "high_label")}
        return [{"text": text, "kind": "scale", **shape, **ends} for text in data["items_text"]]


class TimingForm(LookForm):
    """Whether and when."""

    on = forms.BooleanField(required=False, label="Ask at this moment")
    after_days = forms.IntegerField(required=False, min_value=0, max_value=366, label="Days")
    reminder_days = forms.CharField(
        required=False,
        max_length=20,
        label="Reminders",
        help_text="Days after the first mail, such as 7, 14. Only people who have not answered get them; empty: none.",
    )

    def __init__(self, data: Any = None, *, timing: Timing) -> None:  # noqa: ANN401 - what a request has sent
        days = ", ".join(map(str, timing.reminder_days))
        initial = {"on": timing.on, "after_days": timing.after_days, "reminder_days": days}
        super().__init__(data, initial=initial)
        if timing.kind == Survey.Kind.PULSE:
            del self.fields["after_days"], self.fields["reminder_days"]
            return
        label, hint = AFTER[timing.kind]
        self.fields["after_days"].label, self.fields["after_days"].help_text = label, hint
        self.fields["after_days"].required = timing.kind != Survey.Kind.MIDPOINT

    def clean_reminder_days(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["reminder_days"].split(",") if part.strip()]
        good = all(part.isascii() and part.isdigit() and len(part) < 3 and 1 <= int(part) <= 27 for part in parts)
        if not good or len(parts) > MOST_REMINDERS:
            raise forms.ValidationError("Write up to three whole numbers from 1 to 27, with commas between them")
        return [int(part) for part in parts]


# What the days of a timing count from, by kind.
AFTER: dict[str, tuple[str, str]] = {
    Survey.Kind.BASELINE: ("Days after enrolment", "It is asked only of people who are in no match yet."),
    Survey.Kind.TWO_WEEKS: ("Days after the match", ""),
    Survey.Kind.MIDPOINT: (
        "Days after the match",
        "Empty: half of the time, and day 90 where half is later than that.",
    ),
    Survey.Kind.CLOSING: ("Days after the end", "The end of the match, or its last day."),
}
