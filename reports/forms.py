from django import forms

from participants.formkit import LookForm
from participants.models import RoleGrant
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
