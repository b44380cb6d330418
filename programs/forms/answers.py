"""The form for one person's answers, made from the program's own fields."""

from collections.abc import Iterable
from typing import Any

from django import forms

from participants.formkit import LookForm
from programs.errors import ProgramError
from programs.forms.kinds import SkillsField, WeekField
from programs.forms.seen import SeenForm
from programs.models import Enrolment, ProfileField, Role
from programs.queries import manager_of
from programs.seen import mark_of

Kind = ProfileField.Kind
YES_NO = [("", "No answer"), ("yes", "Yes"), ("no", "No")]


def form_field(field: ProfileField, *, zone: str = "UTC") -> forms.Field:
    """The form field that asks a profile field's question; `zone` is whose clocks a person's week goes by at first.

    Week and skills clean to the answer as it is stored; see stored_answer for the others.
    """
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
    if field.kind == Kind.WEEK:
        return WeekField(zone=zone, **common)
    if field.kind == Kind.SKILLS:
        return SkillsField(options=field.options, **common)
    return forms.CharField(max_length=2000, **common)


def shown_answer(value: object) -> object:
    """A stored answer as the form field of its kind shows it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def stored_answer(field: ProfileField, value: Any) -> object:  # noqa: ANN401 - what the form field of any kind cleans to
    """What a form field cleaned to, as services take it."""
    if field.kind == Kind.YESNO:
        return {"yes": True, "no": False}.get(value)
    if field.kind == Kind.NUMBER and value is not None and float(value).is_integer():
        return int(value)
    return value


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
            self.fields[f"answer_{field.slug}"] = form_field(field, zone=enrolment.user.timezone)
        self.order_fields([*(f"answer_{field.slug}" for field in self.asked), "capacity"])

    def _initial(self, enrolment: Enrolment) -> dict[str, Any]:
        answers = {
            f"answer_{field.slug}": shown_answer(value)
            for field in self.asked
            if (value := enrolment.answers.get(field.slug)) is not None
        }
        return {"capacity": enrolment.capacity, **answers}

    def answers(self, before: dict[str, Any]) -> dict[str, Any]:
        """The answers as services take them; those this form does not ask stay as they were."""
        asked = {field.slug for field in self.asked}
        kept = {slug: value for slug, value in before.items() if slug not in asked}
        return kept | {
            field.slug: stored_answer(field, self.cleaned_data[f"answer_{field.slug}"]) for field in self.asked
        }

    def put_error(self, error: ProgramError) -> None:
        """Show a service's refusal at the question it concerns, or on top of the form."""
        names = (f"answer_{error.field}", str(error.field))
        self.add_error(next((name for name in names if name in self.fields), None), str(error))


class PersonForm(AnswersForm, SeenForm):
    """What a coordinator changes of somebody who takes part: the answers, the places, and whom they report to."""

    manager = forms.CharField(
        max_length=254,
        required=False,
        label="Line manager’s e-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Matching keeps people apart from their manager and from their manager’s manager, in every program. "
        "Only coordinators see it.",
    )

    def _initial(self, enrolment: Enrolment) -> dict[str, Any]:
        manager = manager_of(enrolment.user_id)
        return {**super()._initial(enrolment), "manager": manager, "seen": mark_of(enrolment, manager)}
