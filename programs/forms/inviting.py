from collections.abc import Sequence
from typing import Any

from django import forms

from participants.formkit import LookForm
from programs.models import Track


class WayForm(LookForm):
    """One of two tracks, chosen by whoever learns in it."""

    track = forms.ChoiceField(widget=forms.RadioSelect, label="Which way do you want to go?")

    def __init__(self, *args: Any, tracks: Sequence[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["track"]
        field.choices = [(str(each.pk), each.name) for each in tracks]
