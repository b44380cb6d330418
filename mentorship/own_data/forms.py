from typing import Any

from django import forms

from participants.formkit import DayField, LookForm
from participants.queries import Kept

WORDS = "erase my data"


class PauseForm(LookForm):
    until = DayField(label="You are back on", help_text="A day within the next half year. It ends by itself then.")


class EraseForm(LookForm):
    words = forms.CharField(label=f"Type “{WORDS}”", max_length=60, help_text="This cannot be taken back.")

    def clean_words(self) -> str:
        said: str = self.cleaned_data["words"]
        if " ".join(said.lower().split()) != WORDS:
            raise forms.ValidationError(f"Type “{WORDS}”, without the quotation marks")
        return said


class RetentionForm(LookForm):
    """A number of days for each rule, within its bounds."""

    def __init__(self, *args: Any, rules: list[Kept], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in rules:
            rule = each.rule
            self.fields[rule.key] = forms.IntegerField(
                label=rule.title,
                initial=each.days,
                min_value=rule.lowest,
                max_value=rule.highest,
                help_text=f"Days after {rule.counted_from}. Usual: {rule.days}; from {rule.lowest} to {rule.highest}.",
                error_messages={"invalid": f"Give “{rule.title}” as a whole number of days"},
            )
