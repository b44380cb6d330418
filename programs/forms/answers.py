"""The form for one person's answers, made from the program's own fields."""

from collections.abc import Iterable
from typing import Any

from django import forms

from participants.formkit import LookForm
from programs.models import Enrolment, ProfileField, Role

Kind = ProfileField.Kind
YES_NO = [("", "No answer"), ("yes", "Yes"), ("no", "No")]


def form_field(field: ProfileField) -> forms.Field:
    """The form field that asks a profile field's question."""
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.help}
    options = [(option, option) for option in field.options]
    if field.kind in (Kind.CHOICE, Kind.ORDERED):
        return forms.ChoiceField(choices=[("", "No answer"), *options], **common)
    if field.kind == Kind.MULTI:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
    if field.kind == Kind.NUMBER:
        return forms.FloatField(**common)
    if field.kind == Kind.YESNO:
        return forms.ChoiceField(choices=YES_NO, **common)
    return forms.CharField(max_length=2000, **common)


class AnswersForm(LookForm):
    """Fields `answer_<slug>` and, for those who give, their number of places."""

    capacity = forms.IntegerField(min_value=0, max_value=50, required=False, label="Mentees at once")

    def __init__(self, *args: Any, fields: Iterable[ProfileField], enrolment: Enrolment, **kwargs: Any) -> None:
        self.asked = [field for field in fields if enrolment.role in field.asked_of]
        kwargs["initial"] = self._initial(enrolment)
        super().__init__(*args, **kwargs)
        if enrolment.role == Role.MENTOR:
            self.fields["capacity"].help_text = f"Empty: {enrolment.track.capacity}, as the track says."
        else:
            del self.fields["capacity"]
        for field in self.asked:
            self.fields[f"answer_{field.slug}"] = form_field(field)

    def _initial(self, enrolment: Enrolment) -> dict[str, Any]:
        shown = {True: "yes", False: "no"}
        answers = {
            f"answer_{field.slug}": shown.get(value, value) if isinstance(value, bool) else value
            for field in self.asked
            if (value := enrolment.answers.get(field.slug)) is not None
        }
        return {"capacity": enrolment.capacity, **answers}

    def answers(self, before: dict[str, Any]) -> dict[str, Any]:
        """The answers as services take them; those this form does not ask stay as they were."""
        asked = {field.slug for field in self.asked}
        kept = {slug: value for slug, value in before.items() if slug not in asked}
        return kept | {field.slug: self._value(field) for field in self.asked}

    def _value(self, field: ProfileField) -> object:
        value = self.cleaned_data[f"answer_{field.slug}"]
        if field.kind == Kind.YESNO:
            return {"yes": True, "no": False}.get(value)
        if field.kind == Kind.NUMBER and value is not None and float(value).is_integer():
            return int(value)
        return value
