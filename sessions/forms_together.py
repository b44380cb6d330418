"""Forms of what the people of a match work with. They say what was typed; services decide what can be done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms

from participants.formkit import DayField, LookForm
from participants.models import User
from programs.catalogue.working import AGREEMENT_PARTS, PreparationForm
from sessions.models import Goal
from sessions.services.agreements import LONGEST_PART
from sessions.services.curriculum import WeekSpec
from sessions.services.preparing import LONGEST_ANSWER
from sessions.services.steps import LONGEST_STEP

MOST_MINUTES = 480


class AgreementForm(LookForm):
    """The words of an agreement, part by part, and its end."""

    ends_on = DayField(
        label="Until when",
        error_messages={"invalid": "Give a day at “Until when”, such as 2027-05-14"},
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in AGREEMENT_PARTS.items():
            area = forms.Textarea(attrs={"rows": 4})
            self.fields[key] = forms.CharField(label=label, max_length=LONGEST_PART, widget=area)
        self.order_fields([*AGREEMENT_PARTS, "ends_on", "version"])

    def parts(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in AGREEMENT_PARTS}


class PreparingForm(LookForm):
    """The questions of a model's preparation."""

    mark_optional = False

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: PreparationForm, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [field.key for field in asked.fields]
        for field in asked.fields:
            hint = f"{field.hint}. {readers}" if field.hint else readers
            self.fields[field.key] = forms.CharField(
                label=field.label,
                help_text=hint,
                required=False,
                max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def words(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in self.keys}


class StepForm(LookForm):
    """Who does what by when."""

    text = forms.CharField(label="What is to be done?", max_length=LONGEST_STEP)
    owner = forms.TypedChoiceField(label="Who does it?", coerce=int, widget=forms.RadioSelect)
    due_on = DayField(
        label="By when?",
        required=False,
        error_messages={"invalid": "Give a day at “By when?”, such as 2027-05-14"},
    )
    goal = forms.TypedChoiceField(label="Towards which goal?", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, people: Sequence[User], goals: Iterable[Goal], readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = people[0].pk
        names = [(str(user.pk), "You" if user.pk == reader else user.name) for user in people]
        cast(forms.TypedChoiceField, self.fields["owner"]).choices = names
        towards = [("", "None of them"), *((str(goal.pk), goal.text) for goal in goals)]
        cast(forms.TypedChoiceField, self.fields["goal"]).choices = towards
        self.fields["text"].help_text = readers
        self.initial.setdefault("owner", str(reader))

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"text": data["text"], "owner_id": data["owner"], "due_on": data["due_on"]}


class GivenForm(LookForm):
    """For how many minutes of a session each person gave."""

    mark_optional = False

    def __init__(self, *args: Any, people: Sequence[User], minutes: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for at, user in enumerate(people):
            label = "Minutes in which you gave" if at == 0 else f"Minutes in which {user.short_name} gave"
            self.fields[f"given_{user.pk}"] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_MINUTES, initial=minutes.get(user.pk)
            )

    def minutes(self) -> dict[int, int]:
        return {user.pk: self.cleaned_data[f"given_{user.pk}"] for user in self.people}


class WeekForm(LookForm):
    """One week of a curriculum."""

    title = forms.CharField(label="What is the week about?", max_length=120)
    deliverable = forms.CharField(label="What does everybody hand in?", max_length=300)
    reading = forms.CharField(label="What to read or watch", max_length=300, required=False)
    link = forms.URLField(
        label="Where to find it",
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text="A web address. Members open it from their page.",
    )
    # What its author has seen, where a week is changed.
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def spec(self) -> WeekSpec:
        return WeekSpec(**{name: words for name, words in self.cleaned_data.items() if name != "seen"})
