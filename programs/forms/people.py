from collections.abc import Iterable
from typing import Any

from django import forms

from participants.formkit import FilterForm
from programs.models import Role, Track


class PeopleFilterForm(FilterForm):
    words = forms.CharField(max_length=200, label="Name or address", widget=forms.TextInput(attrs={"type": "search"}))
    role = forms.ChoiceField(choices=[("", "Every role"), *Role.choices])
    track = forms.ChoiceField()
    left = forms.BooleanField(label="Those who left")

    def __init__(self, *args: Any, tracks: Iterable[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Every track"), *((track.slug, track.name) for track in tracks)]
        self.fields["track"].choices = choices  # type: ignore[attr-defined]  # it is a choice field
