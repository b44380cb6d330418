from django import forms

from participants.formkit import LookForm
from participants.models import RoleGrant


class RoleForm(LookForm):
    email = forms.CharField(
        max_length=254, label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(choices=RoleGrant.Role.choices, widget=forms.RadioSelect)
