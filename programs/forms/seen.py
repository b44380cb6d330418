"""A form over something that somebody else may change meanwhile."""

from collections.abc import Mapping
from typing import Any

from django import forms

from participants.formkit import LookForm
from programs.answered import in_words


class SeenForm(LookForm):
    """Carries the mark of what its author has looked at (programs.seen) there and back."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def texts(self) -> dict[str, Any]:
        """What was filled in, without the mark."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def written_again(self, sent: "SeenForm") -> list[tuple[str, str, str]]:
        """Where what is saved now, shown by this form, differs from what was sent: label, saved, sent.

        The form then holds what was sent: sending it again replaces what is saved.
        """
        texts = {name: text for name, text in sent.texts().items() if name in self.fields}
        saved = {name: self.initial.get(name) for name in texts}
        self.initial.update(texts)
        both = [(str(self[name].label), _shown(saved[name]), _shown(text)) for name, text in texts.items()]
        return [each for each in both if each[1] != each[2]]


def _shown(value: object) -> str:
    if value is None or value is False or value in ("", [], {}):
        return ""
    if isinstance(value, str):
        return ", ".join(value.splitlines())
    if isinstance(value, float):
        return f"{value:g}"
    return in_words(dict(value) if isinstance(value, Mapping) else value)
