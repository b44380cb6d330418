from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from mail.registry import groups_in_use
from mail.services import Choice


class WishesForm(forms.Form):
    """Which e-mails of one program a person gets."""

    use_required_attribute = False

    choice = forms.ChoiceField(
        label="Which e-mails do you want?",
        widget=forms.RadioSelect,
        choices=[
            (Choice.ALL, "All of them"),
            (Choice.FEWER, "Only those ticked below"),
            (Choice.PAUSE, "None for 4 weeks"),
            (Choice.NONE, "None at all"),
        ],
        error_messages={"required": "Choose which e-mails you want"},
    )
    groups = forms.MultipleChoiceField(
        label="If only some",
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: groups_in_use().items(),
        required=False,
        help_text="The others are not sent.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def off(self) -> list[str]:
        """The groups that are not wanted."""
        return [slug for slug in groups_in_use() if slug not in self.cleaned_data["groups"]]
