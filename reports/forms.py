from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from participants.formkit import FilterForm, LookForm
from participants.models import RoleGrant
from programs.models import ProfileField, Track
from reports.models import ComparisonPlan


class RoleForm(LookForm):
    email = forms.CharField(
        max_length=254, label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(choices=RoleGrant.Role.choices, widget=forms.RadioSelect)


class PlanForm(LookForm):
    assignment = forms.ChoiceField(
        choices=ComparisonPlan.Assignment.choices,
        widget=forms.RadioSelect,
        label="How do people come to their model?",
        help_text="What a difference may mean depends on it. It is fixed before anybody answers at the end.",
    )
    margin = forms.FloatField(
        min_value=0.1,
        max_value=6,
        required=False,
        label="Which difference would be too small to change a decision?",
        help_text="In points of the scale from 1 to 7. Empty: half a standard deviation of the first answers.",
    )


class LotsForm(FilterForm):
    """Between which tracks lots are drawn, and within which answers both get as many."""

    first = forms.ModelChoiceField(Track.objects.none(), label="Lots decide between", empty_label=None)
    second = forms.ModelChoiceField(Track.objects.none(), label="and", empty_label=None)
    stratum = forms.ModelChoiceField(
        ProfileField.objects.none(),
        label="As many of each answer in both",
        empty_label="No question: only as many people",
        to_field_name="slug",
        help_text="Choose what may matter most for the outcome, such as the level.",
    )

    def __init__(self, *args: Any, tracks: Sequence[Track], fields: Sequence[ProfileField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Mapping[str, Any] = self.fields
        choices["stratum"].queryset = ProfileField.objects.filter(pk__in=[each.pk for each in fields])
        for name in ("first", "second"):
            choices[name].queryset = Track.objects.filter(pk__in=[each.pk for each in tracks])
            choices[name].required = True

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("first") and told.get("first") == told.get("second"):
            self.add_error("second", "Choose two different tracks")
        return told
