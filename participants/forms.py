from typing import Any

from django import forms

from participants.formkit import LongSelect, LookForm
from participants.zones import KNOWN


def zone_choices() -> list[tuple[str, str]]:
    """Every zone people look for by a place's name, and UTC."""
    hidden = ("Etc/", "SystemV/", "posix/", "right/")
    named = sorted(zone for zone in KNOWN if "/" in zone and not zone.startswith(hidden))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class LinkForm(LookForm):
    email = forms.CharField(
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PasswordForm(LookForm):
    password = forms.CharField(
        label="Password",
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProfileForm(LookForm):
    first_name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        widget=LongSelect,
        help_text="Sessions and mails show times in this zone.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].help_text = "What your mails and your match call you."
