"""What coordinators fill in about health signals."""

from collections.abc import Sequence
from typing import Any

from django import forms

from participants.formkit import LookForm
from reports.health import NUMBERS, Limits, Number, Rule


class ThresholdsForm(LookForm):
    """A field for each number of these rules, with its default beside it; left empty, it is the default again."""

    mark_optional = False

    def __init__(self, *args: Any, limits: Limits, rules: Sequence[Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (each for rule in rules for each in rule.numbers):
            usual = f"Usually {number.default:g}; {number.least:g} to {number.most:g}."
            common: dict[str, Any] = {
                "label": number.label,
                "required": False,
                "initial": f"{limits[number.slug]:g}",
                "help_text": f"{usual} {number.help}".strip(),
            }
            self.fields[number.slug] = _field(number, common)

    def values(self) -> dict[str, float]:
        given = {slug: self.cleaned_data.get(slug) for slug in self.fields}
        return {slug: NUMBERS[slug].default if value is None else float(value) for slug, value in given.items()}


def _field(number: Number, common: dict[str, Any]) -> forms.Field:
    if number.is_whole:
        return forms.IntegerField(min_value=int(number.least), max_value=int(number.most), **common)
    return forms.FloatField(min_value=number.least, max_value=number.most, **common)
