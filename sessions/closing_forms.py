"""Forms about the end of a match: how far one got, thanks, which tracks to close."""

from collections.abc import Sequence
from typing import Any

from django import forms

from participants.formkit import LookForm, Segmented
from programs.models import Track
from sessions.forms import LEVELS
from sessions.models import Goal
from sessions.services.closing import LONGEST_THANKS


class ReachedForm(LookForm):
    """One line for each of one's goals: from much less than expected to much more."""

    mark_optional = False

    def __init__(self, *args: Any, goals: Sequence[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for goal in goals:
            self.fields[f"goal_{goal.pk}"] = forms.TypedChoiceField(
                label=goal.text,
                choices=LEVELS,
                coerce=int,
                required=False,
                empty_value=None,
                initial=goal.level,
                widget=Segmented(),
                help_text="0 is what you expected, −2 much less, +2 much more.",
            )

    def levels(self) -> dict[int, int | None]:
        return {int(name.removeprefix("goal_")): level for name, level in self.cleaned_data.items()}


class ThanksForm(LookForm):
    mark_optional = False

    words = forms.CharField(
        label="What do you thank for?",
        required=False,
        max_length=LONGEST_THANKS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = f"{readers} can read it, and nobody else. It is stored encrypted."


class CloseAllForm(LookForm):
    """Which tracks of a program to close."""

    tracks = forms.TypedMultipleChoiceField(
        label="Which tracks?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one track"},
    )

    def __init__(self, *args: Any, tracks: Sequence[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tracks"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(track.pk, track.name) for track in tracks]
