"""Forms about models: comparing two, and what else the advisor would like to know. Both are sent by GET."""

from typing import Any

from django import forms

from participants.formkit import FilterForm, Segmented
from programs.catalogue import registry
from programs.catalogue.advisor import QUESTIONS, Answers, Question
from programs.catalogue.advisor.questions import as_query

OPEN = ("", "Not known")


class CompareForm(FilterForm):
    first = forms.ChoiceField(label="One model", choices=registry.choices)
    second = forms.ChoiceField(label="The other", choices=registry.choices)


class MoreForm(FilterForm):
    """The questions that are asked on one page together. The answers given before travel along unseen."""

    def __init__(self, *args: Any, answers: Answers, **kwargs: Any) -> None:
        super().__init__(*args, initial=as_query(answers), auto_id="more_%s", **kwargs)
        for question in QUESTIONS:
            if not question.main:
                self.fields[question.name] = _field(question)


def _field(question: Question) -> forms.Field:
    if question.kind == "number":
        widget = forms.NumberInput(attrs={"min": 0, "step": "any", "inputmode": "decimal"})
        return forms.CharField(label=question.text, required=False, widget=widget)
    if question.kind == "yesno":
        choices = [OPEN, ("yes", "Yes"), ("no", "No")]
        return forms.ChoiceField(label=question.text, required=False, choices=choices, widget=Segmented(small=True))
    choices = [OPEN, *((str(option.value), option.label) for option in question.options)]
    return forms.ChoiceField(label=question.text, required=False, choices=choices)
